"""Four ways of sending a transfer: ours, and three that people write.

The other three are written here for comparison, over requests, each in the few lines that such code takes.
"""

import enum
import hashlib
import hmac
import math
import os
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Self

import requests

from bingx_client import ENVIRONMENTS, BingXError, Client, OutcomeUnknown
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.flow.steps import Attempt, Failed, Outcome
from bingx_contracts import ENDPOINTS
from bingx_fake import FakeExchange, intercept

ALICE = 16779999
PATH = "/openApi/api/asset/v1/transfer"
TIMES = {endpoint.path for endpoint in ENDPOINTS.values() if endpoint.tells_time}
REAL_TIMEOUT_S = 0.05
SIMULATED_TIMEOUT_MS = 10_000
"""What the real timeout stands for: the documented 10 s."""


class Reported(enum.Enum):
    """What a strategy told its caller."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class World:
    """An exchange behind the real host names, on a clock that only its users move, and its books."""

    base_urls = ENVIRONMENTS["prod-vst"]

    def __init__(self, start_ms: int) -> None:
        self.exchange = FakeExchange(frozen_at_ms=start_ms, tls=True, journal_size=1_000)
        self.exchange.credit(ALICE, "fund", "USDT", Decimal(10) ** 12)
        self._interception = intercept(self.exchange)
        # requests would else read the whole bundle of public CAs for every connection, which takes longer
        # than this program's idea of 10 s.
        os.environ["REQUESTS_CA_BUNDLE"] = str(self.exchange.ca_file)

    def __enter__(self) -> Self:
        self._interception.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._interception.__exit__(None, None, None)
        self.exchange.close()

    def now_ms(self) -> int:
        """The exchange's time."""
        return self.exchange.clock.now_ms()

    def pass_ms(self, ms: int) -> None:
        """Let simulated time pass."""
        self.exchange.clock.advance(ms)

    def could_be_read(self) -> bool:
        """Whether a domain would have told what became of the latest transfer, as far as anybody asked.

        Not where each read of records that came after it met a fault; nor, where nobody came to ask for
        records, each of the exchange's time, which comes before.
        """
        records: list[bool] = []
        times: list[bool] = []
        for entry in reversed(list(self.exchange.requests)):
            if entry["method"] == "POST":
                break
            reads = times if entry["path"] in TIMES else records
            reads.append(entry["fault"] is None)
        told = records or times
        return not told or any(told)

    def applied(self) -> int:
        """How many transfers alice has made."""
        return self.exchange.call(lambda inner: inner.books.ledger.transfers(ALICE, size=1)[0])


class _Driver(RequestsDriver):
    """Makes a real timeout cost simulated time."""

    def __init__(self, world: World) -> None:
        super().__init__(lambda seconds: world.pass_ms(math.ceil(seconds * 1000)))
        self._world = world

    def send(self, attempt: Attempt) -> Outcome:
        """Send one attempt."""
        outcome = super().send(replace(attempt, timeout_ms=round(REAL_TIMEOUT_S * 1000)))
        if isinstance(outcome, Failed) and outcome.waited_ms:
            self._world.pass_ms(attempt.timeout_ms)
            return replace(outcome, waited_ms=attempt.timeout_ms)
        return outcome


def ours(world: World) -> Callable[[str], Reported]:
    """``Client`` as it is."""
    client = Client(
        "prod-vst",
        "alice-key",
        "alice-secret",
        base_urls=world.base_urls,
        timeout=SIMULATED_TIMEOUT_MS / 1000,
        clock=world.now_ms,
        driver=_Driver(world),
    )

    def send(amount: str) -> Reported:
        try:
            client.transfer("USDT", amount, type="FUND_PFUTURES")
        except OutcomeUnknown:
            return Reported.UNKNOWN
        except BingXError:
            return Reported.FAILED
        return Reported.DONE

    return send


class _Plain:
    """What the three others share: signing, sending, and S's reading of an answer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.session = requests.Session()

    def body(self, amount: str) -> str:
        """A signed form."""
        text = f"amount={amount}&asset=USDT&timestamp={self.world.now_ms()}&type=FUND_PFUTURES"
        signature = hmac.new(b"alice-secret", text.encode(), hashlib.sha256).hexdigest()
        return f"{text}&signature={signature}"

    def post(self, base_url: str, body: str) -> dict[str, Any]:
        """Send it; a timeout costs simulated time."""
        headers = {"X-BX-APIKEY": "alice-key", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            response = self.session.post(
                f"{base_url}{PATH}", data=body, headers=headers, timeout=REAL_TIMEOUT_S
            )
            answer: dict[str, Any] = response.json()
        except requests.Timeout:
            self.world.pass_ms(SIMULATED_TIMEOUT_MS)
            raise
        if answer.get("code") != 0:
            raise ValueError(f"BingX error {answer.get('code')}")
        return answer


def _is_network_failure(error: Exception) -> bool:
    return isinstance(
        error, requests.ConnectionError | requests.Timeout | requests.exceptions.ChunkedEncodingError
    )


def reference(world: World) -> Callable[[str], Reported]:
    """The reference function: one timestamp and signature, the same bytes to both domains."""
    plain = _Plain(world)

    def send(amount: str) -> Reported:
        body = plain.body(amount)
        for base_url in world.base_urls:
            try:
                plain.post(base_url, body)
            except (requests.RequestException, ValueError) as error:
                if not _is_network_failure(error):
                    return Reported.FAILED
            else:
                return Reported.DONE
        return Reported.FAILED

    return send


def resend(world: World) -> Callable[[str], Reported]:
    """The usual repair of the reference function: sign afresh for the second domain."""
    plain = _Plain(world)

    def send(amount: str) -> Reported:
        for base_url in world.base_urls:
            try:
                plain.post(base_url, plain.body(amount))
            except (requests.RequestException, ValueError) as error:
                if not _is_network_failure(error):
                    return Reported.FAILED
            else:
                return Reported.DONE
        return Reported.FAILED

    return send


def retry(world: World) -> Callable[[str], Reported]:
    """What many bots do: up to three tries at the primary after a timeout or a broken connection."""
    plain = _Plain(world)

    def send(amount: str) -> Reported:
        for _ in range(3):
            try:
                plain.post(world.base_urls[0], plain.body(amount))
            except (requests.RequestException, ValueError) as error:
                if not _is_network_failure(error):
                    return Reported.FAILED
            else:
                return Reported.DONE
        return Reported.FAILED

    return send


STRATEGIES: dict[str, Callable[[World], Callable[[str], Reported]]] = {
    "this client": ours,
    "same bytes to both domains": reference,
    "sign afresh and resend": resend,
    "retry on timeout": retry,
}
