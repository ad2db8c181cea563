"""Random histories of four users, in both modes and with both types of margin, beside a naive account."""

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from perpetuals import naive
from perpetuals.perps import BOTH, BUY, LONG, NOW_MS, SELL, SHORT, Perps, instrument

from bingx_fake.books.money import cut
from bingx_fake.market.house import Ladder
from bingx_fake.market.stall import Stall
from bingx_fake.perpetuals.margins import Wallet
from bingx_fake.perpetuals.orders import PerpOrder, PositionSide
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.reasons import Declined
from bingx_fake.venue.commands import Cancelled, Event, MarketId, SetMark, Traded

ONE_WAY, APART, HEDGING, BOTH_WAYS_APART = 1, 2, 3, 4
USERS = (ONE_WAY, APART, HEDGING, BOTH_WAYS_APART)
LINEAR, INVERSE = {"ETH-USDT": 300_000, "LTC-USDT": 10_000}, {"SOL-USD": 15_000}
"""Where markets open, in cents. Coins of inverse ones have a wallet each, so that there is one of those."""
KINDS = [pytest.param(LINEAR, id="linear"), pytest.param(INVERSE, id="inverse")]


class Pair:
    """The desk, and the naive account of one coin that hears of the same trades and marks.

    :param beside: another, of another coin, whose users and desk it has as well.
    """

    def __init__(self, openings: dict[str, int], beside: "Pair | None" = None) -> None:
        self.symbols = list(openings)
        self.perps: Perps = Perps(symbol=self.symbols[-1]) if beside is None else beside.perps
        self.asset = instrument(self.symbols[-1]).coin
        self.desk = self.perps.desk
        self.perps.floor.listeners.insert(0, self.hear)
        for symbol, opening in openings.items():
            self.perps.add(instrument(symbol), opening, Ladder(least=20_000, most=80_000))
        for uid in USERS:
            if not self.wallet(uid).balance:
                self.perps.ledger.credit(uid, self.perps.account, self.asset, self.perps.funds)
            self.desk.set_mode(uid, is_hedging=uid >= HEDGING)
            for symbol in self.symbols:
                self.desk.set_margin_type(uid, symbol, is_isolated=uid in (APART, BOTH_WAYS_APART))
        self.account = naive.Account(dict.fromkeys(USERS, Fraction(self.perps.funds)))
        self.account.marks = {symbol: Fraction(opening, 100) for symbol, opening in openings.items()}
        self.heard: list[tuple[str, list[Event], Fraction]] = []
        self.withdrawn: list[tuple[int, str, Fraction]] = []
        """Whose orders of which market were cancelled by one command, and what they needed until then."""

    def wallet(self, uid: int) -> Wallet:
        return self.desk.margins.wallet(uid, self.asset)

    def hear(self, stall: Stall, events: list[Event], at_ms: int) -> None:
        market = stall.market
        if market.instrument.symbol not in self.symbols:
            return
        mark = Fraction(market.instrument.price(market.mark_price))
        self.heard.append((market.instrument.symbol, events, mark))
        for event in events:
            if isinstance(event, Cancelled) and event.owner >= HEDGING and event.reason is None:
                order = self.desk.records.of(event.owner).orders[event.order_id]
                if not order.closes:
                    self.withdrawn.append((event.owner, order.market[1], self.need(order, {})))

    def tell(self) -> None:
        """Let the naive account know what one command came to; liquidation comes last (ours, A168).

        Orders that a command cancelled were there before that: it liquidated their owner, or else nobody, and
        then it does not matter.
        """
        self.account.frozen = {
            (uid, symbol): self.frozen(uid, symbol)
            for uid in (HEDGING, BOTH_WAYS_APART)
            for symbol in self.symbols
        }
        for uid, symbol, needed in self.withdrawn:
            self.account.frozen[uid, symbol] += needed
        self.withdrawn.clear()
        for symbol, events, mark in self.heard:
            for event in events:
                if isinstance(event, Traded):
                    self.trade(symbol, event)
            self.account.marks[symbol] = mark
            self.account.post()
        self.account.liquidate()
        self.heard.clear()

    def trade(self, symbol: str, event: Traded) -> None:
        market: MarketId = (self.desk.product, symbol)
        of = self.perps.floor.stalls[market].market.instrument
        for uid, order_id, is_maker in (
            (event.taker_owner, event.taker_order_id, False),
            (event.maker_owner, event.maker_order_id, True),
        ):
            if uid < 0:
                continue
            user = self.desk.records.of(uid)
            order, choice = user.orders[order_id], user.choice(market)
            self.account.fill(
                uid,
                symbol,
                Fraction(of.quantity(event.quantity)),
                Fraction(of.price(event.price)),
                buys=order.side is BUY,
                side=order.position_side.value,
                closes=order.closes,
                is_maker=is_maker,
                leverage={True: choice.long_leverage, False: choice.short_leverage},
                is_isolated=choice.is_isolated,
            )

    def act(self, draw: Random) -> None:
        uid, symbol, side = draw.choice(USERS), draw.choice(self.symbols), draw.choice((BUY, SELL))
        market: MarketId = (self.desk.product, symbol)
        last = self.perps.floor.stalls[market].market.last
        near = last + draw.randint(-last // 30, last // 30)
        price = Decimal(near) / 100
        quantity = str(Decimal(draw.randint(1, 3_000_000 // (last // 10))) / 10)
        if symbol in naive.FACES:
            quantity = str(draw.randint(1, 3_000))
        one = draw.choice((LONG, SHORT)) if uid >= HEDGING else BOTH
        more = {"symbol": symbol, "position_side": one}
        match draw.randint(0, 11):
            case 0 | 1 | 2:
                self.perps.limit(uid, side, quantity, str(price), **more)
            case 3 | 4:
                self.perps.market(uid, side, quantity, **more)
            case 5:
                self.perps.floor.move(market, near, NOW_MS)
            case 6:
                far = last + draw.randint(-last // 8, last // 8)
                self.perps.floor.apply(SetMark(market, draw.choice((far, near, None))), NOW_MS)
            case 7:
                self.settle_funding(symbol, Decimal(draw.randint(-30, 30)) / 10_000)
            case 8:
                self.set_leverage(uid, symbol, one, draw.randint(2, 40))
            case 9:
                ids = [it.id for it in self.desk.records.positions(uid, market)]
                self.desk.reverse(uid, symbol, NOW_MS, position_id=draw.choice(ids) if ids else 0)
            case 10:
                resting = self.desk.records.of(uid).resting_on(market)
                order_id = draw.choice(resting).id if resting else 1
                self.desk.amend(uid, symbol, Decimal(quantity), NOW_MS, order_id=order_id)
            case 11:
                for position in self.desk.records.positions(BOTH_WAYS_APART, market):
                    self.set_auto_margin(position, cut(position.margin * draw.randint(0, 20) / 10))

    def set_auto_margin(self, position: Position, amount: Decimal) -> None:
        uid, symbol = position.uid, position.market[1]
        self.desk.set_auto_margin(uid, symbol, position.id, amount)
        self.tell()
        theirs = self.account.find(uid, symbol, position.is_long)
        assert theirs is not None
        theirs.to_add = Fraction(amount)

    def settle_funding(self, symbol: str, rate: Decimal) -> None:
        market: MarketId = (self.desk.product, symbol)
        self.perps.floor.stalls[market].funding = rate
        self.desk.settle_funding(market, NOW_MS)
        self.tell()
        self.account.fund(symbol, Fraction(rate))

    def set_leverage(self, uid: int, symbol: str, one: PositionSide, leverage: int) -> None:
        self.desk.set_leverage(uid, symbol, one, leverage, NOW_MS)
        self.tell()
        for held in self.account.of(uid):
            of_side = one is BOTH or (one is LONG) is held.is_long
            if held.symbol == symbol and of_side:
                before = held.initial
                held.leverage = leverage
                held.margin += held.initial - before if held.is_isolated else 0
        self.account.liquidate()

    def check(self) -> None:
        """Assert that both have come to the same, to the last of twenty places."""
        for uid in USERS:
            wallet = self.wallet(uid)
            assert Fraction(wallet.balance) == self.account.wallets[uid], uid
            ours = {
                (it.market[1], it.is_long): (
                    Fraction(it.instrument.quantity(it.quantity)),
                    Fraction(it.cost),
                    Fraction(it.margin),
                    it.leverage,
                    Fraction(it.auto_margin),
                )
                for it in self.desk.records.positions(uid)
                if it.market[1] in self.symbols
            }
            theirs = {
                (it.symbol, it.is_long): (it.amount, it.cost, it.margin, it.leverage, it.to_add)
                for it in self.account.of(uid)
            }
            assert ours == theirs, uid
            held = self.account.of(uid)
            marks = [(it, self.account.mark(it)) for it in held]
            shared = sum((it.gain(mark) for it, mark in marks if not it.is_isolated), Fraction(0))
            apart = sum((it.gain(mark) for it, mark in marks if it.is_isolated), Fraction(0))
            kept = sum((it.needs(mark) for it, mark in marks if not it.is_isolated), Fraction(0))
            used = sum((it.margin if it.is_isolated else it.initial for it in held), Fraction(0))
            sums = (wallet.shared, wallet.apart, wallet.used, wallet.set_apart, wallet.kept)
            set_apart = sum((it.margin for it in held), Fraction(0))
            assert tuple(map(Fraction, sums)) == (shared, apart, used, set_apart, kept), uid
            losses = min(shared, Fraction(0))
            free = self.account.wallets[uid] + losses - used - self.frozen(uid, *self.symbols)
            assert Fraction(wallet.available) == max(free, 0), uid
        assert Fraction(self.perps.ledger.balance(0, "insurance", self.asset).free) == self.account.insurance

    def frozen(self, uid: int, *symbols: str) -> Fraction:
        """What resting orders on these markets would need for what they open, after what they close."""
        total = Fraction(0)
        for symbol in symbols:
            closable = {}
            for is_long in (True, False):
                held = self.account.find(uid, symbol, is_long)
                closable["SELL" if is_long else "BUY"] = held.amount if held else Fraction(0)
            for order in self.desk.records.of(uid).open.values():
                if order.market[1] == symbol and not order.closes and not order.is_waiting:
                    total += self.need(order, closable)
        return total

    def need(self, order: PerpOrder, closable: dict[str, Fraction]) -> Fraction:
        opens = Fraction(order.instrument.quantity(order.leaves))
        if order.position_side is BOTH:
            closed = min(opens, closable[order.side.name])
            closable[order.side.name] -= closed
            opens -= closed
        value = naive.worth(order.market[1], opens, Fraction(order.instrument.price(order.price)))
        return naive.cut(value / order.leverage) + naive.cut(value * naive.TAKER)


@pytest.mark.parametrize("openings", KINDS)
@pytest.mark.parametrize("seed", range(10))
def test_everybody_has_what_a_naive_account_says(seed: int, openings: dict[str, int]) -> None:
    draw, pair = Random(seed), Pair(openings)
    done = 0
    for _ in range(120):
        with suppress(Declined):
            pair.act(draw)
            done += 1
        pair.tell()
        pair.check()
    assert done > 40


@pytest.mark.parametrize("openings", KINDS)
def test_such_histories_liquidate_and_close_winners_and_add_margin(openings: dict[str, int]) -> None:
    forced: set[str] = set()
    added = 0
    for seed in range(10):
        draw, pair = Random(seed), Pair(openings)
        for _ in range(120):
            with suppress(Declined):
                pair.act(draw)
            pair.tell()
        forced |= {it.forced for uid in USERS for it in pair.desk.records.of(uid).orders.values()}
        changes = pair.desk.records.of(BOTH_WAYS_APART).margin_changes
        added += sum(change.reason == "AutoMarginAddition" for change in changes)
    assert added > 0
    assert forced == {"", "LIQUIDATION", "ADL"}


@pytest.mark.parametrize("seed", range(4))
def test_what_happens_in_one_coin_is_nothing_to_the_other(seed: int) -> None:
    draw, first = Random(seed), Pair(LINEAR)
    pairs = [first, Pair({"LTC-USDC": 10_000}, first)]
    forced: set[str] = set()
    for _ in range(160):
        with suppress(Declined):
            draw.choice(pairs).act(draw)
        for pair in pairs:
            pair.tell()
            pair.check()
    for uid in USERS:
        forced |= {it.market[1] for it in first.desk.records.of(uid).orders.values() if it.forced}
    assert forced
