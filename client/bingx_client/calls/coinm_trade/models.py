"""What calls about coin-margined perpetuals return that others do not: quantities are contracts, money coins.

Amounts are ``Decimal``, ids ``str``, times ``_ms``. Every model keeps what it was read from in ``raw``.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Raw = Any


@dataclass(frozen=True, slots=True)
class CoinBalance:
    """What there is of a coin. ``equity`` is the balance with what positions have gained or lost."""

    asset: str
    balance: Decimal
    equity: Decimal
    unrealized_profit: Decimal
    available_margin: Decimal
    used_margin: Decimal
    frozen_margin: Decimal
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class CoinPosition:
    """An open position.

    ``side`` is LONG or SHORT in one-way mode as well, ``contracts`` are above zero, ``initial_margin`` and
    ``unrealized_profit`` are in the coin. ``liquidation_price`` is None where no price liquidates it.
    """

    symbol: str
    position_id: str
    side: str
    contracts: Decimal
    available: Decimal
    average_price: Decimal
    mark_price: Decimal
    liquidation_price: Decimal | None
    leverage: int
    is_isolated: bool
    initial_margin: Decimal
    unrealized_profit: Decimal
    risk_rate: Decimal
    updated_ms: int
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class CoinLeverageSet:
    """The leverage of both sides of a market once that of one was set."""

    symbol: str
    long: int
    short: int
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False
