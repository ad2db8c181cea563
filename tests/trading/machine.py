"""The desk and the naive one beside it, asked the same, in histories that Hypothesis makes up."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import asdict
from trading import naive_desk as naive

from bingx_fake.agenda import Agenda
from bingx_fake.books.accounts import Owner
from bingx_fake.books.ids import OrderIds
from bingx_fake.books.ledger import Ledger
from bingx_fake.market.floor import Floor
from bingx_fake.market.house import MAKER, Ladder
from bingx_fake.market.stall import Listing
from bingx_fake.state.order_forms import SettingsForm
from bingx_fake.state.orders import fill_form, fills_of, order_forms, trading_of
from bingx_fake.trading.desk import SpotDesk
from bingx_fake.trading.settlement import Rates
from bingx_fake.venue.commands import Delist, Halt, Resume
from bingx_fake.venue.filters import Declined
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOco, NewOrder, OrderType, SpotOrder

START_MS = 1_795_000_000_000
TICK, STEP = Decimal("0.5"), Decimal("0.01")
ABC = Instrument(
    product="spot",
    symbol="ABC-USDT",
    base="ABC",
    quote="USDT",
    tick=TICK,
    step=STEP,
    min_notional=Decimal(5),
    max_notional=Decimal(2_000),
    online_ms=START_MS,
)
USERS = (1, 2, 3)
ODD = Decimal("0.00032512345678912345")
RATES = {1: Rates(), 2: Rates(Decimal("0.0001"), ODD), 3: Rates(Decimal(0), Decimal("0.01"))}
LEVELS, WORTH = 3, 150

uids = st.sampled_from(USERS)
booleans = st.booleans()
near = st.integers(190, 210).map(lambda ticks: Decimal(ticks) * TICK)
odd = st.sampled_from([Decimal(text) for text in ("0", "0.4", "19.5", "20", "100.3", "500", "500.5")])
prices = st.integers(0, 7).flatmap(lambda chance: odd if chance == 7 else near)
distances = st.integers(0, 8)
quantities = st.sampled_from(
    [Decimal(text) for text in ("0.009", "0.049", "0.05", "0.5", "1", "1.239", "2", "3", "9", "19", "21")]
)
amounts = st.sampled_from(
    [Decimal(text) for text in ("4.99", "5", "77.777", "100", "950", "2000", "2000.01")]
)
kinds = st.sampled_from(OrderType)
forces = st.sampled_from(TimeInForce)
names = st.sampled_from(["", "", "", "a", "b"])


def fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def raised(answer: SpotOrder | Declined | None) -> SpotOrder | None:
    if isinstance(answer, Declined):
        raise answer
    return answer


class Machine(RuleBasedStateMachine):
    """Two desks; ``mine`` and ``theirs`` are the same orders in the order in which they came."""

    mine: list[SpotOrder]
    theirs: list[naive.Order]

    @initialize(has_ladder=booleans)
    def open(self, has_ladder: bool) -> None:
        self.agenda = Agenda()
        self.floor = Floor(self.agenda, 7)
        self.ledger = Ledger()
        self.desk = SpotDesk(self.floor, self.ledger, self.agenda, OrderIds().next)
        self.desk.own_rates.update(RATES)
        ladder = Ladder(levels=LEVELS, least=WORTH, most=WORTH) if has_ladder else None
        listing = Listing(instrument=ABC, opening=200, ladder=ladder, has_past=False)
        self.listing = listing
        self.market = self.floor.add(listing, START_MS).market
        self.naive = naive.NaiveDesk(
            tick=Fraction(TICK),
            step=Fraction(STEP),
            last=Fraction(100),
            worth=WORTH if has_ladder else None,
            levels=LEVELS,
        )
        for uid in USERS:
            self.ledger.credit(uid, "spot", "ABC", Decimal(30))
            self.ledger.credit(uid, "spot", "USDT", Decimal(3_000))
            self.naive.money[uid] = [Fraction(30), Fraction(3_000)]
            self.naive.rates[uid] = (Fraction(RATES[uid].maker), Fraction(RATES[uid].taker))
        self.now_ms = self.naive.now = START_MS
        self.mine, self.theirs = [], []

    def both(self, ours: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[Any, Any]:
        """What each gives, or the name of the reason why not; the same of both, or neither."""
        answers: list[Any] = []
        for ask in (ours, theirs):
            try:
                answers.append(ask())
            except (Declined, naive.Declined) as declined:
                answers.append(declined.reason.name if isinstance(declined, Declined) else str(declined))
        declines = [answer if isinstance(answer, str) else "" for answer in answers]
        assert declines[0] == declines[1]
        return answers[0], answers[1]

    @rule(
        uid=uids,
        is_buy=booleans,
        kind=kinds,
        quantity=quantities,
        amount=st.none() | amounts,
        price=prices,
        stop=prices,
        in_force=forces,
        name=names,
    )
    def place(
        self,
        uid: int,
        is_buy: bool,
        kind: OrderType,
        quantity: Decimal,
        amount: Decimal | None,
        price: Decimal,
        stop: Decimal,
        in_force: TimeInForce,
        name: str,
    ) -> None:
        new = NewOrder(
            symbol="ABC-USDT",
            side=Side.BUY if is_buy else Side.SELL,
            type=kind,
            quantity=quantity if amount is None else None,
            amount=amount,
            price=price,
            stop=stop,
            time_in_force=in_force,
            client_id=name,
        )
        ours, theirs = self.both(
            lambda: self.desk.place(uid, new, self.now_ms),
            lambda: self.naive.place(
                uid,
                is_buy,
                kind.value,
                quantity=fraction(new.quantity),
                amount=fraction(amount),
                price=Fraction(price),
                stop=Fraction(stop),
                in_force=in_force.value,
                name=name,
            ),
        )
        if isinstance(ours, SpotOrder):
            self.mine.append(ours)
            self.theirs.append(theirs)

    @rule(uid=uids, is_buy=booleans, quantity=quantities, price=near)
    def rest(self, uid: int, is_buy: bool, quantity: Decimal, price: Decimal) -> None:
        """Orders that are more likely to meet others than those of ``place``."""
        self.place(uid, is_buy, OrderType.LIMIT, quantity, None, price, price, TimeInForce.GTC, "")

    @rule(uid=uids, is_buy=booleans, quantity=quantities, away=st.tuples(distances, distances), price=prices)
    def place_pair(
        self, uid: int, is_buy: bool, quantity: Decimal, away: tuple[int, int], price: Decimal
    ) -> None:
        last, sign = self.market.last, -1 if is_buy else 1
        limit, trigger = (last + sign * away[0]) * TICK, (last - sign * away[1]) * TICK
        new = NewOco(
            symbol="ABC-USDT",
            side=Side.BUY if is_buy else Side.SELL,
            quantity=quantity,
            limit=limit,
            trigger=trigger,
            price=price,
        )
        ours, theirs = self.both(
            lambda: self.desk.place_oco(uid, new, self.now_ms),
            lambda: self.naive.place_pair(
                uid, is_buy, Fraction(quantity), Fraction(limit), Fraction(trigger), Fraction(price)
            ),
        )
        if not isinstance(ours, str):
            self.mine += self.desk.records.legs(ours)
            self.theirs += theirs

    @precondition(lambda self: self.mine)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.mine) - 1))
        mine, theirs = self.mine[number], self.theirs[number]
        self.both(
            lambda: self.desk.cancel(mine.uid, "ABC-USDT", self.now_ms, order_id=mine.id),
            lambda: self.naive.cancel(theirs),
        )

    @precondition(lambda self: self.mine)
    @rule(data=st.data(), is_buy=booleans, quantity=quantities, price=near, stops=booleans)
    def replace(
        self, data: st.DataObject, is_buy: bool, quantity: Decimal, price: Decimal, stops: bool
    ) -> None:
        number = data.draw(st.integers(0, len(self.mine) - 1))
        mine, theirs = self.mine[number], self.theirs[number]
        new = NewOrder(
            symbol="ABC-USDT",
            side=Side.BUY if is_buy else Side.SELL,
            type=OrderType.LIMIT,
            quantity=quantity,
            price=price,
        )
        done = self.desk.replace(mine.uid, new, self.now_ms, order_id=mine.id, stops=stops)
        cancels, _ = self.both(lambda: raised(done.cancelled), lambda: self.naive.cancel(theirs))
        if isinstance(cancels, str) and stops:
            assert done.placed is None
            return
        placed, theirs_too = self.both(
            lambda: raised(done.placed),
            lambda: self.naive.place(
                mine.uid,
                is_buy,
                "LIMIT",
                quantity=Fraction(quantity),
                amount=None,
                price=Fraction(price),
                stop=None,
                in_force="GTC",
                name="",
            ),
        )
        if isinstance(placed, SpotOrder):
            self.mine.append(placed)
            self.theirs.append(theirs_too)

    @rule(uid=uids)
    def cancel_all(self, uid: int) -> None:
        self.desk.cancel_all(uid, None, self.now_ms)
        self.naive.cancel_all(uid)

    @rule(uid=uids, timeout_ms=st.none() | st.integers(500, 3_000))
    def count_down(self, uid: int, timeout_ms: int | None) -> None:
        self.desk.cancel_all_after(uid, timeout_ms, self.now_ms)
        self.naive.countdowns.pop(uid, None)
        if timeout_ms is not None:
            self.naive.countdowns[uid] = self.now_ms + timeout_ms

    @rule(ms=st.integers(1, 2_000) | st.just(7_200_000))
    def pass_time(self, ms: int) -> None:
        self.now_ms += ms
        self.agenda.run(self.now_ms)
        self.naive.advance(self.now_ms)

    @precondition(lambda self: self.market.is_trading)
    @rule(price=near)
    def move(self, price: Decimal) -> None:
        self.floor.move(self.market.id, ABC.ticks(price), self.now_ms)
        self.naive.move(Fraction(price))

    @precondition(lambda self: self.market.is_trading)
    @rule(is_buy=booleans, steps=st.integers(1, 1_200))
    def house_trades(self, is_buy: bool, steps: int) -> None:
        side = Side.BUY if is_buy else Side.SELL
        self.floor.trade(self.market.id, side, steps, self.now_ms)
        self.naive.house_trades(is_buy, steps * Fraction(STEP))

    @precondition(lambda self: self.naive.status != "delisted")
    @rule(chance=st.integers(0, 19))
    def stop_or_resume(self, chance: int) -> None:
        market = self.market.id
        if chance == 19:
            self.floor.apply(Delist(market), self.now_ms)
            self.naive.delist()
        elif self.naive.status == "halted":
            self.floor.apply(Resume(market), self.now_ms)
            self.naive.status = "trading"
        elif chance > 15:
            self.floor.apply(Halt(market), self.now_ms)
            self.naive.status = "halted"

    # What has to hold after each step

    @invariant()
    def everybody_has_the_same(self) -> None:
        for uid in USERS:
            for is_quote, asset in ((False, "ABC"), (True, "USDT")):
                balance = self.ledger.balance(uid, "spot", asset)
                ours = Fraction(balance.free), Fraction(balance.locked)
                assert ours == (self.naive.free(uid, is_quote), self.naive.held(uid, is_quote)), (uid, asset)
                assert min(ours) >= 0
        for is_quote, asset in ((False, "ABC"), (True, "USDT")):
            assert Fraction(self.ledger.balance(0, "fees", asset).free) == self.naive.fees[is_quote]
            house = Fraction(self.ledger.balance(0, "house", asset).free)
            assert house == self.naive.money[naive.HOUSE][is_quote]
        self.ledger.assert_conserved()

    @invariant()
    def every_order_is_the_same(self) -> None:
        for mine, theirs in zip(self.mine, self.theirs, strict=True):
            ours = (
                mine.status.value,
                Fraction(ABC.quantity(mine.filled)),
                Fraction(ABC.value(mine.value)),
                Fraction(mine.fee),
                Fraction(mine.held),
                mine.updated_ms,
            )
            assert ours == (
                theirs.status,
                theirs.filled,
                theirs.value,
                theirs.fee,
                theirs.needs,
                theirs.changed,
            )
            fills = [
                (
                    Fraction(ABC.price(fill.price)),
                    Fraction(ABC.quantity(fill.quantity)),
                    Fraction(fill.fee),
                    fill.is_maker,
                )
                for fill in self.desk.records.fills(mine.uid, None, order_id=mine.id)
            ]
            assert fills[::-1] == theirs.fills
            assert (mine.status.value == "FILLED") is (mine.leaves == 0) or mine.spends_amount
            asset = "ABC" if mine.side is Side.SELL else "USDT"
            held = self.ledger.holds(mine.uid, "spot", asset).get(Owner("order", mine.id), Decimal(0))
            assert held == mine.held

    @invariant()
    def the_book_is_the_same(self) -> None:
        assert Fraction(ABC.price(self.market.last)) == self.naive.last
        uid_of = {order.id: order.uid for order in self.mine}
        ours = [
            (
                side is Side.BUY,
                uid_of.get(order.id, 0),
                Fraction(ABC.price(order.price)),
                Fraction(ABC.quantity(order.leaves)),
            )
            for side in Side
            for order in self.market.book.queue(side)
            if order.owner != MAKER
        ]
        theirs = []
        for is_buy in (True, False):
            queue = [
                order for order in self.naive.book if order.is_buy is is_buy and order.uid != naive.HOUSE
            ]
            queue.sort(key=lambda order: -order.price if order.is_buy else order.price)
            theirs += [(is_buy, order.uid, order.price, order.left) for order in queue]
        assert ours == theirs

    @invariant()
    def what_is_open_is_found(self) -> None:
        for uid in USERS:
            found = {order.id for order in self.desk.records.open_of(uid, None)}
            assert found == {order.id for order in self.mine if order.uid == uid and order.is_open}
            orders = list(self.desk.records.history(uid, None))
            assert len(orders) == sum(order.uid == uid for order in self.mine)

    def teardown(self) -> None:
        """At every moment a state may be saved: what it has is what there is, and is held the same."""
        if not hasattr(self, "desk"):
            return
        ledger = Ledger()
        for uid in USERS:
            for asset in ("ABC", "USDT"):
                balance = self.ledger.balance(uid, "spot", asset)
                ledger.open_balance(uid, "spot", asset, free=balance.free, locked=balance.locked)
        fills = fills_of(self.desk)
        kept = trading_of(
            order_forms(self.desk),
            [fill_form(fill) for fill in fills],
            {uid: SettingsForm() for uid in USERS},
            listings={self.market.id: self.listing},
            ledger=ledger,
        )
        assert kept.fills == fills
        for order in self.mine:
            told, lasts = asdict(kept.orders[order.id]), asdict(order)
            if not order.is_open:  # what such an order would hold, or may cost, is of the past
                del told["budget"], told["cover"], lasts["budget"], lasts["cover"]
            assert told == lasts
            asset = "ABC" if order.side is Side.SELL else "USDT"
            owner = Owner("order", order.id)
            holds = (books.holds(order.uid, "spot", asset).get(owner) for books in (ledger, self.ledger))
            assert next(holds) == next(holds)
