"""A proxy on loopback that would lead anywhere, and each library's way to ask it for a URL."""

import asyncio
import socket
import ssl
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import trustme
from intercept.libraries import TIMEOUT_S, run, run_on_uvloop

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"code": 0}'
OTHER_HOST = "other.example"

Ask = Callable[[str, str], Any]
"""Gets a URL by way of a proxy's URL and returns the answer's JSON."""


class Proxy:
    """Answers whoever asks it, in the place of every host; knows what reached it.

    It speaks HTTP, and SOCKS 4 and 5. After CONNECT it is any host, with a certificate for ``OTHER_HOST``.
    """

    def __init__(self, *, tls: bool) -> None:
        authority = trustme.CA()
        self.ca = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(OTHER_HOST, "127.0.0.1").configure_cert(self._context)
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.received = b""
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._context.wrap_socket(connection, server_side=True)
            while True:
                connection = self._answer(connection)
        except OSError:
            return
        finally:
            connection.close()

    def _answer(self, connection: socket.socket) -> socket.socket:
        asked = connection.recv(65536)
        self.received += asked
        if not asked:
            connection.close()
            raise ConnectionResetError
        if asked.startswith(b"CONNECT"):
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            return self._context.wrap_socket(connection, server_side=True)
        if asked[:1] == b"\x05":
            connection.sendall(b"\x05\x00" if len(asked) < 5 else b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50")
        elif asked[:1] == b"\x04":
            connection.sendall(b"\x00\x5a" + bytes(6))
        else:
            connection.sendall(ANSWER)
        return connection


@contextmanager
def running_proxy(*, tls: bool = False) -> Iterator[Proxy]:
    proxy = Proxy(tls=tls)
    try:
        yield proxy
    finally:
        proxy.close()


def _requests(url: str, proxy: str) -> Any:
    import requests

    proxies = {"http": proxy, "https": proxy}
    return requests.get(url, proxies=proxies, timeout=TIMEOUT_S, verify=False).json()


def _requests_post(url: str, proxy: str) -> Any:
    import requests

    proxies = {"http": proxy, "https": proxy}
    return requests.post(url, proxies=proxies, timeout=TIMEOUT_S, verify=False, data={"a": 1}).json()


def _urllib3(url: str, proxy: str) -> Any:
    import urllib3

    with urllib3.ProxyManager(proxy, cert_reqs="CERT_NONE", proxy_ssl_context=unverified()) as pool:
        return pool.request("GET", url, timeout=TIMEOUT_S).json()  # and its retries


def _urllib(url: str, proxy: str) -> Any:
    import json

    request = urllib.request.Request(url)
    request.set_proxy(urlsplit(proxy).netloc, urlsplit(url).scheme)
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=unverified()))
    with opener.open(request, timeout=TIMEOUT_S) as answer:
        return json.load(answer)


def _httpx(url: str, proxy: str) -> Any:
    import httpx

    with httpx.Client(proxy=_httpx_proxy(proxy), verify=False) as client:
        return client.get(url, timeout=TIMEOUT_S).json()


def _httpx_proxy(proxy: str) -> Any:
    import httpx

    return httpx.Proxy(proxy, ssl_context=unverified() if proxy.startswith("https:") else None)


def _ccxt(url: str, proxy: str) -> Any:
    import ccxt

    exchange = ccxt.bingx({"timeout": TIMEOUT_S * 1000, "verify": False})
    setattr(exchange, f"{urlsplit(url).scheme}Proxy", proxy)
    try:
        return exchange.fetch(url)
    finally:
        exchange.session.close()


async def _aiohttp(url: str, proxy: str, method: str = "GET", data: Any = None) -> Any:
    import aiohttp

    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, proxy=proxy, ssl=unverified(), data=data) as answer,
    ):
        return await answer.json()


async def _aiohttp_post(url: str, proxy: str) -> Any:
    return await _aiohttp(url, proxy, "POST", {"a": 1})


async def _httpx_async(url: str, proxy: str) -> Any:
    import httpx

    async with httpx.AsyncClient(proxy=_httpx_proxy(proxy), verify=False, timeout=TIMEOUT_S) as client:
        return (await client.get(url)).json()


async def _httpx_async_post(url: str, proxy: str) -> Any:
    import httpx

    async with httpx.AsyncClient(proxy=_httpx_proxy(proxy), verify=False, timeout=TIMEOUT_S) as client:
        return (await client.post(url, data={"a": 1})).json()


async def _ccxt_async(url: str, proxy: str) -> Any:
    import ccxt.async_support

    exchange = ccxt.async_support.bingx({"timeout": TIMEOUT_S * 1000, "verify": False})
    setattr(exchange, f"{urlsplit(url).scheme}Proxy", proxy)
    try:
        return await exchange.fetch(url)
    finally:
        await exchange.close()


async def _streams(url: str, proxy: str) -> Any:
    """No library at all: asyncio's own streams, and TLS inside them."""
    import json

    parts = urlsplit(url)
    through = urlsplit(proxy)
    context = unverified() if through.scheme == "https" else None
    reader, writer = await asyncio.open_connection(through.hostname, through.port, ssl=context)
    try:
        if parts.scheme == "https":
            writer.writelines([f"CONNECT {parts.netloc}:443 ".encode(), b"HTTP/1.1\r\n\r\n"])
            await reader.readuntil(b"\r\n\r\n")
            await writer.start_tls(unverified(), server_hostname=parts.hostname)
        target = url if parts.scheme == "http" else parts.path
        writer.write(f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
        return json.loads((await reader.readexactly(len(ANSWER))).partition(b"\r\n\r\n")[2])
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def unverified() -> ssl.SSLContext:
    """What nobody should use, and what lets a proxy answer for every host."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _on(runner: Callable[..., Any], ask: Callable[[str, str], Any], url: str, proxy: str) -> Any:
    async def asked(wanted: str) -> Any:
        return await ask(wanted, proxy)

    return runner(asked, url)


ASYNC = {
    "aiohttp": _aiohttp,
    "aiohttp post": _aiohttp_post,
    "httpx async": _httpx_async,
    "httpx async post": _httpx_async_post,
    "ccxt async": _ccxt_async,
    "streams": _streams,
}
PROXIED: Mapping[str, Ask] = {
    "requests": _requests,
    "requests post": _requests_post,
    "urllib3": _urllib3,
    "urllib": _urllib,
    "httpx": _httpx,
    "ccxt": _ccxt,
    **{name: partial(_on, run, ask) for name, ask in ASYNC.items()},
    **{f"{name} on uvloop": partial(_on, run_on_uvloop, ask) for name, ask in ASYNC.items()},
}
# aiohttp leaves a TLS connection that failed to close by itself, and the event loop ends before.
PROXIED_BY_TLS = {
    name: ask for name, ask in PROXIED.items() if "aiohttp" not in name and "ccxt async" not in name
}
