"""The control API's calls about users' orders."""

from itertools import chain
from typing import Any

import msgspec

from bingx_fake.books.money import plain
from bingx_fake.control.calls import ControlCall, ControlError
from bingx_fake.exchange import Exchange
from bingx_fake.perpetuals.orders import PerpOrder, PerpStatus
from bingx_fake.state.orders import order_form, order_forms
from bingx_fake.state.perp_rows import trail_form
from bingx_fake.venue.orders import OrderStatus, SpotOrder

OPEN = "open"
"""Stands for every state in which an order may still trade."""


def get_orders(exchange: Exchange, call: ControlCall) -> Any:
    """Users' orders; ``uid`` and ``status`` leave others out."""
    uid = call.query.get("uid")
    if uid is not None and not (uid.isascii() and uid.isdigit()):
        raise ControlError(f"uid: {uid!r} is not a number")
    try:
        return rows(exchange, None if uid is None else int(uid), call.query.get("status"))
    except ValueError as error:
        raise ControlError(str(error)) from None


def delete_order(exchange: Exchange, call: ControlCall) -> Any:
    """Cancel an open order, whosever it is, as its user would: of an OCO both legs (ours, A129)."""
    order_id, books, now_ms = call.path["id"], exchange.books, exchange.clock.now_ms()
    number = int(order_id) if order_id.isascii() and order_id.isdigit() and len(order_id) <= 20 else 0
    for uid, user in books.desk.records.users.items():
        order = user.orders.get(number)
        if order is not None:
            _check_open(order)
            books.desk.cancel(uid, None, now_ms, order_id=number)
            return msgspec.to_builtins(order_form(order, user.ocos.get(order.list_id)))
    for desk in books.perps:
        for uid, of_perps in desk.records.users.items():
            perp = of_perps.orders.get(number)
            if perp is not None:
                _check_open(perp)
                desk.cancel(uid, perp.market[1], now_ms, order_id=number)
                return perp_row(perp)
    raise ControlError(f"there is no order {order_id!r}", 404)


def _check_open(order: SpotOrder | PerpOrder) -> None:
    if not order.is_open:
        raise ControlError(f"order {order.id} is {status_of(order)}: only an open one can be cancelled")


def status_of(order: SpotOrder | PerpOrder) -> str:
    """An order's status in the words of a state, which has one word for each."""
    return "CANCELED" if order.status is PerpStatus.CANCELLED else str(order.status.value)


def perp_row(order: PerpOrder) -> dict[str, Any]:
    """An order on a perpetual, in the words of a state, as far as it has such."""
    instrument, price, trail = order.instrument, order.instrument.price, trail_form(order)
    row: dict[str, Any] = {
        "uid": order.uid,
        "id": order.id,
        "product": instrument.product,
        "symbol": instrument.symbol,
        "side": order.side.value,
        "position_side": order.position_side.value,
        "type": order.type.value,
        "at": order.placed_ms,
        "price": plain(price(order.price)) if order.type.has_limit else None,
        "stop": plain(price(order.stop)) if order.stop else None,
        "trail": None if trail is None else msgspec.to_builtins(trail),
        "quantity": plain(instrument.quantity(order.quantity)) if order.quantity else None,
        "closes": order.closes or None,
        "client_id": order.client_id or None,
        "status": status_of(order),
        "filled": plain(instrument.quantity(order.filled)),
        "value": plain(order.value) if order.value else None,
        "fee": plain(order.fee) if order.fee else None,
        "updated": None if order.updated_ms == order.placed_ms else order.updated_ms,
        "reached": order.triggered_ms or None,
    }
    return {name: value for name, value in row.items() if value is not None}


def rows(exchange: Exchange, uid: int | None, status: str | None) -> list[dict[str, Any]]:
    """Orders in the form of the state file, the oldest first; those on perpetuals say their ``product``.

    :param uid: whose; None for everybody's.
    :param status: one of the exchange's words, or ``OPEN``; None for any.
    :raises ValueError: where there is no such user or status.
    """
    books = exchange.books
    if uid is not None and uid not in books.directory.users:
        raise ValueError(f"uid: there is no user {uid}")
    words = [it.value for it in OrderStatus]
    if status not in (None, OPEN, *words):
        raise ValueError(f"status: {status!r} is none of {', '.join([OPEN, *words])}")
    wanted = {it.value for it in OrderStatus if status in (None, it.value) or (status == OPEN and it.is_open)}
    forms = [row for row in order_forms(books.desk) if row.status in wanted and uid in (None, row.uid)]
    found: list[dict[str, Any]] = msgspec.to_builtins(forms)
    for its_uid, user in chain.from_iterable(desk.records.users.items() for desk in books.perps):
        if uid in (None, its_uid):
            found += [perp_row(order) for order in user.orders.values() if status_of(order) in wanted]
    found.sort(key=lambda row: int(row["id"]))
    return found
