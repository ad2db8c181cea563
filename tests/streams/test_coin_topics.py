"""Topics of coin-margined perpetuals: what they show, when, and how each is wrapped."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from streams.listener import Listener
from support.sender import NOW_MS, Sender

from bingx_fake import FakeExchange

BTC = "BTC-USD"


@pytest.fixture
def listener(exchange: FakeExchange) -> Iterator[Listener]:
    with Listener(f"{exchange.stream_url}/cswap-market") as connected:
        yield connected


def heard(listener: Listener, topic: str) -> list[Any]:
    return [message for message in listener.so_far() if message.get("dataType") == topic]


def quoted(exchange: FakeExchange, path: str, **parameters: str) -> Any:
    return Sender(exchange).get(f"/openApi/cswap/v1/market/{path}", symbol=BTC, **parameters).data


def test_a_subscription_is_acknowledged_as_on_spot(listener: Listener) -> None:
    assert listener.subscribe(f"{BTC}@trade", reqType="sub") == [
        {"id": f"{BTC}@trade", "code": 0, "msg": "SUCCESS", "timestamp": NOW_MS}
    ]


def test_trades_are_pushed_each_by_itself_in_contracts(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(f"{BTC}@trade")
    exchange.market(BTC, "coinm").trade("SELL", 200)
    first, *others = heard(listener, f"{BTC}@trade")
    assert others, "it takes more than one level"
    assert sum(int(it["data"]["q"]) for it in [first, *others]) == 200
    number = first["data"].pop("t")
    assert number.isdecimal()
    assert first == {
        "code": 0,
        "dataType": f"{BTC}@trade",
        "data": {
            "e": "trade",
            "E": NOW_MS,
            "s": BTC,
            "p": "59999.9",
            "q": first["data"]["q"],
            "T": NOW_MS,
            "m": True,
        },
    }


def test_the_running_candle_is_in_numbers_with_contracts_coins_and_trades(
    exchange: FakeExchange, listener: Listener
) -> None:
    topic = f"{BTC}@kline_1m"
    listener.subscribe(topic)
    exchange.market(BTC, "coinm").move("50000")
    (pushed,) = heard(listener, topic)
    assert pushed == {
        "code": 0,
        "timestamp": NOW_MS,
        "dataType": topic,
        "data": {
            "t": NOW_MS - NOW_MS % 60_000,
            "o": 50000,
            "c": 50000,
            "l": 50000,
            "h": 50000,
            "a": 0.002,
            "v": 1,
            "u": 1,
            "s": BTC,
        },
    }


def test_the_order_book_is_pushed_twice_a_second_in_contracts_and_coins(
    exchange: FakeExchange, listener: Listener
) -> None:
    topic = f"{BTC}@depth5"
    listener.subscribe(topic)
    exchange.clock.advance(1_000)
    pushed, _ = heard(listener, topic)
    assert set(pushed) == {"code", "dataType", "data"}
    data, shown = pushed["data"], quoted(exchange, "depth", limit="5")
    assert (data["symbol"], data["aggPrecision"], data["timestamp"] % 500) == (BTC, "0.1", 0)
    for side in ("bids", "asks"):
        assert [[level["p"], level["v"]] for level in data[side]] == shown[side]
        for level in data[side]:
            coins = Decimal(level["v"]) * 100 / Decimal(level["p"])
            assert abs(coins - Decimal(level["a"])) <= Decimal("0.0000005")
            assert len(level["a"].partition(".")[2]) == 6


def test_the_ticker_is_pushed_every_second_in_texts(exchange: FakeExchange, listener: Listener) -> None:
    topic = f"{BTC}@ticker"
    listener.subscribe(topic)
    exchange.market(BTC, "coinm").move("61000")
    exchange.clock.advance(1_000)
    (pushed,) = heard(listener, topic)
    (shown,) = quoted(exchange, "ticker")
    names = {
        "P": "priceChangePercent",
        "c": "lastPrice",
        "L": "lastQty",
        "h": "highPrice",
        "l": "lowPrice",
        "v": "volume",
        "o": "openPrice",
        "a": "askQty",
        "A": "askPrice",
        "b": "bidQty",
        "B": "bidPrice",
    }
    data = pushed["data"]
    assert {short: data[short] for short in names} == {short: shown[long] for short, long in names.items()}
    assert Decimal(data["p"]) == Decimal(shown["priceChange"])
    assert data["q"] == f"{Decimal(shown['volume']) * 100:.2f}", "in USD"
    assert round(Decimal(data["m"]), 2) == Decimal(shown["quoteVolume"]), "in coins"
    assert data["C"] == str(data["E"])
    assert set(pushed) == {"code", "timestamp", "dataType", "data"}


def test_the_last_price_and_a_mark_that_runs_away_from_it_are_pushed(
    exchange: FakeExchange, listener: Listener
) -> None:
    listener.subscribe(f"{BTC}@markPrice", f"{BTC}@lastPrice")
    market = exchange.market(BTC, "coinm")
    market.mark("40000")
    market.move("61000")
    seen = listener.so_far()
    assert {
        "code": 0,
        "timestamp": NOW_MS,
        "dataType": f"{BTC}@markPrice",
        "data": {"e": "markPrice", "E": NOW_MS, "s": BTC, "p": "40000.0"},
    } in seen
    assert [it["data"]["p"] for it in seen if it["dataType"] == f"{BTC}@lastPrice"] == ["61000.0"]


def test_the_best_prices_are_pushed_at_once_with_the_last(exchange: FakeExchange, listener: Listener) -> None:
    topic = f"{BTC}@bookTicker"
    listener.subscribe(topic)
    exchange.market(BTC, "coinm").move("61000")
    (pushed,) = heard(listener, topic)
    book = quoted(exchange, "depth", limit="5")
    data = pushed["data"]
    assert [data["b"], f"{data['B']}.0"] == book["bids"][0]
    assert [data["a"], f"{data['A']}.0"] == book["asks"][-1]
    assert (data["p"], data["T"], data["s"]) == ("61000.0", NOW_MS, BTC)
    assert data["u"].isdecimal()


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        (f"{BTC}@kline_1min", "is no interval; one is such as '1m'"),
        (f"{BTC}@depth5@500ms", "nothing goes by @500ms there"),
        (f"{BTC}@incrDepth", "coin-margined perpetuals have no incrDepth; their order book is @depth"),
        ("BTC-USDT@trade", "there is no market 'BTC-USDT'"),
    ],
)
def test_what_is_no_topic_of_coin_margined_perpetuals_is_refused_and_the_connection_stays(
    listener: Listener, topic: str, said: str
) -> None:
    (refused,) = listener.subscribe(topic)
    assert refused["code"] == 100400
    assert said in refused["msg"]
    assert listener.subscribe(f"{BTC}@trade")[0]["code"] == 0


def test_a_fault_of_this_stream_alone_takes_what_is_pushed_here(
    exchange: FakeExchange, listener: Listener
) -> None:
    with Listener(f"{exchange.stream_url}/swap-market") as of_swap:
        listener.subscribe(f"{BTC}@lastPrice")
        of_swap.subscribe("BTC-USDT@lastPrice")
        with exchange.fault("stream", "ws-stall", stream="coinm"):
            exchange.market(BTC, "coinm").move("61000")
            exchange.market("BTC-USDT", "swap").move("61000")
            assert listener.so_far() == []
            assert len(of_swap.so_far()) == 1
        exchange.market(BTC, "coinm").move("62000")
        assert [push["data"]["p"] for push in listener.so_far()] == ["62000.0"]
