"""What is traded, and in which steps: the one place where ticks and steps become money, and the reverse."""

import decimal
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import msgspec
from msgspec.structs import force_setattr

Product = Literal["spot", "swap", "coinm"]
Perpetual = Literal["swap", "coinm"]
"""Perpetuals whose money is in the quote coin, and those whose money is in the base coin."""

# Two numbers as long as the books take have fewer digits together; more would be rounded, which raises.
_EXACT = decimal.Context(prec=120, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.DivisionByZero])
_DOWN = decimal.Context(prec=120, rounding=decimal.ROUND_DOWN)
_ROUNDED = decimal.Context(prec=40, rounding=decimal.ROUND_HALF_EVEN)
_TWENTY = Decimal(1).scaleb(-20)


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """What is traded on one market.

    :param symbol: as the exchange writes it, such as ``BTC-USDT``.
    :param tick: the smallest difference of two prices, in the quote coin.
    :param step: the smallest difference of two quantities, in the base coin.
    :param min_notional: the least that an order may be worth, in the quote coin.
    :param max_notional: the most.
    :param online_ms: since when it is traded, in Unix milliseconds.
    :param contract: of an inverse perpetual, whose quantities count contracts: what one contract is worth in
        the quote coin at any price; its money is in the base coin. None where quantities count the base coin.
    """

    product: Product
    symbol: str
    base: str
    quote: str
    tick: Decimal
    step: Decimal
    min_notional: Decimal
    max_notional: Decimal
    online_ms: int
    contract: Decimal | None = None
    unit: Decimal = Decimal(0)
    """What one step is worth at one tick; of inverse perpetuals, ``ratio`` tells at any."""
    coin: str = ""
    """The coin that money on it is in: values, profits, margin and fees."""
    is_inverse: bool = False
    """Whether what it is worth falls when its price rises, as money is in the coin that is priced."""
    places: int = 0
    """How many digits that has after the point, and so a quantity or a value at most."""
    price_places: int = 0
    """How many digits a price has after the point, ``quantity_places`` how many a quantity has."""
    quantity_places: int = 0
    least_units: int = 0
    """The least that an order may be worth, in ticks times steps; ``most_units`` the most."""
    most_units: int = 0
    face: Decimal = Decimal(0)
    """What one step of an inverse perpetual is worth in the quote coin at any price; 0 of others."""
    ratio: tuple[int, int] = (1, 1)
    """What one step is worth in the quote coin: at one tick, or of inverse perpetuals at any."""

    def __post_init__(self) -> None:
        unit = _EXACT.multiply(self.tick, self.step)
        force_setattr(self, "unit", unit)
        force_setattr(self, "places", places_of(unit))
        force_setattr(self, "price_places", places_of(self.tick.normalize()))
        force_setattr(self, "quantity_places", places_of(self.step.normalize()))
        force_setattr(self, "is_inverse", self.contract is not None)
        force_setattr(self, "coin", self.base if self.is_inverse else self.quote)
        least = int(_DOWN.divide_int(self.min_notional, unit))
        is_cut = _EXACT.multiply(Decimal(least), unit) != self.min_notional
        force_setattr(self, "least_units", least + is_cut)
        force_setattr(self, "most_units", int(_DOWN.divide_int(self.max_notional, unit)))
        of_a_step = unit
        if self.contract is not None:
            of_a_step = _EXACT.multiply(self.contract, self.step)
            force_setattr(self, "face", of_a_step)
        force_setattr(self, "ratio", of_a_step.as_integer_ratio())

    def price(self, ticks: int) -> Decimal:
        """The price that is so many ticks."""
        return _EXACT.multiply(Decimal(ticks), self.tick)

    def ticks(self, price: Decimal) -> int:
        """How many whole ticks a price has; what is over is cut off (V40)."""
        return int(_DOWN.divide_int(price, self.tick))

    def quantity(self, steps: int) -> Decimal:
        """The quantity that is so many steps."""
        return _EXACT.multiply(Decimal(steps), self.step)

    def steps(self, quantity: Decimal) -> int:
        """How many whole steps a quantity has; what is over is cut off (V40)."""
        return int(_DOWN.divide_int(quantity, self.step))

    def worth(self, ticks: int, steps: int) -> Decimal:
        """What so many steps are worth at so many ticks, in ``coin``.

        What one step of an inverse perpetual is worth is cut to 20 places, and many are worth exactly that
        many times as much: what somebody loses by a price somebody else gains, exactly (ours, A235).
        """
        if self.is_inverse:
            return _EXACT.multiply(Decimal(steps), self._each(ticks)) if ticks else Decimal(0)
        return _EXACT.multiply(Decimal(ticks * steps), self.unit)

    def _each(self, ticks: int) -> Decimal:
        """What one step of an inverse perpetual is worth, in the base coin."""
        return _DOWN.divide(self.face, self.price(ticks)).quantize(_TWENTY, decimal.ROUND_DOWN, _DOWN)

    def price_of(self, value: Decimal, steps: int) -> Decimal:
        """The price at which so many steps are worth so much, rounded; 0 where they are worth nothing."""
        if not value or not steps:
            return Decimal(0)
        if self.is_inverse:
            return _ROUNDED.divide(_EXACT.multiply(Decimal(steps), self.face), value)
        return _ROUNDED.divide(value, self.quantity(steps))

    def nominal(self, ticks: int, steps: int) -> Decimal:
        """What so many steps come to in the quote coin, as least and most are told."""
        return _EXACT.multiply(Decimal(steps), self.face) if self.is_inverse else self.worth(ticks, steps)

    def value(self, ticks_times_steps: int) -> Decimal:
        """What a sum of ticks times steps is worth, in the quote coin."""
        return _EXACT.multiply(Decimal(ticks_times_steps), self.unit)

    def ticks_times_steps(self, value: Decimal) -> int:
        """How many whole ticks times steps an amount of the quote coin has; what is over is cut off."""
        return int(_DOWN.divide_int(value, self.unit))

    def steps_worth(self, amount: int, ticks: int) -> int:
        """How many whole steps an amount of the quote coin is at so many ticks."""
        numerator, denominator = self.ratio
        return amount * denominator // (numerator * ticks if self.contract is None else numerator)

    def price_text(self, ticks: int) -> str:
        """A price as it is printed: with as many places as a tick has."""
        return _text(self.tick, ticks)

    def quantity_text(self, steps: int) -> str:
        """A quantity as it is printed: with as many places as a step has."""
        return _text(self.step, steps)


def places_of(number: Decimal) -> int:
    """How many digits a number has after the point."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int), number
    return max(0, -exponent)


@lru_cache(maxsize=16_384)
def _text(unit: Decimal, number: int) -> str:
    return format(_EXACT.multiply(Decimal(number), unit), "f")
