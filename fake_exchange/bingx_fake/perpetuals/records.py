"""What every user has on the perpetuals: settings, orders, fills, positions, and what moved the wallet."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.perpetuals.held import HeldPositions
from bingx_fake.perpetuals.open_orders import OpenOrders
from bingx_fake.perpetuals.orders import PerpFill, PerpOrder
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.perpetuals.twap_orders import Twap
from bingx_fake.venue.commands import MarketId

IncomeKind = Literal["TRANSFER", "REALIZED_PNL", "FUNDING_FEE", "TRADING_FEE", "INSURANCE_CLEAR", "ADL"]

USUAL_LEVERAGE = 5
"""Before anybody sets it (ours, A150)."""


class Income(msgspec.Struct, frozen=True, gc=False):
    """Something that moved a user's wallet.

    :param symbol: empty where it is about no market.
    :param amount: below zero where it was paid.
    :param trade_id: of the trade that it is about; 0 for none.
    """

    id: int
    symbol: str
    kind: IncomeKind
    amount: Decimal
    asset: str
    at_ms: int
    trade_id: int = 0


class MarginChange(msgspec.Struct, frozen=True, gc=False):
    """Something that changed what is set apart for an isolated position."""

    symbol: str
    position_id: int
    reason: str
    change: Decimal
    after: Decimal
    at_ms: int


ChosenMargin = Literal["CROSSED", "ISOLATED", "SEPARATE_ISOLATED"]


class Choice(msgspec.Struct):
    """What a user has chosen for one market."""

    long_leverage: int = USUAL_LEVERAGE
    short_leverage: int = USUAL_LEVERAGE
    is_isolated: bool = False
    is_separate: bool = False
    """Whether isolated positions stand each for itself, so that nothing is added to one."""

    @property
    def margin_type(self) -> ChosenMargin:
        """How margin is kept, in the exchange's word."""
        if self.is_separate:
            return "SEPARATE_ISOLATED"
        return "ISOLATED" if self.is_isolated else "CROSSED"

    def leverage(self, *, is_long: bool) -> int:
        """The leverage of one side."""
        return self.long_leverage if is_long else self.short_leverage


class UserPerps:
    """One user on the perpetuals.

    :param orders: all, in the order of placing; ``open`` those that may still trade, ``by_market`` the same
        by market where there are any, and ``closing`` those of them that only close.
    :param named: the id of the last order that had a client id.
    :param positions: the open ones, ``held`` the same by coin; ``closed`` those that were, the oldest first.
    :param twaps: the orders that are carried out in slices, the oldest first.
    """

    __slots__ = (
        "by_market",
        "choices",
        "closed",
        "closing",
        "fills",
        "held",
        "incomes",
        "is_hedging",
        "margin_changes",
        "named",
        "open",
        "orders",
        "positions",
        "twaps",
    )

    def __init__(self) -> None:
        self.is_hedging = False
        self.choices: dict[MarketId, Choice] = {}
        self.orders: dict[int, PerpOrder] = {}
        self.open: dict[int, PerpOrder] = {}
        self.by_market: dict[MarketId, OpenOrders] = {}
        self.closing: dict[int, PerpOrder] = {}
        self.named: dict[str, int] = {}
        self.fills: list[PerpFill] = []
        self.positions: dict[tuple[MarketId, bool], Position] = {}
        self.held: dict[str, HeldPositions] = {}
        self.closed: list[Position] = []
        self.incomes: list[Income] = []
        self.margin_changes: list[MarginChange] = []
        self.twaps: dict[int, Twap] = {}

    def choice(self, market: MarketId) -> Choice:
        """What the user has chosen for a market, or what is usual."""
        found = self.choices.get(market)
        if found is None:
            found = self.choices[market] = Choice()
        return found

    def realised(self, asset: str) -> Decimal:
        """All that positions of a coin have brought, less fees, with funding."""
        total = ZERO
        for position in (*self.closed, *self.positions.values()):
            if position.instrument.coin == asset:
                total = EXACT.add(total, position.realised)
        return total

    def open_on(self, market: MarketId) -> list[PerpOrder]:
        """The open orders on a market, the oldest first."""
        there = self.by_market.get(market)
        return [] if there is None else [*there.all.values()]

    def resting_on(self, market: MarketId) -> list[PerpOrder]:
        """Those of them that are in the book."""
        return [order for order in self.open_on(market) if not order.is_waiting]

    def add_up(self) -> None:
        """Work out anew what positions come to: of others, or at marks of which nothing was heard."""
        self.held.clear()
        for position in self.positions.values():
            self.hold(position)

    def hold(self, position: Position) -> None:
        """Have a position count."""
        self.held.setdefault(position.instrument.coin, HeldPositions()).add(position)

    @property
    def is_slicing(self) -> bool:
        """Whether slices of orders are still to come."""
        return any(twap.status.is_open for twap in self.twaps.values())

    def opens(self, order: PerpOrder) -> None:
        """Have an order among those that may still trade."""
        self.open[order.id] = order
        if order.closes:
            self.closing[order.id] = order
        there = self.by_market.get(order.market)
        if there is None:
            there = self.by_market[order.market] = OpenOrders()
        there.all[order.id] = order
        there.change(order)

    def changes(self, order: PerpOrder) -> None:
        """Know that an open order has another state, quantity or leverage; whoever changes one says so."""
        self.by_market[order.market].change(order)

    def ends(self, order: PerpOrder) -> None:
        """Have an order no more among those that may still trade."""
        if self.open.pop(order.id, None) is not None:
            self.closing.pop(order.id, None)
            there = self.by_market[order.market]
            del there.all[order.id]
            there.change(order)
            if not there.all:
                del self.by_market[order.market]


class PerpRecords:
    """Everything of all users.

    :param holders: who has a position on each market.
    """

    def __init__(self) -> None:
        self.users: dict[int, UserPerps] = {}
        self.holders: dict[MarketId, dict[int, None]] = {}
        self._incomes = 0

    def of(self, uid: int) -> UserPerps:
        """One user."""
        found = self.users.get(uid)
        if found is None:
            found = self.users[uid] = UserPerps()
        return found

    def add(self, order: PerpOrder) -> None:
        """Record an order that was taken."""
        user = self.of(order.uid)
        user.orders[order.id] = order
        if order.is_open:
            user.opens(order)
        if order.client_id:
            user.named[order.client_id] = order.id

    def by_client_id(self, uid: int, client_id: str) -> PerpOrder | None:
        """The last order that a user gave a name to."""
        user = self.users.get(uid)
        if user is None or client_id not in user.named:
            return None
        return user.orders[user.named[client_id]]

    def find(self, uid: int, market: MarketId | None, *, order_id: int = 0, client_id: str = "") -> PerpOrder:
        """A user's order by its id, or by the user's own name for it.

        :raises Declined: ``NO_SUCH_ORDER``.
        """
        user = self.users.get(uid)
        order = None
        if user is not None:
            order = user.orders.get(order_id) if order_id else self.by_client_id(uid, client_id)
        if order is None or market not in (None, order.market):
            raise Declined(Reason.NO_SUCH_ORDER, order_id=order_id, client_id=client_id)
        return order

    def positions(self, uid: int, market: MarketId | None = None) -> list[Position]:
        """A user's open positions, in the order of opening."""
        user = self.users.get(uid)
        found = [] if user is None else [*user.positions.values()]
        return found if market is None else [position for position in found if position.market == market]

    def hold(self, position: Position) -> None:
        """Know a position that was opened."""
        user = self.of(position.uid)
        user.positions[position.market, position.is_long] = position
        user.hold(position)
        self.holders.setdefault(position.market, {})[position.uid] = None

    def changes(self, position: Position) -> None:
        """Know that an open position has another size, margin or leverage; whoever changes one says so."""
        self.users[position.uid].held[position.instrument.coin].change(position.market)

    def mark_moves(self, market: MarketId, coin: str, *, rises: bool) -> dict[int, None]:
        """Know that the mark of a market is another, whose money is in a coin; who loses by that.

        Nobody else can lack anything for it: what is needed changes by less than what a position is worth.
        """
        users, losing = self.users, (market, not rises)
        losers: dict[int, None] = {}
        for uid in self.holders.get(market, ()):
            user = users[uid]
            user.held[coin].change(market)
            if losing in user.positions:
                losers[uid] = None
        return losers

    def let_go(self, position: Position) -> None:
        """Know that a position is closed."""
        user = self.of(position.uid)
        del user.positions[position.market, position.is_long]
        user.held[position.instrument.coin].remove(position)
        user.closed.append(position)
        if (position.market, not position.is_long) not in user.positions:
            del self.holders[position.market][position.uid]

    def restore(self, users: Mapping[int, UserPerps]) -> None:
        """Know what users had before; incomes are numbered on from there."""
        self.users.update(users)
        held = [position for user in users.values() for position in user.positions.values()]
        for position in sorted(held, key=lambda position: position.id):
            self.hold(position)
        for user in users.values():
            self._incomes = max(self._incomes, *(income.id for income in user.incomes), 0)

    def earn(
        self,
        uid: int,
        market: MarketId | None,
        kind: IncomeKind,
        amount: Decimal,
        asset: str,
        at_ms: int,
        trade_id: int = 0,
    ) -> None:
        """Note what moved a wallet."""
        self._incomes += 1
        symbol = "" if market is None else market[1]
        self.of(uid).incomes.append(Income(self._incomes, symbol, kind, amount, asset, at_ms, trade_id))

    def orders(
        self,
        uid: int,
        market: MarketId | None,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
        from_id: int | None = None,
    ) -> Iterator[PerpOrder]:
        """A user's orders, the newest first; the times of placing count themselves.

        :param from_id: the lowest id that counts.
        """
        user = self.users.get(uid)
        for order in reversed(() if user is None else user.orders.values()):
            if (
                market in (None, order.market)
                and (start_ms is None or order.placed_ms >= start_ms)
                and (end_ms is None or order.placed_ms <= end_ms)
                and (from_id is None or order.id >= from_id)
            ):
                yield order
