"""What a stream tells. Amounts are ``Decimal``, ids ``str``, times Unix milliseconds of the exchange.

Every event of a topic names it as it was subscribed to, in ``topic``, and keeps what it was read from in
``raw``. What was found over REST after a gap comes as the same events, and says so (``from_rest``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bingx_client.calls.spot_market.models import Level
from bingx_client.flow.call import Call
from bingx_client.streaming.coinm.events import Ticker as CoinTicker
from bingx_client.streaming.swap.events import SwapEvent

Raw = Any

FINISHED = frozenset({"FILLED", "CANCELED", "FAILED", "EXPIRED"})
"""The statuses of orders that trade no more."""


# Of markets


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade. ``is_buyer_maker``: the buyer's order was there first, and a seller came in.

    They may come out of order (R, D); none comes twice.
    """

    topic: str
    symbol: str
    id: str
    price: Decimal
    quantity: Decimal
    time_ms: int
    is_buyer_maker: bool
    raw: Raw = field(repr=False, compare=False)
    from_rest: bool = False


@dataclass(frozen=True, slots=True)
class Candle:
    """A candle as it stands. The last one runs, and comes again and again; only the next marks its end.

    ``interval`` is that of ``klines``, such as ``1m``. ``count`` of trades is None where it is not told.
    """

    topic: str
    symbol: str
    interval: str
    open_ms: int
    close_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal
    count: int | None
    raw: Raw = field(repr=False, compare=False)
    from_rest: bool = False


@dataclass(frozen=True, slots=True)
class Depth:
    """The best levels of the order book, each side with its best price first.

    ``update_id`` and ``time_ms`` are None where a push does not carry them.
    """

    topic: str
    symbol: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    update_id: int | None
    time_ms: int | None
    raw: Raw = field(repr=False, compare=False)
    from_rest: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """The order book as it stands after an update, made of a snapshot and of every update since.

    It does not change afterwards. After a gap none comes until the book is right again.

    ``changed`` says which prices the update was about, a quantity of 0 for one that is gone; of a snapshot
    all. ``update_id`` is also that of REST (``spot_market.depth``), as of the last update.
    """

    topic: str
    symbol: str
    update_id: int
    time_ms: int | None
    changed_bids: tuple[Level, ...] = field(repr=False)
    changed_asks: tuple[Level, ...] = field(repr=False)
    bid_quantities: Mapping[Decimal, Decimal] = field(repr=False)
    ask_quantities: Mapping[Decimal, Decimal] = field(repr=False)
    raw: Raw = field(repr=False, compare=False)

    @property
    def bids(self) -> tuple[Level, ...]:
        """Every bid, the best price first. Sorted when asked for."""
        return tuple(Level(*row) for row in sorted(self.bid_quantities.items(), reverse=True))

    @property
    def asks(self) -> tuple[Level, ...]:
        """Every ask, the best price first. Sorted when asked for."""
        return tuple(Level(*row) for row in sorted(self.ask_quantities.items()))


@dataclass(frozen=True, slots=True)
class Ticker:
    """What a market did in the last 24 hours, and its best prices. ``change_percent`` is 2.91 for 2.91 %."""

    topic: str
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
    raw: Raw = field(repr=False, compare=False)
    from_rest: bool = False


@dataclass(frozen=True, slots=True)
class LastPrice:
    """What was paid last."""

    topic: str
    symbol: str
    price: Decimal
    raw: Raw = field(repr=False, compare=False)
    from_rest: bool = False


@dataclass(frozen=True, slots=True)
class BookTicker:
    """The best prices of a market, and what is left there."""

    topic: str
    symbol: str
    bid: Decimal
    bid_quantity: Decimal
    ask: Decimal
    ask_quantity: Decimal
    time_ms: int | None
    raw: Raw = field(repr=False, compare=False)
    from_rest: bool = False


# Of an account


@dataclass(frozen=True, slots=True)
class OrderReport:
    """What happened to an order of yours, and how it stands after that. None comes twice.

    ``execution`` is NEW, TRADE or CANCELED; of one found over REST it is None, and so are the ``last_``
    fields, which tell of the one fill (``last_fee`` is below zero where it was paid, in ``fee_asset``).
    ``quantity`` is 0 for a market order that spends ``quote_quantity``.

    ``is_late``: it tells of an earlier state than one that was told before; the fill is news, the state is
    not.
    """

    topic: str
    symbol: str
    order_id: str
    client_order_id: str | None
    side: str
    type: str
    execution: str | None
    status: str
    price: Decimal
    quantity: Decimal
    quote_quantity: Decimal | None
    filled: Decimal
    filled_worth: Decimal
    last_quantity: Decimal | None
    last_price: Decimal | None
    last_fee: Decimal | None
    fee_asset: str | None
    trade_id: str | None
    is_maker: bool | None
    placed_ms: int | None
    time_ms: int | None
    raw: Raw = field(repr=False, compare=False)
    is_late: bool = False
    from_rest: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may still trade."""
        return self.status not in FINISHED


@dataclass(frozen=True, slots=True)
class Change:
    """How one coin stands. Whether ``balance`` and ``cross_balance`` (wb and cw) contain what is ``locked``
    is not agreed (V101); ``change`` is what the whole changed by.
    """

    asset: str
    change: Decimal
    balance: Decimal
    cross_balance: Decimal
    locked: Decimal | None


@dataclass(frozen=True, slots=True)
class AccountUpdate:
    """Balances that changed; on subscribing all of them, with the reason INIT. None comes twice.

    ``is_late``: one about the same coins that was sent later came before it.
    """

    topic: str
    reason: str
    changes: tuple[Change, ...]
    time_ms: int
    raw: Raw = field(repr=False, compare=False)
    is_late: bool = False


# Of the stream itself


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The exchange will tell of a topic from now on. What is read over REST after this misses nothing."""

    topic: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The exchange will not tell of a topic, or did not take something that was sent (then without one)."""

    topic: str | None
    code: int
    msg: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """There is no connection, why, and when the next attempt is made. Nothing is told until then."""

    reason: str
    retry_in_ms: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Something of a topic may have been missed. From here on it is told again.

    :ivar reason: why.
    :ivar since_ms: the exchange's time since when; None where it never told one.
    :ivar calls: what to ask for to have what was missed, for ``AsyncClient.send``.
    """

    topic: str
    reason: str
    since_ms: int | None
    calls: tuple[Call[Any], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class GapClosed:
    """A gap is closed: what was missed has come as events before this one, as far as the topic has any.

    :ivar answers: what ``gap.calls`` answered, in their order; none where the stream itself told again. Of
        perpetuals' accounts they are as new as the updates before this, or newer.
    """

    gap: Gap
    answers: tuple[Any, ...] = field(repr=False)

    @property
    def topic(self) -> str:
        """Of what."""
        return self.gap.topic


@dataclass(frozen=True, slots=True)
class GapStays:
    """A gap could not be closed, and why. Its calls can still be made."""

    gap: Gap
    reason: str

    @property
    def topic(self) -> str:
        """Of what."""
        return self.gap.topic


@dataclass(frozen=True, slots=True)
class BrokenFrame:
    """A frame that could not be read, and why; ``topic`` where at least that could. A ``Gap`` follows."""

    topic: str | None
    reason: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Other:
    """What no reader knows: an unknown topic's push, or an unknown event."""

    topic: str | None
    raw: Raw


Event = (
    Trade
    | Candle
    | Depth
    | Book
    | Ticker
    | LastPrice
    | BookTicker
    | OrderReport
    | AccountUpdate
    | Subscribed
    | Refused
    | Disconnected
    | Gap
    | GapClosed
    | GapStays
    | BrokenFrame
    | Other
    | SwapEvent
    | CoinTicker
)
