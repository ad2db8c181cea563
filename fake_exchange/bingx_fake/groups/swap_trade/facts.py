"""What the handlers of perpetuals give. The contract's shapes go by these names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache

import msgspec

from bingx_fake.books.money import ZERO, minus, plain
from bingx_fake.perpetuals.orders import Attached, PerpFill, PerpOrder, PerpType, PositionSide
from bingx_fake.perpetuals.tiers import Tier
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.matching import TimeInForce

_ROUNDED = Context(prec=60, rounding=ROUND_HALF_EVEN)
_ZONE = timedelta(hours=8)


def fixed(amount: Decimal, places: int) -> str:
    """An amount as text with so many places, rounded; what comes to nothing has no sign."""
    if not amount:
        return _noughts(places)
    rounded = _ROUNDED.quantize(amount, Decimal(1).scaleb(-places))
    return format(rounded, "f") if rounded else _noughts(places)


@cache
def _noughts(places: int) -> str:
    return format(Decimal(0).scaleb(-places), "f")


def average(value: Decimal, quantity: Decimal) -> Decimal:
    """A price, from what so much was worth; 0 for nothing."""
    return _ROUNDED.divide(value, quantity) if quantity else ZERO


class Carried(msgspec.Struct, frozen=True):
    """A take-profit or stop-loss as an order in a query has it; in noughts where there is none."""

    kind: str = ""
    quantity: Decimal = ZERO
    stop_price: Decimal = ZERO
    price: Decimal = ZERO
    working_type: str = ""

    @staticmethod
    def of(attached: Attached | None) -> "Carried":
        """What an order carries."""
        if attached is None:
            return _NOTHING_CARRIED
        return Carried(
            attached.type.value,
            attached.quantity or ZERO,
            attached.stop,
            attached.price or ZERO,
            attached.working.value,
        )


_NOTHING_CARRIED = Carried()


def _carried_text(attached: Attached | None) -> str:
    """The same as JSON text, as the answer to placing tells it; empty for none."""
    if attached is None:
        return ""
    parts = [f'"type":"{attached.type.value}"', f'"stopPrice":{plain(attached.stop)}']
    if attached.price is not None:
        parts.append(f'"price":{plain(attached.price)}')
    parts.append(f'"workingType":"{attached.working.value}"')
    if attached.quantity is not None:
        parts.append(f'"quantity":{plain(attached.quantity)}')
    return f"{{{','.join(parts)}}}"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it stands, in coins and in the exchange's words.

    ``sent_…`` are what was asked for, 0 where it was not.
    """

    symbol: str
    order_id: int
    client_id: str
    side: str
    position_side: str
    kind: str
    status: str
    orig_qty: str
    price: str
    executed_qty: str
    avg_price: str
    cum_quote: str
    stop_price: str
    profit: str
    commission: str
    placed_ms: int
    updated_ms: int
    leverage: str
    take_profit: Carried
    stop_loss: Carried
    take_profit_text: str
    stop_loss_text: str
    position_id: int
    working_type: str
    only_one_position: bool
    reduce_only: bool
    post_only: bool
    trigger_order_id: int
    sent_price: Decimal
    sent_quantity: Decimal
    sent_stop: Decimal
    rate: Decimal
    distance: Decimal
    activation: Decimal
    time_in_force: str
    close_position: str
    main_id: int = 0
    applied: bool = True

    @property
    def rate_text(self) -> str:
        """The rate at which it trails, as some answers have it."""
        return plain(self.rate)

    @property
    def activation_text(self) -> str:
        """The price from which on it trails; empty where it does not."""
        return plain(self.activation) if self.activation else ""

    @property
    def close_side(self) -> str:
        """The side as the answer to closing a position has it."""
        return "Bid" if self.side == "BUY" else "Ask"

    @property
    def contracts(self) -> int:
        """How many contracts were asked for, where quantities are contracts."""
        return int(self.sent_quantity)

    @property
    def is_twap(self) -> bool:
        """Whether it is a slice of another order."""
        return bool(self.main_id)

    @property
    def main_order_id(self) -> str:
        """The id of that; empty for none."""
        return str(self.main_id) if self.main_id else ""

    @property
    def order(self) -> "Order":
        """Itself, where the answer wraps it (V30)."""
        return self

    @staticmethod
    def of(order: PerpOrder, *, applied: bool = True) -> "Order":
        """What an order comes to in coins now.

        :param applied: whether it was placed, and not only checked.
        """
        instrument = order.instrument
        has_limit, trail = order.type.has_limit, order.trail
        distance = ZERO if trail is None else instrument.price(trail.distance)
        return Order(
            symbol=instrument.symbol,
            order_id=order.id,
            client_id=order.client_id,
            side=order.side.name,
            position_side=order.position_side.value,
            kind="LIMIT" if order.type is PerpType.LIQUIDATION else order.type.value,
            status=order.status.value,
            orig_qty=instrument.quantity_text(order.quantity),
            price=instrument.price_text(order.price),
            executed_qty=instrument.quantity_text(order.filled),
            avg_price=fixed(instrument.price_of(order.value, order.filled), instrument.price_places),
            cum_quote=fixed(_turnover(order), 0),
            stop_price=instrument.price_text(order.stop) if order.stop else "",
            profit=fixed(order.profit, 4),
            commission=fixed(minus(order.fee), 6),
            placed_ms=order.placed_ms,
            updated_ms=order.updated_ms,
            leverage=f"{order.leverage}X",
            take_profit=Carried.of(order.take_profit),
            stop_loss=Carried.of(order.stop_loss),
            take_profit_text=_carried_text(order.take_profit),
            stop_loss_text=_carried_text(order.stop_loss),
            position_id=order.position_id,
            working_type=order.working.value,
            only_one_position=order.position_side is PositionSide.BOTH,
            reduce_only=order.closes,
            post_only=order.time_in_force is TimeInForce.POST_ONLY,
            trigger_order_id=order.parent or order.id,
            sent_price=instrument.price(order.price) if has_limit else distance,
            sent_quantity=instrument.quantity(order.quantity),
            sent_stop=instrument.price(order.stop),
            rate=ZERO if trail is None else trail.rate,
            distance=distance,
            activation=ZERO if trail is None else instrument.price(trail.activation),
            time_in_force=order.time_in_force.value,
            close_position="true" if order.close_position else "",
            main_id=order.main,
            applied=applied,
        )


def _turnover(order: PerpOrder) -> Decimal:
    """What an order's fills come to in the quote coin."""
    instrument = order.instrument
    return instrument.nominal(0, order.filled) if instrument.is_inverse else order.value


class NotCancelled(msgspec.Struct, frozen=True):
    """An order that was to be cancelled with others and could not be: its id, 0 where it went by its name."""

    order_id: int
    client_id: str
    code: int
    message: str


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders, and those that were to be cancelled with them and could not be."""

    orders: Sequence[Order]
    failed: Sequence[NotCancelled] = ()

    @property
    def applied(self) -> bool:
        """Whether any was changed, where it is about that."""
        return bool(self.orders)


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a trade, in coins and in the exchange's words."""

    symbol: str
    trade_id: int
    order_id: int
    client_id: str
    side: str
    position_side: str
    kind: str
    volume: str
    price: str
    amount: str
    commission: str
    profit: str
    currency: str
    role: str
    at_ms: int

    @staticmethod
    def of(fill: PerpFill) -> "Fill":
        """What a fill comes to."""
        order, instrument = fill.order, fill.order.instrument
        return Fill(
            symbol=instrument.symbol,
            trade_id=fill.trade_id,
            order_id=order.id,
            client_id=order.client_id,
            side=order.side.name,
            position_side=order.position_side.value,
            kind="LIMIT" if order.type is PerpType.LIQUIDATION else order.type.value,
            volume=instrument.quantity_text(fill.quantity),
            price=instrument.price_text(fill.price),
            amount=fixed(instrument.worth(fill.price, fill.quantity), 4),
            commission=fixed(minus(fill.fee), 4),
            profit=fixed(fill.profit, 4),
            currency=instrument.coin,
            role="maker" if fill.is_maker else "taker",
            at_ms=fill.at_ms,
        )

    @property
    def small_side(self) -> str:
        """The side in small letters (D)."""
        return self.side.lower()

    @property
    def small_position_side(self) -> str:
        """The position side in small letters (D)."""
        return self.position_side.lower()

    @property
    def _moment(self) -> str:
        return f"{datetime.fromtimestamp(self.at_ms // 1000, UTC) + _ZONE:%Y-%m-%dT%H:%M:%S}"

    @property
    def time_text(self) -> str:
        """The time by the clock of UTC+8, written as if it were UTC (D)."""
        return f"{self._moment}Z"

    @property
    def zoned_time_text(self) -> str:
        """The same with its zone."""
        return f"{self._moment}.000+0800"


@dataclass(frozen=True, slots=True)
class Fills:
    """A user's fills, and how many there are on all pages together."""

    fills: Sequence[Fill]
    total: int = 0


@dataclass(frozen=True, slots=True)
class Closed:
    """The orders that close positions, and these (V63)."""

    ids: Sequence[int]
    position_ids: Sequence[int]
    failed: Sequence[int] = ()

    @property
    def applied(self) -> bool:
        """Whether there was anything to close."""
        return bool(self.ids)


class Leverages(msgspec.Struct, frozen=True, kw_only=True):
    """The leverage of both sides of a market, and how much may be opened with it: in coins, and its worth.

    :param leverage: the one that was set.
    """

    symbol: str
    leverage: int
    long_leverage: int
    short_leverage: int
    max_long_leverage: int
    max_short_leverage: int
    available_long_vol: str
    available_short_vol: str
    available_long_val: str
    available_short_val: str
    max_position_long_val: str
    max_position_short_val: str
    available_vol: str
    max_vol: str


@dataclass(frozen=True, slots=True)
class MarginType:
    """Whether positions of a market share the wallet."""

    symbol: str
    margin_type: str
    applied: bool = True


@dataclass(frozen=True, slots=True)
class Mode:
    """Whether an account may have a long and a short position of one market."""

    dual_side_position: bool
    applied: bool = True


class TierRow(msgspec.Struct, frozen=True):
    """One tier of a market's maintenance margin."""

    symbol: str
    name: str
    min_position_val: str
    max_position_val: str
    maint_margin_ratio: str
    maint_amount: str

    @staticmethod
    def of(tier: Tier, instrument: Instrument) -> "TierRow":
        """What a tier looks like."""
        return TierRow(
            instrument.symbol,
            f"Tier {tier.number}",
            plain(tier.above),
            plain(tier.up_to),
            fixed(tier.ratio, 6),
            fixed(tier.amount, 6),
        )
