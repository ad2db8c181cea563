"""The trading floor: every market with its house, its source and its history, driven by the agenda.

Commands of users and of whoever runs the exchange go through here, so that the house has its ladder in the
book before anybody can meet it, and every trade is counted whoever made it.
"""

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from random import Random

import msgspec

from bingx_fake.agenda import Agenda, Rank
from bingx_fake.market.history import History
from bingx_fake.market.house import MAKER, House, Ladder
from bingx_fake.market.past import MOST_TRADES_A_MINUTE, Past
from bingx_fake.market.sources import Constant, Source, Steps, Walk, walk
from bingx_fake.venue.candles import MINUTE_MS, Minutes
from bingx_fake.venue.commands import Command, Event, MarketId, Refused, Traded
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.venue import Market, Venue

TAPE = 1_000
"""How many of a market's trades are kept to be shown."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A market as it opens.

    :param opening: the price in ticks.
    :param ladder: None for a market with users' orders only.
    :param refill_ms: how long what was taken out of the ladder stays out.
    :param has_past: whether there are candles from before the exchange opened.
    """

    instrument: Instrument
    opening: int
    source: Source = msgspec.field(default_factory=Constant)
    ladder: Ladder | None = msgspec.field(default_factory=Ladder)
    refill_ms: int = 1_000
    has_past: bool = True


class Print(msgspec.Struct, frozen=True, kw_only=True):
    """A trade as everybody sees it.

    :param is_buyers: whether the buyer came in and took what was offered.
    """

    trade_id: int
    at_ms: int
    price: int
    quantity: int
    is_buyers: bool


class _Step(msgspec.Struct, frozen=True):
    """The source of a market says where the price goes next."""

    market: MarketId


class _MoveTo(msgspec.Struct, frozen=True):
    """A price that a list of steps has for a time."""

    market: MarketId
    price: int


class _Refill(msgspec.Struct, frozen=True):
    """The ladder of a market is made whole."""

    market: MarketId


class Stall:
    """One market on the floor.

    :param tape: its last trades, the oldest first.
    :param updates: one higher with each command and move that changed the book.
    :param reached_ms: the time of its last change: where the clock is set back, the market waits for it.
    """

    def __init__(
        self, listing: Listing, market: Market, house: House, history: History, opened_ms: int
    ) -> None:
        self.listing = listing
        self.market = market
        self.house = house
        self.history = history
        self._opening_id = market.trades
        self.tape: deque[Traded] = deque(maxlen=TAPE)
        self.walk: Iterator[int] = iter(())
        self.is_refilling = False
        self.updates = 0
        self.reached_ms = opened_ms

    def prints(self, number: int, from_id: int | None = None) -> list[Print]:
        """The last trades, or those from an id on; the oldest first.

        :param number: how many at most; of what was traded here, no more than ``TAPE`` are kept.
        """
        past = self.history.past
        before = 0 if past is None else past.trades
        first_id = self._opening_id - before + 1
        newest = self.market.trades
        start = max(first_id, newest - number + 1 if from_id is None else from_id)
        found: list[Print] = []
        if past is not None and start <= self._opening_id:
            found = [
                Print(
                    trade_id=first_id + trade.index,
                    at_ms=trade.at_ms,
                    price=trade.price,
                    quantity=trade.quantity,
                    is_buyers=trade.is_buyers,
                )
                for trade in past.trades_from(start - first_id, number)
            ]
        found += [
            Print(
                trade_id=trade.trade_id,
                at_ms=trade.at_ms,
                price=trade.price,
                quantity=trade.quantity,
                is_buyers=trade.taker_side is Side.BUY,
            )
            for trade in self.tape
            if trade.trade_id >= start
        ]
        return found[:number]


class Floor:
    """Every market. What it does at a time of its own is on the agenda.

    :param seed: decides over what prices do; each market draws from sequences of its own.

    ``on_events`` is told all that has happened on a market, once it has: after a whole move, whoever made it.
    It may give commands of its own.
    """

    def __init__(self, agenda: Agenda, seed: int) -> None:
        self._agenda = agenda
        self._seed = seed
        self.venue = Venue()
        self.stalls: dict[MarketId, Stall] = {}
        self.on_events: Callable[[Stall, list[Event], int], object] | None = None
        agenda.learn(_Step, Rank.SOURCE, self._step)
        agenda.learn(_MoveTo, Rank.SOURCE, self._move_to)
        agenda.learn(_Refill, Rank.SOURCE, self._refill)
        for kind in (_Step, _MoveTo, _Refill):
            agenda.drop(kind)  # of a floor before this one

    def add(self, listing: Listing, now_ms: int) -> Stall:
        """Open a market; its source begins at once."""
        instrument, opening = listing.instrument, listing.opening
        market = self.venue.add(instrument, opening)
        name = f"{instrument.product} {instrument.symbol}"
        make_past = None
        if listing.has_past and instrument.online_ms < now_ms:
            make_past = partial(
                Past,
                name,
                self._seed,
                opening=opening,
                opened_ms=now_ms,
                since_ms=instrument.online_ms,
                step_at_one_tick=instrument.worth(1, 1).as_integer_ratio(),
            )
            # Ids of the past count back from here, so that they need no past to be made.
            market.trades = (now_ms - instrument.online_ms) // MINUTE_MS * MOST_TRADES_A_MINUTE
        house = House(self.venue, market, listing.ladder, self._seed)
        stall = Stall(listing, market, house, History(make_past, Minutes(), now_ms, opening), now_ms)
        self.stalls[market.id] = stall
        match listing.source:
            case Walk() as source:
                stall.walk = walk(source, opening, Random(f"{self._seed} {name} walk"))
                self._agenda.add(now_ms + source.every_ms, _Step(market.id), every_ms=source.every_ms)
            case Steps(steps=steps):
                for after_ms, price in steps:
                    self._agenda.add(now_ms + after_ms, _MoveTo(market.id, price))
            case Constant():
                pass
        return stall

    def apply(self, command: Command, at_ms: int) -> list[Event]:
        """Carry out a command of a user's, against the book with the ladder in it.

        :raises Refused: saying why; nothing has changed then but that the ladder stands in the book.
        """
        stall = self.stall(command.market)
        return self._told(stall, [*stall.house.lay(at_ms), *self.venue.apply(command, at_ms)], at_ms)

    def stall(self, market: MarketId) -> Stall:
        """The market that goes by this product and symbol.

        :raises Refused: where there is none.
        """
        stall = self.stalls.get(market)
        if stall is None:
            raise Refused(f"there is no market {' '.join(market)}")
        return stall

    def move(self, market: MarketId, price: int, at_ms: int) -> list[Event]:
        """Move a price to so many ticks; see ``House.move``."""
        stall = self.stall(market)
        return self._told(stall, stall.house.move(price, at_ms), at_ms)

    def trade(self, market: MarketId, side: Side, quantity: int, at_ms: int) -> list[Event]:
        """Let the house's taker trade so many steps at the best prices there are."""
        stall = self.stall(market)
        return self._told(stall, stall.house.trade(side, quantity, at_ms), at_ms)

    def levels(self, market: MarketId, at_ms: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Bids and asks as price in ticks and quantity in steps, the best first."""
        stall = self.stall(market)
        stall.house.lay(at_ms)
        book = stall.market.book
        return list(book.levels(Side.BUY)), list(book.levels(Side.SELL))

    def _told(self, stall: Stall, events: list[Event], at_ms: int) -> list[Event]:
        """Count the trades, and have the ladder refilled where something was taken out of it."""
        is_taken = False
        stall.updates += 1
        stall.reached_ms = max(stall.reached_ms, at_ms)
        for event in events:
            if isinstance(event, Traded):
                stall.history.minutes.trade(event.price, event.quantity, at_ms)
                stall.tape.append(event)
                is_taken = is_taken or event.maker_owner == MAKER
        if is_taken and not stall.is_refilling and stall.house.is_taken:
            stall.is_refilling = True
            self._agenda.add(at_ms + stall.listing.refill_ms, _Refill(stall.market.id))
        if self.on_events is not None:
            self.on_events(stall, events, at_ms)
        return events

    def _step(self, step: _Step, at_ms: int) -> None:
        stall = self.stalls[step.market]
        if stall.market.is_trading:
            self.move(step.market, max(2, stall.house.mid + next(stall.walk)), at_ms)

    def _move_to(self, step: _MoveTo, at_ms: int) -> None:
        if self.stalls[step.market].market.is_trading:
            self.move(step.market, step.price, at_ms)

    def _refill(self, refill: _Refill, at_ms: int) -> None:
        stall = self.stalls[refill.market]
        stall.is_refilling = False
        if stall.market.is_trading:
            self._told(stall, stall.house.refill(at_ms), at_ms)
