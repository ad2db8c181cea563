"""The asynchronous client: the same calls, over aiohttp."""

import asyncio
import errno
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar

import aiohttp
from yarl import URL

from bingx_client.calls.signer import Confirm
from bingx_client.calls.spot_account.models import (
    AccountWorth,
    Balances,
    Coin,
    InnerTransferPage,
    InnerTransferReceipt,
    TransferPage,
    TransferReceipt,
)
from bingx_client.calls.spot_account.writes import Account, Amount
from bingx_client.client import DEFAULT_TIMEOUT_S
from bingx_client.core import DEFAULT_SETTLE_MS, Core, OnUnknown
from bingx_client.drivers.originals import is_original
from bingx_client.drivers.proxies import ProxyUnclear, environment_proxy, place_of, with_proxy
from bingx_client.drivers.sessions import Sessions, Stood, under_way
from bingx_client.errors import OutcomeUnknown
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import monotonic_ms, system_ms
from bingx_client.flow.limiter import Limiter
from bingx_client.flow.steps import (
    Answered,
    Attempt,
    Await,
    Failed,
    Outcome,
    Sleep,
    Step,
    Steps,
)
from bingx_contracts import WINDOW

T = TypeVar("T")


class AsyncClient:
    """``Client`` for asyncio: the same methods, awaited. Use it with ``async with``.

    The parameters are those of ``Client``; ``sleep`` is a coroutine function, by default ``asyncio.sleep``.
    Cancelling a write while it is under way raises ``OutcomeUnknown``, chained to the cancellation.

    One client may serve several event loops, one after the other or at the same time in several threads: it
    has connections for each, which end with their loop. A child made by ``fork`` needs a loop of its own, and
    gets connections of its own.
    """

    def __init__(
        self,
        env: str,
        api_key: str,
        secret_key: str,
        *,
        base_urls: tuple[str, str] | None = None,
        timeout: float = DEFAULT_TIMEOUT_S,
        recv_window: int = WINDOW.default_ms,
        confirm: Confirm | None = None,
        on_unknown: OnUnknown = "reconcile",
        settle_ms: int = DEFAULT_SETTLE_MS,
        deadline: float | None = None,
        clock: Callable[[], int] = system_ms,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        limiter: Limiter | None = None,
        driver: "AiohttpDriver | None" = None,
    ) -> None:
        self._account = Account.of(env, api_key, secret_key, base_urls, recv_window)
        self._core = Core(
            self._account,
            timeout=timeout,
            confirm=confirm,
            on_unknown=on_unknown,
            settle_ms=settle_ms,
            deadline=deadline,
            clock=clock,
            monotonic_ms=monotonic_ms,
            limiter=limiter,
        )
        self._driver = AiohttpDriver(sleep) if driver is None else driver

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncClient(env={self._account.env!r}, base_urls={self._account.base_urls!r})"

    async def close(self) -> None:
        """Close kept-alive connections of this event loop. A later call opens new ones, as in ``Client``."""
        await self._driver.close()

    async def spot_balance(self) -> Balances:
        """See ``Client.spot_balance``."""
        return await self._read(self._account.spot_balance())

    async def fund_balance(self, asset: str | None = None) -> Balances:
        """See ``Client.fund_balance``."""
        return await self._read(self._account.fund_balance(asset))

    async def account_overview(self, account_type: str | None = None) -> list[AccountWorth]:
        """See ``Client.account_overview``."""
        return await self._read(self._account.account_overview(account_type))

    async def transfer(
        self,
        asset: str,
        amount: Amount,
        *,
        type: str | None = None,  # noqa: A002  # the documented name
        from_account: str | None = None,
        to_account: str | None = None,
        on_unknown: OnUnknown | None = None,
        deadline: float | None = None,
    ) -> TransferReceipt:
        """See ``Client.transfer``."""
        write = self._account.transfer(asset, amount, type, from_account, to_account)
        return await self._driver.drive(self._core.write(write, on_unknown, deadline))

    async def transfers(
        self,
        *,
        type: str | None = None,  # noqa: A002  # the documented name
        tran_id: str | int | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
        current: int | None = None,
        size: int | None = None,
    ) -> TransferPage:
        """See ``Client.transfers``."""
        return await self._read(self._account.transfers(type, tran_id, start_ms, end_ms, current, size))

    async def transfer_records(
        self,
        *,
        type: str | None = None,  # noqa: A002  # the documented name
        from_account: str | None = None,
        to_account: str | None = None,
        transfer_id: str | int | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
        page_index: int | None = None,
        page_size: int | None = None,
    ) -> TransferPage:
        """See ``Client.transfer_records``."""
        return await self._read(
            self._account.transfer_records(
                type, from_account, to_account, transfer_id, start_ms, end_ms, page_index, page_size
            )
        )

    async def transferable_coins(
        self, from_account: str | None = None, to_account: str | None = None
    ) -> list[Coin]:
        """See ``Client.transferable_coins``."""
        return await self._read(self._account.transferable_coins(from_account, to_account))

    async def inner_transfer(
        self,
        *,
        coin: str,
        amount: Amount,
        user_account: str | int,
        user_account_type: int = 1,
        wallet_type: int = 1,
        calling_code: str | int | None = None,
        transfer_client_id: str | None = None,
        on_unknown: OnUnknown | None = None,
        deadline: float | None = None,
    ) -> InnerTransferReceipt:
        """See ``Client.inner_transfer``."""
        client_id = uuid.uuid4().hex if transfer_client_id is None else transfer_client_id
        write = self._account.inner_transfer(
            coin, amount, user_account_type, user_account, wallet_type, calling_code, client_id
        )
        return await self._driver.drive(self._core.write(write, on_unknown, deadline))

    async def inner_transfer_records(
        self,
        *,
        coin: str,
        id: str | int | None = None,  # noqa: A002  # the documented name
        transfer_client_id: str | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> InnerTransferPage:
        """See ``Client.inner_transfer_records``."""
        return await self._read(
            self._account.inner_transfer_records(
                coin, id, transfer_client_id, start_ms, end_ms, offset, limit
            )
        )

    async def server_time(self) -> int:
        """See ``Client.server_time``."""
        return await self._read(self._account.server_time())

    async def reconcile(self, unknown: OutcomeUnknown) -> Any:
        """See ``OutcomeUnknown.reconcile``."""
        return await self._driver.drive(self._core.settle(unknown))

    async def _read(self, call: Call[T]) -> T:
        return await self._driver.drive(self._core.read(call))


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
        return Failed(delivered=True, reason=_reason(error, stood=True), waited_ms=waited_ms)
    beyond = isinstance(error, (aiohttp.ClientSSLError, TimeoutError))
    reason = with_proxy(proxy, _reason(error, stood=False), beyond=beyond)
    return Failed(delivered=False, reason=reason, waited_ms=waited_ms)


_BEFORE_CONNECTION = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


def _reason(error: Exception, *, stood: bool) -> str:
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
