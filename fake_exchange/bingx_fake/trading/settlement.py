"""What happened on a market, as one entry of the ledger: what is paid, received, charged, held and released.

Users pay each other. Where the house is the other side its account is the ledger's ``house``, which may owe,
and fees go to ``fees``; the house pays none, and its orders hold nothing (ours, A90).
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import force_setattr

from bingx_fake.books.accounts import CONTROL, EXCHANGE_UID, Line, Owner
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.money import EXACT, PLACES, ZERO, cut, minus
from bingx_fake.trading.records import OrderRecords, UserOrders
from bingx_fake.venue.commands import Accepted, Cancelled, Event, MarketId, Traded
from bingx_fake.venue.instruments import Instrument, places_of
from bingx_fake.venue.matching import Rest
from bingx_fake.venue.orders import OrderStatus, SpotFill, SpotOrder
from bingx_fake.venue.triggers import Triggers

ACCOUNT = "spot"
"""Whose balances spot orders hold and move."""

_PARTIALLY_FILLED, _FILLED = OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED
_add, _subtract, _multiply = EXACT.add, EXACT.subtract, EXACT.multiply


class Rates(Struct, frozen=True):
    """What a user pays of what an order receives.

    ``places`` is how many digits the longer of them has after the point.
    """

    maker: Decimal = Decimal("0.001")
    taker: Decimal = Decimal("0.001")
    places: int = 0

    def __post_init__(self) -> None:
        force_setattr(self, "places", max(places_of(self.maker), places_of(self.taker)))


def needed(order: SpotOrder, instrument: Instrument) -> Decimal:
    """What an order has to hold: what it sells, or what it buys at its price; nothing once it is finished.

    Of an OCO the leg with the limit holds for both, as much as the dearer one needs.
    """
    if not order.cover or not order.status.is_open:
        return ZERO
    leaves = order.quantity - order.filled
    if order.side.is_buy:
        return instrument.value(order.budget or order.cover * leaves)
    return instrument.quantity(leaves)


def pays_with(order: SpotOrder, instrument: Instrument) -> str:
    """The coin that an order gives, and holds."""
    return instrument.quote if order.side.is_buy else instrument.base


def take_over(order: SpotOrder, ledger: Ledger) -> None:
    """Let an order that was there before hold what it needs of what control has locked.

    :raises InsufficientBalance: where that is less.
    """
    need, asset = needed(order, order.instrument), pays_with(order, order.instrument)
    if need:
        ledger.post(
            (
                Line(order.uid, ACCOUNT, asset, locked=minus(need), owner=CONTROL),
                Line(order.uid, ACCOUNT, asset, locked=need, owner=Owner("order", order.id)),
            )
        )
    order.held = need


class Report(Struct, gc=False):
    """One thing that happened to an order, as it stood then.

    :param execution: ``NEW``, ``TRADE`` or ``CANCELED``.
    :param filled: in steps, this fill included; ``value`` in ticks times steps.
    :param fill: of a trade.
    """

    order: SpotOrder
    execution: str
    status: OrderStatus
    filled: int
    value: int
    fill: SpotFill | None = None


class _Share(Struct, gc=False):
    """What the events of one command come to for one order.

    :param gives: how much of the coin that it pays with, for ``gets`` before the ``fee``.
    :param report: of its last fill.
    :param rest: why what is left trades no more; None where somebody asked for that, or it still does.
    """

    order: SpotOrder
    user: UserOrders
    quantity: int = 0
    value: int = 0
    gives: Decimal = ZERO
    gets: Decimal = ZERO
    fee: Decimal = ZERO
    report: Report | None = None
    is_over: bool = False
    rest: Rest | None = None


class Settlement:
    """Books what happened: in the orders, and in the ledger.

    ``reports`` are what happened to orders since somebody took them.

    :param triggers: the waiting orders of each market.
    :param rates: gives a user's fee rates on a market, by its symbol.
    """

    def __init__(
        self,
        ledger: Ledger,
        records: OrderRecords,
        triggers: dict[MarketId, Triggers[SpotOrder]],
        rates: Callable[[int, str], Rates],
    ) -> None:
        self._ledger = ledger
        self._records = records
        self._triggers = triggers
        self._rates = rates
        self.reports: list[Report] = []

    def settle(self, instrument: Instrument, events: Iterable[Event], at_ms: int) -> tuple[int, int] | None:
        """Book the events of one command, or of a whole move.

        :return: the lowest and the highest price that was traded at, in ticks; None where nothing was.
        """
        shares: dict[int, _Share] = {}
        house_quantity = house_value = 0
        base_fees = quote_fees = ZERO
        lowest = highest = 0
        for event in events:
            if isinstance(event, Traded):
                price, quantity = event.price, event.quantity
                lowest = price if not lowest or price < lowest else lowest
                highest = max(highest, price)
                taker, maker = event.taker_owner, event.maker_owner
                if taker < 0 and maker < 0:
                    continue  # the house with itself
                value = price * quantity
                base, quote = instrument.quantity(quantity), instrument.value(value)
                taker_buys = event.taker_side.is_buy
                for uid, order_id, is_maker, is_buyer in (
                    (taker, event.taker_order_id, False, taker_buys),
                    (maker, event.maker_order_id, True, not taker_buys),
                ):
                    if uid < 0:
                        house_quantity += quantity if is_buyer else -quantity
                        house_value += -value if is_buyer else value
                        continue
                    share = shares.get(order_id) or self._share(shares, uid, order_id)
                    if is_buyer:
                        fee = self._fill(share, event, quote, base, at_ms, is_maker=is_maker)
                        base_fees = _add(base_fees, fee) if base_fees else fee
                    else:
                        fee = self._fill(share, event, base, quote, at_ms, is_maker=is_maker)
                        quote_fees = _add(quote_fees, fee) if quote_fees else fee
            elif isinstance(event, Accepted):
                if event.owner > 0:
                    self.report_new(self._share(shares, event.owner, event.order_id).order)
            elif isinstance(event, Cancelled) and event.owner > 0:
                share = shares.get(event.order_id) or self._share(shares, event.owner, event.order_id)
                share.is_over, share.rest = True, event.reason
        if shares:
            lines: list[Line] = []
            for share in shares.values():
                self._change(share, instrument, lines, at_ms)
            if house_quantity:
                lines.append(
                    Line(EXCHANGE_UID, "house", instrument.base, instrument.quantity(house_quantity))
                )
            if house_value:
                lines.append(Line(EXCHANGE_UID, "house", instrument.quote, instrument.value(house_value)))
            if base_fees:
                lines.append(Line(EXCHANGE_UID, "fees", instrument.base, base_fees))
            if quote_fees:
                lines.append(Line(EXCHANGE_UID, "fees", instrument.quote, quote_fees))
            if lines:
                self._ledger.post(lines)
        return (lowest, highest) if lowest else None

    def hold(self, orders: Iterable[SpotOrder], instrument: Instrument) -> None:
        """Have orders hold what they need now, and release what they hold besides."""
        lines: list[Line] = []
        for order in orders:
            _rehold(order, instrument, lines)
        if lines:
            self._ledger.post(lines)

    def report_new(self, order: SpotOrder) -> None:
        """Note that an order was taken: it waits, or is on the market."""
        self.reports.append(Report(order, "NEW", order.status, order.filled, order.value))

    def finish(self, order: SpotOrder, status: OrderStatus, at_ms: int) -> None:
        """Let an order be over that is not filled; what it holds is released with the next entry about it."""
        if order.is_waiting and order.market in self._triggers:
            self._triggers[order.market].discard(order)
        self.reports.append(Report(order, "CANCELED", status, order.filled, order.value))
        self._close(order, status, at_ms)

    def _close(self, order: SpotOrder, status: OrderStatus, at_ms: int) -> None:
        order.status = status
        order.updated_ms = at_ms
        del self._records.users[order.uid].open[order.id]

    def _share(self, shares: dict[int, _Share], uid: int, order_id: int) -> _Share:
        user = self._records.users[uid]
        share = shares[order_id] = _Share(user.orders[order_id], user)
        return share

    def _fill(
        self, share: _Share, trade: Traded, gives: Decimal, gets: Decimal, at_ms: int, *, is_maker: bool
    ) -> Decimal:
        """Count one side of a trade for its order, and return the fee."""
        order, quantity = share.order, trade.quantity
        rates = self._rates(order.uid, order.market[1])
        fee = _multiply(gets, rates.maker if is_maker else rates.taker)
        if order.instrument.places + rates.places > PLACES:
            fee = cut(fee)  # others have no places to be cut, and are added up faster as they are
        if share.quantity:
            share.gives, share.gets = _add(share.gives, gives), _add(share.gets, gets)
            share.fee = _add(share.fee, fee)
        else:
            share.gives, share.gets, share.fee = gives, gets, fee
        share.quantity += quantity
        share.value += trade.price * quantity
        fill = SpotFill(
            trade.trade_id,
            order.id,
            order.uid,
            order.market,
            order.instrument,
            order.side,
            is_maker,
            trade.price,
            quantity,
            fee,
            at_ms,
        )
        share.user.fills.append(fill)
        filled, spent = order.filled + share.quantity, order.value + share.value
        share.report = Report(order, "TRADE", _PARTIALLY_FILLED, filled, spent, fill)
        self.reports.append(share.report)
        return fee

    def _change(self, share: _Share, instrument: Instrument, lines: list[Line], at_ms: int) -> None:
        """Let an order be what the command made of it, and note what that moves."""
        order, quantity = share.order, share.quantity
        if quantity:
            order.filled += quantity
            order.value += share.value
            order.fee = _add(order.fee, share.fee) if order.fee else share.fee
            order.status = _PARTIALLY_FILLED
            order.updated_ms = at_ms
            receives = instrument.base if order.side.is_buy else instrument.quote
            lines.append(Line(order.uid, ACCOUNT, receives, _subtract(share.gets, share.fee)))
        if share.report is not None and (
            order.filled == order.quantity
            or (order.spends_amount and (share.rest is Rest.SPENT or order.value == order.budget))
        ):
            share.report.status = _FILLED
            self._close(order, _FILLED, at_ms)
        elif share.is_over:
            self.finish(order, OrderStatus.CANCELED, at_ms)
        if order.partner and (quantity or share.is_over):
            self._end_partner(order, at_ms)
        _rehold(order, instrument, lines, share.gives)

    def _end_partner(self, order: SpotOrder, at_ms: int) -> None:
        """One leg of an OCO has begun to fill, or is over: the one that waits has failed."""
        partner = self._records.users[order.uid].orders[order.partner]
        if partner.is_waiting:
            self.finish(partner, OrderStatus.FAILED, at_ms)
            order.cover = order.price


def _rehold(order: SpotOrder, instrument: Instrument, lines: list[Line], gives: Decimal = ZERO) -> None:
    """Note by how much what an order holds changes, when it has also given an amount."""
    held = needed(order, instrument)
    change = _subtract(held, order.held) if order.held else held
    if change or gives:
        free = minus(_add(gives, change) if gives else change)
        owner = Owner("order", order.id)
        lines.append(Line(order.uid, ACCOUNT, pays_with(order, instrument), free, change, owner))
        order.held = held
