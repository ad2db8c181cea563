"""What can be read of the spot account, and of the funds around it."""

from bingx_client.calls.documented import read
from bingx_client.calls.spot_account import readers
from bingx_client.calls.spot_account.models import (
    AccountWorth,
    Balances,
    Coin,
    InnerTransferPage,
    TransferPage,
)
from bingx_client.errors import ParameterError
from bingx_client.flow.call import Call


def spot_balance() -> Call[Balances]:
    """The spot account's balances by asset (BAL-1)."""
    return read("spot_account.spot_balance", {}, readers.balances)


def fund_balance(asset: str | None = None) -> Call[Balances]:
    """The fund account's balances by asset (BAL-2).

    :param asset: only this one, such as ``USDT``.
    """
    return read("spot_account.fund_balance", {"asset": asset}, readers.balances)


def account_overview(account_type: str | None = None) -> Call[list[AccountWorth]]:
    """What each account type is worth in USDT (BAL-4).

    :param account_type: only this one, such as ``sopt`` or ``stdFutures``.
    """
    return read("spot_account.account_overview", {"accountType": account_type}, readers.overview)


def transfers(
    *,
    type: str | None = None,  # noqa: A002  # the documented name
    tran_id: str | int | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    current: int | None = None,
    size: int | None = None,
) -> Call[TransferPage]:
    """Transfer records by type or id, the older query (REC-1).

    :param tran_id: a receipt's ``tran_id``, which is another number than its ``transfer_id`` (V5).
    :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
    :param current: the page, from 1; ``size`` is 1 to 100 rows, 10 by default.
    """
    if type is None and tran_id is None:
        raise ParameterError("transfers needs type or tran_id")
    given = {
        "type": type,
        "tranId": tran_id,
        "startTime": start_ms,
        "endTime": end_ms,
        "current": current,
        "size": size,
    }
    return read("spot_account.transfers", given, readers.transfer_page)


def transfer_records(
    *,
    type: str | None = None,  # noqa: A002  # the documented name
    from_account: str | None = None,
    to_account: str | None = None,
    transfer_id: str | int | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    page_index: int | None = None,
    page_size: int | None = None,
) -> Call[TransferPage]:
    """Transfer records by type, accounts, id or all of them, the newer query (REC-4).

    :param transfer_id: a receipt's ``transfer_id``, not its ``tran_id``.
    :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
    :param page_index: the page, from 1; ``page_size`` is 1 to 100 rows, 10 by default.
    """
    _check_pair(from_account, to_account)
    given = {
        "type": type,
        "fromAccount": from_account,
        "toAccount": to_account,
        "transferId": transfer_id,
        "startTime": start_ms,
        "endTime": end_ms,
        "pageIndex": page_index,
        "pageSize": page_size,
    }
    return read("spot_account.transfer_records", given, readers.transfer_page)


def transferable_coins(from_account: str | None = None, to_account: str | None = None) -> Call[list[Coin]]:
    """The coins that can be transferred (COINS-1).

    :param from_account: S asks without accounts, R and D with both (V11).
    """
    _check_pair(from_account, to_account)
    given = {"fromAccount": from_account, "toAccount": to_account}
    return read("spot_account.transferable_coins", given, readers.coins)


def inner_transfer_records(
    *,
    coin: str,
    id: str | int | None = None,  # noqa: A002  # the documented name
    transfer_client_id: str | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    offset: int | None = None,
    limit: int | None = None,
) -> Call[InnerTransferPage]:
    """Internal transfers of one coin, sent and received (INNER-7).

    :param id: only this one; it wins over ``transfer_client_id``.
    :param limit: rows, 1 to 1000, 100 by default; ``offset`` skips that many.
    """
    given = {
        "coin": coin,
        "id": id,
        "transferClientId": transfer_client_id,
        "startTime": start_ms,
        "endTime": end_ms,
        "offset": offset,
        "limit": limit,
    }
    return read("spot_account.inner_transfer_records", given, readers.inner_transfer_page)


def _check_pair(from_account: str | None, to_account: str | None) -> None:
    if (from_account is None) != (to_account is None):
        raise ParameterError("from_account and to_account belong together")
