"""One connection: what it is answered, and what ends it."""

import gzip
from typing import Any

import aiohttp
import pytest
from streams.listener import Listener
from support.sender import NOW_MS

from bingx_fake import FakeExchange
from bingx_fake.edge import stream_server
from bingx_fake.streams.frames import frame
from bingx_fake.streams.topics import DEPTHS, SPOT_INTERVALS

BTC = "BTC-USDT"


def test_a_frame_is_the_same_bytes_on_every_python() -> None:
    """The header: gzip, deflate, no name, no time, fastest, Unix."""
    assert frame({"a": 1}).data[:10] == bytes.fromhex("1f8b0800000000000403")


def test_every_frame_is_gzip_acknowledgements_too(listener: Listener) -> None:
    listener.send({"id": "1", "reqType": "sub", "dataType": f"{BTC}@trade"})
    message = listener.receive()
    assert message.type is aiohttp.WSMsgType.BINARY
    assert gzip.decompress(message.data).startswith(b"{")


@pytest.mark.parametrize("request_type", [{"reqType": "sub"}, {}])
def test_subscribing_is_acknowledged_before_anything_of_the_topic(
    listener: Listener, request_type: dict[str, str]
) -> None:
    listener.send({"id": "mine", "dataType": f"{BTC}@incrDepth", **request_type})
    assert listener.next() == {"code": 0, "id": "mine", "msg": "SUCCESS", "timestamp": NOW_MS}
    assert listener.next()["data"]["action"] == "all"


def test_a_topic_that_is_given_up_says_no_more(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(f"{BTC}@trade", f"{BTC}@ticker")
    assert listener.subscribe(f"{BTC}@ticker", reqType="unsub") == [
        {"code": 0, "id": f"{BTC}@ticker", "msg": "SUCCESS", "timestamp": NOW_MS}
    ]
    exchange.market(BTC).move("61000")
    exchange.clock.advance(5_000)
    assert [message["dataType"] for message in listener.so_far()] == [f"{BTC}@trade"]


def test_one_id_may_name_every_subscription(exchange: FakeExchange, listener: Listener) -> None:
    for symbol in (BTC, "ETH-USDT"):
        listener.send({"id": "trade", "dataType": f"{symbol}@trade"})
    assert [message["id"] for message in listener.so_far()] == ["trade", "trade"]
    exchange.market("ETH-USDT").move("3100")
    assert [message["dataType"] for message in listener.so_far()] == ["ETH-USDT@trade"]


def test_a_topic_that_is_subscribed_to_again_is_pushed_once(
    exchange: FakeExchange, listener: Listener
) -> None:
    listener.subscribe(f"{BTC}@trade", f"{BTC}@trade")
    exchange.market(BTC).move("61000")
    assert len(listener.so_far()) == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("nonsense", 100400),
        ("[1]", 100400),
        ({}, 80014),
        ({"id": "1", "reqType": "sub"}, 100400),
        ({"id": "1", "reqType": "subscribe", "dataType": f"{BTC}@trade"}, 100400),
        ({"id": "1", "dataType": "BTC-USDT@nonsense"}, 100400),
        ({"id": "1", "dataType": "BTC-USDT@depth7"}, 100400),
        ({"id": "1", "dataType": "BTC-USDT@kline_7min"}, 100400),
        ({"id": "1", "dataType": "BTC-USDT@trade5"}, 100400),
        ({"id": "1", "dataType": "NO-SUCH@trade"}, 100400),
        ({"id": "1", "dataType": "BTCUSDT@trade"}, 100400),
    ],
    ids=str,
)
def test_what_cannot_be_done_gets_an_error_and_the_connection_stays(
    listener: Listener, sent: Any, code: int
) -> None:
    listener.send(sent)
    refused = listener.next()
    assert (refused["code"], refused["timestamp"]) == (code, NOW_MS)
    assert refused["msg"]
    assert refused.get("id") == (sent.get("id") if isinstance(sent, dict) else None)
    assert listener.subscribe(f"{BTC}@trade")[0]["msg"] == "SUCCESS"


def test_a_connection_has_at_most_200_topics(listener: Listener) -> None:
    kinds = ["trade", "ticker", "lastPrice", "bookTicker", "depth", *(f"depth{levels}" for levels in DEPTHS)]
    kinds += [f"kline_{interval}" for interval in SPOT_INTERVALS]
    symbols = ("BTC", "ETH", "SOL", "LTC", "SHIB")
    topics = [f"{symbol}-USDT@{kind}" for symbol in symbols for kind in kinds]
    assert len(topics) > 200
    answers = [message for message in listener.subscribe(*topics[:201]) if "id" in message]
    assert [answer["code"] for answer in answers] == [0] * 200 + [80403]


@pytest.mark.parametrize("path", ["/market", "/swap-market", "/cswap-market"])
@pytest.mark.parametrize("answer", ["Pong", "pong", '"pong"', '{"pong":"x","time":"y"}'])
def test_heartbeats_want_any_answer(
    exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch, path: str, answer: str
) -> None:
    monkeypatch.setattr(stream_server, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(stream_server, "ANSWER_WITHIN_S", 1e9)
    with Listener(f"{exchange.stream_url}{path}") as listener:
        beat = listener.next()
        if path == "/market":
            assert len(beat["ping"]) == 32
            assert beat["time"] == "2023-11-15T06:13:20.000+0800"
        else:
            assert beat == "Ping"
        listener.send(answer)
        assert all(message == "Ping" or "ping" in message for message in listener.so_far())


def test_who_does_not_answer_heartbeats_is_cut_off(
    exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_server, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(stream_server, "ANSWER_WITHIN_S", 0.05)
    with Listener(f"{exchange.stream_url}/market") as listener:
        assert listener.closed_with() == 1008


def test_a_reset_ends_every_connection(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(f"{BTC}@ticker")
    exchange.reset()
    assert listener.closed_with() == 1001


def test_a_state_that_is_loaded_goes_on_for_who_listens(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(f"{BTC}@ticker", f"{BTC}@trade")
    exchange.load(None)
    exchange.market(BTC).move("61000")
    exchange.clock.advance(1_000)
    assert [message["dataType"] for message in listener.so_far()] == [f"{BTC}@trade", f"{BTC}@ticker"]


def test_a_market_that_comes_back_with_another_state_is_pushed_again(
    exchange: FakeExchange, listener: Listener
) -> None:
    ada = {"symbol": "ADA-USDT", "tick": "0.0001", "step": 1, "price": "0.5"}
    with_ada = exchange.state | {"markets": [ada]}
    exchange.load(with_ada)
    listener.subscribe("ADA-USDT@ticker")
    for state, pushed in ((None, 0), (with_ada, 1)):
        exchange.load(state)
        exchange.clock.advance(1_000)
        assert len(listener.so_far()) == pushed


def test_the_stream_port_is_for_websockets_on_its_paths(exchange: FakeExchange) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused, Listener(f"{exchange.stream_url}/nowhere"):
        pass
    assert refused.value.status == 400
