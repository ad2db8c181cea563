"""A naive account of perpetuals: fractions, plain loops, and nothing of ours.

It is told who traded with whom at what price, and the marks, and works out everything else by itself: costs,
profits, fees, margins, funding, who is liquidated, who pays for that, what margin is added by itself. Written
after sections 8 and 10 of what BingX documents and the assumptions A152 to A171, A214, A235 and A236.

Money is in the coin that prices are in, and amounts are of the other one; of inverse perpetuals amounts are
contracts, each worth its face, and money is in the coin that is priced.
"""

from fractions import Fraction

TWENTY = Fraction(1, 10**20)
TIERS = [
    *((900_000, "0.0033"), (1_200_000, "0.0056"), (1_500_000, "0.0063"), (1_800_000, "0.0067")),
    (10**12, "0.0071"),
]
MAKER, TAKER = Fraction("0.0002"), Fraction("0.0005")
FACES = {"SOL-USD": Fraction(10), "BTC-USD": Fraction(100)}
"""Of inverse perpetuals: what a contract is worth in USD."""
KEPT = {"SOL-USD": Fraction("0.0065"), "BTC-USD": Fraction("0.004")}
"""The margin that a value needs there."""


def cut(amount: Fraction) -> Fraction:
    """Down to twenty places, towards nothing."""
    whole = abs(amount) // TWENTY * TWENTY
    return whole if amount >= 0 else -whole


def worth(symbol: str, amount: Fraction, price: Fraction) -> Fraction:
    """What so much is worth."""
    return amount * cut(FACES[symbol] / price) if symbol in FACES else amount * price


def kept(symbol: str, value: Fraction) -> Fraction:
    """The margin that a value needs."""
    if symbol in KEPT:
        return value * KEPT[symbol]
    total, floor, before = Fraction(0), Fraction(0), Fraction(0)
    amount = Fraction(0)
    for end, text in TIERS:
        ratio = Fraction(text)
        amount += floor * (ratio - before)
        if value <= end:
            total = value * ratio - amount
            break
        floor, before = Fraction(end), ratio
    return total


class Held:
    """A position."""

    def __init__(self, uid: int, symbol: str, is_long: bool, leverage: int, is_isolated: bool) -> None:
        self.uid, self.symbol, self.is_long = uid, symbol, is_long
        self.leverage, self.is_isolated = leverage, is_isolated
        self.amount = self.cost = self.margin = Fraction(0)
        self.to_add = Fraction(0)
        """How much may still be added to its margin by itself."""

    @property
    def initial(self) -> Fraction:
        return cut(self.cost / self.leverage)

    @property
    def sign(self) -> int:
        """1 where more worth is more profit."""
        return 1 if self.is_long is not (self.symbol in FACES) else -1

    def gain(self, mark: Fraction) -> Fraction:
        return (worth(self.symbol, self.amount, mark) - self.cost) * self.sign

    def needs(self, mark: Fraction) -> Fraction:
        value = worth(self.symbol, self.amount, mark)
        return kept(self.symbol, value) + value * TAKER


class Account:
    """Everybody's. ``outside`` is what the insurance holds of each symbol, and its cost: both signed.

    ``frozen`` is what resting orders need, by user and symbol, and has to be told before somebody is
    liquidated: of users in hedge mode, whose orders need the same whatever they hold.
    """

    def __init__(self, wallets: dict[int, Fraction]) -> None:
        self.wallets = dict(wallets)
        self.held: list[Held] = []
        self.marks: dict[str, Fraction] = {}
        self.insurance = Fraction(0)
        self.outside: dict[str, list[Fraction]] = {}
        self.changes: dict[int, Fraction] = {}
        self.lost: dict[int, Fraction] = {}
        self.uncovered: dict[int, Fraction] = {}
        self.frozen: dict[tuple[int, str], Fraction] = {}

    def of(self, uid: int) -> list[Held]:
        return [it for it in self.held if it.uid == uid]

    def find(self, uid: int, symbol: str, is_long: bool) -> Held | None:
        return next((it for it in self.of(uid) if (it.symbol, it.is_long) == (symbol, is_long)), None)

    def fill(
        self,
        uid: int,
        symbol: str,
        amount: Fraction,
        price: Fraction,
        *,
        buys: bool,
        side: str,
        closes: bool,
        is_maker: bool,
        leverage: dict[bool, int],
        is_isolated: bool,
    ) -> None:
        """One side of a trade."""
        if side == "BOTH":
            against, grows = self.find(uid, symbol, not buys), buys
        else:
            grows = side == "LONG"
            against = self.find(uid, symbol, grows) if closes else None
        rate = MAKER if is_maker else TAKER
        whole_fee = cut(worth(symbol, amount, price) * rate)
        closed = min(amount, against.amount) if against is not None else Fraction(0)
        closed_value = worth(symbol, closed, price)
        fee = cut(closed_value * rate)
        if against is not None and closed:
            self.close(against, closed, closed_value, fee)
        if amount > closed:
            position = self.find(uid, symbol, grows)
            if position is None:
                position = Held(uid, symbol, grows, leverage[grows], is_isolated)
                self.held.append(position)
            before = position.initial
            position.amount += amount - closed
            position.cost += worth(symbol, amount - closed, price)
            if is_isolated:
                position.margin += position.initial - before
            self.pay(uid, fee - whole_fee)

    def pay(self, uid: int, amount: Fraction) -> None:
        self.changes[uid] = self.changes.get(uid, Fraction(0)) + amount

    def close(self, position: Held, amount: Fraction, value: Fraction, fee: Fraction) -> None:
        part = amount / position.amount
        is_all = part == 1
        cost = position.cost if is_all else cut(position.cost * part)
        released = position.margin if is_all else cut(position.margin * part)
        position.amount -= amount
        position.cost -= cost
        position.margin -= released
        gained = (value - cost) * position.sign - fee
        uid = position.uid
        if position.is_isolated:
            missing = released + gained
            if missing < 0:
                taken = min(position.margin, -missing)
                position.margin -= taken
                self.uncovered[uid] = self.uncovered.get(uid, Fraction(0)) - missing - taken
        elif gained < 0:
            self.lost[uid] = self.lost.get(uid, Fraction(0)) - gained
        self.pay(uid, gained)
        if not position.amount:
            self.held.remove(position)

    def post(self) -> None:
        """Pay out what has come together, and cover what nobody can pay."""
        for uid, change in self.changes.items():
            open_loss = self.uncovered.get(uid, Fraction(0))
            after = self.wallets[uid] + change + open_loss
            apart = sum((it.margin for it in self.of(uid)), Fraction(0))
            cover = open_loss + max(min(apart - after, self.lost.get(uid, Fraction(0))), -after, Fraction(0))
            self.wallets[uid] += change + cover
            self.insurance -= min(self.insurance, cover)
        self.changes, self.lost, self.uncovered = {}, {}, {}

    def fund(self, symbol: str, rate: Fraction) -> None:
        """Let longs pay what they hold times the rate."""
        for it in self.held:
            if it.symbol == symbol:
                amount = cut(worth(symbol, it.amount, self.marks[symbol]) * rate * (-1 if it.is_long else 1))
                if not amount:
                    continue
                self.pay(it.uid, amount)
                if it.is_isolated:
                    left = max(it.margin + amount, Fraction(0))
                    short = left - it.margin - amount
                    self.uncovered[it.uid] = self.uncovered.get(it.uid, Fraction(0)) + short
                    it.margin = left
                elif amount < 0:
                    self.lost[it.uid] = self.lost.get(it.uid, Fraction(0)) - amount
        self.post()
        self.liquidate()

    def scopes(self) -> list[tuple[list[Held], Fraction, Fraction]]:
        """What shares margin, with what there is for it and what it needs."""
        found = []
        for uid, wallet in self.wallets.items():
            shared = [it for it in self.of(uid) if not it.is_isolated]
            alone = [it for it in self.of(uid) if it.is_isolated]
            found += [([it], it.margin + it.gain(self.mark(it)), it.needs(self.mark(it))) for it in alone]
            if shared:
                there = wallet - sum(it.margin for it in alone) + sum(it.gain(self.mark(it)) for it in shared)
                found.append((shared, there, sum((it.needs(self.mark(it)) for it in shared), Fraction(0))))
        return found

    def mark(self, position: Held) -> Fraction:
        return self.marks[position.symbol]

    def liquidate(self) -> None:
        """Take from those in need what they hold, one after the other."""
        while True:
            needy = [
                (there / needs, them[0].symbol, them[0].uid, them, there, needs)
                for them, there, needs in self.scopes()
                if there <= needs
            ]
            if not needy:
                return
            *_, them, there, needs = min(needy, key=lambda it: it[:3])
            if self.adds(them[0], there, needs):
                continue
            self.withdraw(them)
            left = there
            for position in list(them):
                need = position.needs(self.mark(position))
                part = left if position is them[-1] else cut(there * need / needs)
                left -= part
                self.take(position, part)
            self.post()

    def adds(self, position: Held, there: Fraction, needs: Fraction) -> bool:
        """Bring a position back to its initial margin, as far as there is something, if that keeps it."""
        uid = position.uid
        shared = sum((it.gain(self.mark(it)) for it in self.of(uid) if not it.is_isolated), Fraction(0))
        used = sum((it.margin if it.is_isolated else it.initial for it in self.of(uid)), Fraction(0))
        frozen = sum((amount for (whose, _), amount in self.frozen.items() if whose == uid), Fraction(0))
        available = self.wallets[uid] + min(shared, Fraction(0)) - used - frozen
        added = min(position.initial - there, position.to_add, available)
        if added <= 0 or there + added <= needs:
            return False
        position.margin += added
        position.to_add -= added
        return True

    def withdraw(self, them: list[Held]) -> None:
        """Forget the orders of somebody who is liquidated: on that market, or all where margin is shared."""
        symbols = {it.symbol for it in them}
        for uid, symbol in list(self.frozen):
            if uid == them[0].uid and (symbol in symbols or not them[0].is_isolated):
                del self.frozen[uid, symbol]

    def take(self, position: Held, part: Fraction) -> None:
        whole = worth(position.symbol, position.amount, self.mark(position))
        sign, direction = position.sign, 1 if position.is_long else -1
        got = whole - sign * part
        # The exact value is rounded to sixty digits before it is cut.
        value = cut(got / (1 - sign * TAKER))
        fee = sign * (value - got)
        amount, symbol, uid = position.amount, position.symbol, position.uid
        self.close(position, amount, value, fee)
        has = self.insurance + sum(
            (
                (worth(name, held, self.marks[name]) - cost) * (-1 if name in FACES else 1)
                for name, (held, cost) in self.outside.items()
            ),
            Fraction(0),
        )
        if has + sign * (whole - value) >= 0:
            there = self.outside.setdefault(symbol, [Fraction(0), Fraction(0)])
            there[0] += direction * amount
            there[1] += direction * value
            return
        mark = self.marks[symbol]
        others = [it for it in self.held if it.symbol == symbol and it.uid != uid]
        winners = [it for it in others if it.is_long is not position.is_long and it.gain(mark) > 0]
        winners.sort(key=lambda it: (-it.gain(mark) / it.initial, it.uid))
        left, left_value = amount, value
        for winner in winners:
            closed = min(left, winner.amount)
            paid = left_value if closed == left else cut(value * closed / amount)
            self.close(winner, closed, paid, Fraction(0))
            left, left_value = left - closed, left_value - paid
            if not left:
                return
