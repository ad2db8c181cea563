"""Perpetuals as calls: what is sent, what is refused before, what people are asked, and what comes back."""

import asyncio
import json
import pickle
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.clients import make_async_client, send_and_lose, sent

from bingx_client import APIError, Client, ConfirmationRequired, OutcomeUnknown, ParameterError
from bingx_client.calls import swap_account, swap_trade
from bingx_client.calls.swap_trade.models import Order
from bingx_client.flow.plan import Write
from bingx_contracts import PROFILES, VARIATIONS
from bingx_fake import FakeExchange

SYMBOL = "BTC-USDT"
PLACE_ORDER = "/openApi/swap/v2/trade/order"
PLACE_ORDERS = "/openApi/swap/v2/trade/batchOrders"


def bid(**changes: Any) -> Write[Order]:
    """A bid for 0.001 BTC at 50,000, unless it is said otherwise."""
    given: dict[str, Any] = {"quantity": "0.001", "price": "50000"} | changes
    return swap_trade.place_order(SYMBOL, given.pop("side", "BUY"), given.pop("type", "LIMIT"), **given)


def now(**changes: Any) -> Write[Order]:
    """The same at the market."""
    return bid(type="MARKET", price=None, **changes)


# Client ids, and what is always sent


def test_each_sending_of_an_order_has_a_client_id_of_its_own(exchange: FakeExchange, client: Client) -> None:
    call = bid()
    orders = [client.send(call) for _ in range(2)]
    ids = [parameters["clientOrderId"] for parameters in sent(exchange, PLACE_ORDER)]
    assert [order.client_order_id for order in orders] == ids
    assert len(set(ids)) == 2


def test_a_raw_call_of_an_order_has_one_as_well(exchange: FakeExchange, client: Client) -> None:
    order = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "50000"}
    answer = client.call("swap_trade.place_order", positionSide="BOTH", **order)
    assert answer.data["order"]["clientOrderId"] == sent(exchange, PLACE_ORDER)[0]["clientOrderId"]


def test_each_order_of_a_batch_has_one_and_keeps_its_own(exchange: FakeExchange, client: Client) -> None:
    call = swap_trade.place_orders([bid(), bid(price="49000.50", client_order_id="Mine"), bid()])
    placed = client.send(call)
    data = json.loads(sent(exchange, PLACE_ORDERS)[0]["batchOrders"], parse_float=str)
    ids = [order["clientOrderId"] for order in data]
    assert [order.client_order_id for order in placed] == [it.lower() for it in ids], "kept in lower case"
    assert (ids[1], len(set(ids))) == ("Mine", 3)
    assert (data[1]["price"], data[0]["quantity"]) == ("49000.50", "0.001"), "numbers, every digit kept"


def test_an_order_always_says_which_position_it_is_about(exchange: FakeExchange, client: Client) -> None:
    client.send(bid())
    assert sent(exchange, PLACE_ORDER)[0]["positionSide"] == "BOTH"
    client.send(swap_trade.cancel_open_orders())
    client.send(swap_trade.set_hedging(True))
    assert client.send(bid(position_side="LONG")).position_side == "LONG"


def test_an_order_closes_a_separate_position_by_its_id_alone_or_in_a_batch(client: Client) -> None:
    client.send(swap_trade.set_hedging(True))
    client.send(swap_trade.set_margin_type(SYMBOL, "SEPARATE_ISOLATED"))
    client.send(now(position_side="LONG", quantity="0.002"))
    (position,) = client.send(swap_account.positions())
    sell: dict[str, Any] = {"side": "SELL", "position_side": "LONG"}
    with pytest.raises(APIError) as refused:
        client.send(now(**sell))
    assert refused.value.code == 109400
    named = now(**sell, position_id=position.position_id)
    client.send(named)
    client.send(swap_trade.place_orders([named]))
    assert client.send(swap_account.positions()) == []


def test_a_take_profit_and_a_stop_loss_keep_every_digit_and_are_placed_with_the_position(
    exchange: FakeExchange, client: Client
) -> None:
    profit = swap_trade.Exit("70000.10", price="70000.20", working_type="CONTRACT_PRICE")
    client.send(now(take_profit=profit, stop_loss=swap_trade.Exit(Decimal("50000.0"))))
    (parameters,) = sent(exchange, PLACE_ORDER)
    assert parameters["takeProfit"] == (
        '{"type":"TAKE_PROFIT","stopPrice":70000.10,"price":70000.20,"workingType":"CONTRACT_PRICE"}'
    )
    assert parameters["stopLoss"] == '{"type":"STOP_MARKET","stopPrice":50000.0}'
    exits = {order.type: order for order in client.send(swap_trade.open_orders(SYMBOL))}
    assert exits["TAKE_PROFIT"].price == Decimal("70000.2")
    assert exits["STOP_MARKET"].stop_price == Decimal(50000)


def test_the_asynchronous_client_sends_the_same_orders(exchange: FakeExchange) -> None:
    async def trade() -> tuple[Order, Order]:
        async with make_async_client(exchange) as client:
            placed = await client.send(bid())
            cancelled = await client.send(swap_trade.cancel_order(SYMBOL, order_id=placed.order_id))
            return placed, cancelled

    placed, cancelled = asyncio.run(trade())
    assert (placed.status, cancelled.status) == ("PENDING", "CANCELED")
    assert placed.client_order_id == cancelled.client_order_id
    assert placed.client_order_id


def test_an_order_that_is_only_checked_is_not_placed(client: Client) -> None:
    assert client.send(swap_trade.test_order(bid())).quantity == Decimal("0.001")
    assert not client.send(swap_trade.open_orders())


# What is refused before anything is sent


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"quantity": 0.001}, "float"),
        ({"price": 50000.5}, "float"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"price": None}, "LIMIT needs price"),
        ({"quantity": None}, "needs quantity"),
        ({"type": "TRIGGER_LIMIT"}, "TRIGGER_LIMIT needs stopPrice"),
        ({"type": "STOP", "price": None, "stop_price": 1}, "STOP needs price"),
        ({"type": "STOP_MARKET"}, "STOP_MARKET needs stopPrice"),
        ({"type": "LIMITED"}, "type must be a type of order"),
        ({"side": "buy"}, "BUY or SELL"),
        ({"position_side": "long"}, "LONG or SHORT"),
        ({"position_id": "x"}, "positionId"),
        ({"time_in_force": "POC"}, "timeInForce"),
        ({"client_order_id": "a b"}, "clientOrderId"),
        ({"client_order_id": ""}, "client_order_id"),
        ({"stop_loss": swap_trade.Exit(50000.5)}, "float"),  # type: ignore[arg-type]
        ({"take_profit": swap_trade.Exit("0")}, "stopPrice"),
    ],
)
def test_an_order_that_breaks_a_rule_is_no_call(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        bid(**changes)


def test_a_raw_call_of_an_order_without_what_its_type_needs_is_not_sent(
    exchange: FakeExchange, client: Client
) -> None:
    with pytest.raises(ParameterError, match="LIMIT needs price"):
        client.call("swap_trade.place_order", symbol=SYMBOL, side="BUY", type="LIMIT", quantity="1")
    orders = [{"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "quantity": "1"}]
    with pytest.raises(ParameterError, match="LIMIT needs price"):
        client.call("swap_trade.place_orders", batchOrders=orders)
    assert exchange.requests == []


def test_a_batch_takes_orders_alone() -> None:
    cancel: Any = swap_trade.cancel_order(SYMBOL, order_id=1)
    with pytest.raises(ParameterError, match="place_orders takes what place_order makes"):
        swap_trade.place_orders([cancel])


# What people are asked


CLOSING = {"side": "SELL", "type": "STOP_MARKET", "price": None, "quantity": None, "close_position": True}
SENTENCES: list[tuple[Write[Any], str]] = [
    (bid(quantity="0.1", price="60000"), "BUY 0.1 BTC-USDT, LIMIT at 60000, perpetual"),
    (bid(time_in_force="PostOnly"), "BUY 0.001 BTC-USDT, LIMIT at 50000, PostOnly, perpetual"),
    (now(), "BUY 0.001 BTC-USDT, MARKET, perpetual"),
    (
        now(side="SELL", position_side="SHORT"),
        "SELL 0.001 BTC-USDT (SHORT), MARKET, perpetual",
    ),
    (
        now(side="SELL", position_side="LONG", position_id=7),
        "SELL 0.001 BTC-USDT (LONG, position 7), MARKET, perpetual",
    ),
    (now(side="SELL", reduce_only=True), "SELL 0.001 BTC-USDT, MARKET, only to reduce, perpetual"),
    (
        bid(side="SELL", type="STOP", stop_price="49000", working_type="CONTRACT_PRICE"),
        "SELL 0.001 BTC-USDT, STOP at 50000, triggered at 49000 by CONTRACT_PRICE, perpetual",
    ),
    (
        bid(**CLOSING, stop_price="49000"),
        "SELL all of the position in BTC-USDT, STOP_MARKET, triggered at 49000, perpetual",
    ),
    (
        bid(side="SELL", type="TRAILING_STOP_MARKET", price="500"),
        "SELL 0.001 BTC-USDT, TRAILING_STOP_MARKET, trailing at a distance of 500, perpetual",
    ),
    (
        bid(side="SELL", type="TRAILING_TP_SL", price=None, price_rate="0.01", activation_price=61000),
        "SELL 0.001 BTC-USDT, TRAILING_TP_SL, trailing at a rate of 0.01 from 61000, perpetual",
    ),
    (
        bid(take_profit=swap_trade.Exit(7, price="8"), stop_loss=swap_trade.Exit("4.5")),
        "BUY 0.001 BTC-USDT, LIMIT at 50000, take profit at 7 with the limit 8, stop loss at 4.5, perpetual",
    ),
    (
        swap_trade.place_orders([bid(), bid(side="SELL", price="70000.50")]),
        "BUY 0.001 BTC-USDT, LIMIT at 50000; SELL 0.001 BTC-USDT, LIMIT at 70000.50, perpetual",
    ),
    (swap_trade.cancel_order(SYMBOL, order_id=12), "Cancel order 12 of BTC-USDT, perpetual"),
    (
        swap_trade.cancel_order(SYMBOL, client_order_id="mine"),
        "Cancel order with client id mine of BTC-USDT, perpetual",
    ),
    (
        swap_trade.cancel_orders(SYMBOL, order_ids=[1, "2"], client_order_ids=["mine"]),
        "Cancel orders 1, 2, mine of BTC-USDT, perpetual",
    ),
    (swap_trade.cancel_open_orders(), "Cancel all open orders of all markets, perpetual"),
    (
        swap_trade.cancel_open_orders(SYMBOL, type="LIMIT"),
        "Cancel all open orders of type LIMIT of BTC-USDT, perpetual",
    ),
    (swap_trade.cancel_all_after(30), "Cancel all open orders in 30 seconds unless asked again, perpetual"),
    (swap_trade.cancel_all_after(0), "Stop the countdown to cancelling all open orders, perpetual"),
    (
        swap_trade.replace_order(bid(), cancel_order_id=12),
        "Cancel order 12, then: BUY 0.001 BTC-USDT, LIMIT at 50000, perpetual",
    ),
    (
        swap_trade.replace_order(now(), cancel_client_order_id="mine", place_anyway=True),
        "Cancel order with client id mine, then, even if that fails: BUY 0.001 BTC-USDT, MARKET, perpetual",
    ),
    (
        swap_trade.replace_orders([swap_trade.replace_order(bid(), cancel_order_id=12)] * 2),
        "; ".join(["Cancel order 12, then: BUY 0.001 BTC-USDT, LIMIT at 50000, perpetual"] * 2),
    ),
    (
        swap_trade.amend_order(SYMBOL, "0.5", client_order_id="mine"),
        "Change the quantity of order with client id mine of BTC-USDT to 0.5, perpetual",
    ),
    (
        swap_trade.reverse_position(SYMBOL),
        "Reverse the position in BTC-USDT at the market, perpetual",
    ),
    (
        swap_trade.reverse_position_at(SYMBOL, "49000", position_id=7),
        "Reverse position 7 in BTC-USDT once MARK_PRICE is 49000, perpetual",
    ),
    (
        swap_trade.set_auto_margin(SYMBOL, 7, "12.5"),
        "Have up to 12.5 USDT added to position 7 in BTC-USDT by itself, perpetual",
    ),
    (
        swap_trade.set_auto_margin(SYMBOL, 7, None),
        "Have no margin added to position 7 in BTC-USDT by itself any more, perpetual",
    ),
    (
        swap_trade.place_twap(
            *(SYMBOL, "BUY"), total="0.5", each="0.1", interval_s=8, trigger_price="60000", variance=10
        ),
        "BUY 0.5 BTC-USDT (LONG) in slices of 0.1 every 8 seconds, below 60000, perpetual",
    ),
    (swap_trade.cancel_twap(7), "Cancel the order in slices 7, perpetual"),
    (swap_trade.get_vst(), "Get the usual amount of VST, perpetual"),
    (swap_trade.give_vst_back(500), "Give back 500 VST, perpetual"),
    (swap_trade.set_multi_assets(True), "Set the account to multiAssetsMode, perpetual"),
    (swap_trade.set_leverage(SYMBOL, 10), "Set the leverage of BTC-USDT to 10, perpetual"),
    (
        swap_trade.set_leverage(SYMBOL, 10, side="LONG"),
        "Set the leverage of BTC-USDT (LONG) to 10, perpetual",
    ),
    (
        swap_trade.set_margin_type(SYMBOL, "ISOLATED"),
        "Set the margin type of BTC-USDT to ISOLATED, perpetual",
    ),
    (swap_trade.set_hedging(True), "Set the account to hedge mode, perpetual"),
    (swap_trade.set_hedging(False), "Set the account to one-way mode, perpetual"),
    (
        swap_trade.add_margin(SYMBOL, "5"),
        "Add 5 USDT to the margin of the position in BTC-USDT, perpetual",
    ),
    (
        swap_trade.take_margin(SYMBOL, "5", position_side="LONG"),
        "Take 5 USDT from the margin of the position in BTC-USDT (LONG), perpetual",
    ),
    (swap_trade.close_all_positions(), "Close all positions in all markets at the market, perpetual"),
    (swap_trade.close_all_positions(SYMBOL), "Close all positions in BTC-USDT at the market, perpetual"),
    (swap_trade.close_position("7"), "Close position 7 at the market, perpetual"),
]


@pytest.mark.clause("CONFIRM-1")
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


# Lost answers, and refusals


@pytest.mark.parametrize(("phase", "open_orders"), [("after", 1), ("before", 0)])
def test_an_order_whose_answer_is_lost_is_unknown_and_can_be_looked_for_by_its_client_id(
    exchange: FakeExchange, client: Client, phase: str, open_orders: int
) -> None:
    lost = send_and_lose(exchange, client, bid(), phase)
    (parameters,) = sent(exchange, PLACE_ORDER)
    name = str(lost.sent["clientOrderId"])
    assert name == parameters["clientOrderId"]
    assert [order.client_order_id for order in client.send(swap_trade.open_orders())] == [name] * open_orders


CHANGES: dict[str, Write[Any]] = {
    "leverage": swap_trade.set_leverage(SYMBOL, 10),
    "margin type": swap_trade.set_margin_type(SYMBOL, "ISOLATED"),
    "mode": swap_trade.set_hedging(True),
    "margin": swap_trade.add_margin(SYMBOL, 2),
    "closing": swap_trade.close_all_positions(SYMBOL),
    "closing one": swap_trade.close_position(7),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_whose_answer_is_lost_is_unknown_and_not_sent_again(
    exchange: FakeExchange, client: Client, change: Write[Any]
) -> None:
    lost = send_and_lose(exchange, client, change)
    assert lost.sent == dict(change.parameters)
    assert len(sent(exchange, change.path)) == 1


def test_what_was_set_by_a_lost_change_can_be_asked_for(exchange: FakeExchange, client: Client) -> None:
    send_and_lose(exchange, client, CHANGES["leverage"])
    send_and_lose(exchange, client, CHANGES["margin type"])
    assert client.send(swap_trade.leverage(SYMBOL)).long == 10
    assert client.send(swap_trade.margin_type(SYMBOL)) == "ISOLATED"


@pytest.mark.parametrize("code", [101205, 109420, 80017])
def test_margin_of_a_position_that_there_is_not_was_not_changed(
    exchange: FakeExchange, client: Client, code: int
) -> None:
    with exchange.fault("com", "business-error", code=code, times=1), pytest.raises(APIError):
        client.send(swap_trade.add_margin(SYMBOL, 2))


@pytest.mark.parametrize("code", [101204, 109400, 80014, 101419, 80013, 110425])
def test_a_refusal_of_an_order_is_raised_at_once(exchange: FakeExchange, client: Client, code: int) -> None:
    with exchange.fault("com", "business-error", code=code, times=1), pytest.raises(APIError) as refused:
        client.send(bid())
    assert refused.value.code == code
    assert len(exchange.requests) == 1


@pytest.mark.parametrize("code", [109421, 80016])
def test_an_order_that_cannot_be_cancelled_may_just_have_been_filled(
    exchange: FakeExchange, client: Client, code: int
) -> None:
    with exchange.fault("com", "business-error", code=code, times=1), pytest.raises(OutcomeUnknown):
        client.send(swap_trade.cancel_order(SYMBOL, order_id=1))


# What comes back, whichever documented form it comes in


FORMS = {
    "V24",
    "V30",
    "V31",
    "V32",
    "V55",
    "V60",
    "V61",
    "V62",
    "V63",
    "V64",
    "V66",
    "V67",
    "V68",
    "V69",
    "V70",
    "V71",
    "V72",
    "V73",
    "V74",
}
ABOUT_PERPETUALS = [
    (variation.id, answer.name)
    for variation in VARIATIONS.values()
    if variation.id in FORMS
    for answer in variation.answers
]
CHOICES: dict[str, dict[str, str]] = {name: dict(profile.answers) for name, profile in PROFILES.items()}
CHOICES |= {f"{variation}={answer}": {variation: answer} for variation, answer in ABOUT_PERPETUALS}


@pytest.fixture(params=CHOICES)
def varied(exchange: FakeExchange, request: pytest.FixtureRequest) -> Iterator[None]:
    exchange.change_profile(vary=CHOICES[request.param])
    yield
    exchange.change_profile()


@pytest.mark.usefixtures("varied")
def test_orders_fills_and_positions_are_read_alike_in_every_documented_form(
    exchange: FakeExchange, client: Client
) -> None:
    assert client.send(swap_trade.is_hedging()) is False
    placed = client.send(bid(client_order_id="rests"))
    bought = client.send(now(client_order_id="now"))
    stop = client.send(bid(side="SELL", type="STOP_MARKET", price=None, stop_price="55000"))
    assert (placed.price, placed.quantity, placed.stop_price) == (Decimal(50000), Decimal("0.001"), None)
    assert placed.is_open
    assert stop.stop_price == Decimal(55000)
    told = client.send(swap_trade.query_order(SYMBOL, client_order_id="now"))
    assert (told.order_id, told.status, told.filled) == (bought.order_id, "FILLED", Decimal("0.001"))
    assert told.leverage == 5
    assert told.fee is not None
    assert told.fee < 0
    waiting = {order.order_id: order for order in client.send(swap_trade.open_orders(SYMBOL))}
    assert waiting.keys() == {placed.order_id, stop.order_id}
    assert all(order.is_open for order in waiting.values())

    at_ms = exchange.clock.now_ms()
    span: dict[str, Any] = {"start_ms": at_ms - 60_000, "end_ms": at_ms + 60_000}
    for call in (swap_trade.fills(SYMBOL, **span), swap_trade.fill_history(SYMBOL, **span)):
        (fill,) = client.send(call)
        assert (fill.order_id, fill.price, fill.quantity) == (
            bought.order_id,
            told.average_price,
            Decimal("0.001"),
        )
        assert fill.fee < 0
        assert abs(fill.time_ms - at_ms) < 60_000
    (position,) = client.send(swap_account.positions())
    assert (position.symbol, position.side, position.quantity) == (SYMBOL, "LONG", Decimal("0.001"))
    assert (position.leverage, position.is_isolated, position.is_one_way) == (5, False, True)
    assert position.average_price == told.average_price
    usdt = next(it for it in client.send(swap_account.balances()) if it.asset == "USDT")
    assert usdt.equity == usdt.balance + usdt.unrealized_profit
    (paid,) = client.send(swap_account.income(kind="TRADING_FEE"))
    assert (paid.symbol, paid.amount, paid.asset) == (SYMBOL, Decimal("-0.03000005"), "USDT")
    rates = client.send(swap_account.commission_rates())
    assert (rates.maker, rates.taker) == (Decimal("0.0002"), Decimal("0.0005"))

    cancelled = client.send(swap_trade.cancel_order(SYMBOL, order_id=placed.order_id))
    assert (cancelled.order_id, cancelled.status) == (placed.order_id, "CANCELED")
    (rest,) = client.send(swap_trade.cancel_open_orders(SYMBOL))
    assert (rest.order_id, rest.status) == (stop.order_id, "CANCELED")


@pytest.mark.usefixtures("varied")
def test_settings_batches_and_closing_are_read_alike_in_every_documented_form(
    exchange: FakeExchange, client: Client
) -> None:
    assert client.send(swap_trade.set_leverage(SYMBOL, 10)).leverage == 10
    leverages = client.send(swap_trade.leverage(SYMBOL))
    assert (leverages.long, leverages.short) == (10, 10)
    client.send(swap_trade.set_margin_type(SYMBOL, "ISOLATED"))
    assert client.send(swap_trade.margin_type(SYMBOL)) == "ISOLATED"
    tier = client.send(swap_trade.tiers(SYMBOL))[0]
    assert (tier.from_value, tier.to_value, tier.ratio) == (Decimal(0), Decimal(900_000), Decimal("0.0033"))

    first, second = client.send(swap_trade.place_orders([bid(), bid()]))
    better = swap_trade.replace_order(bid(price="49000"), cancel_order_id=first.order_id, place_anyway=True)
    replaced, again = client.send(better), client.send(better)
    assert (replaced.cancelled_id, replaced.cancel_error) == (first.order_id, None)
    assert (again.cancelled_id, again.place_error) == (None, None)
    assert again.cancel_error
    amended = client.send(swap_trade.amend_order(SYMBOL, "0.002", order_id=second.order_id))
    assert (amended.order_id, amended.quantity) == (second.order_id, Decimal("0.002"))
    assert amended.client_order_id == second.client_order_id
    both = client.send(swap_trade.replace_orders([better, better]))
    assert [it.cancelled_id for it in both] == [None, None]
    assert all(it.placed_id and it.cancel_error for it in both)
    client.send(swap_trade.cancel_orders(SYMBOL, order_ids=[str(it.placed_id) for it in both]))
    ids = [second.order_id, "1"]
    several = client.send(swap_trade.cancel_orders(SYMBOL, order_ids=ids))
    assert [order.order_id for order in several] == [second.order_id]
    assert [failure.order_id for failure in several.failures] == ["1"]
    left = client.send(swap_trade.open_orders())
    assert {order.order_id for order in left} == {replaced.placed_id, again.placed_id}
    countdown = client.send(swap_trade.cancel_all_after(10))
    assert countdown.at_ms // 1000 == exchange.clock.now_ms() // 1000 + 10
    assert client.send(swap_trade.cancel_all_after(0)).at_ms == 0
    client.send(swap_trade.cancel_open_orders())

    client.send(now())
    changed = client.send(swap_trade.add_margin(SYMBOL, "2"))
    assert (changed.amount, changed.is_added) == (Decimal(2), True)
    added = [it for it in client.send(swap_trade.margin_history(SYMBOL)) if it.change == 2]
    assert [it.reason for it in added] == ["ManualMarginAddition"]
    (position,) = client.send(swap_account.positions(SYMBOL))
    assert position.is_isolated
    closing = client.send(swap_trade.close_position(position.position_id))
    assert (closing.position_id, closing.quantity) == (position.position_id, Decimal("0.001"))
    (past,) = client.send(swap_trade.position_history(SYMBOL))
    assert (past.position_id, past.leverage, past.fee < 0) == (position.position_id, 10, True)
    assert (past.contracts, past.closed_contracts) == (Decimal(10), Decimal(10)), "of 0.0001 BTC each"
    assert client.send(swap_trade.asset_mode()).is_multi is False
    assert client.send(swap_trade.set_multi_assets(False)).is_multi is False
    rules = client.send(swap_trade.multi_assets_rules())
    assert (rules[0].asset, rules[0].collateral, rules[0].most) == ("USDT", Decimal("0.9999"), None)
    before = client.send(swap_trade.margin_assets())[0]
    got = client.send(swap_trade.get_vst(500))
    after = client.send(swap_trade.margin_assets())[0]
    assert after.total - before.total == 500
    assert got.amount in (None, 500)
    assert got.balance in (None, after.total)

    slices: dict[str, Any] = {"total": "0.002", "each": "0.001", "interval_s": 8, "variance": 10}
    twap = client.send(swap_trade.place_twap(SYMBOL, "BUY", **slices, trigger_price=90_000))
    (listed,) = client.send(swap_trade.open_twaps(SYMBOL))
    assert (listed.id, listed.is_open, listed.total, listed.each) == (
        *(twap.id, True),
        *(Decimal("0.002"), Decimal("0.001")),
    )
    assert client.send(swap_trade.cancel_twap(twap.id)).id == twap.id
    told = client.send(swap_trade.query_twap(twap.id))
    at_ms = exchange.clock.now_ms()
    (old,) = client.send(swap_trade.twap_history(start_ms=at_ms - 60_000, end_ms=at_ms + 60_000))
    assert (told.id, told.status, told.filled) == (old.id, old.status, old.filled)
    assert (old.status, old.filled) == ("Cancelled", Decimal(0))

    client.send(now())
    turned = client.send(swap_trade.reverse_position(SYMBOL))
    (position,) = client.send(swap_account.positions(SYMBOL))
    assert position.side == "SHORT"
    assert turned.order_id or turned.new_position_id == position.position_id
    later = client.send(swap_trade.reverse_position_at(SYMBOL, "70000"))
    assert later.order_id or (later.position_id, later.new_position_id) == (position.position_id, None)
    assert len(client.send(swap_trade.close_all_positions()).ids) == 1
    assert client.send(swap_account.positions()) == []
    assert client.send(swap_trade.forced_orders()).rows == ()
    statuses = {order.status for order in client.send(swap_trade.all_orders(SYMBOL))}
    assert statuses == {"FILLED", "CANCELED"}
    assert len(client.send(swap_trade.order_history(SYMBOL))) >= 4
