"""What can be asked of the venue, and what it tells happened. Prices are ticks, quantities steps."""

from collections.abc import Mapping

import msgspec

from bingx_fake.venue.instruments import Product
from bingx_fake.venue.matching import Rest, TimeInForce
from bingx_fake.venue.order_book import Side

MarketId = tuple[Product, str]
"""Product and symbol: what a market goes by."""


class Refused(Exception):
    """A command that was not carried out. Nothing has changed."""


class Place(msgspec.Struct, frozen=True):
    """Place an order.

    :param order_id: one that no order has had.
    :param price: None for a market order.
    :param worst: the worst price that a market order takes; None for any.
    :param budget: how much a buyer's market order may cost, in ticks times steps; None for any amount.
    """

    market: MarketId
    order_id: int
    owner: int
    side: Side
    quantity: int
    price: int | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    worst: int | None = None
    budget: int | None = None


class Cancel(msgspec.Struct, frozen=True):
    """Take a resting order out of the book."""

    market: MarketId
    order_id: int


class Amend(msgspec.Struct, frozen=True):
    """Change the whole quantity of a resting order, which keeps its place and has more than its fills."""

    market: MarketId
    order_id: int
    quantity: int


class Quote(msgspec.Struct, frozen=True):
    """Replace all of a maker's resting quotes by others, which must trade with nothing that rests.

    A quote that is there with the same side, price and unfilled quantity keeps its place in the queue.

    :param bids: quantity by price, as ``asks``.
    """

    market: MarketId
    owner: int
    bids: Mapping[int, int]
    asks: Mapping[int, int]


class Halt(msgspec.Struct, frozen=True):
    """No order is taken until ``Resume``; those that rest stay, and may be cancelled (ours, A34)."""

    market: MarketId


class Resume(msgspec.Struct, frozen=True):
    """Trade again after ``Halt``."""

    market: MarketId


class Delist(msgspec.Struct, frozen=True):
    """End a market for good: every resting order is cancelled (ours, A34)."""

    market: MarketId


class SetMark(msgspec.Struct, frozen=True):
    """Set the mark price, or let it follow the last price again."""

    market: MarketId
    mark: int | None


Command = Place | Cancel | Amend | Quote | Halt | Resume | Delist | SetMark


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened.

    :param number: counts every event of the venue, without a gap.
    :param at_ms: the exchange's clock.
    """

    number: int
    at_ms: int
    market: MarketId


class Accepted(Event, frozen=True, kw_only=True):
    """An order was taken. Its trades follow, then what became of its rest, where it does not rest."""

    order_id: int
    owner: int
    side: Side
    price: int | None
    quantity: int


class Traded(Event, frozen=True, kw_only=True):
    """Two orders traded.

    :param trade_id: counts the trades of one market, from 1.
    :param taker_side: the side of the order that came in.
    """

    trade_id: int
    price: int
    quantity: int
    taker_side: Side
    maker_order_id: int
    maker_owner: int
    maker_leaves: int
    taker_order_id: int
    taker_owner: int


class Cancelled(Event, frozen=True, kw_only=True):
    """What was left of an order trades no more.

    :param reason: why, where matching decided it; None where somebody asked for it.
    """

    order_id: int
    owner: int
    leaves: int
    reason: Rest | None = None


class Amended(Event, frozen=True, kw_only=True):
    """The quantity of a resting order was changed."""

    order_id: int
    owner: int
    quantity: int


class Quoted(Event, frozen=True, kw_only=True):
    """A maker's quotes were replaced."""

    owner: int


class StatusChanged(Event, frozen=True, kw_only=True):
    """A market was halted, resumed or delisted."""

    status: str


class MarkChanged(Event, frozen=True, kw_only=True):
    """The mark was set; None: it follows the last price."""

    mark: int | None
