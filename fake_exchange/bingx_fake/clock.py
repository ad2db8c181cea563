"""The exchange's clock: the system's, shifted, or standing still."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bingx_fake import real_time

LATEST_MS = 253_402_300_799_999
"""The last millisecond of the year 9999: later than any time that makes sense here."""


def system_ms() -> int:
    """The system's Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class ExchangeClock:
    """Unix time in milliseconds.

    :param system_ms: where the time comes from while the clock is not frozen.
    :param frozen_ms: the time it stands at, or None while it runs.
    :param offset_ms: how far it runs ahead of the system's.
    :param real_s: seconds that pass although somebody holds the system's time, such as a test library.
    """

    system_ms: Callable[[], int]
    frozen_ms: int | None = None
    offset_ms: int = 0
    real_s: Callable[[], float] = real_time.real_s
    _ran_s: float = field(default=0.0, init=False)
    _running_since_s: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.frozen_ms is None:
            self._running_since_s = self.real_s()
        else:
            _check_time(self.frozen_ms)

    def now_ms(self) -> int:
        """The exchange's time."""
        return self.system_ms() + self.offset_ms if self.frozen_ms is None else self.frozen_ms

    def ran_ms(self) -> int:
        """For how long, in real time, it has not been frozen. Never less than before."""
        since_s = self._running_since_s
        return int(1000 * (self._ran_s if since_s is None else self._ran_s + self.real_s() - since_s))

    def run(self, offset_ms: int = 0) -> None:
        """Run with the system's clock, shifted by ``offset_ms``.

        :raises ValueError: when that leaves the years 1970 to 9999.
        """
        check_whole("a clock's offset", offset_ms)
        _check_time(self.system_ms() + offset_ms)
        self.frozen_ms, self.offset_ms = None, offset_ms
        if self._running_since_s is None:
            self._running_since_s = self.real_s()

    def freeze(self, at_ms: int | None = None) -> None:
        """Stand still at a time, by default the present one.

        :raises ValueError: when the time is not in the years 1970 to 9999.
        """
        at_ms = self.now_ms() if at_ms is None else at_ms
        _check_time(at_ms)
        self.frozen_ms, self.offset_ms = at_ms, 0
        if self._running_since_s is not None:
            self._ran_s += self.real_s() - self._running_since_s
            self._running_since_s = None

    def advance(self, ms: int) -> None:
        """Move forward; a frozen clock stands still at the later time.

        :raises ValueError: when ``ms`` is negative or leads past the year 9999.
        """
        check_whole("what a clock is advanced by", ms)
        if ms < 0:
            raise ValueError(f"a clock is advanced by 0 ms or more, not {ms}")
        _check_time(self.now_ms() + ms)
        if self.frozen_ms is None:
            self.offset_ms += ms
        else:
            self.frozen_ms += ms

    def describe(self) -> dict[str, int | str]:
        """The JSON form: mode, now and offset."""
        mode = "system" if self.frozen_ms is None else "frozen"
        return {"mode": mode, "now": self.now_ms(), "offset": self.offset_ms}


def check_whole(what: str, value: int) -> None:
    """Refuse what Python would take for a whole number, or count with, and is none.

    :raises ValueError: naming ``what`` it is.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{what} must be a whole number, not {value!r}")


def _check_time(at_ms: int) -> None:
    check_whole("a time in milliseconds", at_ms)
    if not 0 <= at_ms <= LATEST_MS:
        raise ValueError(f"{at_ms} ms is not a time between 1970 and 9999")
