"""The clock of a ``FakeExchange``, from any thread."""

import math
from collections.abc import Callable
from typing import Protocol, TypeVar

from bingx_fake.clock import ExchangeClock
from bingx_fake.exchange import Exchange

T = TypeVar("T")


class _Clocked(Protocol):
    """An exchange in its thread."""

    def call(self, function: Callable[[Exchange], T]) -> T:
        """Run a function of the inner exchange, and wait for it."""

    def change_clock(self, change: Callable[[ExchangeClock], object]) -> None:
        """Change its clock, and wait until what is due then was done."""


class Clock:
    """The exchange's clock, from any thread. Times are Unix milliseconds."""

    def __init__(self, exchange: _Clocked) -> None:
        self._exchange = exchange

    def now_ms(self) -> int:
        """The exchange's time."""
        return self._exchange.call(lambda inner: inner.clock.now_ms())

    def freeze(self, now_ms: int | None = None) -> None:
        """Stand still, by default at the present time."""
        self._exchange.change_clock(lambda clock: clock.freeze(now_ms))

    def run(self, *, offset_ms: int = 0) -> None:
        """Run with the system's clock, shifted by ``offset_ms``."""
        self._exchange.change_clock(lambda clock: clock.run(offset_ms))

    def sleep(self, seconds: float) -> None:
        """Let time pass on this clock alone: what a client under test gets for ``time.sleep``."""
        self.advance(math.ceil(seconds * 1000))

    def advance(self, ms: int) -> None:
        """Move forward by ``ms`` milliseconds.

        :raises ValueError: for a negative number.
        """
        self._exchange.change_clock(lambda clock: clock.advance(ms))
