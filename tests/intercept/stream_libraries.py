"""Each library's way to a websocket, as a program writes it."""

import asyncio
import gzip
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from intercept.libraries import TIMEOUT_S
from support.loops import connections_ended

EMPTY = "{}"
"""What every product answers at once, with an error."""

Meet = Callable[[str, Callable[[], Any]], tuple[str, Any]]
"""From a URL, and what to look at while connected, to what ``EMPTY`` is answered, and what was seen."""
MeetLater = Callable[[str, Callable[[], Any]], Coroutine[Any, Any, tuple[str, Any]]]


def _text(frame: Any) -> str:
    return gzip.decompress(frame).decode()


async def _aiohttp(url: str, look: Callable[[], Any]) -> tuple[str, Any]:
    import aiohttp

    try:
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as stream:
            await stream.send_str(EMPTY)
            return _text((await stream.receive(TIMEOUT_S)).data), look()
    finally:
        await connections_ended()


async def _websockets(url: str, look: Callable[[], Any]) -> tuple[str, Any]:
    from websockets.asyncio.client import connect

    async with connect(url, open_timeout=TIMEOUT_S) as stream:
        await stream.send(EMPTY)
        return _text(await asyncio.wait_for(stream.recv(), TIMEOUT_S)), look()


def _websockets_in_a_thread(url: str, look: Callable[[], Any]) -> tuple[str, Any]:
    from websockets.sync.client import connect

    with connect(url, open_timeout=TIMEOUT_S) as stream:
        stream.send(EMPTY)
        return _text(stream.recv(TIMEOUT_S)), look()


def _websocket_client(url: str, look: Callable[[], Any]) -> tuple[str, Any]:
    import websocket

    stream = websocket.create_connection(url, timeout=TIMEOUT_S)
    try:
        stream.send(EMPTY)
        return _text(stream.recv()), look()
    finally:
        stream.close()


def _on_asyncio(meet: MeetLater, url: str, look: Callable[[], Any]) -> tuple[str, Any]:
    return asyncio.run(meet(url, look))


def _on_uvloop(meet: MeetLater, url: str, look: Callable[[], Any]) -> tuple[str, Any]:
    """On an event loop that resolves names and connects without Python's ``socket``."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(meet(url, look))


# Without aiohttp on uvloop: it leaves connections over TLS to a loop that has ended, and uvloop says so.
LIBRARIES: Mapping[str, Meet] = {
    "aiohttp": partial(_on_asyncio, _aiohttp),
    "websockets": partial(_on_asyncio, _websockets),
    "websockets on uvloop": partial(_on_uvloop, _websockets),
    "websockets in a thread": _websockets_in_a_thread,
    "websocket-client": _websocket_client,
}
