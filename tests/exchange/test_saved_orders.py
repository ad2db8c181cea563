"""Orders and fills in a state: they are kept, hold what they need, and go on where they stood."""

from decimal import Decimal
from typing import Any

import pytest
import requests
from support.sender import NOW_MS

from bingx_fake import FakeExchange, StateError
from bingx_fake.exchange import Exchange
from bingx_fake.state.files import read_form
from bingx_fake.state.saving import document_of
from bingx_fake.venue.filters import Declined
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOco, NewOrder, OrderType

USERS = [
    {
        "uid": 1,
        "balances": {"spot": {"USDT": {"free": "1000", "locked": "70"}, "LTC": {"free": "5", "locked": "2"}}},
        "settings": {"spot_fees": {"maker": "0.0001", "taker": "0.000325"}},
    },
    {"uid": 2, "balances": {"spot": {"USDT": "1000", "LTC": "50"}}},
]
MARKET = {"symbol": "LTC-USDT", "tick": "0.01", "step": "0.0001", "price": "100", "ladder": "none"}
BUYS = {"uid": 1, "id": 11, "symbol": "LTC-USDT", "side": "BUY", "type": "LIMIT", "at": 5}
RESTS = BUYS | {"price": "90", "quantity": "0.5"}
STOP = BUYS | {"id": 12, "side": "SELL", "type": "TAKE_STOP_MARKET", "stop": "95", "quantity": "2"}
STATE = {"users": USERS, "markets": [MARKET], "orders": [RESTS, STOP]}


def new(side: Side, kind: OrderType, **asked: str) -> NewOrder:
    numbers = {name: Decimal(text) for name, text in asked.items()}
    return NewOrder(symbol="LTC-USDT", side=side, type=kind, **numbers)  # type: ignore[arg-type]


def trade(exchange: Exchange) -> None:
    """Some of everything: filled, partly filled, cancelled, declined, waiting, reached, in pairs."""
    desk, now_ms = exchange.books.desk, exchange.clock.now_ms()
    buy, sell = Side.BUY, Side.SELL
    desk.place(2, new(sell, OrderType.LIMIT, quantity="3", price="101"), now_ms)
    desk.place(1, new(buy, OrderType.MARKET, amount="50"), now_ms)
    desk.place(1, new(buy, OrderType.LIMIT, quantity="0.5", price="101"), now_ms)
    desk.place(1, new(buy, OrderType.TRIGGER_MARKET, quantity="1", stop="120"), now_ms)
    desk.place(2, new(sell, OrderType.TRIGGER_LIMIT, quantity="1", stop="95", price="94"), now_ms)
    desk.place_oco(
        2,
        NewOco(
            symbol="LTC-USDT",
            side=sell,
            quantity=Decimal(2),
            limit=Decimal(130),
            trigger=Decimal(80),
            price=Decimal("79.5"),
            client_id="7",
            limit_client_id="8",
        ),
        now_ms,
    )
    cancelled = desk.place(2, new(buy, OrderType.LIMIT, quantity="1", price="70"), now_ms)
    desk.cancel(2, "LTC-USDT", now_ms, order_id=cancelled.id)
    with pytest.raises(Declined):
        desk.place(2, new(sell, OrderType.LIMIT, quantity="60", price="110"), now_ms)


def what_is_left(exchange: Exchange) -> list[Any]:
    """What further trades do, and what everybody has then."""
    desk, now_ms = exchange.books.desk, exchange.clock.now_ms()
    exchange.books.floor.move(("spot", "LTC-USDT"), 12_100, now_ms)
    exchange.books.floor.move(("spot", "LTC-USDT"), 7_900, now_ms)
    ids = sorted(desk.records.of(1).orders) + sorted(desk.records.of(2).orders)
    orders = [
        (order.status, order.filled, order.value, order.fee)
        for order_id in ids
        for uid in (1, 2)
        if (order := desk.records.of(uid).orders.get(order_id)) is not None
    ]
    ledger = exchange.books.ledger
    ledger.assert_conserved()
    return [orders, [ledger.balances(uid, "spot") for uid in (1, 2)]]


def test_an_exchange_with_orders_that_is_saved_and_loaded_again_is_the_same_and_goes_on_the_same() -> None:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as first:
        first.call(trade)
        saved = first.state
        with FakeExchange(state=saved, frozen_at_ms=NOW_MS) as second:
            assert second.state == saved
            assert first.call(what_is_left) == second.call(what_is_left)
            assert len(second.state["fills"]) > len(saved["fills"]) > 0


def test_orders_are_saved_in_lines_and_load_from_them(tmp_path: Any) -> None:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as first:
        first.call(trade)
        first.save(tmp_path / "saved.jsonl")
        with FakeExchange(state=tmp_path / "saved.jsonl", frozen_at_ms=NOW_MS) as second:
            assert second.state == first.state


def test_an_order_of_a_state_holds_of_what_is_locked_what_it_needs_and_control_the_rest() -> None:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as exchange:

        def holds(exchange: Exchange) -> list[dict[str, Decimal]]:
            ledger = exchange.books.ledger
            return [
                {f"{owner.kind} {owner.id}": held for owner, held in ledger.holds(1, "spot", asset).items()}
                for asset in ("USDT", "LTC")
            ]

        assert exchange.call(holds) == [
            {"control 0": Decimal(25), "order 11": Decimal(45)},
            {"order 12": Decimal(2)},
        ]


def test_ids_go_on_above_those_of_a_state() -> None:
    far = 9_000_000_000_000_000_000
    with FakeExchange(state=STATE | {"orders": [RESTS | {"id": far}]}, frozen_at_ms=NOW_MS) as exchange:
        order = exchange.call(
            lambda exchange: exchange.books.desk.place(
                2, new(Side.SELL, OrderType.LIMIT, quantity="1", price="110"), NOW_MS
            )
        )
        assert order.id > far


def test_a_users_own_rates_are_kept() -> None:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as exchange:
        assert exchange.state["users"][0]["settings"] == USERS[0]["settings"]
        assert exchange.call(lambda exchange: exchange.books.desk.rates(1).taker) == Decimal("0.000325")


@pytest.mark.parametrize(
    ("orders", "message"),
    [
        ([RESTS | {"uid": 3}], "orders.0.uid: there is no user 3"),
        ([RESTS, RESTS], "orders.1.id: 11 is given twice"),
        ([RESTS | {"symbol": "LTC-BTC"}], "orders.0.symbol: there is no market spot LTC-BTC"),
        ([RESTS | {"price": "90.001"}], "orders.0.price: 90.001 is not one or more whole ticks of 0.01"),
        ([RESTS | {"quantity": "0.00005"}], "orders.0.quantity: 0.00005 is not whole steps of 0.0001"),
        ([BUYS | {"quantity": "0.5"}], "orders.0.price: is missing: a LIMIT has one"),
        ([BUYS | {"price": "90"}], "orders.0.quantity: is missing: without one only market orders buy"),
        ([RESTS | {"type": "TRIGGER_LIMIT"}], "orders.0.stop: is missing: a TRIGGER_LIMIT waits for it"),
        ([RESTS | {"status": "FILLED"}], "orders.0.status: is not FILLED with 0 of 0.5 filled"),
        ([RESTS | {"type": "MARKET"}], "orders.0.status: is not PENDING: a MARKET order rests in no book"),
        (
            [RESTS | {"quantity": "1"}],
            "orders.0: needs 90 USDT locked in account spot of uid 1: account spot holds 70 USDT locked",
        ),
        (
            [RESTS, STOP | {"type": "LIMIT", "price": "90", "stop": None}],
            "orders.1.price: would trade with another order's, which rests as well",
        ),
        (
            [RESTS | {"client_id": "a"}, STOP | {"client_id": "a"}],
            "orders.1.client_id: a is another open order's",
        ),
        (
            [RESTS | {"oco": {"id": 9, "other": 12}}],
            "orders.0.oco.other: is no order of uid 1 on the same side",
        ),
    ],
)
def test_orders_that_cannot_be_are_refused_with_the_key_and_the_reason(
    orders: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(StateError) as refusal:
        FakeExchange(state=STATE | {"orders": orders})
    assert str(refusal.value).startswith(f"the state: {message}")


def test_a_state_with_an_order_that_cannot_be_changes_nothing_when_it_is_loaded() -> None:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as exchange:
        before = exchange.state
        with pytest.raises(StateError):
            exchange.load(STATE | {"orders": [RESTS | {"uid": 3}]})
        assert exchange.state == before
    assert read_form(STATE).orders


def test_a_form_with_orders_is_told_whole() -> None:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as exchange:
        exchange.call(trade)
        saved = exchange.state
    assert document_of(read_form(saved)) == saved


def test_orders_are_listed_by_user_and_status_in_the_words_of_a_state() -> None:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as exchange:
        exchange.call(trade)
        rows = exchange.state["orders"]
        listed = requests.get(f"{exchange.control_url}/orders", timeout=5).json()
        assert listed == exchange.orders() == sorted(rows, key=lambda row: row["id"])
        assert exchange.orders(2, "CANCELED") == [
            row for row in listed if (row["uid"], row["status"]) == (2, "CANCELED")
        ]
        still = requests.get(f"{exchange.control_url}/orders?uid=1&status=open", timeout=5).json()
        assert [(row["id"] > 100, row["type"], row["status"]) for row in still] == [
            (False, "LIMIT", "PENDING"),
            (False, "TAKE_STOP_MARKET", "NEW"),
            (True, "TRIGGER_MARKET", "NEW"),
        ]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("uid=3", "uid: there is no user 3"),
        ("uid=x", "uid: 'x' is not a number"),
        ("status=closed", "status: 'closed' is none of open, NEW, PENDING, PARTIALLY_FILLED, FILLED,"),
    ],
)
def test_a_user_or_status_that_there_is_not_is_told(query: str, message: str) -> None:
    with FakeExchange(state=STATE) as exchange:
        answer = requests.get(f"{exchange.control_url}/orders?{query}", timeout=5)
        assert answer.status_code == 400
        assert answer.json()["error"].startswith(message)


def test_a_test_asks_for_a_status_that_there_is() -> None:
    with FakeExchange(state=STATE) as exchange, pytest.raises(ValueError, match="'closed' is none of open"):
        exchange.orders(status="closed")


def test_whoever_runs_the_exchange_cancels_an_order_as_its_user_would() -> None:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as exchange:
        exchange.call(trade)

        def cancel(order_id: object) -> tuple[int, Any]:
            answer = requests.delete(f"{exchange.control_url}/orders/{order_id}", timeout=5)
            return answer.status_code, answer.json()

        locked = exchange.balance(1, "spot", "USDT").locked
        status, row = cancel(11)
        assert (status, row["status"], row) == (200, "CANCELED", exchange.orders(1)[0])
        assert exchange.balance(1, "spot", "USDT").locked == locked - 45
        told = "order 11 is CANCELED: only an open one can be cancelled"
        assert cancel(11) == (400, {"error": told})
        pair = [row for row in exchange.orders(2) if "oco" in row]
        cancel(pair[0]["id"])
        assert [row["status"] for row in exchange.orders(2) if "oco" in row] != [
            row["status"] for row in pair
        ]
        assert not [row for row in exchange.orders(2, "open") if "oco" in row]
        for missing in ("1", "0", "mine", "9" * 30, "²"):
            assert cancel(missing) == (404, {"error": f"there is no order {missing!r}"})
        exchange.call(lambda inner: inner.books.ledger.assert_conserved())
