"""Keeping under the exchange's rate limits: how long a request has to wait for its turn.

Limits are R's, per UID and per address, for each endpoint. Nothing sleeps here: a call asks when it may go,
and whoever drives the call lets the time pass. (The libraries for this sleep by themselves, or cannot say
how long.)
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field

from bingx_client.clocks import monotonic_ms
from bingx_contracts import ENDPOINTS, LIMIT_WINDOW

_WINDOW_MS = LIMIT_WINDOW.window_ms + 1
"""One more, since both clocks cut milliseconds off."""

_LIMITS = {
    f"{endpoint.method} {endpoint.path}": (endpoint.limit_per_uid, endpoint.limit_per_ip)
    for endpoint in ENDPOINTS.values()
}


@dataclass(slots=True, eq=False)
class Turn:
    """A request's place in its windows.

    :param after: the requests that have to be answered, and a second ago, before this one goes.
    :param answered_ms: when it was answered, and so cannot arrive any more.
    :param given_up: whether it was never sent.
    :param done: is done then.
    """

    after: tuple["Turn", ...]
    answered_ms: int = 0
    given_up: bool = False
    done: Future[None] = field(default_factory=Future)


class Limiter:
    """Lets no more requests go than the exchange allows in any second.

    Share one between all clients of a process that use the same keys or the same address, as
    ``PROCESS_LIMITER`` is. Safe in any thread.

    :param clock: gives milliseconds that only grow; by default the system's monotonic clock.
    """

    def __init__(self, clock: Callable[[], int] = monotonic_ms) -> None:
        self._clock = clock
        self._windows: dict[Hashable, deque[Turn]] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "Limiter()"  # the windows are kept by API key

    def take_turn(self, api_key: str, base_urls: tuple[str, ...], endpoint: str) -> Turn:
        """Reserve the next free place.

        :param base_urls: the exchange; its domains count together.
        :param endpoint: method and path; one without a documented limit waits for nobody.
        """
        per_uid, per_address = _LIMITS.get(endpoint, (None, None))
        keys = ((per_uid, ("uid", api_key, endpoint)), (per_address, (base_urls, endpoint)))
        with self._lock:
            windows = [self._window(key, limit) for limit, key in keys if limit is not None]
            turn = Turn(tuple(window[0] for window in windows if len(window) == window.maxlen))
            for window in windows:
                window.append(turn)  # the oldest one falls out
        return turn

    def waiting_for(self, turn: Turn) -> Turn | None:
        """A request that has to be answered before this one's time can be told; None where there is none."""
        return next((before for before in _before(turn) if not before.done.done()), None)

    def wait_ms(self, turn: Turn) -> int:
        """How long a turn still has to wait, once those before it are answered."""
        answered_ms = [before.answered_ms for before in _before(turn)]
        return max(answered_ms) + _WINDOW_MS - self._clock() if answered_ms else 0

    def finish(self, turn: Turn) -> None:
        """The request was answered, or nobody waits for its answer any more."""
        if not turn.done.done():
            turn.answered_ms = self._clock()
            turn.after = ()  # or each would keep all that were before it
            turn.done.set_result(None)

    def give_up(self, turn: Turn) -> None:
        """The request will not be sent, so that what held it back holds back those that come after it."""
        turn.after = tuple(_before(turn))  # not those given up, or a queue of them would grow link by link
        turn.given_up = True
        turn.done.set_result(None)

    def _window(self, key: Hashable, limit: int) -> deque[Turn]:
        return self._windows.setdefault(key, deque(maxlen=limit))


def _before(turn: Turn) -> list[Turn]:
    """What holds a turn back. One that was given up stands for those that held it back itself."""
    found: list[Turn] = []
    met: set[int] = set()
    queue = list(turn.after)
    while queue:
        before = queue.pop()
        if id(before) in met:
            continue
        met.add(id(before))
        if before.given_up:
            queue += before.after
        else:
            found.append(before)
    return found


PROCESS_LIMITER = Limiter()
"""One for the whole process: ``Client(limiter=PROCESS_LIMITER)``."""
