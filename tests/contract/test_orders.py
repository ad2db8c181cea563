"""Orders on the spot markets, as the exchange takes and tells them. They trade, so VST is not asked."""

import json
from decimal import Decimal
from typing import Any

import pytest
from contract.target import Account, How, Target
from support.sender import (
    CANCEL_ALL_AFTER,
    CANCEL_OCO,
    CANCEL_OPEN_ORDERS,
    CANCEL_ORDER,
    CANCEL_ORDERS,
    COMMISSION_RATE,
    FILLS,
    NOW_MS,
    OCO_HISTORY,
    OPEN_OCOS,
    OPEN_ORDERS,
    ORDER_HISTORY,
    PLACE_OCO,
    PLACE_ORDER,
    PLACE_ORDERS,
    QUERY_OCO,
    QUERY_ORDER,
    REPLACE_ORDER,
    SPOT_BALANCE,
    Reply,
)

from bingx_fake import FakeExchange

pytestmark = pytest.mark.fake_only("it would trade")

SYMBOL = "BTC-USDT"
FINISHED = "the order you want to cancel is FILLED or CANCELLED already"
FINISHED_BY_CLIENT_ID = "the order is FILLED or CANCELLED already before"


@pytest.fixture
def exchange(bingx_exchange: FakeExchange) -> FakeExchange:
    """The exchange behind the target: prices are moved and time is let pass there."""
    return bingx_exchange


@pytest.fixture
def market(exchange: FakeExchange) -> Any:
    return exchange.market(SYMBOL, "spot")


def order(**parameters: object) -> dict[str, object]:
    """A bid for 0.001 BTC at 50,000, far below the market's 60,000, unless it is said otherwise."""
    usual = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "50000"}
    return {name: value for name, value in (usual | parameters).items() if value is not None}


def place(target: Target, **parameters: object) -> dict[str, Any]:
    data: dict[str, Any] = target.post(PLACE_ORDER, **order(**parameters)).data
    return data


def query(target: Target, order_id: object) -> dict[str, Any]:
    data: dict[str, Any] = target.get(QUERY_ORDER, symbol=SYMBOL, orderId=order_id).data
    return data


def refusal(reply: Reply) -> tuple[int, str]:
    return reply.code, reply.json["msg"]


def spot(target: Target, asset: str) -> tuple[str, str]:
    """What is free and what is locked in the spot account."""
    for row in target.get(SPOT_BALANCE).data["balances"]:
        if row["asset"] == asset:
            return row["free"], row["locked"]
    return "0", "0"


# Placing


@pytest.mark.clause("SPOT-1")
def test_a_limit_order_that_rests_is_pending_wherever_it_is_told(target: Target) -> None:
    placed = place(target)
    assert isinstance(placed["orderId"], int)
    assert placed["orderId"] > 2**53
    listed = target.get(OPEN_ORDERS).data["orders"]
    history = target.get(ORDER_HISTORY).data["orders"]
    told = [placed, query(target, placed["orderId"]), *listed, *history]
    assert [(it["status"], it["orderId"]) for it in told] == [("PENDING", placed["orderId"])] * 4


@pytest.mark.clause("SPOT-1")
def test_an_order_id_holds_the_time_of_placing(target: Target) -> None:
    assert (place(target)["orderId"] >> 22) + 1_288_834_974_657 == NOW_MS


@pytest.mark.clause("SPOT-2")
@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"price": None}, "price can't be lte 0 in limit order"),
        ({"price": "0"}, "price can't be lte 0 in limit order"),
        ({"price": "-1"}, "price can't be lte 0 in limit order"),
        ({"quantity": None}, "check param fail:entrust volume and value is 0.0"),
        ({"quantity": "0"}, "check param fail:entrust volume and value is 0.0"),
        ({"type": "MARKET", "quantity": None}, "check param fail:entrust volume and value is 0.0"),
        ({"type": "TRIGGER_LIMIT"}, "stopPrice can't be lte 0 in trigger order"),
        ({"type": "TAKE_STOP_LIMIT"}, "stopPrice can't be lte 0 in trigger order"),
        ({"type": "TRIGGER_MARKET"}, "stopPrice can't be lte 0 in trigger order"),
        ({"type": "TAKE_STOP_MARKET"}, "stopPrice can't be lte 0 in trigger order"),
    ],
)
def test_an_order_without_what_its_type_needs_is_refused(
    target: Target, parameters: dict[str, Any], said: str
) -> None:
    assert refusal(target.post(PLACE_ORDER, **order(**parameters))) == (100400, said)


@pytest.mark.clause("SPOT-2")
@pytest.mark.parametrize("kind", ["TAKE_STOP_LIMIT", "TAKE_STOP_MARKET", "TRIGGER_LIMIT", "TRIGGER_MARKET"])
def test_a_conditional_order_is_new_until_its_stop_price_is_reached(
    target: Target, market: Any, kind: str
) -> None:
    placed = place(target, type=kind, stopPrice="61000", price="61500")
    assert (placed["status"], placed["stopPrice"]) == ("NEW", "61000")
    market.move("60999.99")
    assert query(target, placed["orderId"])["status"] == "NEW"
    market.move("61000")
    assert query(target, placed["orderId"])["status"] == "FILLED"


def test_the_price_of_a_stop_at_the_market_is_the_last_price_at_placing(target: Target) -> None:
    assert place(target, type="TAKE_STOP_MARKET", stopPrice="61000", price=None)["price"] == "60000"


@pytest.mark.clause("SPOT-3")
def test_a_market_order_buys_for_an_amount_of_the_quote_coin(target: Target) -> None:
    placed = place(target, type="MARKET", quantity=None, price=None, quoteOrderQty="20")
    assert (placed["status"], placed["origQty"], placed["price"]) == ("FILLED", "0", "60000")
    assert Decimal("19.4") < Decimal(placed["cummulativeQuoteQty"]) <= 20
    assert query(target, placed["orderId"])["origQuoteOrderQty"] == "20"


@pytest.mark.clause("SPOT-3")
def test_a_market_order_buys_a_quantity_which_wins_over_an_amount(target: Target) -> None:
    placed = place(target, type="MARKET", price=None, quantity="0.0005", quoteOrderQty="200")
    assert (placed["status"], placed["origQty"], placed["executedQty"]) == ("FILLED", "0.0005", "0.0005")


@pytest.mark.clause("SPOT-4")
@pytest.mark.parametrize("word", ["PostOnly", "POC"])
@pytest.mark.parametrize(("price", "status"), [("50000", "PENDING"), ("60100", "CANCELED")])
def test_an_order_that_is_never_to_take_rests_or_is_cancelled(
    target: Target, word: str, price: str, status: str
) -> None:
    placed = place(target, timeInForce=word, price=price)
    assert (placed["status"], placed["executedQty"]) == (status, "0")


@pytest.mark.parametrize(
    ("time_in_force", "status", "filled"),
    [
        ("GTC", "PARTIALLY_FILLED", "0.02"),
        ("IOC", "CANCELED", "0.02"),
        ("FOK", "CANCELED", "0"),
        ("PostOnly", "CANCELED", "0"),
    ],
)
def test_what_becomes_of_what_is_not_filled_at_once(
    target: Target, exchange: FakeExchange, time_in_force: str, status: str, filled: str
) -> None:
    exchange.credit(16779999, "spot", "USDT", "100000")
    book = {"product": "spot", "symbol": SYMBOL, "tick": "0.01", "step": "0.00001", "price": "60000"}
    exchange.load(exchange.state | {"markets": [book | {"ladder": "none"}]})
    bob = target.ask(
        "POST",
        PLACE_ORDER,
        order(side="SELL", quantity="0.02", price="60000"),
        account=bobs_account(exchange),
    )
    assert bob.data["status"] == "PENDING"
    placed = place(target, quantity="0.03", price="60000", timeInForce=time_in_force)
    assert (placed["status"], placed["executedQty"]) == (status, filled)


def bobs_account(exchange: FakeExchange) -> Account:
    exchange.credit(16780001, "spot", "BTC", "1")
    return Account("bob-key", "bob-secret")


@pytest.mark.clause("SPOT-5")
@pytest.mark.parametrize("form", ["query", "form", "json"])
@pytest.mark.parametrize("as_text", [False, True], ids=["numbers", "texts"])
def test_several_orders_are_placed_at_once_in_every_form_of_request(
    target: Target, form: str, as_text: bool
) -> None:
    bids = [order(price=price, newClientOrderId=f"at_{price}") for price in (50_000, 49_000)]
    if not as_text:
        bids = [bid | {"quantity": 0.001} for bid in bids]
    parameters = {"data": json.dumps(bids, separators=(",", ":"))}
    placed = target.ask("POST", PLACE_ORDERS, parameters, How(place=form)).data["orders"]
    assert [(it["price"], it["clientOrderID"]) for it in placed] == [
        ("50000", "at_50000"),
        ("49000", "at_49000"),
    ]


@pytest.mark.clause("SPOT-5")
def test_more_than_five_orders_are_refused_together(target: Target) -> None:
    assert target.post(PLACE_ORDERS, data=json.dumps([order()] * 6)).code == 100400
    assert target.get(OPEN_ORDERS).data["orders"] == []


@pytest.mark.clause("SPOT-5")
@pytest.mark.parametrize(("sync", "code"), [("false", 100400), ("true", 0)])
def test_orders_that_differ_are_placed_one_after_the_other(target: Target, sync: str, code: int) -> None:
    data = json.dumps([order(), order(type="MARKET", price=None)])
    assert target.post(PLACE_ORDERS, data=data, sync=sync).code == code


def test_of_several_orders_those_that_can_be_are_placed(target: Target) -> None:
    data = json.dumps([order(quantity="100"), order(price="49000")])
    assert [it["price"] for it in target.post(PLACE_ORDERS, data=data).data["orders"]] == ["49000"]


def test_where_none_of_several_can_be_placed_the_first_says_why(target: Target) -> None:
    data = json.dumps([order(quantity="5"), order(quantity="0")])
    assert target.post(PLACE_ORDERS, data=data).code == 100202


@pytest.mark.parametrize("data", ['["BTC-USDT"]', '[{"symbol":{}}]', "[[]]", '[{"symbol":"BTC-USDT"}]'])
def test_what_is_no_order_is_told_by_its_number(target: Target, data: str) -> None:
    code, message = refusal(target.post(PLACE_ORDERS, data=data))
    assert (code, message[:7]) == (100400, "order 1")


def test_a_client_id_is_another_orders_until_two_hours_after_its_end(
    target: Target, exchange: FakeExchange
) -> None:
    placed = place(target, newClientOrderId="mine")
    again = target.post(PLACE_ORDER, **order(newClientOrderId="mine"))
    assert refusal(again) == (
        101481,
        f"clientOrderId can not be repeated: mine is the one of order {placed['orderId']}",
    )
    target.post(CANCEL_ORDER, symbol=SYMBOL, clientOrderID="mine")
    exchange.clock.advance(ms=2 * 3_600_000)
    assert target.get(QUERY_ORDER, symbol=SYMBOL, clientOrderID="mine").code == 100404
    assert place(target, newClientOrderId="mine")["orderId"] != placed["orderId"]


@pytest.mark.clause("SPOT-17")
def test_more_decimals_than_tick_and_step_have_are_cut_off(target: Target) -> None:
    placed = place(target, price="50000.129", quantity="0.0010099")
    assert (placed["price"], placed["origQty"]) == ("50000.12", "0.001")


# What is refused


@pytest.mark.parametrize(
    ("parameters", "code", "said"),
    [
        ({"quantity": "1"}, 100202, "Insufficient assets, please verify the assets status"),
        (
            {"quantity": "0.00009"},
            100400,
            (
                "check limit entrust value fail, entrust volume too low, userID: ***, minVolume:0.00010, "
                "entrustVolume: 0.00009"
            ),
        ),
        (
            {"quantity": "10.00001"},
            100400,
            (
                "check limit entrust value fail, entrust volume too high, userID: ***, maxVolume:10.00000, "
                "entrustVolume: 10.00001"
            ),
        ),
        ({"symbol": "NOPE-USDT"}, 100421, "CheckUserAndSymbol: contract not exist"),
    ],
)
def test_an_order_that_cannot_be_is_refused_in_the_documented_words(
    target: Target, parameters: dict[str, Any], code: int, said: str
) -> None:
    assert refusal(target.post(PLACE_ORDER, **order(**parameters))) == (code, said)


@pytest.mark.clause("SPOT-18")
@pytest.mark.parametrize(
    ("price", "word"), [("300000", ""), ("300000.01", "high"), ("12000", ""), ("11999.99", "low")]
)
def test_a_price_far_from_the_index_price_is_refused_with_its_numbers(
    target: Target, price: str, word: str
) -> None:
    reply = target.post(PLACE_ORDER, **order(side="SELL" if word != "low" else "BUY", price=price))
    if not word:
        assert reply.code in (0, 100202)
        return
    assert refusal(reply) == (
        100440,
        (
            f"check price diverge fail, entrustPrice to {word}, userID: ***,entrustPrice:{price}, "
            "indexPrice:60000.00,tradePrice: 60000.00, maxEntrustPriceDiverge:300000.00, "
            "minEntrustPriceDiverge:12000.00,minDivergeRatio:0.2000000000,maxDivergeRatio:5.0000000000"
        ),
    )


def test_more_than_a_thousand_open_orders_are_refused(target: Target, exchange: FakeExchange) -> None:
    exchange.credit(16779999, "spot", "USDT", "100000")
    data = json.dumps([order(quantity="0.0002")] * 5)
    for _ in range(200):
        assert len(target.post(PLACE_ORDERS, data=data).data["orders"]) == 5
    assert refusal(target.post(PLACE_ORDER, **order())) == (
        100421,
        "the number of open orders can't be more than 1000",
    )


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        ("halt", 100421, "The symbol you request is not available to place order currently"),
        ("delist", 100490, "spot symbol is offline"),
    ],
)
def test_a_pair_that_does_not_trade_takes_no_orders(
    target: Target, market: Any, end: str, code: int, said: str
) -> None:
    getattr(market, end)()
    found, message = refusal(target.post(PLACE_ORDER, **order()))
    assert (found, message[: len(said)]) == (code, said)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", OPEN_ORDERS),
        ("GET", ORDER_HISTORY),
        ("GET", FILLS),
        ("GET", COMMISSION_RATE),
        ("POST", CANCEL_OPEN_ORDERS),
    ],
)
def test_a_symbol_that_there_is_none_of_is_told_wherever_one_is_asked_for(
    target: Target, method: str, path: str
) -> None:
    reply = target.ask(method, path, {"symbol": "NOPE-USDT"})
    assert refusal(reply) == (100421, "CheckUserAndSymbol: contract not exist")


# Cancelling


@pytest.mark.clause("SPOT-6")
@pytest.mark.parametrize("name", ["orderId", "clientOrderID", "clientOrderId"])
def test_an_order_is_cancelled_by_either_id(target: Target, name: str) -> None:
    placed = place(target, newClientOrderId="mine")
    which = {name: placed["orderId"] if name == "orderId" else "mine"}
    cancelled = target.post(CANCEL_ORDER, symbol=SYMBOL, **which).data
    assert (cancelled["orderId"], cancelled["status"]) == (placed["orderId"], "CANCELED")
    assert spot(target, "USDT") == ("250.5", "0")


@pytest.mark.clause("SPOT-6")
def test_an_order_that_is_finished_or_unknown_is_refused_with_the_words_that_clients_look_for(
    target: Target,
) -> None:
    placed = place(target, newClientOrderId="mine")
    target.post(CANCEL_ORDER, symbol=SYMBOL, orderId=placed["orderId"])
    for which, said in (
        ({"orderId": placed["orderId"]}, FINISHED),
        ({"clientOrderID": "mine"}, FINISHED_BY_CLIENT_ID),
        ({"orderId": 1}, " order not exist"),
        ({"clientOrderID": "nobodys"}, " order not exist"),
    ):
        code, message = refusal(target.post(CANCEL_ORDER, symbol=SYMBOL, **which))
        assert (code, message[: len(said)]) == (100404, said)
    assert refusal(target.get(QUERY_ORDER, symbol=SYMBOL, orderId=1)) == (100404, " order not exist")


@pytest.mark.clause("SPOT-7")
@pytest.mark.parametrize(("wanted", "code"), [("NEW", 100421), ("PARTIALLY_FILLED", 100421), ("PENDING", 0)])
def test_a_cancel_with_a_restriction_passes_in_that_state_alone(
    target: Target, wanted: str, code: int
) -> None:
    placed = place(target)
    reply = target.post(CANCEL_ORDER, symbol=SYMBOL, orderId=placed["orderId"], cancelRestrictions=wanted)
    assert reply.code == code
    assert query(target, placed["orderId"])["status"] == ("PENDING" if code else "CANCELED")


@pytest.mark.clause("SPOT-8")
@pytest.mark.parametrize(("process", "left"), [("0", 2), ("1", 0)])
def test_several_orders_are_cancelled_all_or_those_that_can_be(
    target: Target, process: str, left: int
) -> None:
    ids = [
        place(target, price=price, newClientOrderId=f"at_{price}")["orderId"] for price in (50_000, 49_000)
    ]
    gone = place(target, price="48000")["orderId"]
    target.post(CANCEL_ORDER, symbol=SYMBOL, orderId=gone)
    reply = target.post(
        CANCEL_ORDERS,
        symbol=SYMBOL,
        orderIds=f"{ids[0]},{gone},1",
        clientOrderIDs="at_49000,nobodys",
        process=process,
    )
    assert len(target.get(OPEN_ORDERS).data["orders"]) == left
    said = f"the  orderId:{gone} order status :CANCELED,can not delete, please verify and retry later"
    if process == "0":
        assert refusal(reply) == (100400, said)
        return
    assert [it["orderId"] for it in reply.data["orders"]] == ids
    assert reply.data["fails"] == [
        {"orderId": str(gone), "error": said},
        {"orderId": "1", "error": " order not exist"},
        {"orderId": "0", "error": " order not exist"},
    ]


@pytest.mark.clause("SPOT-9")
@pytest.mark.parametrize(("which", "left"), [({}, []), ({"symbol": SYMBOL}, ["ETH-USDT"])])
def test_all_open_orders_are_cancelled_of_one_pair_or_of_all(
    target: Target, which: dict[str, str], left: list[str]
) -> None:
    place(target)
    place(target, symbol="ETH-USDT", price="2500", quantity="0.01")
    cancelled = target.post(CANCEL_OPEN_ORDERS, **which).data["orders"]
    assert {it["status"] for it in cancelled} == {"CANCELED"}
    assert [it["symbol"] for it in target.get(OPEN_ORDERS).data["orders"]] == left


@pytest.mark.clause("SPOT-10")
def test_a_countdown_cancels_all_open_orders_when_it_ends(target: Target, exchange: FakeExchange) -> None:
    place(target)
    begun = target.post(CANCEL_ALL_AFTER, type="ACTIVATE", timeOut=10).data
    assert (begun["triggerTime"], begun["status"]) == (NOW_MS // 1000 + 10, "ACTIVATED")
    assert "automatically at 2023-11-14 22:13:30 UTC(+0),before" in begun["note"]
    exchange.clock.advance(ms=9_999)
    assert len(target.get(OPEN_ORDERS).data["orders"]) == 1
    exchange.clock.advance(ms=1)
    assert target.get(OPEN_ORDERS).data["orders"] == []


@pytest.mark.clause("SPOT-10")
def test_a_countdown_that_is_asked_for_again_begins_again_and_can_be_stopped(
    target: Target, exchange: FakeExchange
) -> None:
    place(target)
    for _ in range(3):
        target.post(CANCEL_ALL_AFTER, type="ACTIVATE", timeOut=120)
        exchange.clock.advance(ms=119_000)
    assert target.post(CANCEL_ALL_AFTER, type="CLOSE", timeOut=0).data["status"] == "CLOSED"
    exchange.clock.advance(ms=119_000)
    assert len(target.get(OPEN_ORDERS).data["orders"]) == 1


@pytest.mark.clause("SPOT-10")
@pytest.mark.parametrize("seconds", ["9", "121", "0", None])
def test_a_countdown_takes_10_to_120_seconds(target: Target, seconds: str | None) -> None:
    given = {} if seconds is None else {"timeOut": seconds}
    code, message = refusal(target.post(CANCEL_ALL_AFTER, type="ACTIVATE", **given))
    assert (code, "timeOut" in message) == (100400, True)


# Replacing


def replace(target: Target, mode: str, name: str = "mode", **parameters: object) -> Reply:
    mode_name = "CancelReplaceMode" if name == "Mode" else "cancelReplaceMode"
    return target.post(REPLACE_ORDER, **order(price="49000"), **{mode_name: mode}, **parameters)


@pytest.mark.clause("SPOT-11")
@pytest.mark.parametrize("name", ["mode", "Mode"])
def test_replacing_cancels_one_order_and_places_another(target: Target, name: str) -> None:
    placed = place(target)
    data = replace(target, "STOP_ON_FAILURE", name, cancelOrderId=placed["orderId"]).data
    assert data["cancelResult"] == data["openResult"] == {"code": 0, "msg": "", "result": True}
    assert (data["orderCancelResponse"]["orderId"], data["orderCancelResponse"]["status"]) == (
        placed["orderId"],
        "CANCELED",
    )
    (left,) = target.get(OPEN_ORDERS).data["orders"]
    assert (left["orderId"], left["price"]) == (data["orderOpenResponse"]["orderId"], "49000")


@pytest.mark.clause("SPOT-11")
def test_replacing_stops_where_the_cancel_fails(target: Target) -> None:
    reply = replace(target, "STOP_ON_FAILURE", cancelOrderId=1)
    assert refusal(reply) == (100421, "cancel fail,  order not exist")
    assert target.get(OPEN_ORDERS).data["orders"] == []


@pytest.mark.clause("SPOT-11")
def test_replacing_goes_on_where_the_cancel_may_fail(target: Target) -> None:
    data = replace(target, "ALLOW_FAILURE", cancelOrderId=1).data
    assert data["cancelResult"] == {"code": 100404, "msg": " order not exist", "result": False}
    assert (data["orderCancelResponse"]["orderId"], data["orderCancelResponse"]["status"]) == (0, "")
    assert data["orderOpenResponse"]["status"] == "PENDING"


@pytest.mark.clause("SPOT-11")
def test_a_new_order_that_is_refused_does_not_bring_the_old_one_back(target: Target) -> None:
    placed = place(target)
    data = target.post(
        REPLACE_ORDER,
        **order(quantity="100"),
        cancelReplaceMode="STOP_ON_FAILURE",
        cancelOrderId=placed["orderId"],
    ).json["data"]
    assert data["cancelResult"]["result"]
    assert data["openResult"]["code"] == 100400
    assert data["orderOpenResponse"]["orderId"] == 0
    assert query(target, placed["orderId"])["status"] == "CANCELED"


def test_an_error_of_replacing_means_that_nothing_has_changed(target: Target) -> None:
    reply = target.post(
        REPLACE_ORDER, **order(quantity="0"), cancelReplaceMode="ALLOW_FAILURE", cancelOrderId=1
    )
    assert refusal(reply) == (
        100400,
        (
            "order open error:check param fail:entrust volume and value is 0.0, and the previous cancel "
            "order request result:false,  order not exist"
        ),
    )


# Queries


@pytest.mark.clause("SPOT-12", "SPOT-15")
def test_a_query_tells_what_was_filled_at_which_average_price_and_for_which_fee(target: Target) -> None:
    bought = place(target, type="MARKET", price=None, quantity="0.001", newClientOrderId="mine")
    told = target.get(QUERY_ORDER, symbol=SYMBOL, clientOrderId="mine").data
    assert (told["orderId"], told["status"], told["executedQty"]) == (bought["orderId"], "FILLED", "0.001")
    assert (told["avgPrice"], told["fee"], told["feeAsset"]) == ("60000.01", "-0.000001", "BTC")
    sold = place(target, type="MARKET", side="SELL", price=None, quantity="0.0005")
    told = query(target, sold["orderId"])
    assert (told["avgPrice"], told["fee"], told["feeAsset"]) == ("59999.99", "-0.029999995", "USDT")


@pytest.mark.clause("SPOT-15")
def test_the_fee_is_taken_out_of_what_is_received_at_the_rates_that_are_told(target: Target) -> None:
    rates = target.get(COMMISSION_RATE, symbol=SYMBOL).data
    assert rates == {"takerCommissionRate": 0.001, "makerCommissionRate": 0.001}
    place(target, type="MARKET", price=None, quantity="0.001")
    assert spot(target, "BTC") == ("0.000999", "0")
    assert spot(target, "USDT") == ("190.49999", "0")


@pytest.mark.clause("SPOT-13")
def test_the_history_has_the_newest_first_and_can_be_asked_by_everything(
    target: Target, exchange: FakeExchange
) -> None:
    ids = []
    for number in range(4):
        ids.append(place(target, price=str(50_000 + number), quantity="0.0002")["orderId"])
        exchange.clock.advance(ms=1000)
    target.post(CANCEL_ORDER, symbol=SYMBOL, orderId=ids[1])
    ids.append(place(target, type="MARKET", price=None, quantity="0.0002")["orderId"])

    def found(**asked: object) -> list[int]:
        return [it["orderId"] for it in target.get(ORDER_HISTORY, symbol=SYMBOL, **asked).data["orders"]]

    assert found() == ids[::-1]
    assert found(pageSize=2, pageIndex=2) == [ids[2], ids[1]]
    assert found(status="CANCELED") == [ids[1]]
    assert found(type="MARKET") == [ids[4]]
    assert found(orderId=ids[3]) == [ids[4], ids[3]]
    assert found(startTime=NOW_MS + 1000, endTime=NOW_MS + 2000) == [ids[2], ids[1]]
    assert target.get(ORDER_HISTORY, symbol="ETH-USDT").data["orders"] == []
    assert target.get(ORDER_HISTORY, pageSize=100, pageIndex=101).code == 100400


@pytest.mark.clause("SPOT-14")
def test_fills_are_those_of_the_last_day_or_of_seven_days_at_most(
    target: Target, exchange: FakeExchange
) -> None:
    day_ms = 86_400_000
    ids = []
    for _ in range(9):
        ids.append(place(target, type="MARKET", price=None, quantity="0.0002")["orderId"])
        exchange.clock.advance(ms=day_ms)
    now_ms = NOW_MS + 9 * day_ms

    def found(**asked: object) -> list[int]:
        return [it["orderId"] for it in target.get(FILLS, symbol=SYMBOL, **asked).data["fills"]]

    assert found() == [ids[8]]
    assert found(startTime=0) == ids[2:]
    assert found(startTime=now_ms - 2 * day_ms, endTime=now_ms - 2 * day_ms) == [ids[7]]
    assert found(startTime=0, limit=2) == ids[7:]
    assert found(orderId=ids[5]) == [ids[5]]
    first = target.get(FILLS, symbol=SYMBOL, startTime=0).data["fills"][1]["id"]
    assert found(fromId=first, limit=2) == ids[3:5]


def test_an_order_that_was_filled_in_parts_has_a_fill_for_each(
    target: Target, exchange: FakeExchange
) -> None:
    exchange.credit(16779999, "spot", "USDT", "100000")
    placed = place(target, quantity="1", price="60000.03")
    fills = target.get(FILLS, symbol=SYMBOL, orderId=placed["orderId"]).data["fills"]
    assert [fill["price"] for fill in fills] == ["60000.01", "60000.02", "60000.03"]
    assert sum(Decimal(fill["qty"]) for fill in fills) == Decimal(placed["executedQty"])
    assert {fill["isMaker"] for fill in fills} == {False}
    assert placed["status"] == "PARTIALLY_FILLED"


def test_the_time_of_a_fill_is_told_down_to_the_second(target: Target, exchange: FakeExchange) -> None:
    exchange.clock.advance(ms=1999)
    placed = place(target, type="MARKET", price=None)
    (fill,) = target.get(FILLS, symbol=SYMBOL, orderId=placed["orderId"]).data["fills"]
    assert (placed["transactTime"], fill["time"]) == (NOW_MS + 1999, NOW_MS + 1000)


# OCO


PAIR = {"symbol": SYMBOL, "side": "BUY", "quantity": "0.001", "limitPrice": "48000"}
PAIR |= {"triggerPrice": "62000", "orderPrice": "62500", "listClientOrderId": "100"}
PAIR |= {"aboveClientOrderId": "101", "belowClientOrderId": "102"}


@pytest.mark.clause("SPOT-16")
def test_an_oco_order_has_two_legs_and_holds_for_one(target: Target) -> None:
    limit, stop = target.post(PLACE_OCO, **PAIR).data
    assert (limit["orderType"], limit["price"], limit["triggerPrice"]) == ("ocoLimit", 48000, 0)
    assert (stop["orderType"], stop["price"], stop["triggerPrice"]) == ("ocoTps", 62500, 62000)
    assert (limit["clientOrderId"], stop["clientOrderId"]) == ("101", "102")
    assert limit["orderListId"] == stop["orderListId"]
    assert spot(target, "USDT") == ("188", "62.5")
    waiting = target.get(OPEN_OCOS, pageIndex=1, pageSize=10).data
    assert [(leg["orderType"], leg["status"]) for leg in waiting] == [
        ("ocoTps", "NEW"),
        ("ocoLimit", "PENDING"),
    ]


@pytest.mark.clause("SPOT-16")
@pytest.mark.parametrize("which", ["limit", "stop"])
def test_cancelling_either_leg_cancels_both(target: Target, which: str) -> None:
    legs = dict(zip(("limit", "stop"), target.post(PLACE_OCO, **PAIR).data, strict=True))
    cancelled = target.post(CANCEL_OCO, orderId=legs[which]["orderId"]).data
    assert cancelled == {
        "orderId": legs[which]["orderId"],
        "clientOrderId": legs[which]["clientOrderId"],
    }
    assert target.get(OPEN_OCOS, pageIndex=1, pageSize=10).data == []
    ended = target.get(OCO_HISTORY, pageIndex=1, pageSize=10).data
    assert [leg["status"] for leg in ended] == ["FAILED", "CANCELED"]
    assert spot(target, "USDT") == ("250.5", "0")
    assert target.post(CANCEL_OCO, orderId=legs[which]["orderId"]).code == 100404


@pytest.mark.parametrize(
    "name", ["orderListId", "orderId", "clientOrderId", "listClientOrderId", "legClientOrderId"]
)
def test_an_oco_order_is_found_by_every_name_that_clients_ask_by(target: Target, name: str) -> None:
    limit, _ = target.post(PLACE_OCO, **PAIR).data
    asked = {
        "orderListId": {"orderListId": limit["orderListId"]},
        "orderId": {"orderId": limit["orderId"]},
        "clientOrderId": {"clientOrderId": "100"},
        "listClientOrderId": {"listClientOrderId": "100"},
        "legClientOrderId": {"clientOrderId": "102"},
    }[name]
    assert [leg["orderType"] for leg in target.get(QUERY_OCO, **asked).data] == ["ocoTps", "ocoLimit"]


def test_a_leg_that_is_filled_ends_the_other(target: Target, market: Any) -> None:
    target.post(PLACE_OCO, **PAIR)
    market.move("47000")
    ended = target.get(OCO_HISTORY, pageIndex=1, pageSize=10).data
    assert [(leg["orderType"], leg["status"]) for leg in ended] == [
        ("ocoTps", "FAILED"),
        ("ocoLimit", "FILLED"),
    ]


def test_an_oco_order_around_no_price_is_refused(target: Target) -> None:
    code, message = refusal(target.post(PLACE_OCO, **PAIR | {"limitPrice": "61000"}))
    assert (code, "between limitPrice 61000" in message) == (100400, True)


def test_pages_of_oco_orders_go_on_where_the_last_one_ended(target: Target) -> None:
    for number in range(3):
        names = {"listClientOrderId": f"{number}00", "aboveClientOrderId": f"{number}01"}
        target.post(PLACE_OCO, **PAIR | names | {"belowClientOrderId": f"{number}02"})
    pages = [target.get(OPEN_OCOS, pageIndex=page, pageSize=2).data for page in (1, 2, 3)]
    assert [[leg["clientOrderId"] for leg in page] for page in pages] == [
        ["202", "201", "102", "101"],
        ["002", "001"],
        [],
    ]
