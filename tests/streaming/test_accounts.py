"""What is told of an account: every order's state once, missing fills noticed, and nothing forgotten."""

from decimal import Decimal
from typing import Any

from streaming.wire import BTC, NOW_MS, Wire, change, report, streams

from bingx_client.calls.spot_trade.models import Order, Orders
from bingx_client.streaming.actions import Ask
from bingx_client.streaming.events import Gap, GapClosed

ORDERS, BALANCES = streams.orders("ETH-USDT"), streams.balances()


def order(order_id: int, status: str, filled: str) -> Order:
    nothing = dict.fromkeys(
        ("stop_price", "quote_quantity", "average_price", "fee", "fee_asset", "placed_ms", "updated_ms")
    )
    names = {"symbol": BTC, "order_id": str(order_id), "client_order_id": None}
    amounts = {"price": Decimal(1), "quantity": Decimal(1), "filled_worth": Decimal(0)}
    what = {"side": "BUY", "type": "LIMIT", "status": status, "filled": Decimal(filled)}
    return Order(**names, **amounts, **what, **nothing, raw={})  # type: ignore[arg-type]  # by name


def rows(*orders: Order) -> Orders:
    return Orders(orders, None, (), {})


def test_a_report_is_exact_and_has_ids_as_text() -> None:
    wire = Wire(ORDERS).begin()
    wire.push(ORDERS, report(1874252636160000001, "TRADE", "PARTIALLY_FILLED", "0.1", "0.1"))
    (told,) = wire.events()
    assert (told.order_id, told.trade_id) == ("1874252636160000001", "7")
    assert (told.filled, told.last_fee) == (Decimal("0.1"), Decimal("-0.001"))
    assert told.is_open


def test_decimals_may_come_as_text() -> None:
    wire = Wire(ORDERS).begin()
    wire.push(ORDERS, {**report(1, "NEW", "NEW"), "q": "1.50", "p": "60000.10"})
    (told,) = wire.events()
    assert (str(told.quantity), str(told.price)) == ("1.50", "60000.10")
    assert (told.last_quantity, told.trade_id, told.is_maker) == (None, None, None)


def test_each_state_of_an_order_is_told_once() -> None:
    wire = Wire(ORDERS).begin()
    for _ in range(2):
        wire.push(ORDERS, report(1, "NEW", "PENDING"))
        wire.push(ORDERS, report(1, "TRADE", "PARTIALLY_FILLED", "0.5", "0.5"))
    assert [event.status for event in wire.events()] == ["PENDING", "PARTIALLY_FILLED"]


def test_a_report_that_comes_after_a_later_one_says_that_it_is_late() -> None:
    wire = Wire(ORDERS).begin()
    wire.push(ORDERS, report(1, "TRADE", "FILLED", "1", "1"))
    wire.push(ORDERS, report(1, "NEW", "PENDING"))
    assert [(event.status, event.is_late) for event in wire.events()] == [
        ("FILLED", False),
        ("PENDING", True),
    ]


def test_a_fill_that_was_not_told_is_noticed_by_the_next_one() -> None:
    wire = Wire(ORDERS).begin()
    wire.push(ORDERS, report(1, "NEW", "PENDING", at_ms=NOW_MS + 5))
    wire.push(ORDERS, report(1, "TRADE", "FILLED", "1", "0.4", at_ms=NOW_MS + 9_000))
    _, told, gap = wire.events()
    assert told.filled == 1
    assert isinstance(gap, Gap)
    assert gap.since_ms == NOW_MS + 5, "since the last report on this order, not the last push"


def test_an_order_of_before_the_stream_is_no_gap() -> None:
    wire = Wire(ORDERS).begin()
    wire.push(ORDERS, report(1, "TRADE", "FILLED", "1", "0.4"))
    assert wire.names() == ["OrderReport"]


def test_after_a_break_orders_are_asked_for_and_what_is_further_is_told() -> None:
    wire = Wire(ORDERS, close_gaps=True).begin()
    for number in (1, 2, 3):
        wire.push(ORDERS, report(number, "NEW", "PENDING"))
    wire.reconnect()
    wire.push(ORDERS, report(2, "TRADE", "PARTIALLY_FILLED", "0.5", "0.5"))
    (gap,) = [event for event in wire.events() if isinstance(event, Gap)]
    asked = wire.taken(Ask)
    assert [ask.call.endpoint_id.removeprefix("spot_trade.") for ask in asked] == [
        "open_orders",
        "order_history",
        "fills",
        "fills",
    ]
    assert [ask.call.parameters.get("symbol") for ask in asked[2:]] == ["ETH-USDT", BTC]
    behind = rows(order(2, "PENDING", "0"), order(4, "PENDING", "0"))
    for ask, told in zip(asked, (behind, rows(), [], []), strict=True):
        wire.core.answered(wire.at_ms, ask.number, told)
    (new,) = wire.events()
    assert (new.order_id, new.from_rest, new.execution) == ("4", True, None)
    queries = wire.taken(Ask)
    assert [ask.call.parameters["orderId"] for ask in queries] == ["1", "3"], "open then, and on no page"
    wire.core.answered(wire.at_ms, queries[0].number, order(1, "FILLED", "1"))
    wire.core.answered(wire.at_ms, queries[1].number, order(3, "PENDING", "0"))
    filled, closed = wire.events()
    assert (filled.order_id, filled.status) == ("1", "FILLED")
    assert isinstance(closed, GapClosed)
    assert closed.gap == gap
    wire.push(ORDERS, report(1, "TRADE", "FILLED", "1", "1"))
    assert wire.events() == [], "the same state, told before"


def test_a_long_history_is_read_to_its_last_page() -> None:
    wire = Wire(streams.orders(), close_gaps=True).begin()
    wire.reconnect()
    asked = wire.taken(Ask)
    full = rows(*(order(number, "FILLED", "1") for number in range(100)))
    for ask, told in zip(asked, (rows(), full), strict=True):
        wire.core.answered(wire.at_ms, ask.number, told)
    (ask,) = wire.taken(Ask)
    assert ask.call.parameters["pageIndex"] == 2
    wire.core.answered(wire.at_ms, ask.number, rows(order(100, "CANCELED", "0")))
    reports = [event for event in wire.events() if type(event).__name__ == "OrderReport"]
    assert len(reports) == 101


def test_balances_are_exact_and_told_once() -> None:
    wire = Wire(BALANCES).begin()
    for _ in range(2):
        wire.frame(change("0.10000000000000000001"))
    (told,) = wire.events()
    assert str(told.changes[0].balance) == "0.10000000000000000001"
    assert (told.reason, told.time_ms) == ("ORDER", NOW_MS)


def test_of_two_changes_in_one_millisecond_both_are_told_and_neither_is_late() -> None:
    wire = Wire(BALANCES).begin()
    wire.frame(change("1"))
    wire.frame(change("2"))
    assert [event.is_late for event in wire.events()] == [False, False]


def test_a_change_that_was_sent_before_one_that_was_told_says_that_it_is_late() -> None:
    wire = Wire(BALANCES).begin()
    wire.frame(change("1", NOW_MS + 1))
    wire.frame(change("2", NOW_MS))
    wire.frame(change("2", NOW_MS, asset="BTC"))
    assert [event.is_late for event in wire.events()] == [False, True, False]


def test_the_balances_that_come_with_a_subscription_close_the_gap() -> None:
    wire = Wire(BALANCES, close_gaps=True).begin()
    wire.reconnect()
    wire.frame(change("1", reason="INIT"))
    asked: list[Any] = wire.taken(Ask)
    assert [ask.call.endpoint_id for ask in asked] == ["spot_account.spot_balance"]
    _, gap, told, closed = wire.events()
    assert (told.reason, closed) == ("INIT", GapClosed(gap, ()))
    wire.core.answered(wire.at_ms, asked[0].number, {})
    assert wire.events() == []
