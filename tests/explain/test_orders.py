"""Why an order was refused: which check objected, and which number would pass."""

import json
from typing import Any

import pytest
import requests
from support.sender import ALICE, CANCEL_ORDER, PLACE_OCO, PLACE_ORDER, PLACE_ORDERS, REPLACE_ORDER, Sender

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


def test_too_few_funds_are_told_with_what_is_free_and_what_is_held_by_which_orders(sender: Sender) -> None:
    small = sender.post(PLACE_ORDER, **BID | {"quantity": "0.001"}).data["orderId"]
    large = sender.post(PLACE_ORDER, **BID | {"quantity": "0.002"}).data["orderId"]
    sender.post(PLACE_ORDER, **BID | {"quantity": "0.003"})
    assert explained(sender)["happened"] == (
        "The order has to hold 150 USDT; of what the spot account has, 100.5 is free and 150 is held: "
        f"order {large} of BTC-USDT holds 100, order {small} of BTC-USDT holds 50."
    )
    assert "POST /users/{uid}/credit" in explained(sender)["change"]


def test_what_control_holds_is_told_beside_the_orders(sender: Sender) -> None:
    order_id = sender.post(PLACE_ORDER, **BID).data["orderId"]
    lock = f"{sender.exchange.control_url}/users/{ALICE}/lock"
    amount = {"account": "spot", "asset": "USDT", "amount": "200.5"}
    assert requests.post(lock, json=amount, timeout=10).status_code == 200
    sender.post(PLACE_ORDER, **BID)
    assert explained(sender)["happened"].endswith(
        f"0 is free and 250.5 is held: control holds 200.5, order {order_id} of BTC-USDT holds 50."
    )


def test_of_many_orders_that_hold_funds_the_five_largest_are_told(sender: Sender) -> None:
    orders = [
        sender.post(PLACE_ORDER, **BID | {"quantity": f"0.000{number}"}).data["orderId"]
        for number in range(3, 10)
    ]
    sender.post(PLACE_ORDER, **BID | {"quantity": "0.002"})
    told = explained(sender)["happened"]
    assert [number for number in orders if str(number) in told] == orders[2:]
    assert told.endswith("2 more hold the rest.")


def test_a_pair_that_too_few_funds_are_free_for_is_told_what_holds_them(sender: Sender) -> None:
    held = sender.post(PLACE_ORDER, **BID | {"quantity": "0.004"}).data["orderId"]
    sender.post(PLACE_OCO, **PAIR | {"limitPrice": "59000"})
    assert f"200 is held: order {held} of BTC-USDT holds 200." in explained(sender)["happened"]


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
