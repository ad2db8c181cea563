"""Changing what an order asks for, and turning a position into one on the other side."""

from decimal import Decimal

import pytest
from perpetuals.perps import (
    ALICE,
    BOB,
    BUY,
    LONG,
    MARKET,
    SELL,
    SHORT,
    Perps,
)

from bingx_fake.market.house import Ladder
from bingx_fake.perpetuals.changing import Turned
from bingx_fake.perpetuals.orders import PerpOrder, PerpStatus, PerpType, WorkingType
from bingx_fake.perpetuals.reasons import Declined, Reason

SYMBOL = "LTC-USDT"
DEEP = Ladder(levels=40)
"""At least 200,000 USDT on each side."""


def amend(perps: Perps, order: PerpOrder, quantity: str) -> PerpOrder:
    return perps.desk.amend(order.uid, SYMBOL, Decimal(quantity), perps.now_ms, order_id=order.id)


def reverse(perps: Perps, position_id: int = 0) -> Turned:
    return perps.desk.reverse(ALICE, SYMBOL, perps.now_ms, position_id=position_id)


def book(perps: Perps) -> list[int]:
    """What is left at each bid, in steps."""
    return [quantity for _, quantity in perps.stall.market.book.levels(BUY)]


# The quantity of an order


@pytest.mark.parametrize(("quantity", "steps"), [("3", 30), ("1.5", 15), ("2", 20)])
def test_an_order_has_the_quantity_that_it_is_given_and_so_has_the_book(quantity: str, steps: int) -> None:
    perps = Perps()
    order = perps.limit(ALICE, BUY, "2", "90")
    assert amend(perps, order, quantity).quantity == steps
    assert book(perps) == [steps]


def test_an_order_keeps_its_place_in_front_of_those_that_came_later() -> None:
    perps = Perps()
    first = perps.limit(ALICE, BUY, "2", "90")
    second = perps.limit(BOB, BUY, "2", "90")
    amend(perps, first, "4")
    perps.ledger.credit(3, "USDTMPerp", "USDT", Decimal(10_000))
    perps.limit(3, SELL, "4", "90")
    assert (first.status, second.filled) == (PerpStatus.FILLED, 0)


def test_what_is_filled_counts_and_less_than_that_is_declined() -> None:
    perps = Perps()
    order = perps.limit(ALICE, BUY, "2", "90")
    perps.limit(BOB, SELL, "1", "90")
    with pytest.raises(Declined) as declined:
        amend(perps, order, "1")
    assert declined.value.reason is Reason.FILLED_ALREADY
    assert amend(perps, order, "1.2").leaves == 2
    assert book(perps) == [2]


def test_more_than_there_is_margin_for_is_declined_and_leaves_no_trace() -> None:
    perps = Perps()
    order = perps.limit(ALICE, BUY, "2", "90")
    before = perps.wallet(ALICE)
    with pytest.raises(Declined) as declined:
        amend(perps, order, "560")
    assert declined.value.reason is Reason.TOO_LITTLE_MARGIN
    assert (order.quantity, perps.wallet(ALICE)) == (20, before)
    assert amend(perps, order, "550").quantity == 5500, "550 × 90 / 5, and 0.05 %, is 9,924.75"


def test_an_order_that_closes_gets_no_more_than_the_position_has() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "2", "100")
    order = perps.limit(ALICE, SELL, "1", "120", reduce_only=True)
    with pytest.raises(Declined) as declined:
        amend(perps, order, "2.1")
    assert declined.value.reason is Reason.WOULD_OPEN
    assert amend(perps, order, "2").quantity == 20


def test_an_order_that_waits_is_changed_as_well() -> None:
    perps = Perps()
    order = perps.place(ALICE, BUY, PerpType.TRIGGER_LIMIT, "2", price=Decimal(110), stop=Decimal(110))
    assert amend(perps, order, "3").quantity == 30
    perps.mark("110")
    assert order.status is PerpStatus.PENDING
    assert book(perps) == [30]


# A position, reversed


@pytest.fixture(params=[False, True], ids=["one-way", "hedge"])
def perps(request: pytest.FixtureRequest) -> Perps:
    """Alice is long 2 at 100, against Bob; the house stands ready around the price."""
    perps = Perps(DEEP, is_hedging=request.param)
    sides = {"position_side": LONG} if request.param else {}
    perps.market(ALICE, BUY, "2", **sides)
    return perps


def test_a_long_position_becomes_a_short_one_of_the_same_size(perps: Perps) -> None:
    before = perps.position(ALICE)
    turned = reverse(perps)
    after = perps.position(ALICE, is_long=False)
    assert perps.desk.records.positions(ALICE) == [after]
    assert (after.quantity, before.quantity, after.id != before.id) == (20, 0, True)
    assert turned.opening is not None
    assert (turned.closing.position_id, turned.opening.position_id) == (before.id, after.id)


def test_both_fees_are_paid_and_the_profit_is_realised(perps: Perps) -> None:
    perps.move("110")
    balance = perps.wallet(ALICE).balance
    before = perps.position(ALICE)
    bought_for = before.cost
    turned = reverse(perps)
    assert turned.opening is not None
    sold = [turned.closing.value, turned.opening.value]
    fees = sum(sold) * Decimal("0.0005")
    assert perps.wallet(ALICE).balance == balance + sold[0] - bought_for - fees


def test_orders_that_would_have_closed_it_are_cancelled(perps: Perps) -> None:
    sides = {"position_side": LONG} if perps.desk.records.of(ALICE).is_hedging else {"reduce_only": True}
    exit_order = perps.limit(ALICE, SELL, "1", "120", **sides)
    reverse(perps)
    assert exit_order.status is PerpStatus.CANCELLED


def test_who_has_all_he_has_in_a_position_can_reverse_it() -> None:
    perps = Perps(DEEP)
    perps.market(ALICE, BUY, "490")
    assert perps.wallet(ALICE).available < 200
    reverse(perps)
    assert perps.position(ALICE, is_long=False).quantity == 4900


def test_a_position_that_could_not_be_opened_again_is_not_closed() -> None:
    perps = Perps(DEEP)
    perps.market(ALICE, BUY, "490")
    perps.move("98")
    with pytest.raises(Declined) as declined:
        reverse(perps)
    assert declined.value.reason is Reason.TOO_LITTLE_MARGIN
    assert perps.position(ALICE).quantity == 4900


def test_of_two_positions_one_has_to_be_named() -> None:
    perps = Perps(DEEP, is_hedging=True)
    perps.market(ALICE, BUY, "2", position_side=LONG)
    perps.market(ALICE, SELL, "1", position_side=SHORT)
    with pytest.raises(Declined) as declined:
        reverse(perps)
    assert declined.value.reason is Reason.SEVERAL_POSITIONS
    reverse(perps, perps.position(ALICE).id)
    assert perps.position(ALICE, is_long=False).quantity == 30
    assert (MARKET, True) not in perps.desk.records.of(ALICE).positions


def later(perps: Perps, stop: str, working: WorkingType = WorkingType.MARK_PRICE) -> PerpOrder:
    return perps.desk.reverse_later(ALICE, SYMBOL, perps.now_ms, stop=Decimal(stop), working=working)


def test_with_a_trigger_price_it_waits_for_that_and_is_reversed_then(perps: Perps) -> None:
    order = later(perps, "105")
    assert (order.type.value, order.status) == ("TRIGGER_REVERSE_MARKET", PerpStatus.NEW)
    perps.move("104")
    assert perps.position(ALICE).quantity == 20
    perps.move("105")
    assert order.status is PerpStatus.FILLED
    assert perps.position(ALICE, is_long=False).quantity == 20
    assert perps.desk.records.of(ALICE).open == {}


def test_it_fails_and_closes_nothing_where_there_is_too_little_by_then() -> None:
    perps = Perps(DEEP)
    perps.market(ALICE, BUY, "490")
    order = later(perps, "97")
    perps.move("97")
    assert order.status is PerpStatus.FAILED
    assert perps.position(ALICE).quantity == 4900


def test_it_is_cancelled_with_the_position_that_it_is_for(perps: Perps) -> None:
    order = later(perps, "90")
    perps.desk.close_all(ALICE, None, perps.now_ms)
    assert order.status is PerpStatus.CANCELLED
