"""A user's open orders on one perpetual, and what those in its book come to.

Sums are kept as orders change: worked out anew for each order that is placed, they would cost the more the
more orders there are.
"""

from collections.abc import Callable
from decimal import Decimal

import msgspec

from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.perpetuals.orders import PerpOrder
from bingx_fake.venue.order_book import Side

_add, _subtract = EXACT.add, EXACT.subtract


class Opening(msgspec.Struct):
    """What orders that may open something come to: steps that are not filled, and the margin for these."""

    steps: int = 0
    needs: Decimal = ZERO


class OpenOrders:
    """The open orders of one user and market.

    ``all`` are in the order of placing, those that wait for their stop price included.
    """

    __slots__ = ("_changed", "_counted", "_sides", "all")

    def __init__(self) -> None:
        self.all: dict[int, PerpOrder] = {}
        self._changed: dict[int, PerpOrder] = {}
        self._counted: dict[int, tuple[int, Decimal]] = {}
        self._sides = {side: Opening() for side in Side}

    def change(self, order: PerpOrder) -> None:
        """Know that what an order needs may be another: it came, went, was filled, triggered or changed."""
        self._changed[order.id] = order

    def opening(self, side: Side, needs: Callable[[PerpOrder, int], Decimal]) -> Opening:
        """What the orders in the book come to that do not only close, on one side.

        :param needs: gives the margin for so many steps of an order.
        """
        for order in self._changed.values():
            its = self._sides[order.side]
            steps, need = self._counted.pop(order.id, (0, ZERO))
            its.steps, its.needs = its.steps - steps, _subtract(its.needs, need)
            if order.id in self.all and not order.is_waiting and not order.closes:
                steps, need = self._counted[order.id] = order.leaves, needs(order, order.leaves)
                its.steps, its.needs = its.steps + steps, _add(its.needs, need)
        self._changed.clear()
        return self._sides[side]

    def opening_beyond(
        self, side: Side, closable: int, needs: Callable[[PerpOrder, int], Decimal]
    ) -> Decimal:
        """The margin for what these orders open once the first of them have closed so many steps."""
        whole = self.opening(side, needs)
        if whole.steps <= closable:
            return ZERO
        total = whole.needs
        for order_id, order in self.all.items():
            if not closable:
                break
            if order.side is side and order_id in self._counted:
                steps, need = self._counted[order_id]
                closed = min(closable, steps)
                closable -= closed
                total = _subtract(total, need)
                if closed < steps:
                    total = _add(total, needs(order, steps - closed))
        return total
