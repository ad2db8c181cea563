"""Each library's way to a URL, as a program writes it, and what became of a failure on the way."""

import asyncio
import json
import ssl
import urllib.request
import warnings
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest

from bingx_contracts import ENVIRONMENTS, STREAMS
from bingx_fake import TriedToLeave

TIMEOUT_S = 10
SERVER_TIME = "/openApi/swap/v2/server/time"
HOSTS = {
    urlsplit(url).hostname or "": domain
    for environment in ENVIRONMENTS.values()
    for domain, url in (("com", environment.com), ("pro", environment.pro))
}
LIVE_COM, LIVE_PRO, VST_COM, VST_PRO = HOSTS
STREAM_HOSTS = [urlsplit(stream.url).hostname or "" for stream in STREAMS.values()]

Get = Callable[[str], Any]


def _requests(url: str) -> Any:
    import requests

    return requests.get(url, timeout=TIMEOUT_S).json()


def _urllib3(url: str) -> Any:
    import urllib3

    with urllib3.PoolManager() as pool:
        return pool.request("GET", url, timeout=TIMEOUT_S, retries=False).json()


def _urllib(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        return json.load(answer)


def _httpx(url: str) -> Any:
    import httpx

    return httpx.get(url, timeout=TIMEOUT_S).json()


def _ccxt(url: str) -> Any:
    import ccxt

    exchange = ccxt.bingx({"timeout": TIMEOUT_S * 1000})
    try:
        return exchange.fetch(url)
    finally:
        exchange.session.close()


async def _aiohttp(url: str) -> Any:
    import aiohttp

    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.json()


async def _aiohttp_threaded(url: str) -> Any:
    import aiohttp

    connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
    async with aiohttp.ClientSession(connector=connector) as session, session.get(url) as answer:
        return await answer.json()


async def _httpx_async(url: str) -> Any:
    import httpx

    async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
        return (await client.get(url)).json()


async def _ccxt_async(url: str) -> Any:
    import ccxt.async_support

    exchange = ccxt.async_support.bingx({"timeout": TIMEOUT_S * 1000})
    try:
        return await exchange.fetch(url)
    finally:
        await exchange.close()


async def _streams(url: str) -> Any:
    """No library at all: asyncio's own streams."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    context = ssl.create_default_context() if parts.scheme == "https" else None
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
    writer.write(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def run(get: Callable[[str], Coroutine[Any, Any, Any]], url: str) -> Any:
    """On asyncio's own event loop."""
    return asyncio.run(get(url))


def run_on_uvloop(get: Callable[[str], Coroutine[Any, Any, Any]], url: str) -> Any:
    """On an event loop that resolves names and connects without Python's ``socket``."""
    import uvloop

    # Were these errors, closing the loop would wait for ever for the connection that was left open.
    with warnings.catch_warnings(record=True) as left_open:
        warnings.simplefilter("always", ResourceWarning)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                return runner.run(get(url))
        finally:
            assert [str(warning.message) for warning in left_open] == []


LIBRARIES: Mapping[str, Get] = {
    "requests": _requests,
    "urllib3": _urllib3,
    "urllib": _urllib,
    "httpx": _httpx,
    "ccxt": _ccxt,
    "aiohttp": partial(run, _aiohttp),
    "aiohttp with ThreadedResolver": partial(run, _aiohttp_threaded),
    "httpx async": partial(run, _httpx_async),
    "ccxt async": partial(run, _ccxt_async),
    "streams": partial(run, _streams),
    "aiohttp on uvloop": partial(run_on_uvloop, _aiohttp),
    "httpx async on uvloop": partial(run_on_uvloop, _httpx_async),
    "ccxt async on uvloop": partial(run_on_uvloop, _ccxt_async),
    "streams on uvloop": partial(run_on_uvloop, _streams),
}


def causes(error: BaseException) -> Iterator[BaseException]:
    """A failure and everything that its library wrapped up in it."""
    waiting, seen = [error], set()
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        wrapped = [found.__cause__, found.__context__, getattr(found, "reason", None), *found.args]
        wrapped += getattr(found, "exceptions", ())
        waiting += [inner for inner in wrapped if isinstance(inner, BaseException)]


def failure(get: Get, url: str, kind: type[BaseException]) -> str:
    """Get a URL that cannot be had, and return the message of the failure of this kind behind it all."""
    try:
        answer = get(url)
    except Exception as error:
        for cause in causes(error):
            if isinstance(cause, kind):
                return str(cause)
        raise
    raise AssertionError(f"{url} answered {answer}")


def refusal(get: Get, url: str) -> str:
    """Get a URL that is refused, and return the message of the refusal, which must be no network error.

    A library may put it into a group (anyio, and httpx on it), which is none either.
    """
    with pytest.raises((TriedToLeave, ExceptionGroup)) as met:
        get(url)
    refusals = met.value.exceptions if isinstance(met.value, ExceptionGroup) else [met.value]
    assert {type(error) for error in refusals} == {TriedToLeave}
    return str(refusals[0])
