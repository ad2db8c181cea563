"""Exact amounts: one decimal context, one way in, two ways out."""

import decimal
import re
from decimal import Decimal
from functools import lru_cache

PLACES = 20
ZERO = Decimal(0)
LARGEST = Decimal(10) ** 30
"""No amount that enters the books reaches this, so that sums stay exact in the context below."""

EXACT = decimal.Context(prec=120, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.Overflow])
"""For sums, differences and products: a result that would need rounding is a defect and raises."""

_CUT = decimal.Context(prec=120, rounding=decimal.ROUND_DOWN)
SMALLEST = Decimal(1).scaleb(-PLACES)
_PLAIN = re.compile(rf"\d+(\.\d{{1,{PLACES}}})?", re.ASCII)


def read_amount(text: str) -> Decimal:
    """Read a plain decimal: digits, at most 20 places, no sign, no exponent.

    :raises ValueError: saying what is wrong with the text.
    """
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"{text!r} is not a plain decimal of at most {PLACES} places")
    amount = Decimal(text)
    if amount >= LARGEST:
        raise ValueError(f"{text!r} is too large: amounts stay below 1e30")
    return amount


@lru_cache(maxsize=4096)
def plain(amount: Decimal) -> str:
    """The shortest plain text of an amount: ``1.50`` becomes ``1.5``, never an exponent."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def fixed(amount: Decimal) -> str:
    """An amount with all its 20 places, as record rows print it."""
    return format(amount, f".{PLACES}f")


def minus(amount: Decimal) -> Decimal:
    """An amount with the other sign. The operator ``-`` would round it to the default context's 28 digits."""
    return amount.copy_negate()


def value_of(amount: Decimal, price: Decimal) -> Decimal:
    """What an amount is worth, with every place that it takes."""
    return EXACT.multiply(amount, price)


def cut(amount: Decimal) -> Decimal:
    """An amount cut, not rounded, to 20 places."""
    return _CUT.quantize(amount, SMALLEST)
