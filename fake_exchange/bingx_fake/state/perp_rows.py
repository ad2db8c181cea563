"""The rows of a state that are about perpetuals, as they are written; ``perps.py`` reads them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bingx_fake.books.money import plain
from bingx_fake.perpetuals.desk import SwapDesk
from bingx_fake.perpetuals.orders import Attached, PerpFill, PerpOrder, PerpStatus, PositionSide
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.twap_orders import Twap
from bingx_fake.state.order_forms import (
    AttachedForm,
    FillForm,
    FundingForm,
    HoldingForm,
    IncomeForm,
    MarginChangeForm,
    OrderForm,
    PositionForm,
    TrailForm,
    TwapForm,
)


@dataclass(frozen=True, slots=True)
class PerpRows:
    """The rows of a state that are about perpetuals only."""

    positions: list[PositionForm] = field(default_factory=list)
    insurance: list[HoldingForm] = field(default_factory=list)
    incomes: list[IncomeForm] = field(default_factory=list)
    margin_changes: list[MarginChangeForm] = field(default_factory=list)
    twaps: list[TwapForm] = field(default_factory=list)
    fundings: list[FundingForm] = field(default_factory=list)


def joined(rows: Iterable[PerpRows]) -> PerpRows:
    """The rows of several desks, one after the other."""
    whole = PerpRows()
    for its in rows:
        whole.positions.extend(its.positions)
        whole.insurance.extend(its.insurance)
        whole.incomes.extend(its.incomes)
        whole.margin_changes.extend(its.margin_changes)
        whole.twaps.extend(its.twaps)
        whole.fundings.extend(its.fundings)
    return whole


def perp_orders(desk: SwapDesk) -> list[OrderForm]:
    """The rows of a desk's orders, in the order in which they came to rest."""
    orders = [order for user in desk.records.users.values() for order in user.orders.values()]
    orders.sort(key=lambda order: (order.triggered_ms or order.placed_ms, order.id))
    return [perp_order_form(order) for order in orders]


def perp_fills(desk: SwapDesk) -> list[PerpFill]:
    """A desk's fills, the oldest first; those of one user as they came."""
    users = desk.records.users
    fills = [fill for uid in sorted(users) for fill in users[uid].fills]
    return sorted(fills, key=lambda fill: fill.at_ms)


def perp_rows(desk: SwapDesk) -> PerpRows:
    """The rows of everything else: positions that were closed, then open ones in the order of opening."""
    product = desk.product
    users = [(uid, desk.records.users[uid]) for uid in sorted(desk.records.users)]
    positions = [position for _, user in users for position in user.closed]
    held = [position for _, user in users for position in user.positions.values()]
    incomes = [
        IncomeForm(
            uid=uid,
            id=it.id,
            kind=it.kind,
            amount=plain(it.amount),
            asset=it.asset,
            at=it.at_ms,
            symbol=it.symbol,
            trade=it.trade_id,
            product=product,
        )
        for uid, user in users
        for it in user.incomes
    ]
    changes = [
        MarginChangeForm(
            uid=uid,
            symbol=it.symbol,
            position=it.position_id,
            reason=it.reason,
            change=plain(it.change),
            after=plain(it.after),
            at=it.at_ms,
            product=product,
        )
        for uid, user in users
        for it in user.margin_changes
    ]
    positions += sorted(held, key=lambda it: it.id)
    insurance = [
        HoldingForm(symbol=symbol, quantity=plain(quantity), cost=plain(cost), product=product)
        for (_, symbol), quantity, cost in desk.insured()
    ]
    twaps = [_twap_form(twap) for _, user in users for twap in user.twaps.values()]
    fundings = [
        FundingForm(
            symbol=market[1],
            at=it.at_ms,
            rate=plain(it.rate),
            mark=plain(desk.market(market[1]).instrument.price(it.mark)),
            product=product,
        )
        for market in sorted(desk.settled)
        for it in desk.settled[market]
    ]
    held_forms = [_position_form(position) for position in positions]
    return PerpRows(held_forms, insurance, incomes, changes, twaps, fundings)


def _twap_form(twap: Twap) -> TwapForm:
    instrument = twap.instrument
    return TwapForm(
        uid=twap.uid,
        id=twap.id,
        symbol=instrument.symbol,
        side=twap.side.value,
        position_side="LONG" if twap.position_side is PositionSide.LONG else "SHORT",
        variance=plain(twap.variance),
        trigger=plain(instrument.price(twap.trigger)),
        interval_ms=twap.interval_ms,
        each=plain(instrument.quantity(twap.each)),
        total=plain(instrument.quantity(twap.total)),
        at=twap.created_ms,
        product="swap" if twap.market[0] == "swap" else "coinm",
        percentage=twap.is_percentage,
        status=twap.status,
        filled=plain(instrument.quantity(twap.filled)),
        updated=None if twap.updated_ms == twap.created_ms else twap.updated_ms,
        orders=list(twap.orders),
    )


def perp_order_form(order: PerpOrder) -> OrderForm:
    """The row of an order."""
    instrument = order.instrument
    status = "CANCELED" if order.status is PerpStatus.CANCELLED else order.status.value
    return OrderForm(
        uid=order.uid,
        id=order.id,
        product=instrument.product,
        symbol=instrument.symbol,
        side=order.side.value,
        type=order.type.value,
        at=order.placed_ms,
        price=plain(instrument.price(order.price)) if order.price else None,
        stop=plain(instrument.price(order.stop)) if order.stop and order.trail is None else None,
        quantity=plain(instrument.quantity(order.quantity)) if order.quantity else None,
        amount=None if order.amount is None else plain(order.amount),
        time_in_force=order.time_in_force.value,
        client_id=order.client_id,
        status=status,  # type: ignore[arg-type]  # the words but one are the same
        filled=plain(instrument.quantity(order.filled)),
        value=plain(order.value) if order.value else None,
        fee=plain(order.fee),
        updated=None if order.updated_ms == order.placed_ms else order.updated_ms,
        reached=order.triggered_ms,
        rises=order.rises if order.stop and order.trail is None else None,
        position_side=order.position_side.value,
        working=order.working.value,
        reduce_only=order.reduce_only,
        close_position=order.close_position,
        closes=order.closes or None,
        leverage=order.leverage,
        profit=plain(order.profit),
        take_profit=_attached_form(order.take_profit),
        stop_loss=_attached_form(order.stop_loss),
        parent=order.parent,
        position=order.position_id,
        main=order.main,
        forced=order.forced,
        trail=trail_form(order),
    )


def trail_form(order: PerpOrder) -> TrailForm | None:
    """How an order's stop price follows."""
    trail, price = order.trail, order.instrument.price
    if trail is None:
        return None
    return TrailForm(
        activation=plain(price(trail.activation)),
        rate=plain(trail.rate) if trail.rate else None,
        distance=plain(price(trail.distance)) if trail.distance else None,
        best=plain(price(trail.best)) if trail.best else None,
    )


def perp_fill_form(fill: PerpFill) -> FillForm:
    """The row of a fill."""
    instrument = fill.order.instrument
    return FillForm(
        order=fill.order.id,
        id=fill.trade_id,
        price=plain(instrument.price(fill.price)),
        quantity=plain(instrument.quantity(fill.quantity)),
        at=fill.at_ms,
        fee=plain(fill.fee),
        maker=fill.is_maker,
        profit=plain(fill.profit),
    )


def _attached_form(attached: Attached | None) -> AttachedForm | None:
    if attached is None:
        return None
    return AttachedForm(
        type=attached.type.value,  # type: ignore[arg-type]  # no other is attached
        stop=plain(attached.stop),
        price=None if attached.price is None else plain(attached.price),
        quantity=None if attached.quantity is None else plain(attached.quantity),
        working=attached.working.value,
    )


def _position_form(position: Position) -> PositionForm:
    quantity = position.instrument.quantity
    return PositionForm(
        uid=position.uid,
        id=position.id,
        symbol=position.market[1],
        side="LONG" if position.is_long else "SHORT",
        opened=position.opened_ms,
        product="swap" if position.market[0] == "swap" else "coinm",
        quantity=plain(quantity(position.quantity)),
        cost=plain(position.cost),
        margin=plain(position.margin) if position.is_isolated and position.quantity else None,
        auto_margin=plain(position.auto_margin) if position.auto_margin and position.quantity else "0",
        margin_type="ISOLATED" if position.is_isolated else "CROSSED",
        leverage=position.leverage,
        mode="one-way" if position.is_one_way else "hedge",
        profit=plain(position.profit),
        fees=plain(position.fees),
        funding=plain(position.funding),
        updated=position.updated_ms,
        most=plain(quantity(position.most)),
        opened_quantity=plain(quantity(position.opened)),
        opened_value=plain(position.opened_value),
        closed_quantity=plain(quantity(position.closed)),
        closed_value=plain(position.closed_value),
    )
