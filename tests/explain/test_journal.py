"""What the journal keeps so that a refusal can be explained, and what its list goes on to look like."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import requests
from explain.cases import CASES, sent_by
from explain.sending import Sent, explanation_of
from support.sender import NOW_MS, SPOT_BALANCE, TRANSFER, Sender, hmac_hex

from bingx_fake import FakeExchange

Explain = Callable[[Sent], Any]

WRONG = sent_by(CASES["reversed"])


def test_the_list_has_its_documented_keys_and_no_more(exchange: FakeExchange, explain: Explain) -> None:
    explain(WRONG)
    (entry,) = requests.get(f"{exchange.control_url}/requests", timeout=10).json()
    assert set(entry) == {
        "id",
        "domain",
        "method",
        "path",
        "parameters",
        "received_at",
        "code",
        "http_status",
        "fault",
        "applied",
        "lint",
    }
    assert exchange.requests == [entry]


def test_one_request_has_the_same_and_its_explanation(exchange: FakeExchange, explain: Explain) -> None:
    explanation = explain(WRONG)
    one = requests.get(f"{exchange.control_url}/requests/r1", timeout=10).json()
    assert one == {**exchange.requests[0], "decided_by": ["V1", "A1"], "explanation": explanation}


def test_a_refusal_is_explained_by_what_was_in_force_when_it_happened(
    exchange: FakeExchange, explain: Explain
) -> None:
    before = explain(sent_by(CASES["another-keys-secret"]))
    exchange.load({"users": []})
    exchange.change_profile("skill")
    exchange.clock.advance(ms=60_000)
    assert explanation_of(exchange, "r1") == before


def test_a_journal_that_was_emptied_explains_nothing(exchange: FakeExchange, explain: Explain) -> None:
    explain(WRONG)
    requests.delete(f"{exchange.control_url}/requests", timeout=10)
    assert requests.get(f"{exchange.control_url}/requests/r1", timeout=10).status_code == 404
    assert exchange.call(lambda inner: inner.journal.refusal("r1")) is None


def test_no_more_refusals_are_kept_than_requests() -> None:
    with FakeExchange(frozen_at_ms=NOW_MS, journal_size=3) as exchange:
        for _ in range(5):
            WRONG.through(Sender(exchange))
        kept = exchange.call(lambda inner: [inner.journal.refusal(f"r{number}") for number in range(1, 6)])
        assert [refused is not None for refused in kept] == [False, False, True, True, True]
        assert explanation_of(exchange, "r5")["mistakes"] == ["reversed"]


def test_a_refusal_that_comes_late_is_explained_as_well(exchange: FakeExchange) -> None:
    with exchange.fault("com", "latency", ms=50, phase="before"):
        assert WRONG.through(Sender(exchange)).code == 100001
    assert explanation_of(exchange, "r1")["mistakes"] == ["reversed"]


def test_a_refusal_whose_answer_was_lost_is_explained_as_well(exchange: FakeExchange) -> None:
    with exchange.fault("com", "empty", phase="after"), pytest.raises(ConnectionError):
        WRONG.through(Sender(exchange))
    assert exchange.requests[0]["code"] is None
    assert explanation_of(exchange, "r1")["mistakes"] == ["reversed"]


def test_of_a_very_long_body_only_the_entry_is_kept(exchange: FakeExchange, explain: Explain) -> None:
    explanation = explain(Sent(TRANSFER, f"timestamp={NOW_MS}&signature=00&note={'x' * 70_000}"))
    assert explanation["code"] == 100001
    assert explanation["mistakes"] == []
    assert "No more is kept" in explanation["happened"]


@pytest.mark.parametrize("path", ["/%ff%fe", "/%E4%BD%A0", f"/{'x' * 5000}"])
def test_any_path_can_be_explained(exchange: FakeExchange, path: str) -> None:
    with Sender(exchange).connected() as connection:
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        while connection.recv(65536):
            pass
    assert explanation_of(exchange, exchange.requests[-1]["id"])["code"] == 100404


@pytest.mark.parametrize("value", ["%ff%fe", "%00", "%0a%0d", "\u4f60", "%e4%bd%a0"])
def test_any_bytes_of_a_value_can_be_shown(explain: Explain, value: str) -> None:
    wire = f"note={quote(value, safe='%')}&timestamp={NOW_MS}"
    explanation = explain(Sent(f"{SPOT_BALANCE}?{wire}&signature={'0' * 64}", method="GET"))
    assert explanation["mistakes"] == []
    assert explanation["canonical"].isprintable()


def test_what_is_asked_twice_is_answered_alike(exchange: FakeExchange, explain: Explain) -> None:
    assert explain(WRONG) == explanation_of(exchange, "r1")


def test_an_accepted_request_leaves_nothing_behind(exchange: FakeExchange, explain: Explain) -> None:
    signature = hmac_hex("alice-secret", f"timestamp={NOW_MS}")
    sent = Sent(f"{SPOT_BALANCE}?timestamp={NOW_MS}&signature={signature}", method="GET")
    assert explain(sent) is None
    assert exchange.call(lambda inner: inner.journal.refusal("r1")) is None
