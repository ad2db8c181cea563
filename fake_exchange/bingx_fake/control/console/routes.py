"""The console's edge: its files, and the stream of server-sent events."""

import asyncio
from collections.abc import Hashable
from functools import lru_cache
from importlib import resources

import msgspec
from aiohttp import web

from bingx_fake.control.calls import ControlError
from bingx_fake.control.console.changes import Aspect, look
from bingx_fake.exchange import Exchange

_TICK_S = 0.1
_QUIET_S = 15.0
_PATIENCE_S = 5.0
_FAREWELL_S = 0.5
_MOST_READERS = 32

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Feed:
    """Tells readers what has changed in an exchange: ``GET /events``.

    Each reader's stream looks every ``tick_s`` and says what is new since its last look, so that changes in
    quick succession are told as one and nothing queues up. A new reader is told everything once.

    :param patience_s: a reader that takes nothing for this long is dropped.
    """

    def __init__(
        self, exchange: Exchange, *, tick_s: float = _TICK_S, patience_s: float = _PATIENCE_S
    ) -> None:
        self._exchange, self._tick_s, self._patience_s = exchange, tick_s, patience_s
        self._stopping = asyncio.Event()
        self._streams: dict[asyncio.Future[None], web.Request] = {}

    @property
    def readers(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Serve one reader until it leaves or the feed stops.

        :raises ControlError: when there are too many readers.
        """
        if len(self._streams) >= _MOST_READERS:
            raise ControlError(f"{_MOST_READERS} readers listen to the events already", 503)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        ended = asyncio.get_running_loop().create_future()
        self._streams[ended] = request
        try:
            await response.prepare(request)
            await self._tell(request, response)
        except TimeoutError:
            _abort(request)
        except ConnectionResetError:
            pass  # the reader has left
        finally:
            del self._streams[ended]
            ended.set_result(None)
        return response

    async def stop(self, application: web.Application) -> None:
        """End every stream, for good. Who takes nothing is cut off, so that nobody holds it up."""
        self._stopping.set()
        if self._streams:
            _, stuck = await asyncio.wait(self._streams, timeout=_FAREWELL_S)
            for ended in stuck:
                _abort(self._streams[ended])

    async def _tell(self, request: web.Request, response: web.StreamResponse) -> None:
        seen: dict[Hashable, Aspect] = {}
        quiet_s = 0.0
        while request.transport is not None and not self._stopping.is_set():
            now = look(self._exchange)
            news = b"".join(
                _message(aspect)
                for side, aspect in now.items()
                if side not in seen or aspect.mark != seen[side].mark
            )
            if quiet_s >= _QUIET_S:
                news = news or b": nothing new\n\n"
            if news:
                async with asyncio.timeout(self._patience_s):
                    await response.write(news)
            seen, quiet_s = now, 0.0 if news else quiet_s + self._tick_s
            await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._tick_s):
                await self._stopping.wait()
        except TimeoutError:
            return


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _message(aspect: Aspect) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (aspect.name.encode(), msgspec.json.encode(aspect.show()))


def add_console(application: web.Application, exchange: Exchange) -> None:
    """Serve the page, its files and the events."""
    feed = Feed(exchange)
    application.router.add_get("/", _page)
    application.router.add_get(r"/console/{name:\w+\.\w+}", _file)
    application.router.add_get("/events", feed.stream)
    application.on_shutdown.append(feed.stop)


async def _page(request: web.Request) -> web.Response:
    return _response("index.html")


async def _file(request: web.Request) -> web.Response:
    return _response(request.match_info["name"])


def _response(name: str) -> web.Response:
    files = _files()
    if name not in files:
        raise ControlError(f"the console has no file {name!r}", 404)
    content_type = _TYPES[name[name.rindex(".") :]]
    return web.Response(body=files[name], content_type=content_type, charset="utf-8", headers=_HEADERS)


@lru_cache(maxsize=1)
def _files() -> dict[str, bytes]:
    """Every file of the page, read when the first is asked for."""
    folder = resources.files("bingx_fake.control.console").joinpath("assets")
    return {file.name: file.read_bytes() for file in folder.iterdir()}
