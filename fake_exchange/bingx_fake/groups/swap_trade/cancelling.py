"""Cancelling orders for perpetuals, and closing positions."""

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.swap_trade.asking import named
from bingx_fake.groups.swap_trade.facts import Closed, Order, Orders
from bingx_fake.groups.swap_trade.refusals import refuse
from bingx_fake.perpetuals.orders import PerpType
from bingx_fake.perpetuals.reasons import Declined


def cancel_order(books: Books, call: Call) -> Order:
    """Cancel one order, by its id or by its client id."""
    order_id, client_id = named(call)
    symbol = call.parameters.required_text("symbol")
    try:
        order = books.swap.cancel(
            call.caller.uid, symbol, call.now_ms, order_id=order_id, client_id=client_id, once=True
        )
    except Declined as why:
        refuse(why, call.answers)
    return Order.of(order)


def cancel_open_orders(books: Books, call: Call) -> Orders:
    """Cancel all open orders, of one pair or of all pairs, of one type or of all."""
    kind = call.parameters.text("type")
    try:
        orders = books.swap.cancel_all(
            call.caller.uid,
            call.parameters.text("symbol"),
            call.now_ms,
            kind=None if kind is None else PerpType(kind),
        )
    except Declined as why:
        refuse(why, call.answers)
    return Orders([Order.of(order) for order in orders])


def close_all_positions(books: Books, call: Call) -> Closed:
    """Close all positions at the market, of one pair or of all pairs."""
    try:
        orders = books.swap.close_all(call.caller.uid, call.parameters.text("symbol"), call.now_ms)
    except Declined as why:
        refuse(why, call.answers)
    return Closed([order.id for order in orders], [order.position_id for order in orders])


def close_position(books: Books, call: Call) -> Order:
    """Close one position at the market; its id is a positionId."""
    position_id = int(call.parameters.required_text("positionId"))
    try:
        return Order.of(books.swap.close_position(call.caller.uid, position_id, call.now_ms))
    except Declined as why:
        refuse(why, call.answers)
