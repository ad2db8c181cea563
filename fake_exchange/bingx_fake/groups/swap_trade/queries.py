"""What became of orders for perpetuals: one, the open ones, the finished ones, and fills."""

from itertools import islice

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.swap_trade.asking import WEEK_MS, market_of, named, period
from bingx_fake.groups.swap_trade.facts import Fill, Fills, Order, Orders
from bingx_fake.groups.swap_trade.refusals import refuse
from bingx_fake.perpetuals.reasons import Declined, Reason

_MOST_FILLS = 1_000


def query_order(books: Books, call: Call) -> Order:
    """One order, by its id or by its client id."""
    order_id, client_id = named(call)
    symbol = call.parameters.required_text("symbol")
    try:
        order = books.swap.find(call.caller.uid, symbol, order_id=order_id, client_id=client_id)
    except Declined as why:
        refuse(why, call.answers)
    return Order.of(order)


def query_open_order(books: Books, call: Call) -> Order:
    """One order that is still open; of any other nothing is known here."""
    order_id, client_id = named(call)
    symbol = call.parameters.required_text("symbol")
    try:
        order = books.swap.find(call.caller.uid, symbol, order_id=order_id, client_id=client_id)
        if not order.is_open:
            raise Declined(Reason.NO_SUCH_ORDER, order_id=order_id, client_id=client_id)
    except Declined as why:
        refuse(why, call.answers)
    return Order.of(order)


def open_orders(books: Books, call: Call) -> Orders:
    """The open orders, the oldest first (ours, A160), of one pair or of all pairs."""
    market, kind = market_of(books, call), call.parameters.text("type")
    orders = books.swap.records.of(call.caller.uid).open.values()
    return Orders(
        [
            Order.of(order)
            for order in orders
            if market in (None, order.market) and kind in (None, order.type.value)
        ]
    )


def order_history(books: Books, call: Call) -> Orders:
    """The finished orders, the newest first (ours, A160): of seven days where no time is given (V65)."""
    market = market_of(books, call)
    coin, from_id = call.parameters.text("currency"), call.parameters.text("orderId")
    start_ms, end_ms = period(call)
    if start_ms is None:
        start_ms = (call.now_ms if end_ms is None else end_ms) - WEEK_MS
    found = books.swap.records.orders(
        call.caller.uid,
        market,
        start_ms=start_ms,
        end_ms=end_ms,
        from_id=None if from_id is None else int(from_id),
    )
    finished = (it for it in found if not it.is_open and coin in (None, it.instrument.coin))
    return Orders([Order.of(order) for order in islice(finished, call.parameters.counted("limit"))])


def fills(books: Books, call: Call) -> Fills:
    """Fills, the oldest first (ours, A162); of more than 1,000 the newest."""
    parameters, market = call.parameters, market_of(books, call)
    order_id, coin = parameters.text("orderId"), parameters.text("currency")
    start_ms, end_ms = parameters.counted("startTs"), parameters.counted("endTs")
    found = (
        fill
        for fill in reversed(books.swap.records.of(call.caller.uid).fills)
        if start_ms <= fill.at_ms <= end_ms
        and market in (None, fill.order.market)
        and order_id in (None, str(fill.order.id))
        and coin in (None, fill.order.instrument.coin)
    )
    return Fills([Fill.of(fill) for fill in list(islice(found, _MOST_FILLS))[::-1]])
