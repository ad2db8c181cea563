"""Faults on streams: what an independent reader meets, for each kind and each class of topic."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import aiohttp
import pytest
from streams.listener import Listener, rest
from streams.test_account import new_key, place
from support.sender import ALICE, BOB, NOW_MS

from bingx_fake import FakeExchange, FaultError
from bingx_fake.edge import stream_server
from bingx_fake.venue.order_book import Side

BTC = "BTC-USDT"


class Topic(NamedTuple):
    """A class of topic.

    :param name: one of its topics.
    :param happen: what makes the exchange push it once; told which time it is.
    """

    name: str
    happen: Callable[[FakeExchange, int], object]


TOPICS = {
    "replaced by the next": Topic(f"{BTC}@ticker", lambda exchange, _: exchange.clock.advance(1_000)),
    "added to those before": Topic(
        f"{BTC}@trade", lambda exchange, n: exchange.market(BTC).trade("BUY", f"0.0000{n + 1}")
    ),
    "the order book's increments": Topic(f"{BTC}@incrDepth", lambda exchange, n: next_increment(exchange, n)),
    "an account's orders": Topic(
        "spot.executionReport", lambda exchange, n: place(exchange, Side.BUY, "0.001", str(50_000 + n))
    ),
    "an account's balances": Topic(
        "ACCOUNT_UPDATE", lambda exchange, n: exchange.credit(ALICE, "spot", "USDT", n + 1)
    ),
}


def next_increment(exchange: FakeExchange, number: int) -> None:
    exchange.market(BTC).trade("BUY", f"0.0000{number + 1}")
    exchange.clock.advance(500)


@pytest.fixture(params=TOPICS)
def topic(request: pytest.FixtureRequest) -> Topic:
    return TOPICS[request.param]


@pytest.fixture
def reader(exchange: FakeExchange) -> Iterator[Listener]:
    """Alice's, who hears of her account too."""
    exchange.credit(ALICE, "spot", "USDT", 10_000)
    with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange)}") as connected:
        yield connected


def frames(reader: Listener) -> list[bytes]:
    """Everything that was sent until now, decompressed, but for the answer by which that is known."""
    reader.send({"ping": "fence"})
    seen: list[bytes] = []
    while True:
        message = reader.receive()
        assert message.type is aiohttp.WSMsgType.BINARY, message
        content = gzip.decompress(message.data)
        if content == b'{"pong":"fence"}':
            return seen
        seen.append(content)


def pushed(exchange: FakeExchange, reader: Listener, topic: Topic, times: int, first: int = 0) -> list[bytes]:
    """Make an exchange push a topic, and give the frames that came."""
    for number in range(first, first + times):
        topic.happen(exchange, number)
    return frames(reader)


@pytest.fixture
def twin() -> Iterator[FakeExchange]:
    """Another exchange, in which the same happens and nothing goes wrong."""
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        yield running


@pytest.fixture
def undisturbed(twin: FakeExchange, topic: Topic) -> list[bytes]:
    """The frames that four pushes of a topic are."""
    twin.credit(ALICE, "spot", "USDT", 10_000)
    with Listener(f"{twin.stream_url}/market?listenKey={new_key(twin)}") as reader:
        reader.subscribe(topic.name)
        seen = pushed(twin, reader, topic, 4)
    assert len(seen) == 4
    assert len(set(seen)) == 4
    return seen


# Each fault, with each class of topic


@pytest.mark.parametrize(
    ("kind", "fields", "arrive"),
    [
        ("ws-stall", {}, []),
        ("ws-drop", {}, []),
        ("ws-drop", {"times": 1}, [1, 2, 3]),
        ("ws-drop", {"skip": 1, "times": 2}, [0, 3]),
        ("ws-duplicate", {"times": 1}, [0, 0, 1, 2, 3]),
        ("ws-duplicate", {"skip": 3}, [0, 1, 2, 3, 3]),
        ("ws-reorder", {"times": 1}, [1, 0, 2, 3]),
        ("ws-reorder", {}, [1, 0, 3, 2]),
        ("ws-delay", {"ms": 60_000}, []),
    ],
    ids=str,
)
def test_what_a_fault_does_to_messages(
    exchange: FakeExchange,
    reader: Listener,
    topic: Topic,
    undisturbed: list[bytes],
    kind: str,
    fields: dict[str, Any],
    arrive: list[int],
) -> None:
    reader.subscribe(topic.name)
    with exchange.fault("stream", kind, topic=topic.name, **fields):
        assert pushed(exchange, reader, topic, 4) == [undisturbed[number] for number in arrive]


def test_a_message_that_is_late_comes_as_it_was(
    exchange: FakeExchange, reader: Listener, topic: Topic, undisturbed: list[bytes]
) -> None:
    reader.subscribe(topic.name)
    with exchange.fault("stream", "ws-delay", ms=60_000, times=2):
        assert pushed(exchange, reader, topic, 4) == undisturbed[2:]
    exchange.clock.advance(55_000)
    frames(reader)
    exchange.clock.advance(5_000)
    assert [content for content in frames(reader) if content in undisturbed] == undisturbed[:2]


def test_a_message_that_is_late_comes_when_its_time_has_come_and_not_before(
    exchange: FakeExchange, reader: Listener
) -> None:
    reader.subscribe(f"{BTC}@trade")
    with exchange.fault("stream", "ws-delay", ms=250):
        exchange.market(BTC).trade("BUY", "0.00001")
        exchange.clock.advance(249)
        assert frames(reader) == []
    exchange.clock.advance(1)
    (late,) = frames(reader)
    assert json.loads(late)["timestamp"] == NOW_MS, "it is as it was when it set out"


def test_who_waits_for_the_next_message_gets_it_when_the_fault_ends(
    exchange: FakeExchange, reader: Listener, topic: Topic, undisturbed: list[bytes]
) -> None:
    reader.subscribe(topic.name)
    with exchange.fault("stream", "ws-reorder", topic=topic.name):
        assert pushed(exchange, reader, topic, 1) == []
    assert frames(reader) == undisturbed[:1]


def test_a_stall_leaves_heartbeats_and_answers(
    exchange: FakeExchange, reader: Listener, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_server, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(stream_server, "ANSWER_WITHIN_S", 1e9)
    with exchange.fault("stream", "ws-stall"), Listener(reader.url) as stalled:
        assert "ping" in stalled.next()
        stalled.subscribe(topic.name)
        topic.happen(exchange, 0)
        stalled.send({"id": "1", "dataType": f"{BTC}@lastPrice"})
        answers = [message for message in stalled.so_far() if "ping" not in message]
        assert [answer["id"] for answer in answers] == ["1"]


def test_silence_is_of_everything_and_asks_for_no_answer(
    exchange: FakeExchange, reader: Listener, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_server, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(stream_server, "ANSWER_WITHIN_S", 0.05)
    with exchange.fault("stream", "ws-silent"), Listener(reader.url) as silent:
        silent.send({"id": "1", "dataType": topic.name})
        silent.send({"ping": 1})
        silent.ping(b"are you there")
        topic.happen(exchange, 0)
        assert silent.nothing_for(0.3), "though nobody has answered a heartbeat"
    monkeypatch.setattr(stream_server, "ANSWER_WITHIN_S", 1e9)


def test_after_silence_a_stream_goes_on(
    exchange: FakeExchange, reader: Listener, topic: Topic, undisturbed: list[bytes]
) -> None:
    reader.subscribe(topic.name)
    with exchange.fault("stream", "ws-silent"):
        for number in range(3):
            topic.happen(exchange, number)
    assert pushed(exchange, reader, topic, 1, first=3) == undisturbed[3:]


def test_a_gap_takes_one_increment_and_nothing_else(exchange: FakeExchange, reader: Listener) -> None:
    _, whole = reader.subscribe(f"{BTC}@incrDepth")
    with exchange.fault("stream", "ws-gap"):
        reader.subscribe(f"{BTC}@trade")
        for number in range(3):
            next_increment(exchange, number)
        seen = [json.loads(content) for content in frames(reader)]
    numbers = [it["data"]["lastUpdateId"] for it in seen if it["dataType"] == f"{BTC}@incrDepth"]
    first = whole["data"]["lastUpdateId"]
    assert numbers == [first + 2, first + 3]
    assert len([it for it in seen if it["dataType"] == f"{BTC}@trade"]) == 3


@pytest.mark.parametrize("hidden", [0, 1, 2])
def test_who_counts_increments_notices_a_gap_and_is_right_again_after_a_snapshot(
    exchange: FakeExchange, reader: Listener, hidden: int
) -> None:
    book = Book(reader.subscribe(f"{BTC}@incrDepth")[1]["data"])
    exchange.play([{"domain": "stream", "kind": "ws-gap", "skip": hidden}])
    for number in range(4):
        place(exchange, Side.BUY, "0.001", str(50_000 + number))
        exchange.clock.advance(500)
        for content in frames(reader):
            book.take(json.loads(content)["data"])
        assert (book.gaps > 0) == (number > hidden), "it shows with the increment after"
        assert (book.levels() == shown(exchange)) == (number < hidden)
    reader.send({"id": "1", "reqType": "unsub", "dataType": f"{BTC}@incrDepth"})
    book = Book(reader.subscribe(f"{BTC}@incrDepth")[-1]["data"])
    assert book.levels() == shown(exchange)


class Book:
    """An order book that a reader keeps by snapshot and increments, written from the documents alone."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self.number = whole["lastUpdateId"]
        self.sides = {side: dict(whole[side]) for side in ("bids", "asks")}
        self.gaps = 0

    def take(self, update: dict[str, Any]) -> None:
        self.gaps += update["lastUpdateId"] != self.number + 1
        self.number = update["lastUpdateId"]
        for side, levels in self.sides.items():
            for price, quantity in update[side]:
                levels[price] = quantity
                if float(quantity) == 0:
                    del levels[price]

    def levels(self) -> dict[str, dict[str, str]]:
        return self.sides


def shown(exchange: FakeExchange) -> dict[str, dict[str, str]]:
    """The order book as REST shows it."""
    data = rest(exchange, f"v1/market/depth?symbol={BTC}&limit=1000")["data"]
    return {side: dict(data[side]) for side in ("bids", "asks")}


# Connections


@pytest.mark.parametrize(
    ("fields", "code"), [({}, 1001), ({"close_code": 1012}, 1012), ({"close_code": 4999}, 4999)]
)
def test_a_close_ends_what_there_is_and_each_that_is_new(
    exchange: FakeExchange, reader: Listener, fields: dict[str, int], code: int
) -> None:
    with exchange.fault("stream", "ws-close", **fields):
        assert reader.closed_with() == code
        for _ in range(2):
            with Listener(reader.url) as again:
                assert again.closed_with() == code
    with Listener(reader.url) as after:
        assert after.so_far() == []


def test_a_reset_breaks_off_what_there_is_and_each_that_is_new(
    exchange: FakeExchange, reader: Listener
) -> None:
    reader.subscribe(f"{BTC}@trade")
    with exchange.fault("stream", "ws-reset"):
        assert reader.broken_off()
        with Listener(reader.url) as again:
            assert again.broken_off()
    with Listener(reader.url) as after:
        assert after.so_far() == []


def test_one_connection_is_closed_and_not_the_next(exchange: FakeExchange, reader: Listener) -> None:
    exchange.play([{"domain": "stream", "kind": "ws-close", "times": 1}])
    assert reader.closed_with() == 1001
    with Listener(reader.url) as again:
        assert again.so_far() == []


@pytest.mark.parametrize(("fields", "status"), [({}, 503), ({"status": 429}, 429)])
def test_a_handshake_is_refused(
    exchange: FakeExchange, reader: Listener, fields: dict[str, int], status: int
) -> None:
    with exchange.fault("stream", "ws-refuse", **fields):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused, Listener(reader.url):
            pass
        assert refused.value.status == status
        assert reader.so_far() == [], "what there is goes on"


@pytest.mark.parametrize("kind", ["refuse", "blackhole"])
def test_the_port_of_streams_fails_by_itself(exchange: FakeExchange, reader: Listener, kind: str) -> None:
    with exchange.fault("stream", kind):
        assert reader.broken_off()
        rest(exchange, "v1/common/symbols")
        with pytest.raises((aiohttp.ClientError, TimeoutError)), Listener(reader.url, patience_s=0.3):
            pass
    with Listener(reader.url) as after:
        assert after.so_far() == []


def test_a_fault_on_every_domain_is_none_on_streams(exchange: FakeExchange, reader: Listener) -> None:
    with exchange.fault("*", "refuse"):
        assert reader.so_far() == []


# Whom they strike


@pytest.mark.parametrize("kind", ["ws-close", "ws-stall", "ws-silent", "ws-drop", "ws-refuse"])
@pytest.mark.parametrize("aim", [{"uid": BOB}, {"stream": "swap"}], ids=str)
def test_others_are_left_alone(
    exchange: FakeExchange, reader: Listener, topic: Topic, kind: str, aim: dict[str, Any]
) -> None:
    reader.subscribe(topic.name)
    with exchange.fault("stream", kind, **aim):
        assert len(pushed(exchange, reader, topic, 1)) == 1
        with Listener(reader.url) as again:
            assert again.so_far() == []


def test_a_topic_is_struck_by_its_pattern(exchange: FakeExchange, reader: Listener) -> None:
    reader.subscribe(f"{BTC}@trade", f"{BTC}@lastPrice", "spot.executionReport", "ACCOUNT_UPDATE")
    with exchange.fault("stream", "ws-drop", topic="*@trade"):
        exchange.market(BTC).trade("BUY", "0.00001")
        (price,) = frames(reader)
    assert json.loads(price)["dataType"] == f"{BTC}@lastPrice"
    with exchange.fault("stream", "ws-drop", topic="account"):
        place(exchange, Side.BUY, "0.001", "50000")
        exchange.market(BTC).trade("BUY", "0.00001")
        assert len(frames(reader)) == 2, "nothing of the account, and both of the market"


def test_chance_comes_from_the_seed(topic: Topic) -> None:
    def seen(seed: int) -> list[bytes]:
        with FakeExchange(frozen_at_ms=NOW_MS, seed=seed) as exchange:
            exchange.credit(ALICE, "spot", "USDT", 10_000)
            with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange)}") as reader:
                reader.subscribe(topic.name)
                exchange.play(
                    [{"domain": "stream", "kind": "ws-drop", "topic": topic.name, "probability": 0.5}]
                )
                return pushed(exchange, reader, topic, 8)

    assert seen(1) == seen(1)
    assert 0 < len(seen(1)) < 8


# When


def test_an_advance_meets_faults_at_their_times(exchange: FakeExchange, reader: Listener) -> None:
    reader.subscribe(f"{BTC}@ticker")
    exchange.play([{"domain": "stream", "kind": "ws-stall", "at_ms": 2_500, "for_ms": 3_000}])
    exchange.clock.advance(8_000)
    told = [json.loads(content)["timestamp"] - NOW_MS for content in frames(reader)]
    assert told == [1_000, 2_000, 6_000, 7_000, 8_000]


def test_a_schedule_closes_connections_when_its_time_has_come(
    exchange: FakeExchange, reader: Listener
) -> None:
    exchange.play([{"domain": "stream", "kind": "ws-close", "at_ms": 1_000, "for_ms": 1}])
    exchange.clock.advance(999)
    assert reader.so_far() == []
    exchange.clock.advance(1)
    assert reader.closed_with() == 1001


def test_keys_end_when_they_are_told_to_with_their_event(exchange: FakeExchange, reader: Listener) -> None:
    bob = new_key(exchange, "bob-key")
    with Listener(f"{exchange.stream_url}/market?listenKey={bob}") as other:
        exchange.play([{"domain": "stream", "kind": "key-expire", "uid": BOB, "at_ms": 700}])
        exchange.clock.advance(1_000)
        assert other.so_far() == [{"e": "listenKeyExpired", "E": NOW_MS + 700, "listenKey": bob}]
        assert reader.so_far() == []
        with Listener(f"{exchange.stream_url}/market?listenKey={bob}") as again:
            assert again.next()["code"] == 100401


def test_a_key_that_is_made_after_lasts(exchange: FakeExchange) -> None:
    with exchange.fault("stream", "key-expire"):
        exchange.clock.advance(60_000)
        with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange)}") as reader:
            assert reader.so_far() == []


def test_the_fault_says_what_it_has_met(exchange: FakeExchange, reader: Listener) -> None:
    def hits() -> int:
        return int(exchange.call(lambda inner: inner.faults.describe())[0]["hits"])

    reader.subscribe(f"{BTC}@trade")
    exchange.play([{"domain": "stream", "kind": "ws-drop"}])
    exchange.market(BTC).trade("BUY", "0.00001")
    assert hits() == 1
    exchange.clear_faults()
    exchange.play([{"domain": "stream", "kind": "key-expire"}])
    assert hits() == 1


# Orders that make no sense


@pytest.mark.parametrize(
    ("domain", "kind", "fields", "reason"),
    [
        ("com", "ws-stall", {}, "domain: a fault 'ws-stall' is one of streams: give 'stream', not 'com'"),
        ("*", "ws-close", {}, "domain: a fault 'ws-close' is one of streams"),
        ("stream", "timeout", {}, "domain: a fault 'timeout' is none of streams: give 'com', 'pro' or '\\*'"),
        ("stream", "ws-close", {"close_code": 999}, "close_code: 999 closes no websocket: 1000 to 4999"),
        ("stream", "ws-close", {"close_code": 1005}, "close_code: 1005 closes no websocket"),
        ("stream", "ws-close", {"close_code": 1006}, "close_code: 1006 closes no websocket"),
        ("stream", "ws-close", {"close_code": 5000}, "close_code: 5000 closes no websocket"),
        ("stream", "ws-drop", {"topic": ""}, "topic: fits no topic"),
        ("stream", "ws-drop", {"stream": "margin"}, "stream: Invalid enum value 'margin'"),
        ("stream", "ws-refuse", {"status": 200}, "status: 200 is not an HTTP error status"),
        ("stream", "ws-delay", {}, "ms: a fault 'ws-delay' needs this field"),
        ("stream", "ws-drop", {"path": "/*"}, "path: a fault 'ws-drop' does not take this field"),
        ("com", "timeout", {"topic": "*"}, "topic: a fault 'timeout' does not take this field"),
    ],
)
def test_an_order_that_makes_no_sense_says_why(
    exchange: FakeExchange, domain: str, kind: str, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(FaultError, match=f"^{reason}"), exchange.fault(domain, kind, **fields):
        pass
