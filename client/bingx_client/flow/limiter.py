"""Keeping under the exchange's rate limits: how long a request has to wait for its turn.

The documents disagree (V25): D limits groups of endpoints by address, R every endpoint by itself, to a few
requests a second. On the account endpoints both are kept, so that neither can be broken. Nothing sleeps
here: a call asks when it may go, and whoever drives the call lets the time pass. (The libraries for this
sleep by themselves, or cannot say how long.)
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from bingx_client.errors import ParameterError
from bingx_client.flow.clocks import monotonic_ms
from bingx_client.flow.forks import of_one_process
from bingx_contracts import ENDPOINTS, Endpoint
from bingx_contracts.limits import limits_of

_UNDER_BOTH = "spot_account"
_LIMITS = ("documented", "reference")
_FORGET_EVERY_MS = 60_000


@dataclass(frozen=True, slots=True)
class _Rate:
    """At most ``count`` requests in any ``window_ms`` of what ``counted`` names, by key or by address."""

    counted: str
    by_key: bool
    count: int
    window_ms: int


def _rates(endpoint: Endpoint, limits: str) -> tuple[_Rate, ...]:
    """What a request of an endpoint keeps under; of two counts that are counted alike, the smaller."""
    kept = limits_of(endpoint, "reference" if limits == "reference" else "docs-site")
    if endpoint.group == _UNDER_BOTH and not endpoint.old_route:
        kept += limits_of(endpoint, "reference")
    rates: dict[Hashable, _Rate] = {}
    for limit in kept:
        rate = _Rate(limit.counted, limit.scope == "uid", limit.count, limit.window_ms)
        alike = (rate.counted, rate.by_key, rate.window_ms)
        if alike not in rates or rate.count < rates[alike].count:
            rates[alike] = rate
    return tuple(rates.values())


@dataclass(slots=True, eq=False)
class Turn:
    """A request's place in its windows.

    :param after: by window, the request that has to be answered, and a window ago, before this one goes.
    :param answered_ms: when it was answered, and so cannot arrive any more.
    :param given_up: whether it was never sent.
    :param done: is done then.
    """

    after: "dict[_Window, Turn]" = field(default_factory=dict)
    answered_ms: int = 0
    given_up: bool = False
    done: Future[None] = field(default_factory=Future)


@dataclass(slots=True, eq=False)
class _Window:
    """The latest turns under one rate, oldest first, as far as they can still hold somebody back.

    :param ms: its length, and one more, since both clocks cut milliseconds off.
    """

    count: int
    ms: int
    turns: deque[Turn] = field(default_factory=deque)

    def forget(self, now_ms: int) -> None:
        """Drop what holds nobody back any more."""
        turns = self.turns
        while turns and self._is_over(turns[0], now_ms):
            turns.popleft()

    def _is_over(self, turn: Turn, now_ms: int) -> bool:
        before = _sent(turn, self)
        return before is None or (before.done.done() and before.answered_ms + self.ms <= now_ms)

    def join(self, turn: Turn) -> Turn | None:
        """Put a turn in, and say behind which one it goes; None where there is a place."""
        before = None
        if len(self.turns) == self.count:
            before = self.turns.popleft()
        self.turns.append(turn)
        return before


class Limiter:
    """Lets no more requests go than the exchange allows.

    Share one between all clients of a process that use the same keys or the same address, as
    ``PROCESS_LIMITER`` is. Safe in any thread. What is older than its window is forgotten, keys too.
    A child made by ``fork`` counts for itself.

    :param clock: gives milliseconds that only grow; by default the system's monotonic clock.
    :param limits: ``documented`` for D's limits and, on the nine account endpoints, R's besides;
        ``reference`` for R's everywhere, and nothing where R has none.
    :raises ParameterError: when there are no such limits.
    """

    def __init__(
        self,
        clock: Callable[[], int] = monotonic_ms,
        *,
        limits: Literal["documented", "reference"] = "documented",
    ) -> None:
        if limits not in _LIMITS:
            raise ParameterError(f"limits must be {' or '.join(map(repr, _LIMITS))}, not {limits!r}")
        self._clock = clock
        self._rates = {
            f"{endpoint.method} {endpoint.path}": _rates(endpoint, limits) for endpoint in ENDPOINTS.values()
        }
        self._limits = limits
        self.begin_in_child()
        of_one_process(self)

    def begin_in_child(self) -> None:
        """Begin with empty windows: after a fork, the turns are the parent's and never answered here."""
        self._windows: dict[Hashable, _Window] = {}
        self._forget_at_ms = 0
        self._latest_ms = 0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        # The windows are kept by API key.
        return "Limiter()" if self._limits == "documented" else f"Limiter(limits={self._limits!r})"

    def take_turn(self, turn: Turn, api_key: str, base_urls: tuple[str, ...], endpoint: str) -> None:
        """Reserve the next free place. Whoever has a turn ends it with ``finish`` or ``give_up``.

        :param turn: a new one, which its owner holds before anything else can happen.
        :param base_urls: the exchange; its domains count together.
        :param endpoint: method and path; one without a documented limit waits for nobody.
        """
        rates = self._rates.get(endpoint, ())
        with self._lock:
            now_ms = self._now_ms()
            if now_ms >= self._forget_at_ms:
                self._forget(now_ms)
            for rate in rates:
                window = self._window(rate, api_key if rate.by_key else base_urls)
                window.forget(now_ms)
                before = window.join(turn)
                if before is not None:
                    turn.after[window] = before

    def waiting_for(self, turn: Turn) -> Turn | None:
        """A request that has to be answered before this one's time can be told; None where there is none."""
        return next((before for before in _before(turn).values() if not before.done.done()), None)

    def wait_ms(self, turn: Turn) -> int:
        """How long a turn still has to wait, once those before it are answered."""
        free_ms = [before.answered_ms + window.ms for window, before in _before(turn).items()]
        return max(free_ms) - self._now_ms() if free_ms else 0

    def finish(self, turn: Turn) -> None:
        """The request was answered, or nobody waits for its answer any more.

        Raises nothing that the clock raises, since what the answer says matters more; the next turn will.
        """
        if turn.done.done():
            return
        turn.answered_ms = self._latest_ms
        try:
            with suppress(Exception):
                turn.answered_ms = self._now_ms()
        finally:
            turn.after = {}  # or each would keep all that were before it
            turn.done.set_result(None)

    def give_up(self, turn: Turn) -> None:
        """The request will not be sent, so that what held it back holds back those that come after it."""
        if turn.done.done():
            return
        turn.after = _before(turn)  # not those given up, or a queue of them would grow link by link
        turn.given_up = True
        turn.done.set_result(None)

    def _now_ms(self) -> int:
        self._latest_ms = self._clock()
        return self._latest_ms

    def _window(self, rate: _Rate, whose: Hashable) -> _Window:
        key = (rate, whose)
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = _Window(rate.count, rate.window_ms + 1)
        return window

    def _forget(self, now_ms: int) -> None:
        """Drop the windows that are empty by now, once a minute."""
        for key, window in list(self._windows.items()):
            window.forget(now_ms)
            if not window.turns:
                del self._windows[key]
        self._forget_at_ms = now_ms + _FORGET_EVERY_MS


def _before(turn: Turn) -> "dict[_Window, Turn]":
    """What holds a turn back, by window."""
    found = {window: _sent(before, window) for window, before in turn.after.items()}
    return {window: before for window, before in found.items() if before is not None}


def _sent(turn: Turn, window: "_Window") -> Turn | None:
    """A turn, or what held it back in a window where it was given up; None where nothing did."""
    while turn.given_up:
        before = turn.after.get(window)
        if before is None:
            return None
        turn = before
    return turn


PROCESS_LIMITER = Limiter()
"""One for the whole process: ``Client(limiter=PROCESS_LIMITER)``."""
