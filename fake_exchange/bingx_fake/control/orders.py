"""The control API's calls about users' orders."""

from typing import Any

import msgspec

from bingx_fake.control.calls import ControlCall, ControlError
from bingx_fake.exchange import Exchange
from bingx_fake.state.orders import order_form, order_forms
from bingx_fake.venue.filters import Declined
from bingx_fake.venue.orders import OrderStatus

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
    order_id, desk = call.path["id"], exchange.books.desk
    number = int(order_id) if order_id.isascii() and order_id.isdigit() and len(order_id) <= 20 else 0
    uid = next((uid for uid, user in desk.records.users.items() if number in user.orders), None)
    if uid is None:
        raise ControlError(f"there is no order {order_id!r}", 404)
    try:
        order = desk.cancel(uid, None, exchange.clock.now_ms(), order_id=number)
    except Declined:
        status = desk.records.users[uid].orders[number].status.value
        raise ControlError(f"order {number} is {status}: only an open one can be cancelled") from None
    return msgspec.to_builtins(order_form(order, desk.records.users[uid].ocos.get(order.list_id)))


def rows(exchange: Exchange, uid: int | None, status: str | None) -> list[dict[str, Any]]:
    """Orders in the form of the state file, the oldest first.

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
    found = [row for row in order_forms(books.desk) if row.status in wanted and uid in (None, row.uid)]
    found.sort(key=lambda row: row.id)
    told: list[dict[str, Any]] = msgspec.to_builtins(found)
    return told
