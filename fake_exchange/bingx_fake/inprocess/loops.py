"""The functions to replace in event loops, and in what looks names up for them."""

import asyncio
import contextlib
import socket
from asyncio import selector_events, sslproto
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bingx_fake.inprocess.reach import (
    Function,
    OwnContext,
    Replacement,
    Rules,
    first_bytes,
    judge_encrypted,
    judge_named,
    judge_sent,
)


def replacements() -> Iterator[Replacement]:
    """Which functions, and by what."""
    # What looks names up without ``socket``: aiohttp with aiodns, or on an event loop that does so.
    resolvers = import_module("aiohttp.resolver")
    yield resolvers.ThreadedResolver, "resolve", _resolve
    yield resolvers.AsyncResolver, "resolve", _resolve
    # It writes a request with a body in a task, and makes a network error of whatever is raised there.
    yield import_module("aiohttp").ClientRequest, "send", _send_request
    # They write in methods that make a lost connection of whatever ``socket.send`` raises.
    yield asyncio.BaseEventLoop, "create_connection", _create_connection
    yield asyncio.BaseEventLoop, "start_tls", _start_tls
    plain, encrypted = transports()
    for transport in (plain, encrypted):
        yield transport, "write", _write
        yield transport, "writelines", _writelines
    # The event loop that looks names up, connects and writes by itself. A program may import it later.
    if find_spec("uvloop") is not None:
        loop = import_module("uvloop").Loop
        yield loop, "getaddrinfo", _loop_getaddrinfo
        yield loop, "create_connection", _create_uvloop_connection
        yield loop, "start_tls", _start_tls_on_uvloop


def transports() -> tuple[type, type]:
    """The two that carry connections: no part of asyncio's interface, but of every Python since 3.7."""
    plain = "_SelectorSocketTransport"
    encrypted = "_SSLProtocolTransport"
    return getattr(selector_events, plain), getattr(sslproto, encrypted)


def _resolve(original: Function, rules: Callable[[], Rules]) -> Function:
    async def resolve(self: Any, host: str, port: int = 0, family: int = socket.AF_INET) -> Any:
        address = rules().look_up(host)
        if address is None:
            return await original(self, host, port, family)
        found = {"hostname": host, "host": address, "port": port}
        return [{**found, "family": socket.AF_INET, "proto": 0, "flags": socket.AI_NUMERICHOST}]

    return resolve


# Connections


def _create_connection(original: Function, rules: Callable[[], Rules]) -> Function:
    async def create_connection(
        self: Any, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        if options.get("ssl"):
            name, sock = options.get("server_hostname"), options.get("sock")
            find_peer = (lambda: (host, port)) if sock is None else sock.getpeername
            judge_named(rules(), host if name is None else name, find_peer)
        return await original(self, protocol_factory, host, port, **options)

    return create_connection


def _start_tls(original: Function, rules: Callable[[], Rules]) -> Function:
    async def start_tls(self: Any, transport: Any, protocol: Any, sslcontext: Any, **options: Any) -> Any:
        judge_named(rules(), options.get("server_hostname"), lambda: _peer(transport))
        return await original(self, transport, protocol, sslcontext, **options)

    return start_tls


def _send_request(original: Function, rules: Callable[[], Rules]) -> Function:
    async def send(self: Any, connection: Any) -> Any:
        transport = connection.transport
        if transport is not None and not _is_own(transport):
            try:
                judge_named(rules(), self.url.host, lambda: _peer(transport))
            except BaseException:
                connection.close()  # before 3.14, nobody does whose CONNECT was not sent
                raise
        return await original(self, connection)

    return send


def _write(original: Function, rules: Callable[[], Rules]) -> Function:
    def write(self: Any, data: Any) -> None:
        _judge_written(rules(), self, data)
        original(self, data)

    return write


def _writelines(original: Function, rules: Callable[[], Rules]) -> Function:
    def writelines(self: Any, pieces: Any) -> None:
        pieces = list(pieces)
        _judge_written(rules(), self, first_bytes(pieces))
        original(self, pieces)

    return writelines


def _judge_written(rules: Rules, transport: Any, data: Any) -> None:
    secured = transport.get_extra_info("ssl_object")
    if secured is None:
        judge_sent(rules, data, lambda: _peer(transport))
    else:
        judge_encrypted(rules, secured, data)


def _is_own(transport: Any) -> bool:
    return isinstance(transport.get_extra_info("sslcontext"), OwnContext)


def _peer(transport: Any) -> Any:
    return transport.get_extra_info("peername")


# uvloop


def _loop_getaddrinfo(original: Function, rules: Callable[[], Rules]) -> Function:
    async def getaddrinfo(self: Any, host: Any, port: Any, **options: Any) -> Any:
        address = rules().look_up(host) if host is not None else None
        return await original(self, address or host, port, **options)

    return getaddrinfo


def _create_uvloop_connection(original: Function, rules: Callable[[], Rules]) -> Function:
    judged = _create_connection(original, rules)

    async def create_connection(
        self: Any, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        if host is not None:
            if options.get("ssl") and options.get("server_hostname") is None:
                options["server_hostname"] = host
            host, port = rules().route((host, port))

        def factory() -> Any:
            protocol = protocol_factory()
            made = protocol.connection_made
            with contextlib.suppress(AttributeError):  # it has slots
                protocol.connection_made = lambda transport: made(_Judged(transport, rules))
            return protocol

        transport, protocol = await judged(self, factory, host, port, **options)
        return _Judged(transport, rules), protocol

    return create_connection


def _start_tls_on_uvloop(original: Function, rules: Callable[[], Rules]) -> Function:
    judged = _start_tls(original, rules)

    async def start_tls(self: Any, transport: Any, protocol: Any, sslcontext: Any, **options: Any) -> Any:
        if not isinstance(transport, _Judged):
            return await judged(self, transport, protocol, sslcontext, **options)
        return _Judged(await judged(self, transport.bare, protocol, sslcontext, **options), rules)

    return start_tls


class _Judged:
    """A transport of uvloop's, whose own methods cannot be replaced, since they are not Python's.

    A protocol is given one, and whoever opened the connection another: they are as good as the same.
    """

    def __init__(self, bare: Any, rules: Callable[[], Rules]) -> None:
        self.bare, self._rules = bare, rules

    def write(self, data: Any) -> None:
        _judge_written(self._rules(), self.bare, data)
        self.bare.write(data)

    def writelines(self, pieces: Any) -> None:
        pieces = list(pieces)
        _judge_written(self._rules(), self.bare, first_bytes(pieces))
        self.bare.writelines(pieces)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bare, name)
