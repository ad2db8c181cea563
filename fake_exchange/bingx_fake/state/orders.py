"""Users' orders and fills as rows of a state, in both directions.

A row is in coins. It becomes an order again when the markets are known, whose ticks and steps it is counted
in, and the balances, of whose locked parts it holds what it needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from msgspec.structs import fields

from bingx_contracts.reading.toml_lines import Path as KeyPath
from bingx_fake.books.accounts import InsufficientBalance
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.money import plain, read_amount
from bingx_fake.market.stall import Listing
from bingx_fake.perpetuals.desk import SwapDesk
from bingx_fake.perpetuals.orders import PerpOrder
from bingx_fake.perpetuals.records import Choice, UserPerps
from bingx_fake.state.order_forms import (
    ChoiceForm,
    ChoicesForm,
    FeesForm,
    FillForm,
    OcoForm,
    OrderForm,
    RatesForm,
    SettingsForm,
)
from bingx_fake.state.wrong import Wrong
from bingx_fake.trading.desk import SpotDesk
from bingx_fake.trading.records import Oco
from bingx_fake.trading.settlement import ACCOUNT, Rates, needed, pays_with, take_over
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.filters import covering
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import OrderStatus, OrderType, SpotFill, SpotOrder

_SPOT_TYPES = {kind.value for kind in OrderType}
_OF_PERPETUALS = {
    field.name: field.default for field in fields(OrderForm)[OrderForm.__struct_fields__.index("oco") + 1 :]
}
"""What only orders on perpetuals have, and how it is where it is not given."""


@dataclass(slots=True)
class Trading:
    """What a desk had before, ready to be given to another one."""

    orders: dict[int, SpotOrder] = field(default_factory=dict)
    fills: list[SpotFill] = field(default_factory=list)
    ocos: dict[int, Oco] = field(default_factory=dict)
    rates: dict[int, Rates] = field(default_factory=dict)
    symbol_rates: dict[int, dict[str, Rates]] = field(default_factory=dict)


def trading_of(
    orders: Sequence[OrderForm],
    fills: Sequence[FillForm],
    settings: Mapping[int, SettingsForm],
    *,
    listings: Mapping[MarketId, Listing],
    ledger: Ledger,
) -> Trading:
    """What rows describe. Each open order holds what it needs, of what control has locked.

    :param settings: of each user, whose keys are all users that there are.
    :raises Wrong: where there can be none such.
    """
    trading = Trading()
    for uid, its in settings.items():
        if its.spot_fees is not None:
            path: KeyPath = ("users", "settings", "spot_fees")
            trading.rates[uid], by_symbol = rates_of(its.spot_fees, listings, path)
            if by_symbol:
                trading.symbol_rates[uid] = by_symbol
    for index, form in enumerate(orders):
        path = ("orders", index)
        if form.product != "spot":
            continue
        _check_spot(form, path)
        if form.uid not in settings:
            raise Wrong((*path, "uid"), f"there is no user {form.uid}")
        if form.id in trading.orders:
            raise Wrong((*path, "id"), f"{form.id} is given twice")
        listing = listings.get(("spot", form.symbol))
        if listing is None:
            raise Wrong((*path, "symbol"), f"there is no market spot {form.symbol}")
        trading.orders[form.id] = _order(form, listing, path)
    for index, form in enumerate(orders):
        if form.oco is not None and form.product == "spot":
            _pair(form, form.oco, trading, ("orders", index, "oco"))
    spot = [(index, trading.orders[form.id]) for index, form in enumerate(orders) if form.product == "spot"]
    for index, order in spot:
        _hold(order, ledger, ("orders", index))
    check_books(spot)
    others = {form.id for form in orders if form.product != "spot"}
    for index, row in enumerate(fills):
        if row.order not in others:
            trading.fills.append(_fill(row, trading.orders, ("fills", index)))
    return trading


def give(desk: SpotDesk, trading: Trading) -> None:
    """Let a desk go on with it, which has nothing of these users' so far."""
    desk.own_rates.update(trading.rates)
    desk.symbol_rates.update(trading.symbol_rates)
    for oco in trading.ocos.values():
        desk.records.add_oco(oco)
    desk.restore(list(trading.orders.values()))
    for fill in trading.fills:
        desk.restore_fill(fill)


def order_forms(desk: SpotDesk) -> list[OrderForm]:
    """The rows of a desk's orders, in the order in which they came to rest."""
    orders = [order for user in desk.records.users.values() for order in user.orders.values()]
    orders.sort(key=lambda order: (order.triggered_ms or order.placed_ms, order.id))
    return [order_form(order, desk.records.users[order.uid].ocos.get(order.list_id)) for order in orders]


def fills_of(desk: SpotDesk) -> list[SpotFill]:
    """A desk's fills, the oldest first."""
    fills = [fill for user in desk.records.users.values() for fill in user.fills]
    return sorted(fills, key=lambda fill: (fill.at_ms, fill.trade_id, fill.market, fill.is_maker))


def order_form(order: SpotOrder, oco: Oco | None) -> OrderForm:
    """The row of an order.

    :param oco: the pair that it is a leg of.
    """
    instrument = order.instrument
    return OrderForm(
        uid=order.uid,
        id=order.id,
        symbol=instrument.symbol,
        side=order.side.value,
        type=order.type.value,
        at=order.placed_ms,
        price=plain(instrument.price(order.price)),
        stop=plain(instrument.price(order.stop)) if order.stop else None,
        quantity=plain(instrument.quantity(order.quantity)) if order.quantity else None,
        amount=None if order.amount is None else plain(order.amount),
        time_in_force=order.time_in_force.value,
        client_id=order.client_id,
        status=order.status.value,
        filled=plain(instrument.quantity(order.filled)),
        value=plain(instrument.value(order.value)) if order.value else None,
        fee=plain(order.fee),
        updated=None if order.updated_ms == order.placed_ms else order.updated_ms,
        reached=order.triggered_ms,
        rises=order.rises if order.stop else None,
        oco=None if oco is None else OcoForm(id=oco.id, other=order.partner, client_id=oco.client_id),
    )


def fill_form(fill: SpotFill) -> FillForm:
    """The row of a fill."""
    return FillForm(
        order=fill.order_id,
        id=fill.trade_id,
        price=plain(fill.instrument.price(fill.price)),
        quantity=plain(fill.instrument.quantity(fill.quantity)),
        at=fill.at_ms,
        fee=plain(fill.fee),
        maker=fill.is_maker,
    )


def settings_of(desk: SpotDesk | None, perps: Sequence[SwapDesk], uid: int) -> SettingsForm | None:
    """The settings of a user; None where they are the usual ones."""
    settings = SettingsForm()
    if desk is not None and uid in desk.own_rates:
        symbols = {symbol: _rates_form(rates) for symbol, rates in desk.symbol_rates.get(uid, {}).items()}
        own = _rates_form(desk.own_rates[uid])
        settings.spot_fees = FeesForm(maker=own.maker, taker=own.taker, symbols=symbols)
    for of_perps in perps:
        if uid in of_perps.records.users:
            chosen = _choices_form(of_perps.records.of(uid))
            setattr(settings, "perpetuals" if of_perps.product == "swap" else "coin_perpetuals", chosen)
    return None if settings == SettingsForm() else settings


def _choices_form(user: UserPerps) -> ChoicesForm | None:
    """What a user has chosen on the perpetuals; None where that is the usual."""
    symbols = {
        symbol: ChoiceForm(
            long_leverage=choice.long_leverage,
            short_leverage=choice.short_leverage,
            margin_type=choice.margin_type,
        )
        for (_, symbol), choice in sorted(user.choices.items())
        if choice != Choice()
    }
    if not symbols and not user.is_hedging:
        return None
    return ChoicesForm(mode="hedge", symbols=symbols) if user.is_hedging else ChoicesForm(symbols=symbols)


def rates_of(
    form: FeesForm, listings: Mapping[MarketId, Listing], path: KeyPath
) -> tuple[Rates, dict[str, Rates]]:
    """What fees say: rates, and those of single markets. Raises ``Wrong`` where there can be none such."""
    for symbol in form.symbols:
        if ("spot", symbol) not in listings:
            raise Wrong((*path, "symbols", symbol), f"there is no market spot {symbol}")
    return _rates(form, path), {
        symbol: _rates(its, (*path, "symbols", symbol)) for symbol, its in form.symbols.items()
    }


def _rates_form(rates: Rates) -> RatesForm:
    return RatesForm(maker=plain(rates.maker), taker=plain(rates.taker))


def _check_spot(form: OrderForm, path: KeyPath) -> None:
    """Refuse what only orders on perpetuals have."""
    for name, usual in _OF_PERPETUALS.items():
        if getattr(form, name) != usual:
            raise Wrong((*path, name), 'is of orders with product = "swap" only')
    if form.type not in _SPOT_TYPES:
        raise Wrong((*path, "type"), f'{form.type} is of orders with product = "swap" only')


def _order(form: OrderForm, listing: Listing, path: KeyPath) -> SpotOrder:
    instrument, kind, side = listing.instrument, OrderType(form.type), Side(form.side)
    stop = 0
    if kind.waits:
        if form.stop is None:
            raise Wrong((*path, "stop"), f"is missing: a {form.type} waits for it")
        stop = ticks_at(instrument, form.stop, (*path, "stop"))
    if form.price is not None:
        price = ticks_at(instrument, form.price, (*path, "price"))
    elif kind.has_limit:
        raise Wrong((*path, "price"), f"is missing: a {form.type} has one")
    else:
        price = stop or listing.opening
    amount = None if form.amount is None else amount_at(form.amount, (*path, "amount"))
    quantity = 0 if form.quantity is None else steps_at(instrument, form.quantity, (*path, "quantity"))
    spends = side is Side.BUY and not kind.has_limit
    if not quantity and not (amount and spends):
        raise Wrong((*path, "quantity"), "is missing: without one only market orders buy, for an amount")
    filled = steps_at(instrument, form.filled, (*path, "filled"))
    value = (
        price * filled
        if form.value is None
        else instrument.ticks_times_steps(amount_at(form.value, (*path, "value")))
    )
    status = _status(form, kind, quantity, filled, (*path, "status"))
    budget = 0
    cover = price
    if spends and kind.waits and quantity:
        cover = covering(stop)
        budget = cover * quantity
    elif spends and kind.waits:
        budget = instrument.ticks_times_steps(amount or Decimal(0))
    return SpotOrder(
        id=form.id,
        uid=form.uid,
        market=(instrument.product, instrument.symbol),
        instrument=instrument,
        side=side,
        type=kind,
        time_in_force=TimeInForce(form.time_in_force),
        client_id=form.client_id,
        price=price,
        stop=stop,
        quantity=quantity,
        amount=amount,
        budget=budget,
        cover=cover,
        rises=stop > listing.opening if form.rises is None else form.rises,
        placed_ms=form.at,
        updated_ms=form.at if form.updated is None else form.updated,
        status=status,
        filled=filled,
        value=value,
        fee=amount_at(form.fee, (*path, "fee")),
        triggered_ms=form.reached,
    )


def _status(form: OrderForm, kind: OrderType, quantity: int, filled: int, path: KeyPath) -> OrderStatus:
    """The state of an order, which has to go with what is filled of it."""
    waits = kind.waits and not form.reached
    usual = "NEW" if waits else "PARTIALLY_FILLED" if filled else "PENDING"
    status = OrderStatus(form.status or usual)
    fits = {
        OrderStatus.NEW: waits and not filled,
        OrderStatus.PENDING: not waits and not filled,
        OrderStatus.PARTIALLY_FILLED: not waits and 0 < filled < quantity,
        OrderStatus.FILLED: not waits and filled > 0 and filled == (quantity or filled),
        OrderStatus.CANCELED: filled < quantity or not quantity,
        OrderStatus.FAILED: waits and not filled,
    }
    if not fits[status]:
        raise Wrong(
            path, f"is not {status.value} with {form.filled} of {form.quantity or form.amount} filled"
        )
    if status in (OrderStatus.PENDING, OrderStatus.PARTIALLY_FILLED) and not kind.has_limit:
        raise Wrong(path, f"is not {status.value}: a {form.type} order rests in no book")
    return status


def _pair(form: OrderForm, oco: OcoForm, trading: Trading, path: KeyPath) -> None:
    """Let an order be a leg of its OCO; of two that are open the one with the limit holds for both."""
    leg, other = trading.orders[form.id], trading.orders.get(oco.other)
    if other is None or (leg.uid, leg.market, leg.side) != (other.uid, other.market, other.side):
        raise Wrong((*path, "other"), f"is no order of uid {form.uid} on the same side: {oco.other}")
    if {leg.type, other.type} != {OrderType.LIMIT, OrderType.TAKE_STOP_LIMIT}:
        raise Wrong(path, "is of a LIMIT and a TAKE_STOP_LIMIT")
    leg.list_id, leg.partner = oco.id, oco.other
    limit, stop = (leg, other) if leg.type is OrderType.LIMIT else (other, leg)
    if stop.is_waiting:
        limit.cover, stop.cover = max(limit.price, stop.price), 0
    trading.ocos[oco.id] = Oco(
        id=oco.id,
        uid=leg.uid,
        market=leg.market,
        client_id=oco.client_id,
        limit_id=limit.id,
        stop_id=stop.id,
        placed_ms=limit.placed_ms,
    )


def _hold(order: SpotOrder, ledger: Ledger, path: KeyPath) -> None:
    try:
        take_over(order, ledger)
    except InsufficientBalance as error:
        need, asset = needed(order, order.instrument), pays_with(order, order.instrument)
        raise Wrong(
            path, f"needs {plain(need)} {asset} locked in account {ACCOUNT} of uid {order.uid}: {error}"
        ) from None


def check_books(orders: Iterable[tuple[int, SpotOrder | PerpOrder]]) -> None:
    """Refuse orders that would trade with each other, and names that two open orders of a user have.

    :param orders: each with the number of its row.
    """
    best: dict[tuple[MarketId, Side], int] = {}
    named: set[tuple[int, str]] = set()
    for index, order in orders:
        if not order.is_open:
            continue
        if order.client_id:
            if (order.uid, order.client_id) in named:
                raise Wrong(("orders", index, "client_id"), f"{order.client_id} is another open order's")
            named.add((order.uid, order.client_id))
        if order.is_waiting:
            continue
        is_buy = order.side is Side.BUY
        facing = best.get((order.market, order.side.other))
        if facing is not None and (order.price >= facing if is_buy else order.price <= facing):
            raise Wrong(("orders", index, "price"), "would trade with another order's, which rests as well")
        standing = best.get((order.market, order.side), order.price)
        best[order.market, order.side] = (max if is_buy else min)(standing, order.price)


def _fill(row: FillForm, orders: Mapping[int, SpotOrder], path: KeyPath) -> SpotFill:
    order = orders.get(row.order)
    if order is None:
        raise Wrong((*path, "order"), f"there is no order {row.order}")
    return SpotFill(
        trade_id=row.id,
        order_id=order.id,
        uid=order.uid,
        market=order.market,
        instrument=order.instrument,
        side=order.side,
        is_maker=row.maker,
        price=ticks_at(order.instrument, row.price, (*path, "price")),
        quantity=steps_at(order.instrument, row.quantity, (*path, "quantity")),
        fee=amount_at(row.fee, (*path, "fee")),
        at_ms=row.at,
    )


def amount_at(text: str, path: KeyPath) -> Decimal:
    """A checked amount. Raises ``Wrong`` for what is none."""
    try:
        return read_amount(text)
    except ValueError as error:
        raise Wrong(path, str(error)) from None


def _rates(form: RatesForm, path: KeyPath) -> Rates:
    rates = Rates(amount_at(form.maker, (*path, "maker")), amount_at(form.taker, (*path, "taker")))
    for name, rate in (("maker", rates.maker), ("taker", rates.taker)):
        if rate >= 1:
            raise Wrong((*path, name), f"{plain(rate)} is more than a part of what an order receives")
    return rates


def ticks_at(instrument: Instrument, text: str, path: KeyPath) -> int:
    """A price in ticks. Raises ``Wrong`` for what is none."""
    price = amount_at(text, path)
    ticks = instrument.ticks(price)
    if not ticks or instrument.price(ticks) != price:
        raise Wrong(path, f"{text} is not one or more whole ticks of {plain(instrument.tick)}")
    return ticks


def steps_at(instrument: Instrument, text: str, path: KeyPath) -> int:
    """A quantity in steps. Raises ``Wrong`` for what is none."""
    quantity = amount_at(text, path)
    steps = instrument.steps(quantity)
    if instrument.quantity(steps) != quantity:
        raise Wrong(path, f"{text} is not whole steps of {plain(instrument.step)}")
    return steps
