"""Each departure from S is marked in the journal, by itself, and refused by a strict exchange."""

import itertools
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.sender import (
    COINS,
    FUND_BALANCE,
    NOW_MS,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    Reply,
    Sender,
    hmac_hex,
    pairs,
)

from bingx_contracts import ENDPOINTS, LINT_RULES
from bingx_fake import FakeExchange

HEADERS = {"X-BX-APIKEY": "alice-key", "X-SOURCE-KEY": "BX-AI-SKILL"}
ORDER = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "1"}


def signed(parameters: dict[str, Any]) -> str:
    """A query signed over exactly these parameters in this order."""
    text = pairs(parameters)
    return f"{text}&signature={hmac_hex('alice-secret', text)}"


def unsorted_signing(sender: Sender) -> Reply:
    query = signed({"timestamp": NOW_MS, "asset": "USDT"})
    return sender.raw("GET", f"{FUND_BALANCE}?{query}", headers=HEADERS)


def encoded_signing(sender: Sender) -> Reply:
    # An encoded letter, so that the value itself is a documented one.
    query = signed({"asset": "US%44T", "timestamp": NOW_MS})
    return sender.raw("GET", f"{FUND_BALANCE}?{query}", headers=HEADERS)


def source_key_missing(sender: Sender) -> Reply:
    query = signed({"timestamp": NOW_MS})
    return sender.raw("GET", f"{SPOT_BALANCE}?{query}", headers={"X-BX-APIKEY": "alice-key"})


def source_key_missing_on_a_public_request(sender: Sender) -> Reply:
    return sender.raw("GET", SERVER_TIME)


def window_above_5000(sender: Sender) -> Reply:
    sender.exchange.change_profile(vary={"V2": "60000"}, strict=sender.exchange.profile.strict)
    return sender.get(SPOT_BALANCE, recvWindow=5001)


def window_of_zero(sender: Sender) -> Reply:
    sender.exchange.change_profile(vary={"V3": "default"}, strict=sender.exchange.profile.strict)
    return sender.get(SPOT_BALANCE, recvWindow=0)


def clock_behind(sender: Sender) -> Reply:
    return sender.call("GET", SPOT_BALANCE, timestamp=NOW_MS - 1001)


def clock_ahead(sender: Sender) -> Reply:
    return sender.call("GET", SPOT_BALANCE, timestamp=NOW_MS + 1001)


def undocumented_parameter(sender: Sender) -> Reply:
    return sender.get(FUND_BALANCE, coin="USDT")


def post_in_query(sender: Sender) -> Reply:
    return sender.call("POST", TRANSFER, ORDER, place="query")


def old_route(sender: Sender) -> Reply:
    return sender.post(ENDPOINTS["spot_account.transfer_v3"].path, **ORDER)


def plain_http(sender: Sender) -> Reply:
    parts = urlsplit(sender.base_url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    headers = {**HEADERS, "Host": "open-api.bingx.com"}
    try:
        connection.request("GET", f"{SPOT_BALANCE}?{signed({'timestamp': NOW_MS})}", headers=headers)
        response = connection.getresponse()
        return Reply(response.status, {}, response.read())
    finally:
        connection.close()


def replayed_signature(sender: Sender) -> Reply:
    sender.get(COINS)
    sender.exchange.clock.advance(ms=501)
    return sender.get(COINS)


def pro_without_failure(sender: Sender) -> Reply:
    return Sender(sender.exchange, "pro").get(SPOT_BALANCE)


DEPARTURES: list[tuple[str, Callable[[Sender], Reply]]] = [
    ("unsorted-signing", unsorted_signing),
    ("encoded-signing", encoded_signing),
    ("source-key-missing", source_key_missing),
    ("source-key-missing", source_key_missing_on_a_public_request),
    ("window-out-of-range", window_above_5000),
    ("window-out-of-range", window_of_zero),
    ("clock-off", clock_behind),
    ("clock-off", clock_ahead),
    ("undocumented-parameter", undocumented_parameter),
    ("post-in-query", post_in_query),
    ("old-route", old_route),
    ("plain-http", plain_http),
    ("replayed-signature", replayed_signature),
    ("pro-without-failure", pro_without_failure),
]
cases = pytest.mark.parametrize(
    ("rule", "depart"), DEPARTURES, ids=[depart.__name__ for _, depart in DEPARTURES]
)


def test_every_rule_has_its_case() -> None:
    of_streams = {
        "pong-missing",
        "topic-again",
        "key-not-renewed",
        "depth-after-gap",
        "order-while-stream-down",
    }
    assert {rule for rule, _ in DEPARTURES} == set(LINT_RULES) - of_streams, "which tests/streams has"


@cases
def test_a_departure_is_taken_and_marked_with_its_rule_alone(
    sender: Sender, rule: str, depart: Callable[[Sender], Reply]
) -> None:
    assert depart(sender).code == 0
    entry = sender.exchange.requests[-1]
    documented = LINT_RULES[rule]
    assert entry["lint"] == [{"rule": rule, "message": documented.message, "source": documented.source}]
    assert sender.exchange.lint == entry["lint"]


@cases
def test_a_strict_exchange_refuses_a_departure_and_says_what_to_do(
    sender: Sender, rule: str, depart: Callable[[Sender], Reply]
) -> None:
    exchange = sender.exchange
    exchange.change_profile(strict=True)
    before = exchange.state
    reply = depart(sender)
    assert reply.code == 100400
    assert reply.json["msg"] == f"strict: {rule}: {LINT_RULES[rule].message}"
    assert exchange.state == before
    assert exchange.requests[-1]["lint"][0]["rule"] == rule


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_to_the_letter_is_not_marked(sender: Sender, method: str) -> None:
    sender.exchange.change_profile(strict=True)
    reply = sender.get(SPOT_BALANCE, recvWindow=5000) if method == "GET" else sender.post(TRANSFER, **ORDER)
    assert reply.code == 0
    assert sender.exchange.lint == []


def test_a_request_that_is_refused_is_marked_as_far_as_it_got(sender: Sender) -> None:
    sender.raw("GET", SPOT_BALANCE)
    assert [mark["rule"] for mark in sender.exchange.lint] == ["source-key-missing"]


def test_calls_of_the_same_moment_may_be_alike(sender: Sender) -> None:
    sender.get(COINS)
    sender.exchange.clock.advance(ms=500)
    sender.get(COINS)
    assert sender.exchange.lint == []


def test_a_request_may_depart_in_several_ways(sender: Sender) -> None:
    query = signed({"timestamp": NOW_MS - 2000, "coin": "x"})
    sender.raw("GET", f"{FUND_BALANCE}?{query}", headers={"X-BX-APIKEY": "alice-key"})
    assert [mark["rule"] for mark in sender.exchange.requests[-1]["lint"]] == [
        *("unsorted-signing", "source-key-missing", "clock-off", "undocumented-parameter")
    ]


@pytest.mark.parametrize("kind", ["reset", "empty", "truncate"])
def test_identical_bytes_after_a_lost_answer_are_no_replay(sender: Sender, kind: str) -> None:
    exchange = sender.exchange
    with exchange.fault("com", kind, phase="after"), pytest.raises(Exception, match=r".*"):
        sender.get(COINS).json  # noqa: B018  # half a body fails only when it is read
    exchange.clock.advance(ms=900)
    assert Sender(exchange, "pro").get(COINS).code == 0
    assert exchange.lint == []


def test_the_marks_of_a_run_are_gathered_in_order(sender: Sender) -> None:
    for _, depart in itertools.islice(DEPARTURES, 2):
        depart(sender)
    assert [mark["rule"] for mark in sender.exchange.lint] == ["unsorted-signing", "encoded-signing"]


def test_a_tls_exchange_does_not_mind_a_host_name() -> None:
    with FakeExchange(tls=True, frozen_at_ms=NOW_MS) as exchange:
        assert Sender(exchange).get(SPOT_BALANCE).code == 0
        assert exchange.lint == []
