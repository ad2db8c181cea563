"""Stop prices that follow the price. Which orders are reached, and when, is all that this knows.

An order that sells at the market waits below the highest price since it was activated, one that buys waits
above the lowest. What counts is the price at which each command leaves the market, so that nobody has to
know in which order the prices within one came (ours, A185).
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Generic, Protocol, TypeVar

import msgspec

_DOWN, _UP = Context(prec=120, rounding=ROUND_FLOOR), Context(prec=120, rounding=ROUND_CEILING)


class Trail(msgspec.Struct, gc=False, eq=False):
    """How a stop price follows. Prices are in ticks.

    :param rate: the part of the price that it stays away; 0 where it stays at a distance.
    :param distance: that distance; 0 where there is a rate.
    :param activation: the price from which on it follows.
    :param best: the highest price since then, or the lowest of an order that buys; 0 before.
    """

    rate: Decimal
    distance: int
    activation: int
    best: int = 0

    def stop(self, *, rises: bool) -> int:
        """The first whole tick that is reached; 0 before it follows.

        :param rises: whether the price has to rise to it.
        """
        if not self.best:
            return 0
        if self.distance:
            return self.best + self.distance if rises else max(self.best - self.distance, 0)
        context = _UP if rises else _DOWN
        away = self.rate if rises else self.rate.copy_negate()
        exact = context.multiply(Decimal(self.best), context.add(Decimal(1), away))
        return int(exact.to_integral_value(context=context, rounding=context.rounding))


class Trailing(Protocol):
    """An order whose stop price follows the price."""

    id: int
    rises: bool
    stop: int
    trail: Trail | None


AnyOrder = TypeVar("AnyOrder", bound=Trailing)


class Trails(Generic[AnyOrder]):
    """The orders of one market whose stop prices follow one of its prices."""

    def __init__(self) -> None:
        self._orders: dict[int, AnyOrder] = {}

    def add(self, order: AnyOrder) -> None:
        """Let an order wait."""
        assert order.id not in self._orders, order
        assert order.trail is not None, order
        self._orders[order.id] = order

    def discard(self, order: AnyOrder) -> None:
        """Take an order back, if it waits."""
        self._orders.pop(order.id, None)

    def reached(self, price: int) -> list[AnyOrder]:
        """Let stop prices follow to a price, and take out the orders that it reaches, the older first."""
        found = [order for order in self._orders.values() if follows(order, price)]
        for order in found:
            del self._orders[order.id]
        return found

    def all(self) -> list[AnyOrder]:
        """All that wait, the oldest first."""
        return list(self._orders.values())


def follows(order: Trailing, price: int) -> bool:
    """Let an order's stop price follow to a price; whether the price is at its stop price."""
    trail = order.trail
    assert trail is not None, order
    if not trail.best:
        if price > trail.activation if order.rises else price < trail.activation:
            return False
        trail.best = price
    elif order.stop and (price >= order.stop if order.rises else price <= order.stop):
        return True
    trail.best = min(trail.best, price) if order.rises else max(trail.best, price)
    order.stop = trail.stop(rises=order.rises)
    return False
