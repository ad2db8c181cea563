"""Orders on perpetuals that wait for a price: at one stop price, or at one that follows."""

from bingx_fake.perpetuals.orders import PerpOrder, WorkingType
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.trailing import Trails
from bingx_fake.venue.triggers import Triggers

Price = tuple[MarketId, WorkingType]
"""What an order waits for: one of the prices of a market."""


class WaitingOrders:
    """All that wait, by the price that they wait for."""

    def __init__(self) -> None:
        self._triggers: dict[Price, Triggers[PerpOrder]] = {}
        self._trails: dict[Price, Trails[PerpOrder]] = {}

    def add(self, order: PerpOrder) -> None:
        """Let an order wait."""
        price = order.market, order.working
        if order.type.trails:
            self._trails.setdefault(price, Trails()).add(order)
        else:
            self._triggers.setdefault(price, Triggers()).add(order)

    def discard(self, order: PerpOrder) -> None:
        """Let an order wait no more."""
        price = order.market, order.working
        if order.type.trails:
            self._trails[price].discard(order)
        else:
            self._triggers[price].discard(order)

    def on(self, market: MarketId) -> list[PerpOrder]:
        """All that wait for a price of a market."""
        waiting = [order for (of, _), it in self._triggers.items() if of == market for order in it.all()]
        trailing = [order for (of, _), it in self._trails.items() if of == market for order in it.all()]
        return waiting + trailing

    def reached(self, price: Price, lowest: int, highest: int, now: int) -> list[PerpOrder]:
        """Take out those whose stop price was reached: first those whose stop price stays where it is.

        :param now: where the price is after it went from one of the others to the other.
        """
        triggers, trails = self._triggers.get(price), self._trails.get(price)
        found = triggers.reached(lowest, highest) if triggers else []
        return [*found, *trails.reached(now)] if trails is not None else found
