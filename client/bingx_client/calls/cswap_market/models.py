"""What calls for market data of coin-margined perpetuals return. Quantities and volumes count contracts.

Amounts are ``Decimal``, times Unix milliseconds. Every model keeps what it was read from in ``raw``.
``Depth`` and ``Level`` are those of the spot markets, ``Candle`` and ``Premium`` those of other perpetuals.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Raw = Any


@dataclass(frozen=True, slots=True)
class Contract:
    """What can be traded, and in which steps.

    ``value`` is what one contract is worth in USD at any price (V80), ``min_value`` what an order is worth at
    least. ``status`` is 1 where it is traded.
    """

    symbol: str
    value: Decimal
    min_value: Decimal
    min_quantity: Decimal
    price_places: int
    status: int
    online_ms: int
    raw: Raw = field(repr=False, compare=False)

    @property
    def is_open(self) -> bool:
        """Whether it is traded."""
        return self.status == 1


@dataclass(frozen=True, slots=True)
class Ticker:
    """What a market did in the last 24 hours. ``quote_volume`` is in coins.

    Where the answer does not say (V83), the best prices, the last quantity and ``quote_volume`` are None.
    """

    symbol: str
    open: Decimal
    high: Decimal
    low: Decimal
    last: Decimal
    change: Decimal
    change_percent: Decimal
    volume: Decimal
    quote_volume: Decimal | None
    last_quantity: Decimal | None
    bid: Decimal | None
    bid_quantity: Decimal | None
    ask: Decimal | None
    ask_quantity: Decimal | None
    close_ms: int
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class OpenInterest:
    """What all positions of a market are worth, in coins."""

    symbol: str
    coins: Decimal
    time_ms: int
    raw: Raw = field(repr=False, compare=False)
