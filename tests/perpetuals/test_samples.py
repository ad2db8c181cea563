"""The arithmetic on what was recorded (source A): what samples show, to the last printed digit."""

from decimal import Decimal

from perpetuals.perps import NOW_MS, instrument

from bingx_fake.groups.swap_trade.facts import fixed
from bingx_fake.perpetuals.margins import PerpRates
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.tiers import TIERS, liquidation_value, maintenance, most_value

RECORDED = [
    *((900_000, "0"), (1_200_000, "2070"), (1_500_000, "2910"), (1_800_000, "3510"), (2_400_000, "4230")),
    *((3_200_000, "5670"), (4_000_000, "10150"), (5_000_000, "13750"), (8_000_000, "23750")),
    *((12_000_000, "31750"), (16_000_000, "43750"), (22_000_000, "59750"), (28_000_000, "169750")),
    *((32_000_000, "309750"), (34_000_000, "469750"), (36_000_000, "571750"), (38_000_000, "643750")),
    *((40_000_000, "757750"), (42_000_000, "797750"), (44_000_000, "923750"), (46_000_000, "1055750")),
    *((150_000_000, "1285750"), (400_000_000, "12535750"), (800_000_000, "62535750")),
    (1_200_000_000, "262535750"),
]
"""Where each tier of ETH-USDT ends, and its maintAmount (O, 2026-01)."""


def test_the_amounts_of_all_recorded_tiers_follow_from_their_ratios() -> None:
    assert [(tier.up_to, tier.amount) for tier in TIERS] == [
        (Decimal(end), Decimal(it)) for end, it in RECORDED
    ]


def test_tiers_meet_where_one_ends() -> None:
    for tier in TIERS[1:]:
        below = TIERS[tier.number - 2]
        assert maintenance(tier.above) == tier.above * below.ratio - below.amount
        assert maintenance(tier.above) == tier.above * tier.ratio - tier.amount


def test_what_keeps_a_position_changes_by_less_than_what_it_is_worth() -> None:
    """So who gains by another mark cannot be liquidated by it, and is not looked at (``mark_moves``)."""
    for value in [tier.up_to + Decimal(shift) for tier in TIERS for shift in (-1, 0, 1)]:
        more = maintenance(value + 1) - maintenance(value)
        assert more + PerpRates().taker < 1, value


def test_a_position_looks_as_it_was_recorded() -> None:
    """LTC long of 0.1 at 83.53, leverage 6, with a loss of 1.0393 at 73.14 (O, ccxt)."""
    position = Position(
        id=1,
        uid=1,
        market=("swap", "LTC-USDT"),
        instrument=instrument(),
        is_long=True,
        is_isolated=False,
        leverage=6,
        opened_ms=NOW_MS,
        updated_ms=NOW_MS,
    )
    position.open(1, Decimal("8.353"))
    assert fixed(position.initial_margin, 4) == "1.3922"
    loss = Decimal("-1.0393")
    assert fixed(loss / position.initial_margin, 4) == "-0.7465"
    assert fixed(position.unrealised(7314), 3) == "-1.039"
    assert fixed(position.value(7314), 3) == "7.314"


def test_the_liquidation_price_of_the_isolated_sample_follows_from_its_rate() -> None:
    """BNB short of 0.20 at 246.43, margin 9.7914, liquidated at 294.16914617776246 (D): a rate of 0.414 %."""
    quantity, cost, margin = Decimal("0.2"), Decimal("49.286"), Decimal("9.7914")
    printed = Decimal("294.16914617776246")
    rate = (margin + cost - printed * quantity) / (printed * quantity)
    assert fixed(rate, 5) == "0.00414"
    # The first tier's ratio of ours is 0.0033: the rest of the sample's rate stands for the taker's here.
    value = liquidation_value(gains=False, cost=cost, equity=margin, taker=rate - Decimal("0.0033"))
    assert fixed(value / quantity, 11) == fixed(printed, 11)


def test_at_the_value_of_liquidation_there_is_exactly_what_is_needed() -> None:
    for is_long, cost in ((True, Decimal(1_000_000)), (False, Decimal(1_000_000)), (True, Decimal(900))):
        taker, equity = Decimal("0.0005"), cost / 20
        value = liquidation_value(gains=is_long, cost=cost, equity=equity, taker=taker)
        left = equity + (value - cost if is_long else cost - value)
        assert fixed(left, 8) == fixed(maintenance(value) + value * taker, 8)


def test_no_price_liquidates_a_long_that_is_paid_for() -> None:
    paid = liquidation_value(gains=True, cost=Decimal(100), equity=Decimal(100), taker=Decimal("0.0005"))
    assert paid <= 0


def test_a_position_may_be_worth_less_with_more_leverage() -> None:
    worth = [most_value(leverage, instrument()) for leverage in (1, 5, 50, 125)]
    assert worth == sorted(worth, reverse=True)
    assert most_value(125, instrument()) == 900_000, "half of 1/125 is 0.004, between 0.0033 and 0.0056"
