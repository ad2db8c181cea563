"""Departures from S that the exchange tolerates and marks in the journal.

One rule so far. Marks are ``{rule, message, source}``: what the client did, and what to do instead.
"""

from bingx_contracts import HEADERS
from bingx_fake.faults.register import FaultRegister
from bingx_fake.wire import WireRequest

LintMark = dict[str, str]

_REASON_HOLDS_MS = 30_000
"""For how long a failure on .com is a reason to be on .pro: the client's 10 s, thrice."""

_MOST_REMEMBERED = 1_000

_PRO_WITHOUT_FAILURE: LintMark = {
    "rule": "pro-without-failure",
    "message": "this request came to .pro without a network-level failure on .com just before: send every "
    "request to .com first, and try .pro only where .com could not be reached or gave no complete answer",
    "source": "S, R (FALLBACK-1 to FALLBACK-4)",
}

_Call = tuple[str, str, str]


class FallbackWatch:
    """Remembers which calls failed on .com, so that each request on .pro can be judged.

    Only failures are remembered, and a call that is answered is forgotten, so that an exchange without
    faults spends next to nothing on it.
    """

    def __init__(self) -> None:
        self.failures: dict[_Call, int] = {}

    def note(self, request: WireRequest, now_ms: int, *, failed: bool) -> None:
        """Take note of what became of a request on .com."""
        call = _call(request)
        self.failures.pop(call, None)
        if failed:
            if len(self.failures) >= _MOST_REMEMBERED:
                del self.failures[next(iter(self.failures))]
            self.failures[call] = now_ms

    def judge(self, request: WireRequest, now_ms: int, faults: FaultRegister) -> list[LintMark]:
        """The marks of a request on .pro."""
        failed_ms = self.failures.get(_call(request))
        if failed_ms is not None and now_ms - failed_ms <= _REASON_HOLDS_MS:
            return []
        if faults.connections_failed("com", now_ms, _REASON_HOLDS_MS):
            return []
        return [dict(_PRO_WITHOUT_FAILURE)]


def _call(request: WireRequest) -> _Call:
    """What makes the attempts of one call alike, though each is signed afresh."""
    return request.method, request.path, request.headers.get(HEADERS.key.lower(), "")
