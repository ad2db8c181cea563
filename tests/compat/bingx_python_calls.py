"""Everything that bingx-python offers for the spot account, its orders and its markets. It is synchronous."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from compat.asking import (
    Call,
    always,
    carries,
    exact,
    latest_inner_transfer,
    latest_order_id,
    latest_tran_id,
    says,
)
from compat.truth import BOB, PRECISE, TRAN_ID

PAIR = "BTC-USDT"
PAIRS = {"BTC-USDT", "ETH-USDT", "SOL-USDT", "LTC-USDT", "SHIB-USDT"}


@asynccontextmanager
async def synchronous(key: str, secret: str) -> AsyncIterator[Any]:
    """``BingXClient``, told to sign as the exchange reads it: by itself it writes signatures in base64."""
    from bingx import BingXClient

    client = BingXClient(key, secret, signature_encoding="hex")
    try:
        yield client
    finally:
        client.http_client.session.close()


_PLACED = carries(lambda exchange: (latest_order_id(exchange), PAIR))
_ANSWERED = says(lambda answer: bool(answer), always(True), lacking="no answer")

BINGX_PYTHON_CALLS = [
    Call(
        "`market().get_spot_symbols`",
        lambda it: it.market().get_spot_symbols(),
        says(
            lambda answer: {row["symbol"] for row in answer["data"]["symbols"]},
            always(PAIRS),
            lacking="no pairs",
        ),
    ),
    Call(
        "`market().get_spot_depth`",
        lambda it: it.market().get_spot_depth(PAIR, 5),
        says(
            lambda answer: [exact(row[0]) for row in answer["data"]["bids"][:2]],
            always([exact("59999.99"), exact("59999.98")]),
            lacking="no bids",
        ),
    ),
    Call(
        "`market().get_spot_klines`",
        lambda it: it.market().get_spot_klines(PAIR, "1m", 3),
        says(lambda answer: exact(answer["data"][0][4]), always(exact(60000)), lacking="no candles"),
    ),
    Call(
        "`market().get_spot_recent_trades`",
        lambda it: it.market().get_spot_recent_trades(PAIR, 5),
        says(lambda answer: len(answer["data"]), always(5), lacking="no trades"),
    ),
    Call("`market().get_spot_latest_price`", lambda it: it.market().get_spot_latest_price(PAIR), _ANSWERED),
    Call("`market().get_spot_24hr_ticker`", lambda it: it.market().get_spot_24hr_ticker(PAIR), _ANSWERED),
    Call(
        "`market().get_spot_aggregate_trades`",
        lambda it: it.market().get_spot_aggregate_trades(PAIR),
        _ANSWERED,
    ),
    Call(
        "`spot_account().get_balance`",
        lambda it: it.spot_account().get_balance(),
        carries(lambda exchange: ("USDT", "250.5")),
    ),
    Call(
        "`spot_account().get_balance`, an amount with 20 places",
        lambda it: it.spot_account().get_balance(),
        carries(lambda exchange: ("ETH", PRECISE)),
    ),
    Call("`spot_account().get_fund_balance`", lambda it: it.spot_account().get_fund_balance(), _ANSWERED),
    Call(
        "`spot_account().get_all_account_balances`",
        lambda it: it.spot_account().get_all_account_balances(),
        _ANSWERED,
    ),
    Call("`wallet().get_all_coin_info`", lambda it: it.wallet().get_all_coin_info(), _ANSWERED),
    Call(
        "`spot_account().universal_transfer`",
        lambda it: transfer(it, "USDT", 12.5),
        carries(lambda exchange: (latest_tran_id(exchange),)),
        moves=True,
    ),
    Call(
        "`spot_account().universal_transfer` of 0.0000001",
        lambda it: transfer(it, "USDT", 0.0000001),
        carries(lambda exchange: (latest_tran_id(exchange),)),
        moves=True,
    ),
    Call(
        "`spot_account().get_asset_transfer_records`",
        lambda it: it.spot_account().get_asset_transfer_records("FUND_PFUTURES"),
        carries(lambda exchange: (TRAN_ID, "USDT", "12.50000000000000000000")),
    ),
    Call(
        "`spot_account().internal_transfer`",
        lambda it: inner_transfer(it, amount=7.25),
        carries(lambda exchange: (latest_inner_transfer(exchange),)),
        moves=True,
    ),
    Call(
        "`trade().spot_market_buy`", lambda it: it.trade().spot_market_buy(PAIR, 0.001), _PLACED, moves=True
    ),
    Call(
        "`trade().spot_market_sell`", lambda it: it.trade().spot_market_sell(PAIR, 0.001), _PLACED, moves=True
    ),
    Call(
        "`trade().spot_limit_buy`",
        lambda it: it.trade().spot_limit_buy(PAIR, 0.001, 50000),
        _PLACED,
        moves=True,
    ),
    Call(
        "`trade().spot_limit_sell`",
        lambda it: it.trade().spot_limit_sell(PAIR, 0.001, 70000),
        _PLACED,
        moves=True,
    ),
    Call(
        "`listen_key().generate`",
        lambda it: it.listen_key().generate(),
        says(lambda answer: bool(answer.get("listenKey")), always(True), lacking="no key"),
    ),
    Call(
        "`listen_key().extend`",
        lambda it: it.listen_key().extend(it.listen_key().generate()["listenKey"]),
        _ANSWERED,
    ),
    Call(
        "`listen_key().delete`",
        lambda it: it.listen_key().delete(it.listen_key().generate()["listenKey"]),
        _ANSWERED,
    ),
]


def transfer(it: Any, coin: str, amount: float) -> Any:
    """A transfer from the funding account to perpetual futures."""
    return it.spot_account().universal_transfer("FUND_PFUTURES", coin, amount)


def inner_transfer(it: Any, *, amount: float, receiver: int = BOB) -> Any:
    """A transfer to another user."""
    return it.spot_account().internal_transfer("USDT", 1, amount, 1, str(receiver))
