"""The house: two accounts of ours, a maker whose orders are the ladder, and a taker that trades.

It places ordinary orders on the venue. What a user meets, partial fills, a queue, slippage, is matching's
doing: there is no second idea of a fill. The two accounts differ, so that the house never matches itself.
"""

from collections.abc import Mapping
from zlib import crc32

import msgspec

from bingx_fake.venue.commands import Event, MarketId, Place, Quote, Refused
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Order, Side
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
        self.refills: dict[int, int] = {}
        """How often each price's level was refilled."""
        self._sizes: dict[int, int] = {}  # remembered, since a price comes again and again
        self._is_laid = False
        self._move_mid(market.last)

    @property
    def _id(self) -> MarketId:
        return self._market.id

    def lay(self, at_ms: int) -> list[Event]:
        """Put the ladder into the book, unless it stands there."""
        if self._is_laid or not self._market.is_trading:
            return []
        self._is_laid = True
        return self._quote(*self._fitting(), at_ms)

    def move(self, mid: int, at_ms: int, quantity: int = 1) -> list[Event]:
        """Move the price to ``mid`` ticks.

        Users' orders at that price or through it fill whole, each at its own price; the ladder is laid around
        it, whole; and one step trades at exactly that price, so that it is the last.

        :param quantity: how many steps trade there instead of one.
        :raises Refused: while the market does not trade.
        """
        self._check_trading()
        taker_side = Side.BUY if mid >= self._market.last else Side.SELL
        self._move_mid(mid)
        self._is_laid = users_rest = self.users_rest
        bids, asks = self._wanted() if users_rest else ({}, {})
        events = self._withdraw_from(bids, asks, at_ms)
        if users_rest:
            events += self._sweep(Side.BUY, mid, at_ms) + self._sweep(Side.SELL, mid, at_ms)
        events += self._print(taker_side, quantity, mid, at_ms)
        if users_rest:
            events += self._quote(bids, asks, at_ms)
        return events

    def repeat(self, side: Side, quantity: int, price: int, at_ms: int) -> list[Event]:
        """Let a trade that was recorded happen again, as one order of the taker's.

        The ladder is laid so that its best price, for whoever trades on that side, is the recorded one;
        users' orders that it goes through fill whole, as in a move. Then comes the order: whatever stands at
        that price or better fills by price and time, and what the ladder lacks there is added behind it.

        :raises Refused: while the market does not trade.
        """
        self._check_trading()
        ladder = self._ladder
        spread = 0 if ladder is None else ladder.spread_ticks
        far = price + spread if side is Side.SELL else price - spread
        mid = max(1, min(price, far) + spread // 2)
        stands = mid == self.mid and self._is_laid
        self._move_mid(mid)
        self._is_laid = users_rest = self.users_rest
        bids, asks = self._wanted() if users_rest and not stands else ({}, {})
        events = [] if users_rest and stands else self._withdraw_from(bids, asks, at_ms)
        if users_rest:
            events += self._sweep(side.other, price, at_ms)
            events += [] if ladder is None else self._sweep(side, far, at_ms)
        if bids or asks:
            events += self._quote(bids, asks, at_ms)
        return events + self._print(side, quantity, price, at_ms)

    def pass_by(self, side: Side, worth: int, at_ms: int) -> list[Event]:
        """Let a taker who comes by itself buy or sell for so much of the quote coin, at the best price.

        While no order of a user's rests, it leaves the ladder as it was, standing or not (ours, A40).
        """
        if self.users_rest:
            return self.trade(side, self._steps(worth, self.mid), at_ms)
        if self._ladder is None:
            return []
        self._is_laid = False
        bid = max(1, self.mid - self._ladder.spread_ticks // 2)
        price = bid + self._ladder.spread_ticks if side.is_buy else bid
        events = self._withdraw_from({}, {}, at_ms)
        return events + self._print(side, self._steps(worth, price), price, at_ms)

    def change_ladder(self, ladder: Ladder | None, at_ms: int) -> list[Event]:
        """Lay another ladder around the same mid, but for what would trade with users' orders.

        While the market does not trade, that is done when it does again.
        """
        mid = self._market.last if self._ladder is None else self.mid
        self._ladder = ladder
        self._move_mid(mid)
        self._sizes.clear()
        was_laid, self._is_laid = self._is_laid, False
        return self.lay(at_ms) if was_laid else []

    def stand_around(self, mid: int, refills: Mapping[int, int]) -> None:
        """Have the ladder, which is not laid yet, around so many ticks, its levels refilled so often."""
        assert not self._is_laid
        self._move_mid(mid)
        self.refills = dict(refills)

    def trade(self, side: Side, quantity: int, at_ms: int) -> list[Event]:
        """Let the taker buy or sell so many steps at the best prices there are, users' orders among them."""
        return self.lay(at_ms) + self._take(side, quantity, None, at_ms)

    def refill(self, at_ms: int) -> list[Event]:
        """Lay whole again what was taken out of the ladder."""
        taken = [quote.price for quote in self._quotes.all if quote.filled]
        for price in taken:
            self.refills[price] = self.refills.get(price, 0) + 1
            self._sizes.pop(price, None)
        return self._quote(*self._fitting(), at_ms) if taken else []

    @property
    def users_rest(self) -> bool:
        """Whether an order rests in the book that is none of the ladder's."""
        return len(self._market.book) > sum(quote.filled < quote.quantity for quote in self._quotes.all)

    @property
    def is_taken(self) -> bool:
        """Whether something was taken out of the ladder, so that it waits to be refilled."""
        return any(quote.filled for quote in self._quotes.all)

    def _check_trading(self) -> None:
        if not self._market.is_trading:
            raise Refused(f"{self._market.instrument.symbol} is {self._market.status.value}")

    def _move_mid(self, mid: int) -> None:
        self.mid = mid
        self._market.mid = None if self._ladder is None else mid

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
        """The ladder but for what would trade with the rest of a user's order that took it (ours, A40)."""
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
            text = f"{self._id} {price} {self.refills.get(price, 0)}"
            worth = ladder.least + crc32(text.encode(), self._seed) % (ladder.most - ladder.least + 1)
            size = self._sizes[price] = self._steps(worth, price)
        return size

    def _steps(self, worth: int, price: int) -> int:
        """How many steps an amount of the quote coin is at a price, one at least."""
        return max(1, self._market.instrument.steps_worth(worth, price))

    def _withdraw_from(self, bids: dict[int, int], asks: dict[int, int], at_ms: int) -> list[Event]:
        """Take the ladder away at every price at which it is not wanted."""
        standing = self._quotes
        if not standing.all:
            return []
        return self._quote(
            {price: size for price, size in bids.items() if _stands(standing.bids, price)},
            {price: size for price, size in asks.items() if _stands(standing.asks, price)},
            at_ms,
        )

    def _offered(self, side: Side, limit: int) -> int:
        """How many steps whoever trades on a side would get down to a price, that price included."""
        quantity = 0
        for price, leaves in self._market.book.levels(side.other):
            if price > limit if side.is_buy else price < limit:
                break
            quantity += leaves
        return quantity

    def _sweep(self, side: Side, limit: int, at_ms: int) -> list[Event]:
        """Let the taker fill all that stands down to a price: users' orders, as the ladder is gone there."""
        quantity = self._offered(side, limit)
        return self._take(side, quantity, limit, at_ms) if quantity else []

    def _print(self, taker_side: Side, quantity: int, price: int, at_ms: int) -> list[Event]:
        """Let an order of the taker's fill whole, down to a price, where the maker adds what is missing."""
        missing = quantity - self._offered(taker_side, price)
        events: list[Event] = []
        if missing > 0:
            offer = Place(self._id, self._venue.new_house_id(), MAKER, taker_side.other, missing, price)
            events += self._venue.apply(offer, at_ms)
        return events + self._take(taker_side, quantity, price, at_ms)

    def _take(self, side: Side, quantity: int, price: int | None, at_ms: int) -> list[Event]:
        order = Place(self._id, self._venue.new_house_id(), TAKER, side, quantity, price, TimeInForce.IOC)
        return self._venue.apply(order, at_ms)

    def _quote(self, bids: dict[int, int], asks: dict[int, int], at_ms: int) -> list[Event]:
        return self._venue.apply(Quote(self._id, MAKER, bids, asks), at_ms)


def _stands(quotes: Mapping[int, Order], price: int) -> bool:
    """Whether there is a quote at a price with nothing taken out of it."""
    quote = quotes.get(price)
    return quote is not None and not quote.filled
