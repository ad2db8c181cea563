"""What calls for market data return. Amounts are ``Decimal``, ids ``str``, times Unix milliseconds.

Every model keeps what it was read from in ``raw``, integers and decimals exact. Symbols are BASE-QUOTE,
whichever way an answer spells them.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

Raw = Any


@dataclass(frozen=True, slots=True)
class Symbol:
    """What can be traded, and in which steps.

    ``tick`` is the smallest difference of two prices, ``step`` of two quantities. ``status`` is 1 online, 0
    offline, 5 not yet online, 25 suspended; ``may_buy`` and ``may_sell`` say whether programs may, and are
    true where an answer does not say (V29). Of the fields that not every document has, None is not known; a
    time of 0 is no time.
    """

    symbol: str
    tick: Decimal
    step: Decimal
    min_notional: Decimal
    max_notional: Decimal
    status: int
    raw: Raw = field(repr=False, compare=False)
    may_buy: bool = True
    may_sell: bool = True
    max_market_notional: Decimal | None = None
    online_ms: int | None = None
    off_ms: int | None = None
    maintain_ms: int | None = None
    display_name: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is online, and programs may buy and sell."""
        return self.status == 1 and self.may_buy and self.may_sell


class Level(NamedTuple):
    """What is left at one price."""

    price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Depth:
    """The order book: each side with the best price first, in whichever order it was answered (V45).

    ``update_id`` is higher with each change of the book; None where an answer does not say.
    """

    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    time_ms: int
    update_id: int | None
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade. ``is_buyer_maker``: the buyer's order was there first, and a seller came in."""

    id: str
    price: Decimal
    quantity: Decimal
    time_ms: int
    is_buyer_maker: bool
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Candle:
    """What happened between two times, of which ``close_ms`` is the last millisecond."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    close_ms: int
    quote_volume: Decimal
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Ticker:
    """What a market did in the last 24 hours, and its best prices.

    ``change_percent`` is 2.91 for 2.91 %. ``count`` is how many trades there were, or None (V48).
    """

    symbol: str
    open: Decimal
    high: Decimal
    low: Decimal
    last: Decimal
    change: Decimal | None
    change_percent: Decimal
    volume: Decimal
    quote_volume: Decimal
    bid: Decimal
    bid_quantity: Decimal
    ask: Decimal
    ask_quantity: Decimal
    open_ms: int
    close_ms: int
    count: int | None
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class LastTrades:
    """The last trades of a market as its price is answered: one, in every recorded answer, or none."""

    symbol: str
    trades: tuple[Trade, ...]
    raw: Raw = field(repr=False, compare=False)

    @property
    def price(self) -> Decimal | None:
        """What was paid last; None where nothing was traded yet."""
        return self.trades[-1].price if self.trades else None


@dataclass(frozen=True, slots=True)
class BookTicker:
    """The best prices of a market, and what is left there."""

    symbol: str
    bid: Decimal
    bid_quantity: Decimal
    ask: Decimal
    ask_quantity: Decimal
    time_ms: int
    raw: Raw = field(repr=False, compare=False)
