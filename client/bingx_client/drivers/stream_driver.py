"""Streams over aiohttp: connects, sends, reads and sleeps as a stream's core says, and decides nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Self

import aiohttp
from yarl import URL

from bingx_client.drivers.aiohttp_driver import reason_of
from bingx_client.drivers.proxies import ProxyUnclear, environment_proxy, place_of
from bingx_client.drivers.sessions import Sessions, Stood, under_way
from bingx_client.flow.call import Call
from bingx_client.streaming.actions import Ask, Connect, Disconnect, Send
from bingx_client.streaming.core import StreamCore
from bingx_client.streaming.events import Event

_CLOSE_WITHIN_S = 1.0
"""The exchange has so long to say that it knows that a connection ends."""
_AT_ONCE = 4
"""So many calls are made at the same time to close gaps."""
_DATA = (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT)


class Stream:
    """What ``AsyncClient.stream`` gives: events, one after the other, until it is closed.

    Read it with ``async for``, inside ``async with``, which closes it. It connects when it is entered or
    first read, and reads on its own from then on, in the background: heartbeats are answered however long
    the reader takes. One reader at a time; a stream belongs to the event loop that it began in.

    :raises APIError: where the exchange refuses the key; a stream ends for no other reason.
    """

    def __init__(
        self,
        core: StreamCore,
        url: str,
        sessions: Sessions,
        ask: Callable[[Call[Any]], Awaitable[Any]],
        *,
        timeout_s: float,
        clock: Callable[[], int],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._core, self._url, self._sessions, self._ask = core, url, sessions, ask
        self._timeout_s, self._now_ms, self._sleep = timeout_s, clock, sleep
        self._main: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._timer: asyncio.Task[None] | None = None
        self._timer_ms = 0
        self._news = asyncio.Event()
        self._wanted = asyncio.Event()
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._connect = Connect(None)
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._outgoing: list[str] = []
        self._failure: BaseException | None = None
        self._is_closed = False

    def __repr__(self) -> str:
        return f"Stream({self._url!r})"

    async def __aenter__(self) -> Self:
        self._begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        self._begin()
        events = self._core.events
        while not events:
            if self._failure is not None:
                raise self._failure
            if self._is_closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return events.popleft()

    @property
    def waiting(self) -> int:
        """How many events wait to be read."""
        return len(self._core.events)

    async def close(self) -> None:
        """End the connection. What waits to be read can still be read; nothing more comes."""
        self._is_closed = True
        self._news.set()
        tasks = [task for task in (self._main, self._timer, *self._tasks) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._socket is not None:
            self._leave(self._socket)
            self._socket = None
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _begin(self) -> None:
        if self._main is None and not self._is_closed:
            self._main = asyncio.ensure_future(self._watched(self._run))

    async def _watched(self, work: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        """Do a part of the work; what goes wrong in it is raised at whoever reads."""
        try:
            await work(*arguments)
        except Exception as error:
            self._failure = error
            self._news.set()

    def _start(self, work: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        task = asyncio.ensure_future(self._watched(work, *arguments))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _leave(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """End a connection, in the background. It is seen to its end, whoever closes the stream meanwhile."""
        task = asyncio.ensure_future(self._watched(_close, socket))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _run(self) -> None:
        self._core.begin(self._now_ms())
        self._follow()
        while not self._core.is_over:
            await self._wanted.wait()
            self._wanted.clear()
            if not self._core.is_over:
                await self._converse()

    async def _converse(self) -> None:
        """Have one connection, from its beginning to its end."""
        try:
            socket = await self._open()
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError, RuntimeError) as error:
            self._core.lost(self._now_ms(), f"no connection: {_reason(error)}")
            self._follow()
            return
        self._socket, self._outgoing = socket, []
        self._core.connected(self._now_ms())
        self._follow()
        received, now_ms = self._core.received, self._now_ms
        async for message in socket:
            if message.type in _DATA:
                received(now_ms(), message.data)
                self._follow()
        if self._socket is not socket:  # the core has ended it, and may be about to connect again
            return
        self._socket = None
        # 1006 stands for an end that nobody told.
        code = None if socket.close_code == 1006 else socket.close_code
        how = "broke off" if code is None else f"was closed by the exchange with code {code}"
        self._core.lost(self._now_ms(), f"the connection {how}")
        self._leave(socket)
        self._follow()

    async def _open(self) -> aiohttp.ClientWebSocketResponse:
        key = self._connect.listen_key
        url = URL(self._url if key is None else f"{self._url}?listenKey={key}", encoded=True)
        proxy = environment_proxy(self._url.replace("ws", "http", 1))
        if proxy is not None:
            place_of(proxy)  # refuses what could be read in two ways
        under_way.set(Stood())
        session = await self._sessions.here()
        async with asyncio.timeout(self._timeout_s):
            return await session.ws_connect(
                url,
                timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_WITHIN_S),
                proxy=proxy,
                max_msg_size=0,
            )

    def _follow(self) -> None:
        """Carry out what the core wants done, hand on what it tells, and wake it in time."""
        core = self._core
        actions = core.actions
        while actions:
            match actions.popleft():
                case Send(text):
                    self._outgoing.append(text)
                    if len(self._outgoing) == 1 and self._socket is not None:
                        self._start(_send, self._socket, self._outgoing)
                case Ask(number, call):
                    self._start(self._answer, number, call)
                case Connect() as connect:
                    self._connect = connect
                    self._wanted.set()
                case Disconnect():
                    socket, self._socket = self._socket, None
                    if socket is not None:
                        self._leave(socket)
        if core.events:
            self._news.set()
        wake_ms = core.wake_ms
        if wake_ms is not None and (self._timer is None or wake_ms < self._timer_ms):
            if self._timer is not None:
                self._timer.cancel()
            self._timer_ms = wake_ms
            self._timer = asyncio.ensure_future(self._watched(self._wake, wake_ms))
        if core.error is not None and self._failure is None:
            self._failure = core.error
            self._wanted.set()
            self._news.set()

    async def _wake(self, at_ms: int) -> None:
        await self._sleep(max(at_ms - self._now_ms(), 0) / 1000)
        self._timer = None
        self._core.tick(self._now_ms())
        self._follow()

    async def _answer(self, number: int, call: Call[Any]) -> None:
        try:
            if call.method == "GET":
                async with self._at_once:
                    answer = await self._ask(call)
            else:
                answer = await self._ask(call)
        except Exception as error:
            self._core.failed(self._now_ms(), number, error)
        else:
            self._core.answered(self._now_ms(), number, answer)
        self._follow()


async def _send(socket: aiohttp.ClientWebSocketResponse, outgoing: list[str]) -> None:
    """Send what waits to be sent on a connection. Where that fails, whoever reads from it is told."""
    while outgoing:
        try:
            await socket.send_str(outgoing[0])
        except (aiohttp.ClientError, OSError, RuntimeError):
            return
        del outgoing[0]


async def _close(socket: aiohttp.ClientWebSocketResponse) -> None:
    """End a connection, and wait until TLS has said goodbye as well, or the loop might end before."""
    # Private to aiohttp; were it gone, nobody would wait, and Python might warn of a transport.
    response = getattr(socket, "_response", None)
    connection = getattr(response, "connection", None)
    closed = getattr(getattr(connection, "protocol", None), "closed", None)
    if closed is not None:
        # What is pushed after the goodbye breaks TLS off with an error, which is nobody's business by then.
        closed.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    await socket.close()
    if closed is not None:
        await asyncio.wait([closed], timeout=_CLOSE_WITHIN_S)


def _reason(error: Exception) -> str:
    """Why there is no connection, without the URL, which holds the listen key."""
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return f"the exchange refused it with HTTP {error.status}"
    if isinstance(error, ProxyUnclear):
        return f"the environment's proxies cannot be used ({error})"
    return reason_of(error, stood=False)
