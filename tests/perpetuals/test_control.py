"""Positions and funding as whoever runs the exchange sees and steers them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests
from support.sender import ALICE

from bingx_fake import FakeExchange
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType
from bingx_fake.venue.order_book import Side


@pytest.fixture(scope="module")
def own() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=1_795_000_000_000) as running:
        yield running


@pytest.fixture
def exchange(own: FakeExchange) -> FakeExchange:
    """Alice is long of 0.005 BTC at 60000.1."""
    own.reset()
    new = NewPerpOrder(symbol="BTC-USDT", side=Side.BUY, type=PerpType.MARKET, quantity=Decimal("0.005"))
    own.call(lambda inner: inner.books.swap.place(ALICE, new, inner.clock.now_ms()))
    return own


def steer(exchange: FakeExchange, path: str, body: Any = None) -> tuple[int, Any]:
    reply = requests.post(f"{exchange.control_url}/markets/{path}", json=body, timeout=10)
    return reply.status_code, reply.json()


def test_a_position_is_told_with_what_there_is_for_it_and_what_it_needs(exchange: FakeExchange) -> None:
    (told,) = requests.get(f"{exchange.control_url}/positions?uid={ALICE}", timeout=10).json()
    assert exchange.positions(ALICE) == exchange.positions() == [told]
    del told["id"], told["opened"], told["updated"]
    assert told == {
        "uid": ALICE,
        "symbol": "BTC-USDT",
        "side": "LONG",
        "margin_type": "CROSSED",
        "leverage": 5,
        "quantity": "0.005",
        "cost": "300.0005",
        "entry": "60000.1",
        "mark": "60000",
        "unrealised": "-0.0005",
        "margin": "60.0001",
        "equity": "99.84949975",
        "maintenance": "1.14",
        "liquidation": "40182.794669745",
        "distance": "0.330287",
        "profit": "0",
        "fees": "0.15000025",
        "funding": "0",
    }


@pytest.mark.parametrize("uid", ["x", "1"])
def test_a_user_that_there_is_not_is_refused(exchange: FakeExchange, uid: str) -> None:
    reply = requests.get(f"{exchange.control_url}/positions?uid={uid}", timeout=10)
    assert reply.status_code == 400
    assert reply.json()["error"].startswith("uid: ")


def test_funding_is_set_settled_and_left_to_itself_again(exchange: FakeExchange) -> None:
    status, market = steer(exchange, "swap/BTC-USDT/funding", {"rate": "0.001"})
    assert (status, market["funding"], market["held"]) == (200, "0.001", ["funding"])
    assert steer(exchange, "swap/BTC-USDT/funding/settle")[0] == 200
    assert exchange.positions()[0]["funding"] == "-0.3"
    exchange.market("BTC-USDT", "swap").funding(None)
    exchange.market("BTC-USDT", "swap").settle_funding()
    assert exchange.positions()[0]["funding"] == "-0.33"


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("spot/BTC-USDT/funding", {"rate": "0.001"}, "a spot market has no funding"),
        ("spot/BTC-USDT/funding/settle", None, "BTC-USDT is no perpetual"),
        ("swap/BTC-USDT/funding", {}, "rate: give the rate"),
        ("swap/BTC-USDT/funding", {"rate": "much"}, "'much' is not a plain decimal"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    exchange: FakeExchange, path: str, body: Any, reason: str
) -> None:
    before = exchange.positions()
    status, answer = steer(exchange, path, body)
    assert status == 400
    assert reason in answer["error"]
    assert exchange.positions() == before


def test_one_mark_liquidates(exchange: FakeExchange) -> None:
    exchange.market("BTC-USDT", "swap").mark("40183")
    assert len(exchange.positions()) == 1
    exchange.market("BTC-USDT", "swap").mark("40182.7")
    assert exchange.positions() == []
    assert exchange.balance(ALICE, "USDTMPerp", "USDT").free == 0


def test_tick_and_step_stay_while_there_are_positions(exchange: FakeExchange) -> None:
    with pytest.raises(ValueError, match="positions closed"):
        exchange.market("BTC-USDT", "swap").change(tick="0.5")


def test_orders_on_perpetuals_are_listed_in_the_words_of_a_state_and_cancelled(
    exchange: FakeExchange,
) -> None:
    new = NewPerpOrder(
        symbol="BTC-USDT",
        side=Side.SELL,
        type=PerpType.STOP_MARKET,
        quantity=Decimal("0.002"),
        stop=Decimal(50000),
        client_id="mine",
    )
    stop = exchange.call(lambda inner: inner.books.swap.place(ALICE, new, inner.clock.now_ms()).id)
    listed = exchange.orders(ALICE)
    assert [row["status"] for row in listed] == ["FILLED", "NEW"]
    row = {
        "uid": ALICE,
        "id": stop,
        "product": "swap",
        "symbol": "BTC-USDT",
        "side": "SELL",
        "position_side": "BOTH",
        "type": "STOP_MARKET",
        "at": 1_795_000_000_000,
        "stop": "50000",
        "quantity": "0.002",
        "closes": True,
        "client_id": "mine",
        "status": "NEW",
        "filled": "0",
    }
    assert exchange.orders(status="open") == [row]

    def cancel() -> tuple[int, Any]:
        reply = requests.delete(f"{exchange.control_url}/orders/{stop}", timeout=10)
        return reply.status_code, reply.json()

    assert cancel() == (200, row | {"status": "CANCELED"})
    assert cancel() == (400, {"error": f"order {stop} is CANCELED: only an open one can be cancelled"})
    assert exchange.orders(status="CANCELED") == [row | {"status": "CANCELED"}]
