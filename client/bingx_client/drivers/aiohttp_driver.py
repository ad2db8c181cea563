"""Sending one attempt with aiohttp, and telling how far it got when it fails."""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
from yarl import URL

from bingx_client.drivers.originals import is_original
from bingx_client.drivers.proxies import ProxyUnclear, environment_proxy, place_of, with_proxy
from bingx_client.drivers.sessions import Sessions, Stood, under_way
from bingx_client.flow.steps import Answered, Attempt, Await, Failed, Outcome, Sleep, Step, Steps

T = TypeVar("T")


class AiohttpDriver:
    """Carries calls through: sends attempts with aiohttp, sleeps, waits. Keeps connections alive.

    Proxies (``HTTP_PROXY``, ``HTTPS_PROXY``, ``NO_PROXY``) are read from the environment when a base URL is
    first used, and not again; nothing for this machine goes to a proxy. Certificates are aiohttp's
    (``SSL_CERT_FILE`` at its import). A ``.netrc`` is never read, since no request may carry credentials but
    the key; cookies are not kept.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._sessions = Sessions()
        self._proxies: dict[str, tuple[str | None, str | None]] = {}

    async def drive(self, steps: Steps[T]) -> T:
        """Carry a call through to its result, step by step. What interrupts a step is told to the call."""
        outcome: Outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as finished:
                result: T = finished.value
                return result
            try:
                outcome = await self._take(step)
            except BaseException as error:  # a StopIteration of somebody's sleep among them
                steps.throw(error)
                raise AssertionError("no call goes on after an interruption") from error

    async def close(self) -> None:
        """Close kept-alive connections of this event loop; the next call opens new ones."""
        await self._sessions.close_here()

    async def _take(self, step: Step) -> Outcome:
        match step:
            case Attempt():
                return await self.send(step)
            case Sleep(ms):
                await self._sleep(ms / 1000)
            case Await(future, timeout_ms):
                await asyncio.wait([asyncio.wrap_future(future)], timeout=timeout_ms / 1000)
        return None

    async def send(self, attempt: Attempt) -> Outcome:
        """Send one attempt and say what became of it. Redirects are not followed."""
        request = attempt.request
        stood = Stood()
        under_way.set(stood)
        try:
            proxy, place = self._proxy(attempt.base_url)
        except ProxyUnclear as error:
            return Failed(delivered=False, reason=f"the environment's proxies cannot be used ({error})")
        try:
            session = await self._sessions.here()
            async with session.request(
                request.method,
                URL(request.url(attempt.base_url), encoded=True),
                data=request.body,
                headers=dict(request.headers),
                timeout=aiohttp.ClientTimeout(total=attempt.timeout_ms / 1000),
                allow_redirects=False,
                proxy=proxy,
            ) as response:
                return Answered(response.status, await response.read())
        except (aiohttp.ClientError, TimeoutError, ValueError, OverflowError, OSError, RuntimeError) as error:
            # Whatever the library raises, for an odd answer too, or for a client that was closed meanwhile: a
            # write must not be forgotten over it.
            return _failed(error, place, attempt.timeout_ms, stood=stood.connection)

    def _proxy(self, base_url: str) -> tuple[str | None, str | None]:
        """The proxy for a base URL, and its host and port for messages."""
        # aiohttp's own trust_env reads environment and .netrc in two threads for every request.
        if base_url not in self._proxies:
            proxy = environment_proxy(base_url)
            self._proxies[base_url] = proxy, None if proxy is None else place_of(proxy)
        return self._proxies[base_url]


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "the name does not resolve"),
    (aiohttp.ClientConnectorCertificateError, "the TLS handshake failed"),
    (aiohttp.ClientSSLError, "the TLS handshake failed"),
    (aiohttp.ServerDisconnectedError, "closed without an answer"),
    (aiohttp.ClientPayloadError, "the answer broke off"),
)


def _failed(error: Exception, proxy: str | None, timeout_ms: int, *, stood: bool) -> Failed:
    """What became of an attempt that raised.

    :param proxy: the proxy's host and port, if there was one.
    :param stood: whether it had a connection.
    """
    waited_ms = timeout_ms if isinstance(error, TimeoutError) else 0
    # Where a test has put something in aiohttp's place, as aioresponses does, nobody saw a connection.
    unseen = not is_original(aiohttp.ClientSession._request, aiohttp.client)  # noqa: SLF001  # what is replaced
    if stood or (unseen and not isinstance(error, _BEFORE_CONNECTION)):
        return Failed(delivered=True, reason=reason_of(error, stood=True), waited_ms=waited_ms)
    beyond = isinstance(error, (aiohttp.ClientSSLError, TimeoutError))
    reason = with_proxy(proxy, reason_of(error, stood=False), beyond=beyond)
    return Failed(delivered=False, reason=reason, waited_ms=waited_ms)


_BEFORE_CONNECTION = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


def reason_of(error: Exception, *, stood: bool) -> str:
    """A failure in words, without the URL, which holds the signature."""
    if isinstance(error, TimeoutError):
        return "no complete answer in time" if stood else "no connection in time"
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"no tunnel: HTTP {error.status} {error.message}"
    cause: BaseException = getattr(error, "os_error", error)
    if isinstance(cause, ConnectionRefusedError):
        return "connection refused"
    if isinstance(cause, ConnectionResetError) or getattr(error, "errno", None) == errno.ECONNRESET:
        return "connection reset"
    return f"no complete answer ({type(error).__name__})"
