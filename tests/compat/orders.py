"""A day of a spot trader, in every unified method that ccxt has for it, and what is right to come back.

Two users trade with each other and with the ladder of the house, on two markets. What is right was worked out
by hand from the prices below. Methods are named as Python's ccxt names them; Node's has them in camel case.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from compat.steps import (
    Given,
    Judge,
    Step,
    are,
    are_placed,
    by_bob,
    control,
    has,
    holds,
    is_placed,
    paid,
    replaces,
    says_data,
    traded,
)

ALICE, BOB = 16779999, 16780001
BTC, ETH = "BTC/USDT", "ETH/USDT"
BTC_MARKET, ETH_MARKET = "/markets/spot/BTC-USDT", "/markets/spot/ETH-USDT"


def _user(uid: int, name: str, **spot: str) -> dict[str, Any]:
    key = {"key": f"{name}-key", "secret": f"{name}-secret", "permissions": ["read", "trade"]}
    return {"uid": uid, "keys": [key], "balances": {"spot": spot}}


STATE: dict[str, Any] = {
    "users": [_user(ALICE, "alice", USDT="2000"), _user(BOB, "bob", BTC="1", ETH="10")],
    "prices": {"BTC": "60000", "ETH": "3000"},
}

BOOKS = "what the books of the exchange say in the end"


def books(**wanted: Mapping[str, str]) -> Judge:
    """What the exchange's own books say of two users: all is free."""

    def judge(answer: Any, given: Given) -> str | None:
        for uid, name in ((ALICE, "alice"), (BOB, "bob")):
            (user,) = (it for it in answer["users"] if it["uid"] == uid)
            got = {asset: Decimal(amount) for asset, amount in user["balances"]["spot"].items()}
            if got != {asset: Decimal(amount) for asset, amount in wanted[name].items()}:
                return f"{name} has {got}"
        return None

    return judge


def _bids(symbol: str, amount: float, *prices: float) -> tuple[list[dict[str, Any]]]:
    same = {"symbol": symbol, "type": "limit", "side": "buy", "amount": amount}
    return ([same | {"price": price} for price in prices],)


_LADDER_GONE = [control("PUT", market, {"ladder": "none"}) for market in (BTC_MARKET, ETH_MARKET)]
_LADDER_BACK = control("PUT", BTC_MARKET, {"ladder": {"levels": 20}})

AT_MARKET = [
    Step("create_order", (BTC, "market", "buy", 0.001), is_placed(side="buy", symbol=BTC), name="bought"),
    Step(
        "fetch_order",
        ("$bought", BTC),
        has(
            status="closed",
            filled=0.001,
            remaining=0,
            average=60000.01,
            cost=60.00001,
        ),
    ),
    Step("fetch_order", ("$bought", BTC), paid("BTC", "0.000001"), ", its fee"),
    # 30 / 60000.01, cut to steps of 0.00001.
    Step("create_market_buy_order_with_cost", (BTC, 30), is_placed(side="buy"), name="spent"),
    Step("fetch_order", ("$spent", BTC), has(filled=0.00049, cost=29.4000049), ", bought for a cost"),
    Step("create_market_order", (BTC, "sell", 0.0005), is_placed(side="sell"), name="sold"),
    Step("create_market_order_with_cost", (BTC, "sell", 20), is_placed(side="sell"), name="cashed"),
    Step("create_market_sell_order_with_cost", (BTC, 15), is_placed(side="sell"), name="cashed again"),
    Step(
        "fetch_balance",
        (),
        # 2000 - 60.00001 - 29.4000049 + 0.999 * (0.0005 + 0.00033 + 0.00025) * 59999.99
        # 0.999 * (0.001 + 0.00049) - 0.0005 - 0.00033 - 0.00025
        holds(USDT=("1975.3351743108", "0"), BTC=("0.00040851", "0")),
    ),
]

WITH_BOB = [
    *_LADDER_GONE,
    Step(
        "create_limit_order",
        (BTC, "buy", 0.004, 60000, {"clientOrderId": "mine"}),
        is_placed(side="buy", price=60000),
        name="bid",
    ),
    by_bob("create_order", BTC, "market", "sell", 0.001),
    Step(
        "fetch_order",
        ("$bid", BTC),
        has(status="open", clientOrderId="mine", filled=0.001, remaining=0.003, cost=60),
        ", filled in part",
    ),
    by_bob("create_order", BTC, "limit", "sell", 0.002, 59990),
    Step("fetch_open_orders", (BTC,), are("bid")),
    Step(
        "fetch_balance",
        (),
        holds(USDT=("1735.3351743108", "60"), BTC=("0.00340551", "0")),
        ", something held",
    ),
    Step("cancel_order", ("$bid", BTC), has(status="canceled", filled=0.003)),
    Step("fetch_canceled_orders", (BTC,), are("bid")),
    Step("fetch_closed_orders", (BTC,), are("bought", "spent", "sold", "cashed", "cashed again")),
    Step(
        "fetch_canceled_and_closed_orders",
        (BTC,),
        are("bid", "bought", "spent", "sold", "cashed", "cashed again"),
    ),
    Step(
        "fetch_my_trades",
        (BTC,),
        traded(
            ("buy", 0.001, 60000.01, "taker"),
            ("buy", 0.00049, 60000.01, "taker"),
            ("sell", 0.0005, 59999.99, "taker"),
            ("sell", 0.00033, 59999.99, "taker"),
            ("sell", 0.00025, 59999.99, "taker"),
            ("buy", 0.001, 60000, "maker"),
            ("buy", 0.002, 60000, "maker"),
        ),
    ),
]

TWENTY = [
    Step(
        "create_orders", _bids(BTC, 0.001, 50000, 49000, 48000, 47000, 46000), are_placed(5), name="first btc"
    ),
    Step("create_orders", _bids(BTC, 0.001, 45000, 44000, 43000, 42000, 41000), name="last btc"),
    Step("create_orders", _bids(ETH, 0.01, 2500, 2400, 2300, 2200, 2100), name="first eth"),
    Step("create_orders", _bids(ETH, 0.01, 2000, 1900, 1800, 1700, 1600), name="last eth"),
    Step(
        "fetch_open_orders",
        (),
        are("first btc", "last btc", "first eth", "last eth"),
        ", twenty of two markets",
    ),
    Step("cancel_orders", (["$last eth.0", "$last eth.1"], ETH), are("last eth.0", "last eth.1")),
    Step(
        "edit_order", ("$last btc.0", BTC, "limit", "buy", 0.001, 40000), replaces("last btc.0"), name="new"
    ),
    Step(
        "fetch_open_orders",
        (BTC,),
        are("first btc", "last btc.1", "last btc.2", "last btc.3", "last btc.4", "new"),
        ", one replaced",
    ),
    Step(
        "fetch_balance",
        (),
        # 0.001 * (455000 - 45000 + 40000) + 0.01 * (20500 - 3900)
        holds(USDT=("1179.3351743108", "616")),
        ", twenty orders held",
    ),
    Step("cancel_all_orders", (BTC,)),
    by_bob("create_order", ETH, "limit", "sell", 0.025, 2300),
    Step(
        "fetch_order", ("$first eth.2", ETH), has(status="open", filled=0.005), ", the last that was reached"
    ),
    Step(
        "fetch_my_trades",
        (ETH,),
        traded(("buy", 0.01, 2500, "maker"), ("buy", 0.01, 2400, "maker"), ("buy", 0.005, 2300, "maker")),
        " of the other market",
    ),
    Step("cancel_all_orders", (ETH,), name="swept"),
    Step("fetch_open_orders", (), are(), ", all cancelled"),
]

CONDITIONS = [
    _LADDER_BACK,
    control("POST", f"{BTC_MARKET}/move", {"price": "60000"}),
    Step(
        "create_stop_loss_order",
        (BTC, "market", "sell", 0.001, None, 59000),
        is_placed(side="sell"),
        name="stop",
    ),
    Step(
        "create_take_profit_order",
        (BTC, "limit", "sell", 0.001, 61500, 61000),
        is_placed(side="sell"),
        name="profit",
    ),
    Step(
        "create_trigger_order",
        (BTC, "limit", "buy", 0.001, 61500, 61000),
        is_placed(side="buy"),
        name="trigger",
    ),
    Step(
        "create_stop_order", (BTC, "limit", "buy", 0.001, 62500, 62000), is_placed(side="buy"), name="later"
    ),
    Step("fetch_open_orders", (BTC,), are("stop", "profit", "trigger", "later"), " that wait for a price"),
    Step("fetch_order", ("$trigger", BTC), has(status="open", triggerPrice=61000), ", one that waits"),
    control("POST", f"{BTC_MARKET}/move", {"price": "58000"}),
    Step(
        "fetch_order",
        ("$stop", BTC),
        has(status="closed", side="sell", filled=0.001, average=57999.99),
        ", a stop that was reached",
    ),
    control("POST", f"{BTC_MARKET}/move", {"price": "61000"}),
    Step(
        "fetch_order",
        ("$trigger", BTC),
        has(status="closed", filled=0.001, average=61000.01),
        ", a trigger that was reached",
    ),
    Step("fetch_order", ("$profit", BTC), has(status="open", price=61500), ", one that rests since"),
    Step("cancel_all_orders", (BTC,)),
]

IN_FORCE = [
    Step("create_order", (BTC, "limit", "buy", 0.001, 61100, {"postOnly": True}), name="maker"),
    Step("fetch_order", ("$maker", BTC), has(status="canceled", filled=0), ", post-only that would take"),
    Step("create_order", (BTC, "limit", "buy", 0.0005, 61100, {"timeInForce": "IOC"}), name="taker"),
    Step("fetch_order", ("$taker", BTC), has(status="closed", filled=0.0005, average=61000.01), ", IOC"),
    Step("fetch_trading_fee", (BTC,), has(maker=0.001, taker=0.001)),
]

REFUSED = [
    Step("create_order", (BTC, "limit", "buy", 1, 50000), is_placed(), " of more than there is"),
    Step("create_order", (BTC, "limit", "buy", 0.00001, 50000), is_placed(), " of too little"),
    Step(
        "create_order",
        (BTC, "limit", "buy", 0.001, 50000, {"clientOrderId": "mine"}),
        is_placed(),
        " with a client id that was used",
    ),
    Step("cancel_order", ("1", BTC), has(status="canceled"), " of an order that there is not"),
    Step("cancel_order", ("$stop", BTC), has(status="canceled"), " of an order that is filled"),
]

AFTERWARDS = [
    Step("create_order", (BTC, "limit", "buy", 0.001, 50000)),
    Step("cancel_all_orders_after", (10_000,), says_data(status="ACTIVATED")),
    control("POST", "/clock/advance", {"ms": 10_000}),
    Step(
        "GET",
        ("/state", None),
        books(
            # USDT: 1975.3351743108 - 180 - 60.5 + 0.999 * 57.99999 - 61.00001 - 30.500005
            # BTC: 0.00040851 + 0.999 * (0.003 + 0.001 + 0.0005) - 0.001; ETH: 0.999 * 0.025
            alice={"USDT": "1701.2771493208", "BTC": "0.00390401", "ETH": "0.024975"},
            # 0.999 * (180 + 60.5)
            bob={"USDT": "240.2595", "BTC": "0.997", "ETH": "9.975"},
        ),
        BOOKS,
        who="control",
    ),
]

STEPS = [*AT_MARKET, *WITH_BOB, *TWENTY, *CONDITIONS, *IN_FORCE, *REFUSED, *AFTERWARDS]
ROWS = [step.title for step in STEPS if step.judge is not None]
"""What the table has a row for."""

OF_OTHERS = {
    *("createOrderWithTakeProfitAndStopLoss", "createReduceOnlyOrder"),
    *("createTrailingAmountOrder", "createTrailingPercentOrder"),
    *("fetchOrders", "fetchOrderBook", "fetchL2OrderBook", "fetchTrades"),
}
"""What else ccxt offers that has to do with orders: of perpetuals, and of markets."""
