"""One market on the floor: as it opens, and as it stands."""

from collections import deque
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from bingx_fake.market.fitting import Draw
from bingx_fake.market.history import History
from bingx_fake.market.house import House, Ladder
from bingx_fake.market.marks import Marks
from bingx_fake.market.sources import Constant, Flow, Source
from bingx_fake.venue.commands import MarketId, Traded
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.venue import Market

TAPE = 1_000
"""How many of a market's trades are kept to be shown."""
_FAST = ("BTC-USDT", "ETH-USDT")


def published_every_ms(market: MarketId) -> int:
    """How often changes of an order book are published (R, D)."""
    product, symbol = market
    if product != "swap":
        return 500
    return 200 if symbol in _FAST else 800


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A market as it opens.

    :param opening: the price in ticks.
    :param ladder: None for a market with users' orders only.
    :param refill_ms: how long what was taken out of the ladder stays out.
    :param has_past: whether there are candles from before the exchange opened.
    :param flow: None: nobody trades by himself.
    :param mark: in ticks; None: it follows the mid, as ``index`` does.
    :param funding: the rate of a perpetual; None: it is worked out.
    """

    instrument: Instrument
    opening: int
    source: Source = msgspec.field(default_factory=Constant)
    ladder: Ladder | None = msgspec.field(default_factory=Ladder)
    refill_ms: int = 1_000
    has_past: bool = True
    flow: Flow | None = None
    mark: int | None = None
    index: int | None = None
    funding: Decimal | None = None


class Print(msgspec.Struct, frozen=True, kw_only=True):
    """A trade as everybody sees it.

    :param is_buyers: whether the buyer came in and took what was offered.
    """

    trade_id: int
    at_ms: int
    price: int
    quantity: int
    is_buyers: bool


class Stall:
    """One market on the floor.

    :param tape: its last trades, the oldest first.
    :param updates: one higher with each command and move that changed the book.
    :param reached_ms: the time of its last change: where the clock is set back, the market waits for it.
    :param funding: the rate, where somebody has set it.

    ``marks`` has the candles of its mark price. ``source_ms`` is when its source began, ``opening_id`` the
    last trade's before it opened, and ``spans_with_changes`` in how many spans between publications the book
    has changed.
    """

    def __init__(
        self, listing: Listing, market: Market, house: House, history: History, opened_ms: int
    ) -> None:
        self.listing = listing
        self.market = market
        self.published_every_ms = published_every_ms(market.id)
        self.house = house
        self.history = history
        self.marks = Marks(history)
        self.opening_id = market.trades
        self.tape: deque[Traded] = deque(maxlen=TAPE)
        self.walk: Iterator[int] = iter(())
        self.draw: Draw = float  # 0 for ever, until there is a flow
        self.source_items: list[int] = []
        self.source_ms = self.opened_ms = opened_ms
        self.flow_item = 0
        self.is_refilling = False
        self.funding = listing.funding
        self.updates = 0
        self.spans_with_changes = 0
        self._span_of_last_change = -1
        self.reached_ms = opened_ms
        self._kept: tuple[int, dict[Any, Any]] = (0, {})

    @property
    def kept(self) -> dict[Any, Any]:
        """For whoever shows the book, to keep what it looks like; empty again after each change of it."""
        if self._kept[0] != self.updates:
            self._kept = (self.updates, {})
        return self._kept[1]

    def note_change(self, at_ms: int) -> int:
        """Count a change of the order book, and give the market's time of it, which does not run back."""
        self.updates += 1
        self.reached_ms = max(self.reached_ms, at_ms)
        span = self.reached_ms // self.published_every_ms
        if span != self._span_of_last_change:
            self.spans_with_changes += 1
            self._span_of_last_change = span
        return self.reached_ms

    def go_on(self, reached_ms: int, updates: int, spans_with_changes: int) -> None:
        """Have changed as often as another one, and last when that did."""
        self.reached_ms = reached_ms
        self.updates, self.spans_with_changes = updates, spans_with_changes
        self._span_of_last_change = reached_ms // self.published_every_ms

    def published(self, now_ms: int) -> int:
        """How often changes of the order book have been published: at the end of each span that has any.

        Published whoever listens, so that a number does not depend on it.
        """
        is_over = max(now_ms, self.reached_ms) // self.published_every_ms > self._span_of_last_change
        return self.spans_with_changes if is_over else self.spans_with_changes - 1

    def count_on(self, former: "Stall") -> None:
        """Go on counting trades and changes where another stall ended, so that no number comes twice."""
        ahead = max(former.market.trades - self.market.trades, 0)
        self.market.trades += ahead
        self.opening_id += ahead
        self.updates = former.updates
        self.spans_with_changes = former.published(self.reached_ms)
        self.note_change(self.reached_ms)

    def prints(self, number: int, from_id: int | None = None) -> list[Print]:
        """The last trades, or those from an id on; the oldest first.

        :param number: how many at most; of what was traded here, no more than ``TAPE`` are kept.
        """
        past = self.history.past
        before = 0 if past is None else past.trades
        first_id = self.opening_id - before + 1
        newest = self.market.trades
        start = max(first_id, newest - number + 1 if from_id is None else from_id)
        found: list[Print] = []
        if past is not None and start <= self.opening_id:
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
