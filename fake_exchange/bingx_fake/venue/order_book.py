"""The resting orders of one market, by price and then by time, in whole ticks and steps."""

from collections.abc import Iterator
from enum import Enum

from sortedcontainers import SortedList


class Side(Enum):
    """Which way an order trades."""

    BUY = "BUY"
    SELL = "SELL"

    def __init__(self, word: str) -> None:
        # Before Python 3.12 to name a member takes ten times as long as to ask one, and orders ask often.
        self.is_buy = word == "BUY"
        """Whether it buys."""

    @property
    def other(self) -> "Side":
        """The side that it trades with."""
        return SELL if self.is_buy else BUY


BUY, SELL = Side

_FEW = 8
"""So many orders that are gone may stay at any price."""


class Order:
    """An order as matching sees it.

    :param owner: whose it is; orders of one owner do not trade with each other.
    :param price: in ticks.
    :param quantity: in steps, all of it; what is left of it is ``leaves``.

    ``is_gone`` says that it rested in a book, and does no longer.
    """

    __slots__ = ("filled", "id", "is_gone", "owner", "price", "quantity", "side")

    def __init__(self, id: int, owner: int, side: Side, price: int, quantity: int) -> None:  # noqa: A002  # the field's name
        assert price > 0, price
        assert quantity > 0, quantity
        self.id = id
        self.owner = owner
        self.side = side
        self.price = price
        self.quantity = quantity
        self.filled = 0
        self.is_gone = False

    @property
    def leaves(self) -> int:
        """What is not filled yet, in steps."""
        return self.quantity - self.filled

    def __repr__(self) -> str:
        return (
            f"Order({self.id} of {self.owner}: {self.side.name} {self.quantity} at {self.price}, "
            f"{self.filled} filled)"
        )


class _Level:
    """The orders at one price, the oldest first, and what is left of all of them.

    One that is gone stays in its place until as many are gone as are left: to take it out of a dictionary in
    the middle means looking at its neighbours, which in a large book are in no cache.
    """

    __slots__ = ("first", "leaves", "orders", "resting")

    def __init__(self) -> None:
        self.leaves = 0
        self.resting = 0
        self.orders: list[Order] = []
        self.first = 0
        """Where in ``orders`` the oldest is that rests."""

    def __iter__(self) -> Iterator[Order]:
        orders = self.orders
        for place in range(self.first, len(orders)):
            order = orders[place]
            if not order.is_gone:
                yield order

    def let_go(self, order: Order) -> int:
        """How many rest when this one does no longer."""
        order.is_gone = True
        self.resting -= 1
        orders = self.orders
        if len(orders) > 2 * self.resting + _FEW:
            self.orders = [it for it in orders if not it.is_gone]
            self.first = 0
        elif order is orders[self.first] and self.resting:
            while orders[self.first].is_gone:
                self.first += 1
        return self.resting


class _Half:
    """One side of a book: its levels by key, and the keys in their order.

    A bid's key is its price, an ask's the price below zero: the best level is the last on both sides, and
    leaves the cheaper end of what is sorted.
    """

    __slots__ = ("keys", "levels")

    def __init__(self) -> None:
        self.keys: SortedList[int] = SortedList()
        self.levels: dict[int, _Level] = {}


class OrderBook:
    """The resting orders of one market. Knows nothing of matching: what is put in rests."""

    def __init__(self) -> None:
        self._orders: dict[int, Order] = {}
        self._bids, self._asks = _Half(), _Half()

    def __len__(self) -> int:
        return len(self._orders)

    def __contains__(self, order_id: int) -> bool:
        return order_id in self._orders

    def order(self, order_id: int) -> Order | None:
        """The resting order with this id."""
        return self._orders.get(order_id)

    def add(self, order: Order) -> None:
        """Let an order rest, behind all others at its price."""
        assert order.id not in self._orders, order
        assert not order.is_gone, order
        self._orders[order.id] = order
        half, key = self._place(order)
        level = half.levels.get(key)
        if level is None:
            level = half.levels[key] = _Level()
            half.keys.add(key)
        level.orders.append(order)
        level.resting += 1
        level.leaves += order.leaves

    def remove(self, order_id: int) -> Order:
        """Take a resting order out.

        :raises KeyError: when none with this id rests.
        """
        order = self._orders.pop(order_id)
        level = self._take_out(order)
        level.leaves -= order.leaves
        return order

    def fill(self, order: Order, quantity: int) -> None:
        """Fill a resting order by some steps; filled whole, it rests no longer."""
        assert 0 < quantity <= order.leaves, (order, quantity)
        order.filled += quantity
        if order.filled == order.quantity:
            del self._orders[order.id]
            level = self._take_out(order)
        else:
            half, key = self._place(order)
            level = half.levels[key]
        level.leaves -= quantity

    def resize(self, order: Order, quantity: int) -> None:
        """Change the whole quantity of a resting order, which keeps its place."""
        assert quantity > order.filled, (order, quantity)
        half, key = self._place(order)
        half.levels[key].leaves += quantity - order.quantity
        order.quantity = quantity

    def best(self, side: Side) -> int | None:
        """The best price on a side, in ticks; None where nothing rests there."""
        keys = (self._bids if side.is_buy else self._asks).keys
        return abs(keys[-1]) if keys else None

    def levels(self, side: Side) -> Iterator[tuple[int, int]]:
        """Price in ticks and what is left there in steps, the best first."""
        half = self._bids if side.is_buy else self._asks
        return ((abs(key), half.levels[key].leaves) for key in reversed(half.keys))

    def queue(self, side: Side) -> Iterator[Order]:
        """The resting orders of a side in the order in which they would trade."""
        half = self._bids if side.is_buy else self._asks
        for key in reversed(half.keys):
            yield from half.levels[key]

    def _place(self, order: Order) -> tuple[_Half, int]:
        return (self._bids, order.price) if order.side.is_buy else (self._asks, -order.price)

    def _take_out(self, order: Order) -> _Level:
        """Take an order out of its level, and the level out of the book where that was its last."""
        half, key = self._place(order)
        level = half.levels[key]
        if not level.let_go(order):
            del half.levels[key]
            half.keys.remove(key)
        return level
