"""What orders in the book keep of a wallet, as they come, fill, trigger, change and go. Leverage is 5."""

from decimal import Decimal

from perpetuals.perps import ALICE, BOB, BOTH, BUY, LONG, MARKET, SELL, SHORT, Perps

from bingx_fake.perpetuals.orders import PerpType


def frozen(perps: Perps) -> str:
    return f"{perps.wallet(ALICE).frozen.normalize():f}"


def test_an_order_in_the_book_needs_its_margin_and_the_takers_fee_until_it_goes() -> None:
    perps = Perps()
    order = perps.limit(ALICE, BUY, "10", "99")
    assert frozen(perps) == "198.495"  # 990 / 5 + 990 * 0.0005
    perps.desk.cancel(ALICE, "LTC-USDT", perps.now_ms, order_id=order.id)
    assert frozen(perps) == "0"


def test_one_that_is_filled_in_part_needs_that_much_less() -> None:
    perps = Perps()
    perps.limit(ALICE, BUY, "10", "99")
    assert frozen(perps) == "198.495"
    perps.market(BOB, SELL, "4")
    assert frozen(perps) == "119.097"  # six tenths


def test_one_that_waits_needs_nothing_until_it_is_triggered_and_rests() -> None:
    perps = Perps()
    perps.place(ALICE, BUY, PerpType.TRIGGER_LIMIT, "10", stop=Decimal(98), price=Decimal(90))
    assert frozen(perps) == "0"
    perps.mark("98")
    assert frozen(perps) == "180.45"  # 900 / 5 + 900 * 0.0005


def test_another_leverage_is_another_need() -> None:
    perps = Perps()
    perps.limit(ALICE, BUY, "10", "99")
    assert frozen(perps) == "198.495"
    perps.desk.set_leverage(ALICE, "LTC-USDT", BOTH, 10, perps.now_ms)
    assert frozen(perps) == "99.495"


def test_in_one_way_mode_the_oldest_orders_close_before_any_opens() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "15", "100")
    first = perps.limit(ALICE, SELL, "10", "110")
    perps.limit(ALICE, SELL, "10", "120")
    assert frozen(perps) == "120.3"  # five of the second one: 600 / 5 + 600 * 0.0005
    perps.desk.cancel(ALICE, "LTC-USDT", perps.now_ms, order_id=first.id)
    assert frozen(perps) == "0"


def test_in_hedge_mode_every_order_that_opens_needs_all_of_its_margin() -> None:
    perps = Perps(is_hedging=True)
    perps.trade(ALICE, BOB, "15", "100", position_side=LONG)
    perps.limit(ALICE, SELL, "10", "110", position_side=SHORT)
    perps.limit(ALICE, SELL, "10", "110", position_side=LONG)  # closes
    assert frozen(perps) == "220.55"  # 1100 / 5 + 1100 * 0.0005


def test_what_is_needed_for_the_next_order_counts_what_rests_before_it() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "15", "100")
    margins, user = perps.desk.margins, perps.desk.records.of(ALICE)
    first = perps.limit(ALICE, SELL, "10", "110")
    assert margins.needs_besides(user, first) == Decimal("110.275")  # five of ten more would open: 550
    assert margins.opening(user, MARKET, SELL).steps == 100
