"""What calls about standard futures return. Amounts are ``Decimal``, times ``_ms``."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Balance:
    """What there is of a coin in standard futures; ``raw`` is what it was read from.

    ``withdrawable`` is what may be moved away, ``is_margin`` whether the coin can be margin.
    """

    asset: str
    balance: Decimal
    cross_balance: Decimal
    cross_profit: Decimal
    available: Decimal
    withdrawable: Decimal
    is_margin: bool
    updated_ms: int
    raw: Any = field(repr=False, compare=False)
