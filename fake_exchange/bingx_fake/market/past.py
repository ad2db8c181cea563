"""What prices did before the exchange opened: made up from a seed, and the same whenever it is asked for.

Blocks of eight hours, of which the days of both zones are three, follow a walk to the opening price. Shorter
candles are made by taking apart the blocks of a day, and those of less than a quarter of an hour the quarters
of an hour, each with draws of its own: so any page can be made without the ones before it, and sums and
extremes are exactly those of the blocks.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from hashlib import shake_256
from itertools import accumulate
from operator import attrgetter
from random import Random

import msgspec

from bingx_fake.market.fitting import (
    BYTES_A_CUT,
    LEAST_TRADES,
    Draw,
    between,
    plan_of,
    taken_apart,
    trades_of,
    usual_value,
)
from bingx_fake.venue.candles import DAY_MS, HOUR_MS, INTERVALS, MINUTE_MS, MONTH, Candle
from bingx_fake.venue.instruments import Instrument

BLOCK_MS = 8 * HOUR_MS
QUARTER_MS = HOUR_MS // 4
_STEP, _WICK = 12_000, 4_000
"""How far a block's ends are apart, and its extremes beyond them, at most, in millionths of its close."""
_TRADES_A_MINUTE = (LEAST_TRADES, 20)
_MOST_KEPT = 20_000
"""How many parts of blocks are kept: those of several pages, in 6 MB."""
MOST_TRADES_A_MINUTE = _TRADES_A_MINUTE[1]
_QUOTE_OF_A_TRADE = (20, 2_000)
"""What a trade of a block is worth on the average, in the quote coin."""


class PastTrade(msgspec.Struct, frozen=True, kw_only=True):
    """A trade from before the exchange opened.

    :param index: its place in the past, from 0.
    :param is_buyers: whether the buyer came in and took what was offered (every other trade; ours, A24).
    """

    index: int
    at_ms: int
    price: int
    quantity: int
    is_buyers: bool


class Past:
    """A market's candles from ``since_ms`` until the exchange opened.

    Blocks are numbered from 1970 on. The minutes between the last whole block and the opening are parts of a
    candle of their own. What comes before the first whole block is left out.

    :param name: the market's, so that no two markets have the same past.
    :param opening: the price in ticks at which the past ends.
    :param opened_ms: when it ends; the minute that this lies in is no part of it.
    :param instrument: what is traded, by which amounts of the quote coin are quantities.
    """

    def __init__(
        self,
        name: str,
        seed: int,
        *,
        opening: int,
        opened_ms: int,
        since_ms: int,
        instrument: Instrument,
    ) -> None:
        self._name = f"{seed} {name} past".encode()
        self._instrument = instrument
        self._end_ms = opened_ms - opened_ms % MINUTE_MS
        self._first = -(-since_ms // BLOCK_MS)
        self._last_minutes = self._lay_last_minutes(opening)
        price = self._last_minutes[0].open if self._last_minutes else opening
        self._blocks = _blocks(self._name, instrument, price, self._first, self._end_ms // BLOCK_MS)
        # How many trades there were before each block: a trade's id is its place in the whole past.
        self._trades_before = [0, *accumulate(block.count for block in self._blocks)]
        self._kept: dict[tuple[int, int], list[Candle]] = {}

    @property
    def trades(self) -> int:
        """How many there were."""
        return self._trades_before[-1] + sum(minute.count for minute in self._last_minutes)

    @property
    def since_ms(self) -> int:
        """When the first candle begins."""
        return min(self._first * BLOCK_MS, self._end_ms)

    def parts(self, interval: str, start_ms: int, end_ms: int) -> list[Candle]:
        """What candles of an interval are made of, the oldest first: candles that are as long, or shorter.

        :param interval: a name of ``INTERVALS``, or ``1M``.
        :param start_ms: no part begins before this, or at ``end_ms`` or later.
        """
        length_ms = BLOCK_MS if interval == MONTH else INTERVALS[interval]
        days = (start_ms - start_ms % DAY_MS, end_ms + -end_ms % DAY_MS)
        first, end = (max(at_ms // BLOCK_MS - self._first, 0) for at_ms in days)
        parts = self._blocks[first:end]
        if length_ms % BLOCK_MS:
            parts = self._inside(parts, BLOCK_MS, DAY_MS, max(length_ms, QUARTER_MS))
        if length_ms < QUARTER_MS:
            quarters = _between(parts, start_ms - start_ms % HOUR_MS, end_ms + -end_ms % HOUR_MS)
            parts = self._inside(quarters, QUARTER_MS, HOUR_MS, length_ms)
        return _between(parts, start_ms, end_ms) + _between(self._last_minutes, start_ms, end_ms)

    def rest(self, start_ms: int) -> list[Candle]:
        """What was traded from the beginning of a minute on, in as few candles as there are."""
        hour_ms, block_ms = (start_ms + -start_ms % length_ms for length_ms in (HOUR_MS, BLOCK_MS))
        whole_ms = self._end_ms - self._end_ms % BLOCK_MS
        return [
            *self.parts("1m", start_ms, min(hour_ms, whole_ms)),
            *self.parts("1h", hour_ms, min(block_ms, whole_ms)),
            *self.parts("8h", block_ms, whole_ms),
            *_between(self._last_minutes, start_ms, self._end_ms),
        ]

    def trades_from(self, index: int, number: int) -> list[PastTrade]:
        """Up to so many trades from one on, the oldest first; the first trade of the past has index 0."""
        found: list[PastTrade] = []
        for minute, first in self._minutes_from(index):
            if len(found) >= number:
                break
            trades = trades_of(minute, _draw(self._name, b"trades", minute.open_ms))
            found += [
                PastTrade(
                    index=first + place,
                    at_ms=minute.open_ms + place * MINUTE_MS // len(trades),
                    price=price,
                    quantity=quantity,
                    is_buyers=(first + place) % 2 == 0,
                )
                for place, (price, quantity) in enumerate(trades)
                if first + place >= index
            ]
        return found[:number]

    def _minutes_from(self, index: int) -> Iterator[tuple[Candle, int]]:
        """The minutes from the one on that a trade is in, each with the index of its first trade."""
        position = max(bisect_right(self._trades_before, index) - 1, 0)
        first = self._trades_before[position]
        for block in self._blocks[position:]:
            if first + block.count > index:
                for minute in self.parts("1m", block.open_ms, block.open_ms + BLOCK_MS):
                    if first + minute.count > index:
                        yield minute, first
                    first += minute.count
            else:
                first += block.count
        for minute in self._last_minutes:
            if first + minute.count > index:
                yield minute, first
            first += minute.count

    def _lay_last_minutes(self, opening: int) -> list[Candle]:
        start_ms = max(self._end_ms - self._end_ms % BLOCK_MS, self._first * BLOCK_MS)
        minutes = (self._end_ms - start_ms) // MINUTE_MS
        if minutes <= 0:
            return []
        draw = _draw(self._name, b"last minutes", start_ms)
        whole = _candle(self._instrument, start_ms, opening, minutes, draw)
        return self._take_apart([whole], minutes * MINUTE_MS, MINUTE_MS)

    def _inside(self, wholes: list[Candle], each_ms: int, together_ms: int, length_ms: int) -> list[Candle]:
        """Blocks, by the day, or quarters, by the hour, in shorter candles."""
        kept, found = self._kept, list[Candle]()
        if sum(map(len, kept.values())) > _MOST_KEPT:
            kept.clear()
        begin_ms = wholes[0].open_ms if wholes else 0
        for start_ms in range(
            begin_ms - begin_ms % together_ms, begin_ms + len(wholes) * each_ms, together_ms
        ):
            parts = kept.get((start_ms, length_ms))
            if parts is None:
                first = max(start_ms - begin_ms, 0) // each_ms
                some = wholes[first : (start_ms + together_ms - begin_ms) // each_ms]
                parts = kept[start_ms, length_ms] = self._take_apart(some, each_ms, length_ms)
            found += parts
        return found

    def _take_apart(self, wholes: list[Candle], each_ms: int, length_ms: int) -> list[Candle]:
        start_ms = wholes[0].open_ms
        start, minutes, length = start_ms % DAY_MS // MINUTE_MS, each_ms // MINUTE_MS, length_ms // MINUTE_MS
        plan = plan_of(start if minutes > 15 else 0, minutes, len(wholes), length)
        seed = b"%b %d %d" % (self._name, minutes, start_ms)
        return taken_apart(wholes, plan, shake_256(seed).digest(len(plan.cuts) * BYTES_A_CUT))


# An exchange that begins again has the past that it had, and laying the blocks of six years takes 20 ms.
@lru_cache(maxsize=8)
def _blocks(name: bytes, instrument: Instrument, close: int, first: int, end: int) -> list[Candle]:
    """Blocks from a first one to before another, the last of which ends at a price."""
    draw = _draw(name, b"blocks", end)
    backwards = []
    for number in range(end - 1, first - 1, -1):
        block = _candle(instrument, number * BLOCK_MS, close, BLOCK_MS // MINUTE_MS, draw)
        backwards.append(block)
        close = block.open
    return backwards[::-1]


def _candle(instrument: Instrument, open_ms: int, close: int, minutes: int, draw: Draw) -> Candle:
    """A candle that ends at a price."""
    step, wick = (most * minutes * MINUTE_MS // BLOCK_MS for most in (_STEP, _WICK))
    opening = max(1, close + close * between(draw, -step, step) // 1_000_000)
    high = max(opening, close) * (1_000_000 + between(draw, 0, wick)) // 1_000_000
    low = max(1, min(opening, close) * (1_000_000 - between(draw, 0, wick)) // 1_000_000)
    count = minutes * between(draw, *_TRADES_A_MINUTE)
    worth = count * between(draw, *_QUOTE_OF_A_TRADE)
    volume = max(count, instrument.steps_worth(worth, close))
    whole = Candle(open_ms, opening, high, low, close, volume, 0, count)
    return Candle(open_ms, opening, high, low, close, volume, usual_value(whole), count)


def _draw(name: bytes, purpose: bytes, open_ms: int) -> Draw:
    return Random(b"%b %b %d" % (name, purpose, open_ms)).random


def _between(candles: list[Candle], start_ms: int, end_ms: int) -> list[Candle]:
    """Those that begin between two times, the later one not included."""
    first = bisect_left(candles, start_ms, key=_open_ms)
    return candles[first : bisect_left(candles, end_ms, first, key=_open_ms)]


_open_ms = attrgetter("open_ms")
