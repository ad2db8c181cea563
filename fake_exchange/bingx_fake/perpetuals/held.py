"""A user's open positions of one coin, and what they come to together.

Sums are kept as positions and marks change: worked out anew for each order and each fill, they would cost the
more the more positions there are.
"""

from collections.abc import Callable
from decimal import Decimal

import msgspec

from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.perpetuals.positions import Position
from bingx_fake.venue.commands import MarketId


class Sums(msgspec.Struct, frozen=True, gc=False):
    """What one position, or several, come to; see ``Wallet``."""

    shared: Decimal = ZERO
    apart: Decimal = ZERO
    used: Decimal = ZERO
    set_apart: Decimal = ZERO
    kept: Decimal = ZERO

    def plus(self, other: "Sums", add: Callable[[Decimal, Decimal], Decimal] = EXACT.add) -> "Sums":
        """What both come to together."""
        return Sums(
            add(self.shared, other.shared),
            add(self.apart, other.apart),
            add(self.used, other.used),
            add(self.set_apart, other.set_apart),
            add(self.kept, other.kept),
        )

    def less(self, other: "Sums") -> "Sums":
        """What is left without the other."""
        return self.plus(other, EXACT.subtract)


_NOTHING = Sums()


class HeldPositions:
    """The open positions of one user and coin.

    ``isolated`` are the ids of those of them with margin of their own.
    """

    __slots__ = ("_changed", "_counted", "_on", "_sums", "_taker", "isolated")

    def __init__(self) -> None:
        self.isolated: set[int] = set()
        self._on: dict[MarketId, list[Position]] = {}
        self._changed: dict[MarketId, None] = {}
        self._counted: dict[MarketId, Sums] = {}
        self._sums = _NOTHING
        self._taker = ZERO

    def add(self, position: Position) -> None:
        """Have a position among them."""
        market = position.market
        self._on.setdefault(market, []).append(position)
        if position.is_isolated:
            self.isolated.add(position.id)
        self._changed[market] = None

    def remove(self, position: Position) -> None:
        """Have a position no more among them."""
        market = position.market
        self._on[market].remove(position)
        self.isolated.discard(position.id)
        self._changed[market] = None
        if not self._on[market]:
            del self._on[market], self._changed[market]
            counted = self._counted.pop(market, _NOTHING)
            self._sums = self._sums.less(counted) if self._on else _NOTHING

    def change(self, market: MarketId) -> None:
        """Know that what there is on a market may come to something else: a position changed, or the mark."""
        self._changed[market] = None

    def sums(self, taker: Decimal, count: Callable[[Position, Decimal], Sums]) -> Sums:
        """What they come to together.

        :param taker: the rate of their owner's fee.
        :param count: gives what one comes to, at that rate.
        """
        if taker != self._taker:
            self._taker = taker
            self._changed.update(dict.fromkeys(self._on))
        if not self._changed:
            return self._sums
        is_all = len(self._changed) == len(self._on)
        total = _NOTHING if is_all else self._sums
        for market in self._changed:
            if not is_all and market in self._counted:
                total = total.less(self._counted[market])
            now = _NOTHING
            for position in self._on[market]:
                its = count(position, taker)
                now = its if now is _NOTHING else now.plus(its)
            self._counted[market] = now
            total = now if total is _NOTHING else total.plus(now)
        self._changed.clear()
        self._sums = total
        return total
