"""A user's orders, fills and pairs, found by who asks: every bound on both of its sides."""

from decimal import Decimal
from typing import Any

import pytest
from trading.place import ALICE, BOB, BUY, MARKET, NOW_MS, SELL, Trading

from bingx_fake.trading.records import FINDABLE_MS
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.filters import Declined, Reason
from bingx_fake.venue.orders import NewOco, OrderStatus, OrderType, SpotOrder

ELSEWHERE: MarketId = ("spot", "BTC-USDT")


def with_history() -> Trading:
    """Alice has bought at three times, a second apart: whole, in part, and not at all, which is cancelled."""
    trading = Trading()
    for price, sold in (("101", "1"), ("102", "0.5"), ("103", "")):
        order = trading.limit(ALICE, BUY, "1", price)
        if sold:
            trading.limit(BOB, SELL, sold, price)
        else:
            trading.desk.cancel(ALICE, "LTC-USDT", trading.now_ms, order_id=order.id)
        trading.now_ms += 1_000
    return trading


def named_bid(trading: Trading) -> SpotOrder:
    return trading.place(
        ALICE, BUY, OrderType.LIMIT, quantity=Decimal(1), price=Decimal(99), client_id="mine"
    )


def prices(trading: Trading, **asked: Any) -> list[int]:
    """Those of the orders that are found, as they come."""
    market = asked.pop("market", None)
    return [order.price // 100 for order in trading.desk.records.history(ALICE, market, **asked)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [103, 102, 101]),
        ({"market": MARKET}, [103, 102, 101]),
        ({"market": ELSEWHERE}, []),
        ({"start_ms": NOW_MS + 1_000}, [103, 102]),
        ({"start_ms": NOW_MS + 1_001}, [103]),
        ({"end_ms": NOW_MS + 1_000}, [102, 101]),
        ({"end_ms": NOW_MS + 999}, [101]),
        ({"status": OrderStatus.FILLED}, [101]),
        ({"status": OrderStatus.PARTIALLY_FILLED}, [102]),
        ({"status": OrderStatus.CANCELED}, [103]),
        ({"type": OrderType.LIMIT}, [103, 102, 101]),
        ({"type": OrderType.MARKET}, []),
    ],
)
def test_a_history_has_the_newest_first_and_its_bounds_count(asked: dict[str, Any], found: list[int]) -> None:
    assert prices(with_history(), **asked) == found


def test_a_history_from_an_id_on_has_that_order_too() -> None:
    trading = with_history()
    first, second, third = trading.desk.records.users[ALICE].orders
    assert prices(trading, from_id=first + 1) == prices(trading, from_id=second) == [103, 102]
    assert prices(trading, from_id=third + 1) == []


def sold_at(trading: Trading, **asked: Any) -> list[int]:
    market = asked.pop("market", None)
    return [fill.price // 100 for fill in trading.desk.records.fills(ALICE, market, **asked)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [102, 101]),
        ({"market": MARKET}, [102, 101]),
        ({"market": ELSEWHERE}, []),
        ({"start_ms": NOW_MS + 1_000}, [102]),
        ({"start_ms": NOW_MS + 1_001}, []),
        ({"end_ms": NOW_MS}, [101]),
        ({"end_ms": NOW_MS - 1}, []),
        ({"from_id": 1}, [102, 101]),
        ({"from_id": 2}, [102]),
        ({"from_id": 3}, []),
    ],
)
def test_fills_have_the_newest_first_and_their_bounds_count(asked: dict[str, Any], found: list[int]) -> None:
    assert sold_at(with_history(), **asked) == found


def test_fills_of_one_order_are_its_own() -> None:
    trading = with_history()
    first, second, third = trading.desk.records.users[ALICE].orders
    assert [sold_at(trading, order_id=number) for number in (first, second, third)] == [[101], [102], []]


def test_whoever_has_no_orders_has_none_and_gets_none_by_being_asked() -> None:
    records = Trading().desk.records
    assert list(records.history(7, None)) == []
    assert list(records.fills(7, None)) == []
    assert records.open_of(7, None) == []
    assert list(records.ocos(7, is_open=True)) == []
    assert records.by_client_id(7, "mine", NOW_MS) is None
    assert records.users == {}


def test_a_finished_order_is_found_by_its_name_for_two_hours_and_by_its_id_for_ever() -> None:
    trading = Trading()
    order = named_bid(trading)
    find = trading.desk.find
    assert find(ALICE, None, NOW_MS + 10 * FINDABLE_MS, client_id="mine") is order, "it is open"
    trading.desk.cancel(ALICE, "LTC-USDT", NOW_MS + 5, order_id=order.id)
    last_ms = NOW_MS + 5 + FINDABLE_MS - 1
    assert find(ALICE, "LTC-USDT", last_ms, client_id="mine") is order
    with pytest.raises(Declined) as declined:
        find(ALICE, "LTC-USDT", last_ms + 1, client_id="mine")
    assert declined.value.reason is Reason.NO_SUCH_ORDER
    assert declined.value.facts == {"order_id": 0, "client_id": "mine"}
    assert find(ALICE, "LTC-USDT", last_ms + 1, order_id=order.id) is order
    with pytest.raises(Declined):
        trading.desk.records.find(ALICE, ELSEWHERE, order_id=order.id, at_ms=NOW_MS)


def test_of_two_orders_with_one_name_the_later_is_found() -> None:
    trading = Trading()
    first = named_bid(trading)
    trading.desk.cancel(ALICE, "LTC-USDT", NOW_MS, order_id=first.id)
    trading.now_ms += FINDABLE_MS
    second = named_bid(trading)
    assert trading.desk.find(ALICE, None, trading.now_ms, client_id="mine") is second


def test_pairs_are_listed_by_when_they_were_placed_and_whether_a_leg_is_open() -> None:
    trading = Trading()
    placed = []
    for _ in range(3):
        new = NewOco(
            symbol="LTC-USDT",
            side=SELL,
            quantity=Decimal(1),
            limit=Decimal(110),
            trigger=Decimal(90),
            price=Decimal(89),
        )
        placed.append(trading.desk.place_oco(ALICE, new, trading.now_ms))
        trading.now_ms += 1_000
    first, second, third = placed
    trading.desk.cancel_oco(ALICE, trading.now_ms, order_id=second.id)
    ocos = trading.desk.records.ocos
    assert list(ocos(ALICE, is_open=True)) == [third, first]
    assert list(ocos(ALICE, is_open=False)) == [second]
    assert list(ocos(ALICE, is_open=True, start_ms=NOW_MS, end_ms=NOW_MS)) == [first]
    assert list(ocos(ALICE, is_open=True, start_ms=NOW_MS + 1)) == [third]
    assert list(ocos(ALICE, is_open=True, end_ms=NOW_MS + 1_999)) == [first]
    assert list(ocos(ALICE, is_open=True, end_ms=NOW_MS + 2_000)) == [third, first]
