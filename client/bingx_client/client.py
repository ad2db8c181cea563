"""The synchronous client: every documented call, over requests."""

import time
import uuid
from collections.abc import Callable
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
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.errors import OutcomeUnknown
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import monotonic_ms, system_ms
from bingx_client.flow.limiter import Limiter
from bingx_contracts import WINDOW

T = TypeVar("T")


class Client:
    """A signed client of the BingX spot account API.

    :param env: ``prod-live`` or ``prod-vst``; nothing else is accepted.
    :param api_key: the API key.
    :param secret_key: its secret; it signs and is never sent, logged or shown.
    :param base_urls: (primary, fallback) to use instead of the environment's, such as a fake's.
    :param timeout: seconds that one attempt at one domain may take, connecting to last body byte.
    :param recv_window: milliseconds that a request stays valid, 1 to 5000.
    :param confirm: asked before a write to a live host, with one sentence that says what is about to be
        sent; it must return ``CONFIRM``. Without it such writes are refused.
    :param on_unknown: what to do about a write whose answer was lost: ``reconcile`` finds out from the
        exchange's records whether it happened, and sends it again only if it certainly did not; ``raise``
        raises ``OutcomeUnknown`` at once.
    :param settle_ms: how long after accepting a write the exchange may take to show it in its records.
    :param deadline: seconds that a write may take in all, reconciling included; 60 by default.
    :param clock: gives Unix milliseconds; by default the system's clock.
    :param sleep: lets seconds pass; by default ``time.sleep``.
    :param limiter: keeps the client under the documented rate limits by waiting, and makes it try again
        after a pause when the exchange is busy all the same: reads after 100410 and 100500, writes after
        100410, which proves that nothing happened. ``PROCESS_LIMITER`` is one for the whole process.
    :param driver: carries attempts out instead of the client's own, for simulations; brings its own sleep.
    :raises ParameterError: when one of these cannot be used.

    Every call raises ``ParameterError`` before anything is sent, ``APIError`` when the exchange refuses,
    ``TransportError`` when no domain answers (a write then did not happen), ``ProtocolError`` for an answer
    of no documented shape. Reads fall back to the second domain when the first fails on the network level;
    writes only where nothing was delivered. A write raises ``OutcomeUnknown`` when it cannot be told
    whether it happened, and ``ConfirmationRequired`` for a live host without CONFIRM.

    What reconciling cannot tell: an identical transfer that another process made within the same seconds,
    and an exchange that applies a request later than ``settle_ms``.
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
        sleep: Callable[[float], object] = time.sleep,
        limiter: Limiter | None = None,
        driver: RequestsDriver | None = None,
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
        self._driver = RequestsDriver(sleep) if driver is None else driver

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client(env={self._account.env!r}, base_urls={self._account.base_urls!r})"

    def close(self) -> None:
        """Close kept-alive connections. A later call opens new ones."""
        self._driver.close()

    def spot_balance(self) -> Balances:
        """The spot account's balances by asset (BAL-1)."""
        return self._read(self._account.spot_balance())

    def fund_balance(self, asset: str | None = None) -> Balances:
        """The fund account's balances by asset (BAL-2).

        :param asset: only this one, such as ``USDT``.
        """
        return self._read(self._account.fund_balance(asset))

    def account_overview(self, account_type: str | None = None) -> list[AccountWorth]:
        """What each account type is worth in USDT (BAL-4).

        :param account_type: only this one, such as ``sopt`` or ``stdFutures``.
        """
        return self._read(self._account.account_overview(account_type))

    def transfer(
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
        """Move an amount between two own accounts (XFER-1, XFER-2).

        :param amount: Decimal, int or str, positive, at most 20 places; a float is refused.
        :param type: the direction by its TransferType, such as ``FUND_PFUTURES``; or give
        :param from_account: and
        :param to_account: each one of fund, spot, stdFutures, coinMPerp, USDTMPerp.
        :param on_unknown: for this call alone, as ``deadline``; by default the client's own.
        :raises OutcomeUnknown: when it cannot be told whether it happened.
        """
        write = self._account.transfer(asset, amount, type, from_account, to_account)
        return self._driver.drive(self._core.write(write, on_unknown, deadline))

    def transfers(
        self,
        *,
        type: str | None = None,  # noqa: A002  # the documented name
        tran_id: str | int | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
        current: int | None = None,
        size: int | None = None,
    ) -> TransferPage:
        """Transfer records by type or id, the older query (REC-1).

        :param tran_id: a receipt's ``tran_id``, which is another number than its ``transfer_id`` (V5).
        :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
        :param current: the page, from 1; ``size`` is 1 to 100 rows, 10 by default.
        """
        return self._read(self._account.transfers(type, tran_id, start_ms, end_ms, current, size))

    def transfer_records(
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
        """Transfer records by type, accounts, id or all of them, the newer query (REC-4).

        :param transfer_id: a receipt's ``transfer_id``, not its ``tran_id``.
        :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
        :param page_index: the page, from 1; ``page_size`` is 1 to 100 rows, 10 by default.
        """
        return self._read(
            self._account.transfer_records(
                type, from_account, to_account, transfer_id, start_ms, end_ms, page_index, page_size
            )
        )

    def transferable_coins(
        self, from_account: str | None = None, to_account: str | None = None
    ) -> list[Coin]:
        """The coins that can be transferred (COINS-1).

        :param from_account: S asks without accounts, R and D with both (V11).
        """
        return self._read(self._account.transferable_coins(from_account, to_account))

    def inner_transfer(
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
        """Send an amount to another user (INNER-1).

        :param amount: Decimal, int or str, positive, at most 20 places; a float is refused.
        :param user_account: the receiver's UID, phone number or e-mail address,
        :param user_account_type: as 1, 2 or 3 says.
        :param wallet_type: the account that pays: 1 fund, 2 stdFutures, 3 USDTMPerp, 15 spot.
        :param calling_code: the phone number's country calling code, for type 2.
        :param transfer_client_id: letters and digits, under 100; made when absent, and always sent.
        :param on_unknown: for this call alone, as ``deadline``; by default the client's own.
        :raises OutcomeUnknown: when it cannot be told whether it happened.
        """
        client_id = uuid.uuid4().hex if transfer_client_id is None else transfer_client_id
        write = self._account.inner_transfer(
            coin, amount, user_account_type, user_account, wallet_type, calling_code, client_id
        )
        return self._driver.drive(self._core.write(write, on_unknown, deadline))

    def inner_transfer_records(
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
        """Internal transfers of one coin, sent and received (INNER-7).

        :param id: only this one; it wins over ``transfer_client_id``.
        :param limit: rows, 1 to 1000, 100 by default; ``offset`` skips that many.
        """
        return self._read(
            self._account.inner_transfer_records(
                coin, id, transfer_client_id, start_ms, end_ms, offset, limit
            )
        )

    def server_time(self) -> int:
        """The exchange's clock in Unix milliseconds (TIME-6)."""
        return self._read(self._account.server_time())

    def reconcile(self, unknown: OutcomeUnknown) -> Any:
        """Find out what became of a lost write; see ``OutcomeUnknown.reconcile``."""
        return self._driver.drive(self._core.settle(unknown))

    def _read(self, call: Call[T]) -> T:
        return self._driver.drive(self._core.read(call))
