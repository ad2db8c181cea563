"""Four users on perpetuals, in histories that Hypothesis makes up, beside the naive account."""

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from perpetuals import naive
from perpetuals.perps import BOTH, BUY, LONG, NOW_MS, SELL, SHORT
from perpetuals.test_naive import BOTH_WAYS_APART, HEDGING, INVERSE, LINEAR, USERS, Pair

from bingx_fake.books.accounts import InsufficientBalance
from bingx_fake.books.money import cut
from bingx_fake.perpetuals.orders import PerpType, PositionSide
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.reasons import Declined
from bingx_fake.venue.commands import MarketId, SetMark
from bingx_fake.venue.order_book import Side

uids = st.sampled_from(USERS)
sides = st.sampled_from((BUY, SELL))
which = st.integers(0, 7)
"""One of those that there are, counted round."""
near = st.sampled_from((-300, -120, -31, -7, -1, 0, 1, 9, 40, 111, 300))
"""How far from the last price, in ten thousandths of it."""
far = near | st.sampled_from((-1_500, -800, -430, 390, 900, 1_500))
sizes = st.sampled_from((1, 37, 150, 400, 777, 1_000))
"""Of an order, in thousandths of the largest."""
about = st.sampled_from((-80, -9, 9, 80, 400))
"""How far beyond the price that liquidates, likewise, or before it."""
parts = st.sampled_from((1, 33, 50, 99, 100, 110))
"""Of something, in hundredths; sometimes more than there is."""
leverages = st.sampled_from((2, 7, 25, 40))
rates = st.sampled_from([Decimal(rate) / 10_000 for rate in (-30, -1, 0, 1, 30)])


class Machine(RuleBasedStateMachine):
    """The desk is asked; the naive account hears who traded at what price, and where marks are."""

    pair: Pair

    @initialize(openings=st.sampled_from((LINEAR, INVERSE)), leverage=leverages, side=sides)
    def open(self, openings: dict[str, int], leverage: int, side: Side) -> None:
        """One has a position to begin with: whom margin may be added for by itself."""
        self.pair = Pair(openings)
        self.desk = self.pair.desk
        for uid in USERS:
            for symbol in openings:
                for one in (LONG, SHORT) if uid >= HEDGING else (BOTH,):
                    self.pair.set_leverage(uid, symbol, one, leverage)
        self.take(BOTH_WAYS_APART, 0, side, 150)

    def market(self, number: int) -> MarketId:
        return self.desk.product, self.pair.symbols[number % len(self.pair.symbols)]

    def price(self, market: MarketId, away: int) -> int:
        """A price in ticks."""
        last = self.pair.perps.floor.stalls[market].market.last
        return last + last * away // 10_000

    def quantity(self, market: MarketId, size: int) -> str:
        if market[1] in naive.FACES:
            return str(3 * size)
        return str(Decimal(max(300_000 * size // (self.price(market, 0) // 10) // 100, 1)) / 10)

    def position(self, uid: int, number: int) -> Position | None:
        found = self.desk.records.positions(uid)
        return found[number % len(found)] if found else None

    def position_side(self, uid: int, *, is_long: bool) -> PositionSide:
        return BOTH if uid < HEDGING else LONG if is_long else SHORT

    @rule(uid=uids, number=which, side=sides, size=sizes, away=near)
    def rest(self, uid: int, number: int, side: Side, size: int, away: int) -> None:
        market = self.market(number)
        price = str(Decimal(self.price(market, away)) / 100)
        more: dict[str, Any] = {
            "symbol": market[1],
            "position_side": self.position_side(uid, is_long=side is BUY),
        }
        with suppress(Declined):
            self.pair.perps.limit(uid, side, self.quantity(market, size), price, **more)

    @rule(uid=uids, number=which, side=sides, size=sizes)
    def take(self, uid: int, number: int, side: Side, size: int) -> None:
        market = self.market(number)
        more: dict[str, Any] = {
            "symbol": market[1],
            "position_side": self.position_side(uid, is_long=side is BUY),
        }
        with suppress(Declined):
            self.pair.perps.market(uid, side, self.quantity(market, size), **more)

    @rule(uid=uids, number=which, side=sides, size=sizes, away=near)
    def wait(self, uid: int, number: int, side: Side, size: int, away: int) -> None:
        market = self.market(number)
        price = Decimal(self.price(market, away)) / 100
        more: dict[str, Any] = {
            "symbol": market[1],
            "position_side": self.position_side(uid, is_long=side is BUY),
        }
        kind = (PerpType.TRIGGER_MARKET, PerpType.TRIGGER_LIMIT)[number % 2]
        with suppress(Declined):
            quantity = self.quantity(market, size)
            self.pair.perps.place(uid, side, kind, quantity, stop=price, price=price, **more)

    @rule(uid=uids, number=which, part=parts, away=st.none() | near)
    def close(self, uid: int, number: int, part: int, away: int | None) -> None:
        """A part of a position, at the market or with an order that rests; or all of it, or too much."""
        position = self.position(uid, number)
        if position is None:
            return
        steps = max(position.quantity * part // 100, 1)
        side = SELL if position.is_long else BUY
        more: dict[str, Any] = {"symbol": position.market[1]}
        if uid < HEDGING:
            more |= {"reduce_only": True}
        else:
            more |= {"position_side": LONG if position.is_long else SHORT}
        quantity = str(position.instrument.quantity(steps))
        with suppress(Declined):
            if away is None:
                self.pair.perps.market(uid, side, quantity, **more)
            else:
                price = str(Decimal(self.price(position.market, away)) / 100)
                self.pair.perps.limit(uid, side, quantity, price, **more)

    @rule(uid=uids, number=which)
    def cancel(self, uid: int, number: int) -> None:
        orders = [*self.desk.records.of(uid).open.values()]
        if orders:
            order = orders[number % len(orders)]
            self.desk.cancel(uid, order.market[1], NOW_MS, order_id=order.id)

    @rule(uid=uids, number=which, size=sizes)
    def amend(self, uid: int, number: int, size: int) -> None:
        """Another quantity of an order that rests."""
        orders = [order for order in self.desk.records.of(uid).open.values() if not order.is_waiting]
        if orders:
            order = orders[number % len(orders)]
            quantity = Decimal(self.quantity(order.market, size))
            with suppress(Declined):
                self.desk.amend(uid, order.market[1], quantity, NOW_MS, order_id=order.id)

    @rule(uid=uids, number=which)
    def reverse(self, uid: int, number: int) -> None:
        """What is long is short, and the other way round."""
        position = self.position(uid, number)
        if position is not None:
            with suppress(Declined):
                self.desk.reverse(uid, position.market[1], NOW_MS, position_id=position.id)

    @rule(uid=uids, closes=st.booleans())
    def clear(self, uid: int, closes: bool) -> None:
        """End all orders, or all positions."""
        if closes:
            self.desk.close_all(uid, None, NOW_MS)
        else:
            self.desk.cancel_all(uid, None, NOW_MS)

    @rule(number=which, away=near)
    def move(self, number: int, away: int) -> None:
        market = self.market(number)
        self.pair.perps.floor.move(market, self.price(market, away), NOW_MS)

    @rule(number=which, away=st.none() | far)
    def mark(self, number: int, away: int | None) -> None:
        market = self.market(number)
        ticks = None if away is None else self.price(market, away)
        self.pair.perps.floor.apply(SetMark(market, ticks), NOW_MS)

    @rule(uid=uids, number=which, away=about)
    def press(self, uid: int, number: int, away: int) -> None:
        """A mark about the price that liquidates a position."""
        position = self.position(uid, number)
        if position is not None:
            self.mark_about_ruin(position, away)

    def mark_about_ruin(self, position: Position, away: int) -> None:
        price = self.desk.margins.liquidation_price(position, self.pair.wallet(position.uid))
        ticks = int(price * 100 * (10_000 + (-away if position.is_long else away)) / 10_000)
        if 0 < ticks < 10 * self.price(position.market, 0):
            self.pair.perps.floor.apply(SetMark(position.market, ticks), NOW_MS)

    @rule(number=which, rate=rates)
    def settle_funding(self, number: int, rate: Decimal) -> None:
        self.pair.settle_funding(self.market(number)[1], rate)

    @rule(uid=uids, number=which, leverage=leverages)
    def set_leverage(self, uid: int, number: int, leverage: int) -> None:
        with suppress(Declined):
            side = self.position_side(uid, is_long=number < 4)
            self.pair.set_leverage(uid, self.market(number)[1], side, leverage)

    @rule(uid=uids, number=which, part=parts, adds=st.booleans())
    def change_margin(self, uid: int, number: int, part: int, adds: bool) -> None:
        """Of an isolated position: so much of what it has besides."""
        position = self.position(uid, number)
        if position is None or not position.is_isolated:
            return
        amount = cut(position.margin * part / (100 if adds else -100))
        side = self.position_side(uid, is_long=position.is_long)
        with suppress(Declined):
            one = None if side is BOTH else side
            self.desk.change_margin(uid, position.market[1], one, amount, NOW_MS)
            theirs = self.pair.account.find(uid, position.market[1], position.is_long)
            assert theirs is not None
            theirs.margin += Fraction(amount)

    @rule(
        number=which,
        part=st.sampled_from((0, 1, 50, 100, 400)),
        away=about,
        leaves=st.none() | parts,
    )
    def add_margin_by_itself(self, number: int, part: int, away: int, leaves: int | None) -> None:
        """To a position of who is in hedge mode and has isolated ones: so much of what it has, or no more.

        :param leaves: how much of that is left in the wallet; None for all that is there.
        """
        position = self.position(BOTH_WAYS_APART, number)
        if position is not None:
            self.pair.set_auto_margin(position, cut(position.margin * part / 100))
            if leaves is not None:
                self.leave(BOTH_WAYS_APART, cut(position.margin * leaves / 100))
            self.mark_about_ruin(position, away)

    def leave(self, uid: int, amount: Decimal) -> None:
        """Have no more than so much available."""
        perps = self.pair.perps
        more = self.pair.wallet(uid).available - amount
        if more > 0:
            perps.ledger.debit(uid, perps.account, self.pair.asset, more)
            self.pair.account.wallets[uid] -= Fraction(more)

    @rule(uid=uids, amount=st.sampled_from((1, 500, 3_000)))
    def pay_in(self, uid: int, amount: int) -> None:
        perps = self.pair.perps
        self.pair.perps.ledger.credit(uid, perps.account, perps.asset, Decimal(amount))
        self.pair.account.wallets[uid] += amount

    @rule(uid=uids, part=st.sampled_from((1, 5, 10, 20, 50, 100, 101, 110)))
    def pay_out(self, uid: int, part: int) -> None:
        """As much as may leave may leave, and no more; nobody is liquidated by it."""
        perps = self.pair.perps
        available = perps.wallet(uid).available
        amount = cut(available * part / 100)
        if not amount:
            return
        try:
            perps.ledger.debit(uid, perps.account, perps.asset, amount)
        except InsufficientBalance:
            assert amount > available
        else:
            assert amount <= available
            self.pair.account.wallets[uid] -= Fraction(amount)

    @invariant()
    def everybody_has_the_same(self) -> None:
        self.pair.tell()
        self.pair.check()
        self.pair.perps.ledger.assert_conserved()
