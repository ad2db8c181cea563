"""The asynchronous client: the same calls, over aiohttp."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Concatenate, Self

from bingx_client.calls import common, spot_account
from bingx_client.calls.raw import Answer
from bingx_client.calls.signer import Confirm, Signer
from bingx_client.calls.spot_account.models import InnerTransferReceipt, TransferReceipt
from bingx_client.calls.spot_account.writes import Amount
from bingx_client.core import DEFAULT_SETTLE_MS, DEFAULT_TIMEOUT_S, Core, OnUnknown, P, T, method_of
from bingx_client.drivers.aiohttp_driver import AiohttpDriver
from bingx_client.errors import OutcomeUnknown
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import monotonic_ms, system_ms
from bingx_client.flow.limiter import Limiter
from bingx_contracts import WINDOW


def _sends(make: Callable[P, Call[T]]) -> "Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, T]]":
    """A method that sends what a function makes, with the function's parameters and docstring."""

    async def method(self: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.send(make(*args, **kwargs))

    return method_of(make, method)


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
        api_key: str | None = None,
        secret_key: str | None = None,
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
        self._account = Signer.of(env, api_key, secret_key, base_urls, recv_window)
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

    async def send(
        self, call: Call[T], *, on_unknown: OnUnknown | None = None, deadline: float | None = None
    ) -> T:
        """See ``Client.send``."""
        return await self._driver.drive(self._core.send(call, on_unknown, deadline))

    async def call(self, endpoint_id: str, /, **parameters: object) -> Answer:
        """See ``Client.call``."""
        return await self._driver.drive(self._core.call(endpoint_id, parameters))

    spot_balance = _sends(spot_account.spot_balance)
    fund_balance = _sends(spot_account.fund_balance)
    account_overview = _sends(spot_account.account_overview)
    transfers = _sends(spot_account.transfers)
    transfer_records = _sends(spot_account.transfer_records)
    transferable_coins = _sends(spot_account.transferable_coins)
    inner_transfer_records = _sends(spot_account.inner_transfer_records)
    server_time = _sends(common.server_time)

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
        call = spot_account.transfer(
            asset, amount, type=type, from_account=from_account, to_account=to_account
        )
        return await self.send(call, on_unknown=on_unknown, deadline=deadline)

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
        call = spot_account.inner_transfer(
            coin=coin,
            amount=amount,
            user_account=user_account,
            user_account_type=user_account_type,
            wallet_type=wallet_type,
            calling_code=calling_code,
            transfer_client_id=transfer_client_id,
        )
        return await self.send(call, on_unknown=on_unknown, deadline=deadline)

    async def reconcile(self, unknown: OutcomeUnknown) -> Any:
        """See ``OutcomeUnknown.reconcile``."""
        return await self._driver.drive(self._core.settle(unknown))
