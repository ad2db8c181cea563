"""What users have on the perpetuals, made of the rows of a state.

Positions keep exactly what they cost. What the house holds is in no row: it is on the other side of all
positions of a state, and of what the insurance holds, at what they cost (ours, A173).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bingx_contracts.reading.toml_lines import Path as KeyPath
from bingx_fake.market.stall import Listing
from bingx_fake.perpetuals.checking import is_against
from bingx_fake.perpetuals.funding import Settled
from bingx_fake.perpetuals.orders import (
    PerpFill,
    PerpOrder,
    PositionSide,
)
from bingx_fake.perpetuals.positions import Net, Position
from bingx_fake.perpetuals.records import Choice, Income, MarginChange, UserPerps
from bingx_fake.perpetuals.twap_orders import Twap, TwapStatus
from bingx_fake.state.order_forms import (
    FillForm,
    FundingForm,
    HoldingForm,
    IncomeForm,
    MarginChangeForm,
    OrderForm,
    PositionForm,
    SettingsForm,
    TwapForm,
)
from bingx_fake.state.orders import amount_at, check_books, steps_at, ticks_at
from bingx_fake.state.perp_orders import check_leverage, market_of, perp_order, signed
from bingx_fake.state.perp_rows import PerpRows
from bingx_fake.state.wrong import Wrong
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Perpetual
from bingx_fake.venue.order_book import Side

_Row = TypeVar("_Row", PositionForm, IncomeForm, MarginChangeForm, HoldingForm, TwapForm, FundingForm)


@dataclass(frozen=True, slots=True)
class Perps:
    """What a desk had before, ready for another one: of each user, what the insurance holds, and funding."""

    users: dict[int, UserPerps]
    insurance: dict[MarketId, Net] = field(default_factory=dict)
    fundings: dict[MarketId, list[Settled]] = field(default_factory=dict)


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
        amounts = signed(change.change, (*path, "change")), amount_at(change.after, (*path, "after"))
        user = reading.user(change.uid, path)
        reading.listing(change.symbol, path)
        user.margin_changes.append(
            MarginChange(change.symbol, change.position, change.reason, *amounts, change.at)
        )
    for index, twap in _of(product, rows.twaps):
        reading.add_twap(twap, ("twaps", index))
    insurance: dict[MarketId, Net] = {}
    for index, held in _of(product, rows.insurance):
        path = ("insurance", index)
        listing, is_short = reading.listing(held.symbol, path), held.quantity.startswith("-")
        if market_of(listing) in insurance:
            raise Wrong((*path, "symbol"), f"{held.symbol} is given twice")
        steps = steps_at(listing.instrument, held.quantity.removeprefix("-"), (*path, "quantity"))
        cost = signed(held.cost, (*path, "cost"))
        insurance[market_of(listing)] = Net(-steps if is_short else steps, cost)
    fundings: dict[MarketId, list[Settled]] = {}
    for index, funding in _of(product, rows.fundings):
        path = ("fundings", index)
        listing = reading.listing(funding.symbol, path)
        rate = signed(funding.rate, (*path, "rate"))
        if abs(rate) >= 1:
            raise Wrong((*path, "rate"), f"{funding.rate} is not a part of what is held")
        mark = ticks_at(listing.instrument, funding.mark, (*path, "mark"))
        before = fundings.setdefault(market_of(listing), [])
        if before and funding.at < before[-1].at_ms:
            raise Wrong((*path, "at"), f"is before the funding of {funding.symbol} above it")
        before.append(Settled(funding.at, rate, mark))
    return Perps(reading.users, insurance, fundings)


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
                        check_leverage(leverage, listing, path)
                    is_separate = form.margin_type == "SEPARATE_ISOLATED"
                    if is_separate and not user.is_hedging:
                        raise Wrong(path, f"SEPARATE_ISOLATED on {symbol} is for hedge mode")
                    user.choices[market_of(listing)] = Choice(
                        form.long_leverage,
                        form.short_leverage,
                        form.margin_type != "CROSSED",
                        is_separate,
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
        check_leverage(row.leverage, listing, (*path, "leverage"))
        instrument, market, is_long = listing.instrument, market_of(listing), row.side == "LONG"
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
            profit=signed(row.profit, (*path, "profit")),
            fees=signed(row.fees, (*path, "fees")),
            funding=signed(row.funding, (*path, "funding")),
            most=quantity if row.most is None else steps_at(instrument, row.most, (*path, "most")),
            closed=steps_at(instrument, row.closed_quantity, (*path, "closed_quantity")),
            closed_value=signed(row.closed_value, (*path, "closed_value")),
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
        position.auto_margin = amount_at(row.auto_margin, (*path, "auto_margin"))
        if position.auto_margin and (position.is_one_way or not (position.is_isolated and quantity)):
            raise Wrong((*path, "auto_margin"), "is for open positions with isolated margin in hedge mode")
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

    def add_twap(self, row: TwapForm, path: KeyPath) -> None:
        """An order that is carried out in slices."""
        user, listing = self.user(row.uid, path), self.listing(row.symbol, path)
        instrument = listing.instrument
        each, total, filled = (
            steps_at(instrument, getattr(row, key), (*path, key)) for key in ("each", "total", "filled")
        )
        if row.id in user.twaps:
            raise Wrong((*path, "id"), f"{row.id} is given twice")
        if not 0 < each <= total or filled > total:
            raise Wrong((*path, "each"), f"is {row.each} of a total of {row.total}, {row.filled} filled")
        if (row.status is TwapStatus.FILLED) is not (filled == total):
            raise Wrong((*path, "status"), f"is {row.status.value} with {row.filled} filled")
        user.twaps[row.id] = Twap(
            id=row.id,
            uid=row.uid,
            market=market_of(listing),
            instrument=instrument,
            side=Side(row.side),
            position_side=PositionSide(row.position_side),
            is_percentage=row.percentage,
            variance=amount_at(row.variance, (*path, "variance")),
            trigger=ticks_at(instrument, row.trigger, (*path, "trigger")),
            interval_ms=row.interval_ms,
            each=each,
            total=total,
            created_ms=row.at,
            updated_ms=row.at if row.updated is None else row.updated,
            status=row.status,
            filled=filled,
            orders=list(row.orders),
        )

    def add_order(self, form: OrderForm, path: KeyPath) -> None:
        """One in whatever state."""
        user, listing = self.user(form.uid, path), self.listing(form.symbol, path)
        order = perp_order(form, listing, user, path)
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
        fee, profit = signed(row.fee, (*path, "fee")), signed(row.profit, (*path, "profit"))
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
        amount = signed(row.amount, (*path, "amount"))
        user.incomes.append(Income(row.id, row.symbol, row.kind, amount, row.asset, row.at, row.trade))
