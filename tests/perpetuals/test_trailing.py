"""Stops that trail: below the highest price since they were activated, or above the lowest."""

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from perpetuals.perps import ALICE, BUY, LONG, SELL, SHORT, Perps
from support.sender import Sender

from bingx_fake.market.house import Ladder
from bingx_fake.perpetuals.orders import PerpOrder, PerpStatus, PerpType, WorkingType
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.venue.order_book import Side

TRADE = "/openApi/swap/v2/trade"


def trailing(perps: Perps, side: Side = SELL, quantity: str = "10", **more: Any) -> PerpOrder:
    asked: dict[str, Any] = {
        name: it if isinstance(it, WorkingType | bool) else Decimal(it) for name, it in more.items()
    }
    return perps.place(ALICE, side, PerpType.TRAILING_STOP_MARKET, quantity, **asked)


def long() -> Perps:
    perps = Perps(Ladder())
    perps.market(ALICE, BUY, "10")
    return perps


def test_a_trailing_stop_rises_with_the_price_and_never_falls() -> None:
    perps = long()
    order = trailing(perps, price="5")
    seen = []
    for price in ("104", "101", "106", "101.01", "101"):
        perps.move(price)
        seen.append((order.stop / 100, order.status.value))
    assert seen == [(99, "NEW"), (99, "NEW"), (101, "NEW"), (101, "NEW"), (101, "FILLED")]
    assert not perps.has_position(ALICE)


def test_one_that_buys_falls_with_the_price() -> None:
    perps = Perps(Ladder())
    perps.market(ALICE, SELL, "10")
    order = trailing(perps, BUY, price="5")
    for price in ("90", "94.99"):
        perps.move(price)
    assert (order.stop, order.status) == (9_500, PerpStatus.NEW)
    perps.move("95")
    assert order.status is PerpStatus.FILLED


def test_it_trails_from_its_activation_price_on() -> None:
    perps = long()
    order = trailing(perps, price="5", activation="110")
    for price in ("90", "109.99"):
        perps.move(price)
    assert (order.stop, order.status) == (0, PerpStatus.NEW)
    perps.move("112")
    assert order.stop == 10_700, "from where the price was found, not from the activation price"


def test_a_price_that_jumps_over_the_stop_price_sells_on_the_new_book() -> None:
    perps = long()
    trailing(perps, price="5")
    perps.move("80")
    assert perps.desk.records.of(ALICE).fills[-1].price == 7_999


@pytest.mark.parametrize(("side", "rate", "stop"), [(SELL, "0.0123", 9_877), (BUY, "0.01234", 10_124)])
def test_a_rate_gives_the_first_tick_that_is_reached(side: Side, rate: str, stop: int) -> None:
    perps = long()
    # 10,000 ticks less 1.23 % are 9,877 exactly; with 1.234 % more they are 10,123.4.
    assert trailing(perps, side, rate=rate, reduce_only=side is SELL).stop == stop


def test_the_mark_moves_what_waits_for_it_and_trades_move_the_rest() -> None:
    perps = long()
    of_mark = trailing(perps, quantity="5", price="5")
    of_last = trailing(perps, quantity="5", price="5", working=WorkingType.CONTRACT_PRICE)
    perps.mark("120")
    assert (of_mark.stop, of_last.stop) == (11_500, 9_501), "the last trade was at 100.01"


def test_the_one_type_may_open_and_the_other_only_closes() -> None:
    perps = Perps(Ladder(), is_hedging=True)
    with pytest.raises(Declined) as refused:
        perps.place(ALICE, BUY, PerpType.TRAILING_TP_SL, "1", price=Decimal(5), position_side=LONG)
    assert refused.value.reason is Reason.NO_POSITION
    order = perps.place(
        ALICE, SELL, PerpType.TRAILING_STOP_MARKET, "1", price=Decimal(5), position_side=SHORT
    )
    perps.move("95")
    assert order.status is PerpStatus.FILLED
    assert perps.position(ALICE, is_long=False).quantity == 10


def test_one_that_only_closes_goes_with_its_position() -> None:
    perps = long()
    order = perps.place(ALICE, SELL, PerpType.TRAILING_TP_SL, "10", price=Decimal(5))
    perps.desk.close_all(ALICE, None, perps.now_ms)
    assert order.status is PerpStatus.CANCELLED
    perps.move("80")
    assert order.filled == 0


@pytest.mark.parametrize(
    ("side", "asked", "reason"),
    [
        (SELL, {"rate": "0.0009"}, Reason.RATE_TOO_SMALL),
        (SELL, {"price": "100"}, Reason.DISTANCE_TOO_LARGE),
        (SELL, {"price": "5", "activation": "99.99"}, Reason.WRONG_ACTIVATION),
        (BUY, {"price": "5", "activation": "100.01"}, Reason.WRONG_ACTIVATION),
        (BUY, {}, Reason.PRICE_NOT_POSITIVE),
    ],
)
def test_what_cannot_trail_is_declined(side: Side, asked: dict[str, str], reason: Reason) -> None:
    with pytest.raises(Declined) as refused:
        trailing(long(), side, **asked)
    assert refused.value.reason is reason


@pytest.mark.parametrize("seed", range(20))
def test_it_is_triggered_where_a_naive_one_is(seed: int) -> None:
    draw = Random(seed)
    perps = Perps(Ladder())
    sells = draw.random() < 0.5
    perps.market(ALICE, BUY if sells else SELL, "1")
    rate = Fraction(draw.randint(1, 40), 1000)
    activation = 10_000 + draw.randint(0, 200) * (1 if sells else -1)
    order = trailing(
        perps,
        SELL if sells else BUY,
        "1",
        rate=str(Decimal(rate.numerator) / rate.denominator),
        activation=str(Decimal(activation) / 100),
        reduce_only=True,
    )
    best: Fraction | None = Fraction(10_000) if activation == 10_000 else None
    sign = 1 if sells else -1
    for _ in range(60):
        price = perps.stall.market.last + draw.randint(-150, 150)
        perps.move(str(Decimal(price) / 100))
        if best is None:
            best = Fraction(price) if sign * price >= sign * activation else None
        elif sign * price <= sign * best * (1 - sign * rate):
            assert order.status is PerpStatus.FILLED
            return
        else:
            best = max(best, Fraction(price)) if sells else min(best, Fraction(price))
        assert order.status is PerpStatus.NEW
    assert best is None or order.stop


def ask(sender: Sender, **given: str) -> Any:
    asked = {"symbol": "BTC-USDT", "side": "SELL", "positionSide": "BOTH", "type": "TRAILING_STOP_MARKET"}
    return sender.post(f"{TRADE}/order", **asked | {"quantity": "0.002", "reduceOnly": "true"} | given)


def buy(sender: Sender) -> None:
    asked = {"symbol": "BTC-USDT", "side": "BUY", "positionSide": "BOTH", "type": "MARKET"}
    sender.post(f"{TRADE}/order", **asked, quantity="0.002")


def test_answers_tell_how_an_order_trails(sender: Sender) -> None:
    buy(sender)
    placed = ask(sender, priceRate="0.01", activationPrice="61000").data["order"]
    assert (placed["priceRate"], placed["activationPrice"], placed["price"]) == (0.01, 61000, 0)
    sender.exchange.market("BTC-USDT", "swap").move("62000")
    (listed,) = sender.get(f"{TRADE}/openOrders", symbol="BTC-USDT").data["orders"]
    names = ("trailingStopRate", "trailingStopDistance", "priceRate", "actPrice")
    assert {name: listed[name] for name in names} == {
        "trailingStopRate": 0.01,
        "trailingStopDistance": 0,
        "priceRate": "0.01",
        "actPrice": "61000",
    }
    assert (listed["stopPrice"], listed["status"]) == ("61380.0", "NEW")
    sender.exchange.market("BTC-USDT", "swap").move("61380")
    order = sender.get(f"{TRADE}/order", symbol="BTC-USDT", orderId=placed["orderId"]).data["order"]
    assert order["status"] == "FILLED"


def test_a_distance_is_told_as_price_and_as_distance(sender: Sender) -> None:
    buy(sender)
    placed = ask(sender, price="500.5").data["order"]
    assert (placed["priceRate"], placed["price"], placed["activationPrice"]) == (0, 500.5, 60000)
    (listed,) = sender.get(f"{TRADE}/openOrders", symbol="BTC-USDT").data["orders"]
    assert (listed["trailingStopDistance"], listed["stopPrice"]) == (500.5, "59499.5")


@pytest.mark.parametrize(
    ("form", "given", "code"),
    [
        ("either", {"price": "500"}, 0),
        ("either", {}, 109400),
        ("either", {"priceRate": "1.01"}, 109400),
        ("either", {"priceRate": "1"}, 0),
        ("rate", {"price": "500"}, 109400),
        ("rate", {"priceRate": "0.01"}, 0),
        ("bounded", {"priceRate": "0.91"}, 109400),
        ("either", {"priceRate": "0.0009"}, 110415),
        ("either", {"price": "60000"}, 110418),
        ("either", {"price": "1", "activationPrice": "59999"}, 110419),
        ("either", {"price": "1", "activationPrice": "60001", "side": "BUY", "reduceOnly": "false"}, 110420),
    ],
)
def test_how_far_an_order_trails_is_said_by_rate_or_distance(
    sender: Sender, form: str, given: dict[str, str], code: int
) -> None:
    sender.exchange.change_profile(vary={"V58": form})
    buy(sender)
    assert ask(sender, **given).code == code
