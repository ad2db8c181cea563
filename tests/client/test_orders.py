"""Orders as calls: what is sent, what is refused before, what people are asked, and what comes back."""

import asyncio
import json
import pickle
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.clients import make_async_client, send_and_lose, sent
from support.sender import CANCEL_ORDER, PLACE_ORDER, PLACE_ORDERS

from bingx_client import APIError, Client, ConfirmationRequired, OutcomeUnknown, ParameterError
from bingx_client.calls import spot_trade
from bingx_client.calls.spot_trade.models import Order
from bingx_client.flow.plan import Write
from bingx_contracts import PROFILES, VARIATIONS
from bingx_fake import FakeExchange

SYMBOL = "BTC-USDT"


def bid(**changes: Any) -> Write[Order]:
    """A bid for 0.001 BTC at 50,000, unless it is said otherwise."""
    given: dict[str, Any] = {"quantity": "0.001", "price": "50000"} | changes
    return spot_trade.place_order(SYMBOL, given.pop("side", "BUY"), given.pop("type", "LIMIT"), **given)


# Client ids


@pytest.mark.clause("SPOT-19")
def test_each_sending_of_an_order_has_a_client_id_of_its_own(exchange: FakeExchange, client: Client) -> None:
    call = bid()
    orders = [client.send(call) for _ in range(2)]
    ids = [parameters["newClientOrderId"] for parameters in sent(exchange, PLACE_ORDER)]
    assert [order.client_order_id for order in orders] == ids
    assert len(set(ids)) == 2
    assert all(1 <= len(it) <= 40 and it.isalnum() for it in ids)


@pytest.mark.clause("SPOT-19")
def test_every_attempt_of_one_sending_has_the_same_client_id(exchange: FakeExchange, client: Client) -> None:
    with exchange.fault("com", "rate-limit", times=1):
        with pytest.raises(APIError):
            client.send(bid(client_order_id="mine"))
        assert client.send(bid(client_order_id="mine")).client_order_id == "mine"
    ids = [parameters["newClientOrderId"] for parameters in sent(exchange, PLACE_ORDER)]
    assert ids == ["mine", "mine"]


@pytest.mark.clause("SPOT-19")
def test_a_raw_call_of_an_order_has_one_as_well(exchange: FakeExchange, client: Client) -> None:
    order = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "50000"}
    answer = client.call("spot_trade.place_order", **order)
    assert answer.data["clientOrderID"] == sent(exchange, PLACE_ORDER)[0]["newClientOrderId"]


@pytest.mark.clause("SPOT-19")
def test_each_order_of_a_batch_has_one_and_keeps_its_own(exchange: FakeExchange, client: Client) -> None:
    call = spot_trade.place_orders([bid(), bid(price="49000.50", client_order_id="mine"), bid()])
    placed = client.send(call)
    data = json.loads(sent(exchange, PLACE_ORDERS)[0]["data"], parse_float=str)
    ids = [order["newClientOrderId"] for order in data]
    assert [order.client_order_id for order in placed] == ids
    assert (ids[1], len(set(ids))) == ("mine", 3)
    assert (data[1]["price"], data[0]["quantity"]) == ("49000.50", "0.001"), "numbers, every digit kept"


def test_a_client_id_of_a_pair_is_digits_only(exchange: FakeExchange, client: Client) -> None:
    prices = {"limit_price": "48000", "trigger_price": "62000", "order_price": "62500"}
    client.send(spot_trade.place_oco(SYMBOL, "BUY", quantity="0.001", **prices))
    (parameters,) = sent(exchange, "/openApi/spot/v1/oco/order")
    assert parameters["listClientOrderId"].isdigit()
    found = client.send(spot_trade.query_oco(list_client_order_id=parameters["listClientOrderId"]))
    assert {leg.kind for leg in found.legs} == {"ocoLimit", "ocoTps"}


def test_the_asynchronous_client_sends_the_same_orders(exchange: FakeExchange) -> None:
    async def trade() -> tuple[Order, Order]:
        async with make_async_client(exchange) as client:
            placed = await client.send(bid())
            cancelled = await client.send(spot_trade.cancel_order(SYMBOL, order_id=placed.order_id))
            return placed, cancelled

    placed, cancelled = asyncio.run(trade())
    assert (placed.status, cancelled.status) == ("PENDING", "CANCELED")
    assert placed.client_order_id == cancelled.client_order_id
    assert placed.client_order_id


# What is refused before anything is sent


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"quantity": 0.001}, "float"),
        ({"price": 50000.5}, "float"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"price": None}, "LIMIT needs price"),
        ({"quantity": None}, "quantity, or quoteOrderQty"),
        ({"type": "MARKET", "quantity": None, "price": None}, "quantity, or quoteOrderQty"),
        ({"type": "TRIGGER_LIMIT"}, "TRIGGER_LIMIT needs stopPrice"),
        ({"type": "TAKE_STOP_MARKET"}, "TAKE_STOP_MARKET needs stopPrice"),
        ({"type": "LIMITED"}, "type must be an order type"),
        ({"side": "buy"}, "BUY or SELL"),
        ({"time_in_force": "POC"}, "timeInForce"),
        ({"client_order_id": "a b"}, "newClientOrderId"),
        ({"client_order_id": ""}, "newClientOrderId"),
    ],
)
def test_an_order_that_breaks_a_rule_is_no_call(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        bid(**changes)


def test_a_raw_call_of_an_order_without_what_its_type_needs_is_not_sent(
    exchange: FakeExchange, client: Client
) -> None:
    with pytest.raises(ParameterError, match="LIMIT needs price"):
        client.call("spot_trade.place_order", symbol=SYMBOL, side="BUY", type="LIMIT", quantity="1")
    orders = [{"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "quantity": "1"}]
    with pytest.raises(ParameterError, match="LIMIT needs price"):
        client.call("spot_trade.place_orders", data=orders)
    assert exchange.requests == []


def test_a_limit_order_is_good_till_cancelled_unless_it_is_said_otherwise() -> None:
    assert bid().parameters["timeInForce"] == "GTC"
    assert bid(time_in_force="IOC").parameters["timeInForce"] == "IOC"
    assert "timeInForce" not in bid(type="MARKET", price=None).parameters


def test_a_batch_takes_orders_alone() -> None:
    cancel: Any = spot_trade.cancel_order(SYMBOL, order_id=1)
    with pytest.raises(ParameterError, match="place_orders takes what place_order makes"):
        spot_trade.place_orders([cancel])


# What people are asked


PRICES = {"limit_price": "48000", "trigger_price": "62000", "order_price": "62500"}
SENTENCES: list[tuple[Write[Any], str]] = [
    (bid(quantity="0.1", price="60000"), "BUY 0.1 BTC-USDT, LIMIT at 60000, spot"),
    (bid(time_in_force="PostOnly"), "BUY 0.001 BTC-USDT, LIMIT at 50000, PostOnly, spot"),
    (bid(type="MARKET", price=None), "BUY 0.001 BTC-USDT, MARKET, spot"),
    (
        bid(type="MARKET", price=None, quantity=None, quote_quantity=20),
        "BUY BTC-USDT for 20 USDT, MARKET, spot",
    ),
    (
        bid(side="SELL", type="TAKE_STOP_LIMIT", stop_price="49000"),
        "SELL 0.001 BTC-USDT, TAKE_STOP_LIMIT at 50000, triggered at 49000, spot",
    ),
    (
        bid(side="SELL", type="TRIGGER_MARKET", stop_price="49000"),
        "SELL 0.001 BTC-USDT, TRIGGER_MARKET, triggered at 49000, spot",
    ),
    (
        spot_trade.place_orders([bid(), bid(side="SELL", price="70000.50")]),
        "BUY 0.001 BTC-USDT, LIMIT at 50000; SELL 0.001 BTC-USDT, LIMIT at 70000.50, spot",
    ),
    (spot_trade.cancel_order(SYMBOL, order_id=12), "Cancel order 12 of BTC-USDT, spot"),
    (
        spot_trade.cancel_order(SYMBOL, client_order_id="mine"),
        "Cancel order with client id mine of BTC-USDT, spot",
    ),
    (
        spot_trade.cancel_orders(SYMBOL, order_ids=[1, 2], client_order_ids=["mine"]),
        "Cancel orders 1, 2, mine of BTC-USDT, spot",
    ),
    (spot_trade.cancel_open_orders(), "Cancel all open orders of all pairs, spot"),
    (spot_trade.cancel_open_orders(SYMBOL), "Cancel all open orders of BTC-USDT, spot"),
    (spot_trade.cancel_all_after(30), "Cancel all open orders in 30 seconds unless asked again, spot"),
    (spot_trade.cancel_all_after(0), "Stop the countdown to cancelling all open orders, spot"),
    (
        spot_trade.replace_order(SYMBOL, "BUY", "LIMIT", quantity=1, price=2, cancel_order_id=12),
        "Cancel order 12, then: BUY 1 BTC-USDT, LIMIT at 2, spot",
    ),
    (
        spot_trade.replace_order(
            *(SYMBOL, "BUY", "LIMIT"),
            quantity=1,
            price=2,
            cancel_client_order_id="mine",
            place_anyway=True,
        ),
        "Cancel order with client id mine, then, even if that fails: BUY 1 BTC-USDT, LIMIT at 2, spot",
    ),
    (
        spot_trade.place_oco(SYMBOL, "BUY", quantity="0.1", **PRICES),
        "BUY 0.1 BTC-USDT, LIMIT at 48000 or, triggered at 62000, at 62500, spot",
    ),
    (spot_trade.cancel_oco(order_id=3), "Cancel the OCO order 3, spot"),
]


@pytest.mark.clause("SPOT-20", "CONFIRM-1")
@pytest.mark.parametrize(("call", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_a_write_to_a_live_host_asks_in_one_readable_sentence(call: Write[Any], sentence: str) -> None:
    asked: list[str] = []

    def decline(question: str) -> str:
        asked.append(question)
        return "no"

    with pytest.raises(ConfirmationRequired):
        Client("prod-live", "k", "s", confirm=decline).send(call)
    assert asked == [f"{sentence} at open-api.bingx.com or open-api.bingx.pro."]


@pytest.mark.parametrize("call", [call for call, _ in SENTENCES], ids=[said for _, said in SENTENCES])
def test_a_call_is_a_value_that_can_be_pickled(call: Write[Any]) -> None:
    again = pickle.loads(pickle.dumps(call))
    assert (again.parameters, again.sentence, again.key) == (call.parameters, call.sentence, call.key)


# Lost answers


@pytest.mark.parametrize(("phase", "open_orders"), [("after", 1), ("before", 0)])
def test_an_order_whose_answer_is_lost_is_unknown_and_not_sent_again(
    exchange: FakeExchange, client: Client, phase: str, open_orders: int
) -> None:
    lost = send_and_lose(exchange, client, bid(), phase)
    (parameters,) = sent(exchange, PLACE_ORDER)
    assert lost.sent["newClientOrderId"] == parameters["newClientOrderId"]
    assert len(client.send(spot_trade.open_orders())) == open_orders


def test_a_lost_order_can_be_looked_for_by_its_client_id(exchange: FakeExchange, client: Client) -> None:
    lost = send_and_lose(exchange, client, bid())
    name = str(lost.sent["newClientOrderId"])
    assert client.send(spot_trade.query_order(SYMBOL, client_order_id=name)).status == "PENDING"


def test_nobody_knows_how_to_settle_a_lost_order_yet(exchange: FakeExchange, client: Client) -> None:
    lost = send_and_lose(exchange, client, bid())
    with pytest.raises(OutcomeUnknown, match="describes no records"):
        lost.reconcile(client)


@pytest.mark.parametrize("code", [100202, 100400, 100440, 100490])
def test_a_refusal_of_an_order_is_raised_at_once(exchange: FakeExchange, client: Client, code: int) -> None:
    with exchange.fault("com", "business-error", code=code, times=1), pytest.raises(APIError) as refused:
        client.send(bid())
    assert refused.value.code == code


def test_a_symbol_that_there_is_none_of_is_no_matter_of_the_clock(
    exchange: FakeExchange, client: Client
) -> None:
    order = spot_trade.place_order("NOPE-USDT", "BUY", "LIMIT", quantity="0.001", price="50000")
    with pytest.raises(APIError, match="contract not exist") as refused:
        client.send(order)
    assert (type(refused.value), refused.value.code) == (APIError, 100421)
    assert len(exchange.requests) == 1, "the exchange's time was not asked for, and nothing sent again"


@pytest.mark.parametrize("code", [100404])
def test_an_order_that_cannot_be_cancelled_may_just_have_been_filled(
    exchange: FakeExchange, client: Client, code: int
) -> None:
    with exchange.fault("com", "business-error", code=code, times=1), pytest.raises(OutcomeUnknown):
        client.send(spot_trade.cancel_order(SYMBOL, order_id=1))
    assert len(sent(exchange, CANCEL_ORDER)) == 1


# What comes back, whichever documented form it comes in


ABOUT_ORDERS = [
    (variation.id, answer.name)
    for variation in VARIATIONS.values()
    if variation.is_switchable and variation.id in {"V37", "V38", "V39", "V41", "V42", "V43", "V44"}
    for answer in variation.answers
]
CHOICES: dict[str, dict[str, str]] = {name: dict(profile.answers) for name, profile in PROFILES.items()}
CHOICES |= {f"{variation}={answer}": {variation: answer} for variation, answer in ABOUT_ORDERS}


@pytest.fixture(params=CHOICES)
def varied(exchange: FakeExchange, request: pytest.FixtureRequest) -> Iterator[None]:
    exchange.change_profile(vary=CHOICES[request.param])
    yield
    exchange.change_profile()


@pytest.mark.usefixtures("varied")
def test_orders_and_fills_are_read_alike_in_every_documented_form(
    exchange: FakeExchange, client: Client
) -> None:
    stop = client.send(bid(type="TRIGGER_LIMIT", stop_price="61000", client_order_id="stop"))
    bought = client.send(bid(type="MARKET", price=None, client_order_id="now"))
    told = client.send(spot_trade.query_order(SYMBOL, client_order_id="now"))
    assert (bought.status, bought.filled, bought.filled_worth) == (
        "FILLED",
        Decimal("0.001"),
        Decimal("60.00001"),
    )
    assert (told.average_price, told.fee, told.fee_asset) == (
        Decimal("60000.01"),
        Decimal("-0.000001"),
        "BTC",
    )
    (waiting,) = client.send(spot_trade.open_orders())
    assert (waiting.order_id, waiting.status, waiting.stop_price) == (stop.order_id, "NEW", Decimal(61000))
    assert waiting.is_open
    assert [order.client_order_id for order in client.send(spot_trade.order_history())] == ["now", "stop"]
    (fill,) = client.send(spot_trade.fills(SYMBOL))
    assert (fill.order_id, fill.price, fill.quantity, fill.fee) == (
        bought.order_id,
        Decimal("60000.01"),
        Decimal("0.001"),
        Decimal("-0.000001"),
    )
    assert (fill.is_buyer, fill.is_maker) == (True, False)
    rates = client.send(spot_trade.commission_rate(SYMBOL))
    assert (rates.maker, rates.taker) == (Decimal("0.001"), Decimal("0.001"))
    (cancelled,) = client.send(spot_trade.cancel_open_orders())
    assert (cancelled.order_id, cancelled.status, cancelled.price) == (
        stop.order_id,
        "CANCELED",
        Decimal(50000),
    )


@pytest.mark.usefixtures("varied")
def test_replacing_counting_down_and_pairs_are_read_alike_in_every_documented_form(
    exchange: FakeExchange, client: Client
) -> None:
    order = client.send(bid())
    other: dict[str, Any] = {"quantity": "0.001", "price": "49000", "place_anyway": True}
    first, second = (
        client.send(spot_trade.replace_order(SYMBOL, "BUY", "LIMIT", cancel_order_id=order.order_id, **other))
        for _ in range(2)
    )
    assert first.cancelled is not None
    assert first.placed is not None
    assert (first.cancelled.order_id, first.placed.price) == (order.order_id, Decimal(49000))
    assert (first.cancel_error, first.place_error) == (None, None)
    assert second.cancelled is None
    assert second.cancel_error
    assert second.placed is not None
    countdown = client.send(spot_trade.cancel_all_after(10))
    assert countdown.at_ms // 1000 == exchange.clock.now_ms() // 1000 + 10
    assert client.send(spot_trade.cancel_all_after(0)).at_ms == 0
    client.send(spot_trade.cancel_open_orders())

    placed = client.send(spot_trade.place_oco(SYMBOL, "BUY", quantity="0.001", **PRICES))
    assert len(placed.legs) == 2
    found = client.send(spot_trade.query_oco(list_id=placed.list_id))
    assert {leg.order_id for leg in found.legs} == {leg.order_id for leg in placed.legs}
    assert [pair.list_id for pair in client.send(spot_trade.open_ocos())] == [placed.list_id]
    client.send(spot_trade.cancel_oco(order_id=placed.legs[1].order_id))
    assert client.send(spot_trade.open_ocos()) == []
    assert [pair.list_id for pair in client.send(spot_trade.oco_history())] == [placed.list_id]


def test_what_could_not_be_cancelled_with_others_is_told(client: Client) -> None:
    order = client.send(bid())
    ids = [order.order_id, "1"]
    cancelled = client.send(spot_trade.cancel_orders(SYMBOL, order_ids=ids, those_that_can_be=True))
    assert [it.order_id for it in cancelled] == [order.order_id]
    assert [(it.order_id, it.error) for it in cancelled.failures] == [("1", " order not exist")]


def test_a_new_order_that_was_refused_once_the_other_was_cancelled_is_told(client: Client) -> None:
    order = client.send(bid())
    replaced = client.send(
        spot_trade.replace_order(
            *(SYMBOL, "BUY", "LIMIT"), quantity="100", price="50000", cancel_order_id=order.order_id
        )
    )
    assert replaced.cancelled is not None
    assert replaced.placed is None
    assert replaced.place_error is not None
    assert "entrust volume too high" in replaced.place_error
