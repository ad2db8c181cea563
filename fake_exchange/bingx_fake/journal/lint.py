"""Departures from S that the exchange tolerates and marks in the journal, or under ``--strict`` refuses.

Marks are ``{rule, message, source}``: what the client did, and what to do instead. They come from the wire
alone, so they hold for any client in any language.
"""

from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address
from typing import Protocol

from bingx_contracts import ENDPOINTS, HEADERS, LINT_RULES, SETTLING_READS, WINDOW
from bingx_fake.faults.fault import Kind
from bingx_fake.faults.register import FaultRegister
from bingx_fake.gateway.guards import Admission
from bingx_fake.gateway.wire import PROTOCOL_PARAMETERS, WireRequest
from bingx_fake.journal.journal import LintMark

MARKS: dict[str, LintMark] = {
    rule.id: {"rule": rule.id, "message": rule.message, "source": rule.source} for rule in LINT_RULES.values()
}
_CLOCK_MAY_BE_OFF_MS = 1000
_SAME_MOMENT_MS = 500
"""Calls made at once may be signed within one millisecond: alike, and no replay."""

_SOURCE_KEY_HEADER = HEADERS.source_key.lower()
_KEY_HEADER = HEADERS.key.lower()
_DOCUMENTED = {endpoint.id: PROTOCOL_PARAMETERS | endpoint.parameter_names for endpoint in ENDPOINTS.values()}
"""In the contract as a whole: a parameter that only some profile does not know is documented all the same."""

_SETTLING = frozenset((ENDPOINTS[name].method, ENDPOINTS[name].path) for name in SETTLING_READS)

_REASON_HOLDS_MS = 30_000
"""For how long a failure on .com is a reason to be on .pro: the client's 10 s, thrice."""

_LONGEST_WINDOW = 16
"""Digits, leading zeros included."""

_MOST_REMEMBERED = 1_000
_MOST_SIGNATURES = 10_000

_Call = tuple[str, str, str]


_DEPTH = frozenset(name for name in ENDPOINTS if name.endswith(".depth"))
_PLACING = frozenset(
    f"spot_trade.{name}" for name in ("place_order", "place_orders", "replace_order", "place_oco")
)


class Streams(Protocol):
    """What is known of streams; see ``StreamJournal``."""

    down: set[int]
    gaps: dict[tuple[int, str], int]

    def read_book(self, address: str, symbol: str) -> None:
        """Somebody has read an order book by REST."""


class FallbackWatch:
    """Remembers which calls failed on .com, so that each request on .pro can be judged.

    Only failures are remembered, and a call that is answered is forgotten, so that an exchange without
    faults spends next to nothing on it.
    """

    def __init__(self) -> None:
        self.failures: OrderedDict[_Call, int] = OrderedDict()

    def note(self, request: WireRequest, now_ms: int, met: Kind | None) -> None:
        """Take note of the fault that a request on .com met, if any."""
        call = _call(request)
        self.failures.pop(call, None)
        if met is not None and (met.may_fall_back or (met.lets_settle and call[:2] in _SETTLING)):
            if len(self.failures) >= _MOST_REMEMBERED:
                self.failures.popitem(last=False)
            self.failures[call] = now_ms

    def is_without_reason(self, request: WireRequest, now_ms: int, faults: FaultRegister) -> bool:
        """Whether a request on .pro comes out of the blue."""
        failed_ms = self.failures.get(_call(request))
        if failed_ms is not None and now_ms - failed_ms <= _REASON_HOLDS_MS:
            return False
        return not faults.connections_failed("com", now_ms, _REASON_HOLDS_MS)


class Linter:
    """Judges the requests of one exchange, one after the other.

    :param tls: whether the domains are served over TLS.
    """

    def __init__(self, *, tls: bool) -> None:
        self._tls = tls
        self.watch = FallbackWatch()
        self.streams: Streams | None = None
        self._answered_ms: OrderedDict[str, int] = OrderedDict()

    def judge(self, admission: Admission, faults: FaultRegister) -> tuple[LintMark, ...]:
        """What is wrong with a request that the gateway has admitted, or that got as far as it did."""
        return tuple(MARKS[rule] for rule in self._broken(admission, faults))

    def note_answered(self, admission: Admission) -> None:
        """Remember a signature whose request was answered: it may not come again."""
        if admission.form is not None:
            if len(self._answered_ms) >= _MOST_SIGNATURES:
                self._answered_ms.popitem(last=False)
            self._answered_ms.setdefault(admission.texts["signature"], admission.now_ms)

    def _broken(self, admission: Admission, faults: FaultRegister) -> Iterator[str]:
        request = admission.request
        if admission.form is not None and admission.form != "sorted":
            if admission.form.startswith("as-sent"):
                yield "unsorted-signing"
            if admission.form.endswith("encoded"):
                yield "encoded-signing"
        if request.headers.get(_SOURCE_KEY_HEADER) != HEADERS.source_key_value:
            yield "source-key-missing"
        if admission.form is not None:
            yield from self._broken_when_signed(admission)
        if admission.endpoint.old_route:
            yield "old-route"
        if not self._tls and _came_by_name(request.headers.get("host", "")):
            yield "plain-http"
        if request.domain == "pro" and self.watch.is_without_reason(request, admission.now_ms, faults):
            yield "pro-without-failure"
        if self.streams is not None and (self.streams.down or self.streams.gaps):
            yield from self._broken_beside_streams(admission, self.streams)

    def _broken_beside_streams(self, admission: Admission, streams: Streams) -> Iterator[str]:
        endpoint = admission.endpoint.id
        if endpoint in _PLACING and admission.caller.uid in streams.down:
            yield "order-while-stream-down"
        if endpoint in _DEPTH and streams.gaps:
            streams.read_book(admission.request.address, admission.texts.get("symbol", ""))

    def _broken_when_signed(self, admission: Admission) -> Iterator[str]:
        sent = admission.texts
        window = sent.get("recvWindow")
        if window is not None and _is_out_of_range(window):
            yield "window-out-of-range"
        if abs(admission.now_ms - int(sent["timestamp"])) > _CLOCK_MAY_BE_OFF_MS:
            yield "clock-off"
        if not sent.keys() <= _DOCUMENTED[admission.endpoint.id]:
            yield "undocumented-parameter"
        if admission.request.method == "POST" and "?" in admission.request.target:
            yield "post-in-query"
        answered_ms = self._answered_ms.get(sent["signature"], admission.now_ms)
        if admission.now_ms - answered_ms > _SAME_MOMENT_MS:
            yield "replayed-signature"


def _is_out_of_range(window: str) -> bool:
    """Whether a text is a number that recvWindow cannot be. Python counts no more than 4300 digits."""
    if not (window.isascii() and window.isdecimal()):
        return False
    return len(window) > _LONGEST_WINDOW or not 1 <= int(window) <= WINDOW.maximum_ms


@lru_cache(maxsize=256)
def _came_by_name(host: str) -> bool:
    """Whether a Host header names a host rather than an address of this machine."""
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    name = name.strip("[]").lower()
    if name in ("", "localhost") or name.endswith(".localhost"):
        return False
    try:
        ip_address(name)
    except ValueError:
        return True
    return False


def _call(request: WireRequest) -> _Call:
    """What makes the attempts of one call alike, though each is signed afresh."""
    return request.method, request.path, request.headers.get(_KEY_HEADER, "")
