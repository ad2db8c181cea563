"""Orders that wait, that only close, and that carry others."""

from decimal import Decimal
from typing import Any

import pytest
from perpetuals.perps import ALICE, BOB, BUY, SELL, Perps

from bingx_fake.market.house import Ladder
from bingx_fake.perpetuals.orders import Attached, NewPerpOrder, PerpOrder, PerpStatus, PerpType, WorkingType
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.venue.matching import TimeInForce

STOP, TAKE = PerpType.STOP_MARKET, PerpType.TAKE_PROFIT_MARKET


def long(quantity: str = "10") -> Perps:
    """Alice is long at 100.01, the house is short."""
    perps = Perps(Ladder())
    perps.market(ALICE, BUY, quantity)
    return perps


def stop(perps: Perps, price: str, quantity: str | None = "10", **more: Any) -> PerpOrder:
    return perps.place(ALICE, SELL, STOP, quantity, stop=Decimal(price), **more)


def test_a_stop_waits_for_the_mark_price_and_closes_at_the_market() -> None:
    perps = long()
    order = stop(perps, "95")
    seen = [order.status.value]
    for price in ("95.01", "95"):
        perps.move(price)
        seen.append(order.status.value)
    assert seen == ["NEW", "NEW", "FILLED"]
    assert not perps.has_position(ALICE)


def test_a_mark_that_moves_alone_triggers_what_waits_for_it_and_nothing_else() -> None:
    perps = long()
    of_mark = stop(perps, "95", "5")
    of_last = stop(perps, "96", "5", working=WorkingType.CONTRACT_PRICE)
    perps.mark("90")
    assert of_mark.status is PerpStatus.FILLED
    assert perps.desk.records.of(ALICE).fills[-1].price == 9_999, "the book is where it was"
    assert of_last.status is PerpStatus.NEW


def test_a_stop_that_is_jumped_over_fills_on_the_new_book() -> None:
    perps = long()
    stop(perps, "95")
    perps.move("80")
    assert perps.desk.records.of(ALICE).fills[-1].price == 7_999


@pytest.mark.parametrize(
    ("kind", "price", "reason"),
    [
        (STOP, "101", Reason.WRONG_STOP),
        (TAKE, "99", Reason.WRONG_STOP),
    ],
)
def test_a_stop_price_is_on_its_side_of_the_current_price(kind: PerpType, price: str, reason: Reason) -> None:
    with pytest.raises(Declined) as refused:
        long().place(ALICE, SELL, kind, "10", stop=Decimal(price))
    assert refused.value.reason is reason


def test_stops_together_are_no_more_than_the_position_and_so_are_take_profits() -> None:
    perps = long()
    stop(perps, "95", "6")
    perps.place(ALICE, SELL, TAKE, "10", stop=Decimal(110))
    with pytest.raises(Declined) as refused:
        stop(perps, "94", "5")
    assert refused.value.facts == {"quantity": Decimal(5), "available": Decimal(4)}


def test_an_order_that_closes_the_position_takes_whatever_that_is_by_then() -> None:
    perps = long()
    order = stop(perps, "95", None, close_position=True)
    perps.market(ALICE, BUY, "5")
    perps.move("94")
    assert (order.status, order.quantity) == (PerpStatus.FILLED, 150)


def test_waiting_orders_go_with_their_position() -> None:
    perps = long()
    orders = [stop(perps, "95"), perps.place(ALICE, SELL, TAKE, "10", stop=Decimal(110))]
    perps.desk.close_all(ALICE, None, perps.now_ms)
    assert {order.status for order in orders} == {PerpStatus.CANCELLED}


def test_an_attached_stop_covers_what_its_order_has_filled() -> None:
    perps = Perps()
    attached = Attached(type=STOP, stop=Decimal(90))
    carrier = perps.limit(ALICE, BUY, "10", "100", stop_loss=attached)
    assert [it.type for it in perps.desk.records.of(ALICE).open.values()] == [PerpType.LIMIT]
    perps.limit(BOB, SELL, "4", "100")
    (child,) = [it for it in perps.desk.records.of(ALICE).open.values() if it.type is STOP]
    assert (child.parent, child.quantity, child.closes) == (carrier.id, 40, True)
    perps.limit(BOB, SELL, "6", "100")
    assert child.quantity == 100


def test_a_trigger_order_may_open_and_needs_its_margin_only_then() -> None:
    perps = Perps(Ladder())
    order = perps.place(ALICE, BUY, PerpType.TRIGGER_MARKET, "10", stop=Decimal(105))
    assert perps.wallet(ALICE).available == 10_000
    perps.move("106")
    assert order.status is PerpStatus.FILLED
    assert perps.position(ALICE).quantity == 100
    poor = perps.place(BOB, BUY, PerpType.TRIGGER_MARKET, "600", stop=Decimal(110))
    perps.move("111")
    assert poor.status is PerpStatus.FAILED
    assert not perps.has_position(BOB)


def test_a_reduce_only_order_never_opens() -> None:
    perps = long()
    with pytest.raises(Declined) as refused:
        perps.limit(BOB, SELL, "1", "110", reduce_only=True)
    assert refused.value.reason is Reason.NO_POSITION
    with pytest.raises(Declined) as refused:
        perps.limit(ALICE, SELL, "10.1", "110", reduce_only=True)
    assert refused.value.reason is Reason.WOULD_OPEN
    older = perps.limit(ALICE, SELL, "4", "110", reduce_only=True)
    newer = perps.limit(ALICE, SELL, "4", "110", reduce_only=True)
    perps.limit(ALICE, SELL, "5", "105")
    assert (older.status, newer.status) == (PerpStatus.PENDING, PerpStatus.CANCELLED)
    perps.move("120")
    assert perps.position(ALICE).quantity == 10, "10 - 5 - 4"


def test_an_order_that_is_only_to_rest_is_declined_where_it_would_take() -> None:
    perps = Perps(Ladder())
    with pytest.raises(Declined) as refused:
        perps.limit(ALICE, BUY, "1", "100.01", time_in_force=TimeInForce.POST_ONLY)
    assert refused.value.facts == {"price": Decimal("100.01"), "best": Decimal("100.01")}
    assert perps.limit(ALICE, BUY, "1", "100", time_in_force=TimeInForce.POST_ONLY).is_open


def test_a_client_id_is_one_orders_for_good() -> None:
    perps = Perps()
    order = perps.limit(ALICE, BUY, "1", "90", client_id="mine")
    perps.desk.cancel(ALICE, "LTC-USDT", perps.now_ms, client_id="mine")
    with pytest.raises(Declined) as refused:
        perps.limit(ALICE, BUY, "1", "90", client_id="mine")
    assert refused.value.facts == {"client_id": "mine", "order_id": order.id}
    perps.limit(BOB, BUY, "1", "90", client_id="mine")


def test_a_countdown_cancels_everything() -> None:
    perps = Perps()
    order = perps.limit(ALICE, BUY, "1", "90")
    perps.desk.cancel_all_after(ALICE, 10_000, perps.now_ms)
    perps.agenda.run(perps.now_ms + 9_999)
    assert order.is_open
    perps.agenda.run(perps.now_ms + 10_000)
    assert order.status is PerpStatus.CANCELLED


def test_an_order_that_is_placed_later_is_known_then_and_needs_its_margin_then() -> None:
    perps = Perps()
    late = perps.desk.due(perps.now_ms + 5)
    new = [late.place(ALICE, _limit(quantity), perps.now_ms) for quantity in ("490", "400")]
    assert perps.desk.records.of(ALICE).orders == {}
    perps.agenda.run(perps.now_ms + 5)
    assert [order.status for order in new] == [PerpStatus.PENDING, PerpStatus.FAILED]


def _limit(quantity: str) -> NewPerpOrder:
    return NewPerpOrder(
        symbol="LTC-USDT", side=BUY, type=PerpType.LIMIT, quantity=Decimal(quantity), price=Decimal(100)
    )
