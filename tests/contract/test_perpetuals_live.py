"""Perpetuals as VST can be asked: what can be read, and the smallest order, far from the market.

A position is opened, and closed, where --bingx-allow-positions lets it.
"""

from decimal import ROUND_CEILING, Decimal
from typing import Any

import pytest
from contract import shapes
from contract.conftest import Meet
from contract.target import Target
from support.sender import Reply

SYMBOL, COIN = "BTC-USDT", "USDT"
QUOTE, TRADE, USER = "/openApi/swap/v2/quote", "/openApi/swap/v2/trade", "/openApi/swap/v2/user"
ORDER, OPEN_ORDERS = f"{TRADE}/order", f"{TRADE}/openOrders"
BALANCE, POSITIONS, INCOME = "/openApi/swap/v3/user/balance", f"{USER}/positions", f"{USER}/income"
KLINES, TIERS = "/openApi/swap/v3/quote/klines", "/openApi/swap/v1/maintMarginRatio"
MODE, CLOSE = "/openApi/swap/v1/positionSide/dual", "/openApi/swap/v1/trade/closePosition"
WEEK_MS = 7 * 86_400_000


def public(target: Target, path: str, **parameters: object) -> Reply:
    """An unsigned read without a key."""
    return target.raw("GET", path, "&".join(f"{name}={value}" for name, value in parameters.items()))


# What anybody may read


@pytest.mark.clause("SWAP-1")
def test_a_contract_is_listed_with_its_steps(target: Target) -> None:
    rows = public(target, f"{QUOTE}/contracts").data
    (row,) = [row for row in rows if row["symbol"] == SYMBOL]
    assert (row["asset"], row["currency"], row["status"]) == ("BTC", COIN, 1)
    assert all(isinstance(row[name], int) for name in ("pricePrecision", "quantityPrecision"))
    assert Decimal(str(row["tradeMinQuantity"])) > 0


@pytest.mark.clause("SWAP-1")
def test_the_order_book_has_bids_below_asks(target: Target) -> None:
    data = public(target, f"{QUOTE}/depth", symbol=SYMBOL, limit=5).data
    bids, asks = ([Decimal(price) for price, _ in data[side]] for side in ("bids", "asks"))
    assert 0 < max(len(bids), len(asks)) <= 5
    assert max(bids) < min(asks)
    assert isinstance(data["T"], int)


@pytest.mark.clause("SWAP-1")
def test_trades_candles_and_the_book_ticker_can_be_read(target: Target, meets: Meet) -> None:
    trades = public(target, f"{QUOTE}/trades", symbol=SYMBOL, limit=5).data
    assert len(trades) <= 5
    meets("V76", "with-id" if "id" in trades[0] else "bare")
    candles = public(target, KLINES, symbol=SYMBOL, interval="1h", limit=3).data
    assert len(candles) == 3
    meets("V78", "arrays" if isinstance(candles[0], list) else "objects")
    best = public(target, f"{QUOTE}/bookTicker", symbol=SYMBOL).data
    meets("V79", *shapes.perpetual_book_ticker(best))


@pytest.mark.clause("SWAP-1")
def test_mark_index_and_rates_of_funding_can_be_read(target: Target, meets: Meet) -> None:
    premium = public(target, f"{QUOTE}/premiumIndex", symbol=SYMBOL).data
    row = premium[0] if isinstance(premium, list) else premium
    assert Decimal(row["markPrice"]) > 0
    assert Decimal(row["indexPrice"]) > 0
    assert abs(Decimal(row["lastFundingRate"])) < 1
    assert int(row["nextFundingTime"]) > target.now_ms()
    rates = public(target, f"{QUOTE}/fundingRate", symbol=SYMBOL, limit=2).data
    meets("V77", "history" if "fundingTime" in rates[0] else "current")


@pytest.mark.clause("SWAP-1")
@pytest.mark.parametrize("path", ["ticker", "price", "openInterest"])
def test_tickers_prices_and_open_interest_name_their_market(target: Target, path: str) -> None:
    where = f"/openApi/swap/v1/ticker/{path}" if path == "price" else f"{QUOTE}/{path}"
    assert public(target, where, symbol=SYMBOL).data["symbol"] == SYMBOL


# What a key may read


@pytest.mark.clause("SWAP-2")
def test_wallets_and_positions_are_lists_of_amounts_as_text(target: Target) -> None:
    wallets = {row["asset"]: row for row in target.get(BALANCE).data}
    for row in wallets.values():
        assert all(isinstance(row[name], str) for name in ("balance", "equity", "availableMargin"))
    for row in target.get(POSITIONS).data:
        assert row["positionSide"] in ("LONG", "SHORT", "BOTH")
        assert Decimal(row["positionAmt"]) >= 0


@pytest.mark.clause("SWAP-2")
def test_rates_and_income_can_be_read(target: Target) -> None:
    rates = target.get(f"{USER}/commissionRate").data
    rates = rates.get("commission", rates)
    assert rates.keys() >= {"takerCommissionRate", "makerCommissionRate"}
    for row in target.get(INCOME, limit=10).data or ():
        assert isinstance(row["income"], str)


@pytest.mark.clause("SWAP-2")
def test_orders_and_fills_can_be_read(target: Target, meets: Meet) -> None:
    assert isinstance(orders_of(target.get(OPEN_ORDERS, symbol=SYMBOL)), list)
    assert isinstance(orders_of(target.get(f"{TRADE}/allOrders", symbol=SYMBOL, limit=10)), list)
    now_ms = target.now_ms()
    period = {"startTs": now_ms - WEEK_MS + 60_000, "endTs": now_ms}
    fills = target.get(f"{TRADE}/allFillOrders", symbol=SYMBOL, tradingUnit="COIN", **period).data
    meets("V66", "fill_orders" if isinstance(fills, dict) and "fill_orders" in fills else "trades")


@pytest.mark.clause("SWAP-3")
def test_choices_and_tiers_can_be_read(target: Target, meets: Meet) -> None:
    leverage = target.get(f"{TRADE}/leverage", symbol=SYMBOL).data
    assert leverage["longLeverage"] <= leverage["maxLongLeverage"]
    margin = target.get(f"{TRADE}/marginType", symbol=SYMBOL).data["marginType"]
    assert margin in ("ISOLATED", "CROSSED", "SEPARATE_ISOLATED")
    dual = target.get(MODE).data["dualSidePosition"]
    assert str(dual).lower() in ("true", "false")
    meets("V55", "booleans" if isinstance(dual, bool) else "strings")
    tiers = target.get(TIERS, symbol=SYMBOL).data
    meets("V72", "tiers" if isinstance(tiers, dict) else "list")


# What is sent with --bingx-allow-writes, and with --bingx-allow-positions


@pytest.mark.writes
@pytest.mark.clause("SWAP-4")
def test_the_smallest_order_far_from_the_market_rests_and_is_cancelled(target: Target, meets: Meet) -> None:
    order = smallest(target, share=Decimal("0.5"))
    before = available(target)
    if before < Decimal(order["quantity"]) * Decimal(order["price"]):
        pytest.skip(f"the account has {before} {COIN} for perpetuals, too little for the smallest order")
    placed = target.post(ORDER, **order, **side_of(target), timeInForce="PostOnly").data
    meets("V30", "wrapped" if "order" in placed else "flat")
    which = {"symbol": SYMBOL, "orderId": placed.get("order", placed)["orderId"]}
    try:
        told = target.get(ORDER, **which).data
        assert told.get("order", told)["status"].upper() in ("NEW", "PENDING")
        waiting = orders_of(target.get(OPEN_ORDERS, symbol=SYMBOL))
        assert str(which["orderId"]) in {str(row["orderId"]) for row in waiting}
    finally:
        cancelled = target.ask("DELETE", ORDER, which).data
    status = cancelled.get("order", cancelled)["status"].upper()
    meets("V32", *({status} & {"CANCELLED", "CANCELED"}))
    assert available(target) == before


@pytest.mark.writes
@pytest.mark.positions
@pytest.mark.clause("SWAP-5")
def test_the_smallest_position_is_opened_listed_and_closed(target: Target) -> None:
    order = smallest(target, share=Decimal(1))
    if target.get(POSITIONS, symbol=SYMBOL).data:
        pytest.skip(f"the account has a position in {SYMBOL}, which is left alone")
    before = available(target)
    if before < Decimal(order["quantity"]) * Decimal(order["price"]):
        pytest.skip(f"the account has {before} {COIN} for perpetuals, too little for the smallest order")
    began_ms = target.now_ms()
    del order["price"]
    target.post(ORDER, **order | {"type": "MARKET"}, **side_of(target))
    (position,) = target.get(POSITIONS, symbol=SYMBOL).data
    target.post(CLOSE, positionId=position["positionId"])
    assert position["positionSide"] in ("LONG", "BOTH")
    assert Decimal(position["positionAmt"]) == Decimal(order["quantity"])
    assert target.get(POSITIONS, symbol=SYMBOL).data == []
    paid = target.get(INCOME, symbol=SYMBOL, incomeType="TRADING_FEE", startTime=began_ms - 1_000, limit=10)
    assert all(Decimal(row["income"]) < 0 for row in paid.data)
    assert paid.data


def smallest(target: Target, *, share: Decimal) -> dict[str, str]:
    """A bid at a share of the last price, of the least that may be ordered and is worth a little more."""
    rows = public(target, f"{QUOTE}/contracts").data
    (row,) = [row for row in rows if row["symbol"] == SYMBOL]
    last = Decimal(public(target, f"{QUOTE}/ticker", symbol=SYMBOL).data["lastPrice"])
    tick = Decimal(1).scaleb(-int(row["pricePrecision"]))
    step = Decimal(1).scaleb(-int(row["quantityPrecision"]))
    price = last * share // tick * tick
    worth = Decimal(str(row["tradeMinUSDT"])) * Decimal("1.1")
    least = max(Decimal(str(row["tradeMinQuantity"])), worth / price)
    quantity = (least / step).to_integral_value(ROUND_CEILING) * step
    return {
        "symbol": SYMBOL,
        "side": "BUY",
        "type": "LIMIT",
        "price": f"{price:f}",
        "quantity": f"{quantity:f}",
    }


def side_of(target: Target) -> dict[str, str]:
    """Which position an order is about, in the mode that the account is in."""
    is_hedging = str(target.get(MODE).data["dualSidePosition"]).lower() == "true"
    return {"positionSide": "LONG" if is_hedging else "BOTH"}


def orders_of(reply: Reply) -> Any:
    """The orders of a list, which R shows bare."""
    return reply.data["orders"] if isinstance(reply.data, dict) else reply.data


def available(target: Target) -> Decimal:
    """What may still be used of the coin."""
    rows = target.get(BALANCE).data
    return sum((Decimal(row["availableMargin"]) for row in rows if row["asset"] == COIN), Decimal(0))
