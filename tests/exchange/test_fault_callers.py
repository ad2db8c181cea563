"""The exact failure that each fault is to requests, aiohttp and curl, on plain and on TLS listeners."""

import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from support.callers import Patience, with_aiohttp, with_curl, with_requests
from support.sender import SERVER_TIME

from bingx_fake import FakeExchange
from bingx_fake.faults.kinds import REST_KINDS

PATIENT = Patience()
SHORT_S = 0.7
"""Long enough for a busy machine to accept and read a request, short enough to wait for."""


class Case(NamedTuple):
    """One fault, and what the libraries make of it.

    :param seen: how often the exchange sees a request that a library sends once.
    """

    order: dict[str, Any]
    requests: str
    aiohttp: str
    curl: str
    patience: Patience = PATIENT
    seen: int = 1
    requests_over_tls: str | None = None
    """What it may be as well before Python 3.13, whose ``ssl`` may take a reset for the stream's end."""

    def __str__(self) -> str:
        return "-".join(str(value) for value in self.order.values())


CONNECT = Patience(connect_s=SHORT_S)
READ = Patience(read_s=SHORT_S)
TIMED_OUT = ("ReadTimeout from TimeoutError", "SocketTimeoutError", "exit 28")

CASES = [
    Case(
        {"kind": "refuse"},
        "ConnectionError from ConnectionRefusedError",
        "ClientConnectorError from ConnectionRefusedError",
        "exit 7",
        seen=0,
    ),
    Case(
        {"kind": "blackhole"},
        "ConnectTimeout from TimeoutError",
        "ConnectionTimeoutError from CancelledError",
        "exit 28",
        CONNECT,
        seen=0,
    ),
    Case({"kind": "timeout"}, *TIMED_OUT, READ),
    Case(
        {"kind": "reset"},
        "ConnectionError from ConnectionResetError",
        "ClientOSError from ConnectionResetError",
        "exit 56",
        requests_over_tls="ConnectionError from RemoteDisconnected",
    ),
    Case(
        {"kind": "empty"},
        "ConnectionError from RemoteDisconnected",
        "ServerDisconnectedError",
        "exit 52",
    ),
    Case(
        {"kind": "truncate"},
        "ChunkedEncodingError from IncompleteRead",
        "ClientPayloadError from ContentLengthError",
        "exit 18",
    ),
    Case(
        {"kind": "truncate", "variant": "reset"},
        "ChunkedEncodingError from ConnectionResetError",
        "ClientPayloadError from ContentLengthError",
        "exit 56",
        requests_over_tls="ChunkedEncodingError from IncompleteRead",
    ),
    Case({"kind": "dribble", "ms": 3_600_000}, *TIMED_OUT, READ),
    Case({"kind": "latency", "ms": 3_600_000}, *TIMED_OUT, READ),
    Case({"kind": "latency", "ms": 3_600_000, "phase": "after"}, *TIMED_OUT, READ),
    Case({"kind": "latency", "ms": 20}, "200", "200", "200"),
    Case({"kind": "http-error"}, "500", "500", "500"),
    Case({"kind": "http-error", "status": 504}, "504", "504", "504"),
    Case({"kind": "html-error"}, "502", "502", "502"),
    Case({"kind": "malformed"}, "200", "200", "200"),
    Case({"kind": "redirect"}, "302", "302", "302"),
    Case({"kind": "business-error"}, "200", "200", "200"),
    Case({"kind": "rate-limit"}, "200", "200", "200"),
    Case({"kind": "commit-delay", "ms": 1000}, "200", "200", "200"),
]

_MISMATCH = "IP address mismatch, certificate is not valid for '127.0.0.1'."


def _refused_certificate(variant: str, message: str) -> Case:
    return Case(
        {"kind": "tls", "variant": variant},
        f"SSLError from SSLCertVerificationError: {message}",
        f"ClientConnectorCertificateError from SSLCertVerificationError: {message}",
        "exit 60",
        seen=0,
    )


TLS_CASES = [
    _refused_certificate("unknown-ca", "unable to get local issuer certificate"),
    _refused_certificate("expired", "certificate has expired"),
    _refused_certificate("wrong-host", _MISMATCH),
    Case(
        {"kind": "tls", "variant": "plain-text"},
        "SSLError from SSLError: WRONG_VERSION_NUMBER",
        "ClientConnectorSSLError from SSLError: WRONG_VERSION_NUMBER",
        "exit 35",
        seen=0,
    ),
]

Caller = Callable[..., str]


@pytest.fixture(autouse=True)
def _nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert caplog.messages == [], "a fault by order is no reason for a log line"


def meet(exchange: FakeExchange, case: Case, caller: Caller, method: str = "GET") -> tuple[str, int]:
    """Let a caller meet the fault: what it makes of it, and how many requests the exchange saw.

    The domain answers as ever once the fault is gone.
    """
    url = exchange.base_urls[0] + SERVER_TIME
    with exchange.fault("com", **case.order):
        met = caller(exchange, url, case.patience, method=method)
        seen = len(exchange.requests)
    assert caller(exchange, url, PATIENT) == "200"
    return met, seen


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_requests_meets(served: FakeExchange, case: Case) -> None:
    expected = {case.requests}
    if served.ca_file and case.requests_over_tls and sys.version_info < (3, 13):
        expected.add(case.requests_over_tls)
    met, seen = meet(served, case, with_requests)
    assert met in expected
    assert seen == case.seen


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_aiohttp_meets(served: FakeExchange, case: Case) -> None:
    # Its client sends a read once more, without a word, when the connection is lost before an answer.
    seen = 2 if case.order["kind"] in ("reset", "empty") else case.seen
    assert meet(served, case, with_aiohttp) == (case.aiohttp, seen)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_curl_meets(served: FakeExchange, case: Case, curl: str) -> None:
    assert meet(served, case, with_curl) == (case.curl, case.seen)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.order["kind"] in ("reset", "empty")], ids=str
)
def test_aiohttp_sends_a_write_only_once(served: FakeExchange, case: Case) -> None:
    assert meet(served, case, with_aiohttp, "POST") == (case.aiohttp, 1)


@pytest.mark.parametrize("case", TLS_CASES, ids=str)
@pytest.mark.parametrize("library", ["requests", "aiohttp"])
def test_what_a_handshake_that_fails_is_in_python(
    tls_exchange: FakeExchange, case: Case, library: str
) -> None:
    caller = with_requests if library == "requests" else with_aiohttp
    assert meet(tls_exchange, case, caller) == (getattr(case, library), case.seen)


@pytest.mark.parametrize("case", TLS_CASES, ids=str)
def test_what_a_handshake_that_fails_is_to_curl(tls_exchange: FakeExchange, case: Case, curl: str) -> None:
    assert meet(tls_exchange, case, with_curl) == (case.curl, case.seen)


def test_every_kind_is_met() -> None:
    met = {case.order["kind"] for case in CASES + TLS_CASES}
    assert met == REST_KINDS.keys() - {"dns", "stale", "empty-data"}, "names resolve, and answers are whole"
