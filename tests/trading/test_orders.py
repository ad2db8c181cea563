"""What an order holds, what fills it, and what that moves: worked out by hand."""

from decimal import Decimal

import pytest
from trading.place import ALICE, BOB, BUY, LTC, MARKET, NOW_MS, SELL, Trading

from bingx_fake.books.accounts import InsufficientBalance
from bingx_fake.books.history import Transfer
from bingx_fake.books.ids import OrderIds
from bingx_fake.market.house import Ladder
from bingx_fake.trading.settlement import Rates
from bingx_fake.venue.filters import Declined, Reason
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.orders import OrderStatus, OrderType


def test_an_order_that_rests_holds_what_it_would_pay() -> None:
    trading = Trading()
    bought, sold = trading.limit(ALICE, BUY, "2", "99"), trading.limit(BOB, SELL, "3", "101")
    assert (bought.status, sold.status) == (OrderStatus.PENDING, OrderStatus.PENDING)
    assert trading.has(ALICE, "USDT") == ("9802", "198")
    assert trading.has(BOB, "LTC") == ("97", "3")


def test_a_trade_moves_money_both_ways_and_each_pays_a_fee_of_what_is_received() -> None:
    trading = Trading()
    sold = trading.limit(BOB, SELL, "3", "101")
    bought = trading.limit(ALICE, BUY, "2", "105")
    assert (bought.status, sold.status) == (OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED)
    assert trading.has(ALICE, "USDT") == ("9798", "0")
    assert trading.has(ALICE, "LTC") == ("101.998", "0")
    assert trading.has(BOB, "LTC") == ("97", "1")
    assert trading.has(BOB, "USDT") == ("10201.798", "0")
    fees = trading.ledger.balances(0, "fees")
    assert {asset: balance.free for asset, balance in fees.items()} == {
        "LTC": Decimal("0.002"),
        "USDT": Decimal("0.202"),
    }


def test_a_move_fills_a_resting_order_and_the_house_pays() -> None:
    trading = Trading(Ladder())
    bought = trading.limit(ALICE, BUY, "2", "99")
    trading.move("98")
    assert bought.status is OrderStatus.FILLED
    assert trading.has(ALICE, "USDT") == ("9802", "0")
    assert trading.has(ALICE, "LTC") == ("101.998", "0")
    house = trading.ledger.balances(0, "house")
    assert {asset: balance.free for asset, balance in house.items()} == {
        "LTC": Decimal(-2),
        "USDT": Decimal(198),
    }
    trading.ledger.assert_conserved()


def test_a_market_order_buys_as_far_as_one_and_a_half_percent_above_the_last_price_goes() -> None:
    trading = Trading()
    trading.limit(BOB, SELL, "1", "100")
    trading.limit(BOB, SELL, "5", "110")
    bought = trading.place(ALICE, BUY, OrderType.MARKET, quantity=Decimal(2))
    # Held is 2 times 101.50; of that 100 buy the first, and 103 then 0.9363 at 110.
    assert (bought.status, LTC.quantity(bought.filled)) == (OrderStatus.CANCELED, Decimal("1.9363"))
    assert trading.has(ALICE, "USDT") == ("9797.007", "0")


def test_a_market_order_by_amount_spends_it_as_far_as_whole_steps_go() -> None:
    trading = Trading()
    trading.limit(BOB, SELL, "5", "73.57")
    bought = trading.place(ALICE, BUY, OrderType.MARKET, amount=Decimal(5))
    assert (bought.status, LTC.quantity(bought.filled)) == (OrderStatus.FILLED, Decimal("0.0679"))
    assert LTC.value(bought.value) == Decimal("4.995403")
    assert trading.has(ALICE, "USDT") == ("9995.004597", "0")


def test_cancelling_releases_what_is_held_and_nothing_else() -> None:
    trading = Trading()
    kept, order = trading.limit(ALICE, BUY, "1", "90"), trading.limit(ALICE, BUY, "2", "99")
    trading.limit(BOB, SELL, "0.5", "99")
    trading.desk.cancel(ALICE, "LTC-USDT", trading.now_ms, order_id=order.id)
    assert (order.status, LTC.quantity(order.filled)) == (OrderStatus.CANCELED, Decimal("0.5"))
    assert trading.has(ALICE, "USDT") == ("9860.5", "90")
    assert kept.held == Decimal(90)


def test_an_order_that_nobody_can_pay_for_is_declined_and_leaves_no_trace() -> None:
    trading = Trading()
    with pytest.raises(Declined) as declined:
        trading.limit(ALICE, BUY, "101", "100")
    assert declined.value.reason is Reason.TOO_LITTLE_FUNDS
    assert declined.value.facts == {
        "asset": "USDT",
        "needed": Decimal(10100),
        "free": Decimal(10_000),
        "locked": Decimal(0),
        "holders": (),
        "others": 0,
    }
    assert trading.has(ALICE, "USDT") == ("10000", "0")
    assert list(trading.desk.records.history(ALICE, None)) == []


def test_an_order_that_would_only_make_and_would_take_is_cancelled() -> None:
    trading = Trading()
    trading.limit(BOB, SELL, "1", "100")
    order = trading.limit(ALICE, BUY, "1", "100", TimeInForce.POST_ONLY)
    assert (order.status, order.filled) == (OrderStatus.CANCELED, 0)
    assert trading.has(ALICE, "USDT") == ("10000", "0")


def test_a_stop_sells_on_the_new_book_when_the_price_has_jumped_over_it() -> None:
    trading = Trading(Ladder(levels=3, gap_ticks=100))
    stop = trading.place(ALICE, SELL, OrderType.TAKE_STOP_MARKET, quantity=Decimal(1), stop=Decimal(95))
    assert (stop.status, trading.has(ALICE, "LTC")) == (OrderStatus.NEW, ("99", "1"))
    trading.move("95.01")
    assert stop.status is OrderStatus.NEW
    trading.move("90")
    assert (stop.status, LTC.value(stop.value)) == (OrderStatus.FILLED, Decimal("89.99"))


def test_a_price_that_reaches_the_stop_exactly_triggers() -> None:
    trading = Trading(Ladder())
    stop = trading.place(
        ALICE, BUY, OrderType.TRIGGER_LIMIT, quantity=Decimal(1), stop=Decimal(105), price=Decimal(104)
    )
    trading.move("105")
    assert (stop.status, stop.triggered_ms) == (OrderStatus.PENDING, trading.now_ms)
    assert trading.has(ALICE, "USDT") == ("9896", "104")


def test_what_an_order_holds_cannot_be_moved_away_nor_released_by_control() -> None:
    trading = Trading()
    order = trading.limit(ALICE, BUY, "50", "99")
    away = Transfer(1, ALICE, "USDT", Decimal("5050.01"), "spot", "fund", trading.now_ms, 1001)
    assert trading.ledger.may_leave(ALICE, "spot", "USDT") == Decimal(5050)
    with pytest.raises(InsufficientBalance, match="account spot holds 5050 USDT free"):
        trading.ledger.transfer(away)
    trading.ledger.lock(ALICE, "spot", "USDT", Decimal(50))
    with pytest.raises(InsufficientBalance, match="of what is locked, 4950 USDT is kept for orders"):
        trading.ledger.unlock(ALICE, "spot", "USDT", Decimal(51))
    trading.ledger.unlock(ALICE, "spot", "USDT", Decimal(50))
    trading.desk.cancel(ALICE, "LTC-USDT", trading.now_ms, order_id=order.id)
    trading.ledger.transfer(away)


def test_what_control_has_locked_buys_nothing() -> None:
    trading = Trading()
    trading.ledger.lock(ALICE, "spot", "USDT", Decimal(9_900))
    with pytest.raises(Declined) as declined:
        trading.limit(ALICE, BUY, "2", "99")
    assert declined.value.facts["locked"] == Decimal(9_900)
    trading.limit(ALICE, BUY, "1", "99")
    assert trading.has(ALICE, "USDT") == ("1", "9999")


def test_a_trade_between_the_two_accounts_of_the_house_moves_nothing() -> None:
    trading = Trading(Ladder())
    before = trading.ledger.revision.number
    trading.move("90")
    trading.floor.trade(MARKET, BUY, 5_000, trading.now_ms)
    assert trading.ledger.revision.number == before


def test_a_fee_with_more_than_twenty_places_is_cut() -> None:
    trading = Trading()
    trading.desk.own_rates[ALICE] = Rates(maker=Decimal(0), taker=Decimal("0.00000000000000000333"))
    trading.limit(BOB, SELL, "0.5", "100")
    order = trading.limit(ALICE, BUY, "0.5", "100")
    assert order.fee == Decimal("0.00000000000000000166")
    trading.ledger.assert_conserved()


def test_orders_are_numbered_by_time_and_by_count_and_no_number_comes_twice() -> None:
    trading = Trading()
    first, second = trading.limit(ALICE, BUY, "1", "90"), trading.limit(BOB, BUY, "1", "90")
    assert (first.id >> 22) + 1_288_834_974_657 == NOW_MS
    assert (first.id % 4096, second.id - first.id) == (0, 4096)
    trading.now_ms -= 60_000
    assert trading.limit(ALICE, BUY, "1", "90").id == second.id + 4096


def test_a_full_millisecond_borrows_numbers_from_the_next() -> None:
    ids = OrderIds()
    drawn = [ids.next(NOW_MS) for _ in range(1_025)]
    assert len(set(drawn)) == 1_025
    assert (drawn[-1] >> 22) + 1_288_834_974_657 == NOW_MS + 1
    assert ids.next(NOW_MS + 1) == drawn[-1] + 4096
