"""Sessions of aiohttp: one for each event loop, since what a session holds belongs to the loop that made it.

A loop that ends in order, as those of ``asyncio.run`` do, closes its session: loops close the asynchronous
generators that are left, and each session lives in one. Nothing is left for whoever comes later, who could
not await anything in a loop that has ended.
"""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextvars import ContextVar
from dataclasses import dataclass
from types import AsyncGeneratorType
from typing import Any, cast

import aiohttp

from bingx_client.flow.forks import of_one_process
from bingx_client.wire.signing import USER_AGENT


@dataclass(slots=True)
class Stood:
    """Whether an attempt has had a connection, so that the exchange may have it."""

    connection: bool = False


under_way: ContextVar[Stood] = ContextVar("under_way")
"""The attempt of this task."""


class _Connector(aiohttp.TCPConnector):
    """Notes that the attempt under way has a connection, and gives it no second one.

    aiohttp's own tracing would cost a tenth of the call.
    """

    def __init__(self) -> None:
        self._process = os.getpid()
        super().__init__()

    async def connect(self, req: Any, traces: Any, timeout: Any) -> Any:  # noqa: ASYNC109  # aiohttp's own
        attempt = under_way.get()
        if attempt.connection:  # it broke, and aiohttp would send the attempt once more
            raise aiohttp.ServerDisconnectedError
        connection = await super().connect(req, traces, timeout)
        attempt.connection = True
        return connection

    def __del__(self, *arguments: Any) -> None:
        # What closes a connection takes it off its loop's selector, which a child made by fork shares with
        # its parent: the parent would hear no answer any more. In a loop that has ended nothing is closed.
        if not self._closed and self._process == os.getpid() and not self._loop.is_closed():
            super().__del__(*arguments)


@dataclass(frozen=True, slots=True)
class _Opened:
    session: aiohttp.ClientSession
    connector: _Connector
    life: AsyncGeneratorType[None, None]
    """Ends with the session; the loop sees to it, if nobody else does."""


_OF_PARENTS: list[_Opened] = []
"""What a child made by ``fork`` keeps for good, since it may not be closed there."""


class Sessions:
    """Makes sessions, and keeps one for each event loop. Safe in any thread."""

    def __init__(self) -> None:
        self._opened: dict[asyncio.AbstractEventLoop, _Opened] = {}
        of_one_process(self)

    async def here(self) -> aiohttp.ClientSession:
        """The running loop's session, made anew where there is none or it was closed."""
        loop = asyncio.get_running_loop()
        opened = self._opened.get(loop)
        if opened is None or opened.session.closed:
            opened = self._opened[loop] = await _open()
            self._forget_ended_loops()
        return opened.session

    async def close_here(self) -> None:
        """Close the running loop's session. Those of other loops end with their loops."""
        opened = self._opened.pop(asyncio.get_running_loop(), None)
        if opened is not None:
            await opened.session.close()
            if not opened.life.ag_running:  # or the loop is ending it already
                await opened.life.aclose()

    def begin_in_child(self) -> None:
        """Let go of a parent's sessions after a fork."""
        for opened in self._opened.values():
            opened.session.detach()  # or it would complain of not being closed
            _OF_PARENTS.append(opened)
        self._opened = {}

    def _forget_ended_loops(self) -> None:
        for loop in list(self._opened):
            if loop.is_closed():
                ended = self._opened.pop(loop, None)
                if ended is not None and not ended.session.closed:  # the loop was closed over its head
                    ended.session.detach()


async def _open() -> _Opened:
    connector = _Connector()
    session = aiohttp.ClientSession(
        headers={"User-Agent": USER_AGENT}, connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    )
    # aiohttp sends all but POST once more when a connection breaks, without saying so: a PUT or DELETE would
    # be made twice. The only switch is private. Were it gone, the connector would refuse a second connection,
    # and know less of what became of the first.
    session._retry_connection = False  # noqa: SLF001  # see above
    life = cast("AsyncGeneratorType[None, None]", _life_of(session))
    await anext(life)  # from here on the loop knows of it
    return _Opened(session, connector, life)


async def _life_of(session: aiohttp.ClientSession) -> AsyncGenerator[None, None]:
    async with session:
        yield
