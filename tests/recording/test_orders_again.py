"""A session of two users who trade on a market that moves: whoever replays it gets the same outputs."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from recording.sessions import Session
from support.commands import bingx_fake

from bingx_contracts import ENDPOINTS

LAST = 150
"""The price at which SOL-USDT opens."""
REQUESTS = 300
PLACES = ("LIMIT", "LIMIT", "LIMIT", "MARKET", "TAKE_STOP_LIMIT", "TAKE_STOP_MARKET", "TRIGGER_LIMIT")


def near(random: Random, side: str = "") -> str:
    """A price that the market comes to: on a side, where an order of that side may rest."""
    away = random.randint(0, 300) if side else random.randint(-300, 300)
    return f"{LAST + (away if side == 'SELL' else -away if side else away) / 100:.2f}"


def an_order(random: Random, number: int) -> dict[str, str]:
    side, kind = random.choice(("BUY", "SELL")), random.choice(PLACES)
    return {
        "symbol": "SOL-USDT",
        "side": side,
        "type": kind,
        "quantity": f"{random.randint(4, 40) / 100:.2f}",
        "price": near(random, side),
        "stopPrice": near(random),
        "timeInForce": random.choice(("GTC", "GTC", "GTC", "IOC", "FOK", "PostOnly")),
        "newClientOrderId": f"order-{number}",
    }


def a_pair(random: Random) -> dict[str, str]:
    return {
        "symbol": "SOL-USDT",
        "side": "SELL",
        "quantity": "0.1",
        "limitPrice": f"{LAST + random.randint(50, 400) / 100:.2f}",
        "triggerPrice": f"{LAST - random.randint(50, 400) / 100:.2f}",
        "orderPrice": f"{LAST - 5}",
    }


def trade(session: Session, seed: int) -> None:
    """Orders of all kinds by two users, pairs, cancels, replacements, countdowns; some take effect late."""
    random = Random(seed)
    places, batches, pairs = ("spot_trade." + name for name in ("place_order", "place_orders", "place_oco"))
    for number in range(REQUESTS):
        user = random.choice(("alice", "bob"))
        if number % 40 == 0:
            late = {"domain": "com", "kind": "commit-delay", "ms": 1_500, "times": 8}
            session.control("POST /faults", late)
        if random.random() < 0.2:
            session.control("POST /markets/spot/SOL-USDT/move", {"price": near(random)})
        request: tuple[str, Mapping[str, str]]
        match random.randrange(10):
            case 0:
                request = (
                    "spot_trade.cancel_order",
                    {"symbol": "SOL-USDT", "clientOrderID": f"order-{number - 3}"},
                )
            case 1:
                request = (pairs, a_pair(random))
            case 2:
                request = (batches, {"data": json.dumps([an_order(random, number)])})
            case 3:
                request = ("spot_trade.cancel_all_after", {"type": "ACTIVATE", "timeOut": "10"})
            case 4:
                request = (
                    "spot_trade.replace_order",
                    an_order(random, number)
                    | {"cancelReplaceMode": "ALLOW_FAILURE", "cancelClientOrderID": f"order-{number - 2}"},
                )
            case _:
                request = (places, an_order(random, number))
        session.ask(ENDPOINTS[request[0]], request[1], user)
        session.control("POST /clock/advance", {"ms": random.choice((0, 100, 900, 4_000))})
    for user in ("alice", "bob"):
        for endpoint in ("fills", "order_history"):
            session.ask(ENDPOINTS[f"spot_trade.{endpoint}"], {"symbol": "SOL-USDT"}, user)
    session.control("GET /orders")


def recorded(path: Path) -> Session:
    session = Session(path, market="walk", seed=11)
    for user in ("16779999", "16780001"):
        for asset in ("USDT", "SOL"):
            session.control(
                f"POST /users/{user}/credit", {"account": "spot", "asset": asset, "amount": "5000"}
            )
    flow = {"every_ms": 900, "size": [50, 3_000]}
    session.control(
        "PUT /markets/spot/SOL-USDT", {"price": str(LAST), "flow": flow, "ladder": {"spread_ticks": 150}}
    )
    trade(session, seed=3)
    session.exchange.close()
    return session


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such a session. Not to be written to."""
    path = tmp_path_factory.mktemp("orders") / "orders.jsonl"
    recorded(path)
    return path


def test_orders_come_to_every_end_in_it(tmp_path: Path) -> None:
    desk = recorded(tmp_path / "orders.jsonl").exchange.books.desk
    orders = [order for user in desk.records.users.values() for order in user.orders.values()]
    ends = Counter(order.status.value for order in orders)
    assert min(ends[status] for status in ("FILLED", "CANCELED", "FAILED")) > 5, ends
    fills = [fill for user in desk.records.users.values() for fill in user.fills]
    trades = Counter((fill.trade_id, fill.market) for fill in fills)
    assert set(trades.values()) == {1, 2}, "with the house, and with each other"
    assert {order.type.value for order in orders if order.filled} == set(PLACES)
    assert any(order.triggered_ms for order in orders)


def test_the_same_orders_are_recorded_byte_for_byte_the_same(path: Path, tmp_path: Path) -> None:
    recorded(tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == path.read_bytes()


def test_orders_that_are_replayed_come_to_the_same(path: Path) -> None:
    done = bingx_fake("replay", str(path))
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("outputs compared, all the same\n")
