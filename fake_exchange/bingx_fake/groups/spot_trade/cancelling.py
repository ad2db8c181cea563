"""Cancelling orders: one, several, all, all after a while; and cancelling one to place another."""

from datetime import UTC, datetime

from bingx_fake.gateway.refusal import BAD_PARAMETER, Refusal
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_trade.asking import market_of, named, restriction, shown
from bingx_fake.groups.spot_trade.facts import (
    NO_ORDER,
    Cancelled,
    Countdown,
    NotCancelled,
    Order,
    Part,
    Replaced,
)
from bingx_fake.groups.spot_trade.placing import cuts, new_order
from bingx_fake.groups.spot_trade.refusals import declined, part, refuse, said
from bingx_fake.venue.filters import Declined


def cancel_order(books: Books, call: Call) -> Order:
    """Cancel one order, by its id or by its client id."""
    order_id, client_id = named(call, "orderId", "clientOrderID")
    symbol = call.parameters.required_text("symbol")
    try:
        order = books.desk.cancel(
            call.caller.uid,
            symbol,
            call.now_ms,
            order_id=order_id,
            client_id=client_id,
            only_if=restriction(call),
        )
    except Declined as why:
        refuse(why, call.answers, "cancel" if order_id else "cancel-by-client-id")
    return shown(books, order)


def cancel_orders(books: Books, call: Call) -> Cancelled:
    """Cancel several orders: all or none of them, or with ``process`` 1 those that can be."""
    parameters = call.parameters
    try:
        several = books.desk.cancel_many(
            call.caller.uid,
            parameters.required_text("symbol"),
            call.now_ms,
            order_ids=[int(order_id) for order_id in parameters.several("orderIds") or ()],
            client_ids=parameters.several("clientOrderIDs") or (),
            whole=not parameters.counted("process"),
        )
    except Declined as why:
        refuse(why, call.answers, "several")
    fails = [
        NotCancelled(int(str(why.facts["order_id"])), declined(why, call.answers, "several").message)
        for _, why in several.failed
    ]
    return Cancelled([shown(books, order) for order in several.cancelled], fails)


def cancel_open_orders(books: Books, call: Call) -> Cancelled:
    """Cancel all open orders, of one pair or of all pairs."""
    market_of(books, call)
    orders = books.desk.cancel_all(call.caller.uid, call.parameters.text("symbol"), call.now_ms)
    return Cancelled([shown(books, order) for order in orders])


def cancel_all_after(books: Books, call: Call) -> Countdown:
    """Begin a countdown to cancelling everything, begin it again, or stop it."""
    desk, uid = books.desk, call.caller.uid
    if call.parameters.required_text("type") == "CLOSE":
        desk.cancel_all_after(uid, None, call.now_ms)
        return Countdown(0, "CLOSED", "The timer is closed")
    after_s = int(call.parameters.required_text("timeOut"))
    if not after_s:
        raise Refusal(BAD_PARAMETER, "timeOut must be 10 to 120 seconds, not 0", parameter="timeOut")
    at_ms = desk.cancel_all_after(uid, after_s * 1000, call.now_ms)
    assert at_ms is not None, "a countdown that was begun has an end"
    moment = f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%d %H:%M:%S}"
    return Countdown(
        at_ms,
        "ACTIVATED",
        f"All your spot pending orders will be closed automatically at {moment} UTC(+0),before that you can "
        "cancel the timer, or extend triggerTime time by this request",
    )


def replace_order(books: Books, call: Call) -> Replaced:
    """Cancel an order, then place another on the same pair.

    An error means that nothing has changed: with STOP_ON_FAILURE that the cancel failed, else that both did.
    A new order that is refused once the other is cancelled is told in ``openResult`` (A68).
    """
    order_id, client_id = named(call, "cancelOrderId", "cancelClientOrderID")
    cancelled, placed = books.desk.replace(
        call.caller.uid,
        new_order(call.parameters),
        call.now_ms,
        order_id=order_id,
        client_id=client_id,
        only_if=restriction(call),
        stops=call.parameters.required_text("cancelReplaceMode") == "STOP_ON_FAILURE",
        cuts=cuts(call),
    )
    not_cancelled = _refusal(cancelled, call, "replace")
    not_placed = _refusal(placed, call, "")
    if not_cancelled is not None and placed is None:
        raise said("nothing-replaced", call.answers, why=not_cancelled.message) from not_cancelled
    if not_cancelled is not None and not_placed is not None:
        facts = {"why": not_placed.message, "cancel": not_cancelled.message}
        raise said("neither-replaced", call.answers, **facts) from not_placed
    return Replaced(
        Part() if not_cancelled is None else part(not_cancelled),
        Part() if not_placed is None else part(not_placed),
        NO_ORDER if isinstance(cancelled, Declined) else shown(books, cancelled),
        NO_ORDER if placed is None or isinstance(placed, Declined) else shown(books, placed),
    )


def _refusal(half: object, call: Call, place: str) -> Refusal | None:
    """Why a half was not carried out."""
    return declined(half, call.answers, place) if isinstance(half, Declined) else None
