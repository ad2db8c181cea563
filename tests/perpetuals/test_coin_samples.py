"""The arithmetic on what was recorded of coin-margined perpetuals (source A), to the last printed digit."""

from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

import pytest
from perpetuals.perps import NOW_MS, instrument

from bingx_fake.groups.swap_trade.facts import fixed
from bingx_fake.perpetuals.positions import Net, Position
from bingx_fake.perpetuals.tiers import liquidation_value, maintenance, terms_of


class Sample(NamedTuple):
    """A long position in cross margin, as an answer printed it."""

    symbol: str
    contracts: int
    entry: str
    leverage: int
    mark: str
    taker: str
    initial_margin: str
    unrealised: str
    liquidation: str
    risk_rate: str


SAMPLES = [
    # D: BTC and ETH of one account, whose taker's rate D shows as 0.0004; O: SOL, whose rate is 0.0005.
    Sample(
        *("BTC-USD", 3, "67662", 4, "66098.90", "0.0004"),
        *("0.00110845", "-0.00010485", "2024.7812708419876", "0.00013841"),
    ),
    Sample(
        *("ETH-USD", 376, "3761.12", 5, "3480.77", "0.0004"),
        *("0.19994044", "-0.08051938", "630.4805786791729", "0.00096807"),
    ),
    Sample(
        *("SOL-USD", 1, "158.63", 10, "158.402", "0.0005"),
        *("0.00630398", "-0.00009074", "23.968303426677032", "0.00123783"),
    ),
]
samples = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.symbol)
BALANCE = "0.14438227"
"""Of BTC, in D's sample of the same account."""


def position_of(sample: Sample) -> Position:
    traded = instrument(sample.symbol, tick="0.001")
    position = Position(
        id=1,
        uid=1,
        market=("coinm", sample.symbol),
        instrument=traded,
        is_long=True,
        is_isolated=False,
        leverage=sample.leverage,
        opened_ms=NOW_MS,
        updated_ms=NOW_MS,
    )
    position.open(sample.contracts, traded.worth(traded.ticks(Decimal(sample.entry)), sample.contracts))
    return position


def balance_of(sample: Sample) -> Decimal:
    """The wallet with which the printed price is where equity is what is needed."""
    position, terms = position_of(sample), terms_of(instrument(sample.symbol))
    face = 100 if sample.symbol == "BTC-USD" else 10
    value = Decimal(sample.contracts * face) / Decimal(sample.liquidation)
    return value * (1 + terms.tiers[0].ratio + Decimal(sample.taker)) - position.cost


@samples
def test_a_position_looks_as_it_was_recorded(sample: Sample) -> None:
    position = position_of(sample)
    mark = position.instrument.ticks(Decimal(sample.mark))
    assert fixed(position.initial_margin, 8) == sample.initial_margin
    # The mark is printed rounded: ETH's to the cent, with a position of 3,760 USD.
    half = 5 if sample.symbol == "ETH-USD" else 0
    lowest, highest = (position.unrealised(at) for at in (mark - half, mark + half))
    assert Decimal(fixed(lowest, 8)) <= Decimal(sample.unrealised) <= Decimal(fixed(highest, 8))
    assert position.entry.quantize(Decimal(sample.entry)) == Decimal(sample.entry)


@samples
def test_the_recorded_liquidation_price_comes_back_from_its_wallet(sample: Sample) -> None:
    position = position_of(sample)
    value = liquidation_value(
        gains=position.gains,
        cost=position.cost,
        equity=balance_of(sample),
        taker=Decimal(sample.taker),
        tiers=terms_of(position.instrument).tiers,
    )
    price = position.instrument.price_of(value, position.quantity)
    assert fixed(price, 12) == fixed(Decimal(sample.liquidation), 12)


@samples
def test_the_recorded_risk_rate_is_what_is_needed_over_what_there_is(sample: Sample) -> None:
    position = position_of(sample)
    mark = position.instrument.ticks(Decimal(sample.mark))
    value = position.value(mark)
    needed = maintenance(value, terms_of(position.instrument).tiers) + value * Decimal(sample.taker)
    rate = needed / (balance_of(sample) + position.unrealised(mark))
    cut = rate.quantize(Decimal("0.00000001"), ROUND_DOWN)
    assert sample.risk_rate in (fixed(rate, 8), str(cut)), "printed rounded, or cut"


def test_the_wallet_of_the_recorded_liquidation_price_is_the_one_that_was_recorded() -> None:
    assert fixed(balance_of(SAMPLES[0]), 8) == BALANCE


@pytest.mark.parametrize(
    ("symbol", "contracts", "price", "rate", "fee", "amount"),
    [
        ("ETH-USD", 376, "3761.12", "0.0004", "0.00039988", "3760.00000000"),
        ("SOL-USD", 2, "182.652", "0.0005", "0.00005475", "20.00000000"),
    ],
)
def test_a_fee_is_a_share_of_the_coins_that_contracts_are_worth(
    symbol: str, contracts: int, price: str, rate: str, fee: str, amount: str
) -> None:
    traded = instrument(symbol, tick="0.001")
    ticks = traded.ticks(Decimal(price))
    assert fixed(traded.worth(ticks, contracts) * Decimal(rate), 8) == fee
    assert fixed(traded.nominal(ticks, contracts), 8) == amount


def test_what_one_loses_another_gains_exactly_whatever_the_price() -> None:
    traded = instrument("BTC-USD", tick="0.1")
    longs, shorts = position_of(SAMPLES[0]), position_of(SAMPLES[0])
    shorts.is_long = False
    net = Net()
    net.trade(-3, -longs.cost)
    for price in ("0.1", "3333.3", "59999.9", "777777.7"):
        ticks = traded.ticks(Decimal(price))
        mark = position_of(SAMPLES[0]).instrument.ticks(Decimal(price))
        assert longs.unrealised(mark) + shorts.unrealised(mark) == 0
        assert longs.unrealised(mark) + net.unrealised(traded, ticks) == 0
        assert traded.worth(ticks, 7) == traded.worth(ticks, 3) + traded.worth(ticks, 4)
