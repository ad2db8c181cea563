"""A long candle taken apart into shorter ones, a minute into trades: sums and extremes are exactly its own.

A candle is cut in two, and its halves again, first where the longest candles begin that begin inside it. So
candles of a length are there before anything is cut that only shorter ones need. What is drawn is where the
price was at a cut, and who trades how much. What is computed is that nothing is lost.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter
from struct import iter_unpack
from typing import NamedTuple

from msgspec.structs import astuple

from bingx_fake.venue.candles import MINUTE_MS, Candle

LEAST_TRADES = 8
"""In a minute: its open, high, low and close, one more to make its value exact, and some for the rest."""
KEPT_STEPS = 20
"""For each trade, which is not given to the other half, so that trades can still make up their value."""
LENGTHS = (720, 360, 240, 120, 60, 30, 15, 5, 3, 1)
"""Minutes of a candle that begins where another is cut, in the order of the cuts."""
BYTES_A_CUT = 10
_DRAWS = "<h4H"
"""Of each cut: how far the price is from where it is expected; in which half the high is, and how far the
other's is from it; the same of the low; the first half's share in the trades; that in the volume."""
_UNEVEN = 0.4
"""How much more or less of trades and volume than of time the shorter half has at most."""
Draw = Callable[[], float]
"""The next number of a seeded sequence, from 0 to below 1."""

_Plain = tuple[int, int, int, int, int, int, int, int]
"""The fields of a candle: quicker to make, and to take."""


class Cut(NamedTuple):
    """One part becomes two; the second is put behind all others.

    :param part: which of those that there are.
    :param first: the minutes that it has before the cut, of ``minutes`` altogether.
    :param least: its first half's least share in trades and volume, of 2 ** 30.
    :param more: what each unit drawn adds to that.
    """

    part: int
    first: int
    minutes: int
    least: int
    more: int


class Plan(NamedTuple):
    """How a candle is taken apart.

    :param order: which of the parts is which in time.
    """

    cuts: tuple[Cut, ...]
    order: tuple[int, ...]


@lru_cache(maxsize=256)
def plan_of(start: int, minutes: int, number: int, length: int) -> Plan:
    """How to get candles of one length out of longer ones that follow each other.

    The plan of a shorter length begins with that of a longer one, and so has the same draws for its cuts.

    :param start: the minute of the day at which the first longer one begins.
    :param minutes: how many each of the ``number`` longer ones has.
    :param length: one of ``LENGTHS``.
    """
    most = LENGTHS.index(length)
    bounds = range(start, start + minutes * number, minutes)
    ranks = {
        minute: _rank(minute) for minute in range(start, start + minutes * number) if minute not in bounds
    }
    parts = [(bound, part) for part, bound in enumerate(bounds)]
    ends = {bound: bound + minutes for bound in bounds}
    cuts = []
    for _, minute in sorted((rank, minute) for minute, rank in ranks.items() if rank <= most):
        begin, part = parts[bisect_right(parts, minute, key=itemgetter(0)) - 1]
        first, both = minute - begin, ends[begin] - begin
        share, uneven = first / both, _UNEVEN * min(first, both - first) / both
        cuts.append(Cut(part, first, both, int((share - uneven) * 2**30), int(uneven * 2**15)))
        ends[begin], ends[minute] = minute, ends[begin]
        insort(parts, (minute, len(parts)))
    return Plan(tuple(cuts), tuple(part for _, part in parts))


def _rank(minute: int) -> int:
    return next(rank for rank, length in enumerate(LENGTHS) if minute % length == 0)


def between(draw: Draw, least: int, most: int) -> int:
    """A whole number from ``least`` to ``most``, both included."""
    return least + int(draw() * (most - least + 1))


def usual_value(candle: Candle) -> int:
    """What a candle's volume is worth at the middle of its four prices, in ticks times steps."""
    return (candle.open + candle.high + candle.low + candle.close) * candle.volume // 4


def shares(whole: int, weights: Sequence[int]) -> list[int]:
    """A whole number in parts that are as large as their weights, and sum up to it."""
    total = sum(weights)
    ends = [whole * weight // total for weight in accumulate(weights)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def taken_apart(wholes: Iterable[Candle], plan: Plan, draws: bytes) -> list[Candle]:
    """The candles that some are made of, the oldest first.

    :param wholes: as many, and as long, as the plan is made for.
    :param draws: ``BYTES_A_CUT`` for each cut of the plan.
    """
    parts: list[_Plain] = [astuple(whole) for whole in wholes]
    for (part, first, minutes, least, more), (away, to_high, to_low, trades, steps) in zip(
        plan.cuts, iter_unpack(_DRAWS, draws), strict=True
    ):
        open_ms, start, high, low, end, volume, value, count = parts[part]
        # The path bends to where the value is: it can be made up by trades then.
        straight = start + (end - start) * first // minutes
        middle = value // volume * 2 - straight + ((high - low) * away >> 18)
        if not low <= middle <= high:
            middle = low if middle < low else high
        high_1 = high_2 = high
        # A conditional costs a third of what min and max do, and this is most of a page's price.
        if to_high & 1:
            high_2 = middle if middle > end else end  # noqa: FURB136
            high_2 += (high - high_2) * to_high >> 17
        else:
            high_1 = middle if middle > start else start  # noqa: FURB136
            high_1 += (high - high_1) * to_high >> 17
        low_1 = low_2 = low
        if to_low & 1:
            low_2 = middle if middle < end else end  # noqa: FURB136
            low_2 -= (low_2 - low) * to_low >> 17
        else:
            low_1 = middle if middle < start else start  # noqa: FURB136
            low_1 -= (low_1 - low) * to_low >> 17
        kept = KEPT_STEPS if volume >= count * KEPT_STEPS else volume // count
        spare = count - minutes * LEAST_TRADES
        count_1 = first * LEAST_TRADES + (spare * (least + more * trades) >> 30)
        volume_1 = kept * count_1 + ((volume - kept * count) * (least + more * steps) >> 30)
        volume_2 = volume - volume_1
        # One step trades at each of the four prices, and all others at most at the high, at least at the low.
        width_1, width_2 = high_1 - low_1, high_2 - low_2
        least_1 = start + middle + width_1 + low_1 * (volume_1 - 2)
        above = value - least_1 - (middle + end + width_2 + low_2 * (volume_2 - 2))
        room_1 = width_1 * (volume_1 - 4)
        room = room_1 + width_2 * (volume_2 - 4)
        if not room <= above * 8 <= room * 7:
            # What is worth so much, or so little, has its extreme in both halves.
            if above * 2 > room:
                high_1 = high_2 = high
            else:
                low_1 = low_2 = low
            width_1, width_2 = high_1 - low_1, high_2 - low_2
            least_1 = start + middle + width_1 + low_1 * (volume_1 - 2)
            above = value - least_1 - (middle + end + width_2 + low_2 * (volume_2 - 2))
            room_1 = width_1 * (volume_1 - 4)
            room = room_1 + width_2 * (volume_2 - 4)
        # Both halves are worth as much of what they may be. Where a price has few ticks and a volume few
        # steps, there may be no such halves: a quote volume gives.
        value_1 = least_1 + (room_1 * above // room if room else 0)
        parts[part] = (open_ms, start, high_1, low_1, middle, volume_1, value_1, count_1)
        cut_ms, value_2, count_2 = open_ms + first * MINUTE_MS, value - value_1, count - count_1
        parts.append((cut_ms, middle, high_2, low_2, end, volume_2, value_2, count_2))
    return [Candle(*parts[part]) for part in plan.order]


def trades_of(minute: Candle, draw: Draw) -> list[tuple[int, int]]:
    """The trades of a minute, as price and quantity, in the order in which they were.

    Open, high, low, close and one more are of a step each. The rest trades in pairs around the middle, and
    what has no partner at an extreme, so that the sum of ticks times steps is exact.
    """
    low, width = minute.low, minute.high - minute.low
    number, rest = minute.count - 5, minute.volume - 5
    if not width:
        return _split([(low, minute.volume)], minute.count)
    target = minute.value - minute.open - minute.high - minute.low - minute.close
    # The one more is as many ticks above the low as the division leaves over.
    at_high, over = divmod(target - (rest + 1) * low, width)
    at_high = min(max(at_high, 0), rest)
    at_low = rest - at_high
    paired = min(at_high, at_low)
    inner: list[tuple[int, int]] = []
    for size in shares(paired, [1] * max(1, min((number - 1) // 3, paired))):
        offset = between(draw, 0, width)
        inner += [(low + offset, size), (low + width - offset, size)]
    inner += [(low + width, at_high - paired), (low, at_low - paired)]
    middle = [*_split([trade for trade in inner if trade[1]], number), (low + over, 1)]
    middle.sort(key=lambda trade: draw())
    extremes = [(minute.high, 1), (minute.low, 1)]
    return [(minute.open, 1), *middle[::2], *extremes, *middle[1::2], (minute.close, 1)]


def _split(trades: list[tuple[int, int]], number: int) -> list[tuple[int, int]]:
    """The same trades as ``number`` smaller ones; there are steps enough for each to have one."""
    while len(trades) < number:
        largest = max(range(len(trades)), key=lambda index: trades[index][1])
        price, size = trades[largest]
        trades[largest : largest + 1] = [(price, size - size // 2), (price, size // 2)]
    return trades
