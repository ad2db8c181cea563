"""The desk of the perpetuals: where users place and cancel orders, close positions, and choose their margin.

The interface, for handlers of requests and for whoever else acts for a user::

    desk.place(uid, NewPerpOrder(…), at_ms), .draft(…)            -> PerpOrder
    desk.cancel(uid, symbol, at_ms, order_id=… | client_id=…)     -> PerpOrder
    desk.cancel_many(uid, symbol, at_ms, order_ids=…, client_ids=…) -> PerpSeveral(cancelled, failed)
    desk.cancel_all(uid, symbol | None, at_ms, kind=…)            -> list[PerpOrder]
    desk.cancel_all_after(uid, timeout_ms | None, at_ms)          -> the deadline in ms, or None
    desk.replace(uid, NewPerpOrder(…), at_ms, …)                  -> PerpReplaced(cancelled, placed)
    desk.amend(uid, symbol, quantity, at_ms, …)                   -> PerpOrder
    desk.reverse(uid, symbol, at_ms, …)                           -> Turned(position, closing, opening)
    desk.reverse_later(uid, symbol, at_ms, …)                     -> PerpOrder
    desk.place_twap(…), .cancel_twap(uid, id, at_ms), .find_twap(uid, id)  -> Twap
    desk.close_all(uid, symbol | None, at_ms)                     -> list[PerpOrder]
    desk.close_position(uid, position_id, at_ms)                  -> PerpOrder
    desk.set_mode, .set_leverage, .set_margin_type, .change_margin
    desk.margins.wallet(uid, asset), .liquidation_price, desk.records.…, desk.find, desk.rates

What is not done is ``Declined`` (``reasons.py``), with neither a code nor a text of the exchange's: those are
contract data. What was declined has left no trace.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from bingx_fake.agenda import Agenda, Rank
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.money import EXACT, minus
from bingx_fake.market.floor import Floor
from bingx_fake.perpetuals.changing import Turned
from bingx_fake.perpetuals.checking import check_open
from bingx_fake.perpetuals.funding import Settled
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpOrder, PerpStatus, PerpType
from bingx_fake.perpetuals.positions import Net
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.perpetuals.records import UserPerps
from bingx_fake.perpetuals.twap import PerpSlicing
from bingx_fake.perpetuals.twap_orders import Twap
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Perpetual

_add, _subtract = EXACT.add, EXACT.subtract

ONCE_MS = 1_000
"""Within which an order is to be cancelled once only (D)."""


class PerpSeveral(NamedTuple):
    """What became of a call that cancels several orders.

    :param failed: the ids that were not cancelled, as they were given, with the reason.
    """

    cancelled: list[PerpOrder]
    failed: list[tuple[int | str, Declined]]


class PerpReplaced(NamedTuple):
    """What became of cancelling an order and placing another one.

    :param placed: None where the cancel failed and nothing was to be placed then.
    """

    cancelled: PerpOrder | Declined
    placed: PerpOrder | Declined | None


class _Countdown(msgspec.Struct, frozen=True):
    """All open orders of a user on perpetuals are cancelled."""

    desk: "SwapDesk"
    uid: int


class _Entry(msgspec.Struct, frozen=True):
    """An order that was answered is placed."""

    desk: "SwapDesk"
    order: PerpOrder


class _Withdrawal(msgspec.Struct, frozen=True):
    """An order whose cancelling was answered is cancelled."""

    desk: "SwapDesk"
    order: PerpOrder


class SwapDesk(PerpSlicing):
    """Users' orders and positions on the perpetuals of a floor: of one product, with wallets of its own.

    :param ledger: has the wallets; whoever makes it has it ask ``margins.may_leave``.
    :param agenda: has when countdowns end. What it has of a desk names that, so that many can have one.
    :param new_id: gives the id of an order that is placed at a time.
    """

    def __init__(
        self,
        floor: Floor,
        ledger: Ledger,
        agenda: Agenda,
        new_id: Callable[[int], int],
        product: Perpetual = "swap",
    ) -> None:
        super().__init__(floor, ledger, new_id, product)
        self._agenda = agenda
        self._countdowns: dict[int, int] = {}
        self._learn_funding()
        self._learn_slices()
        agenda.learn(_Countdown, Rank.COUNTDOWN, lambda it, at_ms: it.desk.count_out(it.uid, at_ms))
        agenda.learn(_Entry, Rank.COMMIT, lambda it, at_ms: it.desk.place_late(it.order, at_ms))
        agenda.learn(_Withdrawal, Rank.COMMIT, lambda it, at_ms: it.desk.cancel_late(it.order, at_ms))
        for kind in (_Countdown, _Entry, _Withdrawal):
            agenda.drop(kind)  # of desks before this one and those of the same exchange

    def due(self, due_ms: int) -> "SwapDesk":
        """The same desk, where what is placed and cancelled takes effect at a time; see ``LateSwapDesk``."""
        return LateSwapDesk(self, due_ms)

    # Cancelling

    def cancel(
        self,
        uid: int,
        symbol: str,
        at_ms: int,
        *,
        order_id: int = 0,
        client_id: str = "",
        only_if: PerpStatus | None = None,
        once: bool = False,
    ) -> PerpOrder:
        """Cancel an order.

        :param only_if: cancel it in this state only (``cancelRestrictions``).
        :param once: decline to be asked again within a second, whatever came of it the first time (D).
        :raises Declined: ``NO_SUCH_MARKET``, ``NO_SUCH_ORDER``, ``ASKED_TWICE``, ``FILLED``, ``FINISHED``,
            ``OTHER_STATUS``.
        """
        order = self.find(uid, symbol, order_id=order_id, client_id=client_id)
        if once:
            before, order.cancel_asked_ms = order.cancel_asked_ms, at_ms
            if 0 <= at_ms - before < ONCE_MS:
                raise Declined(Reason.ASKED_TWICE, order_id=order.id, client_id=order.client_id)
        check_open(order, only_if)
        return self._cancel(order, at_ms)

    def cancel_many(
        self, uid: int, symbol: str, at_ms: int, *, order_ids: Sequence[int], client_ids: Sequence[str]
    ) -> PerpSeveral:
        """Cancel the orders of a list, as far as they can be.

        :raises Declined: ``NO_SUCH_MARKET``.
        """
        self.market(symbol)
        cancelled: list[PerpOrder] = []
        failed: list[tuple[int | str, Declined]] = []
        asked: list[int | str] = [*order_ids, *client_ids]
        for given in asked:
            try:
                if isinstance(given, int):
                    cancelled.append(self.cancel(uid, symbol, at_ms, order_id=given))
                else:
                    cancelled.append(self.cancel(uid, symbol, at_ms, client_id=given))
            except Declined as declined:
                failed.append((given, declined))
        return PerpSeveral(cancelled, failed)

    def cancel_all(
        self, uid: int, symbol: str | None, at_ms: int, *, kind: PerpType | None = None
    ) -> list[PerpOrder]:
        """Cancel the open orders of a user, the oldest first, and return them.

        :param symbol: None for every market.
        :param kind: None for every type.
        :raises Declined: ``NO_SUCH_MARKET``.
        """
        market = None if symbol is None else self.market(symbol).id
        orders = [
            order
            for order in self.records.of(uid).open.values()
            if market in (None, order.market) and kind in (None, order.type)
        ]
        return [self._cancel(order, at_ms) if order.is_open else order for order in orders]

    def replace(
        self,
        uid: int,
        new: NewPerpOrder,
        at_ms: int,
        *,
        order_id: int = 0,
        client_id: str = "",
        only_if: PerpStatus | None = None,
        stops: bool = True,
        cuts: bool = True,
    ) -> PerpReplaced:
        """Cancel an order and place another one on the same market.

        :param stops: whether nothing is placed where nothing was cancelled (``STOP_ON_FAILURE``). An order
            that was cancelled stays so, whatever becomes of the other one.
        """
        cancelled: PerpOrder | Declined
        placed: PerpOrder | Declined
        try:
            cancelled = self.cancel(
                uid, new.symbol, at_ms, order_id=order_id, client_id=client_id, only_if=only_if
            )
        except Declined as declined:
            cancelled = declined
            if stops:
                return PerpReplaced(cancelled, None)
        try:
            placed = self.place(uid, new, at_ms, cuts=cuts)
        except Declined as declined:
            placed = declined
        return PerpReplaced(cancelled, placed)

    def cancel_all_after(self, uid: int, timeout_ms: int | None, at_ms: int) -> int | None:
        """Have all of a user's open orders cancelled after a while, in place of what was asked before.

        :param timeout_ms: None to have it no more.
        :return: when, in Unix milliseconds.
        """
        number = self._countdowns.pop(uid, None)
        if number is not None:
            self._agenda.remove(number)
        if timeout_ms is None:
            return None
        self._countdowns[uid] = self._agenda.add(at_ms + timeout_ms, _Countdown(self, uid))
        return at_ms + timeout_ms

    def countdowns(self) -> dict[int, int]:
        """When all open orders will be cancelled, in Unix milliseconds, by the user whose they are."""
        return {uid: self._agenda.when(number) for uid, number in self._countdowns.items()}

    def count_out(self, uid: int, at_ms: int) -> None:
        """Cancel what a user has, whose countdown has ended."""
        del self._countdowns[uid]
        self.cancel_all(uid, None, at_ms)

    # Closing

    def close_all(self, uid: int, symbol: str | None, at_ms: int) -> list[PerpOrder]:
        """Close a user's positions at the market, and return the orders that do it.

        :param symbol: None for every market.
        :raises Declined: ``NO_SUCH_MARKET``, ``NOT_TRADING``.
        """
        market = None if symbol is None else self.market(symbol).id
        return [self._close(position, at_ms) for position in self.records.positions(uid, market)]

    def close_position(self, uid: int, position_id: int, at_ms: int) -> PerpOrder:
        """Close one position at the market.

        :raises Declined: ``NO_SUCH_POSITION``, ``NOT_TRADING``.
        """
        for position in self.records.positions(uid):
            if position.id == position_id:
                return self._close(position, at_ms)
        raise Declined(Reason.NO_SUCH_POSITION, position_id=position_id)

    # Users who go

    def forget(self, uid: int, at_ms: int) -> None:
        """Take a user away: what is open is cancelled, and the house takes positions at what they cost.

        So nobody else's profit or loss changes (ours, A167).
        """
        self.cancel_all(uid, None, at_ms)
        self.cancel_all_after(uid, None, at_ms)
        self._stop_slices(uid, at_ms)
        for position in self.records.positions(uid):
            sign = 1 if position.is_long else -1
            house = self._settlement.net(self._settlement.house, position.market)
            house.trade(sign * position.quantity, EXACT.multiply(position.cost, Decimal(sign)))
            self.records.let_go(position)
        self.records.users.pop(uid, None)

    def insured(self) -> list[tuple[MarketId, Decimal, Decimal]]:
        """What the insurance holds: of which market, how much, and what that cost; below zero if short."""
        markets = self._floor.stalls
        return [
            (market, markets[market].market.instrument.quantity(net.quantity), net.cost)
            for market, net in sorted(self._settlement.insurance.items())
            if net.quantity or net.cost
        ]

    def restore(
        self,
        users: Mapping[int, UserPerps],
        insurance: Mapping[MarketId, Net] = MappingProxyType({}),
        fundings: Mapping[MarketId, list[Settled]] = MappingProxyType({}),
    ) -> None:
        """Have what users had before, of whom nothing is here; nothing trades, and nobody is liquidated.

        The house takes the other side of all that is held, at what it cost (ours, A173). A stop that is
        past, or margin that is too little, is found with the next thing that happens (ours, A174).
        """
        self.records.restore(users)
        self.know_fundings(fundings)
        for user in users.values():
            for position in user.positions.values():
                sign = -1 if position.is_long else 1
                house = self._settlement.net(self._settlement.house, position.market)
                house.trade(sign * position.quantity, EXACT.multiply(position.cost, Decimal(sign)))
                self._suspects[position.uid] = None
                self._know_prices(position.market)
            for fill in user.fills:
                market = self._floor.stalls[fill.order.market].market
                market.trades = max(market.trades, fill.trade_id)
        for held, net in insurance.items():
            self._settlement.net(self._settlement.insurance, held).trade(net.quantity, net.cost)
            house = self._settlement.net(self._settlement.house, held)
            house.trade(-net.quantity, minus(net.cost))
        orders = [order for user in users.values() for order in user.orders.values()]
        self._restore_orders(sorted(orders, key=lambda it: (it.triggered_ms or it.placed_ms, it.id)))

    def expect_fundings(self, now_ms: int) -> None:
        """Have funding settled of all that is held, and slices of orders carried out."""
        for market in self.records.holders:
            self.expect_funding(market, now_ms)
        self.expect_slices(now_ms)

    # What was answered before it takes effect

    def place_late(self, order: PerpOrder, at_ms: int) -> None:
        """Place an order that was taken before, if it can be by now."""
        del self._coming[order.id]
        try:
            self.check_again(order)
        except Declined:
            self.records.add(order)
            self._settlement.finish(order, PerpStatus.FAILED, at_ms)
            self.follow(at_ms)
        else:
            self._enter(order, at_ms)

    def cancel_late(self, order: PerpOrder, at_ms: int) -> None:
        """Cancel an order whose cancelling was answered before, if it is still open."""
        if order.is_open:
            self._cancel(order, at_ms)


class LateSwapDesk(SwapDesk):
    """A desk where an order that was taken is placed later, and one that was cancelled lives on until then.

    An order is checked when it is taken, and again when it is placed, where it may fail; until then nobody
    finds it. Everything else takes effect at once.
    """

    def __init__(self, desk: SwapDesk, due_ms: int) -> None:
        self.__dict__.update(desk.__dict__)
        self._desk = desk
        self._due_ms = due_ms

    def follow(self, at_ms: int) -> None:
        """Do what follows, as the desk does it that this one is of."""
        self._desk.follow(at_ms)

    def reverse(self, uid: int, symbol: str, at_ms: int, *, position_id: int = 0) -> Turned:
        """Reverse a position, at once: how much is opened depends on what has been closed."""
        return self._desk.reverse(uid, symbol, at_ms, position_id=position_id)

    def place_twap(self, *args: Any, **more: Any) -> Twap:
        """Have an order carried out in slices, whose first is due later anyway."""
        return self._desk.place_twap(*args, **more)

    def _enter(self, order: PerpOrder, at_ms: int) -> None:
        self._coming[order.id] = order
        self._agenda.add(self._due_ms, _Entry(self._desk, order))

    def _cancel(self, order: PerpOrder, at_ms: int) -> PerpOrder:
        self._agenda.add(self._due_ms, _Withdrawal(self._desk, order))
        return msgspec.structs.replace(order, status=PerpStatus.CANCELLED)
