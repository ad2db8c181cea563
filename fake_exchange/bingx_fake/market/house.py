"""The house: two accounts of ours, a maker whose orders are the ladder, and a taker that trades.

It places ordinary orders on the venue. What a user meets, partial fills, a queue, slippage, is matching's
doing: there is no second idea of a fill. The two accounts differ, so that the house never matches itself.
"""

from zlib import crc32

import msgspec

from bingx_fake.venue.commands import Event, MarketId, Place, Quote, Refused
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.venue import Market, Quotes, Venue

MAKER, TAKER = -1, -2
"""Owners below zero, so that they are no users."""


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """The orders that the house's maker keeps in the book.

    :param levels: how many on each side.
    :param gap_ticks: from one level to the next.
    :param spread_ticks: from the best bid to the best ask, 2 at least: the mid is between them.
    :param least: what a level is worth at least, in the quote coin; ``most`` at most. Both are ours (A23).
    """

    levels: int = 20
    gap_ticks: int = 1
    spread_ticks: int = 2
    least: int = 5_000
    most: int = 20_000


class House:
    """The house on one market.

    Its ladder is a function of the seed, the price and how often each level was refilled. So it needs to
    stand in the book only while somebody can meet it: ``lay`` puts it there, and as long as no order of a
    user's rests, a moving price leaves it out.

    :param ladder: None for a market that has only users' orders.
    """

    def __init__(self, venue: Venue, market: Market, ladder: Ladder | None, seed: int) -> None:
        self._venue = venue
        self._market = market
        self._ladder = ladder
        self._seed = seed
        self._refills: dict[int, int] = {}
        self._sizes: dict[int, int] = {}  # remembered, since a price comes again and again
        self._is_laid = False
        self.mid = market.last
        self._step_at_one_tick = market.instrument.worth(1, 1).as_integer_ratio()

    @property
    def _id(self) -> MarketId:
        return self._market.id

    def lay(self, at_ms: int) -> list[Event]:
        """Put the ladder into the book, unless it stands there."""
        if self._is_laid or not self._market.is_trading:
            return []
        self._is_laid = True
        return self._quote(*self._fitting(), at_ms)

    def move(self, mid: int, at_ms: int) -> list[Event]:
        """Move the price to ``mid`` ticks.

        Users' orders at that price or through it fill whole, each at its own price; the ladder is laid around
        it, whole; and one step trades at exactly that price, so that it is the last.

        :raises Refused: while the market does not trade.
        """
        if not self._market.is_trading:
            raise Refused(f"{self._market.instrument.symbol} is {self._market.status.value}")
        standing = self._quotes
        users_rest = len(self._market.book) > sum(quote.filled < quote.quantity for quote in standing.all)
        taker_side = Side.BUY if mid >= self._market.last else Side.SELL
        self.mid = mid
        self._is_laid = users_rest
        bids, asks = self._wanted() if users_rest else ({}, {})
        events: list[Event] = []
        if standing.all:
            events += self._quote(
                {price: size for price, size in bids.items() if price in standing.bids},
                {price: size for price, size in asks.items() if price in standing.asks},
                at_ms,
            )
        if users_rest:
            events += self._sweep(Side.BUY, at_ms) + self._sweep(Side.SELL, at_ms)
        events += self._print(taker_side, at_ms)
        if users_rest:
            events += self._quote(bids, asks, at_ms)
        return events

    def trade(self, side: Side, quantity: int, at_ms: int) -> list[Event]:
        """Let the taker buy or sell so many steps at the best prices there are, users' orders among them."""
        return self.lay(at_ms) + self._take(side, quantity, None, at_ms)

    def refill(self, at_ms: int) -> list[Event]:
        """Lay whole again what was taken out of the ladder."""
        taken = [quote.price for quote in self._quotes.all if quote.filled]
        for price in taken:
            self._refills[price] = self._refills.get(price, 0) + 1
            self._sizes.pop(price, None)
        return self._quote(*self._fitting(), at_ms) if taken else []

    @property
    def is_taken(self) -> bool:
        """Whether something was taken out of the ladder, so that it waits to be refilled."""
        return any(quote.filled for quote in self._quotes.all)

    @property
    def _quotes(self) -> Quotes:
        return self._market.quotes.get(MAKER, Quotes())

    def _wanted(self) -> tuple[dict[int, int], dict[int, int]]:
        """The ladder around the mid: bids and asks, each quantity by price."""
        ladder = self._ladder
        if ladder is None:
            return {}, {}
        bid = self.mid - ladder.spread_ticks // 2
        ask, width = bid + ladder.spread_ticks, ladder.levels * ladder.gap_ticks
        bids = range(bid, max(bid - width, 0), -ladder.gap_ticks)
        asks = range(ask, ask + width, ladder.gap_ticks)
        size_of = self._size
        return {price: size_of(price, ladder) for price in bids}, {
            price: size_of(price, ladder) for price in asks
        }

    def _fitting(self) -> tuple[dict[int, int], dict[int, int]]:
        """The ladder but for what would trade with a user's order, the rest of one that took it (ours)."""
        bids, asks = self._wanted()
        their_bid, their_ask = (
            next((order.price for order in self._market.book.queue(side) if order.owner != MAKER), None)
            for side in Side
        )
        if their_ask is not None:
            bids = {price: size for price, size in bids.items() if price < their_ask}
        if their_bid is not None:
            asks = {price: size for price, size in asks.items() if price > their_bid}
        return bids, asks

    def _size(self, price: int, ladder: Ladder) -> int:
        """How many steps the ladder offers at a price: the same whenever it is laid there."""
        size = self._sizes.get(price)
        if size is None:
            if len(self._sizes) > 10_000:
                self._sizes.clear()
            text = f"{self._id} {price} {self._refills.get(price, 0)}"
            worth = ladder.least + crc32(text.encode(), self._seed) % (ladder.most - ladder.least + 1)
            numerator, denominator = self._step_at_one_tick
            size = self._sizes[price] = max(1, worth * denominator // (price * numerator))
        return size

    def _sweep(self, side: Side, at_ms: int) -> list[Event]:
        """Let the taker fill every order of users at the mid or through it."""
        quantity = 0
        for price, leaves in self._market.book.levels(side.other):
            if price > self.mid if side is Side.BUY else price < self.mid:
                break
            quantity += leaves
        return self._take(side, quantity, self.mid, at_ms) if quantity else []

    def _print(self, taker_side: Side, at_ms: int) -> list[Event]:
        """Let one step trade at the mid, between the two accounts."""
        offer = Place(self._id, self._venue.new_house_id(), MAKER, taker_side.other, 1, self.mid)
        return self._venue.apply(offer, at_ms) + self._take(taker_side, 1, self.mid, at_ms)

    def _take(self, side: Side, quantity: int, price: int | None, at_ms: int) -> list[Event]:
        order = Place(self._id, self._venue.new_house_id(), TAKER, side, quantity, price, TimeInForce.IOC)
        return self._venue.apply(order, at_ms)

    def _quote(self, bids: dict[int, int], asks: dict[int, int], at_ms: int) -> list[Event]:
        return self._venue.apply(Quote(self._id, MAKER, bids, asks), at_ms)
