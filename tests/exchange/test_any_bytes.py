"""Whatever bytes arrive: a documented JSON error or a clean close, and nothing half applied."""

import errno
import json
import socket
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sender import FORM, FUND_BALANCE, NOW_MS, SERVER_TIME, TRANSFER, Sender, hmac_hex

from bingx_contracts import ENDPOINTS, ERRORS
from bingx_fake import FakeExchange

LAST_REQUEST = f"\r\n\r\nGET {SERVER_TIME} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()


def talk(exchange: FakeExchange, *pieces: bytes, leave: bool = False) -> bytes:
    """Send bytes on a new connection and read until the exchange closes it.

    With ``leave`` the client closes its side first, as one does that gives up in mid-request.
    """
    parts = urlsplit(exchange.base_urls[0])
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            if leave:
                connection.shutdown(socket.SHUT_WR)
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
        except OSError as error:
            # Reset by the exchange: which call tells depends on when that is met.
            if isinstance(error, ConnectionError) or error.errno == errno.ENOTCONN:
                return b""
            raise
    return received


def assert_documented(answer: bytes) -> None:
    """Nothing, or HTTP with a documented JSON error."""
    if answer:
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.split()[1] in (b"200", b"400"), head
        document = json.loads(body.partition(b"HTTP/1.1 ")[0])
        assert document.get("code", 0) in {0, *ERRORS}


@pytest.mark.clause("ERR-6")
@given(st.binary(max_size=500))
def test_random_bytes(exchange: FakeExchange, noise: bytes) -> None:
    answer = talk(exchange, noise + LAST_REQUEST)
    assert answer
    assert_documented(answer)


@pytest.mark.clause("ERR-6")
@given(
    st.sampled_from([endpoint.path for endpoint in ENDPOINTS.values()]),
    st.sampled_from([b"GET", b"POST", b"DELETE", b"HEAD", b"PUT"]),
    st.binary(max_size=60).filter(lambda text: not set(text) & set(b"\r\n \0")),
    st.sampled_from([b"", FORM.encode(), b"application/json", b"text/plain", b"\xff"]),
    st.binary(max_size=120),
)
def test_random_queries_and_bodies(
    exchange: FakeExchange, path: str, method: bytes, query: bytes, content_type: bytes, body: bytes
) -> None:
    request = b"%b %b?%b HTTP/1.1\r\nHost: x\r\nX-BX-APIKEY: alice-key\r\nContent-Type: %b\r\n" % (
        method,
        path.encode(),
        query,
        content_type,
    )
    request += b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body)
    answer = talk(exchange, request)
    if method != b"HEAD":
        assert_documented(answer)


@pytest.mark.clause("ERR-6")
@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"POST /openApi/api/asset/v1/transfer HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /openApi/api/asset/v1/transfer HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nshort",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        (
            b"POST /openApi/api/asset/v1/transfer HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
            b"Content-Length: 4\r\nConnection: close\r\n\r\nnope"
        ),
        b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET http://[bad/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ],
)
def test_known_bad_requests(
    exchange: FakeExchange, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert_documented(talk(exchange, request_bytes, leave=True))
    assert not caplog.records, "a bad request is no reason for a traceback"


@pytest.mark.clause("ERR-6")
def test_a_body_of_many_megabytes_is_refused(exchange: FakeExchange) -> None:
    size = 8 * 1024 * 1024
    head = f"POST {TRANSFER} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
    assert_documented(talk(exchange, head.encode(), b"a" * size))


@pytest.mark.clause("ERR-6")
def test_a_write_that_breaks_off_in_mid_body_changes_nothing(exchange: FakeExchange) -> None:
    before = exchange.state
    text = f"amount=1&asset=USDT&timestamp={NOW_MS}&type=FUND_PFUTURES"
    body = f"{text}&signature={hmac_hex('alice-secret', text)}"
    head = (
        f"POST {TRANSFER} HTTP/1.1\r\nHost: x\r\nX-BX-APIKEY: alice-key\r\nContent-Type: {FORM}\r\n"
        f"Content-Length: {len(body) + 1}\r\n\r\n"
    )
    talk(exchange, (head + body).encode(), leave=True)
    assert exchange.state == before


def test_the_exchange_still_answers_afterwards(exchange: FakeExchange) -> None:
    talk(exchange, b"\0" * 1000, leave=True)
    assert Sender(exchange).raw("GET", SERVER_TIME).code == 0


def test_a_request_line_with_scheme_and_host_is_the_same_request(exchange: FakeExchange) -> None:
    answer = talk(
        exchange, f"GET http://x{SERVER_TIME} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    )
    assert b'"serverTime":1700000000000' in answer


@pytest.mark.clause("ERR-6")
@pytest.mark.parametrize("value", ["%FF", "%C3%28", "%ED%A0%80", "%", "%zz", "%00"])
def test_values_that_are_no_text_are_refused(exchange: FakeExchange, value: str) -> None:
    wire = f"asset={value}&timestamp={NOW_MS}"
    target = f"{FUND_BALANCE}?{wire}&signature={hmac_hex('alice-secret', wire)}"
    assert Sender(exchange).raw("GET", target, headers={"X-BX-APIKEY": "alice-key"}).code == 100400
