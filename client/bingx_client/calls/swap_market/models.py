"""What calls for market data of perpetuals return.

Amounts are ``Decimal``, ids ``str``, times Unix milliseconds. Every model keeps what it was read from in
``raw``. ``Depth``, ``Level``, ``Ticker`` and ``BookTicker`` are those of the spot markets.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Raw = Any


@dataclass(frozen=True, slots=True)
class Contract:
    """What can be traded, and in which steps.

    ``size`` is how many coins a contract is. ``status`` is 1 online, 0 offline, 5 not yet online, 25
    suspended; ``may_open`` and ``may_close`` say whether programs may.
    """

    symbol: str
    asset: str
    currency: str
    size: Decimal
    price_places: int
    quantity_places: int
    min_quantity: Decimal
    min_notional: Decimal
    maker_fee: Decimal
    taker_fee: Decimal
    most_long: int | None
    most_short: int | None
    status: int
    may_open: bool
    may_close: bool
    raw: Raw = field(repr=False, compare=False)

    @property
    def is_open(self) -> bool:
        """Whether it is online, and programs may open positions."""
        return self.status == 1 and self.may_open


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade. ``is_buyer_maker``: the buyer's order was there first, and a seller came in.

    ``id`` is None where the answer has none (V76).
    """

    id: str | None
    price: Decimal
    quantity: Decimal
    worth: Decimal
    time_ms: int
    is_buyer_maker: bool
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Candle:
    """What happened from a time on. ``quote_volume`` is None where the answer does not say (V78)."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal | None
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Price:
    """What was paid last."""

    symbol: str
    price: Decimal
    time_ms: int
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Premium:
    """The mark and the index, and the rate of the next funding: longs pay where it is above zero."""

    symbol: str
    mark_price: Decimal
    index_price: Decimal
    funding_rate: Decimal
    next_funding_ms: int
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class FundingRate:
    """A rate of funding: a fraction of what is held, which longs pay where it is above zero.

    ``next_ms`` is when the next one is due, where the answer says so (V77).
    """

    symbol: str
    rate: Decimal
    time_ms: int
    next_ms: int | None
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class OpenInterest:
    """What all positions of a market are worth."""

    symbol: str
    value: Decimal
    time_ms: int
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class TradingRules:
    """How small, large and far from the market orders may be; prices as ratios."""

    least_quantity: Decimal
    least_worth: Decimal
    most_orders: int
    protection_threshold: Decimal
    buy_highest: Decimal
    buy_lowest: Decimal
    sell_highest: Decimal
    sell_lowest: Decimal
    market_ratio: Decimal
    raw: Raw = field(repr=False, compare=False)
