"""Users' orders: as they are asked for, and as they stand. Nothing here knows money or a clock.

Prices are whole ticks and quantities whole steps once an order is taken; what is asked for is in coins.
"""

from decimal import Decimal
from enum import Enum

import msgspec

from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side


class OrderType(Enum):
    """What kind of order. The four below the first two wait until the last price reaches their stop price.

    Between ``TAKE_STOP_…`` and ``TRIGGER_…`` there is no difference in effect (ours, A62).
    """

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    TAKE_STOP_LIMIT = "TAKE_STOP_LIMIT"
    TAKE_STOP_MARKET = "TAKE_STOP_MARKET"
    TRIGGER_LIMIT = "TRIGGER_LIMIT"
    TRIGGER_MARKET = "TRIGGER_MARKET"

    def __init__(self, word: str) -> None:
        self.has_limit = word.endswith("LIMIT")
        """Whether it trades at its price or better only."""
        self.waits = word not in ("LIMIT", "MARKET")
        """Whether it waits for its stop price."""


class OrderStatus(Enum):
    """What has become of an order, in the exchange's words."""

    NEW = "NEW"
    """It waits for its stop price."""
    PENDING = "PENDING"
    """It rests in the book, with nothing filled."""
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    FAILED = "FAILED"
    """The waiting leg of an OCO whose other leg filled or was cancelled."""

    def __init__(self, word: str) -> None:
        self.is_open = word in ("NEW", "PENDING", "PARTIALLY_FILLED")
        """Whether it may still trade."""
        self.is_waiting = word == "NEW"
        """Whether it waits for its stop price."""


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that somebody asks for, in coins.

    :param quantity: in the base coin; it wins over ``amount``.
    :param amount: in the quote coin (``quoteOrderQty``). A market order that buys spends as much at most; for
        any other it is cut to the steps that it is worth at the order's price (ours, A63).
    :param price: of an order with a limit; of others it is not looked at.
    :param stop: the stop price of an order that waits; of others it is not looked at.
    :param time_in_force: ``POC``, as one client says it, is ``POST_ONLY``. Of a market order it is not
        looked at.
    :param client_id: the user's own name for it; empty for none.
    """

    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal | None = None
    amount: Decimal | None = None
    price: Decimal | None = None
    stop: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    client_id: str = ""


class NewOco(msgspec.Struct, frozen=True, kw_only=True):
    """Two orders of the same side and quantity that somebody asks for, of which one alone will trade.

    :param limit: the price of the leg with the limit.
    :param trigger: the stop price of the other one, which has the limit ``price`` from then on.
    :param client_id: the user's own name for both; ``limit_client_id`` and ``stop_client_id`` for each.
    """

    symbol: str
    side: Side
    quantity: Decimal
    limit: Decimal
    trigger: Decimal
    price: Decimal
    client_id: str = ""
    limit_client_id: str = ""
    stop_client_id: str = ""


class SpotOrder(msgspec.Struct, gc=False, eq=False):
    """A user's order as it stands. It changes with what becomes of it; whoever shows it reads it at once.

    :param instrument: what it trades, as that was when it was placed: its ticks and steps are those.
    :param price: in ticks; the last price at placing where the order has no limit.
    :param stop: in ticks; 0 for an order that does not wait.
    :param quantity: in steps; 0 for a market order that spends an amount.
    :param amount: what was asked for in the quote coin, or None.
    :param budget: what such an order, or one that buys at the market, may cost at most, in ticks times steps.
    :param cover: the price in ticks that what it buys is held at; 0 while another leg holds for it.
    :param rises: whether the last price has to rise to the stop price.
    :param filled: in steps.
    :param value: the sum of its fills in ticks times steps.
    :param fee: what it has paid, in the coin that it receives.
    :param held: what is held for it now, in the coin that it pays with.
    :param list_id: of the OCO that it is a leg of; 0 for none.
    :param partner: the id of the other leg; 0 for none.
    :param triggered_ms: when its stop price was reached; 0 for not yet, or none.
    """

    id: int
    uid: int
    market: MarketId
    instrument: Instrument
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    client_id: str
    price: int
    stop: int
    quantity: int
    amount: Decimal | None
    budget: int
    cover: int
    rises: bool
    placed_ms: int
    updated_ms: int
    status: OrderStatus = OrderStatus.NEW
    filled: int = 0
    value: int = 0
    fee: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    list_id: int = 0
    partner: int = 0
    triggered_ms: int = 0

    @property
    def leaves(self) -> int:
        """What is not filled yet, in steps; 0 for an order that spends an amount."""
        return self.quantity - self.filled if self.quantity else 0

    @property
    def is_open(self) -> bool:
        """Whether it may still trade."""
        return self.status.is_open

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for its stop price."""
        return self.status.is_waiting

    @property
    def spends_amount(self) -> bool:
        """Whether it buys for an amount of the quote coin, however much that comes to."""
        return not self.quantity


class SpotFill(msgspec.Struct, frozen=True, gc=False):
    """One side of a trade, for the user whose order it filled.

    :param instrument: what was traded, as that was then.
    :param price: in ticks; ``quantity`` in steps.
    :param fee: what was paid, in the coin received.
    """

    trade_id: int
    order_id: int
    uid: int
    market: MarketId
    instrument: Instrument
    side: Side
    is_maker: bool
    price: int
    quantity: int
    fee: Decimal
    at_ms: int
