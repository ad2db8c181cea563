"""The heads of answers: who answers and when, by the exchange's clock, and the answer to ``Expect``."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest
from support.sender import FORM, NOW_MS, SERVER_TIME, SPOT_BALANCE, TRANSFER, Sender, Wire, hmac_hex

from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange

NOW = "Tue, 14 Nov 2023 22:13:20 GMT"
READ = f"GET {SERVER_TIME} HTTP/1.1\r\nHost: x\r\n"
CLOSE = "Connection: close\r\n\r\n"
MIB = 1024 * 1024

REQUESTS = {
    "a connection that is kept": f"{READ}\r\n{READ}{CLOSE}",
    "a connection that is closed": f"{READ}{CLOSE}",
    "an old client": f"GET {SERVER_TIME} HTTP/1.0\r\n\r\n",
    "an old client, kept": f"GET {SERVER_TIME} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n{READ}{CLOSE}",
    "head": f"HEAD {SERVER_TIME} HTTP/1.1\r\nHost: x\r\n{CLOSE}",
    "no such path": f"GET /nowhere HTTP/1.1\r\nHost: x\r\n{CLOSE}",
    "a refusal": f"GET {SPOT_BALANCE} HTTP/1.1\r\nHost: x\r\n{CLOSE}",
    "a tunnel": f"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n{CLOSE}",
    "no HTTP": "\x16\x03\x01\x02\r\n\r\n",
    "a length that is none": f"POST {TRANSFER} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "an encoding that is none": (
        f"POST {TRANSFER} HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n{CLOSE}nope"
    ),
    "a body that is too large": (
        f"POST {TRANSFER} HTTP/1.1\r\nHost: x\r\nContent-Length: {MIB + 1}\r\n{CLOSE}{'a' * (MIB + 1)}"
    ),
}
FAULTS: list[dict[str, Any]] = [
    {"kind": "latency", "ms": 1},
    {"kind": "latency", "ms": 1, "phase": "after"},
    {"kind": "dribble", "ms": 0},
    {"kind": "truncate"},
    {"kind": "http-error"},
    {"kind": "html-error"},
    {"kind": "malformed"},
    {"kind": "redirect"},
    {"kind": "business-error"},
    {"kind": "rate-limit"},
]


def talk(wire: Wire, sent: str) -> bytes:
    """Send a text and read until the exchange closes the connection."""
    with wire.connected() as connection:
        connection.sendall(sent.encode("latin-1"))
        return b"".join(iter(lambda: connection.recv(65536), b""))


def heads(received: bytes) -> list[dict[str, str]]:
    """The headers of each answer."""
    answers = received.decode("latin-1").split("HTTP/1.")[1:]
    found = []
    for answer in answers:
        lines = answer.partition("\r\n\r\n")[0].split("\r\n")[1:]
        found.append(dict(line.split(": ", 1) for line in lines))
        assert len(found[-1]) == len(lines), f"a header stands there twice: {lines}"
    return found


def assert_stamped(head: Mapping[str, str], date: str = NOW) -> None:
    assert (head["Date"], head["Server"]) == (date, "bingx-fake")


@pytest.mark.parametrize("sent", REQUESTS.values(), ids=REQUESTS)
def test_every_answer_is_of_the_exchanges_time_and_byte_for_byte_the_same(
    served: FakeExchange, sent: str
) -> None:
    wire = Sender(served)
    received = talk(wire, sent)
    assert heads(received)
    for head in heads(received):
        assert_stamped(head)
    assert talk(wire, sent) == received


@pytest.mark.parametrize("order", FAULTS, ids=lambda order: order["kind"])
def test_so_is_every_answer_that_a_fault_gives(served: FakeExchange, order: dict[str, Any]) -> None:
    wire = Sender(served)
    received = []
    for _ in range(2):
        with served.fault("com", **order):
            received.append(talk(wire, f"{READ}{CLOSE}"))
    (head,) = heads(received[0])
    assert_stamped(head)
    assert received[0] == received[1]


def test_so_is_the_answer_of_a_port_that_lost_its_certificate(tls_exchange: FakeExchange) -> None:
    plain = Wire(tls_exchange.base_urls[0].replace("https", "http"))
    with tls_exchange.fault("com", "tls", variant="plain-text"):
        (head,) = heads(talk(plain, "\x16\x03\x01"))
    assert_stamped(head)


def test_so_is_the_answer_when_the_exchange_itself_fails(
    exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(exchange: Exchange, request: object) -> None:
        raise RuntimeError("what nobody thought of")

    with monkeypatch.context() as patch:
        patch.setattr(Exchange, "receive", fail)
        received = talk(Sender(exchange), f"{READ}{CLOSE}")
    (head,) = heads(received)
    assert received.startswith(b"HTTP/1.1 500 ")
    assert_stamped(head)
    assert "what nobody thought of" in caplog.text


def test_the_date_goes_on_with_the_exchanges_clock(exchange: FakeExchange) -> None:
    wire = Sender(exchange)
    for step_ms, date in ((999, NOW), (1, "Tue, 14 Nov 2023 22:13:21 GMT")):
        exchange.clock.advance(step_ms)
        for sent in (f"{READ}\r\n{READ}{CLOSE}", "GET /nowhere HTTP/1.0\r\n\r\n"):
            for head in heads(talk(wire, sent)):
                assert_stamped(head, date)


# Expect


def signed_transfer() -> bytes:
    text = f"amount=1&asset=USDT&timestamp={NOW_MS}&type=FUND_PFUTURES"
    return f"{text}&signature={hmac_hex('alice-secret', text)}".encode()


def expecting(length: int, *, version: str = "1.1", expect: str = "100-continue") -> bytes:
    """The head of a transfer whose client waits before it sends the body."""
    head = f"POST {TRANSFER} HTTP/{version}\r\nHost: x\r\nX-BX-APIKEY: alice-key\r\nContent-Type: {FORM}\r\n"
    return f"{head}Expect: {expect}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n".encode()


def answer_in(received: bytes) -> Any:
    return json.loads(received.partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize("expect", ["100-continue", "100-Continue"])
def test_a_client_that_waits_to_be_told_to_send_its_body_is_told_to(
    served: FakeExchange, expect: str
) -> None:
    body = signed_transfer()
    with Sender(served).connected() as connection:
        connection.sendall(expecting(len(body), expect=expect))
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer_in(received)["code"] == 0


def test_a_client_that_announces_too_much_is_refused_before_it_sends_it(exchange: FakeExchange) -> None:
    with Sender(exchange).connected() as connection:
        connection.sendall(expecting(MIB + 1))
        received = connection.recv(65536)
    assert received.startswith(b"HTTP/1.1 400 ")
    assert answer_in(received)["msg"] == "the body is larger than 1048576 bytes"


@pytest.mark.parametrize(
    ("version", "expect"), [("1.0", "100-continue"), ("1.1", "200-ok"), ("1.1", "nothing at all")]
)
def test_what_asks_for_no_interim_answer_gets_none(exchange: FakeExchange, version: str, expect: str) -> None:
    body = signed_transfer()
    with Sender(exchange).connected() as connection:
        connection.sendall(expecting(len(body), version=version, expect=expect) + body)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.split()[1] == b"200"
    assert answer_in(received)["code"] == 0


def test_a_wait_is_ended_where_a_fault_then_gives_no_answer(exchange: FakeExchange) -> None:
    body = signed_transfer()
    with exchange.fault("com", "empty"), Sender(exchange).connected() as connection:
        connection.sendall(expecting(len(body)))
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert connection.recv(65536) == b""


def test_curl_does_not_wait_with_its_body(exchange: FakeExchange, curl: str) -> None:
    command = [curl, "-sv", "--noproxy", "*", "--max-time", "20", "--expect100-timeout", "60"]
    command += ["-H", "Expect: 100-continue", "-H", "X-BX-APIKEY: alice-key"]
    url = f"{exchange.base_urls[0]}{TRANSFER}"
    done = subprocess.run(
        [*command, "--data-binary", "@-", url], input=signed_transfer(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"< HTTP/1.1 100 Continue" in done.stderr
    assert json.loads(done.stdout)["code"] == 0
