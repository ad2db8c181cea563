"""What became of orders for coin-margined perpetuals."""

from collections.abc import Callable
from itertools import islice

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.coinm_trade.asking import market_of, refused
from bingx_fake.groups.coinm_trade.facts import CoinFill, CoinFills
from bingx_fake.groups.swap_trade.asking import WEEK_MS, named, period
from bingx_fake.groups.swap_trade.facts import Order, Orders
from bingx_fake.perpetuals.orders import PerpOrder
from bingx_fake.perpetuals.reasons import Declined


def query_order(books: Books, call: Call) -> Order:
    """One order, by its id or by its client id."""
    order_id, client_id = named(call)
    symbol = call.parameters.required_text("symbol")
    try:
        order = books.coinm.find(call.caller.uid, symbol, order_id=order_id, client_id=client_id)
    except Declined as why:
        refused(why, call)
    return Order.of(order)


def open_orders(books: Books, call: Call) -> Orders:
    """The open orders, the oldest first (ours, A242), of one pair or of all pairs."""
    market, user = market_of(books, call), books.coinm.records.of(call.caller.uid)
    return Orders([Order.of(it) for it in user.open.values() if market is None or it.market == market.id])


def order_history(books: Books, call: Call) -> Orders:
    """The finished orders, the newest first (ours, A242): of seven days where no time is given (D)."""
    limit = call.parameters.integer("limit")
    return _past(books, call, limit or int(call.answers["V65"]), lambda order: not order.is_open)


def force_orders(books: Books, call: Call) -> Orders:
    """The orders by which the exchange closed positions, the newest first (ours, A242)."""
    kind = call.parameters.text("autoCloseType")
    most = call.parameters.counted("limit")
    return _past(books, call, most, lambda order: bool(order.forced) and kind in (None, order.forced))


def fills(books: Books, call: Call) -> CoinFills:
    """A page of the fills of one order, the oldest first; none of one that there is not (ours, A242)."""
    parameters, size = call.parameters, call.parameters.counted("pageSize")
    order_id, first = int(parameters.required_text("orderId")), (parameters.counted("pageIndex") - 1) * size
    fills = books.coinm.records.of(call.caller.uid).fills
    found = [fill for fill in fills if fill.order.id == order_id]
    return CoinFills([CoinFill.of(fill) for fill in found[first : first + size]])


def _past(books: Books, call: Call, most: int, counts: Callable[[PerpOrder], bool]) -> Orders:
    market, from_id = market_of(books, call), call.parameters.text("orderId")
    start_ms, end_ms = period(call)
    if start_ms is None:
        start_ms = (call.now_ms if end_ms is None else end_ms) - WEEK_MS
    found = books.coinm.records.orders(
        call.caller.uid,
        None if market is None else market.id,
        start_ms=start_ms,
        end_ms=end_ms,
        from_id=None if from_id is None else int(from_id),
    )
    return Orders([Order.of(order) for order in islice(filter(counts, found), most)])
