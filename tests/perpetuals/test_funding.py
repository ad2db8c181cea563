"""What longs pay and shorts receive every eight hours, worked out by hand."""

from decimal import Decimal

import pytest
from perpetuals.perps import ALICE, BOB, BUY, MARKET, Perps

from bingx_fake.market.house import Ladder
from bingx_fake.perpetuals.funding import INTERVAL_MS, next_funding_ms, rate

DAY_MS = 86_400_000


def paid(perps: Perps, uid: int) -> list[Decimal]:
    return [it.amount for it in perps.desk.records.of(uid).incomes if it.kind == "FUNDING_FEE"]


def test_longs_pay_shorts_what_they_are_worth_times_the_rate() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "10", "100")
    perps.mark("110")
    perps.stall.funding = Decimal("0.0005")
    perps.agenda.run(next_funding_ms(perps.now_ms))
    assert paid(perps, ALICE) == [Decimal("-0.55")]
    assert paid(perps, BOB) == [Decimal("0.55")]
    assert perps.balance(ALICE) == "9998.95"


def test_shorts_pay_where_the_rate_is_below_zero() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "10", "100")
    perps.stall.funding = Decimal("-0.001")
    perps.agenda.run(next_funding_ms(perps.now_ms))
    assert (paid(perps, ALICE), paid(perps, BOB)) == ([Decimal(1)], [Decimal(-1)])


def test_boundaries_are_multiples_of_eight_hours() -> None:
    midnight = 1_795_046_400_000
    assert midnight % DAY_MS == 0
    assert [next_funding_ms(midnight + hour * 3_600_000) - midnight for hour in (0, 7, 8, 20)] == [
        INTERVAL_MS,
        INTERVAL_MS,
        2 * INTERVAL_MS,
        3 * INTERVAL_MS,
    ]


def test_thirty_days_are_ninety_payments() -> None:
    perps = Perps(Ladder())
    perps.market(ALICE, BUY, "10")
    perps.stall.funding = Decimal("0.0001")
    perps.agenda.run(perps.now_ms + 30 * DAY_MS)
    assert len(paid(perps, ALICE)) == 90
    assert sum(paid(perps, ALICE)) == Decimal(-9)
    assert perps.position(ALICE).funding == Decimal(-9)
    assert perps.ledger.balance(0, "funding", "USDT").free == 9


def test_nothing_is_settled_while_nobody_holds_anything() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "1", "100")
    perps.trade(BOB, ALICE, "1", "100")
    perps.agenda.run(perps.now_ms + DAY_MS)
    assert MARKET not in perps.desk.settled
    assert perps.agenda.next_ms is None


def test_an_isolated_position_pays_out_of_its_margin_and_may_be_liquidated_by_that() -> None:
    perps = Perps()
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)
    perps.trade(ALICE, BOB, "10", "100")
    perps.stall.funding = Decimal("0.003")
    perps.agenda.run(next_funding_ms(perps.now_ms))
    assert perps.position(ALICE).margin == Decimal(197)
    perps.stall.funding = Decimal("0.2")
    perps.agenda.run(next_funding_ms(perps.now_ms) + INTERVAL_MS)
    assert not perps.has_position(ALICE)
    assert perps.wallet(ALICE).balance == Decimal("9799.5"), "the margin of 200, and no more"


@pytest.mark.parametrize(
    ("mark", "index", "expected"),
    [
        ("100", "100", "0.0001"),
        ("100.02", "100", "0.0001"),
        ("100.1", "100", "0.0005"),
        ("101", "100", "0.003"),
        ("99", "100", "-0.003"),
        ("99.9", "100", "-0.0005"),
    ],
)
def test_the_rate_follows_the_premium_and_is_drawn_to_the_usual_one(
    mark: str, index: str, expected: str
) -> None:
    perps = Perps()
    perps.mark(mark)
    perps.stall.market.index = perps.stall.market.instrument.ticks(Decimal(index))
    assert rate(perps.stall) == Decimal(expected)
