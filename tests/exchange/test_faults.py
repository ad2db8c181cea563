"""Faults on requests: which request meets one, what it is sent, and what the books hold afterwards."""

import contextlib
import http.client
import json
import time
from typing import Any

import pytest
from support.sender import (
    ALICE,
    NOW_MS,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    Reply,
    Sender,
    signed_post,
    wait_until,
)

from bingx_fake import FakeExchange, FaultError
from bingx_fake.answers.answer import redirect
from bingx_fake.journal.journal import JournalEntry

MOVE = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 1}


def send_a_transfer(exchange: FakeExchange) -> JournalEntry:
    """Send a transfer on a bare connection, leave as soon as the journal has it, and give its entry."""
    with Sender(exchange).connected() as connection:
        connection.sendall(signed_post(TRANSFER, **MOVE))
        wait_until(lambda: exchange.requests)
    return exchange.requests[-1]


# What the request does


FAILING = [
    {"kind": "timeout"},
    {"kind": "reset"},
    {"kind": "empty"},
    {"kind": "truncate"},
    {"kind": "truncate", "variant": "reset"},
    {"kind": "dribble", "ms": 3_600_000},
    {"kind": "latency", "ms": 3_600_000},
    {"kind": "http-error"},
    {"kind": "html-error"},
    {"kind": "malformed"},
    {"kind": "redirect"},
]


@pytest.mark.parametrize("order", FAILING, ids=lambda order: "-".join(map(str, order.values())))
@pytest.mark.parametrize(("phase", "left"), [("before", 999), ("after", 998)])
def test_the_phase_says_whether_the_request_takes_effect(
    served: FakeExchange, order: dict[str, Any], phase: str, left: int
) -> None:
    Sender(served).post(TRANSFER, **MOVE)
    served.call(lambda inner: inner.journal.clear())
    with served.fault("com", **order, phase=phase):
        entry = send_a_transfer(served)
    assert (entry["fault"], entry["applied"]) == (order["kind"], phase == "after")
    assert served.balance(ALICE, "fund", "USDT").free == left
    assert served.balance(ALICE, "USDTMPerp", "USDT").free == 1100 - left


@pytest.mark.parametrize("order", [{"kind": "business-error"}, {"kind": "rate-limit"}], ids=str)
def test_an_answer_of_the_exchange_itself_means_that_nothing_was_applied(
    served: FakeExchange, order: dict[str, Any]
) -> None:
    with served.fault("com", **order):
        entry = send_a_transfer(served)
    assert (entry["fault"], entry["applied"]) == (order["kind"], False)
    assert served.balance(ALICE, "fund", "USDT").free == 1000


def test_a_request_that_is_late_is_carried_out_on_arrival(exchange: FakeExchange) -> None:
    with exchange.fault("com", "latency", ms=30):
        reply = Sender(exchange).post(TRANSFER, **MOVE)
    assert reply.code == 0
    (entry,) = exchange.requests
    assert (entry["applied"], entry["code"], entry["http_status"]) == (True, 0, 200)
    assert exchange.balance(ALICE, "fund", "USDT").free == 999


def test_a_request_whose_client_left_while_it_was_under_way_never_arrives(exchange: FakeExchange) -> None:
    with exchange.fault("com", "latency", ms=1000):
        entry = send_a_transfer(exchange)
        assert Sender(exchange).get(SPOT_BALANCE).code == 0, "this one sets out later and takes as long"
    assert (entry["applied"], entry["code"], entry["http_status"]) == (False, None, None)
    assert exchange.balance(ALICE, "fund", "USDT").free == 1000


def test_a_request_that_was_under_way_during_a_reset_does_not_touch_the_new_books(
    exchange: FakeExchange,
) -> None:
    with Sender(exchange).connected() as connection:
        with exchange.fault("com", "latency", ms=1000):
            connection.sendall(signed_post(TRANSFER, **MOVE))
            wait_until(lambda: exchange.requests)
            exchange.reset()
            exchange.clock.freeze(NOW_MS)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert json.load(answer)["code"] == 100500
    assert exchange.requests == []
    assert exchange.balance(ALICE, "fund", "USDT").free == 1000


# What is sent


@pytest.mark.parametrize(
    ("order", "http_status", "code"),
    [
        ({"kind": "timeout"}, None, None),
        ({"kind": "reset"}, None, None),
        ({"kind": "empty"}, None, None),
        ({"kind": "truncate"}, 200, None),
        ({"kind": "dribble"}, 200, 0),
        ({"kind": "latency", "ms": 3_600_000}, 200, 0),
        ({"kind": "http-error", "status": 504}, 504, 100500),
        ({"kind": "http-error", "body": '{"code": 80001}'}, 500, 80001),
        ({"kind": "http-error", "body": '{"code": true}'}, 500, None),
        ({"kind": "http-error", "body": "[]"}, 500, None),
        ({"kind": "html-error"}, 502, None),
        ({"kind": "malformed"}, 200, None),
        ({"kind": "redirect"}, 302, None),
    ],
    ids=str,
)
def test_the_journal_says_what_was_sent(
    exchange: FakeExchange, order: dict[str, Any], http_status: int | None, code: int | None
) -> None:
    with exchange.fault("com", **order, phase="after"):
        entry = send_a_transfer(exchange)
    assert (entry["http_status"], entry["code"]) == (http_status, code)


@pytest.mark.parametrize("status", [400, 404, 418, 429, 500, 504])
def test_http_error_answers_its_status_with_json(served: FakeExchange, status: int) -> None:
    with served.fault("com", "http-error", status=status):
        reply = Sender(served).raw("GET", SERVER_TIME)
    assert (reply.status, reply.json["data"]) == (status, None)
    assert reply.headers["Content-Type"] == "application/json"


def test_http_error_can_carry_any_json(exchange: FakeExchange) -> None:
    with exchange.fault("com", "http-error", status=503, body='{"oops":1}'):
        assert Sender(exchange).raw("GET", SERVER_TIME).json == {"oops": 1}


@pytest.mark.parametrize(("order", "status"), [({}, 502), ({"status": 503}, 503)], ids=str)
def test_html_error_answers_its_status_with_a_page(
    served: FakeExchange, order: dict[str, Any], status: int
) -> None:
    with served.fault("com", "html-error", **order):
        reply = Sender(served).raw("GET", SERVER_TIME)
    assert (reply.status, reply.headers["Content-Type"]) == (status, "text/html")
    assert reply.body.startswith(b"<html>")
    assert str(status).encode() in reply.body


def test_malformed_is_a_whole_answer_that_is_no_json(served: FakeExchange) -> None:
    with served.fault("com", "malformed"):
        reply = Sender(served).raw("GET", SERVER_TIME)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert len(reply.body) == int(reply.headers["Content-Length"])
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.body)


def test_redirect_leads_to_the_same_domain_where_the_journal_shows_who_follows(served: FakeExchange) -> None:
    sender = Sender(served)
    with served.fault("com", "redirect"):
        reply = sender.raw("GET", f"{SERVER_TIME}?a=1")
    assert (reply.status, reply.headers["Location"]) == (302, f"/redirected{SERVER_TIME}")
    sender.raw("GET", reply.headers["Location"])
    assert [(entry["path"], entry["code"]) for entry in served.requests] == [
        (SERVER_TIME, None),
        (f"/redirected{SERVER_TIME}", 100404),
    ]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/a%0d%0a;b", "/redirected/a%0d%0a;b"),
        ("*", "/redirected*"),
        ("/\u00e4\udcff\r\n", "/%C3%A4%FF%0D%0A"),
    ],
)
def test_redirect_puts_any_path_into_a_header(path: str, location: str) -> None:
    prefix = "" if "redirected" not in location else "/redirected"
    assert redirect(prefix + path).headers == (("Location", location),)


def test_business_error_answers_its_code(served: FakeExchange) -> None:
    with served.fault("com", "business-error", code=100202):
        reply = Sender(served).post(TRANSFER, **MOVE)
    assert (reply.status, reply.code) == (200, 100202)


def test_rate_limit_answers_100410_then_bans_until_its_time_is_over(served: FakeExchange) -> None:
    sender = Sender(served)

    def read() -> tuple[int, int]:
        reply = sender.raw("GET", SERVER_TIME)
        return reply.status, reply.code

    with served.fault("com", "rate-limit"):
        assert read() == (200, 100410)
        assert [read(), read()] == [(418, 100410)] * 2
        served.clock.advance(119_999)
        assert read() == (418, 100410)
        assert Sender(served, "pro").raw("GET", SERVER_TIME).code == 0
        served.clock.advance(1)
        assert [read(), read()] == [(200, 0)] * 2


def test_a_ban_lasts_as_long_as_ordered_and_bans_only_what_matches(exchange: FakeExchange) -> None:
    sender = Sender(exchange)
    with exchange.fault("com", "rate-limit", ms=500, path="/openApi/swap/*", probability=1):
        assert sender.raw("GET", SERVER_TIME).code == 100410
        assert sender.get(SPOT_BALANCE).code == 0
        exchange.clock.advance(499)
        assert sender.raw("GET", SERVER_TIME).status == 418
        exchange.clock.advance(1)
        assert sender.raw("GET", SERVER_TIME).code == 0


def _cut_short(exchange: FakeExchange, order: dict[str, Any], send: bytes) -> bytes:
    with exchange.fault("com", **order), Sender(exchange).connected() as connection:
        connection.sendall(send)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


READ_REQUEST = f"GET {SERVER_TIME} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


@pytest.mark.parametrize("phase", ["before", "after"])
def test_truncate_sends_half_of_the_bytes_that_it_promised(served: FakeExchange, phase: str) -> None:
    received = _cut_short(served, {"kind": "truncate", "phase": phase}, READ_REQUEST)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    whole = b'{"code":0,"msg":"","data":{"serverTime":1700000000000}}'
    assert b"Content-Length: %d" % len(whole) in head
    assert body == whole[: len(whole) // 2], (
        "a read changes nothing, so its own answer is there in either phase"
    )


@pytest.mark.parametrize("kind", ["truncate", "dribble"])
def test_part_of_an_answer_does_not_say_that_a_write_was_carried_out_when_it_was_not(
    exchange: FakeExchange, kind: str
) -> None:
    order = {"kind": kind} if kind == "truncate" else {"kind": kind, "ms": 0}
    assert b'{"code":100500,' in _cut_short(exchange, order, signed_post(TRANSFER, **MOVE))


def test_dribble_ends_with_the_whole_answer_for_who_is_patient(served: FakeExchange) -> None:
    with served.fault("com", "dribble", ms=1):
        reply = Sender(served).raw("GET", SERVER_TIME)
    assert reply.data == {"serverTime": NOW_MS}
    assert reply.headers["Connection"] == "close"


def test_dribble_sends_one_byte_at_a_time_from_the_head_on(served: FakeExchange) -> None:
    with served.fault("com", "dribble", ms=500), Sender(served).connected() as connection:
        connection.sendall(READ_REQUEST)
        assert [connection.recv(65536) for _ in range(2)] == [b"H", b"T"]


@pytest.mark.parametrize("phase", ["before", "after"])
def test_latency_keeps_a_whole_answer_back(served: FakeExchange, phase: str) -> None:
    with served.fault("com", "latency", ms=50, phase=phase):
        start = time.monotonic()
        assert Sender(served).raw("GET", SERVER_TIME).data == {"serverTime": NOW_MS}
        assert time.monotonic() - start >= 0.05


# Which requests meet it


def test_faults_can_be_narrowed_to_a_method_and_a_path(exchange: FakeExchange) -> None:
    sender = Sender(exchange)
    with exchange.fault("*", "business-error", method="POST", path="/openApi/api/*"):
        assert sender.post(TRANSFER, **MOVE).code == 100500
        assert sender.get(SPOT_BALANCE).code == 0


def test_a_fault_of_one_domain_leaves_the_other_alone(exchange: FakeExchange) -> None:
    with exchange.fault("pro", "business-error"):
        assert Sender(exchange, "com").raw("GET", SERVER_TIME).code == 0
        assert Sender(exchange, "pro").raw("GET", SERVER_TIME).code == 100500


def test_of_several_faults_the_first_that_matches_is_met(exchange: FakeExchange) -> None:
    sender = Sender(exchange)
    with (
        exchange.fault("com", "business-error", code=1, path="/nowhere"),
        exchange.fault("com", "business-error", code=2, times=1),
        exchange.fault("com", "business-error", code=3),
    ):
        assert [sender.raw("GET", SERVER_TIME).code for _ in range(3)] == [2, 3, 3]


def test_skip_lets_requests_pass_and_times_ends_the_fault(exchange: FakeExchange) -> None:
    sender = Sender(exchange)
    with exchange.fault("com", "business-error", skip=2, times=2):
        assert [sender.raw("GET", SERVER_TIME).code for _ in range(6)] == [0, 0, 100500, 100500, 0, 0]


def test_the_same_seed_gives_the_same_failures() -> None:
    def codes(seed: int) -> list[int]:
        with FakeExchange(seed=seed) as exchange, exchange.fault("com", "business-error", probability=0.5):
            return [Sender(exchange).raw("GET", SERVER_TIME).code for _ in range(40)]

    first = codes(7)
    assert first == codes(7)
    assert set(first) == {0, 100500}
    assert first != codes(8)


def test_the_same_seed_and_a_frozen_clock_give_the_same_journal_byte_for_byte() -> None:
    def journal() -> bytes:
        with FakeExchange(seed=11, frozen_at_ms=NOW_MS) as exchange:
            exchange.play(
                [
                    {"domain": "com", "kind": "reset", "phase": "after", "probability": 0.3},
                    {"domain": "com", "kind": "latency", "ms": 1, "sigma": 1, "probability": 0.3},
                    {"domain": "*", "kind": "http-error", "probability": 0.3, "at_ms": 500, "for_ms": 1000},
                    {"domain": "*", "kind": "commit-delay", "ms": 700, "probability": 0.5},
                ]
            )
            for number in range(40):
                sender = Sender(exchange, ("com", "pro")[number % 2])
                now_ms = exchange.clock.now_ms()
                with contextlib.suppress(OSError, http.client.HTTPException):
                    sender.call("POST", TRANSFER, MOVE, timestamp=now_ms)
                exchange.clock.advance(50)
            return json.dumps([exchange.requests, exchange.state]).encode()

    first = journal()
    assert first == journal()
    assert all(f'"{kind}"'.encode() in first for kind in ("reset", "latency", "http-error", "commit-delay"))


def test_a_reset_starts_chance_anew(exchange: FakeExchange) -> None:
    def codes() -> list[int]:
        with exchange.fault("com", "business-error", probability=0.5):
            return [Sender(exchange).raw("GET", SERVER_TIME).code for _ in range(40)]

    first = codes()
    exchange.reset()
    assert codes() == first


def test_a_fault_in_python_is_taken_back_when_the_block_fails(exchange: FakeExchange) -> None:
    def fail(reply: Reply) -> None:
        raise http.client.HTTPException(reply.code)

    with pytest.raises(http.client.HTTPException, match="100500"), exchange.fault("com", "business-error"):
        fail(Sender(exchange).raw("GET", SERVER_TIME))
    assert Sender(exchange).raw("GET", SERVER_TIME).code == 0


def test_a_fault_that_makes_no_sense_is_refused_in_python_too(exchange: FakeExchange) -> None:
    with pytest.raises(FaultError, match="earthquake"), exchange.fault("com", "earthquake"):
        pass
