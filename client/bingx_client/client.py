"""The synchronous client: every documented call, over requests."""

import logging
import time
import uuid
from collections.abc import Callable
from typing import Self, TypeVar

from bingx_client.calls import Account, Amount, Call, Confirm
from bingx_client.errors import ParameterError
from bingx_client.flow import perform
from bingx_client.models import (
    AccountWorth,
    Balances,
    Coin,
    InnerTransferPage,
    InnerTransferReceipt,
    TransferPage,
    TransferReceipt,
)
from bingx_client.transport import RequestsTransport
from bingx_contracts import TIMEOUT, WINDOW

T = TypeVar("T")

DEFAULT_TIMEOUT_S = TIMEOUT.whole_exchange_ms / 1000
_log = logging.getLogger("bingx_client")


def system_ms() -> int:
    """The system's Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


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
    :param clock: gives Unix milliseconds; by default the system's clock.
    :raises ParameterError: when one of these cannot be used.

    Every call raises ``ParameterError`` before anything is sent, ``APIError`` when the exchange refuses,
    ``TransportError`` when no domain answers, ``ProtocolError`` for an answer of no documented shape.
    Reads fall back to the second domain when the first fails on the network level. Writes fall back only
    where nothing was delivered, and otherwise raise ``OutcomeUnknown``; they raise
    ``ConfirmationRequired`` for a live host without CONFIRM.
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
        clock: Callable[[], int] = system_ms,
    ) -> None:
        self._account = Account.of(env, api_key, secret_key, base_urls, recv_window)
        self._transport = RequestsTransport(check_timeout(timeout))
        self._confirm = confirm
        self._clock = clock
        self._notice = self._account.notice

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client(env={self._account.env!r}, base_urls={self._account.base_urls!r})"

    def close(self) -> None:
        """Close kept-alive connections."""
        self._transport.close()

    def spot_balance(self) -> Balances:
        """The spot account's balances by asset (BAL-1)."""
        return self._run(self._account.spot_balance())

    def fund_balance(self, asset: str | None = None) -> Balances:
        """The fund account's balances by asset (BAL-2).

        :param asset: only this one, such as ``USDT``.
        """
        return self._run(self._account.fund_balance(asset))

    def account_overview(self, account_type: str | None = None) -> list[AccountWorth]:
        """What each account type is worth in USDT (BAL-4).

        :param account_type: only this one, such as ``sopt`` or ``stdFutures``.
        """
        return self._run(self._account.account_overview(account_type))

    def transfer(
        self,
        asset: str,
        amount: Amount,
        *,
        type: str | None = None,  # noqa: A002  # the documented name
        from_account: str | None = None,
        to_account: str | None = None,
    ) -> TransferReceipt:
        """Move an amount between two own accounts (XFER-1, XFER-2).

        :param amount: Decimal, int or str, positive, at most 20 places; a float is refused.
        :param type: the direction by its TransferType, such as ``FUND_PFUTURES``; or give
        :param from_account: and
        :param to_account: each one of fund, spot, stdFutures, coinMPerp, USDTMPerp.
        :raises OutcomeUnknown: when the transfer may or may not have happened.
        """
        return self._run(self._account.transfer(asset, amount, type, from_account, to_account))

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

        :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
        :param current: the page, from 1; ``size`` is 1 to 100 rows, 10 by default.
        """
        return self._run(self._account.transfers(type, tran_id, start_ms, end_ms, current, size))

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

        :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
        :param page_index: the page, from 1; ``page_size`` is 1 to 100 rows, 10 by default.
        """
        return self._run(
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
        return self._run(self._account.transferable_coins(from_account, to_account))

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
    ) -> InnerTransferReceipt:
        """Send an amount to another user (INNER-1).

        :param amount: Decimal, int or str, positive, at most 20 places; a float is refused.
        :param user_account: the receiver's UID, phone number or e-mail address,
        :param user_account_type: as 1, 2 or 3 says.
        :param wallet_type: the account that pays: 1 fund, 2 stdFutures, 3 USDTMPerp, 15 spot.
        :param calling_code: the phone number's country calling code, for type 2.
        :param transfer_client_id: letters and digits, under 100; made when absent, and always sent.
        :raises OutcomeUnknown: when the transfer may or may not have happened.
        """
        client_id = uuid.uuid4().hex if transfer_client_id is None else transfer_client_id
        return self._run(
            self._account.inner_transfer(
                coin, amount, user_account_type, user_account, wallet_type, calling_code, client_id
            )
        )

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
        return self._run(
            self._account.inner_transfer_records(
                coin, id, transfer_client_id, start_ms, end_ms, offset, limit
            )
        )

    def server_time(self) -> int:
        """The exchange's clock in Unix milliseconds (TIME-6)."""
        return self._run(self._account.server_time())

    def _run(self, call: Call[T]) -> T:
        if call.sentence is not None:
            self._account.confirmed(call.sentence, self._confirm)
            if self._notice is not None:
                _log.warning("%s", self._notice)
                self._notice = None
        steps = perform(call.request, self._account.base_urls, self._clock, call.decode)
        return self._transport.drive(steps)


def check_timeout(timeout: float) -> float:
    """Check a timeout in seconds.

    :raises ParameterError: when it is not a positive number.
    """
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout < 86_400:
        raise ParameterError(f"timeout must be a positive number of seconds, not {timeout!r}")
    return float(timeout)
