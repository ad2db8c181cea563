"""What users have on the perpetuals, made of the rows of a state.

Positions keep exactly what they cost. What the house holds is in no row: it is on the other side of all
positions of a state, and of what the insurance holds, at what they cost (ours, A173).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from bingx_contracts.reading.toml_lines import Path as KeyPath
from bingx_fake.books.money import minus
from bingx_fake.market.stall import Listing
from bingx_fake.perpetuals.checking import is_against
from bingx_fake.perpetuals.orders import (
    Attached,
    PerpFill,
    PerpOrder,
    PerpStatus,
    PerpType,
    PositionSide,
    WorkingType,
)
from bingx_fake.perpetuals.positions import Net, Position
from bingx_fake.perpetuals.records import Choice, Income, MarginChange, UserPerps
from bingx_fake.perpetuals.tiers import terms_of
from bingx_fake.state.order_forms import (
    AttachedForm,
    FillForm,
    HoldingForm,
    IncomeForm,
    MarginChangeForm,
    OrderForm,
    PositionForm,
    SettingsForm,
)
from bingx_fake.state.orders import amount_at, check_books, steps_at, ticks_at
from bingx_fake.state.perp_rows import PerpRows
from bingx_fake.state.wrong import Wrong
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Instrument, Perpetual
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.trailing import Trail

_Row = TypeVar("_Row", PositionForm, IncomeForm, MarginChangeForm, HoldingForm)


@dataclass(frozen=True, slots=True)
class Perps:
    """What a desk had before, ready for another one: of each user, and what the insurance holds."""

    users: dict[int, UserPerps]
    insurance: dict[MarketId, Net] = field(default_factory=dict)


def perps_of(
    orders: Sequence[OrderForm],
    fills: Sequence[FillForm],
    rows: PerpRows,
    settings: Mapping[int, SettingsForm],
    listings: Mapping[MarketId, Listing],
    product: Perpetual = "swap",
) -> Perps:
    """What rows describe.

    :param settings: of each user, whose keys are all users that there are.
    :param product: which perpetuals it is about; what rows have of others is left alone.
    :raises Wrong: where there can be none such.
    """
    reading = _Reading(settings, listings, product)
    for index, row in _of(product, rows.positions):
        reading.add_position(row, ("positions", index))
    others = {form.id for form in orders if form.product != product}
    own = [(index, form) for index, form in enumerate(orders) if form.product == product]
    for index, form in own:
        if form.id in others or form.id in reading.orders:
            raise Wrong(("orders", index, "id"), f"{form.id} is given twice")
        reading.add_order(form, ("orders", index))
    reading.check_orders(own)
    for index, fill in enumerate(fills):
        if fill.order in reading.orders:
            reading.add_fill(fill, ("fills", index))
    for index, income in _of(product, rows.incomes):
        reading.add_income(income, ("incomes", index))
    for index, change in _of(product, rows.margin_changes):
        path: KeyPath = ("margin_changes", index)
        amounts = _signed(change.change, (*path, "change")), amount_at(change.after, (*path, "after"))
        user = reading.user(change.uid, path)
        reading.listing(change.symbol, path)
        user.margin_changes.append(
            MarginChange(change.symbol, change.position, change.reason, *amounts, change.at)
        )
    insurance: dict[MarketId, Net] = {}
    for index, held in _of(product, rows.insurance):
        path = ("insurance", index)
        listing, is_short = reading.listing(held.symbol, path), held.quantity.startswith("-")
        if _market(listing) in insurance:
            raise Wrong((*path, "symbol"), f"{held.symbol} is given twice")
        steps = steps_at(listing.instrument, held.quantity.removeprefix("-"), (*path, "quantity"))
        cost = _signed(held.cost, (*path, "cost"))
        insurance[_market(listing)] = Net(-steps if is_short else steps, cost)
    return Perps(reading.users, insurance)


def _of(product: Perpetual, rows: Sequence[_Row]) -> Iterator[tuple[int, _Row]]:
    """The rows of a product, each with its place among all."""
    return ((index, row) for index, row in enumerate(rows) if row.product == product)


class _Reading:
    """Makes records of rows, one after the other."""

    def __init__(
        self,
        settings: Mapping[int, SettingsForm],
        listings: Mapping[MarketId, Listing],
        product: Perpetual,
    ) -> None:
        self._settings, self._listings, self._product = settings, listings, product
        self.users: dict[int, UserPerps] = {}
        self.orders: dict[int, PerpOrder] = {}
        self._ids: set[int] = set()
        self._incomes: set[int] = set()
        for uid, its in settings.items():
            chosen = its.of_perpetuals(product)
            if chosen is not None:
                user = self.users[uid] = UserPerps()
                user.is_hedging = chosen.mode == "hedge"
                for symbol, form in chosen.symbols.items():
                    path: KeyPath = ("users", "settings", "perpetuals", "symbols")
                    listing = self.listing(symbol, path)
                    for leverage in (form.long_leverage, form.short_leverage):
                        _check_leverage(leverage, listing, path)
                    user.choices[_market(listing)] = Choice(
                        form.long_leverage, form.short_leverage, form.margin_type == "ISOLATED"
                    )

    def user(self, uid: int, path: KeyPath) -> UserPerps:
        """Whose a row is."""
        if uid not in self._settings:
            raise Wrong((*path, "uid"), f"there is no user {uid}")
        return self.users.setdefault(uid, UserPerps())

    def listing(self, symbol: str, path: KeyPath) -> Listing:
        """What market a row is about."""
        listing = self._listings.get((self._product, symbol))
        if listing is None:
            raise Wrong((*path, "symbol"), f"there is no market {self._product} {symbol}")
        return listing

    def add_position(self, row: PositionForm, path: KeyPath) -> None:
        """One that is open, or was."""
        user, listing = self.user(row.uid, path), self.listing(row.symbol, path)
        if row.id in self._ids:
            raise Wrong((*path, "id"), f"{row.id} is given twice")
        self._ids.add(row.id)
        _check_leverage(row.leverage, listing, (*path, "leverage"))
        instrument, market, is_long = listing.instrument, _market(listing), row.side == "LONG"
        choice = user.choices.get(market, Choice())
        quantity = steps_at(instrument, row.quantity, (*path, "quantity"))
        cost = amount_at(row.cost, (*path, "cost"))
        if bool(quantity) is not bool(cost):
            raise Wrong((*path, "cost"), f"is {row.cost} for a quantity of {row.quantity}")
        usual = "ISOLATED" if choice.is_isolated else "CROSSED"
        mode = "hedge" if user.is_hedging else "one-way"
        position = Position(
            id=row.id,
            uid=row.uid,
            market=market,
            instrument=instrument,
            is_long=is_long,
            is_isolated=(row.margin_type or usual) == "ISOLATED",
            leverage=row.leverage or choice.leverage(is_long=is_long),
            opened_ms=row.opened,
            updated_ms=row.opened if row.updated is None else row.updated,
            quantity=quantity,
            cost=cost,
            profit=_signed(row.profit, (*path, "profit")),
            fees=_signed(row.fees, (*path, "fees")),
            funding=_signed(row.funding, (*path, "funding")),
            most=quantity if row.most is None else steps_at(instrument, row.most, (*path, "most")),
            closed=steps_at(instrument, row.closed_quantity, (*path, "closed_quantity")),
            closed_value=_signed(row.closed_value, (*path, "closed_value")),
            is_one_way=(row.mode or mode) == "one-way",
        )
        position.opened, position.opened_value = quantity + position.closed, cost
        if row.opened_quantity is not None:
            position.opened = steps_at(instrument, row.opened_quantity, (*path, "opened_quantity"))
        if row.opened_value is not None:
            position.opened_value = amount_at(row.opened_value, (*path, "opened_value"))
        if position.opened - position.closed != quantity:
            raise Wrong((*path, "quantity"), "is not what was opened less what was closed")
        if position.most < quantity:
            raise Wrong((*path, "most"), f"is less than its quantity of {row.quantity}")
        if row.margin is not None:
            position.margin = amount_at(row.margin, (*path, "margin"))
        elif position.is_isolated:
            position.margin = position.initial_margin
        if position.margin and not (position.is_isolated and quantity):
            raise Wrong((*path, "margin"), "is set apart for open positions with isolated margin only")
        if not quantity:
            user.closed.append(position)
            return
        for key, own, of_settings in (
            ("margin_type", row.margin_type, usual),
            ("leverage", row.leverage, choice.leverage(is_long=is_long)),
            ("mode", row.mode, mode),
        ):
            if own not in (None, of_settings):
                raise Wrong((*path, key), f"is {own}, and {of_settings} in the settings of uid {row.uid}")
        others = [it for it in user.positions.values() if it.market == market]
        if any(other.is_long is is_long or not user.is_hedging for other in others):
            raise Wrong((*path, "side"), f"uid {row.uid} has another position in {row.symbol} already")
        user.positions[market, is_long] = position

    def add_order(self, form: OrderForm, path: KeyPath) -> None:
        """One in whatever state."""
        user, listing = self.user(form.uid, path), self.listing(form.symbol, path)
        order = _order(form, listing, user, path)
        self.orders[order.id] = order
        if order.is_open and (order.position_side is PositionSide.BOTH) is user.is_hedging:
            mode = "hedge" if user.is_hedging else "one-way"
            raise Wrong((*path, "position_side"), f"is not {form.position_side} in {mode} mode")

    def check_orders(self, rows: Sequence[tuple[int, OrderForm]]) -> None:
        """Check what orders are together, and let their users have them."""
        check_books([(index, self.orders[form.id]) for index, form in rows])
        closing: dict[int, int] = {}
        for index, form in rows:
            order = self.orders[form.id]
            if order.is_open and order.closes:
                position = self.users[order.uid].positions.get((order.market, order.of_long))
                if position is None:
                    raise Wrong(("orders", index), "only closes, and there is no such position")
                if not order.is_waiting and is_against(order, position):
                    closing[position.id] = closing.get(position.id, 0) + order.leaves
                    if closing[position.id] > position.quantity:
                        raise Wrong(("orders", index, "quantity"), "closes more than the position has left")
        for order in sorted(self.orders.values(), key=lambda order: order.id):
            user = self.users[order.uid]
            user.orders[order.id] = order
            if order.is_open:
                user.opens(order)
            if order.client_id:
                user.named[order.client_id] = order.id

    def add_fill(self, row: FillForm, path: KeyPath) -> None:
        """A fill of an order that is known."""
        order = self.orders[row.order]
        price = 0 if row.price == "0" else ticks_at(order.instrument, row.price, (*path, "price"))
        quantity = steps_at(order.instrument, row.quantity, (*path, "quantity"))
        fee, profit = _signed(row.fee, (*path, "fee")), _signed(row.profit, (*path, "profit"))
        self.users[order.uid].fills.append(
            PerpFill(row.id, order, row.maker, price, quantity, fee, profit, row.at)
        )

    def add_income(self, row: IncomeForm, path: KeyPath) -> None:
        """What moved a wallet."""
        user = self.user(row.uid, path)
        if row.symbol:
            self.listing(row.symbol, path)
        if row.id in self._incomes:
            raise Wrong((*path, "id"), f"{row.id} is given twice")
        self._incomes.add(row.id)
        amount = _signed(row.amount, (*path, "amount"))
        user.incomes.append(Income(row.id, row.symbol, row.kind, amount, row.asset, row.at, row.trade))


def _order(form: OrderForm, listing: Listing, user: UserPerps, path: KeyPath) -> PerpOrder:
    _check_leverage(form.leverage, listing, (*path, "leverage"))
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
        market=_market(listing),
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
        fee=_signed(form.fee, (*path, "fee")),
        profit=_signed(form.profit, (*path, "profit")),
        take_profit=_attached(form.take_profit, (*path, "take_profit")),
        stop_loss=_attached(form.stop_loss, (*path, "stop_loss")),
        parent=form.parent,
        position_id=form.position,
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


def _check_leverage(leverage: int | None, listing: Listing, path: KeyPath) -> None:
    most = terms_of(listing.instrument).most_leverage
    if leverage is not None and leverage > most:
        raise Wrong(path, f"is {leverage}, and {most} at most on {listing.instrument.symbol}")


def _market(listing: Listing) -> MarketId:
    return listing.instrument.product, listing.instrument.symbol


def _signed(text: str, path: KeyPath) -> Decimal:
    """An amount that may be below zero. Raises ``Wrong`` for what is none."""
    return minus(amount_at(text[1:], path)) if text.startswith("-") else amount_at(text, path)


_TYPES = {kind.value for kind in PerpType}
_STATUSES = {"CANCELED" if it is PerpStatus.CANCELLED else it.value: it for it in PerpStatus}
