"""What the handlers of orders give. The contract's shapes go by these names."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Literal

import msgspec

from bingx_fake.books.money import ZERO, minus
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import SpotFill, SpotOrder

_QUOTIENT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_MORE_PLACES = 8
"""How many places more than a tick an average has (ours, A71)."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it stands, in coins.

    :param price: the last price at placing where the order has no limit.
    :param quantity: 0 for an order that spends an amount; ``quote_quantity`` is that, or 0.
    :param fee: what was paid so far, below zero.
    """

    symbol: str
    order_id: int
    client_id: str
    side: str
    type: str
    status: str
    price: Decimal
    trigger_price: Decimal
    quantity: Decimal
    quote_quantity: Decimal
    filled: Decimal
    filled_worth: Decimal
    average_price: Decimal
    fee: Decimal
    fee_asset: str
    placed_ms: int
    updated_ms: int

    @staticmethod
    def of(order: SpotOrder, instrument: Instrument) -> "Order":
        """What an order comes to in coins now."""
        return Order(
            symbol=instrument.symbol,
            order_id=order.id,
            client_id=order.client_id,
            side=order.side.name,
            type=order.type.value,
            status=order.status.value,
            price=instrument.price(order.price),
            trigger_price=instrument.price(order.stop),
            quantity=instrument.quantity(order.quantity),
            quote_quantity=order.amount or ZERO,
            filled=instrument.quantity(order.filled),
            filled_worth=instrument.value(order.value),
            average_price=_average(order, instrument),
            fee=_paid(order.fee),
            fee_asset=received(order.side, instrument),
            placed_ms=order.placed_ms,
            updated_ms=order.updated_ms,
        )


NO_ORDER = Order(
    symbol="",
    order_id=0,
    client_id="",
    side="",
    type="",
    status="",
    price=ZERO,
    trigger_price=ZERO,
    quantity=ZERO,
    quote_quantity=ZERO,
    filled=ZERO,
    filled_worth=ZERO,
    average_price=ZERO,
    fee=ZERO,
    fee_asset="",
    placed_ms=0,
    updated_ms=0,
)
"""What stands where there is none (D's example of cancelReplace)."""


def received(side: Side, instrument: Instrument) -> str:
    """The coin that an order receives, and pays its fee in."""
    return instrument.base if side is Side.BUY else instrument.quote


def _paid(fee: Decimal) -> Decimal:
    return minus(fee) if fee else ZERO


def _average(order: SpotOrder, instrument: Instrument) -> Decimal:
    if not order.filled:
        return ZERO
    exact = _QUOTIENT.divide(instrument.value(order.value), instrument.quantity(order.filled))
    return _QUOTIENT.quantize(exact, Decimal(1).scaleb(-instrument.price_places - _MORE_PLACES))


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders, and how many there are on all pages together."""

    orders: Sequence[Order]
    total: int = 0


class NotCancelled(msgspec.Struct, frozen=True):
    """An order that was to be cancelled with others and could not be."""

    order_id: int
    message: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Orders that were cancelled together, and those that were not."""

    orders: Sequence[Order]
    fails: Sequence[NotCancelled] = ()

    @property
    def applied(self) -> bool:
        """Whether anything has changed."""
        return bool(self.orders)


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a trade.

    :param fee: what was paid, below zero.
    """

    symbol: str
    trade_id: int
    order_id: int
    price: Decimal
    quantity: Decimal
    worth: Decimal
    fee: Decimal
    fee_asset: str
    at_ms: int
    is_buyer: bool
    is_maker: bool

    @staticmethod
    def of(fill: SpotFill, instrument: Instrument) -> "Fill":
        """What a fill comes to in coins."""
        return Fill(
            symbol=instrument.symbol,
            trade_id=fill.trade_id,
            order_id=fill.order_id,
            price=instrument.price(fill.price),
            quantity=instrument.quantity(fill.quantity),
            worth=instrument.worth(fill.price, fill.quantity),
            fee=_paid(fill.fee),
            fee_asset=received(fill.side, instrument),
            at_ms=fill.at_ms,
            is_buyer=fill.side is Side.BUY,
            is_maker=fill.is_maker,
        )

    @property
    def second_ms(self) -> int:
        """The time, down to the second (D, O)."""
        return self.at_ms - self.at_ms % 1000


@dataclass(frozen=True, slots=True)
class Fills:
    """A user's fills."""

    fills: Sequence[Fill]


class FeeRates(msgspec.Struct, frozen=True):
    """What a user pays of what an order receives."""

    symbol: str
    maker: Decimal
    taker: Decimal


class Countdown(msgspec.Struct, frozen=True):
    """When all open orders are cancelled; 0 where they are not."""

    at_ms: int
    status: Literal["ACTIVATED", "CLOSED"]
    note: str

    @property
    def at_s(self) -> int:
        """The same in seconds (V41)."""
        return self.at_ms // 1000


class Part(msgspec.Struct, frozen=True):
    """What became of one half of replacing an order; code 0 where it was carried out."""

    code: int = 0
    message: str = ""

    @property
    def result(self) -> bool:
        """Whether it was."""
        return self.code == 0

    @property
    def word(self) -> str:
        """The same in one word (V42)."""
        return "SUCCESS" if self.result else "FAILURE"


class Replaced(msgspec.Struct, frozen=True):
    """An order was cancelled, another was placed, or one of these."""

    cancel: Part
    open: Part
    cancelled: Order
    opened: Order

    @property
    def cancel_word(self) -> str:
        """What became of the cancel (V42)."""
        return self.cancel.word

    @property
    def open_word(self) -> str:
        """What became of the new order (V42)."""
        return self.open.word
