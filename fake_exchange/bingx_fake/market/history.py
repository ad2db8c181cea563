"""A market's candles from its first day until now: the past that is made up, then what was traded."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from bingx_fake.market.past import Past
from bingx_fake.venue.candles import (
    INTERVALS,
    MINUTE_MS,
    MONTH,
    Candle,
    Minutes,
    flat,
    joined,
    opening_after,
    opening_of,
)


class Span:
    """Candles that are over and do not change, the oldest first.

    :param kept: for whoever shows them, to keep what they look like.
    """

    __slots__ = ("candles", "kept")

    def __init__(self, candles: tuple[Candle, ...]) -> None:
        self.candles = candles
        self.kept: dict[Any, Any] = {}


_NOTHING = Span(())


class History:
    """The candles of one market.

    :param make_past: makes what was before, when somebody first asks; None for a market without a past.
    :param minutes: what is traded from the opening on.
    :param opened_ms: when that was.
    :param opening: the price in ticks at which it did.
    """

    def __init__(
        self, make_past: Callable[[], Past | None] | None, minutes: Minutes, opened_ms: int, opening: int
    ) -> None:
        self._make_past = make_past
        self.minutes = minutes
        self._opened_ms = opened_ms - opened_ms % MINUTE_MS
        self._opening = opening

    # What is over does not change, and is put together once.
    @cached_property
    def _over(self) -> Callable[..., list[Candle]]:
        return lru_cache(maxsize=64)(self._of_the_past)

    @cached_property
    def _spans(self) -> Callable[..., Span]:
        return lru_cache(maxsize=16)(self._span)

    @cached_property
    def _rest(self) -> Callable[..., list[Candle]]:
        return lru_cache(maxsize=2)(self._rest_of_the_past)

    @cached_property
    def past(self) -> Past | None:
        """What was before the market opened here."""
        return None if self._make_past is None else self._make_past()

    @property
    def since_ms(self) -> int:
        """Before this there are no candles."""
        return self._opened_ms if self.past is None else self.past.since_ms

    def beside(self, minutes: Minutes) -> "History":
        """The same past, and other minutes from the opening on."""
        return History(lambda: self.past, minutes, self._opened_ms, self._opening)

    def page(
        self,
        interval: str,
        zone_ms: int,
        *,
        limit: int,
        now_ms: int,
        start_ms: int | None = None,
        end_ms: int | None = None,
    ) -> list[Candle]:
        """Some candles, the oldest first: what ``parts`` gives, in one list."""
        over, others = self.parts(
            interval, zone_ms, limit=limit, now_ms=now_ms, start_ms=start_ms, end_ms=end_ms
        )
        return [*over.candles, *others]

    def parts(
        self,
        interval: str,
        zone_ms: int,
        *,
        limit: int,
        now_ms: int,
        start_ms: int | None = None,
        end_ms: int | None = None,
    ) -> tuple[Span, list[Candle]]:
        """Some candles, the oldest first: those that no trade will change, and the others.

        The first ones from ``start_ms`` on where that is given, else the last ones until ``end_ms`` or now;
        the one that is not over yet is included, and so are both times (ours, A25).

        :param interval: a name of ``INTERVALS``, or ``1M``.
        :param zone_ms: how far the clock by which days begin is ahead of UTC.
        """
        if start_ms is not None and start_ms > now_ms:
            return _NOTHING, []
        last = opening_of(interval, now_ms if end_ms is None else min(now_ms, end_ms), zone_ms)
        first = opening_of(interval, self.since_ms, zone_ms)
        openings = self._openings(interval, zone_ms, first, last, start_ms, limit)
        over_ms = max(self._opened_ms, self.minutes.latest_ms)
        over = bisect_left(
            openings, over_ms, key=lambda open_ms: opening_after(interval, open_ms, zone_ms) - 1
        )
        span = self._spans(interval, zone_ms, openings[0], openings[over - 1]) if over else _NOTHING
        return span, [self._candle(interval, zone_ms, opening) for opening in openings[over:]]

    def _openings(
        self, interval: str, zone_ms: int, first: int, last: int, start_ms: int | None, limit: int
    ) -> Sequence[int]:
        """When the candles of a page begin."""
        if start_ms is not None:
            before = opening_of(interval, start_ms - 1, zone_ms)
            first = max(first, opening_after(interval, before, zone_ms))
        if interval != MONTH:
            every = range(first, last + 1, INTERVALS[interval])
            return every[-limit:] if start_ms is None else every[:limit]
        months = []
        while first <= last:
            months.append(first)
            first = opening_after(interval, first, zone_ms)
        return months[-limit:] if start_ms is None else months[:limit]

    def _span(self, interval: str, zone_ms: int, first: int, last: int) -> Span:
        bounds = [first]
        while bounds[-1] <= last:
            bounds.append(opening_after(interval, bounds[-1], zone_ms))
        past = bisect_right(bounds, self._opened_ms)
        candles = self._of_the_past(interval, *bounds[:past]) if past > 1 else []
        return Span(
            (*candles, *(self._candle(interval, zone_ms, at_ms) for at_ms in bounds[len(candles) : -1]))
        )

    def since(self, start_ms: int) -> Candle | None:
        """Everything that was traded in the minutes from ``start_ms`` on; None where nothing was."""
        parts = self.minutes.since(start_ms)
        if start_ms < self._opened_ms and self.past is not None:
            parts = [*self._rest(start_ms - start_ms % MINUTE_MS), *parts]
        return joined(start_ms, parts) if parts else None

    def _candle(self, interval: str, zone_ms: int, open_ms: int) -> Candle:
        end_ms = opening_after(interval, open_ms, zone_ms)
        if end_ms <= self._opened_ms:
            return self._over(interval, open_ms, end_ms)[0]
        parts = [] if open_ms >= self._opened_ms else self._over(interval, open_ms, self._opened_ms)
        parts = [part for part in parts if part.count] + self.minutes.between(open_ms, end_ms)
        if parts:
            return joined(open_ms, parts)
        before = self.minutes.close_before(open_ms)
        return flat(open_ms, self._opening if before is None else before)

    def _rest_of_the_past(self, start_ms: int) -> list[Candle]:
        """What was traded in the past from a minute on, in one candle; none where nothing was."""
        assert self.past is not None
        parts = self.past.rest(start_ms)
        return [joined(start_ms, parts)] if parts else []

    def _of_the_past(self, interval: str, *bounds: int) -> list[Candle]:
        """The candles between each two times."""
        openings = [*bounds[:-1]]
        if self.past is None:
            return [flat(open_ms, self._opening) for open_ms in openings]
        parts = self.past.parts(interval, bounds[0], bounds[-1])
        begun = [part.open_ms for part in parts]
        if begun == openings:
            return parts
        begins = [bisect_left(begun, bound) for bound in bounds]
        candles = []
        for open_ms, (begin, end) in zip(openings, pairwise(begins), strict=True):
            if end == begin:
                candles.append(flat(open_ms, self._opening))
            elif end == begin + 1 and begun[begin] == open_ms:
                candles.append(parts[begin])
            else:
                candles.append(joined(open_ms, parts[begin:end]))
        return candles
