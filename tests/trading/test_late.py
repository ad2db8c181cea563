"""Orders whose placing or cancelling takes effect later than it is answered."""

from decimal import Decimal

import pytest
from trading.place import ALICE, BOB, BUY, MARKET, NOW_MS, SELL, Trading

from bingx_fake.trading.records import Oco
from bingx_fake.venue.commands import Halt
from bingx_fake.venue.filters import Declined, Reason
from bingx_fake.venue.orders import NewOco, NewOrder, OrderStatus, OrderType, SpotOrder


def buy(price: str = "100", **more: object) -> NewOrder:
    return NewOrder(
        symbol="LTC-USDT",
        side=BUY,
        type=OrderType.LIMIT,
        quantity=Decimal(1),
        price=Decimal(price),
        **more,  # type: ignore[arg-type]
    )


def late(trading: Trading, new: NewOrder) -> SpotOrder:
    return trading.desk.due(NOW_MS + 5_000).place(ALICE, new, NOW_MS)


def test_an_order_that_is_late_holds_what_it_needs_is_found_by_nobody_and_trades_when_it_is_due() -> None:
    trading = Trading()
    trading.limit(BOB, SELL, "3", "100")
    order = late(trading, buy())
    assert (order.status, trading.has(ALICE, "USDT")) == (OrderStatus.PENDING, ("9900", "100"))
    assert trading.desk.records.open_of(ALICE, None) == []
    with pytest.raises(Declined):
        trading.desk.find(ALICE, "LTC-USDT", NOW_MS, order_id=order.id)
    trading.agenda.run(NOW_MS + 5_000)
    assert trading.desk.find(ALICE, "LTC-USDT", NOW_MS, order_id=order.id) is order
    assert (order.status, order.updated_ms) == (OrderStatus.FILLED, NOW_MS + 5_000)
    assert trading.has(ALICE, "USDT") == ("9900", "0")


def test_what_is_declined_is_so_at_once() -> None:
    trading = Trading()
    with pytest.raises(Declined) as declined:
        late(trading, buy("501"))
    assert declined.value.reason is Reason.PRICE_TOO_HIGH
    assert len(list(trading.agenda)) == 0


def test_the_name_of_a_late_order_is_taken() -> None:
    trading = Trading()
    late(trading, buy(client_id="mine"))
    for desk in (trading.desk, trading.desk.due(NOW_MS + 9_000)):
        with pytest.raises(Declined) as declined:
            desk.place(ALICE, buy(client_id="mine"), NOW_MS)
        assert declined.value.reason is Reason.CLIENT_ID_TAKEN


def test_a_late_order_is_cancelled_where_the_market_has_stopped_to_trade() -> None:
    trading = Trading()
    order = late(trading, buy())
    trading.floor.apply(Halt(MARKET), NOW_MS)
    trading.agenda.run(NOW_MS + 5_000)
    assert order.status is OrderStatus.CANCELED
    assert trading.has(ALICE, "USDT") == ("10000", "0")


def test_a_late_order_that_waits_looks_at_the_price_when_it_is_placed() -> None:
    trading = Trading()
    order = trading.desk.due(NOW_MS + 5_000).place(
        ALICE,
        NewOrder(
            symbol="LTC-USDT",
            side=SELL,
            type=OrderType.TAKE_STOP_MARKET,
            quantity=Decimal(1),
            stop=Decimal(95),
        ),
        NOW_MS,
    )
    trading.move("90")
    trading.agenda.run(NOW_MS + 5_000)
    assert order.is_waiting
    trading.limit(BOB, BUY, "1", "94")
    trading.move("95")
    assert order.status is OrderStatus.FILLED


def test_an_order_whose_cancelling_is_late_may_fill_until_then() -> None:
    trading = Trading()
    filled, kept = trading.limit(ALICE, BUY, "1", "99"), trading.limit(ALICE, BUY, "1", "98")
    for order in (filled, kept):
        told = trading.desk.due(NOW_MS + 5_000).cancel(ALICE, "LTC-USDT", NOW_MS, order_id=order.id)
        assert (told.status, order.status) == (OrderStatus.CANCELED, OrderStatus.PENDING)
    trading.limit(BOB, SELL, "1", "99")
    trading.agenda.run(NOW_MS + 5_000)
    assert (filled.status, kept.status) == (OrderStatus.FILLED, OrderStatus.CANCELED)


def sell_pair(trading: Trading, **names: str) -> tuple[Oco, SpotOrder, SpotOrder]:
    """A pair that sells one at 110, or from 90 on at 89, placed five seconds late."""
    late_desk = trading.desk.due(NOW_MS + 5_000)
    prices = {"limit": Decimal(110), "trigger": Decimal(90), "price": Decimal(89)}
    new = NewOco(symbol="LTC-USDT", side=SELL, quantity=Decimal(1), **prices, **names)  # type: ignore[arg-type]
    oco = late_desk.place_oco(ALICE, new, NOW_MS)
    return oco, *late_desk.legs(oco)


def test_a_pair_that_is_late_is_told_at_once_held_once_and_found_by_nobody_until_it_is_due() -> None:
    trading = Trading()
    oco, limit, stop = sell_pair(trading)
    assert (limit.status, stop.status) == (OrderStatus.PENDING, OrderStatus.NEW)
    assert trading.has(ALICE, "LTC") == ("99", "1")
    assert list(trading.desk.records.ocos(ALICE, is_open=True)) == []
    with pytest.raises(Declined):
        trading.desk.records.find_oco(ALICE, order_id=oco.id, at_ms=NOW_MS)
    trading.agenda.run(NOW_MS + 5_000)
    assert trading.desk.records.find_oco(ALICE, order_id=oco.id, at_ms=NOW_MS) is oco
    trading.limit(BOB, BUY, "1", "110")
    assert (limit.status, stop.status) == (OrderStatus.FILLED, OrderStatus.FAILED)
    assert trading.has(ALICE, "LTC") == ("99", "0")


@pytest.mark.parametrize("name", ["client_id", "limit_client_id", "stop_client_id"])
def test_the_names_of_a_late_pair_are_taken(name: str) -> None:
    trading = Trading()
    sell_pair(trading, **{name: "mine"})
    with pytest.raises(Declined) as declined:
        sell_pair(trading, **{name: "mine"})
    assert declined.value.reason is Reason.CLIENT_ID_TAKEN
    assert len(list(trading.agenda)) == 1


@pytest.mark.parametrize("last", ["90", "110", "89", "111"])
def test_a_late_pair_is_cancelled_where_the_price_is_no_longer_between_its_prices(last: str) -> None:
    trading = Trading()
    _, limit, stop = sell_pair(trading)
    trading.move(last)
    trading.agenda.run(NOW_MS + 5_000)
    assert (limit.status, stop.status) == (OrderStatus.CANCELED, OrderStatus.FAILED)
    assert trading.has(ALICE, "LTC") == ("100", "0")
    assert list(trading.desk.records.ocos(ALICE, is_open=True)) == []


def test_late_orders_are_cancelled_where_the_market_has_stopped_to_trade_waiting_ones_too() -> None:
    trading = Trading()
    _, limit, stop = sell_pair(trading)
    new = NewOrder(
        symbol="LTC-USDT", side=SELL, type=OrderType.TAKE_STOP_MARKET, quantity=Decimal(1), stop=Decimal(95)
    )
    waiting = trading.desk.due(NOW_MS + 5_000).place(ALICE, new, NOW_MS)
    told: list[str] = []
    trading.desk.on_reports = lambda reports, at_ms: told.extend(report.execution for report in reports)
    trading.floor.apply(Halt(MARKET), NOW_MS)
    trading.agenda.run(NOW_MS + 5_000)
    assert (limit.status, stop.status) == (OrderStatus.CANCELED, OrderStatus.FAILED)
    assert waiting.status is OrderStatus.CANCELED
    assert trading.has(ALICE, "LTC") == ("100", "0")
    assert told == ["CANCELED"] * 3


def test_a_pair_whose_cancelling_is_late_is_told_as_cancelled_and_may_fill_until_then() -> None:
    trading = Trading()
    new = NewOco(
        symbol="LTC-USDT",
        side=SELL,
        quantity=Decimal(1),
        limit=Decimal(110),
        trigger=Decimal(90),
        price=Decimal(89),
    )
    filled, kept = (trading.desk.place_oco(ALICE, new, NOW_MS) for _ in range(2))
    late_desk = trading.desk.due(NOW_MS + 5_000)
    for oco in (filled, kept):
        late_desk.cancel_oco(ALICE, NOW_MS, order_id=oco.stop_id)
        assert [leg.status for leg in late_desk.legs(oco)] == [OrderStatus.CANCELED, OrderStatus.FAILED]
        assert all(leg.is_open for leg in trading.desk.records.legs(oco))
    trading.limit(BOB, BUY, "1", "110")
    trading.agenda.run(NOW_MS + 5_000)
    assert trading.desk.records.legs(filled)[0].status is OrderStatus.FILLED
    assert trading.desk.records.legs(kept)[0].status is OrderStatus.CANCELED
    assert trading.has(ALICE, "LTC") == ("99", "0")


def test_a_countdown_that_begins_late_ends_when_its_answer_said() -> None:
    trading = Trading()
    order = trading.limit(ALICE, BUY, "1", "99")
    end_ms = trading.desk.due(NOW_MS + 5_000).cancel_all_after(ALICE, 10_000, NOW_MS)
    assert end_ms == NOW_MS + 10_000
    trading.agenda.run(end_ms - 1)
    assert order.is_open
    trading.agenda.run(end_ms)
    assert order.status is OrderStatus.CANCELED


def test_a_countdown_that_begins_after_its_end_cancels_at_once() -> None:
    trading = Trading()
    order = trading.limit(ALICE, BUY, "1", "99")
    trading.desk.due(NOW_MS + 15_000).cancel_all_after(ALICE, 10_000, NOW_MS)
    trading.agenda.run(NOW_MS + 14_999)
    assert order.is_open
    trading.agenda.run(NOW_MS + 15_000)
    assert order.status is OrderStatus.CANCELED


def test_a_countdown_whose_extension_or_end_comes_too_late_has_cancelled_before() -> None:
    for timeout_ms in (60_000, None):
        trading = Trading()
        order = trading.limit(ALICE, BUY, "1", "99")
        trading.desk.cancel_all_after(ALICE, 10_000, NOW_MS)
        trading.desk.due(NOW_MS + 11_000).cancel_all_after(ALICE, timeout_ms, NOW_MS)
        trading.agenda.run(NOW_MS + 11_000)
        assert order.status is OrderStatus.CANCELED


def test_of_two_settings_of_a_countdown_the_one_that_takes_effect_last_holds() -> None:
    trading = Trading()
    order = trading.limit(ALICE, BUY, "1", "99")
    trading.desk.due(NOW_MS + 5_000).cancel_all_after(ALICE, None, NOW_MS)
    trading.desk.cancel_all_after(ALICE, 10_000, NOW_MS + 1)
    trading.agenda.run(NOW_MS + 60_000)
    assert order.is_open
    assert not trading.desk.is_coming(ALICE)


def test_a_user_whose_pair_or_countdown_is_late_has_something_coming() -> None:
    trading = Trading()
    trading.desk.due(NOW_MS + 5_000).cancel_all_after(BOB, 10_000, NOW_MS)
    sell_pair(trading)
    assert trading.desk.is_coming(ALICE)
    assert trading.desk.is_coming(BOB)
    trading.agenda.run(NOW_MS + 5_000)
    assert not trading.desk.is_coming(ALICE)
    assert not trading.desk.is_coming(BOB)
