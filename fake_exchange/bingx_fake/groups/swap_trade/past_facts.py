"""What the handlers of batches, replacing and histories of perpetuals give."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from bingx_fake.books.money import ZERO, minus, plain
from bingx_fake.groups.swap_trade.facts import Order, average, fixed
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.records import MarginChange


class NotPlaced(msgspec.Struct, frozen=True):
    """An order that was to be placed with others and was refused."""

    code: int
    message: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders that were placed together, and why others were not."""

    orders: Sequence[Order]
    errors: Sequence[NotPlaced] = ()


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """A position that is closed. Amounts count contracts of one step (A)."""

    position_id: int
    symbol: str
    isolated: bool
    position_side: str
    open_time: int
    update_time: int
    avg_price: str
    avg_close_price: str
    realised_profit: str
    net_profit: str
    position_amt: str
    close_position_amt: str
    leverage: int
    close_all_positions: bool
    position_commission: str
    total_funding: str

    @staticmethod
    def of(position: Position) -> "Past":
        """What a closed position comes to."""
        instrument = position.instrument
        places = instrument.price_places
        opened, closed = instrument.quantity(position.opened), instrument.quantity(position.closed)
        return Past(
            position_id=position.id,
            symbol=instrument.symbol,
            isolated=position.is_isolated,
            position_side="LONG" if position.is_long else "SHORT",
            open_time=position.opened_ms,
            update_time=position.updated_ms,
            avg_price=fixed(average(position.opened_value, opened), places),
            avg_close_price=fixed(average(position.closed_value, closed), places),
            realised_profit=fixed(position.profit, 2),
            net_profit=fixed(position.realised, 2),
            position_amt=fixed(Decimal(position.opened), instrument.quantity_places),
            close_position_amt=fixed(Decimal(position.closed), instrument.quantity_places),
            leverage=position.leverage,
            close_all_positions=True,
            position_commission=plain(minus(position.fees)) if position.fees else "0",
            total_funding=plain(position.funding) if position.funding else "0",
        )


class MarginRow(msgspec.Struct, frozen=True):
    """Something that changed the margin of an isolated position."""

    symbol: str
    position_id: int
    change_reason: str
    margin_change: str
    margin_after_change: str
    at_ms: int

    @staticmethod
    def of(change: MarginChange) -> "MarginRow":
        """What a change comes to."""
        return MarginRow(
            change.symbol,
            change.position_id,
            change.reason,
            fixed(change.change, 8),
            fixed(change.after, 8),
            change.at_ms,
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, and how many there are on all."""

    rows: Sequence[object]
    total: int


@dataclass(frozen=True, slots=True)
class MarginSet:
    """By how much the margin of a position was changed; 1 added, 2 taken away."""

    symbol: str
    amount: Decimal
    type: int


NO_ORDER = Order(
    symbol="",
    order_id=0,
    client_id="",
    side="",
    position_side="",
    kind="",
    status="",
    orig_qty="",
    price="",
    executed_qty="",
    avg_price="",
    cum_quote="",
    stop_price="",
    profit="",
    commission="",
    placed_ms=0,
    updated_ms=0,
    leverage="",
    take_profit=None,  # type: ignore[arg-type]  # nothing shows it
    stop_loss=None,  # type: ignore[arg-type]  # likewise
    take_profit_text="",
    stop_loss_text="",
    position_id=0,
    working_type="",
    only_one_position=False,
    reduce_only=False,
    post_only=False,
    trigger_order_id=0,
    sent_price=ZERO,
    sent_quantity=ZERO,
    sent_stop=ZERO,
    rate=ZERO,
    distance=ZERO,
    activation=ZERO,
    time_in_force="",
    close_position="",
)
"""What stands where a half of replacing an order was not carried out."""


class Replaced(msgspec.Struct, frozen=True):
    """An order was cancelled, another was placed, or one of these; a message says why one was not."""

    old: Order
    new: Order
    cancel_message: str = ""
    replace_message: str = ""

    @property
    def cancel_result(self) -> bool:
        """Whether the old order was cancelled."""
        return not self.cancel_message

    @property
    def replace_result(self) -> bool:
        """Whether the new one was placed."""
        return not self.replace_message

    @property
    def cancel_word(self) -> str:
        """The first in one word (V61)."""
        return "SUCCESS" if self.cancel_result else "FAILED"

    @property
    def new_word(self) -> str:
        """The second in one word (V61)."""
        return "SUCCESS" if self.replace_result else "FAILED"

    @property
    def old_id(self) -> int:
        """The id of the order that was cancelled; 0 for none."""
        return self.old.order_id

    @property
    def new_id(self) -> int:
        """The id of the order that was placed; 0 for none."""
        return self.new.order_id


@dataclass(frozen=True, slots=True)
class Replacements:
    """What became of several orders that were to be replaced."""

    rows: Sequence[Replaced]

    @property
    def applied(self) -> bool:
        """Whether any of them was cancelled or placed."""
        return any(row.cancel_result or row.replace_result for row in self.rows)
