"""Orders whose placing or cancelling takes effect later than it is answered."""

from decimal import Decimal

import pytest
from trading.place import ALICE, BOB, BUY, MARKET, NOW_MS, SELL, Trading

from bingx_fake.venue.commands import Halt
from bingx_fake.venue.filters import Declined, Reason
from bingx_fake.venue.orders import NewOrder, OrderStatus, OrderType, SpotOrder


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
