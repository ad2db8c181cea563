"""A client of streams in a few lines of aiohttp, for tests that are not written in coroutines."""

import asyncio
import gzip
import json
from typing import Any, Self
from urllib.request import urlopen

import aiohttp

from bingx_fake import FakeExchange

PATIENCE_S = 20.0


def rest(exchange: FakeExchange, path: str) -> Any:
    """What a public route of the spot markets answers."""
    with urlopen(f"{exchange.base_urls[0]}/openApi/spot/{path}", timeout=PATIENCE_S) as reply:
        return json.load(reply)


class Listener:
    """One connection. Reads when it is asked to."""

    def __init__(self, url: str, *, patience_s: float = PATIENCE_S) -> None:
        self.url, self._patience_s = url, patience_s
        self._loop = asyncio.new_event_loop()
        self._fences = 0
        try:
            self._session, self.socket = self._loop.run_until_complete(self._connect(url))
        except BaseException:
            self._loop.close()
            raise

    async def _connect(self, url: str) -> tuple[aiohttp.ClientSession, aiohttp.ClientWebSocketResponse]:
        session = aiohttp.ClientSession()
        try:
            async with asyncio.timeout(self._patience_s):
                return session, await session.ws_connect(url)
        except BaseException:
            await session.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self.socket.close())
        self._loop.run_until_complete(self._session.close())
        self._loop.close()

    def send(self, message: Any) -> None:
        """Send an object as JSON, or text as it is."""
        text = message if isinstance(message, str) else json.dumps(message)
        self._loop.run_until_complete(self.socket.send_str(text))

    def receive(self) -> aiohttp.WSMessage:
        """The next message as it comes."""
        return self._loop.run_until_complete(self.socket.receive(timeout=PATIENCE_S))

    def next(self) -> Any:
        """The next one, decompressed: an object, or text that is no JSON."""
        message = self.receive()
        assert message.type is aiohttp.WSMsgType.BINARY, message
        text = gzip.decompress(message.data).decode()
        try:
            return json.loads(text)
        except ValueError:
            return text

    def so_far(self) -> list[Any]:
        """Everything that was sent until the exchange reads this: it answers a client's own ping in turn."""
        self._fences += 1
        fence = {"ping": f"fence {self._fences}"}
        self.send(fence)
        seen = []
        while (message := self.next()) != {"pong": fence["ping"]}:
            seen.append(message)
        return seen

    def subscribe(self, *topics: str, **more: Any) -> list[Any]:
        """Subscribe to topics, and give what came until that was done, acknowledgements included."""
        for topic in topics:
            self.send({"id": topic, "dataType": topic, **more})
        return self.so_far()

    def leave(self) -> None:
        """End the connection."""
        self._loop.run_until_complete(self.socket.close())

    def ping(self, content: bytes) -> None:
        """Send a ping of the websocket protocol itself."""
        self._loop.run_until_complete(self.socket.ping(content))

    def nothing_for(self, seconds: float) -> bool:
        """Whether the connection stays for a time without a message."""
        try:
            self._loop.run_until_complete(self.socket.receive(timeout=seconds))
        except TimeoutError:
            return not self.socket.closed
        return False

    def broken_off(self) -> bool:
        """Read until the connection is gone, and say whether it went without a word."""
        while (message := self.receive()).type is aiohttp.WSMsgType.BINARY:
            pass
        return message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)

    def closed_with(self) -> int:
        """Read until the exchange ends the connection, and give the code with which it does."""
        while (message := self.receive()).type is aiohttp.WSMsgType.BINARY:
            pass
        assert message.type is aiohttp.WSMsgType.CLOSE, message
        return int(message.data)
