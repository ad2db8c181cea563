"""What is told of markets: once, in order, exact, and whole again after a gap."""

from decimal import Decimal
from typing import Any

import pytest
from streaming.wire import BTC, NOW_MS, Wire, book, streams, trade

from bingx_client.calls.spot_market import models
from bingx_client.errors import APIError, ParameterError, TransportError
from bingx_client.streaming.actions import Ask, Disconnect
from bingx_client.streaming.events import Gap, GapClosed, GapStays

TRADES, BOOK = streams.trades(BTC), streams.book(BTC)


def answer(wire: Wire, *answers: Any) -> None:
    """Answer what was asked, in its order."""
    asked = wire.taken(Ask)
    assert len(asked) == len(answers)
    for ask, told in zip(asked, answers, strict=True):
        wire.core.answered(wire.at_ms, ask.number, told)


def found(number: int) -> models.Trade:
    return models.Trade(str(number), Decimal(1), Decimal(2), NOW_MS, True, {})


# Topics


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        (streams.trades(BTC), "BTC-USDT@trade"),
        (streams.candles(BTC, "1m"), "BTC-USDT@kline_1min"),
        (streams.candles(BTC, "4h"), "BTC-USDT@kline_4h"),
        (streams.candles(BTC, "1M"), "BTC-USDT@kline_1M"),
        (streams.depth(BTC), "BTC-USDT@depth20"),
        (streams.depth(BTC, 100), "BTC-USDT@depth100"),
        (streams.book(BTC), "BTC-USDT@incrDepth"),
        (streams.ticker(BTC), "BTC-USDT@ticker"),
        (streams.last_price(BTC), "BTC-USDT@lastPrice"),
        (streams.book_ticker(BTC), "BTC-USDT@bookTicker"),
        (streams.orders(), "spot.executionReport"),
        (streams.balances(), "ACCOUNT_UPDATE"),
    ],
)
def test_topics_are_spelt_as_documented_and_read_back(topic: streams.Topic, name: str) -> None:
    assert topic.name == name
    assert streams.named(name) == topic


@pytest.mark.parametrize(
    ("name", "topic_id", "argument"),
    [
        ("BTC-USDT@kline_60min", "spot.kline", "1h"),
        ("BTC-USDT@kline_1month", "spot.kline", "1M"),
        ("BTC-USDT@depth", "spot.depth", "20"),
        ("BTC-USDT@kline_7min", "other", ""),
        ("BTC-USDT@trades", "other", ""),
        ("@trade", "other", ""),
        ("nonsense", "other", ""),
    ],
)
def test_other_spellings_are_read_as_well(name: str, topic_id: str, argument: str) -> None:
    topic = streams.named(name)
    assert (topic.name, topic.id, topic.argument) == (name, topic_id, argument)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: streams.trades("btc-usdt"), "BASE-QUOTE"),
        (lambda: streams.depth(BTC, 7), "5, 10, 20, 50, 100"),
        (lambda: streams.candles(BTC, "1min"), "1m"),
        (lambda: streams.named(""), "dataType"),
        (lambda: streams.orders("BTC"), "BASE-QUOTE"),
    ],
)
def test_what_is_no_topic_is_refused_with_what_would_be(make: Any, says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        make()


# Each topic


def test_a_trade_is_exact_and_told_once() -> None:
    wire = Wire(TRADES).begin()
    wire.push(TRADES, trade(7, price="60000.10", quantity="0.00210"))
    wire.push(TRADES, trade(7))
    wire.push(TRADES, trade(5))
    first, second = wire.events()
    assert (first.id, str(first.price), str(first.quantity)) == ("7", "60000.10", "0.00210")
    assert (first.time_ms, first.is_buyer_maker, first.symbol) == (NOW_MS + 7, True, BTC)
    assert second.id == "5", "trades may come out of order"


def test_several_trades_may_come_in_one_push() -> None:
    wire = Wire(TRADES).begin()
    wire.frame({"code": 0, "dataType": TRADES.name, "data": [trade(1), trade(2)]})
    assert [event.id for event in wire.events()] == ["1", "2"]


def test_depth_has_its_best_prices_first_whichever_way_they_come() -> None:
    topic = streams.depth(BTC, 5)
    wire = Wire(topic).begin()
    bids, asks = [["1", "1"], ["2", "1"]], [["4", "1"], ["3", "1"]]
    wire.push(topic, {"bids": bids, "asks": asks, "lastUpdateId": 9}, timestamp=NOW_MS)
    (told,) = wire.events()
    assert [str(level.price) for level in told.bids] == ["2", "1"]
    assert [str(level.price) for level in told.asks] == ["3", "4"]
    assert (told.update_id, told.time_ms) == (9, NOW_MS)


# Gaps over REST


def test_missed_trades_are_asked_for_page_by_page_and_told_before_the_gap_is_closed() -> None:
    wire = Wire(TRADES, close_gaps=True).begin()
    wire.push(TRADES, trade(10))
    wire.reconnect()
    wire.push(TRADES, trade(900))
    wire.events()
    answer(wire, [found(number) for number in range(11, 511)])
    assert [event.id for event in wire.events()] == [str(number) for number in range(11, 511)]
    (ask,) = wire.taken(Ask)
    assert ask.call.parameters["fromId"] == "510"
    wire.core.answered(wire.at_ms, ask.number, [found(number) for number in (899, 900, 901)])
    missed, later, closed = wire.events()
    assert (missed.id, later.id, missed.from_rest) == ("899", "901", True)
    assert isinstance(closed, GapClosed)
    wire.push(TRADES, trade(901))
    assert wire.events() == [], "what was found over REST is not told again"


def test_a_gap_that_is_not_closed_before_the_next_break_begins_where_it_began() -> None:
    wire = Wire(TRADES, close_gaps=True).begin()
    wire.push(TRADES, trade(10), timestamp=NOW_MS + 10)
    wire.reconnect()
    wire.push(TRADES, trade(20), timestamp=NOW_MS + 20)
    (late,) = wire.taken(Ask)
    wire.reconnect()
    gap = wire.events()[-1]
    assert gap.since_ms == NOW_MS + 10
    (ask,) = wire.taken(Ask)
    assert ask.call.parameters["fromId"] == "10"
    wire.core.answered(wire.at_ms, late.number, [found(11)])
    assert wire.events() == [], "an answer to what is asked no more"
    wire.core.answered(wire.at_ms, ask.number, [found(11), found(20)])
    assert wire.names() == ["Trade", "GapClosed"]


def test_what_cannot_be_asked_now_is_asked_again() -> None:
    wire = Wire(TRADES, close_gaps=True).begin()
    wire.reconnect()
    (ask,) = wire.taken(Ask)
    wire.core.failed(wire.at_ms, ask.number, TransportError("GET /trades", []))
    wire.wait(500)
    answer(wire, [])
    assert wire.names()[-1] == "GapClosed"


def test_a_gap_that_the_exchange_does_not_let_close_says_so() -> None:
    wire = Wire(TRADES, close_gaps=True).begin()
    wire.reconnect()
    (ask,) = wire.taken(Ask)
    error = APIError.of(code=100004, msg="no", endpoint="GET /trades", http_status=200)
    wire.core.failed(wire.at_ms, ask.number, error)
    stays = wire.events()[-1]
    assert isinstance(stays, GapStays)
    assert "100004" in stays.reason


@pytest.mark.parametrize(
    ("topic", "endpoint"),
    [
        (streams.depth(BTC, 50), "spot_market.depth"),
        (streams.ticker(BTC), "spot_market.ticker"),
        (streams.last_price(BTC), "spot_market.price"),
        (streams.book_ticker(BTC), "spot_market.book_ticker"),
        (streams.candles(BTC, "1h"), "spot_market.klines"),
        (BOOK, "spot_market.depth"),
        (streams.balances(), "spot_account.spot_balance"),
    ],
)
def test_each_gap_names_the_calls_that_close_it(topic: streams.Topic, endpoint: str) -> None:
    wire = Wire(topic).begin()
    wire.reconnect()
    (gap,) = [event for event in wire.events() if isinstance(event, Gap)]
    assert [call.endpoint_id for call in gap.calls] == [endpoint]


def test_what_a_push_has_told_since_is_not_told_again_over_rest() -> None:
    topic = streams.last_price(BTC)
    wire = Wire(topic, close_gaps=True).begin()
    wire.reconnect()
    wire.push(topic, {"c": "61000", "e": "lastPriceUpdate", "s": BTC})
    wire.events()
    row = models.LastTrades(BTC, (found(1),), {})
    answer(wire, [row])
    assert wire.names() == ["GapClosed"]
    wire.reconnect()
    wire.events()
    answer(wire, [row])
    assert wire.names() == ["LastPrice", "GapClosed"]


def test_candles_that_ended_in_a_gap_are_told_and_the_running_one_does_not_go_back() -> None:
    topic = streams.candles(BTC, "1m")

    def candle(minute: int, volume: str) -> dict[str, Any]:
        prices = dict.fromkeys("ohlc", "60000")
        opened = NOW_MS + minute * 60_000
        times = {"t": opened, "T": opened + 59_999, "i": "1min", "n": 1, "s": BTC}
        return {"e": "kline", "E": opened, "s": BTC, "K": {**prices, **times, "v": volume, "q": "1"}}

    def row(minute: int, volume: str) -> models.Candle:
        opened, one = NOW_MS + minute * 60_000, Decimal(1)
        return models.Candle(opened, one, one, one, one, Decimal(volume), opened + 59_999, one, [])

    wire = Wire(topic, close_gaps=True).begin()
    wire.push(topic, candle(0, "3"))
    wire.reconnect()
    wire.push(topic, candle(3, "2"))
    wire.events()
    (ask,) = wire.taken(Ask)
    assert ask.call.parameters["startTime"] == NOW_MS
    rows = [row(0, "4"), row(1, "1"), row(2, "1"), row(3, "1")]
    wire.core.answered(wire.at_ms, ask.number, rows)
    *told, _ = wire.events()
    minutes = [((event.open_ms - NOW_MS) // 60_000, str(event.volume)) for event in told]
    assert minutes == [(0, "4"), (1, "1"), (2, "1")]


# The book


def test_a_book_is_its_snapshot_and_what_changed_since() -> None:
    wire = Wire(BOOK).begin()
    wire.push(BOOK, book("all", 7, {"10": "1", "9": "2"}, {"11": "1"}))
    wire.push(BOOK, book("update", 8, {"10": "0", "9.5": "3"}, {}))
    first, second = wire.events()
    assert [(str(price), str(quantity)) for price, quantity in first.bids] == [("10", "1"), ("9", "2")]
    assert [(str(price), str(quantity)) for price, quantity in second.bids] == [("9.5", "3"), ("9", "2")]
    assert second.update_id == 8
    assert [str(level.price) for level in second.changed_bids] == ["10", "9.5"]


@pytest.mark.parametrize(
    "wrong",
    [book("update", 9, {}, {}), book("update", 8, {"12": "1"}, {})],
    ids=["a number is missing", "bids above asks"],
)
def test_a_book_that_is_wrong_is_told_no_more_until_it_is_right_again(wrong: dict[str, Any]) -> None:
    wire = Wire(BOOK).begin()
    wire.push(BOOK, book("all", 7, {"10": "1"}, {"11": "1"}))
    wire.events()
    wire.push(BOOK, wrong)
    (gap,) = wire.events()
    assert isinstance(gap, Gap)
    wire.push(BOOK, book("update", 10, {"9": "1"}, {}))
    assert wire.events() == []
    assert wire.acknowledge() == ["-BTC-USDT@incrDepth", "BTC-USDT@incrDepth"]
    wire.push(BOOK, book("all", 10, {"8": "1"}, {"11": "1"}))
    told, closed = wire.events()
    assert [str(level.price) for level in told.bids] == ["8"]
    assert closed == GapClosed(gap, ())


def test_a_book_whose_snapshot_does_not_come_is_asked_for_on_a_new_connection() -> None:
    wire = Wire(BOOK, streams.ticker(BTC)).begin()
    for _ in range(15):
        wire.wait(1_000)
        wire.push(streams.ticker(BTC), {})
    assert "was not answered" in wire.events()[-1].reason
    assert wire.take() == [Disconnect()]
    wire.wait(250)
    wire.open()
    wire.push(BOOK, book("all", 1, {"8": "1"}, {}))
    assert "Book" in wire.names()
