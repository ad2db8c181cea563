"""Orders in the forms in which published clients write them, each by code of its own."""

import json
from typing import Any

import pytest
from support.forms import bingx_net, ccxt, hummingbot, json_body
from support.sender import (
    ALICE,
    CANCEL_ALL_AFTER,
    CANCEL_OPEN_ORDERS,
    CANCEL_ORDER,
    CANCEL_ORDERS,
    COINS,
    FILLS,
    OPEN_ORDERS,
    ORDER_HISTORY,
    PLACE_OCO,
    PLACE_ORDER,
    PLACE_ORDERS,
    QUERY_ORDER,
    REPLACE_ORDER,
    TRANSFER,
    Sender,
)

SYMBOL = "BTC-USDT"
BID: dict[str, Any] = {
    "symbol": SYMBOL,
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "0.001",
    "price": "50000",
}


FORMS = pytest.mark.parametrize("write", [ccxt, hummingbot, bingx_net, json_body])


@FORMS
def test_an_order_is_placed_asked_for_and_cancelled_in_every_form(sender: Sender, write: Any) -> None:
    placed = write(sender, "POST", PLACE_ORDER, **BID, newClientOrderId="abc_1").data
    which = {"symbol": SYMBOL, "orderId": placed["orderId"]}
    assert write(sender, "GET", QUERY_ORDER, **which).data["clientOrderID"] == "abc_1"
    assert write(sender, "GET", OPEN_ORDERS, symbol=SYMBOL).data["orders"][0]["orderId"] == placed["orderId"]
    assert write(sender, "POST", CANCEL_ORDER, **which).data["status"] == "CANCELED"
    assert write(sender, "GET", ORDER_HISTORY, symbol=SYMBOL, pageSize=5).data["orders"]
    assert write(sender, "GET", FILLS, symbol=SYMBOL, limit=5, startTime=1).data["fills"] == []


@FORMS
def test_several_orders_are_placed_and_cancelled_in_every_form(sender: Sender, write: Any) -> None:
    bids = [BID | {"quantity": 0.001, "price": price} for price in (50000, 49000.5)]
    data = json.dumps(bids, separators=(",", ":"))
    ids = [it["orderId"] for it in write(sender, "POST", PLACE_ORDERS, data=data).data["orders"]]
    wanted = ",".join(map(str, ids))
    assert len(write(sender, "POST", CANCEL_ORDERS, symbol=SYMBOL, orderIds=wanted).data["orders"]) == 2


@FORMS
def test_orders_are_replaced_paired_and_counted_down_in_every_form(sender: Sender, write: Any) -> None:
    order_id = write(sender, "POST", PLACE_ORDER, **BID).data["orderId"]
    mode = {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": order_id}
    assert write(sender, "POST", REPLACE_ORDER, **BID, **mode).data["openResult"]["result"]
    prices = {"limitPrice": "48000", "triggerPrice": "62000", "orderPrice": "62500"}
    pair = {"symbol": SYMBOL, "side": "BUY", "quantity": "0.001", **prices}
    assert len(write(sender, "POST", PLACE_OCO, **pair).data) == 2
    assert write(sender, "POST", CANCEL_ALL_AFTER, type="ACTIVATE", timeOut=10).code == 0
    assert write(sender, "POST", CANCEL_ALL_AFTER, type="CLOSE", timeOut=0).code == 0
    assert len(write(sender, "POST", CANCEL_OPEN_ORDERS).data["orders"]) == 3


def test_hummingbot_names_its_orders_its_way_and_its_makers_poc(sender: Sender) -> None:
    name = "BING_X_BBTUT6123456789abcdef0123456789"
    placed = hummingbot(sender, "POST", PLACE_ORDER, **BID, newClientOrderId=name, timeInForce="POC").data
    assert (placed["status"], placed["clientOrderID"]) == ("PENDING", name)
    assert hummingbot(sender, "POST", CANCEL_ORDER, symbol=SYMBOL, clientOrderId=name).code == 0
    taken = hummingbot(sender, "POST", PLACE_ORDER, **BID | {"price": "60100"}, timeInForce="POC").data
    assert taken["status"] == "CANCELED"


def test_ccxt_cancels_by_client_ids_alone(sender: Sender) -> None:
    for name in ("a", "b"):
        ccxt(sender, "POST", PLACE_ORDER, **BID, newClientOrderId=name)
    cancelled = ccxt(sender, "POST", CANCEL_ORDERS, symbol=SYMBOL, clientOrderIDs="a,b").data["orders"]
    assert [it["clientOrderID"] for it in cancelled] == ["a", "b"]


@pytest.mark.parametrize(
    "request_of_d",
    [
        {"type": "MARKET", "symbol": SYMBOL, "side": "BUY", "quantity": 0.002, "timeInForce": "GTC"},
        {"type": "TAKE_STOP_MARKET", "stopPrice": 65000, "symbol": SYMBOL, "side": "BUY", "quantity": 0.002},
        {
            "type": "TRIGGER_LIMIT",
            "price": 60000,
            "stopPrice": 70000,
            "symbol": SYMBOL,
            "side": "BUY",
            "quantity": 0.002,
            "timeInForce": "GTC",
        },
    ],
    ids=lambda request: request["type"],
)
def test_the_examples_of_the_documentation_send_an_empty_client_id(
    sender: Sender, request_of_d: dict[str, Any]
) -> None:
    sent = request_of_d | {"newClientOrderId": "", "recvWindow": 1000}
    for _ in range(2):
        assert json_body(sender, "POST", PLACE_ORDER, **sent).data["clientOrderID"] == ""
        ccxt(sender, "POST", CANCEL_OPEN_ORDERS)


def test_a_coin_that_was_bought_can_be_moved_to_another_account(sender: Sender) -> None:
    sender.exchange.credit(ALICE, "spot", "USDT", 1_000)
    bought = sender.post(PLACE_ORDER, symbol="SOL-USDT", side="BUY", type="MARKET", quantity="1")
    assert bought.data["status"] == "FILLED"
    move = {"fromAccount": "spot", "toAccount": "fund", "asset": "SOL"}
    assert sender.post(TRANSFER, **move, amount="0.5").code == 0
    coins = sender.get(COINS, fromAccount="fund", toAccount="spot").data
    assert [coin["amount"] for coin in coins if coin["asset"] == "SOL"] == ["0.5"]
