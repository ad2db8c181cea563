"""Candles: what a market's trades were in each span of time, in whole ticks and steps.

A candle of any length is put together from shorter ones, and those from the trades; nothing is kept twice.
"""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from msgspec.structs import astuple

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
_MONDAY_MS = 4 * DAY_MS  # 5 January 1970, the first Monday

INTERVALS = {
    "1m": MINUTE_MS,
    "3m": 3 * MINUTE_MS,
    "5m": 5 * MINUTE_MS,
    "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS,
    "1h": HOUR_MS,
    "2h": 2 * HOUR_MS,
    "4h": 4 * HOUR_MS,
    "6h": 6 * HOUR_MS,
    "8h": 8 * HOUR_MS,
    "12h": 12 * HOUR_MS,
    "1d": DAY_MS,
    "3d": 3 * DAY_MS,
    "1w": 7 * DAY_MS,
}
"""Milliseconds by name. ``1M`` is missing: months differ."""
MONTH = "1M"


class Candle(msgspec.Struct, frozen=True, gc=False):
    """The trades of one span of time.

    :param open_ms: its first millisecond.
    :param open: the first price, in ticks, as ``high``, ``low`` and ``close``.
    :param volume: in steps.
    :param value: the sum of ticks times steps, so that the quote volume is exact.
    :param count: how many trades.
    """

    open_ms: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    value: int
    count: int


def joined(open_ms: int, parts: Iterable[Candle]) -> Candle:
    """One candle of the parts that it spans, in their order; at least one."""
    candles = iter(parts)
    _, start, high, low, end, volume, value, count = astuple(next(candles))
    for candle in candles:
        _, _, top, bottom, end, steps, worth, trades = astuple(candle)
        if top > high:
            high = top
        if bottom < low:
            low = bottom
        volume += steps
        value += worth
        count += trades
    return Candle(open_ms, start, high, low, end, volume, value, count)


def flat(open_ms: int, price: int) -> Candle:
    """A span without a trade: the price before it."""
    return Candle(open_ms, price, price, price, price, 0, 0, 0)


def opening_of(interval: str, at_ms: int, zone_ms: int) -> int:
    """When the candle began that a time lies in.

    :param zone_ms: how far the clock by which days begin is ahead of UTC. Shorter candles do not mind it.
        Three days count from 1 January 1970, weeks begin on Mondays (ours, A26).
    """
    if interval == MONTH:
        local = datetime.fromtimestamp((at_ms + zone_ms) // 1000, UTC)
        first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return int(first.timestamp()) * 1000 - zone_ms
    length = INTERVALS[interval]
    if length < DAY_MS:
        return at_ms - at_ms % length
    shift = zone_ms - (_MONDAY_MS if interval == "1w" else 0)
    return at_ms - (at_ms + shift) % length


def opening_after(interval: str, open_ms: int, zone_ms: int) -> int:
    """When the candle after the one that begins at ``open_ms`` begins."""
    if interval != MONTH:
        return open_ms + INTERVALS[interval]
    return opening_of(MONTH, open_ms + 31 * DAY_MS + DAY_MS // 2, zone_ms)


class Minutes:
    """A market's trades by minute, from its opening on."""

    def __init__(self) -> None:
        self._openings: list[int] = []
        self._candles: list[Candle] = []

    def begin_with(self, candles: Iterable[Candle]) -> None:
        """Have these before any trade."""
        assert not self._candles
        self._candles = list(candles)
        self._openings = [candle.open_ms for candle in self._candles]

    @property
    def latest_ms(self) -> int:
        """When the last minute with a trade began: what was before changes no more. 0 before any trade."""
        return self._openings[-1] if self._openings else 0

    def trade(self, price: int, quantity: int, at_ms: int) -> None:
        """Count a trade. Time does not run back: one before the last counts as of the last's minute."""
        open_ms = at_ms - at_ms % MINUTE_MS
        if self._openings and open_ms <= self._openings[-1]:
            candle = self._candles[-1]
            self._candles[-1] = Candle(
                candle.open_ms,
                candle.open,
                max(candle.high, price),
                min(candle.low, price),
                price,
                candle.volume + quantity,
                candle.value + price * quantity,
                candle.count + 1,
            )
            return
        self._openings.append(open_ms)
        self._candles.append(Candle(open_ms, price, price, price, price, quantity, price * quantity, 1))

    def between(self, start_ms: int, end_ms: int) -> list[Candle]:
        """The minutes with trades that begin between two times, the later one not included."""
        return self._candles[bisect_left(self._openings, start_ms) : bisect_left(self._openings, end_ms)]

    def since(self, start_ms: int) -> list[Candle]:
        """The minutes with trades that begin at a time or later."""
        return self._candles[bisect_left(self._openings, start_ms) :]

    def close_before(self, at_ms: int) -> int | None:
        """The last price of the minutes that began before a time; None before any trade."""
        position = bisect_left(self._openings, at_ms)
        return self._candles[position - 1].close if position else None
