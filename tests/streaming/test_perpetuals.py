"""What is told of perpetuals: in their forms, once where that can be known, whole after a gap."""

from decimal import Decimal
from typing import Any

import pytest
from streaming.wire import BTC, KEY, NOW_MS, Wire, book, streams

from bingx_client.calls.swap_market import models
from bingx_client.calls.swap_trade.models import Order, Orders
from bingx_client.errors import ParameterError
from bingx_client.streaming.actions import Ask, Disconnect
from bingx_client.streaming.events import Disconnected, Gap, GapClosed

swap = streams.swap
TRADES, CANDLES, BOOK = swap.trades(BTC), swap.candles(BTC, "1m"), swap.book(BTC)
ORDERS, ACCOUNT, CHOICES = swap.orders(), swap.account(), swap.choices()


# Topics


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        (TRADES, "BTC-USDT@trade"),
        (CANDLES, "BTC-USDT@kline_1m"),
        (swap.candles(BTC, "1M"), "BTC-USDT@kline_1M"),
        (swap.depth(BTC), "BTC-USDT@depth20@500ms"),
        (swap.depth(BTC, 5, every_ms=200), "BTC-USDT@depth5@200ms"),
        (BOOK, "BTC-USDT@incrDepth"),
        (swap.ticker(BTC), "BTC-USDT@ticker"),
        (swap.last_price(BTC), "BTC-USDT@lastPrice"),
        (swap.mark_price(BTC), "BTC-USDT@markPrice"),
        (swap.book_ticker(BTC), "BTC-USDT@bookTicker"),
        (ORDERS, "ORDER_TRADE_UPDATE"),
        (ACCOUNT, "ACCOUNT_UPDATE"),
        (CHOICES, "ACCOUNT_CONFIG_UPDATE"),
    ],
)
def test_topics_are_spelt_as_documented_and_read_back(topic: streams.Topic, name: str) -> None:
    assert topic.name == name
    assert streams.named(name, "swap") == topic


def test_an_order_book_without_a_pace_is_called_as_it_is_pushed() -> None:
    assert streams.named("BTC-USDT@depth", "swap").name == "BTC-USDT@depth@500ms"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: swap.candles(BTC, "7m"), "interval must be one of 1m"),
        (lambda: swap.depth(BTC, 7), "levels must be one of 5"),
        (lambda: swap.depth(BTC, every_ms=100), "every_ms must be one of 200, 500"),
        (lambda: swap.trades("BTCUSDT"), "symbol"),
    ],
)
def test_a_topic_that_there_is_not_is_refused(make: Any, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        make()


# Markets


def pushed(*rows: tuple[int, str]) -> list[dict[str, Any]]:
    """Trades as they are pushed: when, and at which price."""
    return [{"q": "0.1", "p": price, "T": NOW_MS + at, "m": True, "s": BTC} for at, price in rows]


def found(at: int, price: str, trade_id: str | None = None) -> models.Trade:
    return models.Trade(trade_id, Decimal(price), Decimal("0.1"), Decimal(1), NOW_MS + at, True, {})


def push(wire: Wire, topic: streams.Topic, data: Any, **more: Any) -> None:
    wire.frame({"code": 0, "dataType": topic.name, "data": data, **more})


def answer(wire: Wire, *answers: Any) -> None:
    asked = wire.taken(Ask)
    assert len(asked) == len(answers)
    for ask, told in zip(asked, answers, strict=True):
        wire.core.answered(wire.at_ms, ask.number, told)


def test_the_trades_of_one_push_are_told_one_by_one_and_exactly() -> None:
    wire = Wire(TRADES).begin()
    push(wire, TRADES, pushed((1, "60000.10"), (1, "60000.10")))
    first, second = wire.events()
    assert first == second, "they have no ids: two that are alike are two trades"
    assert (str(first.price), str(first.quantity), first.time_ms) == ("60000.10", "0.1", NOW_MS + 1)


def test_after_a_break_those_trades_are_told_that_were_not() -> None:
    wire = Wire(TRADES, close_gaps=True).begin()
    push(wire, TRADES, pushed((1, "1"), (2, "2")))
    wire.reconnect()
    push(wire, TRADES, pushed((9, "9")))
    wire.events()
    answer(wire, [found(1, "1"), found(2, "2"), found(2, "2"), found(5, "5"), found(9, "9")])
    again, new, closed = wire.events()
    assert (again.price, new.price) == (2, 5), "a second one at the same time and price, and one between"
    assert (new.from_rest, type(closed)) == (True, GapClosed)


def test_a_trade_that_rest_told_first_is_not_told_again_by_the_push_behind_it() -> None:
    wire = Wire(TRADES, close_gaps=True).begin()
    push(wire, TRADES, pushed((1, "1")))
    wire.reconnect()
    answer(wire, [found(5, "5")])
    wire.events()
    push(wire, TRADES, pushed((5, "5"), (5, "5")))
    assert [event.from_rest for event in wire.events()] == [False], "there were two"


def test_a_candle_is_told_as_it_runs_and_the_ones_between_after_a_break() -> None:
    wire = Wire(CANDLES, close_gaps=True).begin()
    candle = {"c": "60000.1", "o": "60000.0", "h": "60010.0", "l": "59990.0", "v": "2.1", "T": NOW_MS}
    push(wire, CANDLES, [candle], s=BTC)
    (told,) = wire.events()
    assert (told.open_ms, str(told.close), told.interval) == (NOW_MS, "60000.1", "1m")
    wire.reconnect()
    wire.events()
    (ask,) = wire.taken(Ask)
    assert (ask.call.endpoint_id, ask.call.parameters["startTime"]) == ("swap_market.klines", NOW_MS)
    one = Decimal(1)
    rows = [
        models.Candle(NOW_MS + 60_000 * at, one, one, one, one, Decimal(volume), None, {})
        for at, volume in enumerate(("2.1", "3", "1"))
    ]
    wire.core.answered(wire.at_ms, ask.number, rows)
    *candles, _ = wire.events()
    assert [it.open_ms - NOW_MS for it in candles] == [60_000, 120_000], "no more of the first was traded"


def test_a_book_that_misses_an_update_is_told_no_more_until_it_is_right() -> None:
    wire = Wire(BOOK).begin()
    push(wire, BOOK, book("all", 7, {"99": "1"}, {"101": "1"}))
    push(wire, BOOK, book("update", 9, {}, {"101": "0"}))
    whole, gap = wire.events()
    assert (whole.update_id, gap.reason) == (7, "the update after 7 of the order book is 9")
    assert gap.calls[0].endpoint_id == "swap_market.depth"
    assert wire.acknowledge() == ["-BTC-USDT@incrDepth", "BTC-USDT@incrDepth"]
    push(wire, BOOK, book("all", 9, {"99": "1"}, {"102": "1"}))
    again, closed = wire.events()
    assert (again.asks[0].price, closed.gap) == (102, gap)


@pytest.mark.parametrize(
    ("topic", "endpoint_id"),
    [
        (swap.depth(BTC), "swap_market.depth"),
        (swap.ticker(BTC), "swap_market.ticker"),
        (swap.last_price(BTC), "swap_market.price"),
        (swap.mark_price(BTC), "swap_market.premium_index"),
        (swap.book_ticker(BTC), "swap_market.book_ticker"),
        (TRADES, "swap_market.trades"),
    ],
)
def test_a_gap_names_the_call_that_tells_what_was_missed(topic: streams.Topic, endpoint_id: str) -> None:
    wire = Wire(topic).begin()
    wire.reconnect()
    (gap,) = [event for event in wire.events() if isinstance(event, Gap)]
    assert [call.endpoint_id for call in gap.calls] == [endpoint_id]


# An account


def order_push(
    order_id: int, execution: str, status: str, filled: str = "0", last: str | None = "0", **more: Any
) -> dict[str, Any]:
    """An ORDER_TRADE_UPDATE of an order for 1 BTC, without ``l`` and ``L`` where ``last`` is None."""
    zero = dict.fromkeys(("sp", "ap", "n", "rp", "tv"), "0.00000000")
    told = {
        "s": BTC,
        "c": "mine",
        "i": order_id,
        "S": "BUY",
        "o": "LIMIT",
        "q": "1",
        "p": "60000",
        **zero,
        "x": execution,
        "X": status,
        "N": "USDT",
        "T": NOW_MS,
        "wt": "MARK_PRICE",
        "ps": "BOTH",
        "z": filled,
        "sg": "false",
        "ti": 0,
        "ro": False,
        "td": 42,
    }
    told |= {} if last is None else {"l": last, "L": "60000"}
    return {"e": "ORDER_TRADE_UPDATE", "E": NOW_MS, "T": NOW_MS, "o": told, **more}


def order(order_id: int, status: str, filled: str) -> Order:
    values: dict[str, Any] = dict.fromkeys(Order.__dataclass_fields__)
    values |= {"symbol": BTC, "order_id": str(order_id), "side": "BUY", "position_side": "BOTH"}
    values |= {"type": "LIMIT", "status": status, "price": Decimal(1), "quantity": Decimal(1)}
    return Order(**values | {"filled": Decimal(filled), "raw": {}, "reconciled": False})


def wallet_push(balance: str, amount: str = "0.04", at: int = 0, side: str = "BOTH") -> dict[str, Any]:
    position = {"s": BTC, "pa": amount, "ep": "60000.5", "up": "-1.5", "mt": "cross", "iw": "480", "ps": side}
    body = {"m": "ORDER", "B": [{"a": "USDT", "wb": balance, "cw": "9520", "bc": "0"}]}
    at_ms = NOW_MS + at
    return {"e": "ACCOUNT_UPDATE", "E": at_ms, "T": at_ms, "a": {**body, "P": [{**position, "cr": "-1.2"}]}}


def choice_push(symbol: str, leverage: int, margin: str = "cross") -> dict[str, Any]:
    chosen = {"s": symbol, "l": leverage, "S": 5, "mt": margin}
    return {"e": "ACCOUNT_CONFIG_UPDATE", "E": NOW_MS, "ac": chosen}


def test_what_comes_by_itself_is_not_subscribed_to_and_stands_with_the_connection() -> None:
    wire = Wire(ORDERS, ACCOUNT, CHOICES)
    wire.core.begin(wire.at_ms)
    for asked in wire.taken(Ask):
        wire.core.answered(wire.at_ms, asked.number, KEY)
    wire.take()
    wire.core.connected(wire.at_ms)
    assert [request["dataType"] for request in wire.sent()] == ["BTC-USDT@ticker"], "for a sign of life"
    assert [event.topic for event in wire.events()] == [ORDERS.name, ACCOUNT.name, CHOICES.name]


def test_what_comes_by_itself_and_was_not_asked_for_is_not_told() -> None:
    wire = Wire(ORDERS).begin()
    wire.frame(wallet_push("1"))
    wire.frame(choice_push(BTC, 5))
    assert wire.events() == []
    wire.frame({"e": "SOMETHING_NEW", "E": NOW_MS})
    assert wire.names() == ["Other"]


def test_a_report_on_a_fill_is_exact() -> None:
    wire = Wire(ORDERS).begin()
    wire.frame(order_push(1874252636160000001, "TRADE", "PARTIALLY_FILLED", "0.04000000", "0.04000000"))
    (told,) = wire.events()
    assert (told.order_id, told.client_order_id, told.trade_id) == ("1874252636160000001", "mine", "42")
    assert (told.filled, told.last_quantity, told.last_price) == (Decimal("0.04"), Decimal("0.04"), 60000)
    assert (told.position_side, told.stop_price, told.is_open) == ("BOTH", None, True)


def test_each_state_of_an_order_is_told_once_under_either_name_of_the_event() -> None:
    wire = Wire(ORDERS).begin()
    wire.frame(order_push(1, "NEW", "NEW"))
    wire.frame(order_push(1, "NEW", "NEW", e="TRADE_UPDATE"))
    wire.frame(order_push(1, "TRADE", "FILLED", "1", "1", e="TRADE_UPDATE"))
    assert [event.status for event in wire.events()] == ["NEW", "FILLED"]


def test_a_fill_that_was_not_told_is_noticed_by_the_next_one() -> None:
    wire = Wire(ORDERS).begin()
    wire.frame(order_push(1, "NEW", "NEW"))
    wire.frame(order_push(1, "TRADE", "PARTIALLY_FILLED", "0.5", "0.2"))
    _, told, gap = wire.events()
    assert (told.last_quantity, type(gap)) == (Decimal("0.2"), Gap)


def test_where_a_push_does_not_say_what_was_filled_last_it_is_worked_out() -> None:
    wire = Wire(ORDERS).begin()
    wire.frame(order_push(1, "NEW", "NEW", last=None))
    wire.frame(order_push(1, "TRADE", "PARTIALLY_FILLED", "0.3", None))
    wire.frame(order_push(1, "TRADE", "FILLED", "1", None))
    assert [event.last_quantity for event in wire.events()] == [None, Decimal("0.3"), Decimal("0.7")]


def test_after_a_break_orders_are_asked_for_and_what_is_further_is_told() -> None:
    wire = Wire(ORDERS, close_gaps=True).begin()
    for number in (1, 2):
        wire.frame(order_push(number, "NEW", "NEW"))
    wire.reconnect()
    asked = wire.taken(Ask)
    names = [ask.call.endpoint_id.removeprefix("swap_trade.") for ask in asked]
    assert names == ["open_orders", "order_history", "fills"]
    wire.events()
    rests = Orders((order(2, "PENDING", "0"),), (), {})
    for ask, told in zip(asked, (rests, Orders((), (), {}), []), strict=True):
        wire.core.answered(wire.at_ms, ask.number, told)
    assert wire.events() == [], "NEW and PENDING are one state"
    (query,) = wire.taken(Ask)
    assert query.call.parameters["orderId"] == "1", "open then, and on no page"
    wire.core.answered(wire.at_ms, query.number, order(1, "FILLED", "1"))
    filled, closed = wire.events()
    assert (filled.order_id, filled.status, filled.from_rest) == ("1", "FILLED", True)
    assert isinstance(closed, GapClosed)


def test_a_wallet_and_a_position_are_told_once_and_exactly() -> None:
    wire = Wire(ACCOUNT).begin()
    for _ in range(2):
        wire.frame(wallet_push("10000.00000000000000000001"))
    (told,) = wire.events()
    (wallet,), (position,) = told.wallets, told.positions
    assert (told.reason, str(wallet.balance)) == ("ORDER", "10000.00000000000000000001")
    assert (position.side, position.quantity, position.is_isolated) == ("LONG", Decimal("0.04"), False)
    assert (position.entry_price, position.realized) == (Decimal("60000.5"), Decimal("-1.2"))


@pytest.mark.parametrize(
    ("amount", "told_side", "side"), [("-0.04", "BOTH", "SHORT"), ("0.04", "SHORT", "SHORT")]
)
def test_a_short_position_is_told_alike_in_both_modes(amount: str, told_side: str, side: str) -> None:
    wire = Wire(ACCOUNT).begin()
    wire.frame(wallet_push("1", amount, side=told_side))
    ((position,),) = [event.positions for event in wire.events()]
    assert (position.side, position.quantity) == (side, Decimal("0.04"))


def test_an_update_that_was_sent_before_one_that_was_told_says_that_it_is_late() -> None:
    wire = Wire(ACCOUNT).begin()
    wire.frame(wallet_push("2", at=1))
    wire.frame(wallet_push("1"))
    assert [event.is_late for event in wire.events()] == [False, True]


def test_the_gap_of_an_account_is_closed_by_its_wallets_and_positions() -> None:
    wire = Wire(ACCOUNT, close_gaps=True).begin()
    wire.reconnect()
    (gap,) = [event for event in wire.events() if isinstance(event, Gap)]
    assert [call.endpoint_id for call in gap.calls] == ["swap_account.balance", "swap_account.positions"]
    answer(wire, ["wallets"], ["positions"])
    assert wire.events() == [GapClosed(gap, (["wallets"], ["positions"]))]


def test_wallets_and_positions_are_asked_for_again_where_an_update_came_meanwhile() -> None:
    wire = Wire(ACCOUNT, close_gaps=True).begin()
    wire.reconnect()
    wire.events()
    balances, positions = wire.taken(Ask)
    wire.core.answered(wire.at_ms, balances.number, ["before"])
    wire.frame(wallet_push("2"))
    wire.core.answered(wire.at_ms, positions.number, ["before"])
    assert wire.names() == ["AccountUpdate"], "the answers may be older than that"
    answer(wire, ["wallets"], ["positions"])
    (closed,) = wire.events()
    assert (type(closed), closed.answers) == (GapClosed, (["wallets"], ["positions"]))


def test_what_was_chosen_is_told_when_it_is_another() -> None:
    wire = Wire(CHOICES).begin()
    for leverage in (5, 5, 10):
        wire.frame(choice_push(BTC, leverage, margin="Isolated"))
    assert [(event.long_leverage, event.is_isolated) for event in wire.events()] == [(5, True), (10, True)]


def test_the_gap_of_what_was_chosen_is_closed_once_all_of_it_has_come_again() -> None:
    wire = Wire(CHOICES).begin()
    for symbol in (BTC, "ETH-USDT"):
        wire.frame(choice_push(symbol, 5))
    wire.reconnect()
    wire.events()
    for symbol in (BTC, "ETH-USDT", BTC):
        wire.frame(choice_push(symbol, 5))
    assert wire.names() == ["Choice", "Choice", "GapClosed"]


def test_a_key_that_has_ended_is_replaced_and_everything_since_is_a_gap() -> None:
    wire = Wire(ORDERS, ACCOUNT).begin()
    wire.frame({"e": "listenKeyExpired", "E": NOW_MS, "listenKey": KEY})
    assert [type(it) for it in wire.take()] == [Disconnect]
    (told,) = wire.events()
    assert (type(told), told.reason) == (Disconnected, "the listen key has ended")
    wire.wait(31_000)
    wire.open()
    assert [(type(it), it.topic) for it in wire.events()] == [(Gap, ORDERS.name), (Gap, ACCOUNT.name)]
