"""A made-up past: whatever candle it is asked for, it is exactly what the shorter ones and the trades say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bingx_fake.market.fitting import BYTES_A_CUT, LEAST_TRADES, plan_of, taken_apart, trades_of
from bingx_fake.market.history import History
from bingx_fake.market.past import Past
from bingx_fake.venue.candles import DAY_MS, HOUR_MS, INTERVALS, MINUTE_MS, Candle, Minutes, joined
from bingx_fake.venue.instruments import Instrument


@st.composite
def candles(draw: st.DrawFn, number: int, least_trades: int) -> Candle:
    """A candle that can be taken apart into ``number`` others of so many trades."""
    low = draw(st.one_of(st.integers(1, 100), st.integers(1, 10**7)))
    width = draw(st.one_of(st.integers(0, 3), st.integers(0, low // 10)))
    prices = [draw(st.integers(low, low + width)) for _ in range(2)]
    count = number * least_trades + draw(st.integers(0, 500))
    volume = count * 100 + width + draw(st.one_of(st.integers(0, 3), st.integers(0, 10**9)))
    value = (prices[0] + low + width + low + prices[1]) * volume // 4
    return Candle(0, prices[0], low + width, low, prices[1], volume, value, count)


def minutes_of(parent: Candle, number: int, seed: int) -> list[Candle]:
    """What a candle of so many minutes is made of."""
    plan = plan_of(0, number, 1, 1)
    return taken_apart([parent], plan, Random(seed).randbytes(len(plan.cuts) * BYTES_A_CUT))


@given(st.data(), st.integers(1, 60), st.integers())
def test_the_parts_of_a_candle_make_it_up_exactly(data: st.DataObject, number: int, seed: int) -> None:
    parent = data.draw(candles(number, LEAST_TRADES))
    make_it_up(minutes_of(parent, number, seed), parent)


def test_parts_of_few_ticks_whose_values_come_near_their_extremes_make_up_a_candle() -> None:
    parent = Candle(0, 62, 62, 58, 60, 51_404, 3_109_942, 514)
    make_it_up(minutes_of(parent, 47, 639), parent)


@pytest.mark.parametrize(
    ("minutes", "number", "length", "parts"),
    [
        (480, 3, 720, 4),  # beginning at 0, 8, 12, 16 o'clock
        (480, 3, 360, 6),  # and at 6 and 18
        (480, 3, 240, 8),  # and at 4 and 20
        (480, 3, 120, 12),
        (480, 3, 60, 24),
        (480, 3, 30, 48),
        (480, 3, 15, 96),
        (15, 4, 5, 12),
        (15, 4, 3, 28),  # in each quarter at 0, 3, 5, 6, 9, 10, 12
        (15, 4, 1, 60),
    ],
)
def test_longer_candles_are_made_without_the_shorter_ones(
    minutes: int, number: int, length: int, parts: int
) -> None:
    assert len(plan_of(0, minutes, number, length).order) == parts


def make_it_up(parts: list[Candle], parent: Candle) -> None:
    assert joined(0, parts) == parent
    assert [part.open for part in parts[1:]] == [part.close for part in parts[:-1]], "no jumps"
    for part in parts:
        assert part.low <= min(part.open, part.close) <= max(part.open, part.close) <= part.high
        assert part.count >= LEAST_TRADES
        assert part.count <= part.volume
        assert part.low * part.volume <= part.value <= part.high * part.volume


@given(st.data(), st.integers())
def test_the_trades_of_a_minute_make_it_up_exactly(data: st.DataObject, seed: int) -> None:
    minute = data.draw(candles(1, LEAST_TRADES))
    trades = trades_of(minute, Random(seed).random)
    assert all(size > 0 for _, size in trades)
    assert (
        Candle(
            0,
            trades[0][0],
            max(price for price, _ in trades),
            min(price for price, _ in trades),
            trades[-1][0],
            sum(size for _, size in trades),
            sum(price * size for price, size in trades),
            len(trades),
        )
        == minute
    )


NOW_MS = 1_795_000_123_456
OPENED_MS = NOW_MS - 95 * MINUTE_MS
SINCE_MS = OPENED_MS - 40 * DAY_MS
ZONES = st.sampled_from([0, 8 * HOUR_MS])


def history(seed: int = 7) -> tuple[History, Past, Minutes]:
    """A market that opened an hour and a half ago, with a past of forty days, and some trades since."""
    past = Past(
        "spot BTC-USDT",
        seed,
        opening=6_000_000,
        opened_ms=OPENED_MS,
        since_ms=SINCE_MS,
        instrument=Instrument(
            product="spot",
            symbol="BTC-USDT",
            base="BTC",
            quote="USDT",
            tick=Decimal("0.01"),
            step=Decimal("0.00001"),
            min_notional=Decimal(5),
            max_notional=Decimal(10**9),
            online_ms=SINCE_MS,
        ),
    )
    minutes = Minutes()
    chance = Random(seed)
    for at_ms in range(OPENED_MS, NOW_MS, 37_000):
        if at_ms % 5:  # some minutes have no trade
            minutes.trade(6_000_000 + chance.randrange(-500, 500), chance.randrange(1, 900), at_ms)
    return History(lambda: past, minutes, OPENED_MS, 6_000_000), past, minutes


def openings_of(moments: list[int], interval: str, zone_ms: int) -> dict[int, list[int]]:
    """Minutes by the candle that they belong to, by the calendar: written without the code under test."""
    groups: dict[int, list[int]] = {}
    for moment in moments:
        if interval[-1] in "mh":
            length_ms = int(interval[:-1]) * {"m": MINUTE_MS, "h": HOUR_MS}[interval[-1]]
            start_ms = moment // length_ms * length_ms
        else:
            start_ms = opening_of_day((moment + zone_ms) // DAY_MS, interval) - zone_ms
        groups.setdefault(start_ms, []).append(moment)
    return groups


@cache
def opening_of_day(number: int, interval: str) -> int:
    """When the candle of a day since 1970 began, in milliseconds of local time."""
    midnight = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)
    if interval == "1M":
        midnight = midnight.replace(day=1)
    elif interval == "1w":
        midnight -= timedelta(days=midnight.weekday())
    elif interval == "3d":
        midnight -= timedelta(days=number % 3)
    return int(midnight.timestamp() * 1000)


@pytest.fixture(scope="module")
def market() -> History:
    return history()[0]


@pytest.fixture(scope="module")
def minutes(market: History) -> dict[int, Candle]:
    """Every minute of the market's, by when it began."""
    page = market.page("1m", 0, limit=100_000, now_ms=NOW_MS, start_ms=market.since_ms)
    return {candle.open_ms: candle for candle in page}


@pytest.mark.parametrize("zone_ms", [0, 8 * HOUR_MS])
@pytest.mark.parametrize("interval", [*INTERVALS, "1M"])
def test_candles_of_every_interval_equal_their_minutes(
    market: History, minutes: dict[int, Candle], interval: str, zone_ms: int
) -> None:
    assert list(minutes) == list(range(market.since_ms, NOW_MS, MINUTE_MS)), "no minute is missing"
    page = market.page(interval, zone_ms, limit=1440, now_ms=NOW_MS)
    groups = openings_of(list(minutes), interval, zone_ms)
    assert [candle.open_ms for candle in page] == list(groups)[-1440:]
    for candle in page:
        parts = [minutes[moment] for moment in groups[candle.open_ms]]
        traded = [part for part in parts if part.count] or parts
        assert (candle.open, candle.close) == (traded[0].open, traded[-1].close)
        assert candle.high == max(part.high for part in traded)
        assert candle.low == min(part.low for part in traded)
        assert candle.volume == sum(part.volume for part in parts)
        assert candle.value == sum(part.value for part in parts)
        assert candle.count == sum(part.count for part in parts)


def test_the_past_ends_at_the_opening_price(market: History) -> None:
    (last,) = market.page("1m", 0, limit=1, now_ms=NOW_MS, end_ms=OPENED_MS - MINUTE_MS)
    assert last.close == 6_000_000


def test_the_past_counts_its_trades(minutes: dict[int, Candle]) -> None:
    _, past, _ = history()
    opening_minute = OPENED_MS - OPENED_MS % MINUTE_MS
    assert past.trades == sum(candle.count for candle in minutes.values() if candle.open_ms < opening_minute)


@given(st.sampled_from(["1m", "15m", "4h", "1d", "1w", "1M"]), ZONES, st.integers(1, 7))
def test_pages_forward_and_backward_show_the_same_candles(
    market: History, interval: str, zone_ms: int, limit: int
) -> None:
    backward = market.page(interval, zone_ms, limit=40, now_ms=NOW_MS)
    forward: list[Candle] = []
    start_ms = backward[0].open_ms
    while page := market.page(interval, zone_ms, limit=limit, now_ms=NOW_MS, start_ms=start_ms):
        forward += page
        start_ms = page[-1].open_ms + 1
    assert forward == backward


def test_a_minute_without_a_trade_is_flat_at_the_price_before_it() -> None:
    minutes = Minutes()
    minutes.trade(105, 3, 60_000)
    market = History(None, minutes, 0, 100)
    page = market.page("1m", 0, limit=5, now_ms=3 * 60_000)
    assert [(candle.close, candle.volume, candle.count) for candle in page] == [
        (100, 0, 0),
        (105, 3, 1),
        (105, 0, 0),
        (105, 0, 0),
    ]


def test_trades_of_the_past_are_found_by_their_place_and_recompute_the_minutes() -> None:
    _, past, _ = history()
    opening_minute = OPENED_MS - OPENED_MS % MINUTE_MS
    start_ms = opening_minute - 600 * MINUTE_MS
    minutes = {candle.open_ms: candle for candle in past.parts("1m", start_ms, opening_minute)}
    number = sum(candle.count for candle in minutes.values())
    trades = past.trades_from(past.trades - number, 10**6)
    assert [trade.index for trade in trades] == list(range(past.trades - number, past.trades))
    assert [trade.at_ms for trade in trades] == sorted(trade.at_ms for trade in trades)
    for open_ms, candle in minutes.items():
        inside = [trade for trade in trades if open_ms <= trade.at_ms < open_ms + MINUTE_MS]
        assert (inside[0].price, inside[-1].price) == (candle.open, candle.close)
        assert max(trade.price for trade in inside) == candle.high
        assert min(trade.price for trade in inside) == candle.low
        assert sum(trade.quantity for trade in inside) == candle.volume
        assert sum(trade.price * trade.quantity for trade in inside) == candle.value
        assert len(inside) == candle.count


@pytest.mark.parametrize("index", [0, 1, 12_345])
def test_a_page_of_past_trades_begins_where_it_was_asked_to(index: int) -> None:
    _, past, _ = history()
    assert [trade.index for trade in past.trades_from(index, 5)] == list(range(index, index + 5))


def test_what_was_traded_since_a_time_is_one_candle_of_past_and_present(
    market: History, minutes: dict[int, Candle]
) -> None:
    since_ms = NOW_MS - NOW_MS % MINUTE_MS - DAY_MS
    parts = [candle for open_ms, candle in minutes.items() if open_ms >= since_ms and candle.count]
    assert market.since(since_ms) == joined(since_ms, parts)


@pytest.mark.parametrize("interval", ["1m", "15m", "1h", "1d", "1M"])
def test_a_page_that_was_asked_for_before_is_the_same_as_one_that_was_not(interval: str) -> None:
    asked, silent = (history()[0] for _ in range(2))
    for step in range(1, 60):
        now_ms = NOW_MS + step * 47_000
        for market in (asked, silent):
            market.minutes.trade(6_000_000 + step % 7, step, now_ms)
        asked.page(interval, 0, limit=1440, now_ms=now_ms)
    pages = [market.page(interval, 0, limit=1440, now_ms=now_ms) for market in (asked, silent)]
    assert pages[0] == pages[1]
    assert pages[0][-1].close == 6_000_000 + 59 % 7
