"""What calls about the account of the perpetuals return. Amounts are ``Decimal``, ids ``str``, times ``_ms``.

Every model keeps what it was read from in ``raw``.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Raw = Any


@dataclass(frozen=True, slots=True)
class Balance:
    """What there is of a margin coin. ``equity`` is the balance with what positions have gained or lost."""

    asset: str
    balance: Decimal
    equity: Decimal
    unrealized_profit: Decimal
    realized_profit: Decimal
    available_margin: Decimal
    used_margin: Decimal
    frozen_margin: Decimal
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Position:
    """An open position.

    ``side`` is LONG or SHORT in one-way mode as well, ``quantity`` is in coins and above zero.

    ``liquidation_price`` is None where no price liquidates it. ``is_one_way`` says whether it was opened in
    one-way mode.
    """

    symbol: str
    position_id: str
    side: str
    quantity: Decimal
    available: Decimal
    average_price: Decimal
    mark_price: Decimal
    liquidation_price: Decimal | None
    leverage: int
    is_isolated: bool
    is_one_way: bool
    margin: Decimal
    initial_margin: Decimal
    value: Decimal
    unrealized_profit: Decimal
    realized_profit: Decimal
    updated_ms: int
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Income:
    """Something that moved the account; ``amount`` is below zero where it was paid.

    ``kind`` is such as REALIZED_PNL, FUNDING_FEE or TRADING_FEE. ``symbol`` is None where it is about no
    market.
    """

    kind: str
    symbol: str | None
    amount: Decimal
    asset: str
    info: str | None
    time_ms: int
    transaction_id: str
    trade_id: str | None
    raw: Raw = field(repr=False, compare=False)
