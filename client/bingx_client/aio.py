"""The asynchronous client: the same calls, over aiohttp."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar

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
from bingx_client.core import DEFAULT_SETTLE_MS, DEFAULT_TIMEOUT_S, Core, OnUnknown
from bingx_client.drivers.aiohttp_driver import AiohttpDriver
from bingx_client.errors import OutcomeUnknown
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import monotonic_ms, system_ms
from bingx_client.flow.limiter import Limiter
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
        driver: AiohttpDriver | None = None,
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
