"""What happened on a market, in positions and as one entry of the ledger: profits, fees, and what is covered.

A profit or loss is paid from or to the ledger's ``clearing``, a fee goes to ``fees``. What the house holds on
the other side is never realised, so that ``clearing`` is always what all that is held cost, with the other
sign (a test holds it to that).
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

from bingx_fake.books.accounts import EXCHANGE_UID, INSURANCE, Line
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.money import EXACT, ZERO, cut, minus
from bingx_fake.perpetuals.margins import PerpRates
from bingx_fake.perpetuals.orders import PerpFill, PerpOrder, PerpStatus, PositionSide
from bingx_fake.perpetuals.positions import Net, Position
from bingx_fake.perpetuals.records import MarginChange, PerpRecords
from bingx_fake.perpetuals.reports import PerpReport
from bingx_fake.venue.commands import Accepted, Cancelled, Event, MarketId, Traded
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.order_book import Side

_add, _subtract, _multiply = EXACT.add, EXACT.subtract, EXACT.multiply


class Changes:
    """What one command comes to in the wallets of one coin, until it is posted.

    ``wallets`` are by how much each changes, ``losses`` how much of that was lost in cross margin, above
    zero; ``uncovered`` what was lost beyond the margin of isolated positions.
    """

    def __init__(self, asset: str) -> None:
        self.asset = asset
        self.wallets: dict[int, Decimal] = {}
        self.losses: dict[int, Decimal] = {}
        self.uncovered: dict[int, Decimal] = {}
        self.profits = ZERO
        self.fees = ZERO
        self.funding = ZERO

    def pay(self, uid: int, amount: Decimal) -> None:
        """Change a wallet."""
        self.wallets[uid] = _add(self.wallets.get(uid, ZERO), amount)


class Settlement:
    """Books what happened: in orders and positions, and in the ledger.

    :param rates: gives a user's fee rates.
    :param new_id: gives the id of a position that is opened at a time.
    :param account: whose balances the wallets are.

    ``house`` is what the house holds of each market, ``insurance`` what the insurance does. ``touched`` are
    the users whose positions or orders changed since somebody took them, ``moved`` those of them whose
    positions or wallet did, ``carriers`` the orders that have filled and carry others. ``reports`` and
    ``changed`` are what has happened to orders and positions since somebody told it, ``is_posted`` whether
    anything has to wallets.
    """

    def __init__(
        self,
        ledger: Ledger,
        records: PerpRecords,
        rates: Callable[[int], PerpRates],
        new_id: Callable[[int], int],
        account: str,
    ) -> None:
        self._ledger = ledger
        self._account = account
        self._records = records
        self._rates = rates
        self._new_id = new_id
        self.house: dict[MarketId, Net] = {}
        self.insurance: dict[MarketId, Net] = {}
        self.touched: dict[int, None] = {}
        self.moved: dict[int, None] = {}
        self.carriers: dict[int, PerpOrder] = {}
        self.reports: list[PerpReport] = []
        self.changed: dict[int, Position] = {}
        self.is_posted = False

    def settle(self, instrument: Instrument, events: Iterable[Event], at_ms: int) -> tuple[int, int] | None:
        """Book the events of one command, or of a whole move.

        :return: the lowest and the highest price that was traded at, in ticks; None where nothing was.
        """
        market: MarketId = (instrument.product, instrument.symbol)
        changes = Changes(instrument.coin)
        lowest = highest = 0
        for event in events:
            if isinstance(event, Traded):
                lowest = event.price if not lowest else min(lowest, event.price)
                highest = max(highest, event.price)
                if event.taker_owner < 0 and event.maker_owner < 0:
                    continue  # the house with itself
                for uid, order_id, is_maker in (
                    (event.taker_owner, event.taker_order_id, False),
                    (event.maker_owner, event.maker_order_id, True),
                ):
                    is_buyer = (event.taker_side is Side.BUY) is not is_maker
                    if uid < 0:
                        signed = event.quantity if is_buyer else -event.quantity
                        self.net(self.house, market).trade(signed, instrument.worth(event.price, signed))
                    else:
                        order = self._records.users[uid].orders[order_id]
                        self._fill(order, event, changes, at_ms, is_maker=is_maker)
            elif isinstance(event, Accepted):
                if event.owner > 0:
                    self.touched[event.owner] = None  # it may rest in front of one that only closes
                    accepted = self._records.users[event.owner].orders[event.order_id]
                    if not accepted.triggered_ms:  # else it was told when it began to wait
                        self.reports.append(PerpReport.of(accepted, "NEW"))
            elif isinstance(event, Cancelled) and event.owner > 0:
                self.finish(
                    self._records.users[event.owner].orders[event.order_id], PerpStatus.CANCELLED, at_ms
                )
        self.post(changes, at_ms)
        return (lowest, highest) if lowest else None

    def touch(self, uid: int) -> None:
        """Note that a user's positions or wallet have changed."""
        self.touched[uid] = self.moved[uid] = None

    @staticmethod
    def net(nets: dict[MarketId, Net], market: MarketId) -> Net:
        """What is held of a market, to be changed."""
        found = nets.get(market)
        if found is None:
            found = nets[market] = Net()
        return found

    def finish(self, order: PerpOrder, status: PerpStatus, at_ms: int) -> None:
        """Let an order be over; one that is over already stays as it is."""
        if not order.is_open:
            return
        order.status = status
        order.updated_ms = at_ms
        self._records.users[order.uid].ends(order)
        self.touched[order.uid] = None
        if status is PerpStatus.CANCELLED:
            self.reports.append(PerpReport.of(order, "CANCELED"))
        elif status is PerpStatus.FAILED:
            self.reports.append(PerpReport.of(order, "EXPIRED"))

    def _fill(self, order: PerpOrder, trade: Traded, changes: Changes, at_ms: int, *, is_maker: bool) -> None:
        """Count one side of a trade for its order and the position that this is about."""
        instrument, quantity = order.instrument, trade.quantity
        value = instrument.worth(trade.price, quantity)
        fee = self._fee(order.uid, value, is_maker=is_maker)
        profit = self._apply(order, trade, value, fee, changes, at_ms, is_maker=is_maker)
        order.filled += quantity
        order.value = _add(order.value, value)
        order.fee = _add(order.fee, fee)
        order.profit = _add(order.profit, profit)
        order.updated_ms = at_ms
        user = self._records.users[order.uid]
        fill = PerpFill(trade.trade_id, order, is_maker, trade.price, quantity, fee, profit, at_ms)
        user.fills.append(fill)
        earn = self._records.earn
        if profit:
            earn(order.uid, order.market, "REALIZED_PNL", profit, instrument.coin, at_ms, trade.trade_id)
        if fee:
            paid = minus(fee)
            earn(order.uid, order.market, "TRADING_FEE", paid, instrument.coin, at_ms, trade.trade_id)
        self.touch(order.uid)
        if order.take_profit is not None or order.stop_loss is not None:
            self.carriers[order.id] = order
        if order.leaves:
            order.status = PerpStatus.PARTIALLY_FILLED
            user.changes(order)
        else:
            self.finish(order, PerpStatus.FILLED, at_ms)
        self.reports.append(PerpReport.of(order, "TRADE", fill))

    def _fee(self, uid: int, value: Decimal, *, is_maker: bool) -> Decimal:
        rates = self._rates(uid)
        return cut(_multiply(value, rates.maker if is_maker else rates.taker))

    def _apply(
        self,
        order: PerpOrder,
        trade: Traded,
        value: Decimal,
        fee: Decimal,
        changes: Changes,
        at_ms: int,
        *,
        is_maker: bool,
    ) -> Decimal:
        """Close what the order is against, and open the rest; the profit.

        :param value: of all that was traded; ``fee`` what its user pays for that.
        """
        user = self._records.users[order.uid]
        is_buy = order.side is Side.BUY
        if order.position_side is PositionSide.BOTH:
            against, grows_long = user.positions.get((order.market, not is_buy)), is_buy
        elif order.closes:
            against, grows_long = user.positions.get((order.market, order.of_long)), order.of_long
        else:
            against, grows_long = None, order.of_long
        profit = ZERO
        closed = 0 if against is None else min(against.quantity, trade.quantity)
        if against is not None and closed:
            worth = order.instrument.worth(trade.price, closed)
            cost = self._fee(order.uid, worth, is_maker=is_maker)
            order.position_id = against.id
            profit = self.close(against, closed, worth, cost, changes, at_ms)
            value, fee = _subtract(value, worth), _subtract(fee, cost)
        opened = trade.quantity - closed
        if opened:
            assert not order.closes, order
            position = self._position(order, at_ms, is_long=grows_long)
            order.position_id = position.id
            before = position.margin
            position.open(opened, value)
            self._records.changes(position)
            position.fees = _add(position.fees, fee)
            position.updated_ms = at_ms
            self.changed[position.id] = position
            changes.pay(order.uid, minus(fee))
            changes.fees = _add(changes.fees, fee)
            self.note_margin(position, "OpenPosition", _subtract(position.margin, before), at_ms)
        return profit

    def _position(self, order: PerpOrder, at_ms: int, *, is_long: bool) -> Position:
        """The position that an order lets grow, which it may open."""
        user = self._records.users[order.uid]
        found = user.positions.get((order.market, is_long))
        if found is None:
            choice = user.choice(order.market)
            found = Position(
                id=self._new_id(at_ms),
                uid=order.uid,
                market=order.market,
                instrument=order.instrument,
                is_long=is_long,
                is_isolated=choice.is_isolated,
                leverage=choice.leverage(is_long=is_long),
                opened_ms=at_ms,
                updated_ms=at_ms,
                is_one_way=order.position_side is PositionSide.BOTH,
            )
            self._records.hold(found)
        return found

    def close(
        self,
        position: Position,
        quantity: int,
        value: Decimal,
        fee: Decimal,
        changes: Changes,
        at_ms: int,
        reason: str = "ClosePosition",
    ) -> Decimal:
        """Close so many steps of a position for so much, less a fee, and give the profit.

        An isolated position never costs more than its margin: what is left of that pays first, then the
        insurance does (ours, A154).
        """
        before = position.margin
        profit, released = position.close(quantity, value)
        position.fees = _add(position.fees, fee)
        position.updated_ms = at_ms
        gained = _subtract(profit, fee)
        uid = position.uid
        if position.is_isolated:
            missing = _add(released, gained)
            if missing < 0:
                taken = min(position.margin, minus(missing))
                position.margin = _subtract(position.margin, taken)
                uncovered = _add(missing, taken)
                if uncovered:
                    changes.uncovered[uid] = _subtract(changes.uncovered.get(uid, ZERO), uncovered)
            self.note_margin(position, reason, _subtract(position.margin, before), at_ms)
        elif gained < 0:
            changes.losses[uid] = _subtract(changes.losses.get(uid, ZERO), gained)
        changes.pay(uid, gained)
        changes.profits = _add(changes.profits, profit)
        changes.fees = _add(changes.fees, fee)
        self.changed[position.id] = position
        self._records.changes(position)
        if not position.quantity:
            self._records.let_go(position)
        self.touch(uid)
        return profit

    def note_margin(self, position: Position, reason: str, change: Decimal, at_ms: int) -> None:
        """Note what changed the margin of an isolated position."""
        if position.is_isolated:
            self._records.of(position.uid).margin_changes.append(
                MarginChange(position.market[1], position.id, reason, change, position.margin, at_ms)
            )

    def post(self, changes: Changes, at_ms: int) -> None:
        """Post what wallets won, lost and paid, and have the insurance cover what they had not (A154)."""
        asset = changes.asset
        lines: list[Line] = []
        covered = ZERO
        for uid, amount in changes.wallets.items():
            cover = self._cover(uid, asset, amount, changes)
            if cover:
                covered = _add(covered, cover)
                self._records.earn(uid, None, "INSURANCE_CLEAR", cover, asset, at_ms)
            lines.append(Line(uid, self._account, asset, _add(amount, cover) if cover else amount))
        if changes.profits:
            lines.append(Line(EXCHANGE_UID, "clearing", asset, minus(changes.profits)))
        if changes.fees:
            lines.append(Line(EXCHANGE_UID, "fees", asset, changes.fees))
        if changes.funding:
            lines.append(Line(EXCHANGE_UID, "funding", asset, changes.funding))
        if covered:
            has = self._ledger.balance(EXCHANGE_UID, INSURANCE, asset).free
            paid = min(has, covered)
            lines.append(Line(EXCHANGE_UID, INSURANCE, asset, minus(paid)))
            lines.append(Line(EXCHANGE_UID, "house", asset, _subtract(paid, covered)))
        if lines:
            self._ledger.post(lines)
            self.is_posted = True

    def _cover(self, uid: int, asset: str, amount: Decimal, changes: Changes) -> Decimal:
        """What a wallet lacks of what was lost: cross margin does not pay with what is set apart."""
        uncovered = changes.uncovered.get(uid, ZERO)
        after = _add(_add(self._ledger.balance(uid, self._account, asset).free, amount), uncovered)
        lacking, lost = minus(after), changes.losses.get(uid)
        if lost is not None:
            set_apart = ZERO
            for position in self._records.positions(uid):
                if position.instrument.coin == asset:
                    set_apart = _add(set_apart, position.margin)
            lacking = max(lacking, min(_subtract(set_apart, after), lost))
        return _add(uncovered, max(lacking, ZERO))
