"""ccxt's unified methods for inverse perpetuals, unchanged, held against the exchange's own books."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import ccxt
import ccxt.async_support
import pytest

from bingx_fake import FakeExchange

BTC = "BTC/USD:BTC"
ALICE = 16779999
STATE = {
    "users": [
        {
            "uid": ALICE,
            "keys": [{"key": "alice-key", "secret": "alice-secret", "permissions": ["read", "trade"]}],
            "balances": {"coinMPerp": {"BTC": "0.1"}},
        }
    ],
    "prices": {"BTC": "60000"},
}
OPTIONS = {"defaultType": "swap", "defaultSubType": "inverse"}
Ask = Callable[..., Awaitable[Any]]


def client_of(library: Any, exchange: FakeExchange) -> Any:
    bot = library.bingx({"apiKey": "alice-key", "secret": "alice-secret", "options": dict(OPTIONS)})
    bot.urls["api"] = dict.fromkeys(bot.urls["api"], f"{exchange.base_urls[0]}/openApi")
    bot.enableRateLimit = False
    return bot


async def a_day(ask: Ask, exchange: FakeExchange) -> None:
    """Every unified method that ccxt has for them, in turn, with what is right to come.

    Worked out by hand: a contract is 100 USD, the book has one tick of 0.1 on either side of 60,000, takers
    pay 0.05 % and makers 0.02 % of the coins.
    """
    market = (await ask("load_markets"))[BTC]
    assert (market["inverse"], market["settle"], market["contractSize"]) == (True, "BTC", 100)
    assert (await ask("fetch_leverage", BTC))["longLeverage"] == 5
    await ask("set_leverage", 20, BTC, {"side": "LONG"})
    assert (await ask("fetch_leverage", BTC))["longLeverage"] == 20
    assert (await ask("fetch_margin_mode", BTC))["marginMode"] == "cross"
    fee = await ask("fetch_trading_fee", BTC)
    assert (fee["maker"], fee["taker"]) == (0.0002, 0.0005)

    bid = await ask("create_order", BTC, "limit", "buy", 5, 50000)
    assert bid["id"]
    assert [it["id"] for it in await ask("fetch_open_orders", BTC)] == [bid["id"]]
    seen = await ask("fetch_order", bid["id"], BTC)
    assert (seen["status"], seen["amount"], seen["price"]) == ("open", 5, 50000)
    await ask("cancel_order", bid["id"], BTC)
    assert (await ask("fetch_order", bid["id"], BTC))["status"] == "canceled"
    await ask("create_order", BTC, "limit", "buy", 5, 50000)
    await ask("cancel_all_orders", BTC)
    assert await ask("fetch_open_orders", BTC) == []

    bought = await ask("create_order", BTC, "market", "buy", 12)
    (trade,) = await ask("fetch_my_trades", BTC, None, None, {"orderId": bought["id"]})
    assert (trade["price"], trade["fee"]["currency"]) == (60000.1, "BTC")
    assert trade["fee"]["cost"] == round(1200 / 60000.1 * 0.0005, 8)
    (position,) = await ask("fetch_positions", [BTC])
    assert (position["side"], position["contracts"], position["entryPrice"]) == ("long", 12, 60000.1)
    assert position["initialMargin"] == round(1200 / 60000.1 / 20, 8)
    fee_paid = Decimal(1200) / Decimal("60000.1") * Decimal("0.0005")
    balance = (await ask("fetch_balance"))["BTC"]
    assert balance["used"] == round(1200 / 60000.1 / 20, 8)
    books = exchange.balance(ALICE, "coinMPerp", "BTC").free
    assert abs(books - (Decimal("0.1") - fee_paid)) < Decimal("1e-18")

    exchange.market("BTC-USD", "coinm").move("66000")
    await ask("close_position", BTC)
    assert await ask("fetch_positions", [BTC]) == []
    profit = Decimal(1200) / Decimal("60000.1") - Decimal(1200) / Decimal("65999.9")
    both_fees = fee_paid + Decimal(1200) / Decimal("65999.9") * Decimal("0.0005")
    books = exchange.balance(ALICE, "coinMPerp", "BTC").free
    assert abs(books - (Decimal("0.1") + profit - both_fees)) < Decimal("1e-18")
    assert (await ask("fetch_balance"))["BTC"]["free"] == float(round(books, 8))

    await ask("set_margin_mode", "isolated", BTC)
    assert (await ask("fetch_margin_mode", BTC))["marginMode"] == "isolated"
    await ask("create_order", BTC, "market", "buy", 3)
    exchange.market("BTC-USD", "coinm").mark("60000")
    (lost,) = await ask("fetch_my_liquidations", BTC)
    assert lost["contracts"] == 3
    finished = await ask("fetch_canceled_and_closed_orders", BTC)
    assert {it["status"] for it in finished} == {"canceled", "closed"}


@pytest.mark.parametrize("profile", ["documented", "observed"])
def test_ccxt_trades_a_day_with_coins_as_margin(profile: str) -> None:
    with FakeExchange(STATE, profile, market="constant") as exchange:
        bot = client_of(ccxt, exchange)

        async def ask(method: str, *given: Any) -> Any:
            return getattr(bot, method)(*given)

        asyncio.run(a_day(ask, exchange))


def test_ccxt_does_the_same_asynchronously() -> None:
    async def trade(exchange: FakeExchange) -> None:
        bot = client_of(ccxt.async_support, exchange)

        async def ask(method: str, *given: Any) -> Any:
            return await getattr(bot, method)(*given)

        try:
            await a_day(ask, exchange)
        finally:
            await bot.close()

    with FakeExchange(STATE, market="constant") as exchange:
        asyncio.run(trade(exchange))


@pytest.mark.parametrize("profile", ["skill", "reference", "docs-site"])
def test_ccxt_finds_no_id_where_the_answer_to_an_order_stands_in_data_alone(profile: str) -> None:
    with FakeExchange(STATE, profile, market="constant") as exchange:
        bot = client_of(ccxt, exchange)
        assert bot.create_order(BTC, "limit", "buy", 5, 50000)["id"] is None
        assert [it["amount"] for it in bot.fetch_open_orders(BTC)] == [5]
