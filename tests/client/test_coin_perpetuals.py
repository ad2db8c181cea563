"""Coin-margined perpetuals as calls: what is refused before, what people are asked, and what comes back."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.clients import send_and_lose, sent
from support.sender import ALICE

from bingx_client import Client, ConfirmationRequired, ParameterError
from bingx_client.calls import coinm_trade
from bingx_client.calls.swap_trade.models import Order
from bingx_client.flow.plan import Write
from bingx_contracts import PROFILES, VARIATIONS
from bingx_fake import FakeExchange

SYMBOL = "BTC-USD"
PLACE_ORDER = "/openApi/cswap/v1/trade/order"
KIND = "coin-margined perpetual"


def bid(**changes: Any) -> Write[Order]:
    """A bid for 2 contracts at 50,000, unless it is said otherwise."""
    given: dict[str, Any] = {"quantity": 2, "price": "50000"} | changes
    return coinm_trade.place_order(SYMBOL, given.pop("side", "BUY"), given.pop("type", "LIMIT"), **given)


def now(**changes: Any) -> Write[Order]:
    """The same at the market."""
    return bid(type="MARKET", price=None, **changes)


@pytest.fixture(autouse=True)
def coins(exchange: FakeExchange) -> None:
    exchange.credit(ALICE, "coinMPerp", "BTC", "0.01")


def test_each_sending_of_an_order_has_a_client_id_and_says_which_position(
    exchange: FakeExchange, client: Client
) -> None:
    call = bid()
    for _ in range(2):
        client.send(call)
    parameters = sent(exchange, PLACE_ORDER)
    assert len({it["clientOrderId"] for it in parameters}) == 2
    assert {it["positionSide"] for it in parameters} == {"BOTH"}


def test_an_order_whose_answer_is_lost_can_be_asked_for_by_its_client_id(
    exchange: FakeExchange, client: Client
) -> None:
    lost = send_and_lose(exchange, client, bid())
    named = str(lost.sent["clientOrderId"])
    assert client.send(coinm_trade.query_order(SYMBOL, client_order_id=named)).is_open
    assert len(sent(exchange, PLACE_ORDER)) == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: bid(quantity=1.5), "float"),
        (lambda: bid(price=None), "LIMIT needs price"),
        (lambda: bid(type="STOP_MARKET", price=None), "STOP_MARKET needs stopPrice"),
        (lambda: bid(type="TRIGGER_LIMIT", stop_price=1), "type must be"),
        (lambda: coinm_trade.set_leverage(SYMBOL, 5, side="BOTH"), "LONG or SHORT"),
        (lambda: coinm_trade.set_margin_type(SYMBOL, "SEPARATE_ISOLATED"), "CROSSED or ISOLATED"),
    ],
)
def test_what_breaks_a_rule_is_no_call(make: Any, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        make()


SENTENCES = [
    (lambda: bid(), f"BUY 2 BTC-USD, LIMIT at 50000, {KIND}, quantity in contracts"),
    (
        lambda: now(side="SELL", position_side="LONG"),
        f"SELL 2 BTC-USD (LONG), MARKET, {KIND}, quantity in contracts",
    ),
    (lambda: coinm_trade.cancel_order(SYMBOL, order_id=7), f"Cancel order 7 of BTC-USD, {KIND}"),
    (
        lambda: coinm_trade.cancel_order(SYMBOL, client_order_id="mine"),
        f"Cancel order with client id mine of BTC-USD, {KIND}",
    ),
    (lambda: coinm_trade.cancel_open_orders(), f"Cancel all open orders of all markets, {KIND}"),
    (lambda: coinm_trade.cancel_open_orders(SYMBOL), f"Cancel all open orders of BTC-USD, {KIND}"),
    (lambda: coinm_trade.close_all_positions(), f"Close all positions in all markets at the market, {KIND}"),
    (
        lambda: coinm_trade.close_all_positions(SYMBOL),
        f"Close all positions in BTC-USD at the market, {KIND}",
    ),
    (
        lambda: coinm_trade.set_leverage(SYMBOL, 20, side="SHORT"),
        f"Set the leverage of BTC-USD (SHORT) to 20, {KIND}",
    ),
    (
        lambda: coinm_trade.set_margin_type(SYMBOL, "ISOLATED"),
        f"Set the margin type of BTC-USD to ISOLATED, {KIND}",
    ),
    (
        lambda: coinm_trade.add_margin(SYMBOL, "0.01", position_side="LONG"),
        f"Add 0.01 BTC to the margin of the position in BTC-USD (LONG), {KIND}",
    ),
    (
        lambda: coinm_trade.take_margin(SYMBOL, "0.01", position_side="SHORT"),
        f"Take 0.01 BTC from the margin of the position in BTC-USD (SHORT), {KIND}",
    ),
]


@pytest.mark.parametrize(("make", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_people_are_shown_one_sentence_before_anything_is_sent_live(make: Any, sentence: str) -> None:
    with (
        Client("prod-live", "key", "secret") as live,
        pytest.raises(ConfirmationRequired) as asked,
    ):
        live.send(make())
    assert str(asked.value).startswith(f"{sentence} at open-api")


FORMS = {"V32", "V70", "V84", "V85", "V86", "V87"}
CHOICES: dict[str, dict[str, str]] = {name: dict(profile.answers) for name, profile in PROFILES.items()}
CHOICES |= {
    f"{variation.id}={answer.name}": {variation.id: answer.name}
    for variation in VARIATIONS.values()
    if variation.id in FORMS
    for answer in variation.answers
}


@pytest.fixture(params=CHOICES)
def varied(exchange: FakeExchange, request: pytest.FixtureRequest) -> Iterator[None]:
    exchange.change_profile(vary=CHOICES[request.param])
    yield
    exchange.change_profile()


@pytest.mark.usefixtures("varied")
def test_everything_is_read_alike_in_every_documented_form(client: Client) -> None:
    set_to = client.send(coinm_trade.set_leverage(SYMBOL, 10, side="LONG"))
    assert (set_to.symbol, set_to.long, set_to.short) == (SYMBOL, 10, 5)
    assert client.send(coinm_trade.leverage(SYMBOL)).most_long == 150
    client.send(coinm_trade.set_margin_type(SYMBOL, "ISOLATED"))
    assert client.send(coinm_trade.margin_type(SYMBOL)) == "ISOLATED"

    placed = client.send(bid(client_order_id="rests"))
    bought = client.send(now(client_order_id="now"))
    assert (placed.price, placed.quantity, placed.position_side) == (Decimal(50000), Decimal(2), "BOTH")
    told = client.send(coinm_trade.query_order(SYMBOL, client_order_id="now"))
    assert (told.order_id, told.status, told.filled) == (bought.order_id, "FILLED", Decimal(2))
    (waiting,) = client.send(coinm_trade.open_orders(SYMBOL))
    assert (waiting.order_id, waiting.status, waiting.position_side) == (placed.order_id, "PENDING", "BOTH")
    (fill,) = client.send(coinm_trade.fills(bought.order_id))
    assert (fill.price, fill.quantity, fill.worth, fill.fee_asset) == (
        Decimal("60000.1"),
        Decimal(2),
        Decimal(200),
        "BTC",
    )
    assert fill.fee == Decimal("-0.00000167")

    (position,) = client.send(coinm_trade.positions())
    assert (position.symbol, position.side, position.contracts) == (SYMBOL, "LONG", Decimal(2))
    assert (position.leverage, position.is_isolated) == (10, True)
    assert position.initial_margin == Decimal("0.00033333")
    client.send(coinm_trade.add_margin(SYMBOL, "0.001", position_side="LONG"))
    (coin,) = client.send(coinm_trade.balances(SYMBOL))
    assert (coin.asset, coin.used_margin) == ("BTC", Decimal("0.00133333"))
    rounding = Decimal("0.00000001")  # each figure is rounded by itself
    assert abs(coin.equity - coin.balance - coin.unrealized_profit) <= rounding
    assert client.send(coinm_trade.commission_rates()).taker == Decimal("0.0005")

    cancelled = client.send(coinm_trade.cancel_order(SYMBOL, order_id=placed.order_id))
    assert (cancelled.order_id, cancelled.status) == (placed.order_id, "CANCELED")
    rests = client.send(bid())
    (rest,) = client.send(coinm_trade.cancel_open_orders())
    assert (rest.order_id, rest.status) == (rests.order_id, "CANCELED")
    client.send(coinm_trade.close_all_positions())
    assert client.send(coinm_trade.positions()) == []
    assert {order.status for order in client.send(coinm_trade.order_history())} == {"CANCELED", "FILLED"}
    forced = client.send(coinm_trade.forced_orders())
    assert len(forced) == 0
