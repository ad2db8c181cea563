"""A day of a trader of perpetuals, in every unified method that ccxt has for them, and what is right to come.

Two users trade with each other and with the ladder of the house. What is right was worked out by hand from
the prices below: takers pay 0.05 %, makers 0.02 %, and the book has one tick of 0.1 on either side.
"""

from decimal import Decimal
from typing import Any

from compat.asking import exact
from compat.steps import (
    Given,
    Judge,
    Step,
    are,
    are_placed,
    by_bob,
    control,
    has,
    is_placed,
    paid,
    replaces,
    says_data,
    traded,
)

ALICE, BOB = 16779999, 16780001
BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
BTC_MARKET = "/markets/swap/BTC-USDT"
SWAP = {"type": "swap"}


def _user(uid: int, name: str, usdt: str) -> dict[str, Any]:
    key = {"key": f"{name}-key", "secret": f"{name}-secret", "permissions": ["read", "trade"]}
    return {"uid": uid, "keys": [key], "balances": {"USDTMPerp": {"USDT": usdt}}}


STATE: dict[str, Any] = {
    "users": [_user(ALICE, "alice", "10000"), _user(BOB, "bob", "10000")],
    "prices": {"BTC": "60000", "ETH": "3000"},
}

BOOKS = "wallets"
"""What the exchange's own books say."""


def says(**wanted: Any) -> Judge:
    """The one answer, or the one for BTC among several, has these values."""

    def judge(answer: Any, given: Given) -> str | None:
        row = answer
        if isinstance(answer, list):
            row = next((it for it in answer if it["symbol"] == BTC), None)
        elif "symbol" not in answer:
            row = answer.get(BTC)
        return "nothing" if row is None else has(**wanted)(row, given)

    return judge


def is_told(answer: Any, given: Given) -> str | None:
    """A raw answer says that it was done."""
    return None if str(answer.get("code")) == "0" else f"code {answer.get('code')}"


def positions(*wanted: tuple[str, float, float]) -> Judge:
    """Positions of these sides, sizes and entry prices, and no others, are in an answer."""

    def judge(answer: Any, given: Given) -> str | None:
        got = sorted((it["side"], it["contracts"], it["entryPrice"]) for it in answer)
        return None if got == sorted(wanted) else f"{got}"

    return judge


def counts(count: int) -> Judge:
    """So many rows are in an answer."""

    def judge(answer: Any, given: Given) -> str | None:
        return None if len(answer) == count else f"{len(answer)} of {count}"

    return judge


def ends_with(price: float, read: Any) -> Judge:
    """The last row of an answer has this price."""

    def judge(answer: Any, given: Given) -> str | None:
        return None if read(answer[-1]) == price else f"{answer[-1]}"

    return judge


def best(bid: float, ask: float) -> Judge:
    """An order book has these best prices."""

    def judge(answer: Any, given: Given) -> str | None:
        got = answer["bids"][0][0], answer["asks"][0][0]
        return None if got == (bid, ask) else f"{got}"

    return judge


def owns(free: str, used: str, total: str) -> Judge:
    """So much USDT there is, what positions lose or win included."""

    def judge(answer: Any, given: Given) -> str | None:
        got = [exact(answer["USDT"][name]) for name in ("free", "used", "total")]
        return None if got == [Decimal(it) for it in (free, used, total)] else f"{got}"

    return judge


def earned(**wanted: int) -> Judge:
    """The rows of a raw answer are so many of each kind."""

    def judge(answer: Any, given: Given) -> str | None:
        kinds = [row["incomeType"] for row in answer["data"]]
        got = {kind: kinds.count(kind) for kind in kinds}
        return None if got == wanted else f"{got}"

    return judge


def received(amount: float) -> Judge:
    """The last payment of funding was this."""

    def judge(answer: Any, given: Given) -> str | None:
        return has(amount=amount)(answer[-1], given) if answer else "nothing"

    return judge


def books(**wanted: str) -> Judge:
    """What the exchange's own books say of the wallets of two users."""

    def judge(answer: Any, given: Given) -> str | None:
        names = {ALICE: "alice", BOB: "bob"}
        got = {names[it["uid"]]: it["balances"]["USDTMPerp"]["USDT"] for it in answer["users"]}
        return None if got == wanted else f"{got}"

    return judge


def holding(*wanted: tuple[int, str, str, str]) -> Judge:
    """What they say of positions: whose, side, quantity and cost."""

    def judge(answer: Any, given: Given) -> str | None:
        got = tuple((it["uid"], it["side"], it["quantity"], it["cost"]) for it in answer)
        return None if got == wanted else f"{got}"

    return judge


def apart(uid: int, margin: str) -> Judge:
    """So much is set apart for a user's position."""

    def judge(answer: Any, given: Given) -> str | None:
        got = [it["margin"] for it in answer if it["uid"] == uid]
        return None if got == [margin] else f"{got}"

    return judge


def _bids(amount: float, *prices: float) -> tuple[list[dict[str, Any]]]:
    same = {"symbol": BTC, "type": "limit", "side": "buy", "amount": amount}
    return ([same | {"price": price} for price in prices],)


def moved(price: str) -> Step:
    """The whole market goes to a price."""
    return control("POST", f"{BTC_MARKET}/move", {"price": price})


def marked(price: str | None) -> Step:
    """The mark price alone goes somewhere, or follows the market again."""
    return control("POST", f"{BTC_MARKET}/mark", {"price": price})


_QUOTED = {"last": 60500, "bid": 60499.9, "ask": 60500.1}

MARKETS = [
    moved("60500"),
    control("POST", f"{BTC_MARKET}/funding", {"rate": "0.0003"}),
    Step("load_markets", (True,), says(linear=True, active=True, contractSize=1, taker=0.0005, maker=0.0002)),
    Step("fetch_ticker", (BTC,), says(**_QUOTED)),
    Step("fetch_tickers", ([BTC],), says(**_QUOTED)),
    Step("fetch_bids_asks", ([BTC],), says(bid=60499.9, ask=60500.1)),
    Step("fetch_order_book", (BTC, 5), best(60499.9, 60500.1)),
    Step("fetch_trades", (BTC, None, 5), ends_with(60500, lambda row: row["price"])),
    Step("fetch_ohlcv", (BTC, "1m", None, 3), ends_with(60500, lambda row: row[4])),
    Step("fetch_mark_ohlcv", (BTC, "1m", None, 3), ends_with(60500, lambda row: row[4])),
    Step("fetch_mark_price", (BTC,), says(markPrice=60500)),
    Step("fetch_mark_prices", ([BTC],), says(markPrice=60500)),
    Step("fetch_funding_rate", (BTC,), says(fundingRate=0.0003, markPrice=60500)),
    Step("fetch_funding_rates", ([BTC],), says(fundingRate=0.0003)),
    Step("fetch_funding_rate_history", (BTC, None, 3), counts(3)),
    moved("60000"),
]

CHOICES = [
    Step("fetch_position_mode", (), has(hedged=False)),
    Step("set_leverage", (10, BTC, {"side": "BOTH"}), is_told),
    Step("fetch_leverage", (BTC,), has(longLeverage=10, shortLeverage=10)),
    Step("set_margin_mode", ("isolated", BTC), is_told),
    Step("fetch_margin_mode", (BTC,), has(marginMode="isolated")),
    Step("set_margin_mode", ("cross", BTC)),
    Step("fetch_market_leverage_tiers", (BTC,), counts(25)),
    Step("fetch_trading_fee", (BTC,), has(maker=0.0002, taker=0.0005)),
]

AT_MARKET = [
    Step("create_order", (BTC, "market", "buy", 0.01), is_placed(side="buy", symbol=BTC), name="bought"),
    Step("fetch_order", ("$bought", BTC), has(status="closed", filled=0.01, average=60000.1, cost=600.001)),
    Step("fetch_order", ("$bought", BTC), paid("USDT", "0.3"), ", its fee"),
    Step("fetch_position", (BTC,), says(side="long", contracts=0.01, entryPrice=60000.1)),
    Step("fetch_position", (BTC,), says(leverage=10, marginMode="cross"), ", its leverage"),
    # 10000 less the fee of 0.3000005 are in the wallet, and at 60000 the position has lost 0.001.
    Step("fetch_balance", (SWAP,), owns("9939.6989", "60.0001", "9999.699")),
    Step("fetch_open_interest", (BTC,), has(openInterestValue=600)),
    moved("61000"),
    Step("fetch_positions", (), says(unrealizedPnl=9.999, markPrice=61000), ", what it brings"),
    moved("60000"),
]

WITH_BOB = [
    control("PUT", BTC_MARKET, {"ladder": "none"}),
    Step(
        "create_reduce_only_order",
        (BTC, "limit", "sell", 0.004, 61000, {"clientOrderId": "mine"}),
        is_placed(side="sell", price=61000),
        name="ask",
    ),
    by_bob("create_order", BTC, "market", "buy", 0.001),
    Step(
        "fetch_order",
        ("$ask", BTC),
        has(status="open", clientOrderId="mine", filled=0.001, remaining=0.003, cost=61),
        ", filled in part",
    ),
    by_bob("create_order", BTC, "limit", "buy", 0.002, 61100),
    Step("fetch_open_orders", (BTC,), are("ask")),
    Step("cancel_order", ("$ask", BTC), has(status="canceled", filled=0.003)),
    Step("fetch_canceled_orders", (BTC,), are("ask")),
    Step("fetch_closed_orders", (BTC,), are("bought")),
    Step(
        "fetch_canceled_and_closed_orders",
        (BTC,),
        are("ask", "bought"),
    ),
    Step("fetch_orders", (BTC,), are("ask", "bought")),
    Step(
        "fetch_my_trades",
        (BTC,),
        traded(("buy", 0.01, 60000.1, None), ("sell", 0.001, 61000, None), ("sell", 0.002, 61000, None)),
    ),
]

SEVERAL = [
    Step("create_orders", _bids(0.001, 50000, 49000, 48000, 47000, 46000), are_placed(5), name="bids"),
    Step("cancel_orders", (["$bids.0", "$bids.1"], BTC), are("bids.0", "bids.1")),
    Step("edit_order", ("$bids.2", BTC, "limit", "buy", 0.001, 47500), replaces("bids.2"), name="new"),
    Step("fetch_open_orders", (BTC,), are("bids.3", "bids.4", "new"), ", one replaced"),
    Step("cancel_all_orders", (BTC,), are("bids.3", "bids.4", "new")),
    Step("fetch_open_orders", (), are(), ", all cancelled"),
]

CONDITIONS = [
    control("PUT", BTC_MARKET, {"ladder": {"levels": 20}}),
    moved("60000"),
    Step(
        "create_stop_loss_order",
        (BTC, "market", "sell", 0.001, None, 59000),
        is_placed(side="sell"),
        name="stop",
    ),
    Step(
        "create_take_profit_order",
        (BTC, "limit", "sell", 0.001, 62000, 61900),
        is_placed(side="sell"),
        name="profit",
    ),
    Step("create_trigger_order", (BTC, "limit", "buy", 0.001, 61600, 61500), is_placed(), name="trigger"),
    Step("create_stop_order", (BTC, "market", "buy", 0.001, None, 63000), is_placed(), name="later"),
    Step("fetch_open_orders", (BTC,), are("stop", "profit", "trigger", "later"), " that wait for a price"),
    Step("fetch_order", ("$trigger", BTC), has(status="open", triggerPrice=61500), ", one that waits"),
    Step(
        "create_order_with_take_profit_and_stop_loss",
        (BTC, "market", "buy", 0.001, None, 64000, 55000),
        is_placed(side="buy"),
        name="guarded",
    ),
    Step("fetch_open_orders", (BTC,), counts(6), ", and two that an order brought"),
    moved("58900"),
    Step(
        "fetch_order",
        ("$stop", BTC),
        has(status="closed", side="sell", filled=0.001, average=58899.9),
        ", a stop that was reached",
    ),
    moved("61500"),
    Step(
        "fetch_order",
        ("$trigger", BTC),
        has(status="closed", filled=0.001, average=61500.1),
        ", a trigger that was reached",
    ),
    marked("61900"),
    Step("fetch_order", ("$profit", BTC), has(status="open", price=62000), ", one that rests since"),
    marked(None),
    Step("cancel_all_orders", (BTC,)),
    Step("fetch_order", ("$later", BTC), has(status="canceled"), ", one that was never reached"),
]

TRAILING = [
    Step(
        "create_trailing_percent_order", (BTC, "market", "sell", 0.001, None, 1), is_placed(), name="percent"
    ),
    Step(
        "create_trailing_amount_order", (BTC, "market", "sell", 0.001, None, 500), is_placed(), name="amount"
    ),
    Step("fetch_open_orders", (BTC,), are("percent", "amount"), " that trail the price"),
    Step("fetch_order", ("$percent", BTC), has(status="open"), ", one that trails the price"),
    Step("cancel_all_orders", (BTC,)),
]

PAYMENTS = [
    control("POST", f"{BTC_MARKET}/funding/settle"),
    # 0.008 * 61500 * 0.0003.
    Step("fetch_funding_history", (BTC,), received(-0.1476)),
    Step(
        "swapV2PrivateGetUserIncome",
        ({"limit": 100},),
        earned(TRADING_FEE=6, REALIZED_PNL=3, FUNDING_FEE=1),
    ),
]

MARGIN = [
    Step("close_position", (BTC,), is_placed()),
    Step("fetch_positions", (), positions(), ", one that was closed"),
    # (600.001 + 60.0001 + 61.5001) / 0.012.
    Step("fetch_position_history", (BTC, None, 1), says(side="long", entryPrice=60125.1), name="what was"),
    Step("set_margin_mode", ("isolated", BTC)),
    Step("create_order", (BTC, "market", "buy", 0.001)),
    Step("add_margin", (BTC, 5), has(amount=5)),
    Step("reduce_margin", (BTC, 2), has(amount=2)),
    Step("fetch_position", (BTC,), says(marginMode="isolated"), ", isolated", "held"),
    # 6.15001 + 5 - 2.
    Step("GET", ("/positions", None), apart(ALICE, "9.15001"), "margin of a position", who="control"),
    Step("close_position", (BTC, None, {"positionId": "$held"}), is_placed(), " by its id"),
    Step("set_leverage", (100, BTC, {"side": "BOTH"})),
    Step("create_order", (BTC, "market", "buy", 0.01)),
    marked("55000"),
    Step("fetch_positions", (), positions(), ", one that was liquidated"),
    Step("fetch_my_liquidations", (BTC,), counts(1)),
    marked(None),
]

HEDGED = [
    Step("set_margin_mode", ("cross", BTC)),
    Step("set_position_mode", (True,), is_told),
    Step("fetch_position_mode", (), has(hedged=True), ", hedged"),
    Step("set_leverage", (20, BTC, {"side": "LONG"})),
    Step("fetch_leverage", (BTC,), has(longLeverage=20, shortLeverage=100), " of each side"),
    Step("create_order", (BTC, "market", "buy", 0.002, None, {"hedged": True}), is_placed(), ", hedged"),
    Step("create_order", (BTC, "market", "sell", 0.001, None, {"hedged": True})),
    Step(
        "fetch_positions",
        (),
        positions(("long", 0.002, 61500.1), ("short", 0.001, 61499.9)),
        ", of both sides",
    ),
    Step("close_all_positions", (), counts(2)),
    Step("set_position_mode", (False,)),
]

REFUSED = [
    Step("create_order", (BTC, "market", "buy", 20), is_placed(), " of more than there is"),
    Step("create_order", (BTC, "limit", "buy", 0.0001, 15000), is_placed(), " of too little"),
    Step("create_order", (BTC, "limit", "buy", 0.001, 50000, {"clientOrderId": "twice"})),
    Step(
        "create_order",
        (BTC, "limit", "buy", 0.001, 50000, {"clientOrderId": "twice"}),
        is_placed(),
        " with a client id that is used",
    ),
    Step("cancel_order", ("1", BTC), has(status="canceled"), " of an order that there is not"),
    Step("cancel_order", ("$bought", BTC), has(status="canceled"), " of an order that is filled"),
    Step(
        "create_reduce_only_order", (BTC, "limit", "sell", 0.001, 70000), is_placed(), " without a position"
    ),
]

IN_THE_BOOKS = [
    Step("cancel_all_orders", (BTC,)),
    Step("GET", ("/positions", None), holding((BOB, "LONG", "0.003", "183")), "positions", who="control"),
    Step(
        "GET",
        ("/state", None),
        # Alice: 10000 - 0.3000005; of Bob 0.9999 - 0.0122 + 1.9998 - 0.0244; guarded - 0.03000005;
        # stop 58.8999 - 60.0001 - 0.02944995; trigger - 0.03075005; funding - 0.1476;
        # closed 491.9992 - 481.5008 - 0.2459996; isolated - 0.03075005 - 0.0002 - 0.03074995;
        # liquidated - 0.3075005 - 6.15001; hedged - 0.0615001 - 0.03074995 - 0.0004 - 0.0614999 - 0.0002
        # - 0.03075005. Bob: 10000 - 0.0305 - 0.061 - 0.05535.
        books(alice="10004.87318935", bob="9999.85315"),
        BOOKS,
        who="control",
    ),
]

FOR_COST = [
    # 100 / 61500, cut to steps of 0.0001: 0.0016.
    Step("create_market_order_with_cost", (BTC, "buy", 100), is_placed(side="buy"), name="spent"),
    Step("fetch_order", ("$spent", BTC), has(filled=0.0016, cost=98.40016), ", bought for a cost"),
    Step("create_market_buy_order_with_cost", (BTC, 100), is_placed(side="buy")),
    Step("create_market_sell_order_with_cost", (BTC, 100), is_placed(side="sell")),
    Step("create_market_order", (BTC, "sell", 0.001), is_placed(side="sell")),
]

AFTERWARDS = [
    Step("create_limit_order", (BTC, "buy", 0.001, 50000), is_placed(price=50000)),
    Step("cancel_all_orders_after", (10_000, SWAP), says_data(status="ACTIVATED")),
    control("POST", "/clock/advance", {"ms": 10_000}),
    Step(
        "GET",
        (f"/orders?uid={ALICE}&status=open", None),
        counts(0),
        "orders when the countdown has ended",
        who="control",
    ),
]

STEPS = [
    *MARKETS,
    *CHOICES,
    *AT_MARKET,
    *WITH_BOB,
    *SEVERAL,
    *CONDITIONS,
    *TRAILING,
    *PAYMENTS,
    *MARGIN,
    *HEDGED,
    *REFUSED,
    *IN_THE_BOOKS,
    *FOR_COST,
    *AFTERWARDS,
]
ROWS = [step.title for step in STEPS if step.judge is not None]
"""What the table has a row for."""

OF_OTHERS = {
    *("fetchCurrencies", "fetchCurrenciesWs", "fetchTime", "fetchMarkets", "fetchTransfers"),
    *("fetchDeposits", "fetchWithdrawals", "fetchDepositAddress", "fetchDepositAddressesByNetwork"),
    *("fetchDepositWithdrawFee", "fetchDepositWithdrawFees", "fetchL2OrderBook"),
    "setMargin",
}
"""What else ccxt offers: of all accounts, and other names of what is asked."""
