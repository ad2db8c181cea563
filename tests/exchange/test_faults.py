"""Faults: which request meets one, and what its client meets."""

import contextlib
import http.client
import socket
from urllib.parse import urlsplit

import pytest
from support.sender import ALICE, NOW_MS, SERVER_TIME, SPOT_BALANCE, TRANSFER, Sender

from bingx_fake import FakeExchange, FaultError

MOVE = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 1}


def _port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 0


@pytest.mark.parametrize("domain", ["com", "pro"])
def test_refuse_refuses_connections_to_one_domain_and_heals_on_the_same_port(
    exchange: FakeExchange, domain: str
) -> None:
    other = "pro" if domain == "com" else "com"
    with exchange.fault(domain, "refuse"):
        with pytest.raises(ConnectionRefusedError):
            Sender(exchange, domain).raw("GET", SERVER_TIME)
        assert Sender(exchange, other).raw("GET", SERVER_TIME).code == 0
    assert Sender(exchange, domain).raw("GET", SERVER_TIME).code == 0


def test_refuse_cuts_connections_that_were_kept_alive(exchange: FakeExchange) -> None:
    with socket.create_connection(_port(exchange.base_urls[0]), timeout=10) as connection:
        connection.sendall(f"GET {SERVER_TIME} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        with exchange.fault("com", "refuse"), contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""


def test_refuse_can_be_taken_back_a_hundred_times(exchange: FakeExchange) -> None:
    for _ in range(100):
        with exchange.fault("*", "refuse"), pytest.raises(ConnectionRefusedError):
            Sender(exchange).raw("GET", SERVER_TIME)
        assert Sender(exchange).raw("GET", SERVER_TIME).code == 0


def test_empty_closes_without_a_byte(exchange: FakeExchange) -> None:
    with exchange.fault("com", "empty"), pytest.raises(http.client.RemoteDisconnected):
        Sender(exchange).raw("GET", SERVER_TIME)


def test_timeout_reads_and_never_answers(exchange: FakeExchange) -> None:
    with (
        exchange.fault("com", "timeout"),
        socket.create_connection(_port(exchange.base_urls[0]), timeout=0.3) as connection,
    ):
        connection.sendall(f"GET {SERVER_TIME} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        with pytest.raises(TimeoutError):
            connection.recv(1)
        assert exchange.requests[-1]["fault"] == "timeout"


@pytest.mark.parametrize("status", [400, 404, 418, 429, 500, 504])
def test_http_error_answers_its_status_with_json(exchange: FakeExchange, status: int) -> None:
    with exchange.fault("com", "http-error", status=status):
        reply = Sender(exchange).raw("GET", SERVER_TIME)
    assert (reply.status, reply.json["data"]) == (status, None)


def test_http_error_can_carry_any_json(exchange: FakeExchange) -> None:
    with exchange.fault("com", "http-error", status=503, body='{"oops":1}'):
        assert Sender(exchange).raw("GET", SERVER_TIME).json == {"oops": 1}


def test_business_error_answers_its_code_and_applies_nothing(exchange: FakeExchange) -> None:
    with exchange.fault("com", "business-error", code=100202):
        reply = Sender(exchange).post(TRANSFER, **MOVE)
    assert (reply.status, reply.code) == (200, 100202)
    assert exchange.balance(ALICE, "fund", "USDT").free == 1000


@pytest.mark.parametrize("kind", ["timeout", "empty", "http-error"])
@pytest.mark.parametrize(("phase", "left"), [("before", 1000), ("after", 999)])
def test_the_phase_says_whether_the_request_took_effect(
    exchange: FakeExchange, kind: str, phase: str, left: int
) -> None:
    with exchange.fault("com", kind, phase=phase):
        sender = Sender(exchange)
        if kind == "timeout":
            # The journal has the request before anything could be answered, so nothing need be waited for.
            body = sender_body()
            with socket.create_connection(_port(sender.base_url), timeout=10) as connection:
                connection.sendall(body)
                wait_for_journal(exchange)
        elif kind == "empty":
            with pytest.raises(http.client.RemoteDisconnected):
                sender.post(TRANSFER, **MOVE)
        else:
            assert sender.post(TRANSFER, **MOVE).status == 500
    assert exchange.balance(ALICE, "fund", "USDT").free == left
    assert exchange.requests[-1]["applied"] is (phase == "after")


def sender_body() -> bytes:
    """A signed transfer as raw bytes."""
    from support.sender import FORM, hmac_hex

    text = f"amount=1&asset=USDT&timestamp={NOW_MS}&type=FUND_PFUTURES"
    body = f"{text}&signature={hmac_hex('alice-secret', text)}"
    head = f"POST {TRANSFER} HTTP/1.1\r\nHost: x\r\nX-BX-APIKEY: alice-key\r\nContent-Type: {FORM}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def wait_for_journal(exchange: FakeExchange) -> None:
    """Wait until a request has arrived."""
    while not exchange.requests:
        pass


def test_faults_can_be_narrowed_to_a_method_and_a_path(exchange: FakeExchange) -> None:
    sender = Sender(exchange)
    with exchange.fault("*", "business-error", method="POST", path="/openApi/api/*"):
        assert sender.post(TRANSFER, **MOVE).code == 100500
        assert sender.get(SPOT_BALANCE).code == 0


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


def test_a_fault_that_makes_no_sense_is_refused_in_python_too(exchange: FakeExchange) -> None:
    with pytest.raises(FaultError, match="earthquake"), exchange.fault("com", "earthquake"):
        pass
