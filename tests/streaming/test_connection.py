"""How a stream is kept: heartbeats, subscriptions, keys, reconnecting, and noticing that it is dead."""

import json
from typing import Any

import pytest
from streaming.wire import BTC, KEY, NOW_MS, Wire, packed, streams, trade

from bingx_client.errors import APIError, TransportError
from bingx_client.streaming.actions import Ask, Connect, Disconnect, Send
from bingx_client.streaming.events import (
    BrokenFrame,
    Disconnected,
    Gap,
    Other,
    Refused,
    Subscribed,
    Trade,
)

TRADES = streams.trades(BTC)
HOUR_MS = 3_600_000


def refusal(code: int) -> APIError:
    return APIError.of(code=code, msg="no", endpoint="POST /key", http_status=200)


# Heartbeats


@pytest.mark.parametrize(
    ("beat", "answer"),
    [
        ("Ping", "Pong"),
        ("ping", "Pong"),
        (
            {"ping": "f0", "time": "2025-01-01T08:00:05.000+0800"},
            {"pong": "f0", "time": "2025-01-01T08:00:05.000+0800"},
        ),
        ({"ping": 1700000000000}, {"pong": 1700000000000}),
    ],
    ids=str,
)
def test_each_form_of_heartbeat_is_answered_in_its_own(beat: Any, answer: Any) -> None:
    wire = Wire(TRADES).begin()
    wire.frame(beat)
    assert wire.sent() == [answer]
    assert wire.events() == []


# Subscribing


def test_subscribing_says_so_and_every_request_has_an_id_of_its_own() -> None:
    wire = Wire(TRADES, streams.ticker(BTC))
    wire.core.begin(wire.at_ms)
    wire.take()
    wire.core.connected(wire.at_ms)
    first, second = wire.sent()
    assert first == {"id": "1", "reqType": "sub", "dataType": "BTC-USDT@trade"}
    assert second == {"id": "2", "reqType": "sub", "dataType": "BTC-USDT@ticker"}
    wire.frame({"id": "2", "code": 0, "msg": "", "dataType": "", "data": None})
    assert wire.events() == [Subscribed("BTC-USDT@ticker")], "an acknowledgement of any form (V95)"


def test_no_more_than_ten_subscriptions_go_in_a_second() -> None:
    wire = Wire(*(streams.ticker(f"C{number}-USDT") for number in range(25)))
    wire.core.begin(wire.at_ms)
    wire.take()
    wire.core.connected(wire.at_ms)
    counts = []
    for _ in range(3):
        wire.wait(2_000)
        counts.append(len(wire.acknowledge()))
        wire.wait(1_000)
        assert wire.sent() == [], "a second counts from when the exchange is known to have had them"
    assert counts == [10, 10, 5]


def test_a_topic_that_is_refused_says_so_and_the_others_go_on() -> None:
    wire = Wire(TRADES, streams.named("BTC-USDT@nonsense"))
    wire.core.begin(wire.at_ms)
    wire.take()
    wire.core.connected(wire.at_ms)
    first, second, _ = wire.sent()
    wire.frame({"id": second["id"], "code": 100400, "msg": "no topic", "timestamp": NOW_MS})
    wire.frame({"code": 0, "id": first["id"], "msg": "SUCCESS", "timestamp": NOW_MS})
    wire.push(TRADES, trade(1))
    assert wire.events()[:2] == [
        Refused("BTC-USDT@nonsense", 100400, "no topic"),
        Subscribed("BTC-USDT@trade"),
    ]


def test_a_subscription_that_is_not_answered_ends_the_connection() -> None:
    wire = Wire(streams.ticker(BTC), TRADES)
    wire.core.begin(wire.at_ms)
    wire.take()
    wire.core.connected(wire.at_ms)
    asked = {request["dataType"]: request["id"] for request in wire.sent()}
    wire.frame({"code": 0, "id": asked["BTC-USDT@ticker"], "msg": "SUCCESS", "timestamp": NOW_MS})
    for _ in range(15):
        wire.wait(1_000)
        wire.push(streams.ticker(BTC), {})
    told = [event for event in wire.events() if isinstance(event, Disconnected)]
    assert told == [Disconnected("the subscription to BTC-USDT@trade was not answered in 15000 ms", 250)]
    assert wire.taken(Disconnect) == [Disconnect()]


# Reconnecting


def test_after_a_break_it_subscribes_again_and_tells_of_a_gap_once_it_hears_again() -> None:
    wire = Wire(TRADES).begin()
    wire.push(TRADES, trade(5), timestamp=NOW_MS + 5)
    wire.events()
    wire.core.lost(wire.at_ms, "the connection broke off")
    assert wire.events() == [Disconnected("the connection broke off", 250)]
    wire.wait(250)
    wire.open()
    (gap,) = wire.events()
    assert (gap.topic, gap.reason, gap.since_ms) == (TRADES.name, "the connection broke off", NOW_MS + 5)
    (call,) = gap.calls
    assert (call.endpoint_id, call.parameters["fromId"]) == ("spot_market.old_trades", "5")


def test_pauses_grow_with_each_failure_and_begin_anew_after_a_good_connection() -> None:
    wire = Wire(TRADES)
    wire.core.begin(wire.at_ms)
    pauses = []

    def fail() -> None:
        assert len(wire.taken(Connect)) == 1
        wire.core.lost(wire.at_ms, "refused")
        pauses.append(wire.events()[0].retry_in_ms)
        wire.wait(pauses[-1])

    for _ in range(9):
        fail()
    wire.open()
    wire.wait(10_000)
    wire.events()
    wire.core.lost(wire.at_ms, "broke off")
    pauses.append(wire.events()[0].retry_in_ms)
    assert pauses == [250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 250]


def test_a_connection_that_breaks_at_once_does_not_begin_the_pauses_anew() -> None:
    wire = Wire(TRADES).begin()
    pauses = []
    for _ in range(3):
        wire.core.lost(wire.at_ms, "broke off")
        pauses.append(wire.events()[-1].retry_in_ms)
        wire.wait(pauses[-1])
        wire.open()
    assert pauses == [250, 500, 1000]


# Dead streams


def test_a_connection_on_which_nothing_comes_for_three_heartbeats_is_given_up() -> None:
    wire = Wire(TRADES).begin()
    wire.wait(14_999)
    assert wire.events() == []
    wire.wait(1)
    (told,) = wire.events()
    assert told.reason == "nothing came for 15000 ms, not even a heartbeat"
    assert wire.taken(Disconnect) == [Disconnect()]


def stalled(wire: Wire, ms: int) -> list[Any]:
    """Let time pass with heartbeats and nothing else."""
    for _ in range(ms // 1_000):
        wire.wait(1_000)
        wire.frame("Ping")
    return wire.events()


def test_heartbeats_do_not_hide_that_a_ticker_is_pushed_no_more() -> None:
    wire = Wire(streams.ticker(BTC)).begin()
    assert stalled(wire, 14_000) == []
    (told,) = stalled(wire, 1_000)
    assert told.reason.startswith("for 15000 ms nothing came")


def test_a_topic_that_may_be_quiet_is_watched_by_a_ticker_that_nobody_is_told_of() -> None:
    wire = Wire(TRADES)
    wire.core.begin(wire.at_ms)
    wire.take()
    wire.core.connected(wire.at_ms)
    assert wire.acknowledge() == ["BTC-USDT@trade", "BTC-USDT@ticker"]
    assert wire.events() == [Subscribed(TRADES.name)]
    hidden = streams.ticker(BTC)
    for _ in range(40):
        wire.wait(1_000)
        wire.push(hidden, {"anything": 1})
    assert wire.events() == [], "quiet, and alive"
    assert isinstance(stalled(wire, 15_000)[0], Disconnected)


def test_one_topic_that_falls_silent_among_others_is_noticed() -> None:
    wire = Wire(streams.ticker(BTC), streams.depth(BTC, 5)).begin()
    levels: dict[str, Any] = {"bids": [], "asks": []}
    for _ in range(3):
        wire.push(streams.depth(BTC, 5), levels)
        wire.wait(300)
    wire.events()
    for _ in range(15):
        wire.wait(1_000)
        wire.push(streams.ticker(BTC), {})
    assert [event for event in wire.events() if isinstance(event, Disconnected)]


def test_a_market_without_a_ticker_is_no_reason_to_give_up() -> None:
    wire = Wire(TRADES)
    wire.core.begin(wire.at_ms)
    wire.take()
    wire.core.connected(wire.at_ms)
    for request in wire.sent():
        code = 100400 if request["dataType"] == "BTC-USDT@ticker" else 0
        wire.frame({"code": code, "id": request["id"], "msg": "", "timestamp": NOW_MS})
    assert stalled(wire, 60_000) == [Subscribed(TRADES.name)]


# Listen keys


def test_a_key_is_made_before_an_account_is_listened_to() -> None:
    wire = Wire(streams.orders())
    wire.core.begin(wire.at_ms)
    (asked,) = wire.take()
    assert isinstance(asked, Ask)
    assert asked.call.endpoint == "POST /openApi/user/auth/userDataStream"
    wire.core.answered(wire.at_ms, asked.number, KEY)
    assert wire.take() == [Connect(KEY)]
    assert KEY not in repr(Connect(KEY))


def test_a_key_is_renewed_every_half_hour_and_a_lost_answer_is_asked_for_again() -> None:
    wire = Wire(streams.ticker(BTC), streams.balances()).begin()

    def wait(ms: int) -> list[Any]:
        for _ in range(ms // 10_000):
            wire.wait(10_000)
            wire.push(streams.ticker(BTC), {})
        wire.taken(Send)
        return wire.taken(Ask)

    assert wait(HOUR_MS // 2 - 10_000) == []
    (asked,) = wait(10_000)
    assert (asked.call.method, asked.call.parameters) == ("PUT", {"listenKey": KEY})
    wire.core.failed(wire.at_ms, asked.number, TransportError("PUT /key", []))
    (asked,) = wait(60_000)
    wire.core.answered(wire.at_ms, asked.number, None)
    assert wait(HOUR_MS // 2 - 10_000) == []
    assert len(wait(10_000)) == 1
    assert not [event for event in wire.events() if isinstance(event, Disconnected)]


@pytest.mark.parametrize(
    "end",
    [
        lambda wire: wire.frame({"e": "listenKeyExpired", "E": NOW_MS, "listenKey": KEY}),
        lambda wire: wire.frame({"code": 100401, "msg": "ended", "timestamp": NOW_MS}),
    ],
    ids=["listenKeyExpired", "100401"],
)
def test_a_key_that_has_ended_is_made_anew_and_there_is_a_gap(end: Any) -> None:
    wire = Wire(streams.orders()).begin()
    end(wire)
    (told,) = wire.events()
    assert "listen key" in told.reason
    assert KEY not in told.reason
    assert wire.taken(Disconnect) == [Disconnect()]
    wire.wait(told.retry_in_ms)
    (asked,) = wire.take()
    assert isinstance(asked, Ask)
    wire.core.answered(wire.at_ms, asked.number, "cd" * 32)
    assert wire.take() == [Connect("cd" * 32)]
    wire.core.connected(wire.at_ms)
    wire.acknowledge()
    (gap,) = wire.events()
    assert isinstance(gap, Gap)


def test_a_key_that_cannot_be_renewed_is_made_anew() -> None:
    wire = Wire(streams.ticker(BTC), streams.orders()).begin()
    for _ in range(180):
        wire.wait(10_000)
        wire.push(streams.ticker(BTC), {})
    (asked,) = wire.taken(Ask)
    wire.core.failed(wire.at_ms, asked.number, refusal(100404))
    told = [event for event in wire.events() if isinstance(event, Disconnected)]
    assert "could not be renewed" in told[0].reason


def test_a_key_is_kept_across_a_break_within_its_hour() -> None:
    wire = Wire(streams.orders()).begin()
    wire.core.lost(wire.at_ms, "broke off")
    wire.wait(250)
    assert wire.take() == [Connect(KEY)]


def test_a_stream_whose_api_key_is_refused_ends() -> None:
    wire = Wire(streams.orders())
    wire.core.begin(wire.at_ms)
    (asked,) = wire.take()
    assert isinstance(asked, Ask)
    error = refusal(100413)
    wire.core.failed(wire.at_ms, asked.number, error)
    assert (wire.core.is_over, wire.core.error, wire.core.wake_ms) == (True, error, None)


def test_a_key_that_nobody_gives_is_asked_for_again() -> None:
    wire = Wire(streams.orders())
    wire.core.begin(wire.at_ms)
    (asked,) = wire.take()
    assert isinstance(asked, Ask)
    wire.core.failed(wire.at_ms, asked.number, TransportError("POST /key", []))
    assert wire.events()[0].retry_in_ms == 250
    wire.wait(250)
    assert len(wire.taken(Ask)) == 1


# What nobody knows


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1f\x8b",
        b"nonsense",
        packed(trade(1))[:-9],
        packed("nonsense"),
        packed("[1]"),
        packed('{"a":'),
    ],
    ids=["empty", "half a head", "no gzip", "broken off", "text", "a list", "half an object"],
)
def test_a_frame_that_cannot_be_read_is_told_and_may_have_been_anything(data: bytes) -> None:
    wire = Wire(TRADES).begin()
    wire.frame(data)
    broken, gap = wire.events()
    assert isinstance(broken, BrokenFrame)
    assert (broken.topic, broken.data) == (None, data)
    assert isinstance(gap, Gap)
    wire.push(TRADES, trade(1))
    assert isinstance(wire.events()[0], Trade)


@pytest.mark.parametrize("name", ["p", "q", "t", "T", "m"])
@pytest.mark.parametrize("value", [None, {}, "", []], ids=str)
def test_a_field_that_is_not_as_documented_is_told_with_its_topic(name: str, value: object) -> None:
    wire = Wire(TRADES).begin()
    wire.push(TRADES, {**trade(1), name: value})
    broken, gap = wire.events()
    assert (broken.topic, gap.topic) == (TRADES.name, TRADES.name)


def test_a_field_that_is_missing_is_named() -> None:
    wire = Wire(TRADES).begin()
    push = trade(1)
    del push["p"]
    wire.push(TRADES, push)
    assert wire.events()[0].reason == "the field 'p' is missing"


def test_fields_that_nobody_knows_change_nothing() -> None:
    wire = Wire(TRADES).begin()
    wire.push(TRADES, {**trade(1), "new": {"deep": [1]}}, more=None)
    (told,) = wire.events()
    assert told.id == "1"
    assert told.raw["new"] == {"deep": [1]}


def test_pushes_and_events_that_nobody_knows_are_handed_on() -> None:
    wire = Wire(TRADES).begin()
    unknown = {"code": 0, "dataType": "BTC-USDT@new", "data": {"a": 1}}
    event = {"e": "NEW_EVENT", "E": NOW_MS}
    wire.frame(unknown)
    wire.frame(event)
    assert wire.events() == [Other("BTC-USDT@new", unknown), Other(None, event)]


def test_a_reader_that_is_too_slow_learns_that_it_missed_something() -> None:
    wire = Wire(TRADES, most_waiting=4).begin()
    for number in range(1, 8):
        wire.push(TRADES, trade(number))
    assert [event.id for event in wire.events()] == ["1", "2", "3", "4"]
    wire.frame("Ping")
    (gap,) = wire.events()
    assert (gap.topic, gap.reason) == (TRADES.name, "the reader was too slow")
    assert gap.calls[0].parameters["fromId"] == "4"
    wire.push(TRADES, trade(8))
    assert [event.id for event in wire.events()] == ["8"]


def test_what_comes_after_the_end_of_a_connection_is_not_read() -> None:
    wire = Wire(TRADES).begin()
    wire.core.lost(wire.at_ms, "broke off")
    wire.events()
    wire.push(TRADES, trade(1))
    assert wire.events() == []


def test_a_request_is_one_line_of_json() -> None:
    wire = Wire(TRADES)
    wire.core.begin(wire.at_ms)
    wire.take()
    wire.core.connected(wire.at_ms)
    (first, _) = wire.taken(Send)
    assert json.loads(first.text)["dataType"] == TRADES.name
