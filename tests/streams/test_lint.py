"""What the journal tells of streams, and what it marks of clients on them."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from streams.listener import Listener, rest
from streams.test_account import key_request, new_key
from streams.test_faults import BTC, next_increment
from support.sender import ALICE, Sender

from bingx_contracts import LINT_RULES
from bingx_fake import FakeExchange
from bingx_fake.edge import stream_server

HOUR_MS = 3_600_000
ORDER = "/openApi/spot/v1/trade/order"
OF_STREAMS = {"pong-missing", "topic-again", "key-not-renewed", "depth-after-gap", "order-while-stream-down"}
INCREMENTS = f"{BTC}@incrDepth"


def marks(exchange: FakeExchange) -> list[str]:
    return [mark["rule"] for mark in exchange.lint if mark["rule"] in OF_STREAMS]


def on_streams(exchange: FakeExchange) -> list[dict[str, Any]]:
    return [dict(entry) for entry in exchange.requests if entry["domain"] == "stream"]


@pytest.fixture
def account(exchange: FakeExchange) -> Iterator[Listener]:
    exchange.credit(ALICE, "spot", "USDT", 10_000)
    with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange)}") as connected:
        yield connected


def place(exchange: FakeExchange) -> int | None:
    asked = {"symbol": BTC, "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "50000"}
    return Sender(exchange).call("POST", ORDER, asked, timestamp=exchange.clock.now_ms()).code


# The journal


def test_connections_and_subscriptions_are_noted(exchange: FakeExchange, account: Listener) -> None:
    account.subscribe(f"{BTC}@trade", "NO-SUCH@trade")
    account.subscribe(f"{BTC}@trade", reqType="unsub")
    connected, *asked = on_streams(exchange)
    shown = ("method", "path", "http_status", "code", "fault")
    assert [connected[name] for name in shown] == ["GET", "/market", 101, None, None]
    assert connected["parameters"] == {"connection": "1", "uid": str(ALICE)}, "and no listen key"
    assert [(it["method"], it["parameters"]["dataType"], it["code"]) for it in asked] == [
        ("SUB", f"{BTC}@trade", 0),
        ("SUB", "NO-SUCH@trade", 100400),
        ("UNSUB", f"{BTC}@trade", 0),
    ]


def test_a_refused_handshake_stands_there_with_its_fault(exchange: FakeExchange) -> None:
    with exchange.fault("stream", "ws-refuse", status=500), pytest.raises(Exception, match="500"):
        Listener(f"{exchange.stream_url}/market")
    (refused,) = on_streams(exchange)
    assert (refused["http_status"], refused["fault"]) == (500, "ws-refuse")


def test_the_control_api_gives_those_of_streams_alone(exchange: FakeExchange, listener: Listener) -> None:
    rest(exchange, "v1/common/symbols")
    listener.subscribe(f"{BTC}@trade")
    with urlopen(f"{exchange.control_url}/requests?domain=stream", timeout=10) as reply:
        assert [entry["method"] for entry in json.load(reply)] == ["GET", "SUB"]
    with urlopen(f"{exchange.control_url}/requests/r1", timeout=10) as reply:
        assert json.load(reply)["explanation"] is None


def test_giving_up_what_one_does_not_have_ends_nothing(listener: Listener) -> None:
    assert listener.subscribe(f"{BTC}@trade", reqType="unsub")[0]["msg"] == "SUCCESS"


# What is marked


def test_every_rule_of_streams_is_one() -> None:
    assert set(LINT_RULES) >= OF_STREAMS


def test_a_careful_reader_is_not_marked(exchange: FakeExchange, account: Listener) -> None:
    account.subscribe(f"{BTC}@trade", INCREMENTS, "ACCOUNT_UPDATE")
    for number in range(6):
        next_increment(exchange, number)
    assert place(exchange) == 0
    assert marks(exchange) == []


def test_who_subscribes_again_is_marked(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(f"{BTC}@trade", f"{BTC}@ticker", f"{BTC}@trade")
    assert [[mark["rule"] for mark in entry["lint"]] for entry in on_streams(exchange)] == [
        [],
        [],
        [],
        ["topic-again"],
    ]


def test_who_gave_a_topic_up_may_have_it_again(exchange: FakeExchange, listener: Listener) -> None:
    for wanted in ("sub", "unsub", "sub"):
        listener.subscribe(f"{BTC}@trade", reqType=wanted)
    assert marks(exchange) == []


def test_who_does_not_answer_heartbeats_is_marked_once(
    exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_server, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(stream_server, "ANSWER_WITHIN_S", 0.06)
    with Listener(f"{exchange.stream_url}/market") as silent:
        assert silent.closed_with() == 1008
    assert marks(exchange) == ["pong-missing"]


def test_who_lets_its_key_end_is_marked(exchange: FakeExchange, account: Listener) -> None:
    account.subscribe("ACCOUNT_UPDATE")
    exchange.clock.advance(HOUR_MS)
    assert marks(exchange) == ["key-not-renewed"]


def test_who_ends_its_key_itself_or_has_none_is_not(exchange: FakeExchange, account: Listener) -> None:
    new_key(exchange)  # which nobody listens with
    key_request(exchange, "DELETE", f"?listenKey={account.url.partition('=')[2]}")
    exchange.clock.advance(HOUR_MS)
    assert marks(exchange) == []


def test_who_reads_increments_on_after_a_gap_is_marked(exchange: FakeExchange, listener: Listener) -> None:
    listener.subscribe(INCREMENTS)
    exchange.play([{"domain": "stream", "kind": "ws-gap"}])
    for number in range(4):
        next_increment(exchange, number)
        assert marks(exchange) == [], "three may be put together again"
    next_increment(exchange, 4)
    assert marks(exchange) == ["depth-after-gap"]
    next_increment(exchange, 5)
    assert marks(exchange) == ["depth-after-gap"], "once a gap"


@pytest.mark.parametrize("heals", ["again", "rest"])
def test_who_has_the_book_anew_after_a_gap_is_not(
    exchange: FakeExchange, listener: Listener, heals: str
) -> None:
    listener.subscribe(INCREMENTS)
    exchange.play([{"domain": "stream", "kind": "ws-gap"}])
    next_increment(exchange, 0)
    if heals == "again":
        listener.subscribe(INCREMENTS, reqType="unsub")
        listener.subscribe(INCREMENTS)
    else:
        rest(exchange, f"v1/market/depth?symbol={BTC}")
    for number in range(1, 8):
        next_increment(exchange, number)
    assert marks(exchange) == []


@pytest.mark.parametrize("kind", ["ws-close", "ws-reset", "key-expire"])
def test_an_order_while_the_stream_is_down_is_marked(
    exchange: FakeExchange, account: Listener, kind: str
) -> None:
    exchange.play([{"domain": "stream", "kind": kind, "for_ms": 1}])
    exchange.clock.advance(1)
    assert place(exchange) == 0
    assert marks(exchange) == ["order-while-stream-down"]
    with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange)}"):
        assert place(exchange) == 0
    assert marks(exchange) == ["order-while-stream-down"], "and not once it is up again"


def test_an_order_after_one_has_left_oneself_is_not(exchange: FakeExchange) -> None:
    exchange.credit(ALICE, "spot", "USDT", 10_000)
    with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange)}"):
        pass
    assert place(exchange) == 0
    assert marks(exchange) == []


def test_with_another_stream_up_an_order_is_not(exchange: FakeExchange, account: Listener) -> None:
    with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange)}"):
        exchange.play([{"domain": "stream", "kind": "ws-close", "times": 1}])
        assert account.closed_with() == 1001
        assert place(exchange) == 0
    assert marks(exchange) == []


def test_a_strict_exchange_refuses_such_an_order(exchange: FakeExchange, account: Listener) -> None:
    exchange.change_profile(strict=True)
    exchange.play([{"domain": "stream", "kind": "key-expire"}])
    assert place(exchange) == 100400
