"""Placing and cancelling orders for coin-margined perpetuals, and closing positions."""

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.coinm_trade.asking import coin_order, refused
from bingx_fake.groups.swap_trade.asking import cuts, named
from bingx_fake.groups.swap_trade.facts import Closed, Order, Orders
from bingx_fake.perpetuals.reasons import Declined


def place_order(books: Books, call: Call) -> Order:
    """Place one order, of whole contracts."""
    new = coin_order(books, call)
    try:
        return Order.of(books.coinm.place(call.caller.uid, new, call.now_ms, cuts=cuts(call)))
    except Declined as why:
        refused(why, call)


def cancel_order(books: Books, call: Call) -> Order:
    """Cancel one order, by its id or by its client id."""
    order_id, client_id = named(call)
    symbol = call.parameters.required_text("symbol")
    try:
        order = books.coinm.cancel(
            call.caller.uid, symbol, call.now_ms, order_id=order_id, client_id=client_id
        )
    except Declined as why:
        refused(why, call)
    return Order.of(order)


def cancel_open_orders(books: Books, call: Call) -> Orders:
    """Cancel all open orders, of one pair or of all pairs."""
    try:
        orders = books.coinm.cancel_all(call.caller.uid, call.parameters.text("symbol"), call.now_ms)
    except Declined as why:
        refused(why, call)
    return Orders([Order.of(order) for order in orders])


def close_all_positions(books: Books, call: Call) -> Closed:
    """Close all positions at the market, of one pair or of all pairs."""
    try:
        orders = books.coinm.close_all(call.caller.uid, call.parameters.text("symbol"), call.now_ms)
    except Declined as why:
        refused(why, call)
    return Closed([order.id for order in orders], [order.position_id for order in orders])
