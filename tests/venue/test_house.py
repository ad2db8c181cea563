"""What the house does when a price moves, met as users meet it: through the book and the trades."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bingx_fake.market.house import MAKER, TAKER, House, Ladder
from bingx_fake.venue.commands import Event, Place, Traded
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.venue import Market, Venue

BTC = Instrument(
    product="spot",
    symbol="BTC-USDT",
    base="BTC",
    quote="USDT",
    tick=Decimal("0.01"),
    step=Decimal("0.00001"),
    min_notional=Decimal(5),
    max_notional=Decimal(500_000),
    online_ms=0,
)
OPENING = 60_000
LADDER = Ladder()
USER = 7
PRICES = st.integers(OPENING - 60, OPENING + 60)
ORDERS = st.lists(st.tuples(st.sampled_from(Side), st.integers(1, 120), st.integers(1, 500)), max_size=12)


def opened(ladder: Ladder | None = LADDER, seed: int = 7) -> tuple[Venue, Market, House]:
    venue = Venue()
    market = venue.add(BTC, OPENING)
    return venue, market, House(venue, market, ladder, seed)


def resting_orders(venue: Venue, market: Market, orders: list[tuple[Side, int, int]]) -> list[Place]:
    """Orders of one user that rest on both sides of the opening price, none of which trades at once."""
    placed = [
        Place(market.id, number, USER, side, quantity, OPENING + (-away if side is Side.BUY else away))
        for number, (side, away, quantity) in enumerate(orders, 1)
    ]
    for command in placed:
        venue.apply(command, 0)
    return placed


def levels(market: Market) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    return list(market.book.levels(Side.BUY)), list(market.book.levels(Side.SELL))


def users_trades(events: list[Event]) -> list[tuple[int, int, int]]:
    return [
        (event.maker_order_id, event.price, event.quantity)
        for event in events
        if isinstance(event, Traded) and event.maker_owner == USER
    ]


@given(PRICES)
def test_after_a_move_the_price_is_the_last_and_between_the_best_bid_and_ask(price: int) -> None:
    _, market, house = opened()
    house.move(price, 5)
    house.lay(5)
    best_bid, best_ask = market.book.best(Side.BUY), market.book.best(Side.SELL)
    assert market.last == price
    assert best_bid is not None
    assert best_ask is not None
    assert best_bid < price < best_ask
    assert [len(side) for side in levels(market)] == [20, 20]


@given(ORDERS, PRICES)
def test_a_move_fills_exactly_the_users_orders_at_the_price_or_through_it(
    orders: list[tuple[Side, int, int]], price: int
) -> None:
    venue, market, house = opened(None)
    placed = resting_orders(venue, market, orders)
    trades = users_trades(house.move(price, 5))
    crossed = [
        order
        for order in placed
        if order.price is not None
        and (order.price >= price if order.side is Side.BUY else order.price <= price)
    ]
    assert sorted(trades) == sorted((order.order_id, order.price, order.quantity) for order in crossed)
    assert [trade[1] for trade in trades] in (
        sorted(trade[1] for trade in trades),
        sorted((trade[1] for trade in trades), reverse=True),
    ), "the best price first"


@given(ORDERS, PRICES)
def test_where_users_orders_rest_the_ladder_fills_none_of_them_by_being_laid(
    orders: list[tuple[Side, int, int]], price: int
) -> None:
    bare = opened(None)
    laid = opened()
    for venue, market, _ in (bare, laid):
        resting_orders(venue, market, orders)
    assert users_trades(laid[2].lay(1)) == []
    assert users_trades(laid[2].move(price, 5)) == users_trades(bare[2].move(price, 5))


@given(st.lists(PRICES, min_size=1, max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
def test_looking_at_the_book_changes_nothing(prices: list[int], looks: list[bool]) -> None:
    books = []
    for is_looked_at in (False, True):
        _, market, house = opened()
        for at_ms, (price, looked) in enumerate(zip(prices, looks, strict=False)):
            house.move(price, at_ms)
            if is_looked_at and looked:
                house.lay(at_ms)
        house.lay(99)
        books.append((levels(market), market.last, market.trades))
    assert books[0] == books[1]


def test_a_quote_that_a_move_leaves_where_it_was_keeps_its_place_before_a_users_order() -> None:
    venue, market, house = opened()
    house.lay(0)
    venue.apply(Place(market.id, 1, USER, Side.BUY, 5, OPENING - 5), 1)
    house.move(OPENING + 1, 2)
    at_price = [order.owner for order in market.book.queue(Side.BUY) if order.price == OPENING - 5]
    assert at_price == [MAKER, USER]


def test_what_was_taken_out_of_the_ladder_stays_out_until_it_is_refilled() -> None:
    venue, market, house = opened()
    house.lay(0)
    whole = levels(market)[1]
    best, size = whole[0]
    venue.apply(Place(market.id, 1, USER, Side.BUY, size, best), 1)
    assert levels(market)[1] == whole[1:]
    assert house.is_taken
    house.refill(2)
    assert [price for price, _ in levels(market)[1]] == [price for price, _ in whole]
    assert not house.is_taken


def test_every_trade_of_a_move_is_between_two_accounts() -> None:
    venue, market, house = opened()
    house.lay(0)
    resting_orders(venue, market, [(Side.SELL, 30, 10), (Side.BUY, 30, 10)])
    trades = [event for event in house.move(OPENING + 40, 3) if isinstance(event, Traded)]
    assert trades[-1].price == OPENING + 40
    assert trades[-1].quantity == 1
    assert [(trade.maker_owner, trade.taker_owner) for trade in trades] == [(USER, TAKER), (MAKER, TAKER)]


def test_a_ladder_near_zero_has_no_bids_below_one_tick() -> None:
    _, market, house = opened()
    house.move(3, 1)
    house.lay(1)
    assert [price for price, _ in levels(market)[0]] == [2, 1]


def test_another_seed_lays_other_sizes_and_the_same_seed_the_same() -> None:
    sizes = []
    for seed in (1, 1, 2):
        _, market, house = opened(seed=seed)
        house.lay(0)
        sizes.append([size for _, size in levels(market)[0]])
    assert sizes[0] == sizes[1] != sizes[2]


def test_a_refill_leaves_out_what_would_trade_with_the_rest_of_the_order_that_took_it() -> None:
    venue, market, house = opened()
    house.lay(0)
    whole = levels(market)[1]
    (best, size), *others = whole
    venue.apply(Place(market.id, 1, USER, Side.BUY, size + 5, best), 1)
    house.refill(2)
    bids, asks = levels(market)
    assert bids[0] == (best, 5)
    assert asks == others


def test_a_ladder_is_laid_around_what_users_have_in_the_book_already() -> None:
    venue, market, house = opened()
    resting = [(1, Side.BUY, OPENING + 3), (2, Side.SELL, OPENING + 5)]
    for number, side, price in resting:
        venue.apply(Place(market.id, number, USER, side, 5, price), 0)
    house.lay(1)
    bids, asks = levels(market)
    assert bids[0][0] == OPENING + 3
    assert asks[0][0] == OPENING + 4


def trades_of(events: list[Event]) -> list[tuple[int, int, int]]:
    """Who waited, at which price, and how much of it traded."""
    return [(event.maker_owner, event.price, event.quantity) for event in events if isinstance(event, Traded)]


def test_a_recorded_trade_fills_by_price_and_time_what_stands_at_its_price_or_better_and_no_more() -> None:
    venue, market, house = opened()
    house.lay(0)
    (at_best,) = (size for price, size in levels(market)[0] if price == OPENING - 1)
    venue.apply(Place(market.id, 1, USER, Side.BUY, 5, OPENING), 1)
    venue.apply(Place(market.id, 2, USER, Side.BUY, 6, OPENING - 1), 2)
    recorded = trades_of(house.repeat(Side.SELL, at_best + 9, OPENING - 1, 3))
    assert recorded == [(USER, OPENING, 5), (MAKER, OPENING - 1, at_best), (USER, OPENING - 1, 4)]
    order = market.book.order(2)
    assert order is not None
    assert order.leaves == 2


@given(ORDERS, st.sampled_from(Side), PRICES, st.integers(1, 10**7))
def test_a_recorded_trade_is_traded_whole_and_leaves_a_ladder_that_nobody_crosses(
    orders: list[tuple[Side, int, int]], side: Side, price: int, quantity: int
) -> None:
    venue, market, house = opened()
    house.lay(0)
    resting_orders(venue, market, orders)
    events = [event for event in house.repeat(side, quantity, price, 5) if isinstance(event, Traded)]
    last_order = [event.quantity for event in events if event.taker_order_id == events[-1].taker_order_id]
    assert sum(last_order) == quantity
    assert events[-1].taker_side is side
    house.lay(6)
    house.refill(6)
    best_bid, best_ask = market.book.best(Side.BUY), market.book.best(Side.SELL)
    assert best_bid is not None
    assert best_ask is not None
    assert best_bid < best_ask


def test_after_a_recorded_trade_its_price_is_the_best_of_the_side_that_was_taken() -> None:
    for side, taken in ((Side.BUY, Side.SELL), (Side.SELL, Side.BUY)):
        _, market, house = opened(Ladder(spread_ticks=5))
        house.repeat(side, 70, OPENING + 33, 1)
        house.lay(1)
        assert market.book.best(taken) == market.last == OPENING + 33


def test_without_a_ladder_a_recorded_trade_takes_users_orders_and_the_house_has_the_rest() -> None:
    venue, market, house = opened(None)
    venue.apply(Place(market.id, 1, USER, Side.SELL, 5, OPENING), 1)
    venue.apply(Place(market.id, 2, USER, Side.SELL, 5, OPENING + 1), 1)
    assert trades_of(house.repeat(Side.BUY, 7, OPENING + 1, 2)) == [
        (USER, OPENING, 5),
        (USER, OPENING + 1, 2),
    ]
    assert trades_of(house.repeat(Side.BUY, 9, OPENING + 1, 3)) == [
        (USER, OPENING + 1, 3),
        (MAKER, OPENING + 1, 6),
    ]


def test_a_taker_who_comes_by_trades_at_the_best_price_and_leaves_the_ladder_as_it_was() -> None:
    books = []
    for is_looked_at in (False, True):
        _, market, house = opened()
        if is_looked_at:
            house.lay(0)
        bought = trades_of(house.pass_by(Side.BUY, 600, 1))
        assert bought == [(MAKER, OPENING + 1, 99_998)]  # 600 over 600.01, in steps of 0.00001
        house.lay(2)
        books.append((levels(market), market.last))
    assert books[0] == books[1]


def test_a_taker_who_comes_by_takes_a_users_order_that_is_the_best() -> None:
    venue, market, house = opened()
    house.lay(0)
    venue.apply(Place(market.id, 1, USER, Side.SELL, 5, OPENING), 1)
    assert trades_of(house.pass_by(Side.BUY, 600, 1))[0] == (USER, OPENING, 5)


def test_another_ladder_is_laid_at_once_around_what_users_have_in_the_book() -> None:
    venue, market, house = opened(Ladder(spread_ticks=20))
    house.lay(0)
    for number, (side, price) in enumerate(((Side.BUY, OPENING + 3), (Side.BUY, OPENING)), 1):
        venue.apply(Place(market.id, number, USER, side, 5, price), 1)
    events = house.change_ladder(Ladder(levels=5), 2)
    assert trades_of(events) == []
    bids, asks = levels(market)
    assert [price for price, _ in bids] == [OPENING + 3, *range(OPENING, OPENING - 6, -1)]
    assert [price for price, _ in asks] == [OPENING + 4, OPENING + 5]


def test_a_ladder_that_is_taken_away_leaves_the_users_orders() -> None:
    venue, market, house = opened()
    house.lay(0)
    venue.apply(Place(market.id, 1, USER, Side.BUY, 5, OPENING), 1)
    house.change_ladder(None, 2)
    assert levels(market) == ([(OPENING, 5)], [])


def test_a_move_lays_no_quote_again_before_the_order_that_stands_behind_it_is_filled() -> None:
    venue, market, house = opened(Ladder(levels=3))
    house.lay(0)
    house.trade(Side.SELL, sum(size for _, size in levels(market)[0]), 1)
    venue.apply(Place(market.id, 1, USER, Side.SELL, 5, OPENING - 9), 2)
    assert users_trades(house.move(OPENING - 1, 3)) == [(1, OPENING - 9, 5)]


def test_a_second_recorded_trade_at_a_price_goes_on_where_the_first_one_ended_in_the_queue() -> None:
    venue, market, house = opened()
    house.lay(0)
    (at_best,) = (size for price, size in levels(market)[0] if price == OPENING - 1)
    venue.apply(Place(market.id, 1, USER, Side.BUY, 6, OPENING - 1), 1)
    house.repeat(Side.SELL, at_best - 1, OPENING - 1, 2)
    again = trades_of(house.repeat(Side.SELL, 3, OPENING - 1, 3))
    assert again == [(MAKER, OPENING - 1, 1), (USER, OPENING - 1, 2)]


def test_a_ladder_where_there_was_none_is_laid_around_the_last_price() -> None:
    venue, market, house = opened(None)
    venue.apply(Place(market.id, 1, USER, Side.SELL, 5, OPENING + 7), 1)
    venue.apply(Place(market.id, 2, USER + 1, Side.BUY, 5, OPENING + 7), 1)
    house.change_ladder(LADDER, 2)
    house.lay(2)
    assert (market.book.best(Side.BUY), market.book.best(Side.SELL)) == (OPENING + 6, OPENING + 8)
