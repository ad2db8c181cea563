"""Orders that wait for a price. Which of them a trade reaches, and in which order, is all that this knows."""

from typing import Generic, Protocol, TypeVar

from sortedcontainers import SortedList


class Waiting(Protocol):
    """An order that waits for a price."""

    id: int
    stop: int
    rises: bool


AnyOrder = TypeVar("AnyOrder", bound=Waiting)


class Triggers(Generic[AnyOrder]):
    """The waiting orders of one market, by the price that they wait for.

    The price that counts is that of a trade, from the side on which the market was when the order came; at
    the stop price itself it counts as reached (ours, A62).
    """

    def __init__(self) -> None:
        self._orders: dict[int, AnyOrder] = {}
        # What is reached first is first: the highest of those that wait for a fall, the lowest of the others.
        self._falling: SortedList[tuple[int, int]] = SortedList()
        self._rising: SortedList[tuple[int, int]] = SortedList()

    def __len__(self) -> int:
        return len(self._orders)

    def add(self, order: AnyOrder) -> None:
        """Let an order wait."""
        assert order.id not in self._orders, order
        self._orders[order.id] = order
        if order.rises:
            self._rising.add((order.stop, order.id))
        else:
            self._falling.add((-order.stop, order.id))

    def discard(self, order: AnyOrder) -> None:
        """Take an order back, if it waits."""
        if self._orders.pop(order.id, None) is None:
            return
        if order.rises:
            self._rising.remove((order.stop, order.id))
        else:
            self._falling.remove((-order.stop, order.id))

    def reached(self, lowest: int, highest: int) -> list[AnyOrder]:
        """Take out the orders that trades between two prices reach, those of the nearest stop price first.

        Of one price the older comes first; a fall comes before a rise (ours, A91).
        """
        found = []
        for waiting, reach in ((self._falling, -lowest), (self._rising, highest)):
            while waiting and waiting[0][0] <= reach:
                found.append(self._orders.pop(waiting.pop(0)[1]))
        return found

    def all(self) -> list[AnyOrder]:
        """All that wait, the oldest first."""
        return [self._orders[order_id] for order_id in sorted(self._orders)]
