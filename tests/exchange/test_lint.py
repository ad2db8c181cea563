"""The journal marks a request on .pro that no qualifying failure on .com preceded."""

import contextlib
from http.client import HTTPException
from typing import Any

import pytest
from support.sender import (
    INNER_RECORDS,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    TRANSFER_RECORDS,
    Sender,
    signed_post,
    wait_until,
)

from bingx_fake import FakeExchange
from bingx_fake.faults.kinds import KINDS
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.journal.lint import FallbackWatch

MARK = {
    "rule": "pro-without-failure",
    "message": "this request came to .pro without a network-level failure on .com just before: send every "
    "request to .com first, and try .pro only where .com could not be reached or gave no complete answer",
    "source": "S, R (FALLBACK-1 to FALLBACK-4; but see WRITE-10)",
}
SOURCE = {"X-SOURCE-KEY": "BX-AI-SKILL"}
TELL_NOTHING = {"dribble": {"ms": 0}, "latency": {"ms": 0}, "commit-delay": {"ms": 0}}
"""Fields with which a fault is met and over at once."""


def read(exchange: FakeExchange, domain: str, path: str = SERVER_TIME) -> None:
    """Read a path, whatever comes of it."""
    with contextlib.suppress(OSError, HTTPException):
        Sender(exchange, domain).call("GET", path)


def marks(exchange: FakeExchange) -> list[str]:
    """The rules that the latest request broke, which was on .pro."""
    entry = exchange.requests[-1]
    assert entry["domain"] == "pro"
    return [mark["rule"] for mark in entry["lint"]]


def test_a_request_on_pro_out_of_the_blue_is_marked(exchange: FakeExchange) -> None:
    read(exchange, "pro")
    assert exchange.requests[-1]["lint"] == [MARK]


def test_a_request_on_com_is_not_marked(exchange: FakeExchange) -> None:
    read(exchange, "com")
    assert exchange.requests[-1]["lint"] == []


def test_a_client_that_goes_to_pro_after_an_answer_is_marked(exchange: FakeExchange) -> None:
    read(exchange, "com")
    read(exchange, "pro")
    assert marks(exchange) == ["pro-without-failure"]


REQUEST_KINDS = [kind for kind in KINDS.values() if kind.acts_on == "request" and kind.name != "timeout"]


@pytest.mark.parametrize("kind", REQUEST_KINDS, ids=lambda kind: kind.name)
def test_only_a_failure_that_allows_falling_back_is_a_reason(exchange: FakeExchange, kind: Any) -> None:
    with exchange.fault("com", kind.name, **TELL_NOTHING.get(kind.name, {})):
        read(exchange, "com", SPOT_BALANCE)
    assert exchange.requests[-1]["fault"] == kind.name
    read(exchange, "pro", SPOT_BALANCE)
    assert marks(exchange) == ([] if kind.may_fall_back else ["pro-without-failure"])


@pytest.mark.parametrize("path", [SERVER_TIME, TRANSFER_RECORDS, INNER_RECORDS])
@pytest.mark.parametrize("kind", REQUEST_KINDS, ids=lambda kind: kind.name)
def test_for_reads_that_settle_a_write_an_answer_that_is_not_the_exchanges_is_a_reason_too(
    exchange: FakeExchange, kind: Any, path: str
) -> None:
    with exchange.fault("com", kind.name, **TELL_NOTHING.get(kind.name, {})):
        read(exchange, "com", path)
    read(exchange, "pro", path)
    is_reason = kind.may_fall_back or kind.name in ("http-error", "html-error", "malformed")
    assert marks(exchange) == ([] if is_reason else ["pro-without-failure"])


def test_a_request_that_never_got_an_answer_is_a_reason(exchange: FakeExchange) -> None:
    with exchange.fault("com", "timeout"), Sender(exchange).connected() as connection:
        connection.sendall(signed_post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=1))
        wait_until(lambda: exchange.requests)
    Sender(exchange, "pro").post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=1)
    assert marks(exchange) == []


def test_which_kinds_allow_falling_back() -> None:
    assert {name for name, kind in KINDS.items() if kind.may_fall_back} == {
        *("refuse", "dns", "tls", "blackhole"),
        *("timeout", "reset", "empty", "truncate", "dribble", "latency"),
    }


@pytest.mark.parametrize(
    "order", [{"kind": "refuse"}, {"kind": "blackhole"}, {"kind": "dns"}, {"kind": "tls"}], ids=str
)
def test_a_failure_of_connections_is_a_reason_while_it_lasts_and_a_while_after(
    intercepted: FakeExchange, order: dict[str, Any]
) -> None:
    if order["kind"] == "tls" and intercepted.ca_file is None:
        return
    with intercepted.fault("com", **order):
        intercepted.clock.advance(100_000)
        read(intercepted, "pro")
        assert marks(intercepted) == []
    intercepted.clock.advance(30_000)
    read(intercepted, "pro")
    assert marks(intercepted) == []
    intercepted.clock.advance(1)
    read(intercepted, "pro")
    assert marks(intercepted) == ["pro-without-failure"]


def test_a_failure_that_healed_by_itself_is_a_reason_for_a_while(exchange: FakeExchange) -> None:
    exchange.play([{"domain": "*", "kind": "refuse", "at_ms": 10_000, "for_ms": 5_000}])
    read(exchange, "pro")
    assert marks(exchange) == ["pro-without-failure"], "it has not begun"
    exchange.clock.advance(45_000)
    read(exchange, "pro")
    assert marks(exchange) == []
    exchange.clock.advance(1)
    read(exchange, "pro")
    assert marks(exchange) == ["pro-without-failure"]


def test_taking_back_a_failure_that_was_long_over_or_not_yet_there_is_no_reason(
    exchange: FakeExchange,
) -> None:
    exchange.play([{"domain": "com", "kind": "refuse", "for_ms": 1}])
    exchange.play([{"domain": "com", "kind": "refuse", "at_ms": 1_000_000}])
    exchange.clock.advance(100_000)
    exchange.clear_faults()
    read(exchange, "pro")
    assert marks(exchange) == ["pro-without-failure"]


def test_a_failure_of_pro_is_no_reason_to_be_on_pro(exchange: FakeExchange) -> None:
    with exchange.fault("pro", "refuse"):
        pass
    read(exchange, "pro")
    assert marks(exchange) == ["pro-without-failure"]


def test_a_reason_holds_for_thirty_seconds(exchange: FakeExchange) -> None:
    with exchange.fault("com", "empty"):
        read(exchange, "com")
    exchange.clock.advance(30_000)
    read(exchange, "pro")
    assert marks(exchange) == []
    exchange.clock.advance(1)
    read(exchange, "pro")
    assert marks(exchange) == ["pro-without-failure"]


def test_a_reason_is_one_for_the_same_call_only(exchange: FakeExchange) -> None:
    with exchange.fault("com", "empty"):
        read(exchange, "com")
    read(exchange, "pro", SPOT_BALANCE)
    assert marks(exchange) == ["pro-without-failure"]
    Sender(exchange, "pro").raw("GET", SERVER_TIME, headers={"X-BX-APIKEY": "bob-key", **SOURCE})
    assert marks(exchange) == ["pro-without-failure"]
    Sender(exchange, "pro").raw("POST", SERVER_TIME, headers={"X-BX-APIKEY": "alice-key", **SOURCE})
    assert marks(exchange) == ["pro-without-failure"]
    read(exchange, "pro")
    assert marks(exchange) == []


def test_the_latest_attempt_on_com_counts(exchange: FakeExchange) -> None:
    with exchange.fault("com", "empty", times=1):
        read(exchange, "com")
        read(exchange, "com")
    read(exchange, "pro")
    assert marks(exchange) == ["pro-without-failure"]


def test_a_reset_forgets_what_failed(exchange: FakeExchange) -> None:
    with exchange.fault("com", "empty"):
        read(exchange, "com")
    with exchange.fault("com", "refuse"):
        exchange.reset()
    read(exchange, "pro")
    assert marks(exchange) == ["pro-without-failure"]


def test_memory_stays_bounded_and_the_oldest_failure_is_forgotten_first() -> None:
    watch = FallbackWatch()
    for number in range(1500):
        request = WireRequest(
            domain="com", method="GET", target=f"/{number}", headers={}, body=b"", address="127.0.0.1"
        )
        watch.note(request, number, KINDS["empty"])
    assert len(watch.failures) == 1000
    assert min(watch.failures.values()) == 500
