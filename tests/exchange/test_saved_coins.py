"""Coin-margined positions and orders in a state: they are kept exactly, and go on where they stood."""

from decimal import Decimal
from typing import Any

import pytest
from support.sender import NOW_MS

from bingx_fake import FakeExchange, StateError
from bingx_fake.exchange import Exchange
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType, PositionSide
from bingx_fake.venue.commands import MarketId, SetMark
from bingx_fake.venue.order_book import Side

SYMBOL = "LTC-USD"
MARKET: MarketId = ("coinm", SYMBOL)
WALLET = {"coinMPerp": {"LTC": "100"}}
HEDGES = {"mode": "hedge", "symbols": {SYMBOL: {"long_leverage": 10, "margin_type": "ISOLATED"}}}
START: dict[str, Any] = {
    "users": [
        {"uid": 1, "balances": WALLET},
        {"uid": 2, "balances": WALLET, "settings": {"coin_perpetuals": HEDGES}},
        {"uid": 3, "balances": WALLET},
    ],
    "markets": [{"product": "coinm", "symbol": SYMBOL, "tick": "0.01", "step": "1", "price": "100"}],
}


def place(exchange: Exchange, uid: int, side: Side, kind: PerpType, quantity: int, **more: Any) -> None:
    new = NewPerpOrder(symbol=SYMBOL, side=side, type=kind, quantity=Decimal(quantity), **more)
    exchange.books.coinm.place(uid, new, exchange.clock.now_ms())


def trade(exchange: Exchange) -> None:
    """Some of everything: opened, partly closed, isolated and shared, resting, waiting."""
    coinm, now_ms = exchange.books.coinm, exchange.clock.now_ms()
    buy, sell, limit, market = Side.BUY, Side.SELL, PerpType.LIMIT, PerpType.MARKET
    place(exchange, 1, buy, market, 700)
    place(exchange, 1, sell, market, 33)
    place(exchange, 2, buy, market, 50, position_side=PositionSide.LONG)
    place(exchange, 2, sell, market, 20, position_side=PositionSide.SHORT)
    place(exchange, 3, sell, market, 900)
    place(exchange, 3, buy, limit, 11, price=Decimal(95))
    place(exchange, 1, sell, PerpType.STOP_MARKET, 100, stop=Decimal(90))
    coinm.change_margin(2, SYMBOL, PositionSide.LONG, Decimal("0.3"), now_ms)
    coinm.settle_funding(MARKET, now_ms)


def what_is_left(exchange: Exchange) -> list[Any]:
    """What moves, stops, liquidation, funding and closing do, and what everybody has then."""
    coinm, floor = exchange.books.coinm, exchange.books.floor
    told: list[Any] = []
    for ticks in (9_400, 8_900, 8_000, 13_000):
        floor.move(MARKET, ticks, exchange.clock.now_ms())
        floor.apply(SetMark(MARKET, ticks - 7), exchange.clock.now_ms())
        coinm.settle_funding(MARKET, exchange.clock.now_ms())
        told.append([coinm.margins.wallet(uid, "LTC") for uid in (1, 2, 3)])
    for uid in (1, 2, 3):
        coinm.close_all(uid, None, exchange.clock.now_ms())
        told.append(exchange.books.ledger.balance(uid, "coinMPerp", "LTC"))
    exchange.books.ledger.assert_conserved()
    return told


def test_what_is_saved_goes_on_as_it_would_have() -> None:
    with FakeExchange(START, frozen_at_ms=NOW_MS, market="constant") as exchange:
        exchange.call(trade)
        saved = exchange.state
        assert {row["product"] for row in saved["positions"]} == {"coinm"}
        there = exchange.call(what_is_left)
        liquidated = {order["forced"] for order in exchange.state["orders"] if order.get("forced")}
    assert liquidated == {"LIQUIDATION", "ADL"}, "in the history that is compared"
    with FakeExchange(saved, frozen_at_ms=NOW_MS, market="constant") as exchange:
        assert exchange.state == saved
        assert exchange.call(what_is_left) == there


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"positions": [{"product": "coinm", "symbol": "LTC-USDT"}]}, "there is no market coinm LTC-USDT"),
        ({"positions": [{"symbol": SYMBOL}]}, "there is no market swap LTC-USD"),
        ({"positions": [{"product": "coinm", "symbol": SYMBOL, "leverage": 51}]}, "51, and 50 at most"),
    ],
)
def test_what_cannot_be_is_refused(more: dict[str, Any], said: str) -> None:
    usual = {"uid": 1, "id": 11, "side": "LONG", "opened": 5, "quantity": "2", "cost": "0.2"}
    rows = {name: [usual | row for row in rows] for name, rows in more.items()}
    with pytest.raises(StateError, match=said):
        FakeExchange(START | rows)
