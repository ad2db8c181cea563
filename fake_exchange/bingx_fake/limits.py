"""Rate limits: how often an address or a user may call an endpoint, on the exchange's clock.

A window opens with the first request and lasts one second (R counts per second; that windows open with
the first request is an assumption). R says that sustained breach leads to a ban of minutes, and gives no
numbers: ``Ban`` has ours. Memory is bounded under any number of keys and addresses.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from bingx_contracts import LIMIT_WINDOW

_MOST_REMEMBERED = 10_000

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Ban:
    """When an address is banned, and for how long (assumptions).

    :param after: so many refused requests within ``within_ms``.
    :param for_ms: the ban's length; requests during it do not make it longer.
    """

    after: int = 20
    within_ms: int = 10_000
    for_ms: int = 120_000

    def __post_init__(self) -> None:
        for name in ("after", "within_ms", "for_ms"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10**9:
                raise ValueError(f"{name} of a ban must be a positive whole number, not {value!r}")


class Standing(NamedTuple):
    """What is left of a window: how many requests, and until when in Unix milliseconds."""

    remain: int
    expire_ms: int


@dataclass(slots=True)
class _Window:
    opened_ms: int
    count: int = 0


class RateLimits:
    """Counts requests of callers, each named by a text such as ``address 127.0.0.1``."""

    def __init__(self, ban: Ban | None = None) -> None:
        self._ban = Ban() if ban is None else ban
        self._windows: OrderedDict[tuple[str, str], _Window] = OrderedDict()
        self._refusals: OrderedDict[str, _Window] = OrderedDict()
        self._banned_until_ms: OrderedDict[str, int] = OrderedDict()

    def admit(self, endpoint: str, caller: str, limit: int, now_ms: int) -> Standing | None:
        """Count a request; None when it is one too many in its window."""
        window = self._windows.get((endpoint, caller))
        if window is None or not 0 <= now_ms - window.opened_ms < LIMIT_WINDOW.window_ms:
            window = _Window(now_ms)
            _remember(self._windows, (endpoint, caller), window)
        window.count += 1
        if window.count > limit:
            return None
        return Standing(limit - window.count, window.opened_ms + LIMIT_WINDOW.window_ms)

    def expires_ms(self, endpoint: str, caller: str) -> int:
        """When the present window of a caller ends."""
        return self._windows[endpoint, caller].opened_ms + LIMIT_WINDOW.window_ms

    def note_refusal(self, caller: str, now_ms: int) -> None:
        """A request was one too many; so many of them, and the caller is banned."""
        breach = self._refusals.get(caller)
        if breach is None or not 0 <= now_ms - breach.opened_ms < self._ban.within_ms:
            breach = _Window(now_ms)
            _remember(self._refusals, caller, breach)
        breach.count += 1
        if breach.count >= self._ban.after:
            _remember(self._banned_until_ms, caller, now_ms + self._ban.for_ms)
            del self._refusals[caller]

    def banned_until_ms(self, caller: str, now_ms: int) -> int | None:
        """When a caller's ban ends; None for one that is not banned."""
        if not self._banned_until_ms:
            return None
        until_ms = self._banned_until_ms.get(caller)
        if until_ms is not None and now_ms >= until_ms:
            del self._banned_until_ms[caller]
            return None
        return until_ms


def _remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep a value as the newest; the oldest one goes where there are too many."""
    memory.pop(key, None)
    if len(memory) >= _MOST_REMEMBERED:
        memory.popitem(last=False)
    memory[key] = value
