"""What became of orders: one, the open ones, the history, fills, and the rates of fees."""

from itertools import islice

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_trade.asking import market_of, named, shown
from bingx_fake.groups.spot_trade.facts import FeeRates, Fill, Fills, Order, Orders
from bingx_fake.groups.spot_trade.refusals import refuse, said
from bingx_fake.venue.filters import Declined
from bingx_fake.venue.orders import OrderStatus, OrderType

_MOST_OPEN = 2_000
"""Orders that openOrders lists (D)."""

_DEEPEST = 10_000
"""Orders that the history lists on all pages together (R, D)."""

_DAY_MS = 86_400_000
_FILLS_MS = 7 * _DAY_MS
"""How far back fills go (D)."""


def query_order(books: Books, call: Call) -> Order:
    """One order, by its id or by its client id."""
    order_id, client_id = named(call, "orderId", "clientOrderID")
    symbol = call.parameters.required_text("symbol")
    try:
        order = books.desk.find(call.caller.uid, symbol, call.now_ms, order_id=order_id, client_id=client_id)
    except Declined as why:
        refuse(why, call.answers)
    return shown(books, order)


def open_orders(books: Books, call: Call) -> Orders:
    """The open orders, the oldest first (ours, A70), of one pair or of all pairs."""
    orders = books.desk.records.open_of(call.caller.uid, market_of(books, call))
    return Orders([shown(books, order) for order in orders[:_MOST_OPEN]])


def order_history(books: Books, call: Call) -> Orders:
    """A page of all orders, the newest first, open ones included (O; the order is ours, A70)."""
    parameters = call.parameters
    size = parameters.counted("pageSize")
    until = parameters.counted("pageIndex") * size
    if until > _DEEPEST:
        raise said("too-deep", call.answers, given=until)
    status, kind, from_id = (parameters.text(name) for name in ("status", "type", "orderId"))
    history = books.desk.records.history(
        call.caller.uid,
        market_of(books, call),
        start_ms=parameters.integer("startTime"),
        end_ms=parameters.integer("endTime"),
        from_id=None if from_id is None else int(from_id),
        status=None if status is None else OrderStatus(status),
        type=None if kind is None else OrderType(kind),
    )
    # Only who is told a total has all of them counted (V44).
    found = list(history if call.answers["V44"] == "total" else islice(history, until))
    return Orders([shown(books, order) for order in found[until - size : until]], len(found))


def fills(books: Books, call: Call) -> Fills:
    """Fills, the oldest first: of the last 24 hours where no time is given, and never of more than 7 days.

    Where an order or a first id is given without a time, it is 7 days (ours, A70).
    """
    parameters = call.parameters
    order_id, from_id = parameters.text("orderId"), parameters.text("fromId")
    start_ms, end_ms = parameters.integer("startTime"), parameters.integer("endTime")
    is_open = start_ms is end_ms is None and order_id is from_id is None
    earliest_ms = call.now_ms - (_DAY_MS if is_open else _FILLS_MS)
    found = books.desk.records.fills(
        call.caller.uid,
        market_of(books, call),
        order_id=None if order_id is None else int(order_id),
        start_ms=earliest_ms if start_ms is None else max(start_ms, earliest_ms),
        end_ms=end_ms,
        from_id=None if from_id is None else int(from_id),
    )
    limit = parameters.counted("limit")
    chosen = list(islice(found, limit))[::-1] if from_id is None else list(found)[::-1][:limit]
    stalls = books.floor.stalls
    return Fills([Fill.of(fill, stalls[fill.market].market.instrument) for fill in chosen])


def commission_rate(books: Books, call: Call) -> FeeRates:
    """What the caller pays of what an order receives."""
    market_of(books, call)
    symbol = call.parameters.required_text("symbol")
    rates = books.desk.rates(call.caller.uid, symbol)
    return FeeRates(symbol, rates.maker, rates.taker)
