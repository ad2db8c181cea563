"""Each answer to what the documents disagree about perpetuals of coins makes the difference that it names."""

from collections.abc import Callable
from typing import Any

import pytest
from support.sender import ALICE, Reply, Sender

TRADE = "/openApi/cswap/v1/trade"
BID = {
    "symbol": "BTC-USD",
    "side": "BUY",
    "positionSide": "BOTH",
    "type": "LIMIT",
    "quantity": "1",
    "price": "50000",
    "clientOrderId": "mine",
}


def placed(**changed: str) -> Callable[[Sender], Reply]:
    return lambda sender: sender.post(f"{TRADE}/order", **BID | changed)


def resting(sender: Sender) -> Reply:
    placed()(sender)
    return sender.get(f"{TRADE}/orderDetail", symbol="BTC-USD", clientOrderId="mine")


def cancelled(sender: Sender) -> Reply:
    placed()(sender)
    return sender.call("DELETE", f"{TRADE}/cancelOrder", {"symbol": "BTC-USD", "clientOrderId": "mine"})


def closed(sender: Sender) -> Reply:
    placed(type="MARKET")(sender)
    return sender.post(f"{TRADE}/closeAllPositions")


def stopped(sender: Sender) -> Reply:
    placed(type="MARKET")(sender)
    return placed(type="STOP_MARKET", side="SELL", stopPrice="55000", clientOrderId="stop")(sender)


def margin_type(sender: Sender) -> Reply:
    return sender.get(f"{TRADE}/marginType", symbol="BTC-USD")


def set_margin_type(sender: Sender) -> Reply:
    return sender.post(f"{TRADE}/marginType", symbol="BTC-USD", marginType="ISOLATED")


def more_margin(sender: Sender) -> Reply:
    set_margin_type(sender)
    placed(type="MARKET")(sender)
    sent = {"symbol": "BTC-USD", "amount": "0.001", "type": "1", "positionSide": "LONG"}
    return sender.post(f"{TRADE}/positionMargin", **sent)


def held(sender: Sender) -> Reply:
    placed(type="MARKET")(sender)
    return sender.get("/openApi/cswap/v1/user/positions", symbol="BTC-USD")


def leverage(sender: Sender) -> Reply:
    return sender.post(f"{TRADE}/leverage", symbol="BTC-USD", side="LONG", leverage="7")


def finished(sender: Sender) -> Reply:
    for number in range(101):
        order = sender.post(f"{TRADE}/order", **BID | {"clientOrderId": f"n{number}"})
        assert order.json["code"] == 0
    sender.post(f"{TRADE}/allOpenOrders")
    return sender.get(f"{TRADE}/orderHistory", symbol="BTC-USD")


SHAPES: list[tuple[str, str, Callable[[Sender], Reply], Callable[[Any], object], object]] = [
    *(
        (
            "V32",
            answer,
            resting,
            lambda a: (a["data"]["order"]["status"], a["data"]["order"]["positionSide"]),
            seen,
        )
        for answer, seen in (
            ("CANCELLED", ("PENDING", "BOTH")),
            ("CANCELED", ("Pending", "Both")),
            ("mixed", ("Pending", "Both")),
        )
    ),
    *(
        ("V32", answer, cancelled, lambda a: a["data"]["order"]["status"], "CANCELLED")
        for answer in ("CANCELLED", "mixed")
    ),
    *(
        ("V57", answer, stopped, lambda a: a["data"]["workingType"], seen)
        for answer, seen in (("removed", "MARK_PRICE"), ("taken", "CONTRACT_PRICE"))
    ),
    *(
        ("V65", answer, finished, lambda a: len(a["data"]["orders"]), seen)
        for answer, seen in (("500", 101), ("100", 100))
    ),
    *(("V70", answer, leverage, lambda a: len(a["data"]), seen) for answer, seen in (("six", 7), ("two", 3))),
    *(
        (
            "V84",
            answer,
            placed(),
            lambda a: ("code" in a, "orderId" in a, "orderId" in a.get("data", {})),
            seen,
        )
        for answer, seen in (
            ("both", (True, True, True)),
            ("in-data", (True, False, True)),
            ("bare", (False, True, False)),
        )
    ),
    *(
        ("V85", answer, cancelled, lambda a: "order" in a["data"], seen)
        for answer, seen in (("wrapped", True), ("flat", False))
    ),
    *(
        ("V86", answer, closed, lambda a: bool(a["data"]), seen)
        for answer, seen in (("positions", True), ("empty", False))
    ),
    *(
        ("V87", answer, margin_type, lambda a: isinstance(a["data"], list), seen)
        for answer, seen in (("objects", False), ("lists", True))
    ),
    *(
        ("V87", answer, set_margin_type, lambda a: a["data"], seen)
        for answer, seen in (("objects", {}), ("lists", []))
    ),
    *(
        ("V87", answer, more_margin, lambda a: a.get("data"), seen)
        for answer, seen in (("objects", {}), ("lists", None))
    ),
    *(
        ("V87", answer, held, lambda a: type(a["data"][0]["positionId"]), seen)
        for answer, seen in (("objects", str), ("lists", int))
    ),
]


@pytest.mark.parametrize(
    ("variation", "answer", "ask", "look", "seen"),
    SHAPES,
    ids=[f"{variation} {answer} {ask.__name__}" for variation, answer, ask, *_ in SHAPES],
)
def test_an_answer_makes_its_difference(
    sender: Sender,
    variation: str,
    answer: str,
    ask: Callable[[Sender], Reply],
    look: Callable[[Any], object],
    seen: object,
) -> None:
    sender.exchange.credit(ALICE, "coinMPerp", "BTC", "1")
    sender.exchange.change_profile(vary={variation: answer})
    assert look(ask(sender).json) == seen


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_all_orders_are_cancelled_by_either_documented_method(sender: Sender, method: str) -> None:
    sender.exchange.credit(ALICE, "coinMPerp", "BTC", "1")
    placed()(sender)
    answer = sender.call(method, f"{TRADE}/allOpenOrders", {"symbol": "BTC-USD"})
    assert [order["status"] for order in answer.data["success"]] == ["CANCELLED"]
    assert sender.get(f"{TRADE}/openOrders").data["orders"] == []
