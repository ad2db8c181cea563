"""What the desk tells: which facts come with what it declines, and what is reported of orders."""

from decimal import Decimal
from typing import Any

import pytest
from trading.place import ALICE, BOB, BUY, LTC, NOW_MS, SELL, Trading

from bingx_fake.trading.settlement import Report
from bingx_fake.venue.filters import Declined, Holder, Reason
from bingx_fake.venue.orders import NewOco, NewOrder, OrderStatus, OrderType, SpotOrder


def bid(**changes: Any) -> NewOrder:
    asked: dict[str, Any] = {"quantity": Decimal(1), "price": Decimal(99), "client_id": "mine"} | changes
    return NewOrder(symbol="LTC-USDT", side=BUY, type=asked.pop("type", OrderType.LIMIT), **asked)


def pair(**changes: Any) -> NewOco:
    prices: dict[str, Any] = {"limit": Decimal(110), "trigger": Decimal(90), "price": Decimal(89)} | changes
    return NewOco(symbol="LTC-USDT", side=SELL, quantity=Decimal(1), client_id="7", **prices)


def placed(trading: Trading, **changes: Any) -> SpotOrder:
    return trading.desk.place(ALICE, bid(**changes), NOW_MS)


@pytest.mark.parametrize(
    ("changes", "cuts", "reason", "facts"),
    [
        (
            {"price": None},
            True,
            Reason.PRICE_NOT_POSITIVE,
            {"name": "price", "price": Decimal(0)},
        ),
        (
            {"type": OrderType.TAKE_STOP_LIMIT, "stop": Decimal("0.009")},
            True,
            Reason.PRICE_NOT_POSITIVE,
            {"name": "stop", "price": Decimal("0.009")},
        ),
        (
            {"price": Decimal("99.001")},
            False,
            Reason.TOO_MANY_DECIMALS,
            {"name": "price", "value": Decimal("99.001"), "unit": LTC.tick},
        ),
        ({}, True, Reason.CLIENT_ID_TAKEN, {"client_id": "mine"}),
    ],
)
def test_what_is_declined_comes_with_its_numbers(
    changes: dict[str, Any], *, cuts: bool, reason: Reason, facts: dict[str, object]
) -> None:
    trading = Trading()
    known = placed(trading)
    with pytest.raises(Declined) as declined:
        trading.desk.place(ALICE, bid(**changes), NOW_MS, cuts=cuts)
    assert declined.value.reason is reason
    if reason is Reason.CLIENT_ID_TAKEN:
        facts["order_id"] = known.id
    assert declined.value.facts == facts


def test_a_price_of_one_tick_is_one() -> None:
    trading = Trading()
    trading.floor.stalls["spot", "LTC-USDT"].market.index = 5
    order = placed(trading, price=Decimal("0.01"), quantity=Decimal(1_000))
    assert order.price == 1


def test_what_was_declined_says_why_in_a_sentence_with_its_numbers() -> None:
    assert (
        str(Declined(Reason.TOO_MANY_OPEN, most=5, uid=7)) == f"{Reason.TOO_MANY_OPEN.value}: most 5, uid 7"
    )
    assert str(Declined(Reason.TOO_MANY_OPEN)) == Reason.TOO_MANY_OPEN.value


def test_who_cannot_pay_is_told_who_holds_what() -> None:
    trading = Trading()
    small, large = placed(trading, client_id=""), placed(trading, client_id="", quantity=Decimal(3))
    trading.ledger.lock(ALICE, "spot", "USDT", Decimal(100))
    late = trading.desk.due(NOW_MS + 9).place(ALICE, bid(quantity=Decimal(2)), NOW_MS)
    with pytest.raises(Declined) as declined:
        placed(trading, client_id="", quantity=Decimal(101))
    assert declined.value.facts["holders"] == (
        Holder("order", large.id, "LTC-USDT", Decimal(297)),
        Holder("order", late.id, "LTC-USDT", Decimal(198)),
        Holder("control", 0, "", Decimal(100)),
        Holder("order", small.id, "LTC-USDT", Decimal(99)),
    )
    assert declined.value.facts["others"] == 0


def test_what_cannot_be_cancelled_is_told_with_its_state() -> None:
    trading = Trading()
    order = placed(trading)
    facts = {"order_id": order.id, "client_id": "mine"}
    with pytest.raises(Declined) as declined:
        trading.desk.cancel(ALICE, None, NOW_MS, order_id=order.id, only_if=OrderStatus.NEW)
    assert (declined.value.reason, declined.value.facts) == (
        Reason.OTHER_STATUS,
        facts | {"status": "PENDING", "asked": "NEW"},
    )
    trading.desk.cancel(ALICE, None, NOW_MS, client_id="mine")
    with pytest.raises(Declined) as declined:
        trading.desk.cancel(ALICE, None, NOW_MS, client_id="mine")
    assert (declined.value.reason, declined.value.facts) == (Reason.FINISHED, facts | {"status": "CANCELED"})


def test_an_order_is_found_on_its_own_market_alone() -> None:
    trading = Trading()
    order = placed(trading)
    for call in (trading.desk.find, trading.desk.cancel):
        with pytest.raises(Declined) as declined:
            call(ALICE, "NOPE-USDT", NOW_MS, order_id=order.id)
        assert declined.value.reason is Reason.NO_SUCH_MARKET


def test_a_pair_on_the_wrong_side_is_told_its_prices_and_the_last() -> None:
    with pytest.raises(Declined) as declined:
        Trading().desk.place_oco(ALICE, pair(trigger=Decimal(100)), NOW_MS)
    assert declined.value.facts == {
        "side": "SELL",
        "limit": Decimal(110),
        "trigger": Decimal(100),
        "last": Decimal(100),
    }


def test_the_name_of_a_pair_is_its_own() -> None:
    trading = Trading()
    oco = trading.desk.place_oco(ALICE, pair(), NOW_MS)
    with pytest.raises(Declined) as declined:
        trading.desk.place_oco(ALICE, pair(), NOW_MS)
    assert declined.value.facts == {"client_id": "7", "order_id": oco.id}
    assert trading.desk.place_oco(BOB, pair(), NOW_MS).id > oco.id, "others may have it"
    for asked in ({"order_id": 5}, {"client_id": "8"}):
        with pytest.raises(Declined) as declined:
            trading.desk.cancel_oco(ALICE, NOW_MS, **asked)
        assert declined.value.facts == {"order_id": 0, "client_id": ""} | asked


def test_of_a_list_of_names_those_that_there_are_are_cancelled() -> None:
    trading = Trading()
    order = placed(trading)
    done = trading.desk.cancel_many(ALICE, "LTC-USDT", NOW_MS, client_ids=("mine", "yours"), whole=False)
    assert done.cancelled == [order]
    assert [(name, why.reason) for name, why in done.failed] == [("yours", Reason.NO_SUCH_ORDER)]
    assert order.status is OrderStatus.CANCELED


def test_an_order_is_replaced_by_its_name_and_in_the_state_that_was_asked_for() -> None:
    trading = Trading()
    first = placed(trading)
    new = bid(client_id="next")
    kept = trading.desk.replace(ALICE, new, NOW_MS, client_id="mine", only_if=OrderStatus.NEW)
    assert isinstance(kept.cancelled, Declined)
    assert kept.cancelled.reason is Reason.OTHER_STATUS
    done = trading.desk.replace(ALICE, new, NOW_MS, client_id="mine")
    assert done.cancelled is first
    longer = bid(client_id="", price=Decimal("99.001"))
    refused = trading.desk.replace(ALICE, longer, NOW_MS, client_id="next", cuts=False)
    assert isinstance(refused.placed, Declined)
    assert refused.placed.reason is Reason.TOO_MANY_DECIMALS


def told(report: Report) -> tuple[object, ...]:
    order, fill = report.order, report.fill
    trade = None if fill is None else (fill.quantity, fill.price, fill.fee, fill.is_maker, fill.side)
    return order.client_id, report.execution, report.status, report.filled, report.value, trade


def test_each_thing_that_happens_to_an_order_is_reported_as_it_stood_then() -> None:
    trading = Trading()
    reports: list[Report] = []
    times = set()

    def hear(heard: list[Report], at_ms: int) -> None:
        reports.extend(heard)
        times.add(at_ms)

    trading.desk.on_reports = hear
    order = placed(trading, quantity=Decimal("1.5"), price=Decimal(100))
    seller = trading.limit(BOB, SELL, "1", "100")
    trading.desk.cancel(ALICE, None, NOW_MS, client_id="mine")
    step, fee = 10_000, Decimal("0.001")
    partly, pending = OrderStatus.PARTIALLY_FILLED, OrderStatus.PENDING
    bought = (step, 10_000, fee, True, BUY)
    sold = (step, 10_000, 100 * fee, False, SELL)
    assert [told(report) for report in reports] == [
        ("mine", "NEW", pending, 0, 0, None),
        ("", "NEW", pending, 0, 0, None),
        ("", "TRADE", OrderStatus.FILLED, step, step * 10_000, sold),
        ("mine", "TRADE", partly, step, step * 10_000, bought),
        ("mine", "CANCELED", OrderStatus.CANCELED, step, step * 10_000, None),
    ]
    assert times == {NOW_MS}
    [fill] = trading.desk.records.fills(ALICE, None)
    assert (fill.uid, fill.order_id, fill.instrument, fill.at_ms) == (ALICE, order.id, LTC, NOW_MS)
    assert (seller.fee, seller.updated_ms) == (100 * fee, NOW_MS)


def test_an_order_that_fills_in_two_commands_has_both_its_parts() -> None:
    trading = Trading()
    order = placed(trading, quantity=Decimal(2), price=Decimal(100))
    trading.limit(BOB, SELL, "0.5", "100")
    trading.now_ms += 5
    trading.limit(BOB, SELL, "0.75", "100")
    assert (order.filled, order.value, order.fee) == (12_500, 125_000_000, Decimal("0.00125"))
    assert order.updated_ms == NOW_MS + 5


def test_fees_of_several_sellers_and_of_several_buyers_are_all_charged() -> None:
    trading = Trading()
    for side, price in ((SELL, "101"), (BUY, "99")):
        for _ in range(2):
            trading.limit(BOB, side, "1", price)
        trading.limit(ALICE, side.other, "2", price)
    for asset, fee in (("LTC", Decimal("0.008")), ("USDT", Decimal("0.8"))):
        assert trading.ledger.balance(0, "fees", asset).free * 2 == fee
    trading.ledger.assert_conserved()
