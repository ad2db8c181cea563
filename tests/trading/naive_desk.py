"""A second spot market with its users, as plain as can be: lists looked through from end to end, fractions.

It knows nothing of ticks and steps but that numbers are cut to them, keeps no running sums, and works out
what is free by adding up what open orders need each time that somebody asks.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

HOUSE = 0
SMALLEST = Fraction(1, 10**20)


@dataclass(eq=False)
class Order:
    """One order, of a user's or of the house's (uid 0)."""

    uid: int
    is_buy: bool
    kind: str
    in_force: str = "GTC"
    name: str = ""
    price: Fraction = Fraction(0)
    stop: Fraction | None = None
    rises: bool = False
    quantity: Fraction = Fraction(0)
    amount: Fraction | None = None
    freeze: Fraction | None = None
    status: str = "NEW"
    filled: Fraction = Fraction(0)
    value: Fraction = Fraction(0)
    fee: Fraction = Fraction(0)
    changed: int = 0
    other: "Order | None" = None
    fills: list[tuple[Fraction, Fraction, Fraction, bool]] = field(default_factory=list)

    @property
    def left(self) -> Fraction:
        return self.quantity - self.filled

    @property
    def is_open(self) -> bool:
        return self.status in ("NEW", "PENDING", "PARTIALLY_FILLED")

    @property
    def needs(self) -> Fraction:
        """In the coin that it pays with."""
        if not self.is_open or (self.other is not None and self.stop is not None and self.status == "NEW"):
            return Fraction(0)
        if not self.is_buy:
            return self.left
        if self.freeze is not None:
            return self.freeze
        if self.other is not None and self.other.status == "NEW":
            return max(self.price, self.other.price) * self.left
        return self.price * self.left


def cut(number: Fraction, unit: Fraction) -> Fraction:
    return floor(number / unit) * unit


class Declined(Exception):
    """The reason's name."""


class NaiveDesk:
    """One market.

    :param worth: what each level of the ladder is worth; None where there is none.
    """

    def __init__(
        self, *, tick: Fraction, step: Fraction, last: Fraction, worth: int | None, levels: int
    ) -> None:
        self.tick, self.step, self.last, self.mid = tick, step, last, last
        self.worth, self.levels = worth, levels
        self.money: dict[int, list[Fraction]] = {HOUSE: [Fraction(0), Fraction(0)]}
        self.rates: dict[int, tuple[Fraction, Fraction]] = {}
        self.fees = [Fraction(0), Fraction(0)]
        self.orders: list[Order] = []
        self.book: list[Order] = []
        self.prices: list[Fraction] = []
        self.now = 0
        self.refill_at: int | None = None
        self.countdowns: dict[int, int] = {}
        self.status = "trading"
        self.is_taken = False
        self.lay()

    # What everybody has

    def held(self, uid: int, is_quote: bool) -> Fraction:
        mine = [order for order in self.orders if order.uid == uid and order.is_buy == is_quote]
        return sum((order.needs for order in mine), Fraction(0))

    def free(self, uid: int, is_quote: bool) -> Fraction:
        return self.money[uid][is_quote] - self.held(uid, is_quote)

    # The ladder

    def wanted(self) -> list[tuple[bool, Fraction, Fraction]]:
        if self.worth is None:
            return []
        found = []
        for number in range(self.levels):
            for is_buy, price in (
                (True, self.mid - (1 + number) * self.tick),
                (False, self.mid + (1 + number) * self.tick),
            ):
                if price > 0:
                    found.append(
                        (is_buy, price, max(self.step, cut(Fraction(self.worth) / price, self.step)))
                    )
        return found

    def clear_ladder(self, wanted: list[tuple[bool, Fraction, Fraction]]) -> None:
        """Take out what is not wanted as it stands."""
        self.book = [
            order
            for order in self.book
            if order.uid != HOUSE
            or (not order.filled and (order.is_buy, order.price, order.quantity) in wanted)
        ]

    def lay(self) -> None:
        self.is_taken = False
        users = [order for order in self.book if order.uid != HOUSE]
        wanted = [
            (is_buy, price, size)
            for is_buy, price, size in self.wanted()
            if not any(
                order.is_buy != is_buy and (order.price <= price if is_buy else order.price >= price)
                for order in users
            )
        ]
        self.clear_ladder(wanted)
        for is_buy, price, size in wanted:
            if not any(order.uid == HOUSE and order.price == price for order in self.book):
                self.book.append(Order(HOUSE, is_buy, "LIMIT", price=price, quantity=size, status="PENDING"))

    # Trading

    def pay(self, order: Order, price: Fraction, quantity: Fraction, *, is_maker: bool) -> None:
        """One side of a trade."""
        order.filled += quantity
        order.value += price * quantity
        sign = 1 if order.is_buy else -1
        received = quantity if order.is_buy else price * quantity
        fee = Fraction(0)
        if order.uid != HOUSE:
            fee = cut(received * self.rates[order.uid][0 if is_maker else 1], SMALLEST)
            order.fills.append((price, quantity, fee, is_maker))
            order.fee += fee
            order.changed = self.now
        money = self.money[order.uid]
        money[0] += sign * quantity
        money[1] -= sign * price * quantity
        money[0 if order.is_buy else 1] -= fee
        self.fees[0 if order.is_buy else 1] += fee
        order.status = "PARTIALLY_FILLED" if order.filled < order.quantity else "FILLED"
        if order.other is not None and order.other.status == "NEW":
            order.other.status = "FAILED"
            order.other.changed = self.now

    def trade(self, new: Order, *, at_any_price: bool, in_force: str, most: Fraction | None = None) -> None:
        """Let an order trade, and rest or end. ``most`` is what it may spend."""
        new.status = "PENDING"
        wants = None if new.amount is not None and new.freeze is not None else new.quantity
        planned: list[tuple[Order, Fraction]] = []
        used: dict[int, Fraction] = {}
        ending = "no more orders"
        while wants is None or wants > 0:
            others = [
                order
                for order in self.book
                if order.is_buy != new.is_buy
                and order.left > used.get(id(order), 0)
                and (at_any_price or (order.price <= new.price if new.is_buy else order.price >= new.price))
            ]
            if not others:
                break
            best = (min if new.is_buy else max)(order.price for order in others)
            first = next(order for order in others if order.price == best)
            if first.uid == new.uid and first.uid != HOUSE:
                ending = "own order"
                break
            takes = first.left - used.get(id(first), Fraction(0))
            if wants is not None:
                takes = min(takes, wants)
            if most is not None and takes * first.price > most:
                takes = cut(most / first.price, self.step)
                ending = "spent"
            if takes:
                planned.append((first, takes))
                used[id(first)] = used.get(id(first), Fraction(0)) + takes
            if wants is not None:
                wants -= takes
            if most is not None:
                most -= takes * first.price
            if ending == "spent":
                break
        is_whole = wants == 0
        if in_force == "PostOnly" and (planned or ending == "own order"):
            planned, is_whole = [], False
            ending = "would take"
        elif in_force == "FOK" and not is_whole:
            planned, ending = [], "not whole"
        for order, takes in planned:
            self.pay(new, order.price, takes, is_maker=False)
            self.pay(order, order.price, takes, is_maker=True)
            self.prices.append(order.price)
            self.last = order.price
        if wants is None:
            is_whole = new.filled > 0 and (ending == "spent" or most == 0)
        if any(order.uid == HOUSE for order, _ in planned):
            self.is_taken = True
            if self.refill_at is None:
                self.refill_at = self.now + 1000
        self.book = [order for order in self.book if order.left]
        if is_whole:
            new.status = "FILLED"
        elif ending == "no more orders" and not at_any_price and in_force in ("GTC", "PostOnly"):
            self.book.append(new)
        else:
            self.end(new)

    def end(self, order: Order, status: str = "CANCELED") -> None:
        order.status, order.changed = status, self.now
        self.book = [resting for resting in self.book if resting is not order]
        if order.other is not None and order.other.status == "NEW":
            order.other.status, order.other.changed = "FAILED", self.now

    def run_triggers(self) -> None:
        """Let those trade that the trades so far reach, then those that their trades reach, and so on."""
        batches = [self.prices]
        self.prices = []
        while batches:
            prices = batches.pop(0)
            reached = [
                order
                for order in self.orders
                if order.status == "NEW"
                and order.stop is not None
                and any(price >= order.stop if order.rises else price <= order.stop for price in prices)
            ]
            falling = sorted((o for o in reached if not o.rises), key=lambda o: -(o.stop or 0))
            rising = sorted((o for o in reached if o.rises), key=lambda o: o.stop or 0)
            for order in falling + rising:
                if order.status == "NEW":
                    order.changed = self.now
                    if order.other is not None:
                        order.status = "PENDING"
                        self.end(order.other)
                    self.send(order)
                    batches.append(self.prices)
                    self.prices = []

    def send(self, order: Order) -> None:
        has_limit = order.kind.endswith("LIMIT")
        self.trade(
            order,
            at_any_price=not has_limit,
            in_force=order.in_force if has_limit else "GTC",
            most=order.freeze,
        )

    # What users ask for

    def place(
        self,
        uid: int,
        is_buy: bool,
        kind: str,
        *,
        quantity: Fraction | None,
        amount: Fraction | None,
        price: Fraction | None,
        stop: Fraction | None,
        in_force: str,
        name: str,
    ) -> Order:
        new = self.draft(uid, is_buy, kind, quantity, amount, price, stop)
        new.in_force, new.name = in_force, name
        self.check_name(uid, name)
        if sum(order.is_open for order in self.orders if order.uid == uid) >= 1000:
            raise Declined("TOO_MANY_OPEN")
        if new.needs > self.free(uid, is_buy):
            raise Declined("TOO_LITTLE_FUNDS")
        self.orders.append(new)
        if new.stop is None:
            self.send(new)
        else:
            self.prices.append(self.last)
        self.run_triggers()
        return new

    def draft(
        self,
        uid: int,
        is_buy: bool,
        kind: str,
        quantity: Fraction | None,
        amount: Fraction | None,
        price: Fraction | None,
        stop: Fraction | None,
    ) -> Order:
        if self.status != "trading":
            raise Declined("NOT_TRADING")
        new = Order(uid, is_buy, kind, price=self.last, changed=self.now)
        if kind.endswith("LIMIT"):
            new.price = cut(price or Fraction(0), self.tick)
            if new.price <= 0:
                raise Declined("PRICE_NOT_POSITIVE")
        if kind not in ("LIMIT", "MARKET"):
            new.stop = cut(stop or Fraction(0), self.tick)
            if new.stop <= 0:
                raise Declined("PRICE_NOT_POSITIVE")
            new.rises = new.stop > self.last
        at = new.price if kind.endswith("LIMIT") or new.stop is None else new.stop
        if quantity:
            new.quantity = cut(quantity, self.step)
            if not new.quantity:
                raise Declined("NOTHING_WANTED")
            worth = new.quantity * at
            if is_buy and kind.endswith("MARKET"):
                new.freeze = ceil(at * Fraction("1.015") / self.tick) * self.tick * new.quantity
        else:
            new.amount = amount or Fraction(0)
            steps = cut(new.amount / at, self.step)
            if not steps:
                raise Declined("NOTHING_WANTED")
            if is_buy and kind.endswith("MARKET"):
                new.freeze = worth = cut(new.amount, self.tick * self.step)
            else:
                new.quantity = steps
                worth = steps * at
        if kind.endswith("LIMIT"):
            index = self.last if self.worth is None else self.mid
            if new.price > 5 * index:
                raise Declined("PRICE_TOO_HIGH")
            if new.price < index / 5:
                raise Declined("PRICE_TOO_LOW")
        if worth < 5:
            raise Declined("TOO_LITTLE")
        if worth > 2000:
            raise Declined("TOO_MUCH")
        return new

    def check_name(self, uid: int, name: str) -> None:
        for order in self.orders:
            is_known = order.is_open or self.now - order.changed < 7_200_000
            if name and is_known and (order.uid, order.name) == (uid, name):
                raise Declined("CLIENT_ID_TAKEN")

    def place_pair(
        self, uid: int, is_buy: bool, quantity: Fraction, limit: Fraction, trigger: Fraction, price: Fraction
    ) -> tuple[Order, Order]:
        above = self.draft(uid, is_buy, "LIMIT", quantity, None, limit, None)
        below = self.draft(uid, is_buy, "TAKE_STOP_LIMIT", quantity, None, price, trigger)
        assert below.stop is not None
        if not (above.price < self.last < below.stop if is_buy else below.stop < self.last < above.price):
            raise Declined("WRONG_WAY")
        above.other, below.other = below, above
        if above.needs > self.free(uid, is_buy):
            raise Declined("TOO_LITTLE_FUNDS")
        self.orders += [above, below]
        self.send(above)
        self.run_triggers()
        return above, below

    def cancel(self, order: Order) -> None:
        if not order.is_open:
            raise Declined("FINISHED")
        if order.status == "NEW" and order.other is not None:
            order = order.other
        self.end(order)

    def cancel_all(self, uid: int) -> None:
        for order in self.orders:
            if order.uid == uid and order.is_open:
                self.cancel(order)

    # What prices and time do

    def move(self, price: Fraction) -> None:
        self.mid = price
        wanted = self.wanted()
        self.clear_ladder(wanted)
        for is_buy in (True, False):
            crossed = [
                order
                for order in self.book
                if order.is_buy != is_buy and (order.price <= price if is_buy else order.price >= price)
            ]
            total = sum((order.left for order in crossed), Fraction(0))
            if total:
                sweep = Order(HOUSE, is_buy, "LIMIT", price=price, quantity=total)
                self.trade(sweep, at_any_price=False, in_force="IOC")
        self.prices.append(price)
        self.last = price
        self.lay()
        self.run_triggers()

    def house_trades(self, is_buy: bool, quantity: Fraction) -> None:
        self.trade(Order(HOUSE, is_buy, "MARKET", quantity=quantity), at_any_price=True, in_force="IOC")
        self.run_triggers()

    def advance(self, to: int) -> None:
        while True:
            due = [(at, 1, 0) for at in [self.refill_at] if at is not None]
            due += [(at, 2, uid) for uid, at in self.countdowns.items()]
            due = sorted(item for item in due if item[0] <= to)
            if not due:
                break
            self.now, what, uid = due[0]
            if what == 1:
                self.refill_at = None
                if self.status == "trading" and self.is_taken:
                    self.lay()
            else:
                del self.countdowns[uid]
                self.cancel_all(uid)
        self.now = to

    def delist(self) -> None:
        self.status = "delisted"
        for order in list(self.book):
            self.end(order)
        for order in self.orders:
            if order.status == "NEW":
                self.end(order)
