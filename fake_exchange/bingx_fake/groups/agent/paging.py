"""Pages of rows, and sums of amounts."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import reduce
from typing import TypeVar

from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.gateway.parameters import Parameters

T = TypeVar("T")


def page_of(rows: Sequence[T], parameters: Parameters) -> Sequence[T]:
    """The rows of the page that a request asks for."""
    size = parameters.counted("pageSize")
    skip = (parameters.counted("pageIndex") - 1) * size
    return rows[skip : skip + size]


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """What amounts come to."""
    return reduce(EXACT.add, amounts, ZERO)
