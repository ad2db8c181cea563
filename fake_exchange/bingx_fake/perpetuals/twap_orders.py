"""Orders that are carried out in slices (TWAP), as they stand."""

from decimal import Decimal
from enum import Enum

import msgspec

from bingx_fake.perpetuals.orders import PositionSide
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.order_book import Side


class TwapStatus(Enum):
    """What has become of one, in D's words."""

    NEW = "New"
    RUNNING = "Running"
    FILLED = "Filled"
    CANCELLED = "Cancelled"
    FAILED = "Failed"
    REST_CANCELLED = "PartiallyFilledAndResidueCancelled"
    REST_FAILED = "PartiallyFilledAndResidueFailed"

    def __init__(self, word: str) -> None:
        self.is_open = word in ("New", "Running")
        """Whether slices are still to come."""


class Twap(msgspec.Struct, gc=False, eq=False):
    """An order that is carried out in slices.

    :param position_side: as it was asked for, LONG or SHORT in one-way mode as well.
    :param variance: how far from the last price a slice may trade: in the quote coin, or in per cent.
    :param trigger: in ticks; it buys only below that, and sells only above.
    :param each: how many steps a slice has; ``total`` all of them, ``filled`` those that were.
    :param orders: the ids of the slices that went to the market.
    """

    id: int
    uid: int
    market: MarketId
    instrument: Instrument
    side: Side
    position_side: PositionSide
    is_percentage: bool
    variance: Decimal
    trigger: int
    interval_ms: int
    each: int
    total: int
    created_ms: int
    updated_ms: int
    status: TwapStatus = TwapStatus.NEW
    filled: int = 0
    orders: list[int] = []
