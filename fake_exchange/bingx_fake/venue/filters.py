"""What an order must be like to be taken on a market: one check after the other, in an order of ours."""

from decimal import ROUND_CEILING, Decimal
from enum import Enum
from typing import NamedTuple

from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.orders import NewOrder
from bingx_fake.venue.venue import Market

MOST_OPEN = 1_000
"""Open orders of a user (R, which says LIMIT orders; ours, A92)."""

FARTHEST = 5
"""How many times the index price a price may be, or the index price a price (D)."""

_COVER = Decimal("1.015")
"""What a market order that buys holds, over the last price (A, one sample)."""


class Reason(Enum):
    """Why an order or a cancel was declined, with the facts that ``Declined.facts`` has then. Amounts are in
    coins.
    """

    NO_SUCH_MARKET = "there is no such market"
    """``symbol``"""
    NOT_TRADING = "the market does not trade"
    """``symbol``, ``status`` (halted, delisted)"""
    PRICE_NOT_POSITIVE = "a price is zero, or cut to zero"
    """``name`` (price, stop), ``price`` as it was asked for"""
    NOTHING_WANTED = "quantity and amount are zero, or cut to zero"
    """``least``: one step, in the base coin"""
    TOO_MANY_DECIMALS = "a number has more decimals than its unit"
    """``name`` (price, stop, quantity), ``value``, ``unit`` (tick or step); only where they are not cut"""
    PRICE_TOO_HIGH = "the price is too far above the index price"
    """``price``, ``index``, ``last``, ``highest``, ``lowest``, ``highest_ratio``, ``lowest_ratio``"""
    PRICE_TOO_LOW = "the price is too far below the index price"
    """the same"""
    TOO_LITTLE = "the order is worth too little"
    """``value``, ``least`` in the quote coin; ``quantity``, ``least_quantity`` in the base coin, at the price
    that it is valued at
    """
    TOO_MUCH = "the order is worth too much"
    """``value``, ``most``; ``quantity``, ``most_quantity``"""
    WRONG_WAY = "the prices of an OCO are on the wrong sides of the last price"
    """``side``, ``limit``, ``trigger``, ``last``"""
    CLIENT_ID_TAKEN = "the user's name for it is another order's"
    """``client_id``, ``order_id``"""
    TOO_MANY_OPEN = "the user has too many open orders"
    """``most``"""
    TOO_LITTLE_FUNDS = "there is too little of the coin that it pays with"
    """``asset``, ``needed``, ``free``, ``locked``; ``holders``, those who hold most of that, the largest
    first, and ``others``, how many more there are
    """
    NO_SUCH_ORDER = "the user has no such order"
    """``order_id`` (0 where asked by name), ``client_id``"""
    FINISHED = "the order is finished"
    """``order_id``, ``client_id``, ``status``"""
    OTHER_STATUS = "the order is in another state than the one asked for"
    """``order_id``, ``client_id``, ``status``, ``asked``"""


class Holder(NamedTuple):
    """Who holds a part of what a user has locked.

    :param kind: what it is in a word: ``order``, ``transfer`` or ``control``, for one.
    :param id: tells it from others of its kind.
    :param symbol: of an order, what it trades; else empty.
    :param amount: in the coin that is held.
    """

    kind: str
    id: int
    symbol: str
    amount: Decimal


Fact = Decimal | int | str | tuple[Holder, ...]


class Declined(Exception):
    """What was asked for was not done, and left no trace.

    :param reason: why.
    :param facts: the numbers behind it, by the names that each reason gives.
    """

    def __init__(self, reason: Reason, **facts: Fact) -> None:
        told = ", ".join(f"{name} {value}" for name, value in facts.items())
        super().__init__(f"{reason.value}: {told}" if told else reason.value)
        self.reason = reason
        self.facts = facts


class Sized(NamedTuple):
    """An order in ticks and steps; see ``SpotOrder``."""

    price: int
    stop: int
    quantity: int
    budget: int
    cover: int
    rises: bool


def size(new: NewOrder, market: Market, *, cuts: bool = True) -> Sized:
    """What an order comes to in whole ticks and steps.

    :param cuts: whether decimals that are too many are cut (V40).
    :raises Declined: where the market does not take it.
    """
    instrument, last = market.instrument, market.last
    if not market.is_trading:
        raise Declined(Reason.NOT_TRADING, symbol=instrument.symbol, status=market.status.value)
    has_limit, waits = new.type.has_limit, new.type.waits
    price = _ticks("price", new.price, instrument, cuts=cuts) if has_limit else last
    stop = _ticks("stop", new.stop, instrument, cuts=cuts) if waits else 0
    at = stop if waits and not has_limit else price  # what it is valued at (ours, A94)
    quantity, budget = _wanted(new, instrument, at, cuts=cuts)
    if has_limit:
        _check_divergence(market, price)
    _check_worth(instrument, at, quantity, budget)
    is_buy = new.side.is_buy
    cover = price
    if is_buy and not has_limit and quantity:
        cover = covering(at)
        budget = cover * quantity
    return Sized(price, stop, quantity, budget, cover, rises=waits and stop > last)


def _wanted(new: NewOrder, instrument: Instrument, at: int, *, cuts: bool) -> tuple[int, int]:
    """Steps to be traded, or 0 and what may be spent, in ticks times steps."""
    if new.quantity:
        quantity = instrument.steps(new.quantity)
        if not cuts and instrument.quantity(quantity) != new.quantity:
            raise Declined(
                Reason.TOO_MANY_DECIMALS, name="quantity", value=new.quantity, unit=instrument.step
            )
        budget = 0
    else:
        quantity, budget = 0, instrument.ticks_times_steps(new.amount or Decimal(0))
        if not new.side.is_buy or new.type.has_limit:
            quantity, budget = budget // at, 0
        elif budget < at:
            budget = 0
    if not quantity and not budget:
        raise Declined(Reason.NOTHING_WANTED, least=instrument.step)
    return quantity, budget


def _ticks(name: str, price: Decimal | None, instrument: Instrument, *, cuts: bool) -> int:
    asked = Decimal(0) if price is None else price
    ticks = instrument.ticks(asked) if asked > 0 else 0
    if ticks <= 0:
        raise Declined(Reason.PRICE_NOT_POSITIVE, name=name, price=asked)
    if not cuts and instrument.price(ticks) != asked:
        raise Declined(Reason.TOO_MANY_DECIMALS, name=name, value=asked, unit=instrument.tick)
    return ticks


def _check_divergence(market: Market, ticks: int) -> None:
    index_ticks = market.index_price
    if index_ticks <= FARTHEST * ticks and ticks <= FARTHEST * index_ticks:
        return
    instrument = market.instrument
    price, index = instrument.price(ticks), instrument.price(index_ticks)
    highest_ratio = Decimal(FARTHEST)
    raise Declined(
        Reason.PRICE_TOO_HIGH if ticks > index_ticks else Reason.PRICE_TOO_LOW,
        price=price,
        index=index,
        last=instrument.price(market.last),
        highest=index * highest_ratio,
        lowest=index / highest_ratio,
        highest_ratio=highest_ratio,
        lowest_ratio=1 / highest_ratio,
    )


def _check_worth(instrument: Instrument, at: int, quantity: int, budget: int) -> None:
    """``maxMarketNotional`` is ``maxNotional`` (ours, A32)."""
    units = budget or at * quantity
    if instrument.least_units <= units <= instrument.most_units:
        return
    value, steps = instrument.value(units), instrument.quantity(quantity or budget // at)
    if units > instrument.most_units:
        raise Declined(
            Reason.TOO_MUCH,
            value=value,
            most=instrument.max_notional,
            quantity=steps,
            most_quantity=instrument.quantity(instrument.most_units // at),
        )
    raise Declined(
        Reason.TOO_LITTLE,
        value=value,
        least=instrument.min_notional,
        quantity=steps,
        least_quantity=instrument.quantity(-(-instrument.least_units // at)),
    )


def covering(at: int) -> int:
    """The price that a market order to buy is held at: 1.5 % above, up to the tick."""
    return int((Decimal(at) * _COVER).to_integral_value(ROUND_CEILING))
