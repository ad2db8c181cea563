"""Topics of perpetuals: what they show, when, and how each is wrapped."""

from collections.abc import Iterator
from typing import Any

import pytest
from streams.listener import Listener
from support.sender import NOW_MS, Sender

from bingx_fake import FakeExchange

BTC, SOL = "BTC-USDT", "SOL-USDT"


@pytest.fixture
def listener(exchange: FakeExchange) -> Iterator[Listener]:
    with Listener(f"{exchange.stream_url}/swap-market") as connected:
        yield connected


def heard(listener: Listener, topic: str) -> list[Any]:
    return [message for message in listener.so_far() if message.get("dataType") == topic]


def quoted(exchange: FakeExchange, path: str, symbol: str = BTC, **parameters: str) -> Any:
    return Sender(exchange).get(f"/openApi/swap/{path}", symbol=symbol, **parameters).data


def test_a_subscription_is_acknowledged_in_the_form_of_perpetuals(listener: Listener) -> None:
    assert listener.subscribe(f"{BTC}@trade", reqType="sub") == [
        {"id": f"{BTC}@trade", "code": 0, "msg": "", "dataType": "", "data": None}
    ]


def test_the_trades_of_one_command_are_one_list(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(f"{BTC}@trade")
    exchange.market(BTC, "swap").trade("SELL", "5")
    (pushed,) = heard(listener, f"{BTC}@trade")
    shown = quoted(exchange, "v2/quote/trades", limit="500")
    expected = [
        {"q": row["qty"], "p": row["price"], "T": row["time"], "m": row["isBuyerMaker"], "s": BTC}
        for row in reversed(shown)
        if row["time"] == NOW_MS
    ]
    assert len(expected) > 1
    assert pushed == {"code": 0, "dataType": f"{BTC}@trade", "data": expected}


def test_the_running_candle_says_when_it_began_and_not_when_it_ends(
    exchange: FakeExchange, listener: Listener
) -> None:
    topic = f"{BTC}@kline_1m"
    listener.subscribe(topic)
    exchange.market(BTC, "swap").move("61000")
    exchange.market(BTC, "swap").move("60500.5")
    _, pushed = heard(listener, topic)
    assert pushed == {
        "code": 0,
        "dataType": topic,
        "s": BTC,
        "data": [
            {
                "o": "61000.0",
                "h": "61000.0",
                "l": "60500.5",
                "c": "60500.5",
                "v": "0.0002",
                "T": NOW_MS - NOW_MS % 60_000,
            }
        ],
    }


@pytest.mark.parametrize(
    ("behind", "every_ms"), [("", 500), ("@500ms", 500), ("@200ms", 200), ("@100ms", 100)]
)
def test_the_order_book_is_pushed_as_often_as_was_asked_for(
    exchange: FakeExchange, listener: Listener, behind: str, every_ms: int
) -> None:
    listener.subscribe(f"{BTC}@depth5{behind}")
    exchange.clock.advance(1_000)
    times = [push["ts"] for push in heard(listener, f"{BTC}@depth5@{every_ms}ms")]
    assert times == [at for at in range(NOW_MS + 1, NOW_MS + 1_001) if at % every_ms == 0]


def test_the_order_book_has_its_asks_worst_first_and_no_number(
    exchange: FakeExchange, listener: Listener
) -> None:
    listener.subscribe(f"{BTC}@depth5")
    exchange.clock.advance(500)
    (pushed,) = heard(listener, f"{BTC}@depth5@500ms")
    shown = quoted(exchange, "v2/quote/depth", limit="5")
    ascending = sorted(shown["asks"], key=lambda level: float(level[0]))
    assert pushed["data"] == {"bids": shown["bids"], "asks": ascending[::-1]}
    assert set(pushed) == {"code", "dataType", "ts", "data"}


@pytest.mark.parametrize("named", ["", "@500ms"])
def test_an_order_book_is_given_up_by_either_name(
    exchange: FakeExchange, listener: Listener, named: str
) -> None:
    listener.subscribe(f"{BTC}@depth5")
    listener.subscribe(f"{BTC}@depth5{named}", reqType="unsub")
    exchange.clock.advance(1_000)
    assert listener.so_far() == []


@pytest.mark.parametrize(("symbol", "every_ms"), [(BTC, 200), (SOL, 800)])
def test_increments_are_numbered_without_a_gap_at_the_pace_of_their_market(
    exchange: FakeExchange, listener: Listener, symbol: str, every_ms: int
) -> None:
    topic = f"{symbol}@incrDepth"
    (whole,) = [it for it in listener.subscribe(topic) if "action" in str(it)]
    price = float(quoted(exchange, "v1/ticker/price", symbol)["price"])
    for step in range(1, 17):
        exchange.market(symbol, "swap").move(str(round(price * (1 + step / 1_000), 1)))
        exchange.clock.advance(100)
    updates = heard(listener, topic)
    assert whole["data"]["action"] == "all"
    assert {push["data"]["action"] for push in updates} == {"update"}
    assert all(push["data"]["time"] % every_ms == 0 for push in updates)
    assert len(updates) == 1_600 // every_ms
    first = whole["data"]["lastUpdateId"] + 1
    assert [it["data"]["lastUpdateId"] for it in updates] == list(range(first, first + len(updates)))


def test_increments_add_up_to_the_order_book(exchange: FakeExchange, listener: Listener) -> None:
    topic = f"{BTC}@incrDepth"
    pushed = listener.subscribe(topic)[1:]
    for price in ("60007.5", "59990", "60001.2"):
        exchange.market(BTC, "swap").move(price)
        exchange.clock.advance(400)
    bids: dict[str, str] = {}
    for push in [*pushed, *heard(listener, topic)]:
        bids |= dict(push["data"]["bids"])
    left = sorted(((price, of) for price, of in bids.items() if float(of)), key=lambda it: -float(it[0]))
    assert [list(level) for level in left[:20]] == quoted(exchange, "v2/quote/depth", limit="20")["bids"]


def test_the_ticker_is_pushed_every_second_in_texts(exchange: FakeExchange, listener: Listener) -> None:
    topic = f"{BTC}@ticker"
    listener.subscribe(topic)
    exchange.market(BTC, "swap").move("61000")
    exchange.clock.advance(1_000)
    (pushed,) = heard(listener, topic)
    shown = quoted(exchange, "v2/quote/ticker")
    names = {
        "p": "priceChange",
        "c": "lastPrice",
        "L": "lastQty",
        "h": "highPrice",
        "l": "lowPrice",
        "v": "volume",
        "q": "quoteVolume",
        "o": "openPrice",
        "a": "askQty",
        "A": "askPrice",
        "b": "bidQty",
        "B": "bidPrice",
    }
    assert {short: pushed["data"][short] for short in names} == {
        short: str(shown[long]) for short, long in names.items()
    }
    assert not pushed["data"]["P"].endswith("%")
    assert set(pushed) == {"code", "dataType", "data"}


def test_the_last_price_is_pushed_with_its_time(exchange: FakeExchange, listener: Listener) -> None:
    topic = f"{BTC}@lastPrice"
    listener.subscribe(topic)
    exchange.market(BTC, "swap").move("61000")
    (pushed,) = heard(listener, topic)
    assert pushed["data"] == {"e": "lastPriceUpdate", "E": NOW_MS, "s": BTC, "c": "61000.0"}


def test_a_mark_that_runs_away_from_the_last_price_is_pushed_alone(
    exchange: FakeExchange, listener: Listener
) -> None:
    listener.subscribe(f"{BTC}@markPrice", f"{BTC}@lastPrice")
    exchange.market(BTC, "swap", mark="40000")
    assert listener.so_far() == [
        {
            "code": 0,
            "dataType": f"{BTC}@markPrice",
            "data": {"e": "markPriceUpdate", "E": NOW_MS, "s": BTC, "p": "40000.0"},
        }
    ]


def test_a_mark_that_stays_is_not_pushed_again(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(f"{BTC}@markPrice")
    exchange.market(BTC, "swap", mark="40000")
    exchange.market(BTC, "swap").trade("BUY", "0.001")
    assert len(heard(listener, f"{BTC}@markPrice")) == 1


def test_the_best_prices_are_pushed_every_200_ms(exchange: FakeExchange, listener: Listener) -> None:
    topic = f"{BTC}@bookTicker"
    listener.subscribe(topic)
    exchange.market(BTC, "swap").move("61000")
    exchange.clock.advance(400)
    *_, last = pushed = heard(listener, topic)
    assert len(pushed) == 2
    shown = quoted(exchange, "v2/quote/bookTicker")
    shown = shown.get("book_ticker", shown)
    assert (last["data"]["b"], last["data"]["a"]) == (str(shown["bid_price"]), str(shown["ask_price"]))
    assert (last["data"]["T"], last["data"]["s"]) == (NOW_MS, BTC)


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        (f"{BTC}@kline_1min", "is no interval; one is such as '1m'"),
        (f"{BTC}@depth7", "is no number of levels"),
        (f"{BTC}@depth5@300ms", "nothing goes by @300ms there"),
        (f"{BTC}@trade@500ms", "nothing goes by @500ms there"),
        ("NO-SUCH@markPrice", "there is no market 'NO-SUCH'"),
    ],
)
def test_what_is_no_topic_of_perpetuals_is_refused_and_the_connection_stays(
    listener: Listener, topic: str, said: str
) -> None:
    (refused,) = listener.subscribe(topic)
    assert refused["code"] == 100400
    assert said in refused["msg"]
    assert listener.subscribe(f"{BTC}@trade")[0]["code"] == 0


def test_spot_markets_have_no_mark_price(exchange: FakeExchange) -> None:
    with Listener(f"{exchange.stream_url}/market") as of_spot:
        (refused,) = of_spot.subscribe(f"{BTC}@markPrice")
    assert refused["msg"] == "spot markets have no mark price"


def test_a_topic_is_of_the_markets_of_its_own_connection(exchange: FakeExchange, listener: Listener) -> None:
    with Listener(f"{exchange.stream_url}/market") as of_spot:
        listener.subscribe(f"{BTC}@lastPrice")
        of_spot.subscribe(f"{BTC}@lastPrice")
        exchange.market(BTC, "swap").move("61000")
        assert len(listener.so_far()) == 1
        assert of_spot.so_far() == []


def test_a_stall_takes_what_is_pushed_of_perpetuals(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(f"{BTC}@lastPrice")
    with exchange.fault("stream", "ws-stall"):
        exchange.market(BTC, "swap").move("61000")
        assert listener.so_far() == []
    exchange.market(BTC, "swap").move("62000")
    assert [push["data"]["c"] for push in listener.so_far()] == ["62000.0"]
