"""What requests about perpetuals do, several at once and about what was: as a client sends and reads them."""

import json
from typing import Any

import pytest
from support.sender import ALICE, NOW_MS, Sender

TRADE, OLDER = "/openApi/swap/v2/trade", "/openApi/swap/v1/trade"
BID = {
    "symbol": "BTC-USDT",
    "side": "BUY",
    "positionSide": "BOTH",
    "type": "LIMIT",
    "quantity": "0.0001",
    "price": "50000",
}


def place(sender: Sender, **changed: str) -> Any:
    return sender.post(f"{TRADE}/order", **BID | changed).data["order"]


def market(sender: Sender, side: str = "BUY", **changed: str) -> Any:
    return place(sender, side=side, type="MARKET", **changed)


def test_orders_that_come_together_are_each_taken_or_not(sender: Sender) -> None:
    orders = [BID, BID | {"quantity": "1"}, BID | {"clientOrderId": "Third"}]
    taken = sender.post(f"{TRADE}/batchOrders", batchOrders=json.dumps(orders)).data["orders"]
    assert [order["clientOrderId"] for order in taken] == ["", "third"]
    refused = sender.post(f"{TRADE}/batchOrders", batchOrders=json.dumps([orders[1], BID | {"price": "1"}]))
    assert (refused.code, refused.json["msg"]) == (
        101204,
        "Insufficient margin; Order price should be higher than 12000.0",
    )


def test_an_order_of_a_batch_that_is_malformed_is_named(sender: Sender) -> None:
    refused = sender.post(f"{TRADE}/batchOrders", batchOrders=json.dumps([BID, BID | {"side": "UP"}]))
    assert refused.code == 100400
    assert "order 2 of batchOrders: side" in refused.json["msg"]


def test_of_several_to_be_cancelled_those_that_cannot_be_are_listed(sender: Sender) -> None:
    order = place(sender, clientOrderId="mine")
    asked = {"symbol": "BTC-USDT", "orderIdList": f"[{order['orderId']},7]", "clientOrderIDList": '["no"]'}
    answer = sender.call("DELETE", f"{TRADE}/batchOrders", asked).data
    assert [it["orderId"] for it in answer["success"]] == [order["orderId"]]
    assert [(it["orderId"], it["clientOrderId"], it["errorCode"]) for it in answer["failed"]] == [
        (7, "", 109421),
        (0, "no", 109421),
    ]


def test_an_order_is_replaced_or_nothing_is_done(sender: Sender) -> None:
    order = place(sender)
    new = BID | {"price": "51000", "cancelReplaceMode": "STOP_ON_FAILURE"}
    told = sender.post(f"{OLDER}/cancelReplace", **new, cancelOrderId=order["orderId"]).data
    assert (told["cancelResult"], told["replaceResult"]) == ("true", "true")
    assert (told["cancelResponse"]["status"], told["newOrderResponse"]["price"]) == ("CANCELLED", 51000)
    again = sender.post(f"{OLDER}/cancelReplace", **new, cancelOrderId=order["orderId"])
    assert (again.code, again.json["msg"]) == (109400, "cancel fail, order does not exist")
    assert len(sender.get(f"{TRADE}/openOrders").data["orders"]) == 1


def test_a_new_order_that_is_refused_leaves_the_old_one_cancelled_and_is_told(sender: Sender) -> None:
    order = place(sender)
    new = BID | {"quantity": "1", "cancelReplaceMode": "ALLOW_FAILURE"}
    told = sender.post(f"{OLDER}/cancelReplace", **new, cancelOrderId=order["orderId"]).data
    assert (told["cancelResult"], told["replaceResult"], told["replaceMsg"]) == (
        "true",
        "false",
        "Insufficient margin",
    )
    assert told["newOrderResponse"]["orderId"] == 0
    assert sender.get(f"{TRADE}/openOrders").data["orders"] == []


@pytest.mark.parametrize(("only", "code"), [("ONLY_PENDING", 0), ("ONLY_PARTIALLY_FILLED", 109400)])
def test_an_order_is_replaced_in_one_state_only(sender: Sender, only: str, code: int) -> None:
    order = place(sender)
    new = BID | {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelRestrictions": only}
    assert sender.post(f"{OLDER}/cancelReplace", **new, cancelOrderId=order["orderId"]).code == code


def test_an_order_that_is_finished_is_no_open_order(sender: Sender) -> None:
    order, filled = place(sender), market(sender)
    ask = {"symbol": "BTC-USDT"}
    assert (
        sender.get(f"{TRADE}/openOrder", **ask, orderId=order["orderId"]).data["order"]["status"] == "PENDING"
    )
    assert sender.get(f"{TRADE}/openOrder", **ask, orderId=filled["orderId"]).code == 109421
    history = sender.get(f"{TRADE}/allOrders", **ask).data["orders"]
    assert [it["orderId"] for it in history] == [filled["orderId"]]
    everything = sender.get(f"{OLDER}/fullOrder", **ask).data["orders"]
    assert [it["orderId"] for it in everything] == [filled["orderId"], order["orderId"]]


def test_a_position_that_was_closed_is_told_with_what_it_brought(sender: Sender) -> None:
    market(sender, quantity="0.002")
    sender.exchange.market("BTC-USDT", "swap").move("61000")
    (position,) = sender.get("/openApi/swap/v2/user/positions").data
    closed = sender.post(f"{OLDER}/closePosition", positionId=position["positionId"]).data
    assert (closed["side"], closed["type"], closed["origQty"]) == ("Ask", "Market", "0.0020")
    (past,) = sender.get(f"{OLDER}/positionHistory", symbol="BTC-USDT").data["positionHistory"]
    assert past["positionId"] == position["positionId"]
    assert (past["avgPrice"], past["avgClosePrice"], past["positionAmt"]) == ("60000.1", "60999.9", "20.0000")
    assert (past["realisedProfit"], past["netProfit"]) == ("2.00", "1.88"), "1.9996, less 0.1209999"
    assert past["positionCommission"] == "-0.121"


def test_margin_of_an_isolated_position_is_changed_and_the_changes_are_listed(sender: Sender) -> None:
    sender.post(f"{TRADE}/marginType", symbol="BTC-USDT", marginType="ISOLATED")
    market(sender)
    for amount, kind in (("2", "1"), ("0.5", "2")):
        answer = sender.post(f"{TRADE}/positionMargin", symbol="BTC-USDT", amount=amount, type=kind)
        assert (answer.json["amount"], answer.json["type"]) == (float(amount), int(kind))
    too_much = sender.post(f"{TRADE}/positionMargin", symbol="BTC-USDT", amount="1.6", type="2")
    assert (too_much.code, too_much.json["msg"]) == (109400, "margin is not enough")
    page = sender.get("/openApi/swap/v1/positionMargin/history", symbol="BTC-USDT").data
    assert [(it["changeReason"], it["marginChange"]) for it in page["records"]] == [
        ("ManualMarginReduction", "-0.50000000"),
        ("ManualMarginAddition", "2.00000000"),
        ("OpenPosition", "1.20000200"),
    ]
    assert page["total"] == 3


def test_who_is_liquidated_finds_the_order_that_did_it(sender: Sender) -> None:
    sender.post(f"{TRADE}/leverage", symbol="BTC-USDT", side="BOTH", leverage="100")
    market(sender, quantity="0.05")
    sender.exchange.market("BTC-USDT", "swap").mark("57000")
    ask = {"symbol": "BTC-USDT", "autoCloseType": "LIQUIDATION"}
    (order,) = sender.get(f"{TRADE}/forceOrders", **ask).data["orders"]
    assert (order["side"], order["status"], order["executedQty"]) == ("SELL", "FILLED", "0.0500")
    assert sender.get(f"{TRADE}/forceOrders", **ask | {"autoCloseType": "ADL"}).data["orders"] == []
    fills = sender.get(f"{TRADE}/fillHistory", symbol="BTC-USDT", startTs=NOW_MS - 1, endTs=NOW_MS).data
    assert [(it["side"], it["role"]) for it in fills["fill_history_orders"]] == [
        ("sell", "taker"),
        ("buy", "taker"),
    ]


def test_a_countdown_cancels_orders_for_perpetuals_and_no_others(sender: Sender) -> None:
    place(sender)
    spot = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "50000"}
    sender.post("/openApi/spot/v1/trade/order", **spot)
    told = sender.post(f"{TRADE}/cancelAllAfter", type="ACTIVATE", timeOut="10").data
    assert (told["status"], told["triggerTime"]) == ("ACTIVATED", (NOW_MS + 10_000) // 1000)
    sender.exchange.clock.advance(ms=10_000)
    assert sender.exchange.call(lambda inner: len(inner.books.swap.records.of(ALICE).open)) == 0
    assert len(sender.exchange.orders(ALICE, "open")) == 1
    sender.exchange.clock.freeze(NOW_MS)
    assert sender.post(f"{TRADE}/cancelAllAfter", type="CLOSE", timeOut="0").data["status"] == "CLOSED"


@pytest.mark.parametrize(("working", "code"), [("CONTRACT_PRICE", 110284), ("MARK_PRICE", 109400)])
@pytest.mark.parametrize("asked", ["true", "cutfee"])
def test_no_market_offers_guaranteed_stops(sender: Sender, asked: str, working: str, code: int) -> None:
    stop = {"type": "TRIGGER_MARKET", "stopPrice": "61000", "workingType": working}
    refused = sender.post(f"{TRADE}/order", **BID | stop, stopGuaranteed=asked)
    assert refused.code == code
    assert sender.post(f"{TRADE}/order", **BID | stop, stopGuaranteed="false").code == 0


def test_separate_isolated_positions_are_one_of_each_side_closed_by_their_id(sender: Sender) -> None:
    wanted = {"symbol": "BTC-USDT", "marginType": "SEPARATE_ISOLATED"}
    assert sender.post(f"{TRADE}/marginType", **wanted).code == 104108, "in one-way mode"
    sender.post("/openApi/swap/v1/positionSide/dual", dualSidePosition="true")
    assert sender.post(f"{TRADE}/marginType", **wanted).code == 0
    assert sender.get(f"{TRADE}/marginType", symbol="BTC-USDT").data["marginType"] == "SEPARATE_ISOLATED"
    market(sender, positionSide="LONG")
    market(sender, side="SELL", positionSide="SHORT")
    more = sender.post(f"{TRADE}/order", **BID | {"positionSide": "LONG", "price": "58000"})
    assert (more.code, "one SEPARATE_ISOLATED position" in more.json["msg"]) == (109400, True)
    positions = sender.get("/openApi/swap/v2/user/positions").data
    assert [(it["positionSide"], it["isolated"]) for it in positions] == [("LONG", True), ("SHORT", True)]
    close = BID | {"positionSide": "LONG", "side": "SELL", "type": "MARKET"}
    for position_id, code in (
        ({}, 109400),
        ({"positionId": positions[1]["positionId"]}, 109420),
        ({"positionId": positions[0]["positionId"]}, 0),
    ):
        assert sender.post(f"{TRADE}/order", **close | position_id).code == code
    (left,) = sender.get("/openApi/swap/v2/user/positions").data
    assert left == positions[1]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{}", "type in stopLoss must be STOP or STOP_MARKET"),
        ('{"type":"STOP_MARKET","stopPrice":"x"}', "stopPrice in stopLoss is no price"),
        ("{x}", "stopLoss is not JSON"),
        ('{"type":"STOP_MARKET","stopPrice":1,"workingType":"LAST"}', "workingType in stopLoss"),
    ],
)
def test_a_stop_loss_that_cannot_be_is_named(sender: Sender, text: str, what: str) -> None:
    refused = sender.post(f"{TRADE}/order", **BID, stopLoss=text)
    assert refused.code == 100400
    assert what in refused.json["msg"]


def test_an_outage_may_look_like_an_account_without_positions(sender: Sender) -> None:
    market(sender)
    with sender.exchange.fault("com", "empty-data", path="/openApi/swap/v2/user/positions"):
        assert sender.get("/openApi/swap/v2/user/positions").data == []
    assert len(sender.get("/openApi/swap/v2/user/positions").data) == 1
