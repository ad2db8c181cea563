"""Placing orders for perpetuals, and checking one without placing it."""

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.swap_trade.asking import cuts, new_order
from bingx_fake.groups.swap_trade.facts import Order
from bingx_fake.groups.swap_trade.refusals import refuse
from bingx_fake.perpetuals.reasons import Declined


def place_order(books: Books, call: Call) -> Order:
    """Place one order; the answer tells what has become of it at once (ours, A159)."""
    new = new_order(call.parameters, call)
    try:
        return Order.of(books.swap.place(call.caller.uid, new, call.now_ms, cuts=cuts(call)))
    except Declined as why:
        refuse(why, call.answers)


def test_order(books: Books, call: Call) -> Order:
    """Check an order as if it were placed; nothing is, and its id is none that can be found."""
    new = new_order(call.parameters, call)
    try:
        order = books.swap.draft(call.caller.uid, new, call.now_ms, cuts=cuts(call))
    except Declined as why:
        refuse(why, call.answers)
    order.id = books.swap.new_id(call.now_ms)
    return Order.of(order, applied=False)
