"""Liquidation: who has too little for his positions loses them, at the price at which nothing would be left.

What shares margin is a scope: an isolated position by itself, or all others of a user and a coin. When what
there is for a scope is no more than what it needs, its orders are cancelled, and the insurance account takes
its positions over, at the price that leaves the scope with nothing, and keeps them. Where the insurance would
then be below zero, the most profitable positions on the other side are closed at that price instead, and the
house takes what is left. One scope comes after the other: the one with the least of what it needs first. All
of that is ours (A168).
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal

import msgspec

from bingx_fake.books.accounts import EXCHANGE_UID, INSURANCE
from bingx_fake.books.money import EXACT, ZERO, cut, minus
from bingx_fake.perpetuals.orders import (
    Forced,
    PerpFill,
    PerpOrder,
    PerpStatus,
    PerpType,
    PositionSide,
    WorkingType,
)
from bingx_fake.perpetuals.placing import PerpPlacing
from bingx_fake.perpetuals.positions import Position, share
from bingx_fake.perpetuals.records import IncomeKind
from bingx_fake.perpetuals.reports import PerpReport
from bingx_fake.perpetuals.settlement import Changes
from bingx_fake.venue.commands import Cancel, MarketId
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side

_add, _subtract, _multiply = EXACT.add, EXACT.subtract, EXACT.multiply
_ROUNDED = Context(prec=60, rounding=ROUND_HALF_EVEN)


class _Scope(msgspec.Struct, gc=False):
    """Positions that share their margin, what there is for them, and what they need."""

    positions: list[Position]
    each: list[Decimal]
    needs: Decimal
    equity: Decimal

    @property
    def rank(self) -> tuple[Decimal, str, int]:
        """The lowest comes first."""
        first = self.positions[0]
        return _ROUNDED.divide(self.equity, self.needs), first.market[1], first.uid


class PerpRisk(PerpPlacing):
    """Users' positions, which they keep as long as there is enough for them."""

    def relieve(self, at_ms: int) -> bool:
        """Liquidate one scope, the neediest of those that may have to be; whether there was any."""
        needy = [
            scope
            for uid in self._suspects
            if not self.margins.is_safe(uid)
            for scope in self._scopes(uid)
            if scope.equity <= scope.needs
        ]
        # Whoever is in no need stays so until something touches him, or a mark moves.
        self._suspects = dict.fromkeys(scope.positions[0].uid for scope in needy)
        if not needy:
            return False
        neediest = min(needy, key=lambda scope: scope.rank)
        if not self._add_margin(neediest, at_ms):
            self._liquidate(neediest, at_ms)
        return True

    def _add_margin(self, scope: _Scope, at_ms: int) -> bool:
        """Add to a position's margin what its owner wants added, if that keeps it (ours, A214)."""
        position = scope.positions[0]
        if not position.auto_margin:
            return False
        wanted = _subtract(position.initial_margin, scope.equity)
        available = self.margins.wallet(position.uid, position.instrument.coin).available
        added = min(wanted, position.auto_margin, available)
        if added <= 0 or _add(scope.equity, added) <= scope.needs:
            return False
        position.margin = _add(position.margin, added)
        position.auto_margin = _subtract(position.auto_margin, added)
        position.updated_ms = at_ms
        self.records.changes(position)
        self._settlement.note_margin(position, "AutoMarginAddition", added, at_ms)
        self._settlement.changed[position.id] = position
        return True

    def _scopes(self, uid: int) -> list[_Scope]:
        """What of a user's shares margin."""
        apart: list[_Scope] = []
        shared: dict[str, _Scope] = {}
        margins = self.margins
        for position in self.records.of(uid).positions.values():
            mark = margins.mark(position.market)
            needs, gain = margins.maintenance_at(position, position.value(mark)), position.unrealised(mark)
            if position.is_isolated:
                apart.append(_Scope([position], [needs], needs, _add(position.margin, gain)))
                continue
            scope = shared.get(position.instrument.coin)
            if scope is None:
                shared[position.instrument.coin] = _Scope([position], [needs], needs, gain)
            else:
                scope.positions.append(position)
                scope.each.append(needs)
                scope.needs, scope.equity = _add(scope.needs, needs), _add(scope.equity, gain)
        for coin, scope in shared.items():
            scope.equity = _add(scope.equity, self._ledger.balance(uid, margins.account, coin).free)
            for other in apart:
                if other.positions[0].instrument.coin == coin:
                    scope.equity = _subtract(scope.equity, other.positions[0].margin)
        return [*apart, *shared.values()]

    def _liquidate(self, scope: _Scope, at_ms: int) -> None:
        """Take a scope's positions from their owner, with all that there is for them."""
        first = scope.positions[0]
        user = self.records.of(first.uid)
        markets = {position.market for position in scope.positions}
        for order in [it for it in user.open.values() if it.instrument.coin == first.instrument.coin]:
            if order.market in markets or not first.is_isolated:
                self._withdraw(order, at_ms)
        changes = Changes(first.instrument.coin)
        left = scope.equity
        for number, (position, need) in enumerate(zip(scope.positions, scope.each, strict=True)):
            is_last = number == len(scope.positions) - 1
            part = left if is_last else share(scope.equity, need, scope.needs)
            left = _subtract(left, part)
            self._take_over(position, part, changes, at_ms)
        self._settlement.post(changes, at_ms)

    def _withdraw(self, order: PerpOrder, at_ms: int) -> None:
        """Cancel an order of somebody who is liquidated."""
        if order.is_waiting:
            self._drop(order, at_ms)
        elif order.is_open:
            self._floor.apply(Cancel(order.market, order.id), at_ms)

    def _take_over(self, position: Position, part: Decimal, changes: Changes, at_ms: int) -> None:
        """Close a position so that its owner loses a part of what there is, and have somebody else hold it.

        :param part: what there is for it at the mark; below zero where it is more than lost.
        """
        mark = self.margins.mark(position.market)
        worth, quantity = position.value(mark), position.quantity
        taker = self.rates(position.uid).taker
        # What its owner gets for it, once the fee is paid, is its worth less that part.
        if position.gains:
            got = _subtract(worth, part)
            value = cut(_ROUNDED.divide(got, _subtract(Decimal(1), taker)))
            fee = _subtract(value, got)
        else:
            got = _add(worth, part)
            value = cut(_ROUNDED.divide(got, _add(Decimal(1), taker)))
            fee = _subtract(got, value)
        order = self._forced_order(position, quantity, value, "LIQUIDATION", at_ms)
        profit = self._settlement.close(position, quantity, value, fee, changes, at_ms, "Liquidation")
        self._record(order, profit, fee, changes.asset, at_ms)
        self._pass_on(position, quantity, value, changes, at_ms)

    def _pass_on(
        self, position: Position, quantity: int, value: Decimal, changes: Changes, at_ms: int
    ) -> None:
        """Have the insurance hold what was taken, or those close who won what was lost, or the house."""
        market, instrument = position.market, position.instrument
        sign = 1 if position.is_long else -1
        mark = self.margins.mark(market)
        worth = instrument.worth(mark, quantity)
        brings = _subtract(worth, value) if position.gains else _subtract(value, worth)
        if _add(self.insurance_equity(changes.asset), brings) >= 0:
            holder = self._settlement.net(self._settlement.insurance, market)
            holder.trade(sign * quantity, _multiply(value, Decimal(sign)))
            return
        left, left_value = quantity, value
        for other in self._winners(position, mark):
            closed = min(left, other.quantity)
            paid = left_value if closed == left else share(value, closed, quantity)
            order = self._forced_order(other, closed, paid, "ADL", at_ms)
            profit = self._settlement.close(other, closed, paid, ZERO, changes, at_ms, "ADL")
            self._record(order, profit, ZERO, changes.asset, at_ms)
            left, left_value = left - closed, _subtract(left_value, paid)
            if not left:
                return
        house = self._settlement.net(self._settlement.house, market)
        house.trade(sign * left, _multiply(left_value, Decimal(sign)))

    def insurance_equity(self, asset: str) -> Decimal:
        """What the insurance account has of a coin, with what it would get for all that it holds."""
        total = self._ledger.balance(EXCHANGE_UID, INSURANCE, asset).free
        for market, net in self._settlement.insurance.items():
            stall = self._floor.stalls[market]
            if stall.market.instrument.coin == asset:
                total = _add(total, net.unrealised(stall.market.instrument, stall.market.mark_price))
        return total

    def _winners(self, position: Position, mark: int) -> list[Position]:
        """The positions on the other side that have a profit, the highest return on their margin first."""
        found = []
        for uid in self.records.holders.get(position.market, ()):
            for other in self.records.positions(uid, position.market):
                profit = other.unrealised(mark)
                if other.is_long is not position.is_long and other.uid != position.uid and profit > 0:
                    found.append((-_ROUNDED.divide(profit, other.initial_margin), other.uid, other))
        found.sort(key=lambda it: it[:2])
        return [other for *_, other in found]

    def _forced_order(
        self, position: Position, quantity: int, value: Decimal, forced: Forced, at_ms: int
    ) -> PerpOrder:
        """The order by which the exchange closes a position; its price is cut to the tick."""
        instrument = position.instrument
        value = max(value, ZERO)
        side = PositionSide.LONG if position.is_long else PositionSide.SHORT
        return PerpOrder(
            id=self.new_id(at_ms),
            uid=position.uid,
            market=position.market,
            instrument=instrument,
            side=Side.SELL if position.is_long else Side.BUY,
            position_side=PositionSide.BOTH if position.is_one_way else side,
            type=PerpType.LIQUIDATION,
            time_in_force=TimeInForce.GTC,
            client_id="",
            price=instrument.ticks(instrument.price_of(value, quantity)),
            stop=0,
            quantity=quantity,
            amount=None,
            working=WorkingType.MARK_PRICE,
            reduce_only=position.is_one_way,
            close_position=False,
            closes=True,
            rises=False,
            leverage=position.leverage,
            placed_ms=at_ms,
            updated_ms=at_ms,
            status=PerpStatus.FILLED,
            filled=quantity,
            value=value,
            position_id=position.id,
            forced=forced,
        )

    def _record(self, order: PerpOrder, profit: Decimal, fee: Decimal, asset: str, at_ms: int) -> None:
        """Note what the exchange closed, among its owner's orders, fills and income."""
        order.profit, order.fee = profit, fee
        self.records.add(order)
        trade_id = max(self._floor.stalls[order.market].market.trades, 1)
        fill = PerpFill(trade_id, order, False, order.price, order.quantity, fee, profit, at_ms)
        self.records.of(order.uid).fills.append(fill)
        self._settlement.reports.append(PerpReport.of(order, "CALCULATED", fill))
        kind: IncomeKind = "ADL" if order.forced == "ADL" else "REALIZED_PNL"
        self.records.earn(order.uid, order.market, kind, profit, asset, at_ms, trade_id)
        if fee:
            self.records.earn(order.uid, order.market, "TRADING_FEE", minus(fee), asset, at_ms, trade_id)

    def end(self, market: MarketId, at_ms: int) -> None:
        """Close every position of a market that has ended, at the mark, against the house (ours, A169)."""
        mark = self.margins.mark(market)
        for uid in list(self.records.holders.get(market, ())):
            for position in self.records.positions(uid, market):
                changes = Changes(position.instrument.coin)
                value, sign = position.value(mark), 1 if position.is_long else -1
                house = self._settlement.net(self._settlement.house, market)
                house.trade(sign * position.quantity, _multiply(value, Decimal(sign)))
                profit = self._settlement.close(position, position.quantity, value, ZERO, changes, at_ms)
                if profit:
                    self.records.earn(uid, market, "REALIZED_PNL", profit, changes.asset, at_ms)
                self._settlement.post(changes, at_ms)
