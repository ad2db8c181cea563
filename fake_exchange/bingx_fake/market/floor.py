"""The trading floor: every market with its house, its source and its history, driven by the agenda.

Commands of users and of whoever runs the exchange go through here, so that the house has its ladder in the
book before anybody can meet it, and every trade is counted whoever made it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from random import Random

import msgspec

from bingx_fake.agenda import Agenda, Rank
from bingx_fake.market.fitting import between
from bingx_fake.market.history import History
from bingx_fake.market.house import MAKER, House
from bingx_fake.market.past import MOST_TRADES_A_MINUTE, Past
from bingx_fake.market.sources import Constant, Flow, Replay, Steps, Walk, walk
from bingx_fake.market.stall import Listing, Stall
from bingx_fake.market.standing import Standing, stand, standing_of
from bingx_fake.venue.candles import MINUTE_MS, Minutes
from bingx_fake.venue.commands import Command, Event, MarketId, Refused, SetMark, Traded
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.venue import Venue


class _Step(msgspec.Struct, frozen=True):
    """The source of a market says where the price goes next."""

    market: MarketId


class _MoveTo(msgspec.Struct, frozen=True):
    """A price that a list of steps has for a time."""

    market: MarketId
    price: int


class _Replay(msgspec.Struct, frozen=True):
    """What the archive has for a time happens again.

    :param index: the first of it.
    :param start_ms: when the replay began.
    """

    market: MarketId
    index: int
    start_ms: int


class _Taker(msgspec.Struct, frozen=True):
    """Somebody comes to buy or sell."""

    market: MarketId


class _Refill(msgspec.Struct, frozen=True):
    """The ladder of a market is made whole."""

    market: MarketId


class Floor:
    """Every market. What it does at a time of its own is on the agenda.

    :param seed: decides over what prices do; each market draws from sequences of its own.

    ``listeners`` are told, in their order, all that has happened on a market, once it has: after a whole
    move, whoever made it. They may give commands of their own. ``waits`` give what else is about a market
    than what rests in its book: orders that wait for a price, positions.
    """

    def __init__(self, agenda: Agenda, seed: int) -> None:
        self._agenda = agenda
        self._seed = seed
        self.venue = Venue()
        self.stalls: dict[MarketId, Stall] = {}
        self.listeners: list[Callable[[Stall, list[Event], int], object]] = []
        self.waits: list[Callable[[MarketId], Sequence[object]]] = []
        agenda.learn(_Step, Rank.SOURCE, self._step)
        agenda.learn(_MoveTo, Rank.SOURCE, self._move_to)
        agenda.learn(_Replay, Rank.SOURCE, self._replay, self._count_replay)
        agenda.learn(_Refill, Rank.SOURCE, self._refill)
        agenda.learn(_Taker, Rank.SOURCE, self._let_take, self._count_takers)
        for kind in (_Step, _MoveTo, _Replay, _Refill, _Taker):
            agenda.drop(kind)  # of a floor before this one

    def add(self, listing: Listing, now_ms: int, standing: Standing | None = None) -> Stall:
        """Open a market; its source begins at once. One of the same product and symbol is replaced.

        :param standing: where it stood in another exchange, from where it and its source go on.
        """
        instrument, opening = listing.instrument, listing.opening
        opened_ms = now_ms if standing is None else standing.opened
        former = self.stalls.get((instrument.product, instrument.symbol))
        if former is not None:
            self._stop_source(former)
            self._agenda.remove(former.flow_item)
        market = self.venue.add(instrument, opening)
        name = f"{instrument.product} {instrument.symbol}"
        make_past = None
        if listing.has_past and instrument.online_ms < opened_ms:
            make_past = partial(
                Past,
                name,
                self._seed,
                opening=opening,
                opened_ms=opened_ms,
                since_ms=instrument.online_ms,
                instrument=instrument,
            )
            # Ids of the past count back from here, so that they need no past to be made.
            market.trades = (opened_ms - instrument.online_ms) // MINUTE_MS * MOST_TRADES_A_MINUTE
        house = House(self.venue, market, listing.ladder, self._seed)
        stall = Stall(listing, market, house, History(make_past, Minutes(), opened_ms, opening), opened_ms)
        self.stalls[market.id] = stall
        market.mark, market.index = listing.mark, listing.index
        if standing is not None:
            stand(stall, standing)
        stall.marks.note(market, stall.reached_ms)
        self._start_source(stall, now_ms, None if standing is None else standing.source)
        self._start_flow(stall, now_ms)
        return stall

    def standings(self, now_ms: int) -> list[Standing]:
        """Where every market stands in which anything has happened."""
        return [standing_of(stall, now_ms) for stall in self.stalls.values() if stall.updates]

    def reopen(self, listing: Listing, now_ms: int) -> Stall:
        """Open a market anew at another tick or step, or with another past. Its trades go on being counted.

        :raises Refused: while orders of users rest in it; nothing has changed then.
        """
        former = self.stall((listing.instrument.product, listing.instrument.symbol))
        if former.house.users_rest or self._is_waited_on(former.market.id):
            raise Refused(
                f"orders rest in {listing.instrument.symbol}, and tick, step, contract, past and time_online "
                "stay as they are until those are cancelled, and positions closed"
            )
        stall = self.add(listing, now_ms)
        stall.market.status = former.market.status
        stall.count_on(former)
        return stall

    def set_back(self, now_ms: int) -> None:
        """The clock was set back: a market in which nothing has happened opens at the time that it is now.

        The others wait for their time to come again (ours, A41).
        """
        for stall in [*self.stalls.values()]:
            if now_ms < stall.reached_ms and not stall.updates and not self._is_waited_on(stall.market.id):
                self.add(stall.listing, now_ms)

    def change(
        self, listing: Listing, now_ms: int, *, restarts_source: bool, restarts_flow: bool
    ) -> list[Event]:
        """Give a market another listing, of the same tick, step and past; where it stands stays.

        :param restarts_source: let the source, which may be another, begin now; else the old one goes on.
        """
        instrument = listing.instrument
        stall = self.stall((instrument.product, instrument.symbol))
        former, stall.listing = stall.listing, listing
        stall.market.instrument = instrument
        stall.market.index, stall.funding = listing.index, listing.funding
        events: list[Event] = []
        if listing.mark != stall.market.mark:
            events += self.venue.apply(SetMark(stall.market.id, listing.mark), now_ms)
        if listing.ladder != former.ladder:
            events += stall.house.change_ladder(listing.ladder, now_ms)
        if restarts_source:
            self._stop_source(stall)
            self._start_source(stall, now_ms)
        if restarts_flow:
            self._start_flow(stall, now_ms)
        return self._told(stall, events, now_ms)

    def _start_source(self, stall: Stall, now_ms: int, done_ms: int | None = None) -> None:
        """Let a source begin.

        :param done_ms: how much of a list of prices, or of a replay, has happened already.
        """
        market, add = stall.market.id, self._agenda.add
        stall.source_ms = start_ms = now_ms - (done_ms or 0)
        happened_ms = -1 if done_ms is None else done_ms
        match stall.listing.source:
            case Walk() as source:
                stall.walk = walk(source, stall.listing.opening, self._random(stall, "walk"))
                stall.source_items = [add(now_ms + source.every_ms, _Step(market), every_ms=source.every_ms)]
            case Steps(steps=steps):
                stall.source_items = [
                    add(start_ms + after_ms, _MoveTo(market, price))
                    for after_ms, price in steps
                    if after_ms > happened_ms
                ]
            case Replay(archive=archive):
                index = bisect_right(archive.times, happened_ms)
                stall.source_items = [
                    add(start_ms + at_ms, _Replay(market, index, start_ms))
                    for at_ms in archive.times[index : index + 1]
                ]
            case Constant():
                stall.source_items = []

    def _stop_source(self, stall: Stall) -> None:
        for number in stall.source_items:
            self._agenda.remove(number)

    def _start_flow(self, stall: Stall, now_ms: int) -> None:
        self._agenda.remove(stall.flow_item)
        if stall.listing.flow is not None:
            stall.draw = self._random(stall, "flow").random
            self._expect_taker(stall, stall.listing.flow, now_ms)

    def _random(self, stall: Stall, purpose: str) -> Random:
        product, symbol = stall.market.id
        return Random(f"{self._seed} {product} {symbol} {purpose}")

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
        """Count the trades, and have the ladder refilled where something was taken out of it.

        Time does not run back with the clock: what trades then, trades at the last time (ours, A41).
        """
        is_taken = False
        market_ms = stall.note_change(at_ms)
        for event in events:
            if isinstance(event, Traded):
                stall.history.minutes.trade(event.price, event.quantity, market_ms)
                is_late = event.at_ms < market_ms
                stall.tape.append(msgspec.structs.replace(event, at_ms=market_ms) if is_late else event)
                is_taken = is_taken or event.maker_owner == MAKER
        stall.marks.note(stall.market, market_ms)
        if is_taken and not stall.is_refilling and stall.house.is_taken:
            stall.is_refilling = True
            self._agenda.add(at_ms + stall.listing.refill_ms, _Refill(stall.market.id))
        for tell in self.listeners:
            tell(stall, events, at_ms)
        return events

    def _step(self, step: _Step, at_ms: int) -> None:
        stall = self.stalls[step.market]
        if stall.market.is_trading:
            self.move(step.market, max(2, stall.house.mid + next(stall.walk)), at_ms)

    def _move_to(self, step: _MoveTo, at_ms: int) -> None:
        if self.stalls[step.market].market.is_trading:
            self.move(step.market, step.price, at_ms)

    def _replay(self, replay: _Replay, at_ms: int) -> None:
        """Let everything happen again that was recorded for a time, and expect what comes after it."""
        stall = self.stalls[replay.market]
        source = stall.listing.source
        assert isinstance(source, Replay), source
        archive, index = source.archive, replay.index
        while index < len(archive) and replay.start_ms + archive.times[index] <= at_ms:
            _, price, quantity, is_buyers = archive[index]
            index += 1
            if not stall.market.is_trading:
                continue
            if is_buyers is None:
                events = stall.house.move(price, at_ms, quantity)
            else:
                side = Side.BUY if is_buyers else Side.SELL
                events = stall.house.repeat(side, quantity, price, at_ms)
            self._told(stall, events, at_ms)
        stall.source_items = []
        if index < len(archive):
            following = _Replay(replay.market, index, replay.start_ms)
            stall.source_items = [self._agenda.add(replay.start_ms + archive.times[index], following)]

    def _count_replay(self, replay: _Replay, at_ms: int, until_ms: int) -> int:
        source = self.stalls[replay.market].listing.source
        assert isinstance(source, Replay), source
        return bisect_left(source.archive.times, until_ms - replay.start_ms + 1) - replay.index

    def _expect_taker(self, stall: Stall, flow: Flow, now_ms: int) -> None:
        wait_ms = 1 + int(stall.draw() * (2 * flow.every_ms - 1))
        stall.flow_item = self._agenda.add(now_ms + wait_ms, _Taker(stall.market.id))

    def _let_take(self, taker: _Taker, at_ms: int) -> None:
        stall = self.stalls[taker.market]
        flow, draw = stall.listing.flow, stall.draw
        assert flow is not None, taker
        side = Side.BUY if draw() < 0.5 else Side.SELL
        worth = between(draw, flow.least, flow.most)
        if stall.market.is_trading:
            self._told(stall, stall.house.pass_by(side, worth, at_ms), at_ms)
        self._expect_taker(stall, flow, at_ms)

    def _count_takers(self, taker: _Taker, at_ms: int, until_ms: int) -> int:
        flow = self.stalls[taker.market].listing.flow
        assert flow is not None, taker
        return 1 + (until_ms - at_ms) // flow.every_ms

    def _refill(self, refill: _Refill, at_ms: int) -> None:
        stall = self.stalls[refill.market]
        stall.is_refilling = False
        if stall.market.is_trading:
            self._told(stall, stall.house.refill(at_ms), at_ms)

    def _is_waited_on(self, market: MarketId) -> bool:
        return any(waits(market) for waits in self.waits)
