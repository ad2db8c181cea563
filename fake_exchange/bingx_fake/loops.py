"""The functions to replace in event loops, and in what looks names up for them."""

import socket
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bingx_fake.reach import Function, Replacement, Rules


def replacements() -> Iterator[Replacement]:
    """Which functions, and by what."""
    # What looks names up without ``socket``: aiohttp with aiodns, or on an event loop that does so.
    resolvers = import_module("aiohttp.resolver")
    yield resolvers.ThreadedResolver, "resolve", _resolve
    yield resolvers.AsyncResolver, "resolve", _resolve
    # The event loop that does so, and connects by itself. Imported here, as a program may import it later.
    if find_spec("uvloop") is not None:
        loop = import_module("uvloop").Loop
        yield loop, "getaddrinfo", _loop_getaddrinfo
        yield loop, "create_connection", _create_connection


def _resolve(original: Function, rules: Callable[[], Rules]) -> Function:
    async def resolve(self: Any, host: str, port: int = 0, family: int = socket.AF_INET) -> Any:
        address = rules().look_up(host)
        if address is None:
            return await original(self, host, port, family)
        found = {"hostname": host, "host": address, "port": port}
        return [{**found, "family": socket.AF_INET, "proto": 0, "flags": socket.AI_NUMERICHOST}]

    return resolve


def _loop_getaddrinfo(original: Function, rules: Callable[[], Rules]) -> Function:
    async def getaddrinfo(self: Any, host: Any, port: Any, **options: Any) -> Any:
        address = rules().look_up(host) if host is not None else None
        return await original(self, address or host, port, **options)

    return getaddrinfo


def _create_connection(original: Function, rules: Callable[[], Rules]) -> Function:
    async def create_connection(
        self: Any, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        if host is not None:
            if options.get("ssl") and options.get("server_hostname") is None:
                options["server_hostname"] = host
            host, port = rules().route((host, port))
        return await original(self, protocol_factory, host, port, **options)

    return create_connection
