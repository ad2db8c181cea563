"""The spot desk: where users place, cancel and look up orders of the spot markets.

The interface, for handlers of requests and for whoever else acts for a user::

    desk.place(uid, NewOrder(…), at_ms)                          -> SpotOrder
    desk.cancel(uid, symbol, at_ms, order_id=… | client_id=…)    -> SpotOrder
    desk.find(uid, symbol, at_ms, order_id=… | client_id=…)      -> SpotOrder
    desk.cancel_all(uid, symbol | None, at_ms)                   -> list[SpotOrder]
    desk.cancel_many(uid, symbol, at_ms, order_ids=…, client_ids=…, whole=…)
                                                                 -> Several(cancelled, failed)
    desk.replace(uid, NewOrder(…), at_ms, order_id=… | client_id=…, stops=…)
                                                                 -> Replaced(cancelled, placed)
    desk.cancel_all_after(uid, timeout_ms | None, at_ms)         -> the deadline in ms, or None
    desk.place_oco(uid, NewOco(…), at_ms)                        -> Oco
    desk.cancel_oco(uid, at_ms, order_id=… | client_id=…)        -> Oco
    desk.rates(uid, symbol)                                      -> Rates
    desk.forget(uid, at_ms)                                      -> None
    desk.records.open_of, .history, .fills, .find_oco, .ocos, .legs

What is not done is ``Declined`` (``venue/filters.py``): it carries a ``reason``, each of which says which
``facts`` come with it, and neither a code nor a text of the exchange's: those are contract data. What was
declined has left no trace.

An order is a ``SpotOrder`` (``venue/orders.py``) in whole ticks and steps; ``desk.instrument(order)`` makes
money of them: ``instrument.price(order.price)``, ``instrument.quantity(order.filled)``,
``instrument.value(order.value)`` (the quote coin of its fills). It is the order itself, which goes on
changing, and what is returned is what has become of it once everything that followed from the command is
done: a market order's answer shows it filled (ours, A60).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from bingx_fake.agenda import Agenda, Rank
from bingx_fake.books.ledger import Ledger
from bingx_fake.market.floor import Floor
from bingx_fake.trading.pairs import Pairs, is_between
from bingx_fake.trading.placing import check_open
from bingx_fake.trading.records import Oco
from bingx_fake.venue.filters import Declined
from bingx_fake.venue.orders import NewOrder, OrderStatus, SpotOrder


class Several(NamedTuple):
    """What became of a call that cancels several orders.

    :param failed: the ids that were not cancelled, as they were given, with the reason.
    """

    cancelled: list[SpotOrder]
    failed: list[tuple[int | str, Declined]]


class Replaced(NamedTuple):
    """What became of cancelling an order and placing another one.

    :param placed: None where the cancel failed and nothing was to be placed then.
    """

    cancelled: SpotOrder | Declined
    placed: SpotOrder | Declined | None


class _Countdown(msgspec.Struct, frozen=True):
    """All open orders of a user are cancelled."""

    uid: int


class _Entry(msgspec.Struct, frozen=True):
    """An order that was answered is placed; of an OCO, which has its leg with the limit here, both."""

    order: SpotOrder


class _Withdrawal(msgspec.Struct, frozen=True):
    """An order whose cancelling was answered is cancelled."""

    order: SpotOrder


class _Setting(msgspec.Struct, frozen=True):
    """A countdown that was answered begins, or ends without an effect.

    :param until_ms: when it cancels everything; None where it is stopped.
    """

    uid: int
    until_ms: int | None


class SpotDesk(Pairs):
    """Users' orders on the spot markets of a floor.

    :param ledger: has the users' spot accounts.
    :param agenda: has when countdowns end.
    :param new_id: gives the id of an order that is placed at a time.
    """

    def __init__(self, floor: Floor, ledger: Ledger, agenda: Agenda, new_id: Callable[[int], int]) -> None:
        super().__init__(floor, ledger, new_id)
        self._agenda = agenda
        self._countdowns: dict[int, int] = {}
        self._coming_countdowns: list[_Setting] = []
        agenda.learn(_Countdown, Rank.COUNTDOWN, self._count_out)
        agenda.learn(_Entry, Rank.COMMIT, self._place_late)
        agenda.learn(_Withdrawal, Rank.COMMIT, self._cancel_late)
        agenda.learn(_Setting, Rank.COMMIT, self._set_late)
        for kind in (_Countdown, _Entry, _Withdrawal, _Setting):
            agenda.drop(kind)  # of a desk before this one

    def due(self, due_ms: int) -> "SpotDesk":
        """The same desk, where what is placed and cancelled takes effect at a time; see ``LateDesk``."""
        return LateDesk(self, due_ms)

    def cancel_all(self, uid: int, symbol: str | None, at_ms: int) -> list[SpotOrder]:
        """Cancel every open order of a user, the oldest first, and return them.

        :param symbol: None for every market.
        :raises Declined: ``NO_SUCH_MARKET``.
        """
        market = None if symbol is None else self._stall(symbol).market.id
        # The other leg of an OCO before is over by the time that it would come.
        orders = self.records.open_of(uid, market)
        return [self._cancel(order, at_ms) if order.is_open else order for order in orders]

    def cancel_many(
        self,
        uid: int,
        symbol: str,
        at_ms: int,
        *,
        order_ids: Sequence[int] = (),
        client_ids: Sequence[str] = (),
        whole: bool = True,
    ) -> Several:
        """Cancel the orders of a list.

        :param whole: whether one that cannot be cancelled keeps all the others (``process=0``).
        :raises Declined: the first reason, where ``whole``; ``NO_SUCH_MARKET``.
        """
        market = self._stall(symbol).market.id
        found: dict[int, SpotOrder] = {}
        failed: list[tuple[int | str, Declined]] = []
        asked: list[int | str] = [*order_ids, *client_ids]
        for given in asked:
            try:
                if isinstance(given, int):
                    order = self.records.find(uid, market, order_id=given, at_ms=at_ms)
                else:
                    order = self.records.find(uid, market, client_id=given, at_ms=at_ms)
                check_open(order)
            except Declined as declined:
                if whole:
                    raise
                failed.append((given, declined))
            else:
                found[order.id] = order
        orders = found.values()
        cancelled = [self._cancel(order, at_ms) if order.is_open else order for order in orders]
        return Several(cancelled, failed)

    def replace(
        self,
        uid: int,
        new: NewOrder,
        at_ms: int,
        *,
        order_id: int = 0,
        client_id: str = "",
        only_if: OrderStatus | None = None,
        stops: bool = True,
        cuts: bool = True,
    ) -> Replaced:
        """Cancel an order and place another one on the same market.

        :param stops: whether nothing is placed where nothing was cancelled (``STOP_ON_FAILURE``). An order
            that was cancelled stays so, whatever becomes of the other one.
        """
        cancelled: SpotOrder | Declined
        placed: SpotOrder | Declined
        try:
            cancelled = self.cancel(
                uid, new.symbol, at_ms, order_id=order_id, client_id=client_id, only_if=only_if
            )
        except Declined as declined:
            cancelled = declined
            if stops:
                return Replaced(cancelled, None)
        try:
            placed = self.place(uid, new, at_ms, cuts=cuts)
        except Declined as declined:
            placed = declined
        return Replaced(cancelled, placed)

    def cancel_all_after(self, uid: int, timeout_ms: int | None, at_ms: int) -> int | None:
        """Have all of a user's open orders cancelled after a while, in place of what was asked before.

        :param timeout_ms: None to have it no more.
        :return: when, in Unix milliseconds.
        """
        until_ms = None if timeout_ms is None else at_ms + timeout_ms
        self._set_countdown(_Setting(uid, until_ms))
        return until_ms

    def _set_countdown(self, setting: _Setting) -> None:
        number = self._countdowns.pop(setting.uid, None)
        if number is not None:
            self._agenda.remove(number)
        if setting.until_ms is not None:
            self._countdowns[setting.uid] = self._agenda.add(setting.until_ms, _Countdown(setting.uid))

    def countdowns(self) -> dict[int, int]:
        """When all open orders will be cancelled, in Unix milliseconds, by the user whose they are."""
        return {uid: self._agenda.when(number) for uid, number in self._countdowns.items()}

    def forget(self, uid: int, at_ms: int) -> None:
        """Cancel what a user has open, and have no order, fill or rate of his any more.

        Whom he traded with keeps the other side of it.
        """
        assert not self.is_coming(uid), "what is under way is placed first"
        self.cancel_all_after(uid, None, at_ms)
        self.cancel_all(uid, None, at_ms)
        for known in (self.records.users, self.own_rates, self.symbol_rates):
            known.pop(uid, None)
        self.revision.number += 1

    def _count_out(self, countdown: _Countdown, at_ms: int) -> None:
        del self._countdowns[countdown.uid]
        self.cancel_all(countdown.uid, None, at_ms)

    def is_coming(self, uid: int) -> bool:
        """Whether something of a user's was answered that has still to take effect."""
        return super().is_coming(uid) or any(it.uid == uid for it in self._coming_countdowns)

    def _place_late(self, entry: _Entry, at_ms: int) -> None:
        order = self._coming.pop(entry.order.id)
        market = self._floor.stalls[order.market].market
        oco = self._coming_pairs.pop(order.list_id, None)
        if oco is not None:
            legs = (order, self._coming.pop(oco.stop_id))
            if market.is_trading and is_between(*legs, market.last):
                self._enter_pair(oco, legs, at_ms)
            else:
                self.records.add_oco(oco)
                self._end_late(legs, at_ms)
        elif market.is_trading:
            order.rises = order.stop > market.last
            self._enter(order, at_ms)
        else:
            self._end_late((order,), at_ms)

    def _end_late(self, orders: tuple[SpotOrder, ...], at_ms: int) -> None:
        """Let orders be over that were answered and cannot be placed."""
        for order in orders:
            self.records.add(order)
            self._settlement.finish(order, _as_cancelled(order), at_ms)
        self._settlement.hold(orders, orders[0].instrument)
        self._tell(at_ms)

    def _cancel_late(self, withdrawal: _Withdrawal, at_ms: int) -> None:
        if withdrawal.order.is_open:
            self._cancel(withdrawal.order, at_ms)

    def _set_late(self, setting: _Setting, at_ms: int) -> None:
        self._coming_countdowns.remove(setting)
        until_ms = setting.until_ms
        self._set_countdown(_Setting(setting.uid, None if until_ms is None else max(until_ms, at_ms)))


class LateDesk(SpotDesk):
    """A desk where an order that was taken is placed later, and one that was cancelled lives on until then.

    An order is checked, and what it needs is held, when it is taken. Until it is placed nobody finds it.
    Where the market does not trade by then it is cancelled, as a pair is whose prices the last one is no
    longer between (ours, A123). A countdown is answered with its end, and has begun, or been stopped, later;
    where its end has come by then, it ends at once (ours, A124).
    """

    def __init__(self, desk: SpotDesk, due_ms: int) -> None:
        self.__dict__.update(desk.__dict__)
        self._due_ms = due_ms

    def legs(self, oco: Oco) -> tuple[SpotOrder, SpotOrder]:
        """The legs as they will be."""
        if oco.id in self._coming_pairs:
            return self._coming[oco.limit_id], self._coming[oco.stop_id]
        limit, stop = self.records.legs(oco)
        return _cancelled(limit), _cancelled(stop)

    def _enter(self, order: SpotOrder, at_ms: int) -> None:
        self._take((order,))
        self._agenda.add(self._due_ms, _Entry(order))

    def _enter_pair(self, oco: Oco, legs: tuple[SpotOrder, SpotOrder], at_ms: int) -> None:
        self._coming_pairs[oco.id] = oco
        self._take(legs)
        self._agenda.add(self._due_ms, _Entry(legs[0]))

    def _take(self, orders: tuple[SpotOrder, ...]) -> None:
        for order in orders:
            if not order.type.waits:
                order.status = OrderStatus.PENDING
            self._coming[order.id] = order
        self._settlement.hold(orders, orders[0].instrument)

    def _cancel(self, order: SpotOrder, at_ms: int) -> SpotOrder:
        self._agenda.add(self._due_ms, _Withdrawal(order))
        return _cancelled(order)

    def _set_countdown(self, setting: _Setting) -> None:
        self._coming_countdowns.append(setting)
        self._agenda.add(self._due_ms, setting)


def _as_cancelled(order: SpotOrder) -> OrderStatus:
    """What an order is once it is cancelled: a leg that waits for its price has failed."""
    return OrderStatus.FAILED if order.partner and order.is_waiting else OrderStatus.CANCELED


def _cancelled(order: SpotOrder) -> SpotOrder:
    """An order as it is once it is cancelled; one that is over stays what it is."""
    return msgspec.structs.replace(order, status=_as_cancelled(order)) if order.is_open else order
