"""Markets that run by themselves: the agenda moves prices, and whoever asks at a time sees the same."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bingx_fake.agenda import Agenda, TooManySteps
from bingx_fake.market.archives import Archive, Archived
from bingx_fake.market.floor import Floor
from bingx_fake.market.sources import Constant, Flow, Replay, Source, Steps, Walk
from bingx_fake.market.stall import Listing, Stall
from bingx_fake.venue.commands import Cancel, Cancelled, Delist, Halt, Place, Refused, Resume, Traded
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.order_book import Side

START_MS = 1_795_000_123_456
OPENING = 60_000
ETH = Instrument(
    product="spot",
    symbol="ETH-USDT",
    base="ETH",
    quote="USDT",
    tick=Decimal("0.01"),
    step=Decimal("0.0001"),
    min_notional=Decimal(5),
    max_notional=Decimal(500_000),
    online_ms=START_MS - 3 * 24 * 3_600_000,
)
USER = 7
WALK = Walk(every_ms=1_000, most_ticks=5)


def opened(source: Source = WALK, seed: int = 7) -> tuple[Agenda, Floor, Stall]:
    agenda = Agenda()
    floor = Floor(agenda, seed)
    return agenda, floor, floor.add(Listing(instrument=ETH, opening=OPENING, source=source), START_MS)


def seen(floor: Floor, stall: Stall, now_ms: int) -> tuple[object, ...]:
    """All that anybody can see of a market."""
    candles = stall.history.page("1m", 0, limit=60, now_ms=now_ms)
    tape = [(trade.trade_id, trade.price, trade.quantity, trade.at_ms) for trade in stall.tape]
    return floor.levels(stall.market.id, now_ms), stall.market.last, tape, candles


@given(st.lists(st.integers(1, 90_000), min_size=1, max_size=6), st.booleans())
def test_parts_of_an_advance_come_to_the_same_as_the_whole(parts: list[int], order_rests: bool) -> None:
    markets = []
    for advances in (parts, [sum(parts)]):
        agenda, floor, stall = opened()
        now_ms = START_MS
        if order_rests:
            floor.apply(Place(stall.market.id, 1, USER, Side.BUY, 10, OPENING - 12), now_ms)
        for ms in advances:
            now_ms += ms
            agenda.run(now_ms)
            floor.levels(stall.market.id, now_ms)
        markets.append(seen(floor, stall, now_ms))
    assert markets[0] == markets[1]


@pytest.mark.parametrize("source", [Constant(), WALK, Steps(steps=((0, OPENING), (5_000, OPENING + 9)))])
def test_the_same_seed_repeats_a_market(source: Source) -> None:
    markets = []
    for _ in range(2):
        agenda, floor, stall = opened(source)
        agenda.run(START_MS + 120_000)
        markets.append(seen(floor, stall, START_MS + 120_000))
    assert markets[0] == markets[1]


def test_another_seed_walks_elsewhere() -> None:
    tapes = []
    for seed in (1, 2):
        agenda, _, stall = opened(seed=seed)
        agenda.run(START_MS + 60_000)
        tapes.append([trade.price for trade in stall.tape])
    assert tapes[0] != tapes[1]


def test_a_walk_goes_one_step_at_each_of_its_times_and_no_further_than_it_may() -> None:
    agenda, _, stall = opened()
    agenda.run(START_MS + 60_000)
    prices = [OPENING, *(trade.price for trade in stall.tape)]
    assert [trade.at_ms for trade in stall.tape] == [START_MS + 1_000 * number for number in range(1, 61)]
    assert all(abs(after - before) <= 5 for before, after in itertools.pairwise(prices))


def test_a_list_of_prices_is_gone_through_at_its_times() -> None:
    agenda, _, stall = opened(Steps(steps=((5_000, 61_000), (9_000, 59_000))))
    lasts = []
    for after_ms in (4_999, 5_000, 8_999, 9_000):
        agenda.run(START_MS + after_ms)
        lasts.append(stall.market.last)
    assert lasts == [OPENING, 61_000, 61_000, 59_000]


def test_a_constant_price_makes_no_trades() -> None:
    agenda, _, stall = opened(Constant())
    agenda.run(START_MS + 3_600_000)
    assert not stall.tape


def test_before_any_trade_the_last_price_is_the_opening_price() -> None:
    _, _, stall = opened(Constant())
    assert stall.market.last == OPENING


def test_an_order_of_a_users_meets_the_ladder_without_anybody_having_looked() -> None:
    _, floor, stall = opened(Constant())
    events = floor.apply(Place(stall.market.id, 1, USER, Side.BUY, 3), START_MS)
    (trade,) = [event for event in events if isinstance(event, Traded)]
    assert (trade.price, trade.quantity, trade.taker_owner) == (OPENING + 1, 3, USER)


def test_what_a_user_took_out_of_the_ladder_is_laid_again_after_a_time() -> None:
    agenda, floor, stall = opened(Constant())
    (best, size), *rest = floor.levels(stall.market.id, START_MS)[1]
    floor.apply(Place(stall.market.id, 1, USER, Side.BUY, size), START_MS)
    assert floor.levels(stall.market.id, START_MS)[1] == rest
    agenda.run(START_MS + 999)
    assert floor.levels(stall.market.id, START_MS + 999)[1] == rest
    agenda.run(START_MS + 1_000)
    (best_again, _), *rest_again = floor.levels(stall.market.id, START_MS + 1_000)[1]
    assert best_again == best
    assert rest_again == rest


def test_a_halted_market_stands_still_and_goes_on_from_there() -> None:
    agenda, floor, stall = opened()
    floor.apply(Halt(stall.market.id), START_MS)
    agenda.run(START_MS + 10_000)
    assert not stall.tape
    with pytest.raises(Refused, match="ETH-USDT is halted"):
        floor.apply(Place(stall.market.id, 1, USER, Side.BUY, 3), START_MS + 10_000)
    floor.apply(Resume(stall.market.id), START_MS + 10_000)
    agenda.run(START_MS + 11_000)
    assert len(stall.tape) == 1


def test_orders_rest_through_a_halt_and_are_cancelled_by_delisting() -> None:
    _, floor, stall = opened(Constant())
    floor.apply(Place(stall.market.id, 1, USER, Side.BUY, 3, OPENING - 50), START_MS)
    floor.apply(Halt(stall.market.id), START_MS)
    assert 1 in stall.market.book
    events = floor.apply(Delist(stall.market.id), START_MS)
    assert 1 in {event.order_id for event in events if isinstance(event, Cancelled)}
    assert not len(stall.market.book)


def test_a_refused_command_leaves_no_trace() -> None:
    _, floor, stall = opened(Constant())
    before = seen(floor, stall, START_MS)
    for command in (
        Cancel(stall.market.id, 99),
        Place(stall.market.id, 1, USER, Side.BUY, 0),
        Resume(stall.market.id),
    ):
        with pytest.raises(Refused):
            floor.apply(command, START_MS)
    assert seen(floor, stall, START_MS) == before


def test_the_last_trades_go_back_into_the_past_without_a_gap() -> None:
    agenda, _, stall = opened()
    agenda.run(START_MS + 30_000)
    prints = stall.prints(100)
    assert len(prints) == 100
    newest = stall.market.trades
    assert [print_.trade_id for print_ in prints] == list(range(newest - 99, newest + 1))
    assert [print_.at_ms for print_ in prints] == sorted(print_.at_ms for print_ in prints)
    assert stall.prints(5, from_id=newest - 40) == prints[59:64]
    assert stall.prints(5, from_id=newest + 1) == []


def replayed(*entries: Archived) -> Replay:
    archive = Archive()
    for entry in entries:
        archive.add(entry)
    return Replay(file="recorded.csv", archive=archive)


TRADES = replayed(
    Archived(0, OPENING + 4, 7, True),
    Archived(0, OPENING + 5, 8, True),
    Archived(1_500, OPENING - 9, 5, False),
)


def test_each_recorded_trade_happens_at_its_distance_in_time_with_its_side_price_and_quantity() -> None:
    agenda, _, stall = opened(TRADES)
    agenda.run(START_MS + 5_000)
    assert [
        (trade.at_ms - START_MS, trade.taker_side, trade.price, trade.quantity) for trade in stall.tape
    ] == [
        (0, Side.BUY, OPENING + 4, 7),
        (0, Side.BUY, OPENING + 5, 8),
        (1_500, Side.SELL, OPENING - 9, 5),
    ]


def test_a_recorded_candle_is_served_as_it_was_recorded() -> None:
    agenda = Agenda()
    on_the_minute = START_MS - START_MS % 60_000
    candle = [Archived(at, OPENING + price, size, None) for at, price, size in CANDLE]
    listing = Listing(instrument=ETH, opening=OPENING, source=replayed(*candle))
    stall = Floor(agenda, 7).add(listing, on_the_minute)
    agenda.run(on_the_minute + 60_000)
    (first, _) = stall.history.page("1m", 0, limit=9, start_ms=on_the_minute, now_ms=on_the_minute + 60_000)
    assert (first.open, first.high, first.low, first.close) == (
        OPENING + 1,
        OPENING + 9,
        OPENING - 2,
        OPENING + 3,
    )
    assert (first.volume, first.count) == (22, 4)


CANDLE = ((0, 1, 5), (20_000, -2, 5), (40_000, 9, 5), (59_999, 3, 7))


def test_an_advance_over_a_long_recording_is_refused_with_its_number() -> None:
    agenda, _, stall = opened(replayed(*(Archived(number, OPENING, 1, True) for number in range(1_000_001))))
    with pytest.raises(TooManySteps, match="would take 1000001 steps"):
        agenda.check(START_MS + 1_000_000)
    agenda.check(START_MS + 999_999)
    assert not stall.tape


def test_a_halted_market_misses_what_was_recorded_for_that_time() -> None:
    agenda, floor, stall = opened(TRADES)
    floor.apply(Halt(stall.market.id), START_MS)
    agenda.run(START_MS + 1_000)
    floor.apply(Resume(stall.market.id), START_MS + 1_000)
    agenda.run(START_MS + 2_000)
    assert [trade.price for trade in stall.tape] == [OPENING - 9]


FLOW = Flow(every_ms=1_000, least=10, most=20)


def with_flow(seed: int) -> Stall:
    agenda = Agenda()
    floor = Floor(agenda, seed)
    stall = floor.add(Listing(instrument=ETH, opening=OPENING, flow=FLOW), START_MS)
    agenda.run(START_MS + 1_000_000)
    return stall


def test_takers_come_at_their_rate_on_both_sides_with_as_much_as_they_may_have() -> None:
    tape = with_flow(seed=7).tape
    assert 900 < len(tape) < 1_100
    assert {trade.taker_side for trade in tape} == set(Side)
    worths = [ETH.worth(trade.price, trade.quantity) for trade in tape]
    assert min(worths) > Decimal("9.9")
    assert max(worths) < Decimal("20.1")
    assert {trade.price for trade in tape} == {OPENING - 1, OPENING + 1}


def test_takers_follow_from_the_seed() -> None:
    assert list(with_flow(seed=7).tape) == list(with_flow(seed=7).tape)
    assert list(with_flow(seed=7).tape) != list(with_flow(seed=8).tape)


def test_mark_and_index_follow_the_mid_and_no_single_trade() -> None:
    _, floor, stall = opened(Constant())
    floor.trade(stall.market.id, Side.BUY, 1, START_MS)
    assert stall.market.last == OPENING + 1
    assert (stall.market.mark_price, stall.market.index_price) == (OPENING, OPENING)
    floor.move(stall.market.id, OPENING + 40, START_MS)
    assert (stall.market.mark_price, stall.market.index_price) == (OPENING + 40, OPENING + 40)


def test_without_a_ladder_mark_and_index_follow_the_last_trade() -> None:
    floor = Floor(Agenda(), 7)
    stall = floor.add(Listing(instrument=ETH, opening=OPENING, ladder=None), START_MS)
    for number, (side, owner) in enumerate(((Side.SELL, USER), (Side.BUY, USER + 1)), 1):
        floor.apply(Place(stall.market.id, number, owner, side, 3, OPENING + 7), START_MS)
    assert (stall.market.mark_price, stall.market.index_price) == (OPENING + 7, OPENING + 7)


def test_a_market_that_takes_the_place_of_another_is_moved_by_its_own_source_alone() -> None:
    agenda, floor, stall = opened(Steps(steps=((5_000, OPENING + 9),)))
    floor.add(stall.listing, START_MS)
    other = floor.add(Listing(instrument=ETH, opening=OPENING, source=WALK), START_MS)
    agenda.run(START_MS + 10_000)
    assert [trade.at_ms - START_MS for trade in other.tape] == [1_000 * number for number in range(1, 11)]
