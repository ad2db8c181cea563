"""What contracts are worth in the coin that they are margined in, as market data tells it."""

from decimal import ROUND_HALF_UP, Context, Decimal

from bingx_fake.venue.instruments import Instrument

_ROUNDED = Context(prec=60, rounding=ROUND_HALF_UP)


def coins(instrument: Instrument, steps: int, ticks: int, places: int) -> str:
    """So many contracts at a price, in coins: contracts times what one is worth, over the price.

    :param places: how many digits after the point, rounded half up (ours, A225).
    """
    contract, worth = instrument.contract, Decimal(0)
    assert contract is not None, instrument
    if ticks:
        worth = _ROUNDED.divide(contract * instrument.quantity(steps), instrument.price(ticks))
    return f"{_ROUNDED.quantize(worth, Decimal(1).scaleb(-places)):f}"


def coins_traded(instrument: Instrument, volume: int, value: int, places: int) -> str:
    """What was traded, in coins, at the average price of it (ours, A225).

    :param value: the sum of ticks times steps.
    """
    contract, worth = instrument.contract, Decimal(0)
    assert contract is not None, instrument
    if volume:
        usd = contract * instrument.quantity(volume)
        worth = _ROUNDED.divide(usd * volume, instrument.price(1) * value)
    return f"{_ROUNDED.quantize(worth, Decimal(1).scaleb(-places)):f}"
