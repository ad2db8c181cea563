"""Positions: how they grow and shrink, with their exact cost. Pure arithmetic.

A position keeps what it cost, not an average price: that is worked out for answers only. So whatever is
closed in however many parts, the profits add up exactly.
"""

from decimal import ROUND_DOWN, Context, Decimal

import msgspec

from bingx_fake.books.money import EXACT, ZERO, cut
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Instrument

_DOWN = Context(prec=120, rounding=ROUND_DOWN)

_add, _subtract, _multiply = EXACT.add, EXACT.subtract, EXACT.multiply


def share(amount: Decimal, part: int | Decimal, whole: int | Decimal) -> Decimal:
    """A part of an amount, cut to 20 places (ours, A152)."""
    return cut(_DOWN.divide(_multiply(amount, Decimal(part)), Decimal(whole)))


class Position(msgspec.Struct, gc=False, eq=False):
    """A position of a user's.

    :param quantity: in steps, above zero while it is open.
    :param cost: what the open part cost, or brought where it is short, in the coin that money is in.
    :param margin: what is set apart for it, if it is isolated; else 0.
    :param realised: profits of what was closed, less ``fees``, with ``funding``.
    :param auto_margin: how much may still be added to its margin by itself.
    :param most: the most steps that it ever had; ``closed`` those closed so far, for ``closed_value``.
    """

    id: int
    uid: int
    market: MarketId
    instrument: Instrument
    is_long: bool
    is_isolated: bool
    leverage: int
    opened_ms: int
    updated_ms: int
    quantity: int = 0
    cost: Decimal = ZERO
    margin: Decimal = ZERO
    profit: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    most: int = 0
    opened: int = 0
    opened_value: Decimal = ZERO
    closed: int = 0
    closed_value: Decimal = ZERO
    is_one_way: bool = True
    auto_margin: Decimal = ZERO
    known: tuple[Decimal, int, Decimal] = (ZERO, 1, ZERO)
    """The initial margin that was worked out for a cost at a leverage: it is asked for all the time."""
    valued: tuple[int, int, Decimal, Decimal, Decimal] = (0, 0, ZERO, ZERO, ZERO)
    """What was worked out at a price for so many steps of such a cost: value and profit; so are these."""
    kept_by: tuple[Decimal, Decimal, Decimal] = (ZERO, ZERO, ZERO)
    """The margin that was found to keep it, for a value and the taker's rate."""

    @property
    def realised(self) -> Decimal:
        """What it has brought so far: profits, funding, less fees."""
        return _subtract(_add(self.profit, self.funding), self.fees)

    @property
    def initial_margin(self) -> Decimal:
        """What it needs: its cost over its leverage (A)."""
        cost, leverage, margin = self.known
        if cost is self.cost and leverage == self.leverage:
            return margin
        margin = share(self.cost, 1, self.leverage)
        self.known = (self.cost, self.leverage, margin)
        return margin

    @property
    def held_margin(self) -> Decimal:
        """What is kept for it: what is set apart, or what it needs of a wallet that it shares."""
        return self.margin if self.is_isolated else self.initial_margin

    def value(self, mark: int) -> Decimal:
        """What it is worth at a price in ticks."""
        return self.valued_at(mark)[3]

    def unrealised(self, mark: int) -> Decimal:
        """Its profit if it were closed at a price in ticks."""
        return self.valued_at(mark)[4]

    def valued_at(self, mark: int) -> tuple[int, int, Decimal, Decimal, Decimal]:
        """What ``valued`` is at a price in ticks: its value and its profit are the last two."""
        valued = self.valued
        if valued[0] != mark or valued[1] != self.quantity or valued[2] is not self.cost:
            value = self.instrument.worth(mark, self.quantity)
            gain = _subtract(value, self.cost) if self.gains else _subtract(self.cost, value)
            self.valued = valued = (mark, self.quantity, self.cost, value, gain)
        return valued

    @property
    def gains(self) -> bool:
        """Whether it gains when what it is worth rises: of an inverse perpetual, short ones do."""
        return self.is_long is not self.instrument.is_inverse

    @property
    def entry(self) -> Decimal:
        """The average price of the open part, as answers tell it, rounded."""
        return self.instrument.price_of(self.cost, self.quantity)

    def open(self, quantity: int, value: Decimal) -> None:
        """Let it grow by so many steps, for so much."""
        before = self.initial_margin
        self.quantity += quantity
        self.cost = _add(self.cost, value)
        self.most = max(self.most, self.quantity)
        self.opened += quantity
        self.opened_value = _add(self.opened_value, value)
        if self.is_isolated:
            self.margin = _add(self.margin, _subtract(self.initial_margin, before))

    def close(self, quantity: int, value: Decimal) -> tuple[Decimal, Decimal]:
        """Let it shrink by so many steps, for so much, and give the profit and the margin that is released.

        A partial close takes its part of the cost, cut to 20 places; the rest keeps the remainder.
        """
        assert 0 < quantity <= self.quantity, self
        is_all = quantity == self.quantity
        cost = self.cost if is_all else share(self.cost, quantity, self.quantity)
        released = self.margin if is_all else share(self.margin, quantity, self.quantity)
        self.quantity -= quantity
        self.cost = _subtract(self.cost, cost)
        self.margin = _subtract(self.margin, released)
        self.closed += quantity
        self.closed_value = _add(self.closed_value, value)
        profit = _subtract(value, cost) if self.gains else _subtract(cost, value)
        self.profit = _add(self.profit, profit)
        return profit, released


class Net(msgspec.Struct, gc=False):
    """What the exchange itself holds of a market, on the other side of its users: never realised.

    :param quantity: in steps, below zero where it is short.
    :param cost: what that cost, below zero where it brought something.
    """

    quantity: int = 0
    cost: Decimal = ZERO

    def trade(self, quantity: int, value: Decimal) -> None:
        """Buy so many steps for so much; both are below zero for a sale."""
        self.quantity += quantity
        self.cost = _add(self.cost, value)

    def unrealised(self, instrument: Instrument, mark: int) -> Decimal:
        """Its profit if it were closed at a price in ticks."""
        value = instrument.worth(mark, self.quantity)
        return _subtract(self.cost, value) if instrument.is_inverse else _subtract(value, self.cost)
