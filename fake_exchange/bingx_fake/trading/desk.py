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
from bingx_fake.trading.pairs import Pairs
from bingx_fake.trading.placing import check_open
from bingx_fake.trading.records import Oco
from bingx_fake.venue.filters import Declined
from bingx_fake.venue.orders import NewOco, NewOrder, OrderStatus, SpotOrder


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
    """An order that was answered is placed."""

    order: SpotOrder


class _Withdrawal(msgspec.Struct, frozen=True):
    """An order whose cancelling was answered is cancelled."""

    order: SpotOrder


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
        agenda.learn(_Countdown, Rank.COUNTDOWN, self._count_out)
        agenda.learn(_Entry, Rank.COMMIT, self._place_late)
        agenda.learn(_Withdrawal, Rank.COMMIT, self._cancel_late)
        for kind in (_Countdown, _Entry, _Withdrawal):
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
        number = self._countdowns.pop(uid, None)
        if number is not None:
            self._agenda.remove(number)
        if timeout_ms is None:
            return None
        self._countdowns[uid] = self._agenda.add(at_ms + timeout_ms, _Countdown(uid))
        return at_ms + timeout_ms

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

    def _place_late(self, entry: _Entry, at_ms: int) -> None:
        order = self._coming.pop(entry.order.id)
        market = self._floor.stalls[order.market].market
        if market.is_trading:
            order.rises = order.stop > market.last
            self._enter(order, at_ms)
        else:
            self.records.add(order)
            self._settlement.finish(order, OrderStatus.CANCELED, at_ms)
            self._settlement.hold((order,), order.instrument)

    def _cancel_late(self, withdrawal: _Withdrawal, at_ms: int) -> None:
        if withdrawal.order.is_open:
            self._cancel(withdrawal.order, at_ms)


class LateDesk(SpotDesk):
    """A desk where an order that was taken is placed later, and one that was cancelled lives on until then.

    An order is checked, and what it needs is held, when it is taken. Until it is placed nobody finds it.
    Where the market does not trade by then it is cancelled. Pairs and countdowns take effect at once.
    """

    def __init__(self, desk: SpotDesk, due_ms: int) -> None:
        self.__dict__.update(desk.__dict__)
        self._desk = desk
        self._due_ms = due_ms

    def place_oco(self, uid: int, new: NewOco, at_ms: int, *, cuts: bool = True) -> Oco:
        """Place a pair, at once."""
        return self._desk.place_oco(uid, new, at_ms, cuts=cuts)

    def _enter(self, order: SpotOrder, at_ms: int) -> None:
        if not order.type.waits:
            order.status = OrderStatus.PENDING
        self._settlement.hold((order,), order.instrument)
        self._coming[order.id] = order
        self._agenda.add(self._due_ms, _Entry(order))

    def _cancel(self, order: SpotOrder, at_ms: int) -> SpotOrder:
        self._agenda.add(self._due_ms, _Withdrawal(order))
        return msgspec.structs.replace(order, status=OrderStatus.CANCELED)
