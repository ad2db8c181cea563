"""Placing and cancelling one order for a perpetual, and what follows from what happens on the market.

What happens on a market comes back as events. They are settled; then orders that have nothing to close any
more are cancelled, then those trade whose stop price was reached, one command each, and then positions are
liquidated for which there is too little.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from bingx_fake.books.ledger import Ledger
from bingx_fake.books.money import EXACT
from bingx_fake.market.floor import Floor
from bingx_fake.market.stall import Stall
from bingx_fake.perpetuals.checking import PerpChecking, is_against
from bingx_fake.perpetuals.filters import ticks
from bingx_fake.perpetuals.orders import (
    Attached,
    NewPerpOrder,
    PerpOrder,
    PerpStatus,
    PerpType,
    PositionSide,
    WorkingType,
)
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.reasons import Declined
from bingx_fake.perpetuals.records import UserPerps
from bingx_fake.perpetuals.reports import PerpNews, PerpReport
from bingx_fake.perpetuals.waiting import WaitingOrders
from bingx_fake.venue.commands import Cancel, Event, MarketId, Place, StatusChanged
from bingx_fake.venue.instruments import Perpetual
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Order, Side
from bingx_fake.venue.venue import Status

_subtract = EXACT.subtract


class _Reached(msgspec.Struct, frozen=True):
    """A price went from one value to another, and is there ``now``."""

    market: MarketId
    working: WorkingType
    lowest: int
    highest: int
    now: int


class PerpPlacing(PerpChecking):
    """Users' orders on the perpetuals of a floor, one at a time."""

    def __init__(
        self, floor: Floor, ledger: Ledger, new_id: Callable[[int], int], product: Perpetual = "swap"
    ) -> None:
        super().__init__(floor, ledger, new_id, product)
        self._waiting = WaitingOrders()
        self._prices: dict[tuple[MarketId, WorkingType], int] = {}
        self._attached: dict[tuple[int, PerpType], PerpOrder] = {}
        self._reached: list[_Reached] = []
        self._suspects: dict[int, None] = {}
        self._is_following = False
        self.on_news: Callable[[PerpNews, int], object] = lambda news, at_ms: None
        self.on_change: Callable[[int, int], object] | None = None
        self._whose: dict[int, None] = {}
        floor.listeners.append(self._happened)
        floor.waits.append(self._besides_the_book)

    def place(self, uid: int, new: NewPerpOrder, at_ms: int, *, cuts: bool = True) -> PerpOrder:
        """Place an order; see ``draft``.

        :raises Declined: where it is not taken.
        """
        order = self.draft(uid, new, at_ms, cuts=cuts)
        order.id = self.new_id(at_ms)
        self._enter(order, at_ms)
        return order

    def _enter(self, order: PerpOrder, at_ms: int) -> None:
        """Let an order that has passed all checks wait, or trade."""
        if order.type.waits:
            self.records.add(order)
            self._settlement.reports.append(PerpReport.of(order, "NEW"))
            self._wait(order)
            self.follow(at_ms)
        else:
            order.status = PerpStatus.PENDING
            self.records.add(order)
            self._submit(order, at_ms)

    def _wait(self, order: PerpOrder) -> None:
        """Let an order wait, and see whether its price is there already."""
        key = (order.market, order.working)
        self._waiting.add(order)
        now = self.price(self._floor.stalls[order.market].market, order.working)
        self._prices.setdefault(key, now)
        self._reached.append(_Reached(*key, now, now, now))

    def _restore_orders(self, orders: Sequence[PerpOrder]) -> None:
        """Have orders of before wait and rest as they did.

        :param orders: in the order in which they came to rest.
        """
        for order in orders:
            if order.parent:
                self._attached[order.parent, order.type] = order
            if order.is_waiting:
                self._waiting.add(order)
                self._know_prices(order.market)
            elif order.is_open:
                resting = Order(order.id, order.uid, order.side, order.price, order.quantity)
                self._floor.venue.restore(order.market, resting, filled=order.filled)

    def _know_prices(self, market: MarketId) -> None:
        """Know the prices of a market as they are, so that it is seen when they change."""
        for working in (WorkingType.MARK_PRICE, WorkingType.INDEX_PRICE):
            self._prices.setdefault((market, working), self.price(self._floor.stalls[market].market, working))

    def _submit(self, order: PerpOrder, at_ms: int) -> None:
        """Put an order on the market, where it trades and rests; ``_happened`` hears what comes of it."""
        has_limit = order.type.has_limit
        self._floor.apply(
            Place(
                order.market,
                order.id,
                order.uid,
                order.side,
                order.quantity,
                order.price if has_limit else None,
                order.time_in_force if has_limit else TimeInForce.GTC,
            ),
            at_ms,
        )

    def _cancel(self, order: PerpOrder, at_ms: int) -> PerpOrder:
        """Cancel an open order, and return what it is then."""
        if order.is_waiting:
            self._drop(order, at_ms)
            self.follow(at_ms)
        else:
            self._floor.apply(Cancel(order.market, order.id), at_ms)
        return order

    def _drop(self, order: PerpOrder, at_ms: int) -> None:
        """Let an order wait no more."""
        self._waiting.discard(order)
        self._settlement.finish(order, PerpStatus.CANCELLED, at_ms)

    def _besides_the_book(self, market: MarketId) -> list[object]:
        """What a market's ticks and steps are kept for besides what rests in its book."""
        coming = [order for order in self._coming.values() if order.market == market]
        return [*self._waiting.on(market), *coming, *self.records.holders.get(market, ())]

    def _happened(self, stall: Stall, events: list[Event], at_ms: int) -> None:
        """Settle what happened on a market, then let follow what follows from that."""
        market = stall.market
        if market.instrument.product != self.product:
            return
        reach = self._settlement.settle(market.instrument, events, at_ms)
        if reach is not None:
            self._reached.append(_Reached(market.id, WorkingType.CONTRACT_PRICE, *reach, market.last))
        for working in (WorkingType.MARK_PRICE, WorkingType.INDEX_PRICE):
            key, now = (market.id, working), self.price(market, working)
            before = self._prices.get(key, now)
            self._prices[key] = now
            if now != before:
                self._reached.append(_Reached(*key, min(before, now), max(before, now), now))
                if working is WorkingType.MARK_PRICE:
                    coin, rises = market.instrument.coin, now > before
                    self._suspects.update(self.records.mark_moves(market.id, coin, rises=rises))
        if market.status is Status.DELISTED and any(isinstance(event, StatusChanged) for event in events):
            for order in self._waiting.on(market.id):
                self._drop(order, at_ms)
            self.end(market.id, at_ms)
        self.expect_funding(market.id, at_ms)
        self.follow(at_ms)

    def follow(self, at_ms: int) -> None:
        """Do what follows from what has happened, one thing after the other."""
        if self._is_following:
            return
        self._is_following = True
        try:
            while (
                self._settlement.carriers
                or self._settlement.touched
                or self._reached
                or (self._suspects and self.relieve(at_ms))
            ):
                if self._settlement.carriers:
                    carriers, self._settlement.carriers = self._settlement.carriers, {}
                    for order in carriers.values():
                        self._attach(order, at_ms)
                    continue
                if self._settlement.touched:
                    uids, self._settlement.touched = self._settlement.touched, {}
                    moved, self._settlement.moved = self._settlement.moved, {}
                    self._suspects.update(moved)
                    self._whose.update(uids)
                    for uid in uids:
                        self._tidy(uid, at_ms)
                    continue
                if not self._reached:
                    continue
                reached = self._reached.pop(0)
                price = reached.market, reached.working
                for order in self._waiting.reached(price, reached.lowest, reached.highest, reached.now):
                    if order.is_waiting:
                        self._trigger(order, at_ms)
        finally:
            self._is_following = False
        self._tell("ORDER", at_ms)

    def _tell(self, reason: Literal["ORDER", "FUNDING_FEE"], at_ms: int) -> None:
        """Tell what has happened to users' orders, positions and wallets; and ``on_change``, to whose."""
        settlement = self._settlement
        if self.on_change is not None:
            of_orders = (report.order.uid for report in settlement.reports)
            of_positions = (position.uid for position in settlement.changed.values())
            for uid in dict.fromkeys((*self._whose, *of_orders, *of_positions)):
                self.on_change(uid, at_ms)
        self._whose.clear()
        if settlement.reports or settlement.changed or settlement.is_posted:
            news = PerpNews(settlement.reports, [*settlement.changed.values()], reason)
            settlement.reports, settlement.changed, settlement.is_posted = [], {}, False
            self.on_news(news, at_ms)

    def relieve(self, at_ms: int) -> bool:
        """Do what comes last: liquidate one of those who may have too little; whether there was any."""
        raise NotImplementedError

    def end(self, market: MarketId, at_ms: int) -> None:
        """Close the positions of a market that has ended."""
        raise NotImplementedError

    def expect_funding(self, market: MarketId, now_ms: int) -> None:
        """Have funding settled in its time."""
        raise NotImplementedError

    def check_turn(self, position: Position) -> None:
        """Whether there is enough to open on the other side what a position closes."""
        raise NotImplementedError

    def turn(self, closing: PerpOrder, position: Position, at_ms: int) -> PerpOrder | None:
        """Open on the other side what was closed of a position."""
        raise NotImplementedError

    def _tidy(self, uid: int, at_ms: int) -> None:
        """Cancel the orders of a user that there is nothing to close for."""
        user = self.records.of(uid)
        if not user.closing:
            return
        for order in [it for it in user.closing.values() if it.is_waiting]:
            position = user.positions.get((order.market, order.of_long))
            if position is None:
                self._drop(order, at_ms)
        for position in self.records.positions(uid):
            self._trim(position, user, position.quantity, at_ms)
        for order in [it for it in user.closing.values() if not it.is_waiting]:
            if (order.market, order.of_long) not in user.positions and order.is_open:
                self._floor.apply(Cancel(order.market, order.id), at_ms)

    def _attach(self, carrier: PerpOrder, at_ms: int) -> None:
        """Let what an order carries wait to close what it has filled (V59)."""
        for attached in (carrier.take_profit, carrier.stop_loss):
            if attached is None:
                continue
            child = self._attached.get((carrier.id, attached.type))
            if child is None:
                child = self._child(carrier, attached, at_ms)
                self._attached[carrier.id, attached.type] = child
                self.records.add(child)
                self._settlement.reports.append(PerpReport.of(child, "NEW"))
                self._wait(child)
            elif child.is_waiting:
                child.quantity = carrier.filled

    def _child(self, carrier: PerpOrder, attached: Attached, at_ms: int) -> PerpOrder:
        instrument = carrier.instrument
        stop = ticks("stop", attached.stop, instrument)
        side = carrier.side.other
        return PerpOrder(
            id=self.new_id(at_ms),
            uid=carrier.uid,
            market=carrier.market,
            instrument=instrument,
            side=side,
            position_side=carrier.position_side,
            type=attached.type,
            time_in_force=TimeInForce.GTC,
            client_id="",
            price=ticks("price", attached.price, instrument) if attached.type.has_limit else stop,
            stop=stop,
            quantity=carrier.filled,
            amount=None,
            working=attached.working,
            reduce_only=carrier.position_side is PositionSide.BOTH,
            close_position=False,
            closes=True,
            rises=(side is Side.BUY) is attached.type.stops,
            leverage=carrier.leverage,
            placed_ms=at_ms,
            updated_ms=at_ms,
            parent=carrier.id,
            position_id=carrier.position_id,
        )

    def _trim(self, position: Position, user: UserPerps, most: int, at_ms: int) -> None:
        """Cancel orders that only close, the newest first, until no more than so many steps are closed."""
        against = [it for it in user.resting_on(position.market) if is_against(it, position)]
        over = sum(order.leaves for order in against) - most
        for order in reversed(against):
            if over <= 0:
                return
            if order.closes:
                over -= order.leaves
                self._floor.apply(Cancel(order.market, order.id), at_ms)

    def _trigger(self, order: PerpOrder, at_ms: int) -> None:
        """Let an order trade whose stop price was reached, if there is something for it to do."""
        user, position = self.records.of(order.uid), None
        if order.trail is not None:
            order.price = self._floor.stalls[order.market].market.last  # what it will need is counted there
        order.status = PerpStatus.PENDING
        order.triggered_ms = order.updated_ms = at_ms
        if order.closes:
            position = user.positions.get((order.market, order.of_long))
            whole = 0 if position is None else position.quantity
            order.quantity = whole if order.close_position else min(order.quantity, whole)
            if position is not None and order.type.turns:
                try:
                    self.check_turn(position)
                except Declined:
                    self._settlement.finish(order, PerpStatus.FAILED, at_ms)
                    return
                order.status = PerpStatus.NEW  # so that it is none of those in the book
                self._trim(position, user, 0, at_ms)
                order.status = PerpStatus.PENDING
            elif position is not None:
                order.status = PerpStatus.NEW  # so that it is none of those in the book
                self._trim(position, user, whole - order.quantity, at_ms)
                order.quantity = min(order.quantity, self.closable(position))
                order.status = PerpStatus.PENDING
            if not order.quantity:
                self._settlement.finish(order, PerpStatus.CANCELLED, at_ms)
                return
        else:
            order.status = PerpStatus.NEW
            try:
                self._check_margin(order, user)
            except Declined:
                self._settlement.finish(order, PerpStatus.FAILED, at_ms)
                return
            order.status = PerpStatus.PENDING
        user.changes(order)
        if self._floor.stalls[order.market].market.is_trading:
            self._submit(order, at_ms)
            if order.type.turns and position is not None:
                self.turn(order, position, at_ms)
        else:
            self._settlement.finish(order, PerpStatus.CANCELLED, at_ms)
