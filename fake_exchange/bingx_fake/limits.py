"""Rate limits: how often an address or a user may call an endpoint, on the exchange's clock.

A window opens with the first request and lasts one second (R counts per second; that windows open with
the first request is an assumption). Windows that have passed are dropped, so memory stays bounded.
"""

from dataclasses import dataclass, field

from bingx_contracts import LIMIT_WINDOW

_SWEEP_AT = 10_000


@dataclass(slots=True)
class _Window:
    opened_ms: int
    count: int = 0


@dataclass(slots=True)
class RateLimits:
    """Counts requests by any key, such as (endpoint, address)."""

    _windows: dict[tuple[str, str], _Window] = field(default_factory=dict)

    def admit(self, endpoint: str, caller: str, limit: int, now_ms: int) -> bool:
        """Count a request; False when it is one too many in its window."""
        window = self._windows.get((endpoint, caller))
        if window is None or not 0 <= now_ms - window.opened_ms < LIMIT_WINDOW.window_ms:
            if len(self._windows) >= _SWEEP_AT:
                self._sweep(now_ms)
            window = self._windows[endpoint, caller] = _Window(now_ms)
        window.count += 1
        return window.count <= limit

    def _sweep(self, now_ms: int) -> None:
        self._windows = {
            key: window
            for key, window in self._windows.items()
            if 0 <= now_ms - window.opened_ms < LIMIT_WINDOW.window_ms
        }
