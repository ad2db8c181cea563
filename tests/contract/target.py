"""An exchange as the contract suite sees it: somewhere that takes requests, be it the fake or VST.

It signs and sends with the tests' own code, so that nothing here leans on our client or on the fake. It
takes .com first and .pro after a failure on the network level, reads only. Against VST it waits between
requests so that no documented limit is reached, and sends no write that was not allowed.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Protocol

import pytest
from support.masking import Masks
from support.sender import FORM, INNER_TRANSFER, Reply, Wire, hmac_hex, pairs

from bingx_contracts import ENDPOINTS
from bingx_contracts.limits import limits_of
from bingx_fake.plugin.contract_report import EXCHANGE, NOTE
from bingx_fake.plugin.live import may_change_positions

_LONGEST_ANSWER = 2000
RATE_LIMITED = 100410
SLOWEST_PER_SECOND = 1
"""For paths without a documented limit."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose key signs. The repr shows neither key nor secret."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class How:
    """How a request is written; by default as S and R document it.

    :param order: ``sorted``; ``as-sent``: signed as given, timestamp last; ``reversed``: signed sorted and
        sent the other way round.
    :param place: ``query``, ``form``, ``json`` or ``both`` (the first half in the query, the rest in a form);
        None is where the method's documents put it.
    :param signed_encoded: sign the percent-encoded text instead of the plain one.
    :param sent_plain: send values as they are, not percent-encoded.
    :param timestamp: milliseconds from now, or a text that is sent as it is; None leaves it out.
    :param signature: makes of the right signature the one that is sent, or None for none at all.
    """

    order: str = "sorted"
    place: str | None = None
    signed_encoded: bool = False
    sent_plain: bool = False
    timestamp: int | str | None = 0
    signature: Callable[[str], str | None] | None = None


DOCUMENTED = How()


class SystemTime:
    """The time that a live run goes by."""

    def now_ms(self) -> int:
        """Unix milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds that only pass."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


TIME = pytest.StashKey[SystemTime]()
"""Where a rehearsal says by which time to go."""


class Pace(Protocol):
    """Lets time pass between requests."""

    def before(self, path: str) -> None:
        """Wait until a request to this path keeps under the limits."""

    def after(self, path: str) -> None:
        """A request to this path was answered."""


class Unpaced:
    """For an exchange that counts nothing."""

    def before(self, path: str) -> None:
        """Go at once."""

    def after(self, path: str) -> None:
        """Nothing to remember."""


class Paced:
    """Keeps under the documented limits of every endpoint, one request at a time.

    The time is counted from answer to request, so that two requests cannot come closer on their way.
    """

    def __init__(self, time: SystemTime) -> None:
        self._time = time
        self._answered_at: dict[str, float] = {}

    def before(self, path: str) -> None:
        """Wait for as long as the path's limit asks."""
        answered_at = self._answered_at.get(path)
        if answered_at is not None:
            left_s = answered_at + 1.05 / _per_second(path) - self._time.monotonic()
            if left_s > 0:
                self._time.sleep(left_s)

    def after(self, path: str) -> None:
        """Remember when."""
        self._answered_at[path] = self._time.monotonic()


def _per_second(path: str) -> int:
    limits = [
        limit.count
        for endpoint in ENDPOINTS.values()
        if endpoint.path == path
        for limit in limits_of(endpoint, "reference")
    ]
    return min(limits, default=SLOWEST_PER_SECOND)


class Target:
    """Sends requests and remembers what was sent and answered, masked, for the report.

    :param environment: ``fake`` or ``vst``.
    :param base_urls: .com's and .pro's.
    :param now_ms: the exchange's clock.
    :param writes: whether transfers between own accounts may be sent, and orders that rest.
    :param positions: whether what may open or close a position may be.
    """

    def __init__(
        self,
        environment: str,
        base_urls: tuple[str, str],
        account: Account,
        *,
        now_ms: Callable[[], int],
        pace: Pace,
        writes: bool,
        positions: bool = False,
    ) -> None:
        self.environment, self.base_urls, self.account = environment, base_urls, account
        self.writes, self.positions, self.now_ms = writes, positions, now_ms
        self.pace = pace
        self.record: Callable[[tuple[str, object]], None] = lambda _: None
        self._wires = dict(zip(("com", "pro"), map(Wire, base_urls), strict=True))

    @property
    def is_live(self) -> bool:
        """Whether this is BingX and not the fake."""
        return self.environment != "fake"

    def get(self, path: str, **parameters: object) -> Reply:
        """A signed read."""
        return self.ask("GET", path, parameters)

    def post(self, path: str, **parameters: object) -> Reply:
        """A signed write."""
        return self.ask("POST", path, parameters)

    def ask(
        self,
        method: str,
        path: str,
        parameters: dict[str, Any] | None = None,
        how: How = DOCUMENTED,
        *,
        account: Account | None = None,
        domain: str | None = None,
    ) -> Reply:
        """Sign and send a request.

        :param domain: ``com`` or ``pro`` only; by default .pro stands in for a failing .com.
        """
        account = account or self.account

        def write() -> tuple[str, dict[str, str], bytes | None]:
            return self._written(method, path, parameters or {}, how, account)

        return self._send(method, path, parameters or {}, write, domain)

    def raw(self, method: str, path: str, query: str = "", *, headers: dict[str, str] | None = None) -> Reply:
        """Send exactly this, unsigned."""
        target = f"{path}?{query}" if query else path
        return self._send(method, path, {}, lambda: (target, headers or {}, None), None)

    def _written(
        self, method: str, path: str, parameters: dict[str, Any], how: How, account: Account
    ) -> tuple[str, dict[str, str], bytes | None]:
        everything = dict(parameters)
        if isinstance(how.timestamp, int):
            everything["timestamp"] = self.now_ms() + how.timestamp
        elif how.timestamp is not None:
            everything["timestamp"] = how.timestamp
        ordered = everything if how.order == "as-sent" else dict(sorted(everything.items()))
        signature: str | None = hmac_hex(account.secret, pairs(ordered, encoded=how.signed_encoded))
        if signature is not None and how.signature is not None:
            signature = how.signature(signature)
        headers = {"X-BX-APIKEY": account.key, "X-SOURCE-KEY": "BX-AI-SKILL"}
        place = how.place or ("form" if method == "POST" else "query")
        if place == "json":
            document = ordered if signature is None else {**ordered, "signature": signature}
            return path, headers | {"Content-Type": "application/json"}, json.dumps(document).encode()
        sent = list(ordered.items())
        if how.order == "reversed":
            sent.reverse()
        in_query: list[tuple[str, Any]] = []
        if place == "both":
            in_query, sent = sent[: len(sent) // 2], sent[len(sent) // 2 :]
        wire = pairs(dict(sent), encoded=not how.sent_plain)
        if signature is not None:
            wire = f"{wire}&signature={signature}"
        if place == "both":
            path = f"{path}?{pairs(dict(in_query), encoded=True)}"
        if place == "query":
            return f"{path}?{wire}", headers, b"" if method == "POST" else None
        return path, headers | {"Content-Type": FORM}, wire.encode()

    def _send(
        self,
        method: str,
        path: str,
        parameters: dict[str, Any],
        write: Callable[[], tuple[str, dict[str, str], bytes | None]],
        domain: str | None,
    ) -> Reply:
        if self.is_live and method != "GET":
            assert self.writes, f"{method} {path} must not be sent: writes are not allowed"
            assert path != INNER_TRANSFER, "no internal transfer is ever sent to a live exchange"
            may_change = may_change_positions(method, path, parameters)
            assert self.positions or not may_change, f"{path} must not be sent: it may open a position"
        failures = []
        for name in (domain,) if domain else ("com", "pro"):
            wire = self._wires[name]
            self.pace.before(path)
            target, headers, body = write()
            try:
                reply = wire.raw(method, target, headers=headers, body=body)
            except (OSError, HTTPException) as error:
                failures.append(f"{wire.base_url}: {error or type(error).__name__}")
                if method == "GET":
                    continue
                pytest.exit(
                    f"the answer to a write was lost, so look at the account: {failures[-1]}", returncode=3
                )
            finally:
                self.pace.after(path)
            self._note(name, method, target, body, reply)
            if failures:
                note = f"Served by .{name} where .com could not be reached: {failures[0]}."
                self.record((NOTE, note))
            return reply
        return pytest.exit(f"the exchange cannot be reached: {'; '.join(failures)}", returncode=3)

    def _note(self, domain: str, method: str, target: str, body: bytes | None, reply: Reply) -> None:
        request = f"{method} {target}" + (f" {body.decode()}" if body else "")
        answer = reply.body.decode("utf-8", "backslashreplace")
        exchange = {"domain": domain, "request": request, "http_status": reply.status, "answer": answer}
        masked = Masks.of(exchange).apply(exchange)
        masked["answer"] = masked["answer"][:_LONGEST_ANSWER]
        self.record((EXCHANGE, json.dumps(masked)))
        if self.is_live and f'"code":{RATE_LIMITED}' in answer.replace(" ", ""):
            pytest.exit(
                "the exchange says that its rate limit is exceeded (100410), although this run kept under "
                "the documented ones; it stops here so as not to be banned. Wait some minutes",
                returncode=3,
            )
