"""Which orders trade with which: by price, then by time, each at the resting order's price.

Matching is decided before anything changes: ``match_order`` reads the book and says what would happen,
``settle`` carries that out. So an order that may only be filled whole, or only rest, leaves no trace.
"""

from dataclasses import dataclass
from enum import Enum

from bingx_fake.venue.order_book import Order, OrderBook, Side


class TimeInForce(Enum):
    """How long an order waits for what it does not get at once."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    POST_ONLY = "PostOnly"


class Rest(Enum):
    """What becomes of what an incoming order does not fill at once."""

    NOTHING = "nothing"
    RESTS = "rests"
    OUT_OF_TIME = "immediate or cancel"
    UNFILLABLE = "fill or kill"
    WOULD_TAKE = "post only"
    OWN_ORDER = "self-match"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Fill:
    """A trade between a resting order and the incoming one, at the resting order's price."""

    maker: Order
    quantity: int

    @property
    def price(self) -> int:
        """In ticks."""
        return self.maker.price


@dataclass(frozen=True, slots=True)
class Match:
    """What an incoming order does: its fills, the best price first, and what becomes of its rest."""

    fills: tuple[Fill, ...]
    rest: Rest


def match_order(
    book: OrderBook,
    order: Order,
    time_in_force: TimeInForce,
    *,
    is_market: bool = False,
    worst: int | None = None,
    budget: int | None = None,
) -> Match:
    """Decide what an incoming order does. Changes nothing.

    :param is_market: whether it takes every price, whatever its own; what it does not get is cancelled.
    :param worst: the worst price, in ticks, that a market order takes all the same; None for any.
    :param budget: how much it may cost, in ticks times steps, so that its last fill is cut to what is left of
        that; None for any amount.
    """
    limit = worst if is_market else order.price
    fills = []
    wanted = order.leaves
    meets_own = is_spent = False
    for resting in book.queue(order.side.other):
        if not wanted or not _crosses(order.side, resting.price, limit):
            break
        if resting.owner == order.owner:
            meets_own = True
            break
        quantity = min(wanted, resting.leaves)
        if budget is not None:
            affordable = budget // resting.price
            if affordable < quantity:
                quantity, is_spent = affordable, True
            budget -= quantity * resting.price
        if quantity:
            fills.append(Fill(resting, quantity))
            wanted -= quantity
        if is_spent:
            break
    if time_in_force is TimeInForce.POST_ONLY and (fills or meets_own):
        return Match((), Rest.WOULD_TAKE)
    if time_in_force is TimeInForce.FOK and wanted:
        return Match((), Rest.UNFILLABLE)
    if not wanted:
        rest = Rest.NOTHING
    elif meets_own:
        rest = Rest.OWN_ORDER
    elif is_spent:
        rest = Rest.SPENT
    elif is_market or time_in_force is TimeInForce.IOC:
        rest = Rest.OUT_OF_TIME
    else:
        rest = Rest.RESTS
    return Match(tuple(fills), rest)


def settle(book: OrderBook, order: Order, decided: Match) -> None:
    """Carry out what was decided: both sides of each fill, and the rest into the book where it rests."""
    for fill in decided.fills:
        book.fill(fill.maker, fill.quantity)
        order.filled += fill.quantity
    if decided.rest is Rest.RESTS:
        book.add(order)


def _crosses(side: Side, resting: int, limit: int | None) -> bool:
    if limit is None:
        return True
    return resting <= limit if side is Side.BUY else resting >= limit
