"""Forty users trade with each other at once, each in a thread of its own: nothing is lost or made up."""

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from random import Random
from typing import Any

from bingx_client import BingXError, Client
from bingx_client.calls import spot_trade
from bingx_client.calls.spot_trade.models import Order
from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange

USERS = 40
ORDERS_EACH = 4
MARKET = {"symbol": "LTC-USDT", "tick": "0.01", "step": "0.0001", "price": "100", "ladder": "none"}
STATE = {
    "users": [
        {
            "uid": uid,
            "keys": [{"key": f"key-{uid}", "secret": f"secret-{uid}", "permissions": ["read", "trade"]}],
            "balances": {"spot": {"USDT": "1000", "LTC": "10"}},
        }
        for uid in range(1, USERS + 1)
    ],
    "markets": [MARKET],
}


def trade(exchange: FakeExchange, uid: int) -> list[Order]:
    """Place some orders around the price, and try to cancel one of them."""
    chance = Random(uid)
    client = Client("prod-vst", f"key-{uid}", f"secret-{uid}", base_urls=exchange.base_urls)
    answers = [
        client.send(
            spot_trade.place_order(
                "LTC-USDT",
                chance.choice(["BUY", "SELL"]),
                "LIMIT",
                quantity=f"0.{chance.randrange(1, 9)}",
                price=chance.randrange(95, 106),
                client_order_id=f"u{uid}_{number}",
            )
        )
        for number in range(ORDERS_EACH)
    ]
    with suppress(BingXError):  # it may have been filled before
        client.send(spot_trade.cancel_order("LTC-USDT", order_id=chance.choice(answers).order_id))
    return answers


def what_there_is(exchange: Exchange) -> dict[str, Any]:
    books = exchange.books
    books.ledger.assert_conserved()
    records = [books.desk.records.of(uid) for uid in range(1, USERS + 1)]
    return {
        "orders": {order.id: order for user in records for order in user.orders.values()},
        "fills": [fill for user in records for fill in user.fills],
        "held": {
            asset: sum(
                (books.ledger.balance(uid, "spot", asset).locked for uid in range(1, USERS + 1)), Decimal(0)
            )
            for asset in ("USDT", "LTC")
        },
    }


def test_forty_users_at_one_book_lose_nothing_and_every_fill_has_two_sides() -> None:
    with FakeExchange(state=STATE) as exchange, ThreadPoolExecutor(USERS) as threads:
        answers = [
            answer
            for answered in threads.map(lambda uid: trade(exchange, uid), range(1, USERS + 1))
            for answer in answered
        ]
        found = exchange.call(what_there_is)
        placed = [
            entry
            for entry in exchange.requests
            if entry["path"].endswith("/trade/order") and entry["code"] == 0
        ]
    orders, fills = found["orders"], found["fills"]
    assert len(placed) == USERS * ORDERS_EACH
    assert {int(answer.order_id) for answer in answers} == set(orders)
    for answer in answers:
        order = orders[int(answer.order_id)]
        assert answer.filled <= order.instrument.quantity(order.filled)
        assert answer.status != "FILLED" or order.status.value == "FILLED"
    sides = defaultdict(list)
    for fill in fills:
        sides[fill.trade_id].append((fill.side.value, fill.price, fill.quantity, fill.is_maker))
    assert sides, "somebody traded"
    for (side, *one), (other_side, *other) in sides.values():
        assert {side, other_side} == {"BUY", "SELL"}
        assert one[:2] == other[:2]
        assert {one[2], other[2]} == {True, False}
    filled = Counter[int]()
    for fill in fills:
        filled[fill.order_id] += fill.quantity
    assert all(filled[order_id] == order.filled for order_id, order in orders.items())
    for asset, side in (("USDT", "BUY"), ("LTC", "SELL")):
        needed = [order.held for order in orders.values() if order.side.value == side]
        assert found["held"][asset] == sum(needed, Decimal(0))
