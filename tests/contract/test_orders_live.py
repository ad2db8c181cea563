"""Orders as VST can be asked: what can be read, and the smallest one, far from the market, there and back.

Whether the simulated environment has spot trading at all, SPOT-21 tells; no document does.
"""

from decimal import ROUND_CEILING, Decimal

import pytest
from contract.target import Target
from support.sender import (
    CANCEL_ORDER,
    COMMISSION_RATE,
    FILLS,
    OCO_HISTORY,
    OPEN_OCOS,
    OPEN_ORDERS,
    ORDER_HISTORY,
    PLACE_ORDER,
    QUERY_ORDER,
    SPOT_BALANCE,
)

SYMBOL, COIN = "BTC-USDT", "USDT"
SYMBOLS, TICKER = "/openApi/spot/v1/common/symbols", "/openApi/spot/v1/ticker/24hr"


@pytest.mark.clause("SPOT-21")
def test_orders_and_fills_can_be_read(target: Target) -> None:
    for path in (OPEN_ORDERS, ORDER_HISTORY):
        assert isinstance(target.get(path, symbol=SYMBOL).data["orders"], list)
    assert isinstance(target.get(FILLS, symbol=SYMBOL).data["fills"], list)
    assert target.get(COMMISSION_RATE, symbol=SYMBOL).data.keys() >= {
        *("takerCommissionRate", "makerCommissionRate")
    }


@pytest.mark.clause("SPOT-21")
@pytest.mark.parametrize("path", [OPEN_OCOS, OCO_HISTORY])
def test_oco_orders_can_be_read(target: Target, path: str) -> None:
    assert target.get(path, pageIndex=1, pageSize=10).data is not None


@pytest.mark.writes
@pytest.mark.clause("SPOT-1", "SPOT-6")
def test_the_smallest_order_far_from_the_market_rests_and_is_cancelled(target: Target) -> None:
    order = smallest_bid(target)
    before = free(target)
    if before < Decimal(order["quantity"]) * Decimal(order["price"]):
        pytest.skip(f"the account has {before} {COIN} in spot, too little for the smallest order")
    placed = target.post(PLACE_ORDER, **order).data
    which = {"symbol": SYMBOL, "orderId": placed["orderId"]}
    try:
        assert placed["status"] == "PENDING"
        assert target.get(QUERY_ORDER, **which).data["status"] == "PENDING"
    finally:
        cancelled = target.post(CANCEL_ORDER, **which).data
    assert cancelled["status"] == "CANCELED"
    assert free(target) == before


def smallest_bid(target: Target) -> dict[str, str]:
    """A bid of half the last price, worth a little more than the least."""
    (row,) = target.raw("GET", SYMBOLS, f"symbol={SYMBOL}").data["symbols"]
    (ticker,) = target.raw("GET", TICKER, f"symbol={SYMBOL}").data
    tick, step, least = (Decimal(str(row[name])) for name in ("tickSize", "stepSize", "minNotional"))
    price = Decimal(str(ticker["lastPrice"])) / 2 // tick * tick
    steps = (least * Decimal("1.1") / price / step).to_integral_value(ROUND_CEILING)
    quantity = steps * step
    return {
        "symbol": SYMBOL,
        "side": "BUY",
        "type": "LIMIT",
        "price": f"{price:f}",
        "quantity": f"{quantity:f}",
    }


def free(target: Target) -> Decimal:
    """What of the quote coin is free in the spot account."""
    balances = target.get(SPOT_BALANCE).data["balances"]
    return sum((Decimal(row["free"]) for row in balances if row["asset"] == COIN), Decimal(0))
