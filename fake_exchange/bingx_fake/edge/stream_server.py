"""The edge of streams: websockets by aiohttp, one task a connection that writes what is to go out.

Heartbeats and what becomes of slow readers run in real time; what is pushed runs on the exchange's clock.
"""

import asyncio
from collections import deque

from aiohttp import WSMsgType, web

from bingx_fake.answers import answer as answers
from bingx_fake.edge.domain_server import DomainServer, last_response, send_reset
from bingx_fake.edge.hosts import stream_paths
from bingx_fake.exchange import Exchange
from bingx_fake.gateway.refusal import BUSY
from bingx_fake.streams.door import Door
from bingx_fake.streams.frames import Frame
from bingx_fake.streams.hub import POLICY
from bingx_fake.streams.session import Session
from bingx_fake.venue.instruments import Product

CLOSED_WITHIN_S = 1.0
"""A client that is told that the connection ends has so long to say that it knows (ours, A115)."""
HEARTBEAT_S = 5.0
"""How often the exchange asks whether the client is there (R, D)."""
ANSWER_WITHIN_S = 30.0
"""How long it waits for any answer before it closes (ours, A115)."""
SLOW_AFTER_S = 0.05
"""An advance of the clock waits so long for a reader, then no more until it has caught up (ours, A115)."""
MOST_WAITING = 10_000
"""Frames that wait for one reader; a reader that is further behind is cut off (ours, A115)."""


class _Turn:
    """When writers write: together, once whoever pushes is done, so that an answer does not wait for them."""

    def __init__(self) -> None:
        self._due: list[_Writer] = []

    def take(self, writer: "_Writer") -> None:
        """Have a writer write soon."""
        if not self._due:
            asyncio.get_running_loop().call_soon(self._write)
        self._due.append(writer)

    def _write(self) -> None:
        due, self._due = self._due, []
        for writer in due:
            writer.write()


class _Writer:
    """Carries frames to one client, in order; what is worthless by now is left out.

    A frame that only the latest of its kind matters of replaces the one that still waits. To a client that
    reads, frames are written at once, as bytes; with one that does not keep up a task waits.
    """

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport | None, turn: _Turn
    ) -> None:
        self._socket, self._transport, self._turn = socket, transport, turn
        self._is_due = False
        self._waiting: deque[Frame] = deque()
        self._latest: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._closing: int | None = None
        self._is_reset = False
        self._taken = 0
        self._is_sending = False
        self.is_slow = False
        self.idle = asyncio.Event()
        self.idle.set()

    def send(self, pushed: Frame) -> None:
        """Take a frame that is to go out after those before it. Never waits."""
        if self.is_closing:
            return
        if pushed.latest_of is not None and self._is_sending:
            place = self._latest.get(pushed.latest_of, -1) - self._taken
            if 0 <= place < len(self._waiting):
                self._waiting[place] = pushed
                return
        if pushed.latest_of is not None:
            self._latest[pushed.latest_of] = self._taken + len(self._waiting)
        elif len(self._waiting) >= MOST_WAITING:
            self.close(POLICY)
            return
        self._waiting.append(pushed)
        if not self._is_due:
            self._is_due = True
            self.idle.clear()
            self._turn.take(self)

    def write(self) -> None:
        """Write what waits, or leave it to the task."""
        self._is_due = False
        transport = self._transport
        if (
            transport is None
            or self._is_sending
            or self.is_closing
            or transport.is_closing()
            or transport.get_write_buffer_size()
        ):
            self._wake.set()
            return
        waiting = self._waiting
        transport.write(b"".join([_head(len(pushed.data)) + pushed.data for pushed in waiting]))
        self._taken += len(waiting)
        waiting.clear()
        self.idle.set()

    def close(self, code: int) -> None:
        """End the connection, once everything before has gone out."""
        if not self.is_closing:
            self._closing = code
            self._wake.set()

    def reset(self) -> None:
        """Break the connection off, whatever has not gone out."""
        self._is_reset = True
        if self._transport is not None:
            send_reset(self._transport)
        self._wake.set()

    @property
    def is_closing(self) -> bool:
        """Whether it is to end."""
        return self._closing is not None or self._is_reset

    async def run(self) -> None:
        """Write until the connection ends."""
        while True:
            while self._waiting and not self._is_reset:
                pushed = self._waiting.popleft()
                self._taken += 1
                self._is_sending = True
                await self._socket.send_bytes(pushed.data)
                self._is_sending = False
            self.is_slow = False
            self.idle.set()
            if self._is_reset:
                return
            if self._closing is not None:
                await self._socket.close(code=self._closing)
                return
            self._wake.clear()
            await self._wake.wait()


def _head(length: int) -> bytes:
    """What stands before a binary frame of a server's (RFC 6455, 5.2)."""
    if length < 126:
        return bytes((0x82, length))
    return (
        b"\x82\x7e" + length.to_bytes(2, "big")
        if length < 65_536
        else b"\x82\x7f" + length.to_bytes(8, "big")
    )


class StreamServer(DomainServer):
    """Serves the streams of an exchange; an instance is an asyncio protocol factory."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange, "com")  # whose name only requests would carry, and there are none
        self._writers: set[_Writer] = set()
        self._turn = _Turn()

    async def drain(self) -> None:
        """Wait until what was pushed has been handed to the system, for every client that reads."""
        if any(writer.is_slow for writer in self._writers):
            await asyncio.sleep(0)  # so that their tasks find out whether there is more room by now
        for writer in [*self._writers]:
            if not writer.is_slow and not writer.idle.is_set():
                try:
                    await asyncio.wait_for(writer.idle.wait(), SLOW_AFTER_S)
                except TimeoutError:
                    writer.is_slow = True

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        paths = stream_paths(request.host)
        product = paths.get(request.path)
        if product is None:
            return self._refuse(f"{request.path[:200]} is no path of streams here: {', '.join(paths)}")
        socket = web.WebSocketResponse(compress=False, autoclose=True, autoping=False)
        if not socket.can_prepare(request).ok:
            return self._refuse("this port is for websockets")
        listen_key, address = request.query.get("listenKey"), _address(request)
        refused = self._exchange.door.refusal(product, listen_key, address)
        if refused is not None:
            now_ms = self._now_ms()
            answer = answers.error(BUSY, "this connection is refused", now_ms, http_status=refused)
            return last_response(answer, now_ms)
        await socket.prepare(request)
        await self._serve(socket, request, product)
        return socket

    async def _serve(self, socket: web.WebSocketResponse, request: web.BaseRequest, product: Product) -> None:
        writer = _Writer(socket, request.transport, self._turn)
        door = self._exchange.door
        listen_key, address = request.query.get("listenKey"), _address(request)
        session = door.connect(product, writer, listen_key=listen_key, address=address)
        self._writers.add(writer)
        writing = asyncio.ensure_future(writer.run())
        tasks = [
            writing,
            asyncio.ensure_future(_beat(door, session)),
            asyncio.ensure_future(self._read(socket, session)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if writer.is_closing:
                await asyncio.wait([writing], timeout=CLOSED_WITHIN_S)
        finally:
            self._writers.discard(writer)
            writer.idle.set()
            door.leave(session)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, socket: web.WebSocketResponse, session: Session) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._exchange.door.receive(session, message.data)
            elif message.type is WSMsgType.BINARY:
                text = message.data.decode("utf-8", "replace")
                self._exchange.door.receive(session, text)
            elif message.type is WSMsgType.PING and not session.is_silent:
                await socket.pong(message.data)


def _address(request: web.BaseRequest) -> str:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return peer[0] if peer else "0.0.0.0"


async def _beat(door: Door, session: Session) -> None:
    """Ask every few seconds whether the client is there; who says nothing for too long is cut off."""
    while True:
        await asyncio.sleep(HEARTBEAT_S)
        door.beat(session, ANSWER_WITHIN_S / HEARTBEAT_S)
