"""ccxt's unchanged class trades perpetuals here: what it is told equals the books, by way of real sockets."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.sender import ALICE

from bingx_contracts import PROFILES
from bingx_fake import FakeExchange
from bingx_fake.perpetuals.margins import Wallet

ccxt = pytest.importorskip("ccxt", reason="did not run: the package ccxt is not installed")
BTC, SYMBOL = "BTC/USDT:USDT", "BTC-USDT"


@pytest.fixture(scope="module")
def own() -> Iterator[FakeExchange]:
    """An exchange of this module alone, since ccxt signs with the system's time."""
    with FakeExchange() as exchange:
        yield exchange


@pytest.fixture
def exchange(own: FakeExchange) -> FakeExchange:
    own.reset()
    own.change_profile("documented")
    return own


@pytest.fixture(scope="module")
def connected(own: FakeExchange) -> Iterator[Any]:
    settings = {
        "apiKey": "alice-key",
        "secret": "alice-secret",
        "enableRateLimit": False,
        "options": {"defaultType": "swap"},
    }
    bot = ccxt.bingx(settings)
    bot.urls["api"] = dict.fromkeys(bot.urls["api"], f"{own.base_urls[0]}/openApi")
    yield bot
    bot.session.close()


@pytest.fixture
def bot(connected: Any, exchange: FakeExchange) -> Any:
    return connected


def wallet(exchange: FakeExchange) -> Wallet:
    return exchange.call(lambda inner: inner.books.swap.margins.wallet(ALICE, "USDT"))


@pytest.mark.parametrize("profile", PROFILES)
def test_a_position_is_opened_looked_at_and_closed_under_every_profile(
    bot: Any, exchange: FakeExchange, profile: str
) -> None:
    exchange.change_profile(profile)
    bought = bot.create_order(BTC, "market", "buy", 0.005)
    told = bot.fetch_order(bought["id"], BTC)
    assert (told["status"], told["filled"], told["average"]) == ("closed", 0.005, 60000.1)
    assert told["fee"] == {"currency": "USDT", "cost": 0.15}
    (position,) = bot.fetch_positions()
    assert (position["side"], position["contracts"], position["entryPrice"]) == ("long", 0.005, 60000.1)
    assert (position["leverage"], position["marginMode"]) == (5, "cross")
    exchange.market(SYMBOL, "swap").move("61000")
    assert bot.fetch_position(BTC)["unrealizedPnl"] == 4.9995
    assert bot.fetch_balance()["USDT"]["free"] == round(float(wallet(exchange).available), 4)
    closed = bot.close_position(BTC)
    assert closed["info"]
    assert bot.fetch_positions() == []
    assert wallet(exchange).balance == Decimal(100) + Decimal("4.999") - Decimal("0.15000025") - Decimal(
        "0.15249975"
    )


def test_a_limit_order_rests_is_listed_and_cancelled(bot: Any, exchange: FakeExchange) -> None:
    order = bot.create_order(BTC, "limit", "buy", 0.001, 50000, {"clientOrderId": "Mine"})
    (listed,) = bot.fetch_open_orders(BTC)
    assert (listed["id"], listed["clientOrderId"], listed["status"]) == (order["id"], "mine", "open")
    assert bot.fetch_balance()["USDT"]["free"] == 100 - 10 - 0.025
    assert bot.cancel_order(order["id"], BTC)["status"] == "canceled"
    assert bot.fetch_open_orders(BTC) == []
    assert [it["id"] for it in bot.fetch_canceled_orders(BTC)] == [order["id"]]


def test_a_stop_loss_closes_when_the_mark_falls(bot: Any, exchange: FakeExchange) -> None:
    bot.create_order(BTC, "market", "buy", 0.002)
    stop = bot.create_order(BTC, "market", "sell", 0.002, None, {"stopLossPrice": 59000})
    assert bot.fetch_order(stop["id"], BTC)["status"] == "open"
    exchange.market(SYMBOL, "swap").mark("58000")
    assert bot.fetch_order(stop["id"], BTC)["status"] == "closed"
    assert bot.fetch_positions() == []


def test_what_an_order_carries_waits_and_is_told(bot: Any, exchange: FakeExchange) -> None:
    carried = {"stopLoss": {"triggerPrice": 58000}, "takeProfit": {"triggerPrice": 63000}}
    bot.create_order(BTC, "market", "buy", 0.002, None, carried)
    waiting = {(it["stopLossPrice"], it["takeProfitPrice"]) for it in bot.fetch_open_orders(BTC)}
    assert waiting == {(58000, None), (None, 63000)}
    exchange.market(SYMBOL, "swap").move("63000")
    assert bot.fetch_positions() == []
    assert bot.fetch_open_orders(BTC) == []


@pytest.mark.parametrize(
    ("asked", "stop"), [({"trailingPercent": 1}, 61380.0), ({"trailingAmount": 500.5}, 61499.5)]
)
def test_a_trailing_stop_follows_the_price(
    bot: Any, exchange: FakeExchange, asked: dict[str, float], stop: float
) -> None:
    bot.create_order(BTC, "market", "buy", 0.005)
    more = {"trailingTriggerPrice": 61000, "reduceOnly": True}
    order = bot.create_order(BTC, "market", "sell", 0.005, None, asked | more)
    exchange.market(SYMBOL, "swap").move("62000")
    (listed,) = bot.fetch_open_orders(BTC)
    assert (listed["id"], float(listed["info"]["stopPrice"])) == (order["id"], stop)
    exchange.market(SYMBOL, "swap").move("61300")
    assert bot.fetch_order(order["id"], BTC)["status"] == "closed"
    assert bot.fetch_positions() == []


def test_mode_leverage_and_margin_are_chosen_and_told(bot: Any) -> None:
    assert bot.fetch_position_mode()["hedged"] is False
    bot.set_position_mode(True)
    assert bot.fetch_position_mode()["hedged"] is True
    bot.set_leverage(10, BTC, {"side": "LONG"})
    leverage = bot.fetch_leverage(BTC)
    assert (leverage["longLeverage"], leverage["shortLeverage"]) == (10, 5)
    bot.set_margin_mode("isolated", BTC)
    assert bot.fetch_margin_mode(BTC)["marginMode"] == "isolated"
    bot.create_order(BTC, "market", "buy", 0.002, None, {"hedged": True})
    position = bot.fetch_position(BTC)
    assert (position["marginMode"], position["leverage"]) == ("isolated", 10)
    with pytest.raises(ccxt.BaseError, match="positions or pending orders"):
        bot.set_margin_mode("cross", BTC)


def test_fees_and_profits_are_told_as_income_and_as_fills(bot: Any, exchange: FakeExchange) -> None:
    bot.create_order(BTC, "market", "buy", 0.002)
    exchange.market(SYMBOL, "swap").move("61000")
    bot.close_all_positions()
    rows = bot.swapV2PrivateGetUserIncome()["data"]
    assert [row["incomeType"] for row in rows] == ["TRADING_FEE", "REALIZED_PNL", "TRADING_FEE"]
    assert sum(Decimal(row["income"]) for row in rows) == wallet(exchange).balance - 100
    trades = bot.fetch_my_trades(BTC)
    assert [(it["side"], it["amount"]) for it in trades] == [("buy", 0.002), ("sell", 0.002)]
    assert bot.fetch_trading_fee(BTC)["taker"] == 0.0005
    assert len(bot.fetch_market_leverage_tiers(BTC)) == 25


def test_several_orders_are_placed_changed_and_cancelled_together(bot: Any, exchange: FakeExchange) -> None:
    rows: list[Any] = [
        {"symbol": BTC, "type": "limit", "side": "buy", "amount": 0.0005, "price": price, "params": {}}
        for price in (50000, 49000, 48000)
    ]
    orders = bot.create_orders(rows)
    assert [order["price"] for order in orders] == [50000, 49000, 48000]
    changed = bot.edit_order(orders[0]["id"], BTC, "limit", "buy", 0.0005, 51000)
    assert (changed["price"], len(bot.fetch_open_orders(BTC))) == (51000, 3)
    bot.cancel_orders([orders[1]["id"], orders[2]["id"]], BTC)
    assert [order["id"] for order in bot.fetch_open_orders(BTC)] == [changed["id"]]
    assert len(bot.fetch_orders(BTC)) == 4
    bot.cancel_all_orders_after(10_000)
    bot.cancel_all_orders(BTC)
    assert bot.fetch_open_orders(BTC) == []


def test_margin_is_added_and_positions_and_liquidations_are_history(bot: Any, exchange: FakeExchange) -> None:
    bot.set_margin_mode("isolated", BTC)
    bot.create_order(BTC, "market", "buy", 0.001)
    bot.set_margin(BTC, 3, {"type": 1})
    assert exchange.positions(ALICE)[0]["margin"] == "15.00002"
    bot.close_position(BTC, None, {"positionId": bot.fetch_position(BTC)["id"]})
    (past,) = bot.fetch_position_history(BTC)
    assert (past["side"], past["entryPrice"], past["marginMode"]) == ("long", 60000.1, "isolated")
    bot.create_order(BTC, "market", "buy", 0.001)
    exchange.market(SYMBOL, "swap").mark("40000")
    (liquidated,) = bot.fetch_my_liquidations(BTC)
    assert liquidated["symbol"] == BTC
    assert bot.fetch_positions() == []


def test_what_is_refused_is_an_error_of_its_kind(bot: Any, exchange: FakeExchange) -> None:
    with pytest.raises(ccxt.InsufficientFunds):
        bot.create_order(BTC, "market", "buy", 1)
    with pytest.raises(ccxt.OrderNotFound):
        bot.cancel_order("1", BTC)
    with pytest.raises(ccxt.InvalidOrder):
        bot.create_order(BTC, "limit", "sell", 0.001, 70000, {"reduceOnly": True})
    bot.create_order(BTC, "limit", "buy", 0.001, 50000, {"clientOrderId": "mine"})
    with pytest.raises(ccxt.DuplicateOrderId):
        bot.create_order(BTC, "limit", "buy", 0.001, 50000, {"clientOrderId": "mine"})
