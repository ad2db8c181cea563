"""Everything that bingx-py offers for the spot account. It has no fund balance, no server time, no coins."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from compat.asking import Call, always, exact, latest_inner_transfer, latest_tran_id, says
from compat.truth import (
    AMOUNT,
    AT_MS,
    BOB,
    INNER_AMOUNT,
    INNER_ID,
    PRECISE,
    PRECISE_INNER_ID,
    SPOT,
    SPOT_AND_FUND_IN_USDT,
    TRAN_ID,
)


@asynccontextmanager
async def synchronous(key: str, secret: str) -> AsyncIterator[Any]:
    """``BingXClient``."""
    import bingx_py

    with bingx_py.BingXClient(key, secret) as client:
        yield client


@asynccontextmanager
async def asynchronous(key: str, secret: str) -> AsyncIterator[Any]:
    """``BingXAsyncClient``."""
    import bingx_py

    async with bingx_py.BingXAsyncClient(key, secret) as client:
        yield client


def _direction() -> Any:
    from bingx_py.models.spot.account import TransferDirection

    return TransferDirection.FUND_PFUTURES


def _balances(*coins: str) -> Any:
    def read(answer: Any) -> dict[str, Any]:
        rows = answer.data.balances
        return {row.asset: (exact(row.free), exact(row.locked)) for row in rows if row.asset in coins}

    return read


def _records(answer: Any) -> list[tuple[Any, ...]]:
    return [(row.tran_id, row.asset, row.type, row.timestamp, exact(row.amount)) for row in answer.rows]


def _inner_records(answer: Any) -> list[tuple[Any, ...]]:
    rows = answer.data.data
    return [(row.id, row.coin, row.receiver, row.record_type, exact(row.amount)) for row in rows]


def _overview(answer: Any) -> list[Any]:
    return [exact(row.usdt_balance) for row in answer.data if row.account_type.value == "sopt"]


_RECORDED = always([(TRAN_ID, "USDT", "FUND_PFUTURES", AT_MS, AMOUNT)])

BINGX_PY_CALLS = [
    Call(
        "`query_assets`",
        lambda it: it.spot.query_assets(),
        says(_balances("USDT", "BTC"), always(SPOT), lacking="no balances"),
    ),
    Call(
        "`query_assets`, an amount with 20 places",
        lambda it: it.spot.query_assets(),
        says(_balances("ETH"), always({"ETH": (PRECISE, 0)}), lacking="no balances"),
    ),
    Call(
        "`get_asset_overview`",
        lambda it: it.spot.get_asset_overview(),
        says(_overview, always([SPOT_AND_FUND_IN_USDT]), lacking="no accounts"),
    ),
    Call(
        "`transfer_asset` with its `TransferDirection`",
        lambda it: it.spot.transfer_asset(_direction(), "USDT", 12.5),
        says(lambda answer: answer.tran_id, latest_tran_id, lacking="no id"),
        moves=True,
    ),
    Call(
        "`transfer_asset('FUND_PFUTURES', …)`",
        lambda it: it.spot.transfer_asset("FUND_PFUTURES", "USDT", 12.5),
        says(lambda answer: answer.tran_id, latest_tran_id, lacking="no id"),
        moves=True,
    ),
    Call(
        "`transfer_asset` of 0.0000001",
        lambda it: it.spot.transfer_asset("FUND_PFUTURES", "USDT", 0.0000001),
        says(lambda answer: answer.tran_id, latest_tran_id, lacking="no id"),
        moves=True,
    ),
    Call(
        "`get_transfer_asset_records` with its `TransferDirection`",
        lambda it: it.spot.get_transfer_asset_records(_direction()),
        says(_records, _RECORDED, lacking="no records"),
    ),
    Call(
        "`get_transfer_asset_records('FUND_PFUTURES')`",
        lambda it: it.spot.get_transfer_asset_records("FUND_PFUTURES"),
        says(_records, _RECORDED, lacking="no records"),
    ),
    Call(
        "`main_account_internal_transfer`",
        lambda it: inner_transfer(it, amount=7.25),
        says(lambda answer: answer.data.id, latest_inner_transfer, lacking="no id"),
        moves=True,
    ),
    Call(
        "`get_main_account_internal_transfer_records`",
        lambda it: it.spot.get_main_account_internal_transfer_records("USDT"),
        says(_inner_records, always([(INNER_ID, "USDT", BOB, "out", INNER_AMOUNT)]), lacking="no records"),
    ),
    Call(
        "`get_main_account_internal_transfer_records`, an amount with 20 places",
        lambda it: it.spot.get_main_account_internal_transfer_records("ETH"),
        says(_inner_records, always([(PRECISE_INNER_ID, "ETH", BOB, "out", PRECISE)]), lacking="no records"),
    ),
]


def inner_transfer(it: Any, *, amount: float, receiver: int = BOB) -> Any:
    """A transfer to another user."""
    return it.main_account_internal_transfer("USDT", 1, str(receiver), amount, 1)
