"""Why an order was refused: which check objected, and which number would pass."""

import json
from typing import Any

import pytest
import requests
from support.sender import CANCEL_ORDER, PLACE_OCO, PLACE_ORDER, PLACE_ORDERS, REPLACE_ORDER, Sender

from bingx_fake.explain.declined import WORDS
from bingx_fake.venue.filters import Reason

BID: dict[str, Any] = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001"}
BID |= {"price": "50000"}
PAIR = {"symbol": "BTC-USDT", "side": "BUY", "quantity": "0.001", "limitPrice": "61000"}
PAIR |= {"triggerPrice": "62000", "orderPrice": "62500"}


def explained(sender: Sender) -> dict[str, Any]:
    """What the control API says of the last request."""
    url = f"{sender.exchange.control_url}/requests/{sender.exchange.requests[-1]['id']}"
    found: dict[str, Any] = requests.get(url, timeout=10).json()["explanation"]
    return found


def test_every_reason_of_the_desk_has_words() -> None:
    assert WORDS.keys() == {reason.name for reason in Reason}


@pytest.mark.parametrize(
    ("changes", "mistake", "happened", "change"),
    [
        ({"symbol": "NOPE-USDT"}, "no-such-market", "no spot market NOPE-USDT", "common/symbols"),
        ({"price": "0"}, "price-not-positive", "The price price of the order is 0", "needs price"),
        ({"quantity": "0.000001"}, "nothing-wanted", "less than one step of 0.00001", "at least one step"),
        ({"price": "1"}, "price-too-low", "less than 0.2 times the index price 60000", "from 12000 to"),
        ({"quantity": "0.00009"}, "too-little", "the least is 5", "a quantity of 0.0001 passes"),
        ({"quantity": "11"}, "too-much", "the most is 500000", "a quantity of 10 passes"),
        ({"quantity": "1"}, "too-little-funds", "hold 50000 USDT", "cancel what holds it"),
    ],
)
def test_an_order_is_told_which_check_objected_and_what_would_pass(
    sender: Sender, changes: dict[str, Any], mistake: str, happened: str, change: str
) -> None:
    assert sender.post(PLACE_ORDER, **BID | changes).code != 0
    found = explained(sender)
    assert found["mistakes"] == [mistake]
    assert happened in found["happened"]
    assert change in found["change"]


def test_too_few_funds_are_told_with_what_is_free_and_what_is_held(sender: Sender) -> None:
    sender.post(PLACE_ORDER, **BID | {"quantity": "0.003"})
    sender.post(PLACE_ORDER, **BID | {"quantity": "0.003"})
    assert "100.5 is free and 150 is held" in explained(sender)["happened"]
    assert "POST /users/{uid}/credit" in explained(sender)["change"]


def test_a_cancel_is_told_what_there_is_no_order_with_or_what_became_of_it(sender: Sender) -> None:
    sender.post(CANCEL_ORDER, symbol="BTC-USDT", orderId="7")
    assert explained(sender)["happened"] == "The caller has no order with the id 7 on this pair."
    sender.post(CANCEL_ORDER, symbol="BTC-USDT", clientOrderID="mine")
    assert explained(sender)["happened"] == "The caller has no order with the client id mine on this pair."
    order_id = sender.post(PLACE_ORDER, **BID).data["orderId"]
    sender.post(CANCEL_ORDER, symbol="BTC-USDT", orderId=order_id, cancelRestrictions="NEW")
    assert explained(sender)["mistakes"] == ["other-status"]
    for _ in range(2):
        sender.post(CANCEL_ORDER, symbol="BTC-USDT", orderId=order_id)
    assert explained(sender)["happened"] == f"Order {order_id} is CANCELED."


def test_what_no_check_of_the_desk_refused_is_told_by_its_message(sender: Sender) -> None:
    sender.post(PLACE_ORDERS, data=json.dumps([BID, BID | {"side": "SELL"}]))
    assert explained(sender)["mistakes"] == ["orders-differ"]
    sender.post(REPLACE_ORDER, **BID, cancelOrderId="7", cancelReplaceMode="STOP_ON_FAILURE")
    assert explained(sender)["happened"] == "Cancel fail,  order not exist."
    sender.post(PLACE_OCO, **PAIR)
    assert explained(sender)["mistakes"] == ["wrong-way"]
