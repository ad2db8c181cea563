"""Orders that go together: pairs of which one trades, lists, replacements, and countdowns."""

from decimal import Decimal

import pytest
from trading.place import ALICE, BOB, BUY, LTC, NOW_MS, SELL, Trading

from bingx_fake.market.house import Ladder
from bingx_fake.trading.records import Oco
from bingx_fake.venue.filters import Declined, Reason
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOco, NewOrder, OrderStatus, OrderType, SpotOrder

NEW, PENDING, PARTLY = OrderStatus.NEW, OrderStatus.PENDING, OrderStatus.PARTIALLY_FILLED
FILLED, CANCELED, FAILED = OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.FAILED


def pair(
    trading: Trading, side: Side, quantity: str, limit: str, trigger: str, price: str, **names: str
) -> tuple[Oco, SpotOrder, SpotOrder]:
    new = NewOco(
        symbol="LTC-USDT",
        side=side,
        quantity=Decimal(quantity),
        limit=Decimal(limit),
        trigger=Decimal(trigger),
        price=Decimal(price),
        **names,
    )
    oco = trading.desk.place_oco(ALICE, new, trading.now_ms)
    return oco, *trading.desk.records.legs(oco)


def test_a_pair_that_sells_holds_its_quantity_once() -> None:
    trading = Trading()
    _, limit, stop = pair(trading, SELL, "3", "110", "90", "89")
    assert (limit.status, stop.status) == (PENDING, NEW)
    assert trading.has(ALICE, "LTC") == ("97", "3")


def test_a_pair_that_buys_holds_what_its_dearer_leg_costs() -> None:
    trading = Trading()
    pair(trading, BUY, "3", "90", "110", "111")
    assert trading.has(ALICE, "USDT") == ("9667", "333")


def test_when_the_limit_leg_begins_to_fill_the_other_fails_and_what_it_needs_alone_stays_held() -> None:
    trading = Trading()
    _, limit, stop = pair(trading, BUY, "3", "90", "110", "111")
    trading.limit(BOB, SELL, "1", "90")
    assert (limit.status, stop.status) == (PARTLY, FAILED)
    assert trading.has(ALICE, "USDT") == ("9730", "180")


def test_when_the_stop_is_reached_the_limit_leg_is_cancelled_and_the_other_trades() -> None:
    trading = Trading(Ladder())
    _, limit, stop = pair(trading, SELL, "3", "110", "90", "89")
    trading.move("90")
    assert (limit.status, stop.status) == (CANCELED, FILLED)
    assert trading.has(ALICE, "LTC") == ("97", "0")


def test_a_stop_leg_whose_price_was_jumped_over_rests_at_its_limit() -> None:
    trading = Trading(Ladder())
    _, limit, stop = pair(trading, SELL, "3", "110", "90", "89")
    trading.move("80")
    assert (limit.status, stop.status, stop.filled) == (CANCELED, PENDING, 0)
    assert trading.has(ALICE, "LTC") == ("97", "3")


@pytest.mark.parametrize("leg", [0, 1])
def test_cancelling_one_leg_cancels_both(leg: int) -> None:
    trading = Trading()
    _, *legs = pair(trading, SELL, "3", "110", "90", "89")
    trading.desk.cancel(ALICE, "LTC-USDT", trading.now_ms, order_id=legs[leg].id)
    assert [order.status for order in legs] == [CANCELED, FAILED]
    assert trading.has(ALICE, "LTC") == ("100", "0")


@pytest.mark.parametrize(
    ("side", "limit", "trigger"),
    [(SELL, "100", "90"), (SELL, "110", "100"), (BUY, "100", "110"), (BUY, "90", "100"), (SELL, "90", "110")],
)
def test_a_pair_whose_prices_are_not_around_the_last_price_is_declined(
    side: Side, limit: str, trigger: str
) -> None:
    trading = Trading()
    with pytest.raises(Declined) as declined:
        pair(trading, side, "1", limit, trigger, trigger)
    assert declined.value.reason is Reason.WRONG_WAY
    assert list(trading.desk.records.ocos(ALICE, is_open=True)) == []
    assert trading.desk.records.open_of(ALICE, None) == []


def test_a_pair_is_found_by_every_id_and_name_that_it_has() -> None:
    trading = Trading()
    oco, limit, stop = pair(
        trading, SELL, "1", "110", "90", "89", client_id="1", limit_client_id="2", stop_client_id="3"
    )
    records, now_ms = trading.desk.records, trading.now_ms
    found = [
        records.find_oco(ALICE, order_id=order_id, at_ms=now_ms) for order_id in (oco.id, limit.id, stop.id)
    ]
    found += [records.find_oco(ALICE, client_id=name, at_ms=now_ms) for name in ("1", "2", "3")]
    assert found == [oco] * 6
    with pytest.raises(Declined):
        records.find_oco(BOB, order_id=oco.id, at_ms=now_ms)


def test_a_pair_is_open_until_neither_leg_can_trade() -> None:
    trading = Trading()
    oco, *_ = pair(trading, SELL, "1", "110", "90", "89")
    other, *_ = pair(trading, SELL, "1", "111", "90", "89")
    trading.desk.cancel_oco(ALICE, trading.now_ms, order_id=oco.id)
    records = trading.desk.records
    assert list(records.ocos(ALICE, is_open=True)) == [other]
    assert list(records.ocos(ALICE, is_open=False)) == [oco]
    with pytest.raises(Declined) as declined:
        trading.desk.cancel_oco(ALICE, trading.now_ms, order_id=oco.id)
    assert declined.value.reason is Reason.FINISHED


def test_a_list_with_one_order_that_cannot_be_cancelled_cancels_none_or_all_others() -> None:
    trading = Trading()
    first, second = trading.limit(ALICE, BUY, "1", "90"), trading.limit(ALICE, BUY, "1", "91")
    with pytest.raises(Declined):
        trading.desk.cancel_many(ALICE, "LTC-USDT", trading.now_ms, order_ids=[first.id, 5, second.id])
    assert (first.status, second.status) == (PENDING, PENDING)
    done = trading.desk.cancel_many(
        ALICE, "LTC-USDT", trading.now_ms, order_ids=[first.id, 5, second.id, first.id], whole=False
    )
    assert done.cancelled == [first, second]
    assert [(given, declined.reason) for given, declined in done.failed] == [(5, Reason.NO_SUCH_ORDER)]
    assert (first.status, second.status) == (CANCELED, CANCELED)


def test_all_open_orders_of_one_user_are_cancelled_and_no_others() -> None:
    trading = Trading()
    mine = [trading.limit(ALICE, BUY, "1", "90"), trading.limit(ALICE, SELL, "1", "110")]
    mine.append(trading.place(ALICE, BUY, OrderType.TRIGGER_MARKET, quantity=Decimal(1), stop=Decimal(120)))
    pair(trading, SELL, "1", "110", "90", "89")
    others = trading.limit(BOB, BUY, "1", "91")
    assert len(trading.desk.cancel_all(ALICE, "LTC-USDT", trading.now_ms)) == 5
    assert [order.status for order in mine] == [CANCELED] * 3
    assert others.status is PENDING
    assert [trading.has(ALICE, asset) for asset in ("USDT", "LTC")] == [("10000", "0"), ("100", "0")]


def replacement(price: str, quantity: str = "1") -> NewOrder:
    return NewOrder(
        symbol="LTC-USDT", side=BUY, type=OrderType.LIMIT, quantity=Decimal(quantity), price=Decimal(price)
    )


def test_a_replacement_uses_what_the_cancelled_order_held() -> None:
    trading = Trading()
    order = trading.limit(ALICE, BUY, "100", "90")
    done = trading.desk.replace(ALICE, replacement("95", "100"), trading.now_ms, order_id=order.id)
    assert done.cancelled is order
    assert isinstance(done.placed, SpotOrder)
    assert trading.has(ALICE, "USDT") == ("500", "9500")


def test_where_nothing_was_cancelled_nothing_or_only_the_new_order_is_placed() -> None:
    trading = Trading()
    done = trading.desk.replace(ALICE, replacement("95"), trading.now_ms, order_id=5)
    assert isinstance(done.cancelled, Declined)
    assert done.placed is None
    done = trading.desk.replace(ALICE, replacement("95"), trading.now_ms, order_id=5, stops=False)
    assert isinstance(done.cancelled, Declined)
    assert isinstance(done.placed, SpotOrder)


def test_a_cancelled_order_stays_so_where_the_new_one_is_declined() -> None:
    trading = Trading()
    order = trading.limit(ALICE, BUY, "100", "90")
    done = trading.desk.replace(ALICE, replacement("95", "106"), trading.now_ms, order_id=order.id)
    assert order.status is CANCELED
    assert isinstance(done.placed, Declined)


def test_a_countdown_cancels_all_when_it_ends_unless_it_was_moved_or_closed() -> None:
    trading = Trading()
    order = trading.limit(ALICE, BUY, "1", "90")
    assert trading.desk.cancel_all_after(ALICE, 10_000, NOW_MS) == NOW_MS + 10_000
    assert trading.desk.cancel_all_after(ALICE, 10_000, NOW_MS + 9_000) == NOW_MS + 19_000
    trading.agenda.run(NOW_MS + 18_999)
    assert order.status is PENDING
    trading.agenda.run(NOW_MS + 19_000)
    assert (order.status, order.updated_ms) == (CANCELED, NOW_MS + 19_000)
    kept = trading.limit(ALICE, BUY, "1", "90")
    trading.desk.cancel_all_after(ALICE, 10_000, NOW_MS + 20_000)
    assert trading.desk.cancel_all_after(ALICE, None, NOW_MS + 20_000) is None
    trading.agenda.run(NOW_MS + 60_000)
    assert kept.status is PENDING
    assert LTC.price(kept.price) == Decimal(90)
