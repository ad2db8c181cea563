"""A user's open positions of one coin, and what they come to together.

Sums are kept as positions and marks change: worked out anew for each order and each fill, they would cost the
more the more positions there are.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.perpetuals.positions import Position
from bingx_fake.venue.commands import MarketId

_add, _subtract = EXACT.add, EXACT.subtract


class Sums(NamedTuple):
    """What one position, or several, come to; see ``Wallet``."""

    shared: Decimal = ZERO
    apart: Decimal = ZERO
    used: Decimal = ZERO
    set_apart: Decimal = ZERO
    kept: Decimal = ZERO


_Key = tuple[MarketId, bool]
"""Where a position is: on which market, and whether it is long."""
_NOTHING = Sums()


class HeldPositions:
    """The open positions of one user and coin.

    ``isolated`` are those of them with margin of their own.
    """

    __slots__ = ("_all", "_changed", "_counted", "_sums", "_taker", "isolated")

    def __init__(self) -> None:
        self.isolated: dict[_Key, None] = {}
        self._all: dict[_Key, Position] = {}
        self._changed: dict[_Key, None] = {}
        self._counted: dict[_Key, Sums] = {}
        self._sums = _NOTHING
        self._taker = ZERO

    def add(self, position: Position) -> None:
        """Have a position among them."""
        key = position.market, position.is_long
        self._all[key] = position
        if position.is_isolated:
            self.isolated[key] = None
        self._changed[key] = None

    def remove(self, position: Position) -> None:
        """Have a position no more among them."""
        key = position.market, position.is_long
        del self._all[key]
        self.isolated.pop(key, None)
        self._changed[key] = None

    def change(self, position: Position) -> None:
        """Know that what a position comes to may be another, as it changed or its mark did."""
        self._changed[position.market, position.is_long] = None

    def sums(self, taker: Decimal, count: Callable[[Position, Decimal], Sums]) -> Sums:
        """What they come to together.

        :param taker: the rate of their owner's fee.
        :param count: gives what one comes to, at that rate.
        """
        if taker != self._taker:
            self._taker = taker
            self._changed.update(dict.fromkeys(self._all))
        for key in self._changed:
            before, now = self._counted.pop(key, _NOTHING), _NOTHING
            position = self._all.get(key)
            if position is not None:
                now = self._counted[key] = count(position, taker)
            self._sums = Sums(*map(_add, map(_subtract, self._sums, before), now))
        self._changed.clear()
        return self._sums
