"""What the stream of coin-margined perpetuals tells in a form of its own."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Ticker:
    """What a market did in the last 24 hours, and its best prices; volume and quantities count contracts.

    ``coins`` is what the contracts that were traded came to. ``change_percent`` is 2.91 for 2.91 %. Of one
    found over REST the best prices, the last quantity and ``coins`` are None where the answer does not say
    (V83).
    """

    topic: str
    symbol: str
    open: Decimal
    high: Decimal
    low: Decimal
    last: Decimal
    change: Decimal
    change_percent: Decimal
    volume: Decimal
    coins: Decimal | None
    last_quantity: Decimal | None
    bid: Decimal | None
    bid_quantity: Decimal | None
    ask: Decimal | None
    ask_quantity: Decimal | None
    close_ms: int
    raw: Any = field(repr=False, compare=False)
    from_rest: bool = False
