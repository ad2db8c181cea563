"""How much margin a position needs to be kept: tiers by its value, and the value at which that is reached.

Maintenance margin = value x ratio of its tier - maintAmount, where maintAmount makes the tiers meet (A, all
of the recorded ones). Liquidation counts the taker's fee besides; that split is ours (A157).
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.venue.instruments import Instrument

_ROUNDED = Context(prec=40, rounding=ROUND_HALF_EVEN)
_add, _subtract, _multiply = EXACT.add, EXACT.subtract, EXACT.multiply


class Tier(NamedTuple):
    """Positions worth more than ``above`` and at most ``up_to``, in the quote coin."""

    number: int
    above: Decimal
    up_to: Decimal
    ratio: Decimal
    amount: Decimal


def _tiers(*rows: tuple[int, str]) -> tuple[Tier, ...]:
    """Tiers of the value that each goes up to, and its ratio."""
    made: list[Tier] = []
    above = last_ratio = amount = ZERO
    for number, (up_to, text) in enumerate(rows, 1):
        ratio = Decimal(text)
        amount = _add(amount, _multiply(above, _subtract(ratio, last_ratio)))
        made.append(Tier(number, above, Decimal(up_to), ratio, amount))
        above, last_ratio = Decimal(up_to), ratio
    return tuple(made)


TIERS = _tiers(
    (900_000, "0.0033"),
    (1_200_000, "0.0056"),
    (1_500_000, "0.0063"),
    (1_800_000, "0.0067"),
    (2_400_000, "0.0071"),
    (3_200_000, "0.0077"),
    (4_000_000, "0.0091"),
    (5_000_000, "0.01"),
    (8_000_000, "0.012"),
    (12_000_000, "0.013"),
    (16_000_000, "0.014"),
    (22_000_000, "0.015"),
    (28_000_000, "0.02"),
    (32_000_000, "0.025"),
    (34_000_000, "0.03"),
    (36_000_000, "0.033"),
    (38_000_000, "0.035"),
    (40_000_000, "0.038"),
    (42_000_000, "0.039"),
    (44_000_000, "0.042"),
    (46_000_000, "0.045"),
    (150_000_000, "0.05"),
    (400_000_000, "0.125"),
    (800_000_000, "0.25"),
    (1_200_000_000, "0.5"),
)
"""Those recorded of ETH-USDT (O, 2026-01), for every market (ours, A156)."""

MOST_LEVERAGE = 125
"""Of every market whose money is in the quote coin (D's example)."""


class Terms(NamedTuple):
    """On what terms positions of a market are kept.

    :param tiers: by what a position is worth, in the coin that its money is in.
    :param most_leverage: the highest that can be chosen.
    :param most_steps: how many a position may have at any leverage; None where the tiers say that.
    """

    tiers: tuple[Tier, ...] = TIERS
    most_leverage: int = MOST_LEVERAGE
    most_steps: int | None = None


def _flat(ratio: str, most_leverage: int, most_steps: int) -> Terms:
    tier = Tier(1, ZERO, Decimal("Infinity"), Decimal(ratio), ZERO)
    return Terms((tier,), most_leverage, most_steps)


_LINEAR = Terms()
_OF_COINS = {
    "BTC": _flat("0.004", 150, 15_000_000),
    "ETH": _flat("0.004", 50, 4_000_000),
}
_OF_OTHERS = _flat("0.0065", 50, 4_000_000)
"""The rates are those of the samples less the taker's, one at any size; SOL's for the rest (A, A236)."""
HIGHEST_LEVERAGE = max(it.most_leverage for it in (_LINEAR, _OF_OTHERS, *_OF_COINS.values()))
"""Of any market."""


def terms_of(instrument: Instrument) -> Terms:
    """The terms of a market."""
    return _OF_COINS.get(instrument.base, _OF_OTHERS) if instrument.is_inverse else _LINEAR


def tier_of(value: Decimal, tiers: tuple[Tier, ...] = TIERS) -> Tier:
    """The tier of a position of a value; the last one where it is worth more."""
    for tier in tiers:
        if value <= tier.up_to:
            return tier
    return tiers[-1]


def maintenance(value: Decimal, tiers: tuple[Tier, ...] = TIERS) -> Decimal:
    """The margin below which a position of a value is not kept, without what closing it costs."""
    tier = tier_of(value, tiers)
    return _subtract(_multiply(value, tier.ratio), tier.amount)


def most_value(leverage: int, instrument: Instrument) -> Decimal:
    """The most that a position may be worth in the quote coin.

    That is what the last tier goes up to whose ratio is half its margin (ours, A156), or so many contracts.
    """
    terms = terms_of(instrument)
    if terms.most_steps is not None:
        return instrument.nominal(0, terms.most_steps)
    return _most_of_tiers(leverage)


@lru_cache(HIGHEST_LEVERAGE)
def _most_of_tiers(leverage: int) -> Decimal:
    return max((tier.up_to for tier in TIERS if tier.ratio * 2 * leverage <= 1), default=TIERS[0].up_to)


def liquidation_value(
    *, gains: bool, cost: Decimal, equity: Decimal, taker: Decimal, tiers: tuple[Tier, ...] = TIERS
) -> Decimal:
    """What a position is worth when what is there for it is what it needs; not above zero where it never is.

    :param gains: whether it gains when what it is worth rises.
    :param cost: of the position.
    :param equity: what there is for it besides its own profit or loss, less what others need.
    :param taker: the rate of the fee to close it.
    """
    for tier in tiers:
        keeps = _add(tier.ratio, taker)
        if gains:
            over = _subtract(_subtract(cost, equity), tier.amount)
            value = _ROUNDED.divide(over, _subtract(Decimal(1), keeps))
        else:
            over = _add(_add(cost, equity), tier.amount)
            value = _ROUNDED.divide(over, _add(Decimal(1), keeps))
        if value <= tier.up_to or tier is tiers[-1]:
            return value
    raise AssertionError("the last tier has no end")
