"""Orders for perpetuals: as they are asked for, and as they stand. Nothing here knows money or a clock.

Prices are whole ticks and quantities whole steps once an order is taken; what is asked for is in coins.
"""

from decimal import Decimal
from enum import Enum
from typing import Literal

import msgspec

from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.trailing import Trail


class PerpType(Enum):
    """What kind of order. All but the first two and the last wait until a price reaches their stop price."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    STOP = "STOP"
    STOP_MARKET = "STOP_MARKET"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
    TRIGGER_LIMIT = "TRIGGER_LIMIT"
    TRIGGER_MARKET = "TRIGGER_MARKET"
    TRAILING_STOP_MARKET = "TRAILING_STOP_MARKET"
    TRAILING_TP_SL = "TRAILING_TP_SL"
    TRIGGER_REVERSE_MARKET = "TRIGGER_REVERSE_MARKET"
    """Closes a position and opens another on the other side; asked for by that, and not as an order."""
    LIQUIDATION = "LIQUIDATION"
    """What takes a position from its owner; nobody asks for it."""

    def __init__(self, word: str) -> None:
        self.has_limit = word in ("LIMIT", "STOP", "TAKE_PROFIT", "TRIGGER_LIMIT")
        """Whether it trades at its price or better only."""
        self.waits = word not in ("LIMIT", "MARKET", "LIQUIDATION")
        """Whether it waits for its stop price."""
        self.stops = word.startswith("STOP")
        """Whether it ends a loss; it only closes."""
        self.takes = word.startswith("TAKE_PROFIT")
        """Whether it takes a profit; it only closes."""
        self.trails = word.startswith("TRAILING")
        """Whether its stop price follows the price."""
        self.only_closes = self.stops or self.takes or word == "TRAILING_TP_SL"
        """Whether it never opens anything (D; of trailing ones: D's examples, one of which opens)."""
        self.turns = word == "TRIGGER_REVERSE_MARKET"
        """Whether it has another order open what it closes, on the other side."""


class PositionSide(Enum):
    """Which position an order is about: the one that there is (one-way mode), or one of two (hedge mode)."""

    BOTH = "BOTH"
    LONG = "LONG"
    SHORT = "SHORT"


class WorkingType(Enum):
    """Which price an order waits for."""

    MARK_PRICE = "MARK_PRICE"
    CONTRACT_PRICE = "CONTRACT_PRICE"
    INDEX_PRICE = "INDEX_PRICE"


class PerpStatus(Enum):
    """What has become of an order. The exchange writes the last but one with two L in some answers (V32)."""

    NEW = "NEW"
    """It waits for its stop price."""
    PENDING = "PENDING"
    """It rests in the book, with nothing filled."""
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    """Its stop price was reached, and then there was too little margin for it (ours, A155)."""

    def __init__(self, word: str) -> None:
        self.is_open = word in ("NEW", "PENDING", "PARTIALLY_FILLED")
        """Whether it may still trade."""


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """A take-profit or stop-loss that an order carries, to be placed once it has opened something.

    :param quantity: what was sent with it, which is told again; it covers what the order has filled.
    """

    type: PerpType
    stop: Decimal
    price: Decimal | None = None
    quantity: Decimal | None = None
    working: WorkingType = WorkingType.MARK_PRICE


class NewPerpOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that somebody asks for, in coins.

    :param position_side: None where it was not said.
    :param quantity: in the base coin; it wins over ``amount``, in the quote coin.
    :param price: of an order with a limit, or the distance of one that trails; of others it is not looked at.
    :param stop: the stop price of an order that waits; of others it is not looked at.
    :param rate: of one that trails, the part of the price that it stays away; it wins over a distance.
    :param activation: the price from which on it trails; None for the current one.
    :param reduce_only: it only makes a position smaller.
    :param close_position: it closes the whole position, whatever that is by then.
    :param client_id: the user's own name for it; empty for none.
    :param position_id: the position that it closes, where it says which; else 0.
    """

    symbol: str
    side: Side
    type: PerpType
    position_side: PositionSide | None = None
    quantity: Decimal | None = None
    amount: Decimal | None = None
    price: Decimal | None = None
    stop: Decimal | None = None
    rate: Decimal | None = None
    activation: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    working: WorkingType = WorkingType.MARK_PRICE
    reduce_only: bool = False
    close_position: bool = False
    client_id: str = ""
    position_id: int = 0
    take_profit: Attached | None = None
    stop_loss: Attached | None = None


Forced = Literal["", "LIQUIDATION", "ADL"]


class PerpOrder(msgspec.Struct, gc=False, eq=False):
    """A user's order as it stands. It changes with what becomes of it; whoever shows it reads it at once.

    :param instrument: what it trades, as that was when it was placed: its ticks and steps are those.
    :param position_side: ``BOTH`` in one-way mode.
    :param closes: whether it only makes a position smaller.
    :param price: in ticks; the last price at placing where the order has no limit.
    :param stop: in ticks; 0 for an order that does not wait, or does not trail the price yet.
    :param quantity: in steps; 0 for one that closes a whole position, until its stop price is reached.
    :param amount: what was asked for in the quote coin, or None.
    :param rises: whether the price has to rise to the stop price.
    :param filled: in steps.
    :param value: what its fills come to, in the coin that money is in.
    :param fee: what it has paid; ``profit`` what its fills have realised.
    :param parent: the order that carried it, or whose trigger it is; 0 for none.
    :param main: the order in slices that it is one of; 0 for none.
    :param forced: why the exchange itself placed it.
    """

    id: int
    uid: int
    market: MarketId
    instrument: Instrument
    side: Side
    position_side: PositionSide
    type: PerpType
    time_in_force: TimeInForce
    client_id: str
    price: int
    stop: int
    quantity: int
    amount: Decimal | None
    working: WorkingType
    reduce_only: bool
    close_position: bool
    closes: bool
    rises: bool
    leverage: int
    placed_ms: int
    updated_ms: int
    status: PerpStatus = PerpStatus.NEW
    filled: int = 0
    value: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    profit: Decimal = Decimal(0)
    take_profit: Attached | None = None
    stop_loss: Attached | None = None
    parent: int = 0
    position_id: int = 0
    main: int = 0
    triggered_ms: int = 0
    forced: Forced = ""
    trail: Trail | None = None
    """How its stop price follows, if it does."""
    cancel_asked_ms: int = -1_000
    """When somebody last asked for it alone to be cancelled; long ago where nobody did."""
    needs: tuple[int, int, Decimal] = (0, 0, Decimal(0))
    """What it was found to need, for so many steps at a leverage: it is asked for again and again."""

    @property
    def leaves(self) -> int:
        """What is not filled yet, in steps."""
        return self.quantity - self.filled

    @property
    def is_open(self) -> bool:
        """Whether it may still trade."""
        return self.status.is_open

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for its stop price."""
        return self.status is PerpStatus.NEW

    @property
    def of_long(self) -> bool:
        """Whether it is about a long position; in one-way mode, whether what it opens is one."""
        if self.position_side is PositionSide.BOTH:
            return (self.side is Side.BUY) is not self.closes
        return self.position_side is PositionSide.LONG


class PerpFill(msgspec.Struct, frozen=True, gc=False):
    """One side of a trade, for the user whose order it filled.

    :param price: in ticks; ``quantity`` in steps.
    :param fee: what was paid; ``profit`` what was realised, both in the quote coin.
    """

    trade_id: int
    order: PerpOrder
    is_maker: bool
    price: int
    quantity: int
    fee: Decimal
    profit: Decimal
    at_ms: int
