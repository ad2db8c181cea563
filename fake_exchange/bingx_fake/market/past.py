"""What prices did before the exchange opened: made up from a seed, and the same whenever it is asked for.

Blocks of eight hours, of which the days of both zones are three, follow a walk to the opening price. Hours
are fitted into blocks and minutes into hours, each from a seed of its own, so that any page can be made
without the ones before it, and so that sums and extremes are exactly those of what they are fitted into.
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from random import Random

import msgspec

from bingx_fake.market.fitting import LEAST_TRADES, Draw, between, fitted, trades_of, usual_value
from bingx_fake.venue.candles import HOUR_MS, MINUTE_MS, Candle

BLOCK_MS = 8 * HOUR_MS
_STEP, _WICK = 12_000, 4_000
"""How far a block's ends are apart, and its extremes beyond them, at most, in millionths of its close."""
_TRADES_A_MINUTE = (LEAST_TRADES, 20)
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

    Blocks are numbered from 1970 on. The minutes between the last whole block and the opening are fitted into
    a candle of their own. What comes before the first whole block is left out.

    :param name: the market's, so that no two markets have the same past.
    :param opening: the price in ticks at which the past ends.
    :param opened_ms: when it ends; the minute that this lies in is no part of it.
    :param step_at_one_tick: what one step is worth at one tick, in the quote coin, as a ratio.
    """

    def __init__(
        self,
        name: str,
        seed: int,
        *,
        opening: int,
        opened_ms: int,
        since_ms: int,
        step_at_one_tick: tuple[int, int],
    ) -> None:
        self._name = f"{seed} {name} past"
        self._unit = step_at_one_tick
        self._end_ms = opened_ms - opened_ms % MINUTE_MS
        self._first = -(-since_ms // BLOCK_MS)
        self._last_minutes = self._lay_last_minutes(opening)
        price = self._last_minutes[0].open if self._last_minutes else opening
        self._blocks = self._lay_blocks(price, self._end_ms // BLOCK_MS)
        # How many trades there were before each block: a trade's id is its place in the whole past.
        self._trades_before = [0, *accumulate(block.count for block in self._blocks)]
        self._hours = lru_cache(maxsize=2_048)(self._fit_hours)
        self._minutes = lru_cache(maxsize=2_048)(self._fit_minutes)

    @property
    def trades(self) -> int:
        """How many there were."""
        return self._trades_before[-1] + sum(minute.count for minute in self._last_minutes)

    @property
    def since_ms(self) -> int:
        """When the first candle begins."""
        return min(self._first * BLOCK_MS, self._end_ms)

    def blocks(self, start_ms: int, end_ms: int) -> list[Candle]:
        """The blocks that begin between two times, and the last minutes that do."""
        first = max(-(-start_ms // BLOCK_MS) - self._first, 0)
        blocks = self._blocks[first : max(-(-end_ms // BLOCK_MS) - self._first, first)]
        return blocks + _within(self._last_minutes, start_ms, end_ms)

    def hours(self, start_ms: int, end_ms: int) -> list[Candle]:
        """The hours of whole blocks that begin between two times, and the last minutes that do."""
        return self._whole_hours(start_ms, end_ms) + _within(self._last_minutes, start_ms, end_ms)

    def minutes(self, start_ms: int, end_ms: int) -> list[Candle]:
        """The minutes that begin between two times."""
        hours = self._whole_hours(start_ms - start_ms % HOUR_MS, end_ms)
        minutes = [minute for hour in hours for minute in self._minutes(hour)]
        return _within(minutes, start_ms, end_ms) + _within(self._last_minutes, start_ms, end_ms)

    def trades_from(self, index: int, number: int) -> list[PastTrade]:
        """Up to so many trades from one on, the oldest first; the first trade of the past has index 0."""
        found: list[PastTrade] = []
        for minute, first in self._minutes_from(index):
            if len(found) >= number:
                break
            trades = trades_of(minute, self._draw("trades", minute.open_ms))
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
            for hour in self._hours(block):
                if first + hour.count > index:
                    for minute in self._minutes(hour):
                        if first + minute.count > index:
                            yield minute, first
                        first += minute.count
                else:
                    first += hour.count
        for minute in self._last_minutes:
            if first + minute.count > index:
                yield minute, first
            first += minute.count

    def _whole_hours(self, start_ms: int, end_ms: int) -> list[Candle]:
        first = max(start_ms // BLOCK_MS - self._first, 0)
        blocks = self._blocks[first : max(-(-end_ms // BLOCK_MS) - self._first, first)]
        return _within([hour for block in blocks for hour in self._hours(block)], start_ms, end_ms)

    def _lay_last_minutes(self, opening: int) -> list[Candle]:
        start_ms = max(self._end_ms - self._end_ms % BLOCK_MS, self._first * BLOCK_MS)
        openings = range(start_ms, self._end_ms, MINUTE_MS)
        if not openings:
            return []
        draw = self._draw("last minutes", start_ms)
        whole = self._candle(start_ms, opening, len(openings), draw)
        return fitted(whole, openings, LEAST_TRADES, draw)

    def _lay_blocks(self, close: int, end: int) -> list[Candle]:
        draw = self._draw("blocks", end)
        backwards = []
        for number in range(end - 1, self._first - 1, -1):
            block = self._candle(number * BLOCK_MS, close, BLOCK_MS // MINUTE_MS, draw)
            backwards.append(block)
            close = block.open
        return backwards[::-1]

    def _candle(self, open_ms: int, close: int, minutes: int, draw: Draw) -> Candle:
        """A candle that ends at a price."""
        step, wick = (most * minutes * MINUTE_MS // BLOCK_MS for most in (_STEP, _WICK))
        opening = max(1, close + close * between(draw, -step, step) // 1_000_000)
        high = max(opening, close) * (1_000_000 + between(draw, 0, wick)) // 1_000_000
        low = max(1, min(opening, close) * (1_000_000 - between(draw, 0, wick)) // 1_000_000)
        count = minutes * between(draw, *_TRADES_A_MINUTE)
        numerator, denominator = self._unit
        worth = count * between(draw, *_QUOTE_OF_A_TRADE)
        volume = max(count, worth * denominator // (close * numerator))
        whole = Candle(open_ms, opening, high, low, close, volume, 0, count)
        return Candle(open_ms, opening, high, low, close, volume, usual_value(whole), count)

    def _fit_hours(self, block: Candle) -> list[Candle]:
        openings = range(block.open_ms, block.open_ms + BLOCK_MS, HOUR_MS)
        return fitted(block, openings, 60 * LEAST_TRADES, self._draw("hours", block.open_ms))

    def _fit_minutes(self, hour: Candle) -> list[Candle]:
        openings = range(hour.open_ms, hour.open_ms + HOUR_MS, MINUTE_MS)
        return fitted(hour, openings, LEAST_TRADES, self._draw("minutes", hour.open_ms))

    def _draw(self, purpose: str, open_ms: int) -> Draw:
        return Random(f"{self._name} {purpose} {open_ms}").random


def _within(candles: list[Candle], start_ms: int, end_ms: int) -> list[Candle]:
    return [candle for candle in candles if start_ms <= candle.open_ms < end_ms]
