"""Keeping under the exchange's rate limits: how long a request has to wait for its turn.

Limits are R's, per UID and per address, for each endpoint. Nothing sleeps here: a call asks when it may go,
and whoever drives the call lets the time pass. (The libraries for this sleep by themselves, or cannot say
how long.)
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from bingx_client.clocks import monotonic_ms
from bingx_contracts import ENDPOINTS, LIMIT_WINDOW

_MARGIN_MS = 10
"""Two requests may come closer on their way than they were sent."""

_WINDOW_MS = LIMIT_WINDOW.window_ms + _MARGIN_MS
_LIMITS = {
    f"{endpoint.method} {endpoint.path}": (endpoint.limit_per_uid, endpoint.limit_per_ip)
    for endpoint in ENDPOINTS.values()
}


@dataclass(slots=True)
class Turn:
    """A request's place in its windows.

    :param at_ms: when it may go; once it is answered, when that was.
    """

    at_ms: int


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

    def take_turn(self, api_key: str, base_urls: tuple[str, ...], endpoint: str) -> tuple[Turn, int]:
        """Reserve the next free place.

        :param base_urls: the exchange; its domains count together.
        :param endpoint: method and path; one without a documented limit may go at once.
        :returns: the place, and how many milliseconds to wait for it.
        """
        per_uid, per_address = _LIMITS.get(endpoint, (None, None))
        keys = ((per_uid, ("uid", api_key, endpoint)), (per_address, (base_urls, endpoint)))
        with self._lock:
            now_ms = self._clock()
            windows = [self._window(key, limit) for limit, key in keys if limit is not None]
            free_ms = [window[0].at_ms + _WINDOW_MS for window in windows if len(window) == window.maxlen]
            turn = Turn(max([now_ms, *free_ms]))
            for window in windows:
                window.append(turn)  # the oldest one falls out
        return turn, turn.at_ms - now_ms

    def finish(self, turn: Turn) -> None:
        """The request was answered, so it cannot arrive any later than now."""
        with self._lock:
            turn.at_ms = max(turn.at_ms, self._clock())

    def _window(self, key: Hashable, limit: int) -> deque[Turn]:
        return self._windows.setdefault(key, deque(maxlen=limit))


PROCESS_LIMITER = Limiter()
"""One for the whole process: ``Client(limiter=PROCESS_LIMITER)``."""
