"""Readers of a stream who do nothing but read, so that what is measured is whoever sends.

``python -m benchmarks.stream_readers URL COUNT [TOPIC …]`` connects so often, subscribes to each topic,
prints ``{"ready": COUNT}`` once each subscription is answered, and reads until stdin closes.
"""

import asyncio
import json
import os
import sys
from itertools import cycle
from urllib.parse import urlsplit

_PONG_EVERY_S = 5.0
_KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def masked(text: str) -> bytes:
    """A text frame as clients send it (RFC 6455); shorter than 126 bytes."""
    payload, mask = text.encode(), os.urandom(4)
    assert len(payload) < 126
    return (
        bytes((0x81, 0x80 | len(payload)))
        + mask
        + bytes(byte ^ key for byte, key in zip(payload, cycle(mask), strict=False))
    )


class Reader(asyncio.Protocol):
    """One connection. ``stands`` is done when it may send; ``heard`` counts what has come since."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self.stands: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Drop what comes."""
        self.heard += len(data)
        if not self.stands.done():
            self.stands.set_result(None)


async def connected(url: str, count: int) -> list[Reader]:
    """So many connections."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    request = (
        f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
    readers = []
    for _ in range(count):
        _, reader = await asyncio.get_running_loop().create_connection(
            lambda: Reader(request), parts.hostname or "", parts.port or 80
        )
        await reader.stands
        readers.append(reader)
    return readers


async def subscribe(readers: list[Reader], topics: list[str]) -> None:
    """Subscribe to topics, and wait for something to come in answer."""
    for topic in topics:
        before = [reader.heard for reader in readers]
        for reader in readers:
            reader.transport.write(masked(json.dumps({"id": topic, "reqType": "sub", "dataType": topic})))
        told = zip(readers, before, strict=True)
        for reader, heard in told:
            while reader.heard == heard:  # noqa: ASYNC110  # as long as it takes
                await asyncio.sleep(0.01)


async def read(url: str, count: int, topics: list[str]) -> None:
    """Connect, and read until nobody wants it any more."""
    readers = await connected(url, count)
    await subscribe(readers, topics)
    print(json.dumps({"ready": count}), flush=True)
    ended = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
    while not (await asyncio.wait([ended], timeout=_PONG_EVERY_S))[0]:
        for reader in readers:
            reader.transport.write(masked("Pong"))


if __name__ == "__main__":
    asyncio.run(read(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
