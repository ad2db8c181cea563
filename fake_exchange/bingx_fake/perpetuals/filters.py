"""What an order for a perpetual must be like to be taken: one check after the other, in an order of ours."""

from decimal import Decimal
from typing import NamedTuple

from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.venue.filters import FARTHEST
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.trailing import Trail
from bingx_fake.venue.venue import Market

LEAST_RATE = Decimal("0.001")
"""Of an order that trails (P)."""


class PerpSized(NamedTuple):
    """An order in ticks and steps; see ``PerpOrder``."""

    price: int
    stop: int
    quantity: int
    rises: bool
    trail: Trail | None = None


def size(new: NewPerpOrder, market: Market, *, closes: bool, current: int, cuts: bool = True) -> PerpSized:
    """What an order comes to in whole ticks and steps.

    :param closes: whether it only makes a position smaller.
    :param current: the price that its stop price is compared with, in ticks.
    :param cuts: whether decimals that are too many are cut (V40).
    :raises Declined: where the market does not take it.
    """
    instrument = market.instrument
    if not market.is_trading:
        raise Declined(Reason.NOT_TRADING, symbol=instrument.symbol, status=market.status.value)
    if new.close_position and (
        new.quantity or new.type not in (PerpType.STOP_MARKET, PerpType.TAKE_PROFIT_MARKET)
    ):
        raise Declined(Reason.NOT_TO_CLOSE, type=new.type.value)
    has_limit, waits = new.type.has_limit, new.type.waits
    price = ticks("price", new.price, instrument, cuts=cuts) if has_limit else market.last
    is_fixed = waits and not new.type.trails
    stop = ticks("stop", new.stop, instrument, cuts=cuts) if is_fixed else 0
    if is_fixed and not has_limit:
        price = stop  # as a recorded TRIGGER_MARKET order shows it (O)
    quantity = 0 if new.close_position else _wanted(new, instrument, market.last, cuts=cuts)
    if has_limit:
        _check_divergence(market, price)
    if quantity:
        check_worth(instrument, instrument.nominal(price, quantity), closes=closes)
    rises = _rises(new, stop, current)
    if new.type.trails:
        return PerpSized(price, stop, quantity, rises, _trail(new, instrument, current, cuts=cuts))
    if new.type.only_closes:
        check_stop(new.type, new.side, instrument, stop, current)
    return PerpSized(price, stop, quantity, rises)


def ticks(name: str, price: Decimal | None, instrument: Instrument, *, cuts: bool = True) -> int:
    """A price in ticks.

    :raises Declined: where it is not above zero, or more exact than a tick and not to be cut.
    """
    asked = Decimal(0) if price is None else price
    whole = instrument.ticks(asked) if asked > 0 else 0
    if whole <= 0:
        raise Declined(Reason.PRICE_NOT_POSITIVE, name=name, price=asked)
    if not cuts and instrument.price(whole) != asked:
        raise Declined(Reason.TOO_MANY_DECIMALS, name=name, value=asked, unit=instrument.tick)
    return whole


def _wanted(new: NewPerpOrder, instrument: Instrument, last: int, *, cuts: bool) -> int:
    """Steps to be traded; an amount of the quote coin is taken at the last price (V53)."""
    if new.quantity:
        return steps(new.quantity, instrument, cuts=cuts)
    amount = new.amount or Decimal(0)
    quantity = instrument.ticks_times_steps(amount) // last if amount > 0 else 0
    if not quantity:
        raise Declined(Reason.NOTHING_WANTED, least=instrument.step, asset=instrument.base)
    return quantity


def steps(asked: Decimal, instrument: Instrument, *, cuts: bool = True) -> int:
    """A quantity in steps.

    :raises Declined: where it comes to none, or is more exact than a step and not to be cut.
    """
    quantity = instrument.steps(asked) if asked > 0 else 0
    if not cuts and instrument.quantity(quantity) != asked:
        raise Declined(Reason.TOO_MANY_DECIMALS, name="quantity", value=asked, unit=instrument.step)
    if not quantity:
        raise Declined(Reason.NOTHING_WANTED, least=instrument.step, asset=instrument.base)
    return quantity


def _check_divergence(market: Market, price: int) -> None:
    index, instrument = market.index_price, market.instrument
    if price > FARTHEST * index:
        bound = instrument.price(FARTHEST * index)
        raise Declined(Reason.PRICE_TOO_HIGH, price=instrument.price(price), bound=bound)
    if FARTHEST * price < index:
        bound = instrument.price(-(-index // FARTHEST))
        raise Declined(Reason.PRICE_TOO_LOW, price=instrument.price(price), bound=bound)


def check_worth(instrument: Instrument, value: Decimal, *, closes: bool) -> None:
    """What only closes may be worth little, so that the rest of a position can be closed (ours, A151).

    :param value: in the quote coin.
    :raises Declined: ``TOO_LITTLE``, ``TOO_MUCH``.
    """
    if value < instrument.min_notional and not closes:
        raise Declined(Reason.TOO_LITTLE, value=value, least=instrument.min_notional)
    if value > instrument.max_notional:
        raise Declined(Reason.TOO_MUCH, value=value, most=instrument.max_notional)


def _rises(new: NewPerpOrder, stop: int, current: int) -> bool:
    """Whether the price has to rise to the stop price (D; of TRIGGER orders as on spot: ours, A155)."""
    if new.type.stops:
        return new.side is Side.BUY
    if new.type.takes:
        return new.side is Side.SELL
    return new.side is Side.BUY if new.type.trails else stop > current


def _trail(new: NewPerpOrder, instrument: Instrument, current: int, *, cuts: bool) -> Trail:
    """How the stop price of an order follows: the rate wins over a distance (ours, A186)."""
    activation = current
    if new.activation:
        activation = ticks("activation", new.activation, instrument, cuts=cuts)
    if activation > current if new.side is Side.BUY else activation < current:
        raise Declined(
            Reason.WRONG_ACTIVATION,
            side=new.side.value.lower(),
            activation=instrument.price(activation),
            current=instrument.price(current),
        )
    if new.rate:
        if new.rate < LEAST_RATE:
            raise Declined(Reason.RATE_TOO_SMALL, rate=new.rate, least=LEAST_RATE)
        return Trail(new.rate, 0, activation)
    distance = ticks("distance", new.price, instrument, cuts=cuts)
    if distance >= current:
        facts = {"distance": instrument.price(distance), "current": instrument.price(current)}
        raise Declined(Reason.DISTANCE_TOO_LARGE, **facts)
    return Trail(Decimal(0), distance, activation)


def check_stop(kind: PerpType, side: Side, instrument: Instrument, stop: int, current: int) -> None:
    """Refuse a stop price of an order that closes which is not on its side of a price.

    :param side: of the order itself.
    :raises Declined: ``WRONG_STOP``.
    """
    rises = (side is Side.BUY) is kind.stops
    if stop > current if rises else stop < current:
        return
    raise Declined(
        Reason.WRONG_STOP,
        kind="stop" if kind.stops else "profit",
        side="short" if side is Side.BUY else "long",
        stop=instrument.price(stop),
        current=instrument.price(current),
    )
