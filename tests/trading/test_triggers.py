"""Orders that wait: which of them come first when a price reaches several, and what of those behind."""

from decimal import Decimal

from trading.place import ALICE, BOB, BUY, LTC, MARKET, SELL, Trading

from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOco, OrderStatus, OrderType, SpotOrder

CAROL = 3
STOP_MARKET, TRIGGER_LIMIT = OrderType.TAKE_STOP_MARKET, OrderType.TRIGGER_LIMIT


def with_carol() -> Trading:
    trading = Trading()
    for asset, amount in (("USDT", 10_000), ("LTC", 100)):
        trading.ledger.credit(CAROL, "spot", asset, Decimal(amount))
    return trading


def stop(trading: Trading, uid: int, side: Side, price: str, quantity: str = "1") -> SpotOrder:
    return trading.place(uid, side, STOP_MARKET, quantity=Decimal(quantity), stop=Decimal(price))


def prices_of(trading: Trading, order: SpotOrder) -> list[Decimal]:
    fills = trading.desk.records.fills(order.uid, None, order_id=order.id)
    return [LTC.price(fill.price) for fill in fills][::-1]


def test_the_nearest_stop_price_comes_first_and_of_one_price_the_older() -> None:
    trading = with_carol()
    far, near = stop(trading, ALICE, SELL, "92"), stop(trading, ALICE, SELL, "95")
    younger = stop(trading, CAROL, SELL, "92")
    for price in ("91", "90.5", "90"):
        trading.limit(BOB, BUY, "1", price)
    trading.floor.trade(MARKET, SELL, 1, trading.now_ms)  # at 91, which all of them have waited for
    trading.limit(BOB, BUY, "1", "89")
    assert prices_of(trading, near)[0] == Decimal(91)
    assert prices_of(trading, far) == [Decimal("90.5"), Decimal(90)]
    assert prices_of(trading, younger) == [Decimal(90)]


def test_those_that_a_price_reaches_come_before_those_that_their_trades_reach() -> None:
    trading = with_carol()
    first, second = stop(trading, ALICE, SELL, "95"), stop(trading, ALICE, SELL, "94")
    third = stop(trading, CAROL, SELL, "91")
    for price in ("93", "91", "90", "89"):
        trading.limit(BOB, BUY, "1", price)
    trading.floor.trade(MARKET, SELL, 10_000, trading.now_ms)
    assert [prices_of(trading, order) for order in (first, second, third)] == [
        [Decimal(91)],
        [Decimal(90)],
        [Decimal(89)],
    ]


def test_an_order_that_waited_for_a_fall_comes_before_one_that_waited_for_a_rise() -> None:
    trading = with_carol()
    rising = stop(trading, CAROL, BUY, "101")
    falling = stop(trading, ALICE, BUY, "99")
    for price in ("98", "102"):
        trading.limit(BOB, SELL, "1", price)
    trading.limit(BOB, SELL, "5", "103")
    # One order trades at 98 and at 102, and reaches both.
    trading.floor.trade(MARKET, BUY, 20_000, trading.now_ms)
    fills = trading.desk.records.fills
    assert [order.status for order in (rising, falling)] == [OrderStatus.CANCELED, OrderStatus.CANCELED]
    first, second = (
        min(fill.trade_id for fill in fills(order.uid, None, order_id=order.id))
        for order in (falling, rising)
    )
    assert first < second


def test_an_order_that_failed_because_of_one_before_it_does_not_trade() -> None:
    trading = with_carol()
    oco = trading.desk.place_oco(
        ALICE,
        NewOco(
            symbol="LTC-USDT",
            side=SELL,
            quantity=Decimal(1),
            limit=Decimal(104),
            trigger=Decimal(95),
            price=Decimal(90),
        ),
        trading.now_ms,
    )
    limit, waiting = trading.desk.records.legs(oco)
    buys = trading.place(CAROL, BUY, TRIGGER_LIMIT, quantity=Decimal(1), stop=Decimal(96), price=Decimal(104))
    trading.move("95")  # which reaches both; what Carol buys is what Alice's limit leg sells
    assert (buys.status, limit.status) == (OrderStatus.FILLED, OrderStatus.FILLED)
    assert (waiting.status, waiting.filled) == (OrderStatus.FAILED, 0)
    assert trading.has(ALICE, "LTC") == ("99", "0")


def test_an_order_for_an_amount_is_filled_when_what_is_left_buys_no_step() -> None:
    trading = Trading()
    trading.limit(BOB, SELL, "0.5", "100")
    trading.limit(BOB, SELL, "0.5", "110")
    order = trading.place(ALICE, BUY, OrderType.MARKET, amount=Decimal("50.0109"))
    assert (order.status, LTC.quantity(order.filled)) == (OrderStatus.FILLED, Decimal("0.5"))
    assert trading.has(ALICE, "USDT") == ("9950", "0")


def test_an_order_for_an_amount_is_filled_when_it_is_spent_and_cancelled_when_nobody_sells_any_more() -> None:
    for amount, status in (("50", OrderStatus.FILLED), ("50.01", OrderStatus.CANCELED)):
        trading = Trading()
        trading.limit(BOB, SELL, "0.5", "100")
        order = trading.place(ALICE, BUY, OrderType.MARKET, amount=Decimal(amount))
        assert (order.status, LTC.quantity(order.filled)) == (status, Decimal("0.5"))
