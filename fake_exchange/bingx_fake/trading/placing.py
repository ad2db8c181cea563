"""Placing and cancelling one order, and what follows from what happens on the market.

An order that trades or rests goes through the floor, and what happens there, to whomever and whoever moved
the price, comes back as events: they are settled in the ledger, and then those orders trade whose stop price
was reached, one command each.
"""

from collections.abc import Callable, Sequence

from bingx_fake.books.accounts import Revision
from bingx_fake.books.ledger import Ledger
from bingx_fake.market.floor import Floor
from bingx_fake.market.stall import Stall
from bingx_fake.trading.records import OrderRecords
from bingx_fake.trading.settlement import ACCOUNT, Rates, Report, Settlement, needed, pays_with
from bingx_fake.venue.commands import Cancel, Event, MarketId, Place, StatusChanged
from bingx_fake.venue.filters import MOST_OPEN, Declined, Fact, Holder, Reason, Sized, size
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Order
from bingx_fake.venue.orders import NewOrder, OrderStatus, SpotFill, SpotOrder
from bingx_fake.venue.triggers import Triggers
from bingx_fake.venue.venue import Market, Status


class Placing:
    """Users' orders on the spot markets of a floor, one at a time.

    :param ledger: has the users' spot accounts.
    :param new_id: gives the id of an order that is placed at a time.

    ``on_reports`` is told what happened to orders, once it is booked, and ``revision`` counts that.
    """

    def __init__(self, floor: Floor, ledger: Ledger, new_id: Callable[[int], int]) -> None:
        self._floor = floor
        self._ledger = ledger
        self._new_id = new_id
        self.records = OrderRecords()
        self.revision = Revision()
        self.own_rates: dict[int, Rates] = {}
        self.symbol_rates: dict[int, dict[str, Rates]] = {}
        self._coming: dict[int, SpotOrder] = {}
        self._triggers: dict[MarketId, Triggers[SpotOrder]] = {}
        self._settlement = Settlement(ledger, self.records, self._triggers, self.rates)
        self._reached: list[tuple[MarketId, int, int]] = []
        self._is_triggering = False
        self.on_reports: Callable[[list[Report], int], object] | None = None
        floor.listeners.append(self._happened)
        floor.waits.append(self._in_no_book)

    def rates(self, uid: int, symbol: str = "") -> Rates:
        """What a user pays as a maker, and as a taker: on a market, or where it has no rates of its own."""
        if self.symbol_rates:
            of_market = self.symbol_rates.get(uid, {}).get(symbol)
            if of_market is not None:
                return of_market
        return self.own_rates.get(uid, _USUAL_RATES)

    def is_coming(self, uid: int) -> bool:
        """Whether an order of a user's was taken that is still to be placed."""
        return any(order.uid == uid for order in self._coming.values())

    def instrument(self, order: SpotOrder) -> Instrument:
        """What an order trades, in the ticks and steps that it was placed in."""
        return order.instrument

    def place(self, uid: int, new: NewOrder, at_ms: int, *, cuts: bool = True) -> SpotOrder:
        """Place an order.

        :param cuts: whether decimals that are too many are cut, or declined (V40).
        :raises Declined: checked in the order in which ``Reason`` lists them (ours, A76).
        """
        market = self._stall(new.symbol).market
        order = self._drafted(uid, new, size(new, market, cuts=cuts), market, at_ms)
        self._check_names(uid, (new.client_id,), at_ms)
        self._check_number(uid, 1)
        self._check_funds(order, market.instrument)
        order.id = self._new_id(at_ms)
        self._enter(order, at_ms)
        return order

    def cancel(
        self,
        uid: int,
        symbol: str | None,
        at_ms: int,
        *,
        order_id: int = 0,
        client_id: str = "",
        only_if: OrderStatus | None = None,
    ) -> SpotOrder:
        """Cancel an order; of an OCO both legs (ours, A93).

        :param symbol: None where the order may be on any market.
        :param only_if: cancel it in this state only (``cancelRestrictions``).
        :raises Declined: ``NO_SUCH_MARKET``, ``NO_SUCH_ORDER``, ``FINISHED``, ``OTHER_STATUS``.
        """
        order = self.find(uid, symbol, at_ms, order_id=order_id, client_id=client_id)
        check_open(order, only_if)
        return self._cancel(order, at_ms)

    def find(
        self, uid: int, symbol: str | None, at_ms: int, *, order_id: int = 0, client_id: str = ""
    ) -> SpotOrder:
        """A user's order by its id, or by the user's name for it: open, or finished less than two hours ago.

        :raises Declined: ``NO_SUCH_MARKET``, ``NO_SUCH_ORDER``.
        """
        market = None if symbol is None else self._stall(symbol).market.id
        return self.records.find(uid, market, order_id=order_id, client_id=client_id, at_ms=at_ms)

    def restore(self, orders: Sequence[SpotOrder]) -> None:
        """Have orders that were placed before, hold what they need, and trade with nothing that rests.

        :param orders: in the order in which they came to rest.
        """
        self.revision.number += 1
        for order in sorted(orders, key=lambda order: order.id):
            self.records.add(order)
        for order in orders:
            if order.is_waiting:
                self._wait(order)
            elif order.is_open:
                self._floor.venue.restore(
                    order.market,
                    Order(order.id, order.uid, order.side, order.price, order.quantity),
                    filled=order.filled,
                )

    def restore_fill(self, fill: SpotFill) -> None:
        """Have a fill of before; the market's trades are numbered on from there."""
        self.records.of(fill.uid).fills.append(fill)
        market = self._floor.venue.markets[fill.market]
        market.trades = max(market.trades, fill.trade_id)

    def _drafted(self, uid: int, new: NewOrder, sized: Sized, market: Market, at_ms: int) -> SpotOrder:
        """An order that is still to be checked against what the user has; it has no id yet."""
        return SpotOrder(
            id=0,
            uid=uid,
            market=market.id,
            instrument=market.instrument,
            side=new.side,
            type=new.type,
            time_in_force=new.time_in_force,
            client_id=new.client_id,
            price=sized.price,
            stop=sized.stop,
            quantity=sized.quantity,
            amount=None if new.quantity else new.amount,
            budget=sized.budget,
            cover=sized.cover,
            rises=sized.rises,
            placed_ms=at_ms,
            updated_ms=at_ms,
        )

    def _enter(self, order: SpotOrder, at_ms: int) -> None:
        """Let an order that has passed all checks wait, or trade."""
        self.records.add(order)
        if order.type.waits:
            self._wait(order)
            self._settlement.report_new(order)
            self._settlement.hold((order,), self.instrument(order))
            self._tell(at_ms)
            last = self._floor.stalls[order.market].market.last
            self._reach(order.market, last, last, at_ms)
        else:
            order.status = _PENDING
            self._submit(order, at_ms)

    def _stall(self, symbol: str) -> Stall:
        stall = self._floor.stalls.get(("spot", symbol))
        if stall is None:
            raise Declined(Reason.NO_SUCH_MARKET, symbol=symbol)
        return stall

    def _check_names(self, uid: int, client_ids: tuple[str, ...], at_ms: int) -> None:
        """A name is another order's as long as that is found by it (ours, A64)."""
        for client_id in client_ids:
            if not client_id:
                continue
            known = self.records.by_client_id(uid, client_id, at_ms)
            for coming in self._coming.values():
                if coming.client_id == client_id and coming.uid == uid:
                    known = coming
            if known is not None:
                raise Declined(Reason.CLIENT_ID_TAKEN, client_id=client_id, order_id=known.id)

    def _check_number(self, uid: int, more: int) -> None:
        if len(self.records.of(uid).open) + more > MOST_OPEN:
            raise Declined(Reason.TOO_MANY_OPEN, most=MOST_OPEN)

    def _check_funds(self, order: SpotOrder, instrument: Instrument) -> None:
        need, asset = needed(order, instrument), pays_with(order, instrument)
        balance = self._ledger.balance(order.uid, ACCOUNT, asset)
        if need > balance.free:
            holders = self._holders(order.uid, asset)
            raise Declined(
                Reason.TOO_LITTLE_FUNDS,
                asset=asset,
                needed=need,
                free=balance.free,
                locked=balance.locked,
                holders=tuple(holders[:_MOST_HOLDERS]),
                others=max(len(holders) - _MOST_HOLDERS, 0),
            )

    def _holders(self, uid: int, asset: str) -> list[Holder]:
        """Who holds what is locked of an asset, the largest part first."""
        orders = self.records.of(uid).orders
        found = []
        for owner, amount in self._ledger.holds(uid, ACCOUNT, asset).items():
            order = (orders.get(owner.id) or self._coming.get(owner.id)) if owner.kind == "order" else None
            symbol = "" if order is None else order.instrument.symbol
            found.append(Holder(owner.kind, owner.id, symbol, amount))
        return sorted(found, key=lambda holder: holder.amount, reverse=True)

    def _wait(self, order: SpotOrder) -> None:
        triggers = self._triggers.get(order.market)
        if triggers is None:
            triggers = self._triggers[order.market] = Triggers()
        triggers.add(order)

    def _submit(self, order: SpotOrder, at_ms: int) -> None:
        """Put an order on the market, where it trades and rests; ``_happened`` hears what comes of it."""
        self._floor.apply(
            Place(
                order.market,
                order.id,
                order.uid,
                order.side,
                order.quantity or order.budget,
                order.price if order.type.has_limit else None,
                order.time_in_force if order.type.has_limit else _GTC,
                budget=order.budget or None,
            ),
            at_ms,
        )

    def _cancel(self, order: SpotOrder, at_ms: int) -> SpotOrder:
        """Cancel an open order, and return what it is then."""
        if not order.is_waiting:
            self._floor.apply(Cancel(order.market, order.id), at_ms)
        elif order.partner:
            self._floor.apply(Cancel(order.market, order.partner), at_ms)
        else:
            self._settlement.finish(order, OrderStatus.CANCELED, at_ms)
            self._settlement.hold((order,), self.instrument(order))
            self._tell(at_ms)
        return order

    def _happened(self, stall: Stall, events: list[Event], at_ms: int) -> None:
        """Settle what happened on a market, then let trade what waited for that."""
        market = stall.market
        if market.instrument.product != "spot":
            return
        reach = self._settlement.settle(market.instrument, events, at_ms)
        self._tell(at_ms)
        if reach is not None:
            self._reach(market.id, *reach, at_ms)
        if not market.is_trading and any(
            event.status == _DELISTED for event in events if isinstance(event, StatusChanged)
        ):
            for order in self._waiting(market.id):
                self._cancel(order, at_ms)

    def _in_no_book(self, market: MarketId) -> list[SpotOrder]:
        """The open orders of a market that are not in its book."""
        coming = [order for order in self._coming.values() if order.market == market]
        return self._waiting(market) + coming

    def _tell(self, at_ms: int) -> None:
        """Tell what happened to orders, once it is booked and before anything follows from it."""
        reports = self._settlement.reports
        if reports:
            self.revision.number += 1
            self._settlement.reports = []
            if self.on_reports is not None:
                self.on_reports(reports, at_ms)

    def _waiting(self, market: MarketId) -> list[SpotOrder]:
        triggers = self._triggers.get(market)
        return [] if triggers is None else triggers.all()

    def _reach(self, market: MarketId, lowest: int, highest: int, at_ms: int) -> None:
        """Let the orders trade that trades between two prices reach, and those that these reach in turn."""
        if not self._triggers.get(market):
            return
        self._reached.append((market, lowest, highest))
        if self._is_triggering:
            return
        self._is_triggering = True
        try:
            while self._reached:
                reached, *prices = self._reached.pop(0)
                for order in self._triggers[reached].reached(*prices):
                    if order.is_waiting:
                        self._trigger(order, at_ms)
        finally:
            self._is_triggering = False

    def _trigger(self, order: SpotOrder, at_ms: int) -> None:
        order.status = OrderStatus.PENDING
        order.triggered_ms = order.updated_ms = at_ms
        if order.partner:
            order.cover = order.price
            self._floor.apply(Cancel(order.market, order.partner), at_ms)
        self._submit(order, at_ms)


_USUAL_RATES = Rates()
_PENDING, _GTC, _DELISTED = OrderStatus.PENDING, TimeInForce.GTC, Status.DELISTED.value
_MOST_HOLDERS = 5
"""Of those who hold a user's money, this many are named to whoever lacks it."""


def check_open(order: SpotOrder, only_if: OrderStatus | None = None) -> None:
    """Refuse to cancel an order that is finished, or in another state than the one asked for.

    :raises Declined: ``FINISHED``, ``OTHER_STATUS``.
    """
    facts: dict[str, Fact] = {
        "order_id": order.id,
        "client_id": order.client_id,
        "status": order.status.value,
    }
    if not order.is_open:
        raise Declined(Reason.FINISHED, **facts)
    if only_if not in (None, order.status):
        raise Declined(Reason.OTHER_STATUS, **facts, asked=only_if.value if only_if else "")
