"""Each filter at its edge, from both sides, and which of two that object answers.

The market's price is 100, its tick 0.01 and step 0.0001; an order is worth 5 to 500,000.
"""

from contextlib import suppress
from decimal import Decimal

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from trading.place import ALICE, BOB, BUY, LTC, MARKET, SELL, Trading

from bingx_fake.market.stall import Listing
from bingx_fake.trading.settlement import Rates
from bingx_fake.venue.commands import Delist, Halt, SetMark
from bingx_fake.venue.filters import MOST_OPEN, Declined, Reason
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOrder, OrderStatus, OrderType

LIMIT, MARKET_ORDER = OrderType.LIMIT, OrderType.MARKET
STOP_LIMIT, STOP_MARKET = OrderType.TAKE_STOP_LIMIT, OrderType.TAKE_STOP_MARKET


def rich() -> Trading:
    """Alice can pay for anything."""
    trading = Trading()
    for asset in ("USDT", "LTC"):
        trading.ledger.credit(ALICE, "spot", asset, Decimal(10_000_000))
    return trading


def declined(trading: Trading, side: Side, kind: OrderType, **asked: str) -> Reason | None:
    """Why an order of Alice's is declined; None where it is taken."""
    numbers = {name: Decimal(text) for name, text in asked.items()}
    try:
        trading.place(ALICE, side, kind, **numbers)
    except Declined as refusal:
        return refusal.reason
    return None


EDGES = [
    # side, type, what is asked for just inside, just outside, and why that is declined
    (BUY, LIMIT, "quantity=0.05 price=100", "quantity=0.0499 price=100", Reason.TOO_LITTLE),
    (SELL, LIMIT, "quantity=0.05 price=100", "quantity=0.05 price=99.99", Reason.TOO_LITTLE),
    (BUY, LIMIT, "quantity=5000 price=100", "quantity=5000.0001 price=100", Reason.TOO_MUCH),
    (BUY, LIMIT, "quantity=1 price=500", "quantity=1 price=500.01", Reason.PRICE_TOO_HIGH),
    (SELL, LIMIT, "quantity=1 price=500", "quantity=1 price=500.01", Reason.PRICE_TOO_HIGH),
    (BUY, LIMIT, "quantity=1 price=20", "quantity=1 price=19.99", Reason.PRICE_TOO_LOW),
    (SELL, LIMIT, "quantity=1 price=20", "quantity=1 price=19.99", Reason.PRICE_TOO_LOW),
    (BUY, LIMIT, "quantity=1 price=20", "quantity=1 price=0.009", Reason.PRICE_NOT_POSITIVE),
    (BUY, LIMIT, "amount=5 price=20", "amount=4.9999 price=20", Reason.TOO_LITTLE),
    (SELL, LIMIT, "amount=5 price=20", "amount=0.0019 price=20", Reason.NOTHING_WANTED),
    (BUY, LIMIT, "quantity=1 price=20", "quantity=0.00009 price=20", Reason.NOTHING_WANTED),
    (BUY, MARKET_ORDER, "quantity=0.05", "quantity=0.0499", Reason.TOO_LITTLE),
    (SELL, MARKET_ORDER, "quantity=0.05", "quantity=0.0499", Reason.TOO_LITTLE),
    (SELL, MARKET_ORDER, "quantity=5000", "quantity=5000.0001", Reason.TOO_MUCH),
    (BUY, MARKET_ORDER, "amount=5", "amount=4.999999", Reason.TOO_LITTLE),
    (BUY, MARKET_ORDER, "amount=500000", "amount=500000.000001", Reason.TOO_MUCH),
    (BUY, MARKET_ORDER, "amount=5", "", Reason.NOTHING_WANTED),
    (BUY, MARKET_ORDER, "amount=5", "amount=0.0099", Reason.NOTHING_WANTED),
    (BUY, MARKET_ORDER, "amount=5", "quantity=0", Reason.NOTHING_WANTED),
    (SELL, MARKET_ORDER, "amount=5", "amount=4.9999", Reason.TOO_LITTLE),
    # An order that waits is valued at its limit, or where it has none at its stop price.
    (BUY, STOP_MARKET, "quantity=0.1 stop=50", "quantity=0.1 stop=49.99", Reason.TOO_LITTLE),
    (
        SELL,
        STOP_LIMIT,
        "quantity=0.1 stop=90 price=50",
        "quantity=0.1 stop=90 price=49.99",
        Reason.TOO_LITTLE,
    ),
    (
        SELL,
        STOP_LIMIT,
        "quantity=1 stop=900 price=500",
        "quantity=1 stop=900 price=500.01",
        Reason.PRICE_TOO_HIGH,
    ),
]


@pytest.mark.parametrize(("side", "kind", "inside", "outside", "reason"), EDGES)
def test_each_filter_takes_what_is_just_inside_and_declines_what_is_just_outside(
    side: Side, kind: OrderType, inside: str, outside: str, reason: Reason
) -> None:
    answers = []
    for words in (inside, outside):
        asked = dict(word.split("=") for word in words.split())
        answers.append(declined(rich(), side, kind, **asked))
    assert answers == [None, reason]


def test_the_price_is_compared_with_the_index_and_not_with_the_last() -> None:
    trading = rich()
    trading.floor.apply(SetMark(MARKET, 20_000), trading.now_ms)
    trading.floor.stalls[MARKET].market.index = 20_000
    assert declined(trading, BUY, LIMIT, quantity="1", price="1000") is None
    assert declined(trading, BUY, LIMIT, quantity="1", price="39.99") is Reason.PRICE_TOO_LOW


def test_a_price_too_far_away_is_told_with_every_number_behind_it() -> None:
    with pytest.raises(Declined) as refusal:
        Trading().limit(ALICE, BUY, "1", "500.01")
    assert refusal.value.facts == {
        "price": Decimal("500.01"),
        "index": Decimal(100),
        "last": Decimal(100),
        "highest": Decimal(500),
        "lowest": Decimal(20),
        "highest_ratio": Decimal(5),
        "lowest_ratio": Decimal("0.2"),
    }


def test_an_order_worth_too_little_is_told_how_many_steps_would_pass() -> None:
    with pytest.raises(Declined) as refusal:
        Trading().limit(ALICE, BUY, "0.01", "73.57")
    assert refusal.value.facts == {
        "value": Decimal("0.7357"),
        "least": Decimal(5),
        "quantity": Decimal("0.01"),
        "least_quantity": Decimal("0.068"),
    }
    assert Trading().limit(ALICE, BUY, "0.068", "73.57").is_open


def test_an_order_worth_too_much_is_told_how_many_steps_would_pass() -> None:
    with pytest.raises(Declined) as refusal:
        rich().limit(ALICE, SELL, "9999", "73.57")
    assert refusal.value.facts["most_quantity"] == Decimal("6796.2484")
    assert rich().limit(ALICE, SELL, "6796.2484", "73.57").is_open


def test_what_an_order_needs_may_be_all_that_is_free_and_no_more() -> None:
    trading = Trading()
    trading.limit(ALICE, BUY, "20", "100")
    assert declined(trading, BUY, LIMIT, quantity="80.0001", price="100") is Reason.TOO_LITTLE_FUNDS
    assert declined(trading, BUY, LIMIT, quantity="80", price="100") is None
    assert declined(trading, SELL, LIMIT, quantity="100.0001", price="100.01") is Reason.TOO_LITTLE_FUNDS
    assert declined(trading, SELL, LIMIT, quantity="100", price="100.01") is None


def test_a_market_order_needs_one_and_a_half_percent_more_than_the_last_price() -> None:
    trading = Trading()  # 10,000 over 101.50
    assert declined(trading, BUY, MARKET_ORDER, quantity="98.5222") is Reason.TOO_LITTLE_FUNDS
    assert declined(trading, BUY, MARKET_ORDER, quantity="98.5221") is None


def test_numbers_with_too_many_decimals_are_cut_or_where_they_are_not_declined() -> None:
    trading = Trading()
    order = trading.limit(ALICE, BUY, "1.23459", "99.999")
    assert (LTC.quantity(order.quantity), LTC.price(order.price)) == (Decimal("1.2345"), Decimal("99.99"))
    for quantity, price, name in (("1.23459", "99.99", "quantity"), ("1", "99.999", "price")):
        new = NewOrder(
            symbol="LTC-USDT", side=BUY, type=LIMIT, quantity=Decimal(quantity), price=Decimal(price)
        )
        with pytest.raises(Declined) as refusal:
            trading.desk.place(ALICE, new, trading.now_ms, cuts=False)
        assert (refusal.value.reason, refusal.value.facts["name"]) == (Reason.TOO_MANY_DECIMALS, name)


def test_a_user_has_a_thousand_open_orders_and_no_more() -> None:
    trading = rich()
    orders = [trading.limit(ALICE, BUY, "1", "50") for _ in range(MOST_OPEN)]
    assert declined(trading, SELL, STOP_MARKET, quantity="1", stop="90") is Reason.TOO_MANY_OPEN
    trading.limit(BOB, BUY, "1", "50")
    trading.desk.cancel(ALICE, "LTC-USDT", trading.now_ms, order_id=orders[0].id)
    assert declined(trading, SELL, STOP_MARKET, quantity="1", stop="90") is None


def test_a_name_may_come_again_when_the_order_is_found_by_it_no_more() -> None:
    trading = Trading()

    def place(uid: int) -> Reason | None:
        new = NewOrder(
            symbol="LTC-USDT",
            side=BUY,
            type=LIMIT,
            quantity=Decimal(1),
            price=Decimal(90),
            client_id="mine_1",
        )
        try:
            trading.desk.place(uid, new, trading.now_ms)
        except Declined as refusal:
            return refusal.reason
        return None

    assert place(ALICE) is None
    trading.now_ms += 86_400_000
    assert place(ALICE) is Reason.CLIENT_ID_TAKEN
    assert place(BOB) is None
    trading.desk.cancel(ALICE, "LTC-USDT", trading.now_ms, client_id="mine_1")
    trading.now_ms += 7_199_999
    assert place(ALICE) is Reason.CLIENT_ID_TAKEN
    trading.now_ms += 1
    with pytest.raises(Declined):
        trading.desk.find(ALICE, "LTC-USDT", trading.now_ms, client_id="mine_1")
    assert place(ALICE) is None


@pytest.mark.parametrize(("command", "word"), [(Halt, "halted"), (Delist, "delisted")])
def test_a_market_that_does_not_trade_takes_no_order(command: type[Halt | Delist], word: str) -> None:
    trading = Trading()
    trading.floor.apply(command(MARKET), trading.now_ms)
    with pytest.raises(Declined) as refusal:
        trading.limit(ALICE, BUY, "1", "90")
    assert refusal.value.reason is Reason.NOT_TRADING
    assert refusal.value.facts == {"symbol": "LTC-USDT", "status": word}


def test_a_halt_leaves_orders_open_which_may_be_cancelled_and_a_delisting_cancels_them_all() -> None:
    trading = Trading()
    resting = trading.limit(ALICE, BUY, "1", "90")
    waiting = trading.place(ALICE, SELL, STOP_MARKET, quantity=Decimal(1), stop=Decimal(90))
    other = trading.limit(ALICE, BUY, "1", "91")
    trading.floor.apply(Halt(MARKET), trading.now_ms)
    assert (resting.status, waiting.status) == (OrderStatus.PENDING, OrderStatus.NEW)
    trading.desk.cancel(ALICE, "LTC-USDT", trading.now_ms, order_id=other.id)
    trading.floor.apply(Delist(MARKET), trading.now_ms)
    assert {resting.status, waiting.status, other.status} == {OrderStatus.CANCELED}
    assert [trading.has(ALICE, asset) for asset in ("USDT", "LTC")] == [("10000", "0"), ("100", "0")]


@pytest.mark.parametrize("status", [OrderStatus.NEW, OrderStatus.PENDING, OrderStatus.PARTIALLY_FILLED])
def test_a_cancel_may_be_for_one_state_only(status: OrderStatus) -> None:
    trading = Trading()
    orders = {
        OrderStatus.NEW: trading.place(ALICE, SELL, STOP_MARKET, quantity=Decimal(1), stop=Decimal(90)),
        OrderStatus.PARTIALLY_FILLED: trading.limit(ALICE, BUY, "1", "91"),
        OrderStatus.PENDING: trading.limit(ALICE, BUY, "1", "90"),
    }
    trading.limit(BOB, SELL, "0.5", "91")
    for order in orders.values():
        if order.status is status:
            trading.desk.cancel(ALICE, "LTC-USDT", trading.now_ms, order_id=order.id, only_if=status)
            assert order.status is OrderStatus.CANCELED
            continue
        with pytest.raises(Declined) as refusal:
            trading.desk.cancel(ALICE, "LTC-USDT", trading.now_ms, order_id=order.id, only_if=status)
        assert refusal.value.reason is Reason.OTHER_STATUS
        assert order.is_open


def test_each_pays_by_rates_of_its_own() -> None:
    trading = Trading()
    trading.desk.own_rates[ALICE] = Rates(maker=Decimal("0.0001"), taker=Decimal("0.000325"))
    trading.limit(BOB, SELL, "2", "100")
    trading.limit(ALICE, BUY, "1", "100")
    trading.limit(ALICE, BUY, "1", "99")
    trading.limit(BOB, SELL, "1", "99")
    assert trading.has(ALICE, "LTC") == ("101.999575", "0")
    assert trading.has(BOB, "USDT") == ("10198.801", "0")


CHECKS = [
    # Each row breaks all that the rows after it break; the first reason answers.
    (Reason.NOT_TRADING, {"halted": "1", "price": "0", "quantity": "0"}),
    (Reason.PRICE_NOT_POSITIVE, {"price": "0", "quantity": "0"}),
    (Reason.NOTHING_WANTED, {"price": "1", "quantity": "0"}),
    (Reason.PRICE_TOO_LOW, {"price": "1", "quantity": "0.01"}),
    (Reason.TOO_LITTLE, {"price": "20", "quantity": "0.01", "client_id": "taken"}),
    (Reason.CLIENT_ID_TAKEN, {"price": "90", "quantity": "200", "client_id": "taken"}),
    (Reason.TOO_MANY_OPEN, {"price": "90", "quantity": "200"}),
]


@pytest.mark.parametrize(("reason", "asked"), CHECKS)
def test_an_order_with_two_faults_is_declined_for_the_first_of_them(
    reason: Reason, asked: dict[str, str]
) -> None:
    trading = Trading()
    for number in range(MOST_OPEN):
        new = NewOrder(
            symbol="LTC-USDT",
            side=SELL,
            type=STOP_MARKET,
            quantity=Decimal("0.1"),
            stop=Decimal(60),
            client_id="taken" if number == 0 else "",
        )
        trading.desk.place(ALICE, new, trading.now_ms)
    if "halted" in asked:
        trading.floor.apply(Halt(MARKET), trading.now_ms)
    with pytest.raises(Declined) as refusal:
        trading.place(
            ALICE,
            BUY,
            LIMIT,
            price=Decimal(asked["price"]),
            quantity=Decimal(asked["quantity"]),
            client_id=asked.get("client_id", ""),
        )
    assert refusal.value.reason is reason


def test_times_in_force() -> None:
    """What of 2 is bought where 1.5 are offered, and what becomes of the order."""
    became = {}
    for in_force in TimeInForce:
        trading = Trading()
        trading.limit(BOB, SELL, "1.5", "100")
        order = trading.limit(ALICE, BUY, "2", "100", in_force)
        became[in_force.value] = (LTC.quantity(order.filled), order.status.value)
    assert became == {
        "GTC": (Decimal("1.5"), "PARTIALLY_FILLED"),
        "IOC": (Decimal("1.5"), "CANCELED"),
        "FOK": (Decimal(0), "CANCELED"),
        "PostOnly": (Decimal(0), "CANCELED"),
    }


def test_what_would_trade_with_an_own_order_is_cancelled_and_the_own_order_stays() -> None:
    trading = Trading()
    trading.limit(BOB, SELL, "1", "99")
    own = trading.limit(ALICE, SELL, "1", "100")
    order = trading.limit(ALICE, BUY, "2", "101")
    assert (order.status, LTC.quantity(order.filled)) == (OrderStatus.CANCELED, Decimal(1))
    assert own.status is OrderStatus.PENDING
    assert trading.has(ALICE, "USDT") == ("9901", "0")


NUMBERS = st.builds(
    lambda whole, places, digits: Decimal(f"{whole}.{digits[:places] or '0'}"),
    st.integers(0, 10**30 - 1) | st.integers(0, 1_000_000),
    st.integers(0, 20),
    st.text("0123456789", min_size=20, max_size=20),
)


@given(
    tick=st.integers(0, 10),
    step=st.integers(0, 10),
    opening=st.integers(2, 10**12),
    side=st.sampled_from(Side),
    kind=st.sampled_from(OrderType),
    numbers=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("quantity", "amount", "price", "stop"), NUMBERS)
    ),
)
@example(
    tick=0,
    step=8,
    opening=2,
    side=BUY,
    kind=OrderType.TAKE_STOP_MARKET,
    numbers={"quantity": Decimal("100000000000000000000000001.00000001"), "stop": Decimal(10**26 - 1)},
)
@example(
    tick=10,
    step=10,
    opening=2,
    side=SELL,
    kind=OrderType.TAKE_STOP_MARKET,
    numbers={"quantity": 10**30 - Decimal("1e-20"), "stop": 10**30 - Decimal("1e-20")},
)
def test_whatever_numbers_are_asked_for_on_whatever_market_are_taken_or_declined(
    tick: int, step: int, opening: int, side: Side, kind: OrderType, numbers: dict[str, Decimal]
) -> None:
    trading = Trading()
    instrument = msgspec.structs.replace(
        LTC, symbol="X-USDT", tick=Decimal(1).scaleb(-tick), step=Decimal(1).scaleb(-step)
    )
    trading.floor.add(Listing(instrument=instrument, opening=opening, has_past=False), trading.now_ms)
    with suppress(Declined):
        new = NewOrder(symbol="X-USDT", side=side, type=kind, **numbers)  # type: ignore[arg-type]
        order = trading.desk.place(ALICE, new, trading.now_ms)
        assert order.quantity or order.budget
    trading.ledger.assert_conserved()
