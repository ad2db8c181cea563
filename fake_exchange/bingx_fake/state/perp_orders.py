"""Orders on perpetuals, made of the rows of a state."""

from decimal import Decimal

from bingx_contracts.reading.toml_lines import Path as KeyPath
from bingx_fake.books.money import minus
from bingx_fake.market.stall import Listing
from bingx_fake.perpetuals.orders import (
    Attached,
    PerpOrder,
    PerpStatus,
    PerpType,
    PositionSide,
    WorkingType,
)
from bingx_fake.perpetuals.records import Choice, UserPerps
from bingx_fake.perpetuals.tiers import terms_of
from bingx_fake.state.order_forms import AttachedForm, OrderForm
from bingx_fake.state.orders import amount_at, steps_at, ticks_at
from bingx_fake.state.wrong import Wrong
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.trailing import Trail


def perp_order(form: OrderForm, listing: Listing, user: UserPerps, path: KeyPath) -> PerpOrder:
    """The order that a row describes. Raises ``Wrong`` where there can be none such."""
    check_leverage(form.leverage, listing, (*path, "leverage"))
    instrument, side = listing.instrument, Side(form.side)
    if form.type not in _TYPES or form.oco is not None:
        key = "type" if form.type not in _TYPES else "oco"
        raise Wrong((*path, key), "is of spot orders only")
    kind, position_side = PerpType(form.type), PositionSide(form.position_side)
    stop = 0
    trail = _trail(form, instrument, path)
    if trail is not None:
        stop = trail.stop(rises=side is Side.BUY)
    elif kind.waits:
        if form.stop is None:
            raise Wrong((*path, "stop"), f"is missing: a {form.type} waits for it")
        stop = ticks_at(instrument, form.stop, (*path, "stop"))
    if form.price is not None:
        price = ticks_at(instrument, form.price, (*path, "price"))
    elif kind.has_limit:
        raise Wrong((*path, "price"), f"is missing: a {form.type} has one")
    else:
        price = 0 if kind is PerpType.LIQUIDATION else (not trail and stop) or listing.opening
    quantity = 0 if form.quantity is None else steps_at(instrument, form.quantity, (*path, "quantity"))
    filled = steps_at(instrument, form.filled, (*path, "filled"))
    value = instrument.worth(price, filled)
    if form.value is not None:
        value = amount_at(form.value, (*path, "value"))
    closes = form.reduce_only or form.close_position or kind.only_closes
    if position_side is not PositionSide.BOTH:
        closes = (side is Side.BUY) is not (position_side is PositionSide.LONG)
    if form.closes not in (None, closes):
        raise Wrong((*path, "closes"), f"is {str(closes).lower()} for such an order")
    order = PerpOrder(
        id=form.id,
        uid=form.uid,
        market=market_of(listing),
        instrument=instrument,
        side=side,
        position_side=position_side,
        type=kind,
        time_in_force=TimeInForce(form.time_in_force),
        client_id=form.client_id,
        price=price,
        stop=stop,
        quantity=quantity,
        amount=None if form.amount is None else amount_at(form.amount, (*path, "amount")),
        working=WorkingType(form.working),
        reduce_only=form.reduce_only,
        close_position=form.close_position,
        closes=closes,
        rises=_rises(form, stop, listing),
        leverage=1,
        placed_ms=form.at,
        updated_ms=form.at if form.updated is None else form.updated,
        status=_status(form, kind, quantity, filled, (*path, "status")),
        filled=filled,
        value=value,
        fee=signed(form.fee, (*path, "fee")),
        profit=signed(form.profit, (*path, "profit")),
        take_profit=_attached(form.take_profit, (*path, "take_profit")),
        stop_loss=_attached(form.stop_loss, (*path, "stop_loss")),
        parent=form.parent,
        position_id=form.position,
        main=form.main,
        triggered_ms=form.reached,
        forced=form.forced,
        trail=trail,
    )
    if not quantity and order.is_open and not (form.close_position and order.is_waiting):
        raise Wrong((*path, "quantity"), "is missing: without one an order only closes a whole position")
    usual = user.choices.get(order.market, Choice()).leverage(is_long=order.of_long)
    order.leverage = form.leverage or usual
    return order


def _rises(form: OrderForm, stop: int, listing: Listing) -> bool:
    """Whether the price has to rise to the stop price."""
    if form.trail is not None:
        return form.side == "BUY"
    return stop > listing.opening if form.rises is None else form.rises


def _trail(form: OrderForm, instrument: Instrument, path: KeyPath) -> Trail | None:
    """How the stop price follows, of an order that trails."""
    trails = PerpType(form.type).trails
    if trails is not (form.trail is not None):
        raise Wrong((*path, "trail"), "is missing: it trails" if trails else f"is of no {form.type}")
    row, path = form.trail, (*path, "trail")
    if row is None:
        return None
    for name in ("stop", "rises"):
        if getattr(form, name) is not None:
            raise Wrong((*path[:-1], name), "is of orders that do not trail: here it follows from trail")
    if (row.rate is None) is (row.distance is None):
        raise Wrong(path, "has a rate or a distance")
    rate = Decimal(0) if row.rate is None else amount_at(row.rate, (*path, "rate"))
    if row.rate is not None and not 0 < rate <= 1:
        raise Wrong((*path, "rate"), f"is above 0 and at most 1, not {row.rate}")
    distance = 0 if row.distance is None else ticks_at(instrument, row.distance, (*path, "distance"))
    activation = ticks_at(instrument, row.activation, (*path, "activation"))
    best = 0 if row.best is None else ticks_at(instrument, row.best, (*path, "best"))
    return Trail(rate, distance, activation, best)


def _status(form: OrderForm, kind: PerpType, quantity: int, filled: int, path: KeyPath) -> PerpStatus:
    """The state of an order, which has to go with what is filled of it."""
    waits = kind.waits and not form.reached
    usual = "NEW" if waits else "PARTIALLY_FILLED" if filled else "PENDING"
    status = _STATUSES[form.status or usual]
    fits = {
        PerpStatus.NEW: waits and not filled,
        PerpStatus.PENDING: not waits and not filled,
        PerpStatus.PARTIALLY_FILLED: not waits and 0 < filled < quantity,
        PerpStatus.FILLED: not waits and 0 < filled == quantity,
        PerpStatus.CANCELLED: filled < quantity or not quantity,
        PerpStatus.FAILED: not filled,
    }
    if not fits[status]:
        raise Wrong(path, f"is not {form.status or usual} with {form.filled} of {form.quantity} filled")
    if status in (PerpStatus.PENDING, PerpStatus.PARTIALLY_FILLED) and not kind.has_limit:
        raise Wrong(path, f"is not {status.value}: a {form.type} order rests in no book")
    return status


def _attached(form: AttachedForm | None, path: KeyPath) -> Attached | None:
    if form is None:
        return None
    kind = PerpType(form.type)
    if kind.has_limit and form.price is None:
        raise Wrong((*path, "price"), f"is missing: a {form.type} has one")
    return Attached(
        type=kind,
        stop=amount_at(form.stop, (*path, "stop")),
        price=None if form.price is None else amount_at(form.price, (*path, "price")),
        quantity=None if form.quantity is None else amount_at(form.quantity, (*path, "quantity")),
        working=WorkingType(form.working),
    )


def check_leverage(leverage: int | None, listing: Listing, path: KeyPath) -> None:
    """Refuse more leverage than a market has. Raises ``Wrong``."""
    most = terms_of(listing.instrument).most_leverage
    if leverage is not None and leverage > most:
        raise Wrong(path, f"is {leverage}, and {most} at most on {listing.instrument.symbol}")


def market_of(listing: Listing) -> MarketId:
    """What a market of a state goes by."""
    return listing.instrument.product, listing.instrument.symbol


def signed(text: str, path: KeyPath) -> Decimal:
    """An amount that may be below zero. Raises ``Wrong`` for what is none."""
    return minus(amount_at(text[1:], path)) if text.startswith("-") else amount_at(text, path)


_TYPES = {kind.value for kind in PerpType}
_STATUSES = {"CANCELED" if it is PerpStatus.CANCELLED else it.value: it for it in PerpStatus}
