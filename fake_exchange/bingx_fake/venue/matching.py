"""Which orders trade with which: by price, then by time, each at the resting order's price.

Matching is decided before anything changes: ``match_order`` reads the book and says what would happen,
``settle`` carries that out. So an order that may only be filled whole, or only rest, leaves no trace.
"""

from enum import Enum

import msgspec

from bingx_fake.venue.order_book import BUY, SELL, Order, OrderBook


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

    def __init__(self, word: str) -> None:
        self.rests = word == "rests"
        """Whether it goes into the book."""
        self.is_cancelled = word not in ("nothing", "rests")
        """Whether there is a rest that trades no more."""


_IOC, _FOK, _NOTHING = TimeInForce.IOC, TimeInForce.FOK, Rest.NOTHING


class Fill(msgspec.Struct, frozen=True):
    """A trade between a resting order and the incoming one, at the resting order's price."""

    maker: Order
    quantity: int

    @property
    def price(self) -> int:
        """In ticks."""
        return self.maker.price


class Match(msgspec.Struct, frozen=True):
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
    is_buy = order.side.is_buy
    other = SELL if is_buy else BUY
    best = book.best(other)
    if best is None or (limit is not None and (best > limit if is_buy else best < limit)):
        # Most orders meet none, and are told so without a look at the queue.
        return _nothing_filled(time_in_force, is_market=is_market)
    fills = []
    wanted = order.leaves
    meets_own = is_spent = False
    for resting in book.queue(other):
        price = resting.price
        if not wanted or (limit is not None and (price > limit if is_buy else price < limit)):
            break
        if resting.owner == order.owner:
            meets_own = True
            break
        quantity = min(wanted, resting.leaves)
        if budget is not None:
            affordable = budget // price
            if affordable < quantity:
                quantity, is_spent = affordable, True
            budget -= quantity * price
        if quantity:
            fills.append(Fill(resting, quantity))
            wanted -= quantity
        if is_spent:
            break
    if (fills or meets_own) and time_in_force is TimeInForce.POST_ONLY:
        return Match((), Rest.WOULD_TAKE)
    if not wanted:
        return Match(tuple(fills), _NOTHING)
    if time_in_force is TimeInForce.FOK:
        return _UNFILLABLE
    if meets_own:
        return Match(tuple(fills), Rest.OWN_ORDER)
    if is_spent:
        return Match(tuple(fills), Rest.SPENT)
    return Match(tuple(fills), _nothing_filled(time_in_force, is_market=is_market).rest)


def _nothing_filled(time_in_force: TimeInForce, *, is_market: bool) -> Match:
    """What becomes of what nobody in the book trades with."""
    if time_in_force is _FOK:
        return _UNFILLABLE
    return _OUT_OF_TIME if is_market or time_in_force is _IOC else _RESTS


_RESTS, _OUT_OF_TIME, _UNFILLABLE = (
    Match((), rest) for rest in (Rest.RESTS, Rest.OUT_OF_TIME, Rest.UNFILLABLE)
)


def settle(book: OrderBook, order: Order, decided: Match) -> None:
    """Carry out what was decided: both sides of each fill, and the rest into the book where it rests."""
    for fill in decided.fills:
        book.fill(fill.maker, fill.quantity)
        order.filled += fill.quantity
    if decided.rest.rests:
        book.add(order)
