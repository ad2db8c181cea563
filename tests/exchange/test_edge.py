"""Where bytes come in and go out: what is done there for speed, and what must not come of it."""

import asyncio
import socket

import pytest
from support.sender import FORM, SERVER_TIME, SPOT_BALANCE, TRANSFER, Sender

from bingx_fake import FakeExchange
from bingx_fake.edge.domain_server import DomainServer

_READ_AT_ONCE = 64 * 1024


def test_asyncio_reads_in_pieces_that_malloc_does_not_give_back(exchange: FakeExchange) -> None:
    # The attribute is none that asyncio documents: this notices when it is lost, and the fake slower for it.
    async def main() -> tuple[int, int]:
        server = exchange.call(lambda inner: DomainServer(inner, "com"))
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        transport, _ = await asyncio.get_running_loop().connect_accepted_socket(server, ours)
        try:
            return transport.max_size, type(transport).max_size  # type: ignore[attr-defined]  # see above
        finally:
            transport.abort()
            theirs.close()

    read_at_once, asyncio_would_read = asyncio.run(main())
    assert read_at_once == _READ_AT_ONCE < asyncio_would_read


@pytest.mark.parametrize("number", [1, 3])
def test_answers_to_requests_sent_at_once_come_in_order_and_whole(
    exchange: FakeExchange, number: int
) -> None:
    request = f"GET {SERVER_TIME}?n={{}} HTTP/1.1\r\nHost: x\r\n\r\n"
    last = f"GET {SERVER_TIME} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    host, port = exchange.base_urls[0].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        sent = "".join(request.format(index) for index in range(number)) + last
        connection.sendall(sent.encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    heads_and_bodies = received.split(b"HTTP/1.1 200 OK\r\n")[1:]
    assert len(heads_and_bodies) == number + 1
    body = Sender(exchange).raw("GET", SERVER_TIME).body
    assert all(part.partition(b"\r\n\r\n")[2] == body for part in heads_and_bodies)


def test_an_old_client_that_knows_no_kept_connections_gets_its_answer_and_a_close(
    exchange: FakeExchange,
) -> None:
    host, port = exchange.base_urls[0].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"GET {SERVER_TIME} HTTP/1.0\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.startswith(b"HTTP/1.0 200 OK\r\n")
    assert received.endswith(Sender(exchange).raw("GET", SERVER_TIME).body)


@pytest.mark.parametrize(("padding", "kept"), [(60_000, True), (70_000, False)])
def test_the_journal_keeps_no_body_that_is_larger_than_any_documented_one(
    exchange: FakeExchange, padding: int, kept: bool
) -> None:
    body = f"asset=USDT&note={'x' * padding}".encode()
    Sender(exchange).raw("POST", TRANSFER, body=body, headers={"Content-Type": FORM})
    (entry,) = exchange.requests
    assert (entry["parameters"].get("asset") == "USDT") is kept


def test_head_is_answered_without_a_body(exchange: FakeExchange) -> None:
    host, port = exchange.base_urls[0].removeprefix("http://").split(":")
    head_request = f"HEAD {SERVER_TIME} HTTP/1.1\r\nHost: x\r\n\r\n"
    last = f"GET {SERVER_TIME} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"{head_request}{last}".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, rest = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_window_of_more_digits_than_python_counts_is_refused_like_any_other(sender: Sender) -> None:
    reply = sender.get(SPOT_BALANCE, recvWindow="9" * 5000)
    assert (reply.status, reply.code) == (200, 100400)
