"""What the handlers of market data give. The contract's shapes go by these names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import msgspec

from bingx_fake.groups.lasting import LastingRows, lasting


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of one thing."""

    rows: Iterable[object]


class Symbol(msgspec.Struct, frozen=True, kw_only=True):
    """What can be traded, and in which steps."""

    symbol: str
    min_quantity: Decimal
    max_quantity: Decimal
    min_notional: Decimal
    max_notional: Decimal
    status: int
    tick: Decimal
    step: Decimal
    may_buy: bool
    may_sell: bool
    online_ms: int
    off_ms: int = 0
    maintain_ms: int = 0


@dataclass(frozen=True, slots=True)
class Symbols:
    """Every symbol that was asked for."""

    symbols: Sequence[Symbol]


class Level(NamedTuple):
    """What is left at one price, as it is printed."""

    price: str
    quantity: str


@dataclass(frozen=True)
class Depth:
    """A side of the book each, the best first.

    :param update_id: how often changes of the book have been published.
    """

    best_bids: Sequence[Level]
    best_asks: Sequence[Level]
    update_id: int

    @cached_property
    def bids(self) -> LastingRows:
        """The bids."""
        return lasting(self.best_bids)

    @cached_property
    def asks(self) -> LastingRows:
        """The asks as most documents list them."""
        return lasting(self.best_asks)

    @cached_property
    def asks_worst_first(self) -> LastingRows:
        """The asks as some documents list them (V45)."""
        return lasting(self.best_asks[::-1])


class MarketTrade(msgspec.Struct, frozen=True, kw_only=True):
    """A trade as everybody sees it.

    :param is_buyers: whether the buyer came in and took what was offered.
    """

    symbol: str
    trade_id: int
    at_ms: int
    price: Decimal
    quantity: Decimal
    price_text: str
    quantity_text: str
    is_buyers: bool

    @property
    def at_s(self) -> int:
        """The time in seconds (V51)."""
        return self.at_ms // 1000

    @property
    def is_sellers(self) -> bool:
        """Whether the buyer's order was there first."""
        return not self.is_buyers

    @property
    def taker_side(self) -> int:
        """1 where the buyer came in, 2 where the seller did."""
        return 1 if self.is_buyers else 2


class CandleRow(msgspec.Struct, frozen=True, gc=False):
    """A candle in money, as it is printed."""

    open_ms: int
    open: float | msgspec.Raw
    high: float | msgspec.Raw
    low: float | msgspec.Raw
    close: float | msgspec.Raw
    volume: float | msgspec.Raw
    close_ms: int
    quote_volume: float | msgspec.Raw


class Ticker(msgspec.Struct, frozen=True, kw_only=True):
    """What a market did in the last 24 hours, and its best prices."""

    symbol: str
    open: Decimal
    high: Decimal
    low: Decimal
    last: Decimal
    change: Decimal
    change_percent: str
    volume: Decimal
    quote_volume: Decimal
    open_ms: int
    close_ms: int
    ask_price: Decimal
    ask_quantity: Decimal
    bid_price: Decimal
    bid_quantity: Decimal
    count: int


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A market's last trade; none before there was one."""

    symbol: str
    trades: Sequence[MarketTrade]


class Best(msgspec.Struct, frozen=True, kw_only=True):
    """The best prices and what is left there, as they are printed; 0 where a side is empty (ours, A31)."""

    symbol: str
    bid: str
    bid_quantity: str
    ask: str
    ask_quantity: str
