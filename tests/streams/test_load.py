"""Many readers, readers that never read, storms of connections, and half-open sockets: memory stays bounded.

What is long of this is in the soak (``make soak``).
"""

import asyncio
import gzip
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from streams.listener import Listener
from support.sender import NOW_MS, wait_until

from bingx_fake import FakeExchange
from bingx_fake.edge import stream_server
from bingx_fake.exchange import Exchange
from bingx_fake.streams.frames import Frame
from bingx_fake.streams.session import Session

BTC = "BTC-USDT"
SYMBOLS = ("BTC", "ETH", "SOL", "LTC", "SHIB")
KINDS = ("trade", "ticker", "lastPrice", "bookTicker", "incrDepth", "depth5", "depth20", "depth100")
TOPICS = [f"{symbol}-USDT@{kind}" for symbol in SYMBOLS for kind in (*KINDS, "kline_1min", "kline_1h")]
HANDSHAKE = (
    b"GET /market HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Reader:
    """A connection that keeps what is pushed of one topic, without a socket."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.count = 0

    def send(self, pushed: Frame) -> None:
        """Take a frame."""
        self.count += 1
        if pushed.topics == (f"{BTC}@depth20",):
            self.frames.append(pushed)

    def close(self, code: int) -> None:
        """End."""

    def reset(self) -> None:
        """End."""


def connected(inner: Exchange, reader: Reader, *topics: str) -> Session:
    session = inner.door.connect("spot", reader, listen_key=None, address="127.0.0.1")
    for topic in topics:
        inner.door.receive(session, json.dumps({"id": topic, "dataType": topic}))
    return session


def test_200_connections_have_50_topics_each_and_share_their_frames(exchange: FakeExchange) -> None:
    readers = [Reader() for _ in range(200)]
    assert len(TOPICS) == 50

    def listen(inner: Exchange) -> None:
        for reader in readers:
            connected(inner, reader, *TOPICS)

    exchange.call(listen)
    answered = {reader.count for reader in readers}
    exchange.market(BTC).move(60_500)
    exchange.clock.advance(1_000)
    assert answered == {50 + 5}, "an answer for each, and five order books"
    first, *others = readers
    assert len(first.frames) == 4
    for reader in others:
        assert (reader.count, len(reader.frames)) == (first.count, 4)
        assert all(one is other for one, other in zip(first.frames, reader.frames, strict=True))


def test_the_same_over_sockets() -> None:
    async def read(url: str, begun: asyncio.Event) -> str:
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/market") as stream:
            for topic in TOPICS[:5]:
                await stream.send_json({"id": topic, "dataType": topic})
            for _ in range(6):
                await stream.receive()
            begun.set()
            message = await stream.receive()
            return str(json.loads(gzip.decompress(message.data))["dataType"])

    async def crowd(exchange: FakeExchange) -> list[str]:
        begun = [asyncio.Event() for _ in range(50)]
        reading = [asyncio.ensure_future(read(exchange.stream_url, it)) for it in begun]
        await asyncio.gather(*(it.wait() for it in begun))
        await asyncio.to_thread(exchange.market(BTC).move, 60_500)
        return await asyncio.gather(*reading)

    with FakeExchange(frozen_at_ms=NOW_MS) as exchange:
        assert asyncio.run(crowd(exchange)) == [f"{BTC}@trade"] * 50


def there(exchange: FakeExchange) -> int:
    return exchange.call(lambda inner: len(inner.streams.sessions))


def test_a_reader_that_never_reads_costs_a_bounded_amount(
    exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_server, "HEARTBEAT_S", 3_600.0)
    place = urlsplit(exchange.stream_url)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)  # the system takes little
        connection.connect((place.hostname, place.port))
        connection.sendall(HANDSHAKE)
        wait_until(lambda: there(exchange) == 1)

        def writer(inner: Exchange) -> Any:
            (session,) = inner.streams.sessions.values()
            return session._connection

        def listen(inner: Exchange) -> None:
            system = writer(inner)._transport.get_extra_info("socket")
            system.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
            (session,) = inner.streams.sessions.values()
            for topic in ("depth100", "depth50", "depth20", "ticker"):
                inner.door.receive(session, json.dumps({"dataType": f"{BTC}@{topic}"}))

        exchange.call(listen)
        exchange.clock.advance(200_000)
        assert there(exchange) == 1
        waiting = exchange.call(lambda inner: len(writer(inner)._waiting))
        assert waiting == 4, "of 2,200 frames, the latest of each topic"


def test_a_storm_of_connections_leaves_nothing_behind(exchange: FakeExchange) -> None:
    place = urlsplit(exchange.stream_url)
    for _ in range(3):
        sockets = []
        for number in range(100):
            connection = socket.create_connection((place.hostname, place.port), timeout=20)
            if number % 3:  # some break off in the middle
                connection.sendall(HANDSHAKE if number % 2 else HANDSHAKE[:60])
            sockets.append(connection)
        for connection in sockets:
            connection.close()
        wait_until(lambda: there(exchange) == 0)
    with Listener(f"{exchange.stream_url}/market") as after:
        assert after.subscribe(f"{BTC}@trade")[0]["code"] == 0


def test_a_half_open_socket_is_cut_off_when_it_answers_no_heartbeat(
    exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_server, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(stream_server, "ANSWER_WITHIN_S", 0.05)
    monkeypatch.setattr(stream_server, "CLOSED_WITHIN_S", 0.05)
    with Listener(f"{exchange.stream_url}/market"):  # nobody reads, so nobody answers the farewell either
        wait_until(lambda: there(exchange) == 0)
