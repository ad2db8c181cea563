"""A second order book, as plain as can be: a list of orders, looked through from end to end, in fractions."""

from dataclasses import dataclass, replace
from fractions import Fraction


@dataclass(frozen=True)
class NaiveOrder:
    """A resting order; the list's order is the order in which they came."""

    id: int
    owner: int
    is_buy: bool
    price: Fraction
    left: Fraction


class NaiveBook:
    """Takes orders and cancels, and says what became of each."""

    def __init__(self) -> None:
        self.orders: list[NaiveOrder] = []

    def cancel(self, order_id: int) -> bool:
        kept = [order for order in self.orders if order.id != order_id]
        found = len(kept) < len(self.orders)
        self.orders = kept
        return found

    def place(
        self, new: NaiveOrder, *, market: bool, time_in_force: str
    ) -> tuple[list[tuple[int, int, int]], str]:
        """The fills, as the maker's id, price and quantity, and what became of the rest."""
        before = list(self.orders)
        fills: list[tuple[int, int, int]] = []
        left = new.left
        while left > 0:
            others = [
                order
                for order in self.orders
                if order.is_buy != new.is_buy
                and (market or (order.price <= new.price if new.is_buy else order.price >= new.price))
            ]
            if not others:
                break
            best_price = (min if new.is_buy else max)(order.price for order in others)
            first = next(order for order in others if order.price == best_price)
            if time_in_force == "PostOnly":
                return [], "refused: would take"
            if first.owner == new.owner:
                if time_in_force == "FOK":
                    self.orders = before
                    return [], "refused: not whole"
                return fills, "cancelled: own order"
            traded = min(left, first.left)
            fills.append((first.id, int(first.price), int(traded)))
            left -= traded
            position = self.orders.index(first)
            rest = first.left - traded
            self.orders[position : position + 1] = [replace(first, left=rest)] if rest else []
        if not left:
            return fills, "filled"
        if time_in_force == "FOK":
            self.orders = before
            return [], "refused: not whole"
        if market or time_in_force == "IOC":
            return fills, "cancelled: out of time"
        self.orders.append(replace(new, left=left))
        return fills, "rests"

    def queue(self, is_buy: bool) -> list[tuple[int, int, int, int]]:
        """(id, owner, price, left), the next to trade first. Sorting is stable, so older ones come first."""
        side = [order for order in self.orders if order.is_buy == is_buy]
        side.sort(key=lambda order: -order.price if is_buy else order.price)
        return [(order.id, order.owner, int(order.price), int(order.left)) for order in side]
