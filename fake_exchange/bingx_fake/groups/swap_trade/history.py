"""What was: all orders, those that the exchange placed, fills, closed positions, changes of margin."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.swap_trade.asking import WEEK_MS, market_of, period
from bingx_fake.groups.swap_trade.facts import Fill, Fills, Order, Orders
from bingx_fake.groups.swap_trade.past_facts import MarginRow, Page, Past
from bingx_fake.perpetuals.orders import PerpOrder


def all_orders(books: Books, call: Call) -> Orders:
    """Orders in every state, the newest first: of seven days where no time is given (V65)."""
    return _orders(books, call, lambda order: True)


def force_orders(books: Books, call: Call) -> Orders:
    """The orders by which the exchange closed positions, the newest first: of seven days (P)."""
    kind = call.parameters.text("autoCloseType")
    return _orders(books, call, lambda order: bool(order.forced) and kind in (None, order.forced))


def _orders(books: Books, call: Call, counts: Callable[[PerpOrder], bool]) -> Orders:
    market = market_of(books, call)
    coin = call.parameters.text("currency")
    start_ms, end_ms = period(call)
    if start_ms is None:
        start_ms = (call.now_ms if end_ms is None else end_ms) - WEEK_MS
    from_id = call.parameters.text("orderId")
    found = books.swap.records.orders(
        call.caller.uid,
        market,
        start_ms=start_ms,
        end_ms=end_ms,
        from_id=None if from_id is None else int(from_id),
    )
    counted = (it for it in found if counts(it) and coin in (None, it.instrument.coin))
    return Orders([Order.of(order) for order in islice(counted, call.parameters.counted("limit"))])


def fill_history(books: Books, call: Call) -> Fills:
    """A page of fills, the newest first (ours, A171), after ``startTs`` and up to ``endTs``, of a week."""
    parameters, market = call.parameters, market_of(books, call)
    order_id, after = parameters.text("orderId"), parameters.text("lastFillId")
    coin = parameters.text("currency")
    start_ms = max(parameters.counted("startTs"), call.now_ms - WEEK_MS - 1)
    end_ms = parameters.counted("endTs")
    found = [
        fill
        for fill in reversed(books.swap.records.of(call.caller.uid).fills)
        if start_ms < fill.at_ms <= end_ms
        and market in (None, fill.order.market)
        and order_id in (None, str(fill.order.id))
        and (after is None or fill.trade_id > int(after))
        and coin in (None, fill.order.instrument.coin)
    ]
    return Fills([Fill.of(fill) for fill in _page(found, call)], len(found))


def position_history(books: Books, call: Call) -> Page:
    """A page of closed positions, the newest first (ours, A171)."""
    parameters, market = call.parameters, market_of(books, call)
    position_id = parameters.text("positionId")
    start_ms, end_ms = parameters.integer("startTs"), parameters.integer("endTs")
    coin = parameters.text("currency")
    found = [
        position
        for position in reversed(books.swap.records.of(call.caller.uid).closed)
        if market in (None, position.market)
        and position_id in (None, str(position.id))
        and coin in (None, position.instrument.coin)
        and (start_ms is None or position.updated_ms >= start_ms)
        and (end_ms is None or position.updated_ms <= end_ms)
    ]
    return Page([Past.of(position) for position in _page(found, call)], len(found))


def margin_history(books: Books, call: Call) -> Page:
    """A page of changes of the margin of isolated positions, the newest first (ours, A171)."""
    parameters, market = call.parameters, market_of(books, call)
    position_id = parameters.text("positionId")
    start_ms, end_ms = parameters.integer("startTime"), parameters.integer("endTime")
    found = [
        change
        for change in reversed(books.swap.records.of(call.caller.uid).margin_changes)
        if (market is None or change.symbol == market[1])
        and position_id in (None, str(change.position_id))
        and (start_ms is None or change.at_ms >= start_ms)
        and (end_ms is None or change.at_ms <= end_ms)
    ]
    return Page([MarginRow.of(change) for change in _page(found, call)], len(found))


def _page(found: Sequence[Any], call: Call) -> Sequence[Any]:
    size = call.parameters.counted("pageSize")
    first = (call.parameters.counted("pageIndex") - 1) * size
    return found[first : first + size]
