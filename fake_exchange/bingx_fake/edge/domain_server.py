"""The edge: bytes in, bytes out, for both domains, by aiohttp's server."""

import asyncio
import http.client
import logging
import socket
import struct
from collections.abc import Mapping
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from aiohttp import web
from aiohttp.http import HttpProcessingError, HttpVersion11

from bingx_fake.answers import answer as answers
from bingx_fake.answers.answer import Answer
from bingx_fake.exchange import Exchange
from bingx_fake.faults.fault import Close, Dribble, Hang, Late, Reset, Truncate
from bingx_fake.gateway.refusal import BAD_PARAMETER, BUSY
from bingx_fake.gateway.wire import Domain, WireRequest

_SERVER = "bingx-fake"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER switched on with no time to linger: what is closed then is reset."""
_LARGEST_BODY = 1024 * 1024
_READ_AT_ONCE = 64 * 1024
_BAD_REQUEST = (HttpProcessingError, web.RequestPayloadError)
_NO_ACCESS_LOG = logging.getLogger("bingx_fake.no_access_log")
_NO_ACCESS_LOG.setLevel(logging.CRITICAL)
_log = logging.getLogger("bingx_fake")


class _Protocol(web.RequestHandler):
    """Answers bytes that are not HTTP with the exchange's own JSON error, and without a traceback."""

    exchange: Exchange

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Have asyncio read in smaller pieces than its 256 KB.

        Pieces of that size, where the heap happens to end with one, make malloc give memory back and get it
        anew with each request. The attribute is no documented one: without it, requests only take longer.
        """
        with suppress(AttributeError):
            transport.max_size = _READ_AT_ONCE  # type: ignore[attr-defined]  # not in asyncio's interface
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Refuse what aiohttp before 3.14 does not take for a bad request: a target that is no address."""
        try:
            super().data_received(data)
        except ValueError:
            now_ms = self.exchange.clock.now_ms()
            answer = _unreadable(_NOT_HTTP, now_ms)
            if self.transport is not None:
                self.transport.write(_head(answer, now_ms) + answer.body)
                self.transport.close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to a request that could not be parsed, or that the exchange itself failed over.

        The second must not look like a refusal, since the request may have taken effect.
        """
        now_ms = self.exchange.clock.now_ms()
        if isinstance(exc, _BAD_REQUEST):
            return last_response(_unreadable(_NOT_HTTP, now_ms), now_ms)
        _log.error("a request failed inside the exchange", exc_info=exc)
        answer = answers.error(BUSY, "the fake failed over this request", now_ms, http_status=500)
        return last_response(answer, now_ms)

    def log_exception(self, *arguments: Any, **options: Any) -> None:
        """Log what went wrong on our side; what a client sent is no reason for a traceback."""
        if not isinstance(options.get("exc_info"), _BAD_REQUEST):
            super().log_exception(*arguments, **options)


_NOT_HTTP = "the request is not valid HTTP"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n%s\r\n%s"
_SENT_APART = 64 * 1024
"""Bytes of a body from which on it costs less to send it by itself than to copy it behind its head."""
_NOT_TLS = b"HTTP/1.1 400 Bad Request\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n"


@lru_cache(maxsize=4)
def _stamp(unix_s: int) -> Mapping[str, str]:
    """Who answers, and when: headers of every answer, so that none depends on the machine or on aiohttp."""
    return MappingProxyType({"Date": formatdate(unix_s, usegmt=True), "Server": _SERVER})


@lru_cache(maxsize=4)
def _stamp_lines(unix_s: int) -> bytes:
    """The same as it goes over the wire."""
    return "".join([f"{name}: {value}\r\n" for name, value in _stamp(unix_s).items()]).encode()


class _Sent(web.StreamResponse):
    """Stands for an answer of HTTP 200 that has gone out, on a connection that is kept alive.

    Putting an answer together is the largest part of what aiohttp does for a request. By its public methods
    alone, this leaves nothing of that to do; everything less common takes the usual way.
    """

    @property
    def keep_alive(self) -> bool:
        """Always: others take the usual way."""
        return True

    async def prepare(self, request: web.BaseRequest) -> None:
        """Send nothing."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Send nothing more."""


_SENT = _Sent()


def _send_whole(transport: asyncio.Transport, answer: Answer, now_ms: int) -> None:
    """Send an answer of HTTP 200 as it goes over the wire."""
    more = "".join([f"{name}: {value}\r\n" for name, value in answer.headers]) if answer.headers else ""
    body = answer.body
    is_apart = len(body) >= _SENT_APART
    first = b"" if is_apart else body
    transport.write(_WHOLE % (_stamp_lines(now_ms // 1000), len(body), more.encode(), first))
    if is_apart:
        transport.write(body)


class DomainServer(web.Server):
    """Serves the exchange under one of its domains; an instance is an asyncio protocol factory."""

    def __init__(self, exchange: Exchange, domain: Domain) -> None:
        self._exchange, self._domain = exchange, domain
        super().__init__(self._handle, handler_cancellation=True)

    def __call__(self) -> web.RequestHandler:
        """A protocol for one new connection."""
        protocol = _Protocol(self, loop=asyncio.get_running_loop(), access_log=_NO_ACCESS_LOG)
        protocol.exchange = self._exchange
        return protocol

    def cut_connections(self) -> None:
        """Close every open connection at once, unsent bytes or not."""
        for connection in self.connections:
            if connection.transport is not None:
                connection.transport.abort()
            connection.force_close()

    def answer_to_tls(self) -> bytes:
        """What a port without a certificate answers to a client that greets it for TLS."""
        return _NOT_TLS % _stamp_lines(self._now_ms() // 1000)

    def _now_ms(self) -> int:
        return self._exchange.clock.now_ms()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "CONNECT":
            return self._refuse("CONNECT asks for a tunnel, and this is no proxy")
        try:
            body = await _body(request) if request.body_exists else b""
        except web.HTTPRequestEntityTooLarge:
            return self._refuse(f"the body is larger than {_LARGEST_BODY} bytes")
        except _BAD_REQUEST:
            return self._refuse("the body cannot be read")
        peer = request.transport.get_extra_info("peername") if request.transport else None
        wire = WireRequest(
            domain=self._domain,
            method=request.method,
            target=_origin_form(request.raw_path),
            headers=request.headers,
            body=body,
            address=peer[0] if peer else "0.0.0.0",
        )
        match self._exchange.receive(wire):
            case Answer() as answer:
                transport = request.transport
                if (
                    answer.http_status != 200
                    or answer.content_type != "application/json"
                    or request.method == "HEAD"  # whose answer has no body
                    or request.version != HttpVersion11
                    or not request.keep_alive
                    or transport is None
                ):
                    return _response(answer, self._now_ms())
                _send_whole(transport, answer, self._now_ms())
                return _SENT
            case Late(ms, answer_of):
                await asyncio.sleep(ms / 1000)
                return _response(answer_of(), self._now_ms())
            case Hang():
                await asyncio.Event().wait()
                raise AssertionError("only the client's leaving ends the wait")
            case failure:
                if request.transport is not None:
                    await _break_off(request.transport, failure, self._now_ms())
                return web.Response()  # the connection is closed, so nobody gets it

    def _refuse(self, reason: str) -> web.Response:
        now_ms = self._now_ms()
        return last_response(_unreadable(reason, now_ms), now_ms)


async def _body(request: web.BaseRequest) -> bytes:
    """The body of a request. A client that waits to be told to send it is told to.

    :raises HTTPRequestEntityTooLarge: when it is too large; who waits is told before it is sent.
    """
    if (
        request.headers.get("Expect", "").lower() == "100-continue"
        and request.version >= HttpVersion11
        and request.transport is not None
        and not request.content.is_eof()
    ):
        length = request.content_length or 0
        if length > _LARGEST_BODY:
            raise web.HTTPRequestEntityTooLarge(_LARGEST_BODY, length)
        request.transport.write(_CONTINUE)
    return await request.read()


def _unreadable(reason: str, now_ms: int) -> Answer:
    return answers.error(BAD_PARAMETER, reason, now_ms, http_status=400)


def _response(answer: Answer, now_ms: int) -> web.Response:
    """An answer for aiohttp to send."""
    return web.Response(
        status=answer.http_status,
        body=answer.body,
        content_type=answer.content_type,
        headers={**_stamp(now_ms // 1000), **dict(answer.headers)},
    )


def last_response(answer: Answer, now_ms: int) -> web.Response:
    """The same as an answer for aiohttp to send, with the connection closed afterwards."""
    response = _response(answer, now_ms)
    response.force_close()
    return response


async def _break_off(
    transport: asyncio.Transport, failure: Close | Reset | Truncate | Dribble, now_ms: int
) -> None:
    """Send what a failure lets through, and close or reset the connection."""
    match failure:
        case Reset():
            send_reset(transport)
        case Truncate(answer, reset):
            head = _head(answer, now_ms)
            transport.write(head + answer.body[: len(answer.body) // 2])
            if reset:
                send_reset(transport)
        case Dribble(answer, ms):
            for byte in _head(answer, now_ms) + answer.body:
                transport.write(bytes([byte]))
                await asyncio.sleep(ms / 1000)
                if transport.is_closing():
                    return
    transport.close()


def send_reset(transport: asyncio.Transport) -> None:
    """Break a connection off with a TCP RST, unsent bytes or not."""
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()


def _head(answer: Answer, now_ms: int) -> bytes:
    """Status line and headers, for answers that go out in pieces."""
    headers = (
        ("Content-Type", answer.content_type),
        *_stamp(now_ms // 1000).items(),
        ("Content-Length", str(len(answer.body))),
        ("Connection", "close"),
        *answer.headers,
    )
    lines = [f"HTTP/1.1 {answer.http_status} {http.client.responses.get(answer.http_status, '')}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers), "", ""]).encode()


def _origin_form(target: str) -> str:
    """The path and query of a request target, which a proxy's client sends with scheme and host."""
    if target.startswith(("http://", "https://")):
        return "/" + target.partition("://")[2].partition("/")[2]
    return target
