"""The synchronous client: every documented call, over requests."""

import time
from collections.abc import Callable
from typing import Any, Concatenate, Self

from bingx_client.calls import common, spot_account
from bingx_client.calls.raw import Answer
from bingx_client.calls.signer import Confirm, Signer
from bingx_client.calls.spot_account.models import InnerTransferReceipt, TransferReceipt
from bingx_client.calls.spot_account.writes import Amount
from bingx_client.core import DEFAULT_SETTLE_MS, DEFAULT_TIMEOUT_S, Core, OnUnknown, P, T, method_of
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.errors import OutcomeUnknown
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import monotonic_ms, system_ms
from bingx_client.flow.limiter import Limiter
from bingx_contracts import WINDOW


def _sends(make: Callable[P, Call[T]]) -> "Callable[Concatenate[Client, P], T]":
    """A method that sends what a function makes, with the function's parameters and docstring."""

    def method(self: "Client", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.send(make(*args, **kwargs))

    return method_of(make, method)


class Client:
    """A signed client of the BingX spot account API.

    :param env: ``prod-live`` or ``prod-vst``; nothing else is accepted.
    :param api_key: the API key. Without it and its secret, public calls can be made and no others.
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
        sleep: Callable[[float], object] = time.sleep,
        limiter: Limiter | None = None,
        driver: RequestsDriver | None = None,
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

    def send(self, call: Call[T], *, on_unknown: OnUnknown | None = None, deadline: float | None = None) -> T:
        """Carry out a call, such as ``spot_account.spot_balance()`` of ``bingx_client.calls``.

        :param call: what to ask for; it may be sent again, and by other clients.
        :param on_unknown: for this write alone, as ``deadline``; by default the client's own.
        :returns: what the call's function says.
        :raises OutcomeUnknown: when it cannot be told whether a write happened.
        """
        return self._driver.drive(self._core.send(call, on_unknown, deadline))

    def call(self, endpoint_id: str, /, **parameters: object) -> Answer:
        """Call any endpoint that the contract describes, such as ``spot_account.spot_balance``.

        A write is confirmed, made at most once and settled as the typed one is.

        :param parameters: by the names and rules of the documents; None means absent. Amounts are Decimal,
            int or str.
        :returns: the answer: ``.data``, and ``.answer``, the whole.
        :raises OutcomeUnknown: when it cannot be told whether a write happened.
        """
        return self._driver.drive(self._core.call(endpoint_id, parameters))

    spot_balance = _sends(spot_account.spot_balance)
    fund_balance = _sends(spot_account.fund_balance)
    account_overview = _sends(spot_account.account_overview)
    transfers = _sends(spot_account.transfers)
    transfer_records = _sends(spot_account.transfer_records)
    transferable_coins = _sends(spot_account.transferable_coins)
    inner_transfer_records = _sends(spot_account.inner_transfer_records)
    server_time = _sends(common.server_time)

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
        call = spot_account.transfer(
            asset, amount, type=type, from_account=from_account, to_account=to_account
        )
        return self.send(call, on_unknown=on_unknown, deadline=deadline)

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
        call = spot_account.inner_transfer(
            coin=coin,
            amount=amount,
            user_account=user_account,
            user_account_type=user_account_type,
            wallet_type=wallet_type,
            calling_code=calling_code,
            transfer_client_id=transfer_client_id,
        )
        return self.send(call, on_unknown=on_unknown, deadline=deadline)

    def reconcile(self, unknown: OutcomeUnknown) -> Any:
        """Find out what became of a lost write; see ``OutcomeUnknown.reconcile``."""
        return self._driver.drive(self._core.settle(unknown))
