"""Topics of spot markets: what they show, when, and how each is wrapped."""

from typing import Any

import pytest
from streams.listener import Listener, rest
from support.sender import NOW_MS

from bingx_fake import FakeExchange

BTC = "BTC-USDT"


def heard(listener: Listener, topic: str) -> list[Any]:
    return [message for message in listener.so_far() if message.get("dataType") == topic]


def test_a_trade_is_pushed_at_once(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(f"{BTC}@trade")
    exchange.market(BTC).trade("SELL", "0.25")
    (last,) = rest(exchange, f"v1/market/trades?symbol={BTC}&limit=1")["data"]
    (pushed, *_) = trades = heard(listener, f"{BTC}@trade")
    assert sum(float(trade["data"]["q"]) for trade in trades) == pytest.approx(0.25)
    assert pushed == {
        "code": 0,
        "success": True,
        "dataType": f"{BTC}@trade",
        "timestamp": NOW_MS,
        "data": {
            "e": "trade",
            "E": NOW_MS,
            "T": NOW_MS,
            "s": BTC,
            "m": True,
            "p": "59999.99",
            "q": pushed["data"]["q"],
            "t": pushed["data"]["t"],
        },
    }
    assert trades[-1]["data"]["t"] == str(last["id"])


def test_m_tells_whether_the_buyer_was_there_first(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(f"{BTC}@trade")
    exchange.market(BTC).trade("BUY", "0.001")
    exchange.market(BTC).trade("SELL", "0.001")
    assert [trade["data"]["m"] for trade in heard(listener, f"{BTC}@trade")] == [False, True]


def test_the_running_candle_is_pushed_with_each_trade(exchange: FakeExchange, listener: Listener) -> None:
    topic = f"{BTC}@kline_1min"
    listener.subscribe(topic)
    exchange.market(BTC).move("61000")
    exchange.market(BTC).move("60500.5")
    first, second = heard(listener, topic)
    assert first["data"]["K"]["c"] == "61000.00"
    opening = NOW_MS - NOW_MS % 60_000
    assert second == {
        "code": 0,
        "success": True,
        "dataType": topic,
        "data": {
            "e": "kline",
            "E": NOW_MS,
            "s": BTC,
            "K": {
                "t": opening,
                "T": opening + 59_999,
                "s": BTC,
                "i": "1min",
                "n": 2,
                "o": "61000.00",
                "h": "61000.00",
                "l": "60500.50",
                "c": "60500.50",
                "v": "0.00002",
                "q": "1.215005",
            },
        },
    }


@pytest.mark.parametrize(
    ("asked", "length_ms"),
    [
        ("1h", 3_600_000),
        ("60min", 3_600_000),
        ("2hour", 7_200_000),
        ("1day", 86_400_000),
        ("1w", 604_800_000),
    ],
)
def test_intervals_go_by_every_documented_name(
    exchange: FakeExchange, listener: Listener, asked: str, length_ms: int
) -> None:
    listener.subscribe(f"{BTC}@kline_{asked}")
    exchange.market(BTC).move("61000")
    (pushed,) = heard(listener, f"{BTC}@kline_{asked}")
    candle = pushed["data"]["K"]
    assert (candle["i"], candle["T"] - candle["t"] + 1) == (asked, length_ms)


def test_the_order_book_is_pushed_every_300_ms_with_its_asks_worst_first(
    exchange: FakeExchange, listener: Listener
) -> None:
    topic = f"{BTC}@depth5"
    listener.subscribe(topic)
    exchange.clock.advance(1_000)
    pushed = heard(listener, topic)
    # Whole multiples of 300 ms: NOW_MS is 200 ms past one.
    assert [push["timestamp"] - NOW_MS for push in pushed] == [100, 400, 700, 1_000]
    shown = rest(exchange, f"v1/market/depth?symbol={BTC}&limit=5")["data"]
    assert pushed[-1] == {
        "code": 0,
        "success": True,
        "dataType": topic,
        "timestamp": NOW_MS + 1_000,
        "data": {"bids": shown["bids"], "asks": shown["asks"], "lastUpdateId": 0},
    }
    assert [float(price) for price, _ in pushed[-1]["data"]["asks"]] == [
        60000.05,
        60000.04,
        60000.03,
        60000.02,
        60000.01,
    ]


def test_without_a_number_of_levels_there_are_twenty(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(f"{BTC}@depth")
    exchange.clock.advance(300)
    (pushed,) = heard(listener, f"{BTC}@depth")
    assert (len(pushed["data"]["bids"]), len(pushed["data"]["asks"])) == (20, 20)


def test_the_ticker_is_pushed_every_second_in_numbers(exchange: FakeExchange, listener: Listener) -> None:
    topic = f"{BTC}@ticker"
    listener.subscribe(topic)
    exchange.market(BTC).move("61000")
    exchange.clock.advance(2_000)
    pushed = heard(listener, topic)
    assert [push["timestamp"] - NOW_MS for push in pushed] == [1_000, 2_000]
    (shown,) = rest(exchange, f"v1/ticker/24hr?symbol={BTC}")["data"]
    data = pushed[-1]["data"]
    assert (data["e"], data["s"], data["c"], data["P"]) == (
        "24hTicker",
        BTC,
        61000,
        shown["priceChangePercent"],
    )
    assert (data["o"], data["h"], data["l"]) == (shown["openPrice"], shown["highPrice"], shown["lowPrice"])
    assert (data["O"], data["C"]) == (shown["openTime"], shown["closeTime"])
    assert (data["A"], data["B"]) == (shown["askPrice"], shown["bidPrice"])


def test_last_price_and_best_prices_are_pushed_when_they_change(
    exchange: FakeExchange, listener: Listener
) -> None:
    listener.subscribe(f"{BTC}@lastPrice", f"{BTC}@bookTicker")
    exchange.market(BTC).move("59000")
    last, best = listener.so_far()
    assert last == {
        "code": 0,
        "success": True,
        "dataType": f"{BTC}@lastPrice",
        "data": {"c": "59000.00", "e": "lastPriceUpdate", "s": BTC},
    }
    shown = rest(exchange, f"v1/ticker/bookTicker?symbol={BTC}")["data"][0]
    assert best["data"] == {
        "e": "bookTicker",
        "E": NOW_MS,
        "s": BTC,
        "b": "58999.99",
        "a": "59000.01",
        "B": shown["bidVolume"],
        "A": shown["askVolume"],
    }


def test_a_minute_of_a_walking_market_pushes_what_a_minute_pushes() -> None:
    with (
        FakeExchange(frozen_at_ms=NOW_MS, market="walk") as exchange,
        Listener(f"{exchange.stream_url}/market") as listener,
    ):
        (before,) = rest(exchange, f"v1/market/trades?symbol={BTC}&limit=1")["data"]
        listener.subscribe(f"{BTC}@trade", f"{BTC}@ticker", f"{BTC}@depth20")
        exchange.clock.advance(60_000)
        (after,) = rest(exchange, f"v1/market/trades?symbol={BTC}&limit=1")["data"]
        messages = listener.so_far()
    kinds = [message["dataType"].partition("@")[2] for message in messages]
    trades = after["id"] - before["id"]
    assert {kind: kinds.count(kind) for kind in kinds} == {"trade": trades, "ticker": 60, "depth20": 200}
    assert [message["data"]["t"] for message in messages if message["dataType"].endswith("@trade")] == [
        str(before["id"] + number) for number in range(1, trades + 1)
    ]


def test_the_same_session_pushes_the_same_bytes() -> None:
    def frames() -> list[bytes]:
        with (
            FakeExchange(frozen_at_ms=NOW_MS, market="walk", seed=3) as exchange,
            Listener(f"{exchange.stream_url}/market") as listener,
        ):
            for topic in ("trade", "ticker", "depth20", "incrDepth", "bookTicker", "kline_1h"):
                listener.send({"id": topic, "dataType": f"ETH-USDT@{topic}"})
            listener.so_far()
            exchange.clock.advance(5_000)
            # Of a second: a trade, best prices, a candle, a ticker, increments, and a book every 300 ms.
            return [listener.receive().data for _ in range(35)]

    assert frames() == frames()
