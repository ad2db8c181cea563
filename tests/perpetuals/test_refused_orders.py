"""Orders that are refused for what their user has already, for their market, or for the moment."""

from decimal import Decimal
from typing import Any

import pytest
from perpetuals.perps import ALICE, BOB, BUY, LONG, MARKET, NOW_MS, SELL, SHORT, Perps

from bingx_fake.market.house import Ladder
from bingx_fake.perpetuals.checking import MOST_WAITING, SETTLING_MS
from bingx_fake.perpetuals.funding import next_funding_ms
from bingx_fake.perpetuals.orders import Attached, PerpType
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.venue.order_book import Side

STOP, TAKE = PerpType.STOP_MARKET, PerpType.TAKE_PROFIT_MARKET


def refused(
    perps: Perps, uid: int, side: Side, kind: PerpType, quantity: str | None, **more: Any
) -> Declined:
    with pytest.raises(Declined) as found:
        perps.place(uid, side, kind, quantity, **more)
    return found.value


def long(*, is_hedging: bool = False) -> Perps:
    """Alice is long with isolated margin and leverage 5, at 100.01: she would be liquidated near 80."""
    perps = Perps(Ladder(), is_hedging=is_hedging)
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)
    perps.market(ALICE, BUY, "10", **({"position_side": LONG} if is_hedging else {}))
    return perps


def test_what_adds_to_a_long_is_priced_above_its_liquidation() -> None:
    perps = long()
    liquidation = perps.desk.margins.liquidation_price(perps.position(ALICE), perps.wallet(ALICE))
    below, above = (
        liquidation.quantize(Decimal("0.01"), rounding) for rounding in ("ROUND_DOWN", "ROUND_UP")
    )
    declined = refused(perps, ALICE, BUY, PerpType.LIMIT, "1", price=below)
    assert declined.reason is Reason.BEYOND_LIQUIDATION
    assert declined.facts == {"side": "long", "price": below, "liquidation": liquidation}
    assert perps.limit(ALICE, BUY, "1", str(above)).is_open


def test_what_adds_to_a_short_is_priced_below_its_liquidation() -> None:
    perps = Perps(Ladder())
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)
    perps.market(ALICE, SELL, "10")
    assert refused(perps, ALICE, SELL, PerpType.LIMIT, "1", price=Decimal(125)).facts["side"] == "short"
    assert perps.limit(ALICE, SELL, "1", "115").is_open


def test_the_other_side_and_other_users_may_be_priced_anywhere() -> None:
    perps = long(is_hedging=True)
    assert perps.limit(ALICE, SELL, "1", "130", position_side=SHORT).is_open
    assert perps.limit(BOB, BUY, "1", "70", position_side=LONG).is_open


@pytest.mark.parametrize(("kind", "first", "second"), [(STOP, "95", "90"), (TAKE, "110", "120")])
def test_one_stop_and_one_take_profit_close_a_whole_position(kind: PerpType, first: str, second: str) -> None:
    perps = long()
    whole: dict[str, Any] = {"close_position": True}
    order = perps.place(ALICE, SELL, kind, None, stop=Decimal(first), **whole)
    declined = refused(perps, ALICE, SELL, kind, None, stop=Decimal(second), **whole)
    assert declined.reason is Reason.STOP_EXISTS
    perps.desk.cancel(ALICE, "LTC-USDT", NOW_MS, order_id=order.id)
    assert perps.place(ALICE, SELL, kind, None, stop=Decimal(second), **whole).is_open


def test_stops_of_parts_go_beside_one_of_the_whole() -> None:
    perps = long()
    perps.place(ALICE, SELL, STOP, None, stop=Decimal(95), close_position=True)
    assert perps.place(ALICE, SELL, STOP, "4", stop=Decimal(90)).is_open
    assert perps.place(ALICE, SELL, TAKE, None, stop=Decimal(110), close_position=True).is_open


def test_so_many_orders_wait_for_a_price_and_no_more() -> None:
    perps = Perps()
    waits: dict[str, Any] = {"stop": Decimal(110)}
    orders = [perps.place(ALICE, BUY, PerpType.TRIGGER_MARKET, "1", **waits) for _ in range(MOST_WAITING)]
    declined = refused(perps, ALICE, BUY, PerpType.TRIGGER_MARKET, "1", **waits)
    assert declined.reason is Reason.TOO_MANY_WAITING
    assert perps.limit(ALICE, BUY, "1", "90").is_open, "one that rests is none of them"
    perps.desk.cancel(ALICE, "LTC-USDT", NOW_MS, order_id=orders[0].id)
    assert perps.place(ALICE, BUY, PerpType.TRIGGER_MARKET, "1", **waits).is_open


@pytest.mark.parametrize(
    ("side", "carried"),
    [
        (BUY, {"stop_loss": Attached(type=STOP, stop=Decimal(95))}),
        (BUY, {"take_profit": Attached(type=TAKE, stop=Decimal(95))}),
        (SELL, {"stop_loss": Attached(type=STOP, stop=Decimal(105))}),
        (SELL, {"take_profit": Attached(type=TAKE, stop=Decimal(105))}),
    ],
)
def test_what_an_order_carries_is_on_its_side_of_the_limit(side: Side, carried: dict[str, Attached]) -> None:
    price = Decimal(95) if side is BUY else Decimal(105)
    declined = refused(Perps(), ALICE, side, PerpType.LIMIT, "1", price=price, **carried)
    assert declined.reason is Reason.WRONG_STOP
    beyond = Decimal(1) if (side is BUY) is ("take_profit" in carried) else Decimal(-1)
    assert Perps().limit(ALICE, side, "1", str(price - beyond), **carried).is_open


def test_what_an_order_at_the_market_carries_is_on_its_side_of_the_current_price() -> None:
    perps = Perps(Ladder())
    at_mark = Attached(type=STOP, stop=Decimal(100))
    assert refused(perps, ALICE, BUY, PerpType.MARKET, "1", stop_loss=at_mark).reason is Reason.WRONG_STOP
    assert not perps.has_position(ALICE)


def test_for_a_second_after_funding_no_orders_are_taken() -> None:
    perps = long()
    boundary = next_funding_ms(NOW_MS)
    perps.agenda.run(boundary)
    for after_ms, is_refused in ((0, True), (SETTLING_MS - 1, True), (SETTLING_MS, False)):
        perps.now_ms = boundary + after_ms
        if is_refused:
            assert refused(perps, BOB, BUY, PerpType.LIMIT, "1", price=Decimal(90)).reason is (
                Reason.SETTLING_FUNDING
            )
        else:
            assert perps.limit(BOB, BUY, "1", "90").is_open


def test_a_boundary_at_which_nobody_holds_anything_refuses_nothing() -> None:
    perps = Perps()
    perps.agenda.run(next_funding_ms(NOW_MS))
    perps.now_ms = next_funding_ms(NOW_MS)
    assert perps.limit(BOB, BUY, "1", "90").is_open


def test_funding_that_somebody_settles_refuses_nothing() -> None:
    perps = long()
    perps.desk.settle_funding(MARKET, NOW_MS)
    assert perps.limit(BOB, BUY, "1", "90").is_open


def test_a_market_takes_no_orders_before_it_begins() -> None:
    perps = Perps()
    perps.now_ms = NOW_MS - 1
    declined = refused(perps, ALICE, BUY, PerpType.LIMIT, "1", price=Decimal(90))
    assert declined.facts == {"symbol": "LTC-USDT", "status": "unlaunched"}


def test_an_order_is_to_be_cancelled_once_in_a_second() -> None:
    perps = Perps()
    order = perps.limit(ALICE, BUY, "1", "90")
    reasons = []
    for after_ms in (0, 999, 1_998, 2_998):
        try:
            perps.desk.cancel(ALICE, "LTC-USDT", NOW_MS + after_ms, order_id=order.id, once=True)
        except Declined as declined:
            reasons.append(declined.reason)
    assert reasons == [Reason.ASKED_TWICE, Reason.ASKED_TWICE, Reason.FINISHED], "each time counts anew"
