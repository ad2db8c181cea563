"""Time as a client sees it: the clocks that it uses unless it is given others, and what they count."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


def system_ms() -> int:
    """The system's Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


def monotonic_ms() -> int:
    """Milliseconds of a clock that nobody sets."""
    return time.monotonic_ns() // 1_000_000


@dataclass(slots=True)
class Clock:
    """The exchange's time as far as we know it.

    :param local_ms: our own clock.
    :param monotonic_ms: a clock that nobody sets.
    :param offset_ms: how far the exchange's clock is ahead of ours, once measured.
    """

    local_ms: Callable[[], int]
    monotonic_ms: Callable[[], int]
    offset_ms: int = 0

    def now_ms(self) -> int:
        """The time to sign with."""
        return self.local_ms() + self.offset_ms


@dataclass(slots=True)
class Stopwatch:
    """How long ago it was made: the most that either clock saw, or that was waited on our own order.

    A clock may be set back or stand still, and where a test library freezes time all of them do. Then the
    pauses that were ordered are what is left to count.
    """

    clock: Clock
    _local_ms: int = field(init=False)
    _monotonic_ms: int = field(init=False)
    _ordered_ms: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._local_ms, self._monotonic_ms = self.clock.local_ms(), self.clock.monotonic_ms()

    def count(self, ms: int) -> None:
        """Count time that was waited, whatever the clocks say."""
        self._ordered_ms += ms

    def elapsed_ms(self) -> int:
        """Milliseconds since it was made."""
        return max(
            self.clock.local_ms() - self._local_ms,
            self.clock.monotonic_ms() - self._monotonic_ms,
            self._ordered_ms,
        )


@dataclass(frozen=True, slots=True)
class Deadline:
    """When everything that belongs to a call has to be over.

    :param after_ms: counted by ``watch``.
    """

    watch: Stopwatch
    after_ms: int

    def left_ms(self) -> int:
        """How much time is left; 0 when none is."""
        return max(self.after_ms - self.watch.elapsed_ms(), 0)
