"""A connection over TLS that is closed while something is pushed ends without a word on stderr."""

import asyncio
import base64
import gc
import hashlib
import ssl
from typing import Any

import aiohttp
import trustme

from bingx_client.drivers.stream_driver import _close

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CLOSE = b"\x88\x02\x03\xe8"
DATA = b"\x82\x7e\x40\x00" + 16_384 * b"x"


async def push_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Agree to a websocket, and answer the goodbye by pushing on, as what is under way then does."""
    head = await reader.readuntil(b"\r\n\r\n")
    key = next(
        line.split(b": ")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key")
    )
    accept = base64.b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest())
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
    writer.write(b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
    await reader.readexactly(2)
    writer.write(CLOSE)
    try:
        while True:
            writer.write(DATA)
            await writer.drain()
    except OSError:
        writer.transport.abort()


def test_a_stream_that_is_closed_while_something_is_pushed_leaves_no_exception_behind() -> None:
    ca = trustme.CA()
    serving, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    ca.issue_cert("127.0.0.1").configure_cert(serving)
    ca.configure_trust(trusting)
    left: list[dict[str, Any]] = []
    ended: list[str] = []

    async def talk() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: left.append(context))
        server = await asyncio.start_server(push_on, "127.0.0.1", 0, ssl=serving)
        port = server.sockets[0].getsockname()[1]
        async with server, aiohttp.ClientSession() as session:
            socket = await session.ws_connect(f"wss://127.0.0.1:{port}", ssl=trusting)
            protocol: Any = socket._response.connection.protocol  # type: ignore[union-attr]  # it stands
            protocol.closed.add_done_callback(lambda future: ended.append(repr(future)))
            await _close(socket)
            del socket, protocol
            gc.collect()
            await asyncio.sleep(0)

    asyncio.run(talk())
    gc.collect()
    assert "exception=" in ended[0], "it was broken off"
    assert [it["message"] for it in left if it["message"] == "Future exception was never retrieved"] == []
