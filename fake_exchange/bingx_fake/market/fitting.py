"""A long candle taken apart into shorter ones, a minute into trades: sums and extremes are exactly its own.

What is drawn is the path between the ends, and who trades how much. What is computed is that nothing is lost:
volume and value are moved between the parts until their sums fit to the last tick and step.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate

from bingx_fake.venue.candles import Candle

LEAST_TRADES = 8
"""In a minute: its open, high, low and close, one more to make its value exact, and some for the rest."""
KEPT_STEPS = 20
"""For each trade of a part that volume is taken from, so that its trades can still make up its value."""
Draw = Callable[[], float]
"""The next number of a seeded sequence, from 0 to below 1."""


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


def fitted(parent: Candle, openings: Sequence[int], least_trades: int, draw: Draw) -> list[Candle]:
    """The parts that a candle is made of.

    :param openings: when each of them begins.
    :param least_trades: how many trades each part has at least; the parent has them for all.
    """
    number = len(openings)
    closes = _path(parent, number, draw)
    opens = [parent.open, *closes[:-1]]
    wick = max((parent.high - parent.low) // (2 * number), 1)
    highs = [min(max(ends) + between(draw, 0, wick), parent.high) for ends in zip(opens, closes, strict=True)]
    lows = [max(min(ends) - between(draw, 0, wick), parent.low) for ends in zip(opens, closes, strict=True)]
    highs[highs.index(max(highs))] = parent.high
    lows[lows.index(min(lows))] = parent.low
    spare = parent.count - number * least_trades
    counts = [least_trades + share for share in shares(spare, [between(draw, 1, 100) for _ in range(number)])]
    weights = [count * between(draw, 1, 100) for count in counts]
    volumes = [
        count + share
        for count, share in zip(counts, shares(parent.volume - parent.count, weights), strict=True)
    ]
    parts = [
        Candle(opening, first, high, low, close, volume, 0, count)
        for opening, first, high, low, close, volume, count in zip(
            openings, opens, highs, lows, closes, volumes, counts, strict=True
        )
    ]
    return _worth(parts, parent.value)


def _path(parent: Candle, number: int, draw: Draw) -> list[int]:
    """The closes of a parent's parts: a walk, bent so that it ends at the close, within the extremes."""
    walk = list(accumulate(between(draw, -1000, 1000) for _ in range(number)))
    bent = [position - walk[-1] * index // number for index, position in enumerate(walk, 1)]
    widest = max(1, *map(abs, bent))
    closes = []
    for index, offset in enumerate(bent[:-1], 1):
        straight = parent.open + (parent.close - parent.open) * index // number
        room = parent.high - straight if offset > 0 else straight - parent.low
        closes.append(
            straight + offset * room // widest if offset > 0 else straight - -offset * room // widest
        )
    return [*closes, parent.close]


def _worth(parts: list[Candle], value: int) -> list[Candle]:
    """The same parts with values that sum up to ``value``; for that, volume moves from some to others."""
    fourfold = [part.open + part.high + part.low + part.close for part in parts]
    volumes = [part.volume for part in parts]
    missing = 4 * value - sum(price * volume for price, volume in zip(fourfold, volumes, strict=True))
    by_price = sorted(range(len(parts)), key=fourfold.__getitem__, reverse=missing < 0)
    receiver = by_price[-1]
    for giver in by_price[:-1]:
        gain = fourfold[receiver] - fourfold[giver]
        if gain:
            spare = max(volumes[giver] - parts[giver].count * KEPT_STEPS, 0)
            moved = min(spare, abs(missing) // abs(gain))
            volumes[giver] -= moved
            volumes[receiver] += moved
            missing -= moved * gain
    worths = [price * volume // 4 for price, volume in zip(fourfold, volumes, strict=True)]
    missing = value - sum(worths)
    for index, part in enumerate(parts):
        # One step trades at each of the four prices, and all others at most at the high, at least at the low.
        others = volumes[index] - 4
        most, least = (fourfold[index] + price * others for price in (part.high, part.low))
        added = min(max(missing, least - worths[index]), most - worths[index])
        worths[index] += added
        missing -= added
    # Where a price has few ticks and a volume few steps, there may be no such parts: a quote volume gives.
    worths[receiver] += missing
    return [
        Candle(part.open_ms, part.open, part.high, part.low, part.close, volume, worth, part.count)
        for part, volume, worth in zip(parts, volumes, worths, strict=True)
    ]


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
