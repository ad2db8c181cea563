"""What the streams of perpetuals tell in a form of their own. Depth, books and tickers are as on spot.

Amounts are ``Decimal``, ids ``str``, times Unix milliseconds of the exchange. Quantities are in coins; of
coin-margined perpetuals they count contracts, and money is in coins.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Raw = Any

FINISHED = frozenset({"FILLED", "CANCELED", "FAILED", "EXPIRED"})
"""The statuses of orders that trade no more."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade. ``is_buyer_maker``: the buyer's order was there first, and a seller came in.

    Perpetuals push no ids, so two that are alike are two trades, though a stream may have told one twice.
    """

    topic: str
    symbol: str
    price: Decimal
    quantity: Decimal
    time_ms: int
    is_buyer_maker: bool
    raw: Raw = field(repr=False, compare=False)
    from_rest: bool = False


@dataclass(frozen=True, slots=True)
class Candle:
    """A candle as it stands. The last one runs, and comes again and again; only the next marks its end."""

    topic: str
    symbol: str
    interval: str
    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    raw: Raw = field(repr=False, compare=False)
    from_rest: bool = False


@dataclass(frozen=True, slots=True)
class MarkPrice:
    """The price that positions are valued at."""

    topic: str
    symbol: str
    price: Decimal
    raw: Raw = field(repr=False, compare=False)
    from_rest: bool = False


@dataclass(frozen=True, slots=True)
class OrderReport:
    """What happened to an order of yours, and how it stands after that. None comes twice.

    ``execution`` is NEW, TRADE, CANCELED, EXPIRED, or CALCULATED where the exchange closed a position; of one
    found over REST it is None, and so are the ``last_`` fields and ``profit``, which tell of the one fill
    (``last_fee`` is below zero where it was paid). ``status`` is NEW while it rests or waits for its price.
    ``position_side`` is BOTH in one-way mode.

    ``is_late``: it tells of an earlier state than one that was told before; the fill is news, the state is
    not.
    """

    topic: str
    symbol: str
    order_id: str
    client_order_id: str | None
    side: str
    position_side: str
    type: str
    execution: str | None
    status: str
    price: Decimal
    stop_price: Decimal | None
    average_price: Decimal | None
    quantity: Decimal
    filled: Decimal
    last_quantity: Decimal | None
    last_price: Decimal | None
    last_fee: Decimal | None
    fee_asset: str | None
    profit: Decimal | None
    trade_id: str | None
    reduce_only: bool | None
    working_type: str | None
    time_ms: int | None
    raw: Raw = field(repr=False, compare=False)
    is_late: bool = False
    from_rest: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may still trade."""
        return self.status not in FINISHED


@dataclass(frozen=True, slots=True)
class Wallet:
    """How the wallet of a coin stands: in all, and what crossed positions may still use.

    ``change`` is 0 where an order brought it about, whatever that was (D's sample; A182).
    """

    asset: str
    change: Decimal
    balance: Decimal
    cross_balance: Decimal | None


@dataclass(frozen=True, slots=True)
class PositionUpdate:
    """How a position stands. ``side`` is LONG or SHORT, ``quantity`` above zero, or 0 once it is closed.

    ``margin`` is what is set apart for it, what it has gained or lost included; ``realized`` what it has
    realised so far, fees included.
    """

    symbol: str
    side: str
    is_one_way: bool
    quantity: Decimal
    entry_price: Decimal
    unrealized_profit: Decimal
    realized: Decimal
    is_isolated: bool
    margin: Decimal


@dataclass(frozen=True, slots=True)
class AccountUpdate:
    """Wallets and positions that changed, and why: ORDER, FUNDING_FEE, DEPOSIT or WITHDRAW.

    None comes twice. ``is_late``: one about the same wallets or positions that was sent later came before it.
    """

    topic: str
    reason: str
    wallets: tuple[Wallet, ...]
    positions: tuple[PositionUpdate, ...]
    time_ms: int
    raw: Raw = field(repr=False, compare=False)
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What you have chosen for a market. It comes again and again, and is told when it is another."""

    topic: str
    symbol: str
    long_leverage: int
    short_leverage: int
    is_isolated: bool
    time_ms: int
    raw: Raw = field(repr=False, compare=False)


SwapEvent = Trade | Candle | MarkPrice | OrderReport | AccountUpdate | Choice
