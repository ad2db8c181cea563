"""Changing an order's quantity, closing positions, and turning one into another on the other side."""

from decimal import Decimal
from typing import NamedTuple

import msgspec

from bingx_fake.books.money import EXACT, ZERO, cut
from bingx_fake.perpetuals.checking import check_open
from bingx_fake.perpetuals.choosing import PerpChoosing
from bingx_fake.perpetuals.filters import check_worth, steps, ticks
from bingx_fake.perpetuals.orders import PerpOrder, PerpType, PositionSide, WorkingType
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.perpetuals.tiers import most_value
from bingx_fake.venue.commands import Amend
from bingx_fake.venue.filters import MOST_OPEN
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.venue import Market

_add, _subtract, _multiply = EXACT.add, EXACT.subtract, EXACT.multiply


class Turned(NamedTuple):
    """A position that was reversed.

    :param position: the one that there was.
    :param opening: None where there was nobody to close it with.
    """

    position: Position
    closing: PerpOrder
    opening: PerpOrder | None


class PerpChanging(PerpChoosing):
    """Users' orders and positions, which they change."""

    def amend(
        self,
        uid: int,
        symbol: str,
        quantity: Decimal,
        at_ms: int,
        *,
        order_id: int = 0,
        client_id: str = "",
        cuts: bool = True,
    ) -> PerpOrder:
        """Change the quantity of an open order, with what is filled of it; it keeps its place (ours, A211).

        :param quantity: in coins.
        :raises Declined: ``NO_SUCH_MARKET``, ``NO_SUCH_ORDER``, ``FILLED``, ``FINISHED``, ``NOT_TRADING``,
            ``NOT_TO_CLOSE``, ``FILLED_ALREADY``, and what another order for the difference would be.
        """
        order = self.find(uid, symbol, order_id=order_id, client_id=client_id)
        check_open(order)
        instrument = order.instrument
        self._trading(order.instrument.symbol)
        if order.close_position:
            raise Declined(Reason.NOT_TO_CLOSE, type=order.type.value)
        wanted = steps(quantity, instrument, cuts=cuts)
        if wanted <= order.filled:
            filled = instrument.quantity(order.filled)
            raise Declined(Reason.FILLED_ALREADY, quantity=quantity, filled=filled)
        check_worth(instrument, instrument.nominal(order.price, wanted), closes=order.closes)
        if wanted > order.quantity:
            self._check_more(order, wanted - order.quantity)
        if wanted == order.quantity:
            return order
        if not order.is_waiting:
            self._floor.apply(Amend(order.market, order.id, wanted), at_ms)
        order.quantity = wanted
        order.updated_ms = at_ms
        self.records.of(uid).changes(order)
        self._settlement.touched[uid] = None
        self.follow(at_ms)
        return order

    def _check_more(self, order: PerpOrder, more: int) -> None:
        """Whether so many steps more could be asked for by an order like this one."""
        user = self.records.of(order.uid)
        other = msgspec.structs.replace(order, quantity=more, filled=0, needs=(0, 0, ZERO))
        if order.closes:
            self._check_closing(other, user)
        elif not order.is_waiting:
            self._check_margin(other, user)

    # Closing and reversing

    def reverse(self, uid: int, symbol: str, at_ms: int, *, position_id: int = 0) -> Turned:
        """Close a position at the market, and open as much on the other side (ours, A213).

        :param position_id: which one, where there are two; 0 for the one that there is.
        :raises Declined: ``NO_SUCH_MARKET``, ``NOT_TRADING``, ``NO_POSITION``, ``SEVERAL_POSITIONS``,
            ``OVER_LIMIT``, ``TOO_LITTLE_MARGIN``; nothing is closed then.
        """
        position = self._meant(uid, symbol, position_id)
        self.check_turn(position)
        closing = self._close(position, at_ms)
        return Turned(position, closing, self.turn(closing, position, at_ms))

    def reverse_later(
        self,
        uid: int,
        symbol: str,
        at_ms: int,
        *,
        stop: Decimal | None,
        working: WorkingType,
        position_id: int = 0,
        cuts: bool = True,
    ) -> PerpOrder:
        """Do the same once a price is reached; the order that waits for it.

        :raises Declined: ``NO_SUCH_MARKET``, ``NOT_TRADING``, ``NO_POSITION``, ``SEVERAL_POSITIONS``,
            ``PRICE_NOT_POSITIVE``, ``TOO_MANY_DECIMALS``, ``TOO_MANY_OPEN``.
        """
        position = self._meant(uid, symbol, position_id)
        market = self._trading(symbol)
        wanted = ticks("trigger", stop, position.instrument, cuts=cuts)
        if len(self.records.of(uid).open) >= MOST_OPEN:
            raise Declined(Reason.TOO_MANY_OPEN, most=MOST_OPEN)
        order = self._closing_order(position, at_ms)
        order.type, order.working, order.close_position = PerpType.TRIGGER_REVERSE_MARKET, working, True
        order.price = order.stop = wanted
        order.rises = wanted > self.price(market, working)
        order.quantity = 0
        self._enter(order, at_ms)
        return order

    def check_turn(self, position: Position) -> None:
        """Whether there is enough to open on the other side what a position closes.

        :raises Declined: ``SECOND_SEPARATE``, ``OVER_LIMIT``, ``TOO_LITTLE_MARGIN``.
        """
        uid, market, asset = position.uid, position.market, position.instrument.coin
        order = self._opening_order(position, position.quantity, 0)
        there = self.records.of(uid).positions.get((market, order.of_long))
        self.check_separate(order)
        value = order.instrument.nominal(order.price, order.quantity + (there.quantity if there else 0))
        most = most_value(order.leverage, order.instrument)
        if value > most:
            unit = order.instrument.quote
            raise Declined(Reason.OVER_LIMIT, value=value, most=most, leverage=order.leverage, unit=unit)
        mark = self.margins.mark(market)
        gain = position.unrealised(mark)
        fee = cut(_multiply(position.value(mark), self.rates(uid).taker))
        wallet = self.margins.wallet(uid, asset)
        others = wallet.shared if position.is_isolated else _subtract(wallet.shared, gain)
        kept = _add(_add(_subtract(wallet.used, position.held_margin), wallet.frozen), wallet.locked)
        has = _add(_subtract(_add(wallet.balance, gain), fee), min(others, ZERO))
        needed = self.margins.needs(order, order.quantity)
        available = max(_subtract(has, kept), ZERO)
        if needed > available:
            raise Declined(Reason.TOO_LITTLE_MARGIN, asset=asset, needed=needed, available=available)

    def turn(self, closing: PerpOrder, position: Position, at_ms: int) -> PerpOrder | None:
        """Open on the other side what was closed of a position, if that is all of it."""
        if position.quantity or not closing.filled:
            return None
        order = self._opening_order(position, closing.filled, at_ms)
        order.id, order.parent = self.new_id(at_ms), closing.id
        self._enter(order, at_ms)
        return order

    def _meant(self, uid: int, symbol: str, position_id: int) -> Position:
        """The position of a market that is named, or the only one."""
        found = self.records.positions(uid, self.market(symbol).id)
        if position_id:
            found = [position for position in found if position.id == position_id]
            if not found:
                raise Declined(Reason.NO_SUCH_POSITION, position_id=position_id)
        if not found:
            raise Declined(Reason.NO_POSITION, symbol=symbol)
        if len(found) > 1:
            raise Declined(Reason.SEVERAL_POSITIONS, symbol=symbol, count=len(found))
        return found[0]

    def _trading(self, symbol: str) -> Market:
        market = self.market(symbol)
        if not market.is_trading:
            raise Declined(Reason.NOT_TRADING, symbol=symbol, status=market.status.value)
        return market

    def _close(self, position: Position, at_ms: int) -> PerpOrder:
        """Close a position; other orders that would close it are cancelled first (ours, A155)."""
        self._trading(position.instrument.symbol)
        self._trim(position, self.records.of(position.uid), 0, at_ms)
        order = self._closing_order(position, at_ms)
        self._enter(order, at_ms)
        return order

    def _closing_order(self, position: Position, at_ms: int) -> PerpOrder:
        """An order at the market that closes a position."""
        of_long = PositionSide.LONG if position.is_long else PositionSide.SHORT
        return PerpOrder(
            id=self.new_id(at_ms),
            uid=position.uid,
            market=position.market,
            instrument=position.instrument,
            side=Side.SELL if position.is_long else Side.BUY,
            position_side=PositionSide.BOTH if position.is_one_way else of_long,
            type=PerpType.MARKET,
            time_in_force=TimeInForce.GTC,
            client_id="",
            price=self._floor.stalls[position.market].market.last,
            stop=0,
            quantity=position.quantity,
            amount=None,
            working=WorkingType.MARK_PRICE,
            reduce_only=position.is_one_way,
            close_position=False,
            closes=True,
            rises=False,
            leverage=position.leverage,
            placed_ms=at_ms,
            updated_ms=at_ms,
            position_id=position.id,
        )

    def _opening_order(self, position: Position, quantity: int, at_ms: int) -> PerpOrder:
        """An order at the market that opens on the other side of a position; without an id."""
        other = PositionSide.SHORT if position.is_long else PositionSide.LONG
        choice = self.records.of(position.uid).choice(position.market)
        return PerpOrder(
            id=0,
            uid=position.uid,
            market=position.market,
            instrument=position.instrument,
            side=Side.SELL if position.is_long else Side.BUY,
            position_side=PositionSide.BOTH if position.is_one_way else other,
            type=PerpType.MARKET,
            time_in_force=TimeInForce.GTC,
            client_id="",
            price=self._floor.stalls[position.market].market.last,
            stop=0,
            quantity=quantity,
            amount=None,
            working=WorkingType.MARK_PRICE,
            reduce_only=False,
            close_position=False,
            closes=False,
            rises=False,
            leverage=choice.leverage(is_long=not position.is_long),
            placed_ms=at_ms,
            updated_ms=at_ms,
        )
