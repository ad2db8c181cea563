"""ccxt's unchanged spot class trades here: what it is told equals the books, by way of real sockets."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.sender import ALICE, BOB, PLACE_ORDER, Sender

from bingx_contracts import PROFILES
from bingx_fake import FakeExchange

ccxt = pytest.importorskip("ccxt", reason="did not run: the package ccxt is not installed")
BTC, SYMBOL = "BTC/USDT", "BTC-USDT"


@pytest.fixture(scope="module")
def own() -> Iterator[FakeExchange]:
    """An exchange of this module alone, since ccxt signs with the system's time."""
    with FakeExchange() as exchange:
        yield exchange


@pytest.fixture
def exchange(own: FakeExchange) -> FakeExchange:
    own.reset()
    return own


@pytest.fixture
def bot(exchange: FakeExchange) -> Iterator[Any]:
    settings = {"apiKey": "alice-key", "secret": "alice-secret", "enableRateLimit": False}
    bot = ccxt.bingx(settings)
    bot.urls["api"] = dict.fromkeys(bot.urls["api"], f"{exchange.base_urls[0]}/openApi")
    yield bot
    bot.session.close()


def free(exchange: FakeExchange, asset: str) -> Decimal:
    return Decimal(exchange.balance(ALICE, "spot", asset).free)


def test_a_market_order_is_bought_and_sold_again(bot: Any, exchange: FakeExchange) -> None:
    bought = bot.create_order(BTC, "market", "buy", 0.001)
    told = bot.fetch_order(bought["id"], BTC)
    assert (told["status"], told["filled"], told["average"]) == ("closed", 0.001, 60000.01)
    assert told["fee"] == {"currency": "BTC", "cost": 1e-06}
    assert free(exchange, "BTC") == Decimal("0.000999")
    sold = bot.create_order(BTC, "market", "sell", 0.0009)
    assert bot.fetch_order(sold["id"], BTC)["fee"]["currency"] == "USDT"
    assert free(exchange, "BTC") == Decimal("0.000099")
    assert bot.fetch_balance()["BTC"]["free"] == 0.000099


def test_a_market_order_for_a_cost_spends_no_more(bot: Any, exchange: FakeExchange) -> None:
    order = bot.create_market_buy_order_with_cost(BTC, 20)
    told = bot.fetch_order(order["id"], BTC)
    assert told["status"] == "closed"
    assert 19.4 < told["cost"] <= 20
    assert free(exchange, "USDT") == Decimal("250.5") - Decimal(str(told["cost"]))


def test_a_limit_order_rests_is_listed_and_cancelled(bot: Any, exchange: FakeExchange) -> None:
    order = bot.create_order(BTC, "limit", "buy", 0.001, 50000, {"clientOrderId": "mine"})
    (listed,) = bot.fetch_open_orders(BTC)
    assert (listed["id"], listed["clientOrderId"], listed["status"]) == (order["id"], "mine", "open")
    assert bot.fetch_balance()["USDT"]["used"] == 50
    assert bot.cancel_order(order["id"], BTC)["status"] == "canceled"
    assert bot.fetch_open_orders(BTC) == []
    assert [it["id"] for it in bot.fetch_canceled_orders(BTC)] == [order["id"]]
    assert bot.fetch_balance()["USDT"]["used"] == 0


def test_an_order_is_filled_in_parts_by_another_user_and_then_by_the_market(
    bot: Any, exchange: FakeExchange
) -> None:
    exchange.credit(BOB, "spot", "BTC", "1")
    market = exchange.market(SYMBOL, "spot")
    order = bot.create_order(BTC, "limit", "buy", 0.004, 60000)
    market.change(ladder="none")
    sold = {"symbol": SYMBOL, "side": "SELL", "type": "MARKET", "quantity": "0.001"}
    sender, now_ms = Sender(exchange), exchange.clock.now_ms()
    assert sender.call("POST", PLACE_ORDER, sold, key="bob-key", timestamp=now_ms).code == 0
    part = bot.fetch_order(order["id"], BTC)
    assert (part["status"], part["filled"], part["remaining"]) == ("open", 0.001, 0.003)
    assert [it["id"] for it in bot.fetch_open_orders(BTC)] == [order["id"]]
    market.move(59000)
    whole = bot.fetch_order(order["id"], BTC)
    assert (whole["status"], whole["filled"], whole["average"]) == ("closed", 0.004, 60000)
    assert [it["id"] for it in bot.fetch_closed_orders(BTC)] == [order["id"]]
    trades = bot.fetch_my_trades(BTC)
    assert [(it["amount"], it["price"], it["takerOrMaker"]) for it in trades] == [
        (0.001, 60000, "maker"),
        (0.003, 60000, "maker"),
    ]
    assert [it["order"] for it in trades] == 2 * [order["id"]]
    assert sum(Decimal(str(it["fee"]["cost"])) for it in trades) == Decimal("0.000004")
    assert free(exchange, "BTC") == Decimal("0.003996")


def test_several_orders_at_once_and_all_of_them_cancelled(bot: Any, exchange: FakeExchange) -> None:
    orders = bot.create_orders(
        [
            {"symbol": BTC, "type": "limit", "side": "buy", "amount": 0.001, "price": price}
            for price in (50000, 49000)
        ]
    )
    assert len(bot.fetch_open_orders(BTC)) == 2
    bot.cancel_orders([orders[0]["id"]], BTC)
    assert [it["id"] for it in bot.fetch_open_orders(BTC)] == [orders[1]["id"]]
    bot.cancel_all_orders(BTC)
    assert bot.fetch_open_orders() == []


def test_an_order_is_edited(bot: Any, exchange: FakeExchange) -> None:
    order = bot.create_order(BTC, "limit", "buy", 0.001, 50000)
    edited = bot.edit_order(order["id"], BTC, "limit", "buy", 0.001, 49000)
    (left,) = bot.fetch_open_orders(BTC)
    assert (left["id"], left["price"]) == (edited["id"], 49000)


def test_a_stop_loss_waits_and_is_carried_out(bot: Any, exchange: FakeExchange) -> None:
    bot.create_order(BTC, "market", "buy", 0.001)
    stop = bot.create_order(BTC, "market", "sell", 0.0009, None, {"stopLossPrice": 59000})
    assert bot.fetch_order(stop["id"], BTC)["status"] == "open"
    exchange.market(SYMBOL, "spot").move(58000)
    told = bot.fetch_order(stop["id"], BTC)
    assert (told["status"], told["side"], told["filled"]) == ("closed", "sell", 0.0009)


def test_refusals_are_the_errors_that_ccxt_has_for_them(bot: Any, exchange: FakeExchange) -> None:
    with pytest.raises(ccxt.InsufficientFunds):
        bot.create_order(BTC, "limit", "buy", 1, 50000)
    bot.create_order(BTC, "limit", "buy", 0.001, 50000, {"clientOrderId": "mine"})
    with pytest.raises(ccxt.DuplicateOrderId):
        bot.create_order(BTC, "limit", "buy", 0.001, 50000, {"clientOrderId": "mine"})
    with pytest.raises(ccxt.ExchangeError, match="order not exist"):
        bot.cancel_order("1", BTC)


def test_orders_are_cancelled_after_a_while_and_that_is_stopped(bot: Any, exchange: FakeExchange) -> None:
    bot.create_order(BTC, "limit", "buy", 0.001, 50000)
    assert bot.cancel_all_orders_after(10_000)["data"]["status"] == "ACTIVATED"
    assert bot.cancel_all_orders_after(0)["data"]["status"] == "CLOSED"


def test_the_rates_of_fees_are_told(bot: Any, exchange: FakeExchange) -> None:
    fees = bot.fetch_trading_fee(BTC)
    assert (fees["maker"], fees["taker"]) == (0.001, 0.001)


@pytest.mark.parametrize("profile", PROFILES)
def test_under_every_profile_a_bot_is_told_the_same(bot: Any, exchange: FakeExchange, profile: str) -> None:
    exchange.change_profile(profile)
    try:
        bought = bot.create_order(BTC, "market", "buy", 0.001)
        bid = bot.create_order(BTC, "limit", "buy", 0.001, 50000)
        stop = bot.create_order(BTC, "limit", "buy", 0.001, 61500, {"triggerPrice": 61000})
        told = bot.fetch_order(bought["id"], BTC)
        assert (told["status"], told["average"], told["fee"]["cost"]) == ("closed", 60000.01, 1e-06)
        waiting = {order["id"]: order for order in bot.fetch_open_orders(BTC)}
        assert waiting.keys() == {bid["id"], stop["id"]}
        assert waiting[stop["id"]]["triggerPrice"] == 61000
        assert [it["amount"] for it in bot.fetch_my_trades(BTC)] == [0.001]
        assert bot.fetch_trading_fee(BTC)["taker"] == 0.001
        assert bot.cancel_order(bid["id"], BTC)["status"] == "canceled"
        assert [it["id"] for it in bot.fetch_closed_orders(BTC)] == [bought["id"]]
        assert [it["id"] for it in bot.fetch_canceled_orders(BTC)] == [bid["id"]]
        edited = bot.edit_order(stop["id"], BTC, "limit", "buy", 0.001, 49000)
        assert [it["id"] for it in bot.fetch_open_orders(BTC)] == [edited["id"]]
        bot.cancel_all_orders(BTC)
        assert bot.fetch_open_orders(BTC) == []
    finally:
        exchange.change_profile()
