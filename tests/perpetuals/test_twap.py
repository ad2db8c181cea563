"""Orders that are carried out in slices, one after a while."""

from decimal import Decimal
from typing import Any

import pytest
import requests
from perpetuals.perps import ALICE, BOTH, BUY, LONG, SELL, SHORT, Perps
from support.sender import NOW_MS, Reply, Sender

from bingx_fake import FakeExchange
from bingx_fake.market.house import Ladder
from bingx_fake.perpetuals.funding import next_funding_ms
from bingx_fake.perpetuals.orders import PerpOrder, PerpType, PositionSide
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.perpetuals.twap_orders import Twap, TwapStatus
from bingx_fake.venue.commands import Halt, Resume
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side

SYMBOL = "LTC-USDT"
TWAP = "/openApi/swap/v1/twap"


@pytest.fixture
def perps() -> Perps:
    """The house stands ready around 100, at 99.99 and 100.01, with 50 LTC at least at each price."""
    return Perps(Ladder())


def place(perps: Perps, side: Side = BUY, trigger: str = "110", **changed: Any) -> Twap:
    """An order for 1 LTC in slices of 0.5, every eight seconds."""
    wanted: dict[str, Any] = {"is_percentage": False, "variance": Decimal(1), "interval_ms": 8_000}
    wanted |= {"each": Decimal("0.5"), "total": Decimal(1), **changed}
    position_side: PositionSide = LONG
    return perps.desk.place_twap(
        *(ALICE, SYMBOL, side, position_side, perps.now_ms), trigger=Decimal(trigger), **wanted
    )


def wait(perps: Perps, seconds: int) -> None:
    perps.now_ms += 1_000 * seconds
    perps.agenda.run(perps.now_ms)


def orders(perps: Perps) -> list[PerpOrder]:
    return list(perps.desk.records.of(ALICE).orders.values())


def test_two_slices_at_eight_seconds_take_sixteen(perps: Perps) -> None:
    twap = place(perps)
    wait(perps, 7)
    assert (twap.status, orders(perps)) == (TwapStatus.NEW, [])
    wait(perps, 1)
    assert (twap.status, twap.filled) == (TwapStatus.RUNNING, 5)
    wait(perps, 8)
    assert (twap.status, twap.filled) == (TwapStatus.FILLED, 10)
    assert twap.updated_ms - twap.created_ms == 16_000
    wait(perps, 60)
    assert perps.position(ALICE).quantity == 10


def test_each_slice_is_an_order_that_leaves_nothing_in_the_book(perps: Perps) -> None:
    twap = place(perps)
    wait(perps, 16)
    first, second = orders(perps)
    assert [first.id, second.id] == twap.orders
    for order in (first, second):
        assert (order.type, order.time_in_force, order.main) == (PerpType.LIMIT, TimeInForce.IOC, twap.id)
        assert (order.position_side, order.fee) == (BOTH, Decimal("0.0250025")), "0.5 × 100.01 × 0.05 %"


def test_the_last_slice_has_what_is_left(perps: Perps) -> None:
    place(perps, total=Decimal("1.2"))
    wait(perps, 24)
    assert [order.quantity for order in orders(perps)] == [5, 5, 2]


@pytest.mark.parametrize(
    ("side", "trigger", "waits_at", "trades_at"), [(BUY, "100", "100", "99"), (SELL, "100", "100", "101")]
)
def test_it_buys_only_below_its_trigger_and_sells_only_above(
    perps: Perps, side: Side, trigger: str, waits_at: str, trades_at: str
) -> None:
    twap = place(perps, side, trigger)
    perps.move(waits_at)
    wait(perps, 80)
    assert (twap.status, twap.filled) == (TwapStatus.NEW, 0)
    perps.move(trades_at)
    wait(perps, 8)
    assert twap.filled == 5


@pytest.mark.parametrize(
    ("is_percentage", "variance", "limit"),
    [(False, "0.02", 10_002), (True, "0.5", 10_050), (False, "20", 11_000)],
)
def test_a_slice_trades_no_farther_away_than_the_variance_and_the_trigger(
    perps: Perps, is_percentage: bool, variance: str, limit: int
) -> None:
    place(perps, is_percentage=is_percentage, variance=Decimal(variance))
    wait(perps, 8)
    assert [order.price for order in orders(perps)] == [limit]


def test_what_a_slice_did_not_get_is_tried_again_with_the_next(perps: Perps) -> None:
    twap = place(perps, variance=Decimal(0))
    wait(perps, 24)
    assert [order.filled for order in orders(perps)] == [0, 0, 0], (
        "100.01 is asked, and 100 is the last price"
    )
    assert twap.status is TwapStatus.RUNNING


def test_a_halt_leaves_slices_out(perps: Perps) -> None:
    twap = place(perps)
    perps.floor.apply(Halt(("swap", SYMBOL)), perps.now_ms)
    wait(perps, 16)
    assert orders(perps) == []
    perps.floor.apply(Resume(("swap", SYMBOL)), perps.now_ms)
    wait(perps, 16)
    assert twap.status is TwapStatus.FILLED


def test_a_slice_that_is_due_while_funding_is_settled_is_left_out(perps: Perps) -> None:
    perps.market(ALICE, BUY, "1")
    wait(perps, (next_funding_ms(perps.now_ms) - perps.now_ms) // 1_000 - 8)
    twap = place(perps)
    wait(perps, 8)
    assert (twap.status, twap.filled) == (TwapStatus.NEW, 0)
    wait(perps, 16)
    assert twap.status is TwapStatus.FILLED


def test_it_is_cancelled_with_what_is_left(perps: Perps) -> None:
    early, late = place(perps), place(perps)
    perps.desk.cancel_twap(ALICE, early.id, perps.now_ms)
    wait(perps, 8)
    perps.desk.cancel_twap(ALICE, late.id, perps.now_ms)
    wait(perps, 80)
    assert (early.status, early.filled) == (TwapStatus.CANCELLED, 0)
    assert (late.status, late.filled) == (TwapStatus.REST_CANCELLED, 5)
    with pytest.raises(Declined) as declined:
        perps.desk.cancel_twap(ALICE, late.id, perps.now_ms)
    assert declined.value.reason is Reason.FINISHED


def test_after_a_day_what_is_left_is_cancelled(perps: Perps) -> None:
    twap = place(perps, trigger="99", interval_ms=120_000)
    wait(perps, 86_400)
    assert twap.status.is_open
    wait(perps, 120)
    assert twap.status is TwapStatus.CANCELLED
    assert not list(perps.agenda)


def test_a_slice_that_is_declined_ends_it(perps: Perps) -> None:
    twap = place(perps, each=Decimal(400), total=Decimal(800))
    wait(perps, 8)
    assert twap.filled
    wait(perps, 16)
    assert twap.status is TwapStatus.REST_FAILED


def test_one_that_would_take_longer_than_a_day_is_declined(perps: Perps) -> None:
    with pytest.raises(Declined) as declined:
        place(perps, interval_ms=120_000, each=Decimal("0.1"), total=Decimal("72.1"))
    assert declined.value.reason is Reason.TWAP_TOO_LONG
    place(perps, interval_ms=120_000, each=Decimal("0.1"), total=Decimal(72))


def test_slices_are_no_larger_than_the_whole_and_worth_something(perps: Perps) -> None:
    with pytest.raises(Declined) as declined:
        place(perps, each=Decimal(2))
    assert declined.value.reason is Reason.SLICE_TOO_LARGE
    perps.move("10")
    with pytest.raises(Declined) as declined:
        place(perps, each=Decimal("0.1"))
    assert declined.value.reason is Reason.TOO_LITTLE


def test_in_hedge_mode_it_closes_the_position_that_it_names() -> None:
    perps = Perps(Ladder(), is_hedging=True)
    perps.market(ALICE, BUY, "2", position_side=LONG)
    perps.market(ALICE, SELL, "1", position_side=SHORT)
    place(perps, SELL, "90")
    wait(perps, 16)
    assert perps.position(ALICE).quantity == 10
    assert perps.position(ALICE, is_long=False).quantity == 10


def test_the_mode_and_the_type_of_margin_stay_while_it_is_open(perps: Perps) -> None:
    twap = place(perps)
    with pytest.raises(Declined) as declined:
        perps.desk.set_mode(ALICE, is_hedging=True)
    assert declined.value.reason is Reason.TWAP_OPEN
    with pytest.raises(Declined) as declined:
        perps.desk.set_margin_type(ALICE, SYMBOL, is_isolated=True)
    assert declined.value.reason is Reason.TWAP_OPEN
    perps.desk.cancel_twap(ALICE, twap.id, perps.now_ms)
    perps.desk.set_mode(ALICE, is_hedging=True)


def test_who_is_taken_away_takes_it_with_him(perps: Perps) -> None:
    place(perps)
    perps.desk.forget(ALICE, perps.now_ms)
    wait(perps, 80)
    assert not list(perps.agenda)


# As a client sends and reads them


WANTED = {
    "symbol": "BTC-USDT",
    "side": "BUY",
    "positionSide": "LONG",
    "priceType": "constant",
    "priceVariance": "10",
    "triggerPrice": "70000",
    "interval": "8",
    "amountPerOrder": "0.0001",
    "totalAmount": "0.0002",
}


def ask(sender: Sender, path: str, seconds: int, method: str = "GET", **sent: str | int) -> Reply:
    """Send a request so many seconds after the beginning."""
    return sender.call(method, path, sent, timestamp=NOW_MS + 1_000 * seconds)


def test_it_is_placed_looked_at_while_it_runs_and_found_afterwards(sender: Sender) -> None:
    main = sender.post(f"{TWAP}/order", **WANTED).data["mainOrderId"]
    sender.exchange.clock.advance(ms=8_000)
    (listed,) = ask(sender, f"{TWAP}/openOrders", 8).data["list"]
    assert (listed["orderStatus"], listed["executedQty"], listed["duration"]) == ("Running", "0.0001", 8)
    (slice_order,) = ask(sender, "/openApi/swap/v1/trade/fullOrder", 8).data["orders"]
    assert (slice_order["isTwap"], slice_order["mainOrderId"]) == (True, main)
    sender.exchange.clock.advance(ms=20_000)
    told = ask(sender, f"{TWAP}/orderDetail", 28, mainOrderId=main).data
    assert (told["orderStatus"], told["duration"], told["maxDuration"]) == ("Filled", 16, 86400)
    span: dict[str, Any] = {"startTime": NOW_MS, "endTime": NOW_MS}
    past = ask(sender, f"{TWAP}/historyOrders", 28, pageIndex="1", pageSize="100", **span).data
    assert ([row["mainOrderId"] for row in past["list"]], past["total"]) == ([main], 1)
    assert ask(sender, f"{TWAP}/openOrders", 28).data["list"] == []
    assert ask(sender, f"{TWAP}/cancelOrder", 28, "POST", mainOrderId=main).code == 109422


def test_one_that_is_saved_goes_on_where_it_stood() -> None:
    with FakeExchange(frozen_at_ms=NOW_MS) as first:
        main = Sender(first).post(f"{TWAP}/order", **WANTED).data["mainOrderId"]
        first.clock.advance(ms=9_000)
        saved = requests.get(f"{first.control_url}/state?run=1", timeout=10).json()
        with FakeExchange(state=saved, frozen_at_ms=NOW_MS + 9_000) as second:
            assert requests.get(f"{second.control_url}/state?run=1", timeout=10).json() == saved
            for exchange in (first, second):
                exchange.clock.advance(ms=7_000)
            told = [
                ask(Sender(it), f"{TWAP}/orderDetail", 16, mainOrderId=main).data for it in (first, second)
            ]
    assert told[0] == told[1]
    assert (told[0]["orderStatus"], told[0]["duration"]) == ("Filled", 16)
