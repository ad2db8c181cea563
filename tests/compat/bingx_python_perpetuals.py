"""What bingx-python offers for perpetuals, and what is right to come back. It hands over raw answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from compat import perpetuals
from compat.bingx_python_calls import synchronous as plain
from compat.perpetuals import BTC_MARKET, marked, moved
from compat.steps import Given, Judge, Step, control

STATE = perpetuals.STATE
PAIR = "BTC-USDT"
_MARKET, _BID = "MARKET", {"symbol": PAIR, "side": "BUY", "positionSide": "BOTH", "type": "LIMIT"}


class _ByService:
    """Its client, whose methods are looked up by the name of their service and their own."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        service, _, method = name.partition("().")
        return getattr(getattr(self._client, service)(), method)


@asynccontextmanager
async def synchronous(key: str, secret: str) -> AsyncIterator[Any]:
    """``BingXClient``, told to sign as the exchange reads it."""
    async with plain(key, secret) as client:
        yield _ByService(client)


def carries(*wanted: tuple[str, str]) -> Judge:
    """One object in an answer, wherever it stands, has these values, as numbers or as text."""

    def judge(answer: Any, given: Given) -> str | None:
        return None if _holds(answer, wanted) else "not in the answer"

    return judge


def _holds(document: Any, wanted: tuple[tuple[str, str], ...]) -> bool:
    if isinstance(document, dict):
        if all(str(document.get(name)) == value for name, value in wanted):
            return True
        document = list(document.values())
    return isinstance(document, list) and any(_holds(inner, wanted) for inner in document)


def holds_none(answer: Any, given: Given) -> str | None:
    """A raw answer has no rows."""
    data = answer["data"]
    rows = data.get("orders", data) if isinstance(data, dict) else data
    return "rows" if rows else None


def _trade(method: str, *arguments: Any, judge: Judge, shown: str = "", name: str = "") -> Step:
    return Step(f"trade().{method}", arguments, judge, shown, name)


def _account(method: str, *arguments: Any, judge: Judge, shown: str = "") -> Step:
    return Step(f"account().{method}", arguments, judge, shown)


def _market(method: str, *arguments: Any, judge: Judge) -> Step:
    return Step(f"market().{method}", arguments, judge)


IS_DONE = carries(("code", "0"))
IS_OF_PAIR = carries(("symbol", PAIR))

STEPS = [
    moved("60500"),
    control("POST", f"{BTC_MARKET}/funding", {"rate": "0.0003"}),
    _market("get_contracts", judge=IS_OF_PAIR),
    _market("get_depth", PAIR, 5, judge=IS_DONE),
    _market("get_quote_depth", PAIR, 5, judge=IS_DONE),
    _market("get_klines", PAIR, "1m", 3, judge=IS_DONE),
    _market("get_klines_v3", PAIR, "1m", 3, judge=IS_DONE),
    _market("get_24hr_ticker", PAIR, judge=carries(("lastPrice", "60500.0"))),
    _market("get_quote_ticker", PAIR, judge=carries(("lastPrice", "60500.0"))),
    _market("get_book_ticker", PAIR, judge=IS_OF_PAIR),
    _market("get_mark_price", PAIR, judge=carries(("markPrice", "60500.0"))),
    _market("get_premium_index", PAIR, judge=carries(("lastFundingRate", "0.00030000"))),
    _market("get_quote_funding_rate", PAIR, judge=IS_OF_PAIR),
    _market("get_funding_rate_info", PAIR, judge=IS_OF_PAIR),
    _market("get_recent_trades", PAIR, 5, judge=IS_DONE),
    _market("get_quote_trades", PAIR, 5, judge=IS_DONE),
    _market("get_open_interest", PAIR, judge=IS_OF_PAIR),
    _market("get_latest_price", PAIR, judge=IS_DONE),
    _market("get_index_price", PAIR, judge=IS_DONE),
    _market("get_funding_rate_history", PAIR, judge=IS_DONE),
    _market("get_aggregate_trades", PAIR, judge=IS_DONE),
    moved("60000"),
    _account("set_leverage", PAIR, "BOTH", 10, judge=IS_DONE),
    _account("get_leverage", PAIR, judge=carries(("longLeverage", "10"))),
    _account("set_margin_mode", PAIR, "ISOLATED", judge=IS_DONE),
    _account("get_margin_mode", PAIR, judge=carries(("marginType", "ISOLATED"))),
    _trade("change_margin_type", PAIR, "CROSSED", judge=IS_DONE),
    _trade("get_margin_type", PAIR, judge=carries(("marginType", "CROSSED"))),
    _trade("get_position_mode", judge=IS_DONE),
    _account("get_trading_fees", PAIR, judge=IS_DONE),
    _trade(
        "create_order",
        _BID | {"quantity": 0.001, "price": 50000},
        judge=carries(("symbol", PAIR), ("side", "BUY")),
        name="bid",
    ),
    _trade("get_order", PAIR, "$bid", judge=carries(("symbol", PAIR), ("side", "BUY"))),
    _trade("get_open_orders", PAIR, judge=carries(("symbol", PAIR), ("side", "BUY"))),
    _trade("cancel_order", PAIR, "$bid", judge=carries(("symbol", PAIR), ("side", "BUY"))),
    _trade("get_order_history", PAIR, judge=IS_OF_PAIR),
    _trade("create_test_order", _BID | {"quantity": 0.001, "price": 50000}, judge=carries(("side", "BUY"))),
    _trade(
        "create_batch_orders",
        [_BID | {"quantity": 0.001, "price": 50000}],
        judge=carries(("symbol", PAIR), ("side", "BUY")),
    ),
    _trade("cancel_all_orders", PAIR, judge=IS_DONE),
    _trade(
        "create_order",
        _BID | {"type": _MARKET, "quantity": 0.01},
        judge=carries(("symbol", PAIR), ("side", "BUY")),
        shown=" at the market",
    ),
    _account("get_positions", PAIR, judge=carries(("symbol", PAIR), ("positionAmt", "0.0100"))),
    _account("get_balance", judge=carries(("asset", "USDT"))),
    _account("get_income_history", PAIR, "TRADING_FEE", judge=carries(("incomeType", "TRADING_FEE"))),
    _trade("get_user_trades", PAIR, judge=IS_DONE),
    _account("get_position_risk", PAIR, judge=IS_DONE),
    _trade("close_all_positions", PAIR, judge=IS_DONE),
    _account("get_positions", PAIR, judge=holds_none, shown=", none"),
    # It has the margin times the leverage for the quantity: of 20 USDT and a leverage of 5, 100 BTC.
    _trade("futures_long_market", PAIR, 20, 5, judge=carries(("quantity", "0.0016"))),
    _trade("futures_long_limit", PAIR, 0.001, 50000, judge=IS_DONE),
    marked(None),
]
ROWS = [step.title for step in STEPS if step.judge is not None]
"""What the table has a row for."""
