"""Everything that ccxt offers for the spot account: its unified methods, and implicit ones for the rest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from compat.asking import (
    Call,
    always,
    carries,
    exact,
    latest_inner_transfer,
    latest_tran_id,
    latest_transfer_id,
    says,
)
from compat.truth import (
    AMOUNT,
    AT_MS,
    BOB,
    FUND,
    INNER_AMOUNT,
    INNER_ID,
    PRECISE,
    PRECISE_TRANSFER_ID,
    SPOT,
    SPOT_AND_FUND_IN_USDT,
    TRAN_ID,
    TRANSFER_ID,
)

COINS = ("USDT", "BTC", "ETH", "NOPE")


@asynccontextmanager
async def synchronous(key: str, secret: str) -> AsyncIterator[Any]:
    """``ccxt.bingx``."""
    import ccxt

    exchange = ccxt.bingx(_settings(key, secret))
    _know_coins(exchange)
    try:
        yield exchange
    finally:
        exchange.session.close()


@asynccontextmanager
async def asynchronous(key: str, secret: str) -> AsyncIterator[Any]:
    """``ccxt.async_support.bingx``."""
    import ccxt.async_support

    exchange = ccxt.async_support.bingx(_settings(key, secret))
    _know_coins(exchange)
    try:
        yield exchange
    finally:
        await exchange.close()


def _settings(key: str, secret: str) -> dict[str, Any]:
    # Its own rate limit would have every call wait for half a second.
    return {"apiKey": key, "secret": secret, "enableRateLimit": False}


def _know_coins(exchange: Any) -> None:
    # Without this it first loads every market of the exchange.
    exchange.set_markets([], {coin: {"id": coin, "code": coin} for coin in COINS})


def _balances(*coins: str) -> Any:
    def read(answer: Any) -> dict[str, Any]:
        return {
            coin: (exact(answer[coin]["free"]), exact(answer[coin]["used"]))
            for coin in coins
            if coin in answer
        }

    return read


def _records(answer: Any) -> list[tuple[Any, ...]]:
    names = ("id", "currency", "fromAccount", "toAccount", "timestamp")
    return [(*(row[name] for name in names), exact(row["amount"])) for row in answer]


CCXT_CALLS = [
    Call(
        "`fetch_time`",
        lambda it: it.fetch_time(),
        says(lambda answer: answer, lambda exchange: exchange.clock.now_ms(), lacking="no time"),
    ),
    Call(
        "`fetch_balance`",
        lambda it: it.fetch_balance(),
        says(_balances("USDT", "BTC"), always(SPOT), lacking="no balances"),
    ),
    Call(
        "`fetch_balance`, an amount with 20 places",
        lambda it: it.fetch_balance(),
        says(_balances("ETH"), always({"ETH": (PRECISE, 0)}), lacking="no balances"),
    ),
    Call(
        "`fetch_balance({'type': 'funding'})`",
        lambda it: it.fetch_balance({"type": "funding"}),
        says(_balances("USDT", "BTC"), always(FUND), lacking="no balances"),
    ),
    Call(
        "`transfer`",
        lambda it: it.transfer("USDT", 12.5, "funding", "swap"),
        says(lambda answer: answer["id"], latest_transfer_id, lacking="no id"),
        moves=True,
    ),
    Call(
        "`transfer` of 0.0000001",
        lambda it: it.transfer("USDT", 0.0000001, "funding", "swap"),
        says(lambda answer: answer["id"], latest_transfer_id, lacking="no id"),
        moves=True,
    ),
    Call(
        "`fetch_transfers` by accounts",
        lambda it: it.fetch_transfers("USDT", params={"fromAccount": "funding", "toAccount": "swap"}),
        says(
            _records,
            always([(str(TRANSFER_ID), "USDT", "funding", "linear", AT_MS, AMOUNT)]),
            lacking="no records",
        ),
    ),
    Call(
        "`fetch_transfers` by id",
        lambda it: it.fetch_transfers("USDT", params={"transferId": str(TRANSFER_ID)}),
        says(
            _records,
            always([(str(TRANSFER_ID), "USDT", "funding", "linear", AT_MS, AMOUNT)]),
            lacking="no records",
        ),
    ),
    Call(
        "`fetch_transfers`, an amount with 20 places",
        lambda it: it.fetch_transfers("ETH", params={"fromAccount": "spot", "toAccount": "funding"}),
        says(
            _records,
            always([(str(PRECISE_TRANSFER_ID), "ETH", "spot", "funding", AT_MS, PRECISE)]),
            lacking="no records",
        ),
    ),
    Call(
        "`spotV1PublicGetServerTime`",
        lambda it: it.spotV1PublicGetServerTime(),
        carries(lambda exchange: (exchange.clock.now_ms(),)),
    ),
    Call(
        "`accountV1PrivateGetAllAccountBalance`",
        lambda it: it.accountV1PrivateGetAllAccountBalance(),
        carries(lambda exchange: (SPOT_AND_FUND_IN_USDT,)),
    ),
    Call(
        "`apiV3PrivateGetAssetTransfer`",
        lambda it: it.apiV3PrivateGetAssetTransfer({"type": "FUND_PFUTURES"}),
        carries(lambda exchange: (TRAN_ID, "USDT", "12.50000000000000000000")),
    ),
    Call(
        "`spotV3PrivateGetAssetTransfer`",
        lambda it: it.spotV3PrivateGetAssetTransfer({"tranId": str(TRAN_ID)}),
        carries(lambda exchange: (TRAN_ID, "USDT", "12.50000000000000000000")),
    ),
    Call(
        "`apiV3PrivatePostPostAssetTransfer`",
        lambda it: it.apiV3PrivatePostPostAssetTransfer(
            {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "12.5"}
        ),
        carries(lambda exchange: (latest_tran_id(exchange), latest_transfer_id(exchange))),
        moves=True,
    ),
    Call(
        "`spotV3PrivatePostPostAssetTransfer`",
        lambda it: it.spotV3PrivatePostPostAssetTransfer(
            {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "12.5"}
        ),
        carries(lambda exchange: (latest_tran_id(exchange), latest_transfer_id(exchange))),
        moves=True,
    ),
    Call(
        "`apiAssetV1PrivateGetTransferSupportCoins`",
        lambda it: it.apiAssetV1PrivateGetTransferSupportCoins({"fromAccount": "fund", "toAccount": "spot"}),
        carries(lambda exchange: ("USDT",)),
    ),
    Call(
        "`walletsV1PrivatePostCapitalInnerTransferApply`",
        lambda it: inner_transfer(it, amount="7.25"),
        carries(lambda exchange: (latest_inner_transfer(exchange), "one")),
        moves=True,
    ),
    Call(
        "`walletsV1PrivateGetCapitalInnerTransferRecords`",
        lambda it: it.walletsV1PrivateGetCapitalInnerTransferRecords({"coin": "USDT"}),
        carries(lambda exchange: (INNER_ID, BOB, "USDT", INNER_AMOUNT)),
    ),
]


def inner_transfer(it: Any, *, amount: str, receiver: int = BOB) -> Any:
    """A transfer to another user, for which ccxt has an implicit method only."""
    return it.walletsV1PrivatePostCapitalInnerTransferApply(
        {
            "coin": "USDT",
            "userAccountType": 1,
            "userAccount": receiver,
            "amount": amount,
            "walletType": 1,
            "transferClientId": "one",
        }
    )
