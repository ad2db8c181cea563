"""Positions and orders of perpetuals in a state: they are kept exactly, and go on where they stood."""

from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
import requests
from support.sender import ALICE, NOW_MS

from bingx_fake import FakeExchange, StateError
from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.exchange import Exchange
from bingx_fake.perpetuals.orders import Attached, NewPerpOrder, PerpType, PositionSide, WorkingType
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.state.files import read_form
from bingx_fake.state.saving import document_of
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.order_book import Side

WALLET = {"USDTMPerp": {"USDT": "10000"}}
MARKET = {"product": "swap", "symbol": "LTC-USDT", "tick": "0.01", "step": "0.1", "price": "100"}
HEDGES = {
    "mode": "hedge",
    "symbols": {"LTC-USDT": {"long_leverage": 10, "short_leverage": 4, "margin_type": "ISOLATED"}},
}
USERS = [
    {"uid": 1, "balances": WALLET},
    {"uid": 2, "balances": WALLET, "settings": {"perpetuals": HEDGES}},
    {"uid": 3, "balances": WALLET},
]
START = {"users": USERS, "markets": [MARKET]}
LONG = {"uid": 1, "id": 11, "symbol": "LTC-USDT", "side": "LONG", "opened": 5}
OPEN = LONG | {"quantity": "2", "cost": "200"}
ORDER = {"uid": 1, "id": 21, "product": "swap", "symbol": "LTC-USDT", "side": "BUY", "type": "LIMIT", "at": 5}
RESTS = ORDER | {"price": "90", "quantity": "1"}
STOP = ORDER | {"id": 22, "side": "SELL", "type": "STOP_MARKET", "stop": "95", "quantity": "2"}
TRAILS = ORDER | {"type": "TRAILING_STOP_MARKET", "quantity": "1"}
FUNDING = {"symbol": "LTC-USDT", "at": 5, "rate": "0.0001", "mark": "100"}
SEPARATE = {"symbols": {"LTC-USDT": {"margin_type": "SEPARATE_ISOLATED"}}}
STATE = START | {"positions": [OPEN], "orders": [RESTS, STOP]}
SYMBOL = "LTC-USDT"
OF_LTC: MarketId = ("swap", SYMBOL)
EIGHT_HOURS_MS = 8 * 3_600_000


def place(exchange: Exchange, uid: int, side: Side, kind: PerpType, quantity: str, **more: Any) -> None:
    new = NewPerpOrder(symbol=SYMBOL, side=side, type=kind, quantity=Decimal(quantity), **more)
    exchange.books.swap.place(uid, new, exchange.clock.now_ms())


def trade(exchange: Exchange) -> None:
    """Some of everything: opened, partly closed, isolated and shared, resting, waiting, carried."""
    swap, now_ms = exchange.books.swap, exchange.clock.now_ms()
    buy, sell, limit, market = Side.BUY, Side.SELL, PerpType.LIMIT, PerpType.MARKET
    swap.set_leverage(1, SYMBOL, PositionSide.BOTH, 7, now_ms)
    stop_loss = Attached(type=PerpType.STOP_MARKET, stop=Decimal("91.5"))
    place(exchange, 1, buy, market, "3", stop_loss=stop_loss, client_id="carries")
    place(exchange, 1, sell, market, "0.7")
    place(exchange, 2, buy, market, "5", position_side=PositionSide.LONG)
    place(exchange, 2, sell, market, "2", position_side=PositionSide.SHORT)
    place(exchange, 2, buy, market, "0.3", position_side=PositionSide.SHORT)
    place(exchange, 3, sell, market, "4")
    place(exchange, 3, buy, market, "4")
    place(exchange, 3, sell, market, "40")
    place(exchange, 3, buy, limit, "1.1", price=Decimal(95), reduce_only=True)
    place(exchange, 1, buy, limit, "1", price=Decimal(96))
    place(exchange, 1, buy, PerpType.TRIGGER_LIMIT, "1", stop=Decimal(104), price=Decimal("104.5"))
    place(
        exchange, 1, sell, PerpType.TRAILING_STOP_MARKET, "1", rate=Decimal("0.013"), activation=Decimal(101)
    )
    place(exchange, 3, buy, PerpType.TRAILING_TP_SL, "1", price=Decimal("1.5"))
    swap.change_margin(2, SYMBOL, PositionSide.LONG, Decimal(3), now_ms)
    (held, _) = swap.records.positions(2)
    swap.set_auto_margin(2, SYMBOL, held.id, Decimal(25))
    swap.place_twap(
        *(2, SYMBOL, buy, PositionSide.LONG, now_ms),
        is_percentage=True,
        variance=Decimal("0.5"),
        trigger=Decimal(130),
        interval_ms=10_000,
        each=Decimal("0.4"),
        total=Decimal(1),
    )
    swap.reverse_later(3, SYMBOL, now_ms, stop=Decimal("97.5"), working=WorkingType.MARK_PRICE)
    swap.settle_funding(OF_LTC, now_ms)
    swap.cancel_all_after(3, 90_000, now_ms)


def what_is_left(exchange: Exchange) -> list[Any]:
    """What funding, moves, stops, liquidation and closing do, and what everybody has then."""
    swap, floor = exchange.books.swap, exchange.books.floor
    told: list[Any] = []

    def tell() -> None:
        for uid in (1, 2, 3):
            wallet = swap.margins.wallet(uid, "USDT")
            told.append(
                [
                    wallet,
                    [
                        (msgspec.structs.astuple(it)[:-3], swap.margins.liquidation_price(it, wallet))
                        for it in swap.records.positions(uid)
                    ],
                    [(it.id, it.status, it.filled, it.leverage) for it in swap.records.orders(uid, None)],
                    swap.records.of(uid).realised("USDT"),
                    [(it.kind, it.amount, it.id) for it in swap.records.of(uid).incomes],
                ]
            )

    tell()
    swap.settle_funding(OF_LTC, exchange.clock.now_ms())
    for price in (9_550, 9_150, 10_450, 10_100, 13_500):
        floor.move(OF_LTC, price, exchange.clock.now_ms())
        tell()
    for uid in (1, 2, 3):
        swap.close_all(uid, None, exchange.clock.now_ms())
    told.append([[swap.margins.wallet(uid, "USDT"), len(swap.records.of(uid).fills)] for uid in (1, 2, 3)])
    return told


def check(exchange: Exchange) -> None:
    """Assert what always holds: longs are shorts, and ``clearing`` is what all that is held cost."""
    swap, ledger = exchange.books.swap, exchange.books.ledger
    ledger.assert_conserved()
    steps, cost = 0, ZERO
    for uid in exchange.books.directory.users:
        for position in swap.records.positions(uid):
            sign = 1 if position.is_long else -1
            steps += sign * position.quantity
            cost = EXACT.add(cost, position.cost * sign)
    for nets in swap.exchange_holds:
        steps += sum(net.quantity for net in nets.values())
        cost = EXACT.add(cost, sum((net.cost for net in nets.values()), ZERO))
    assert steps == 0
    assert ledger.balance(0, "clearing", "USDT").free == -cost


def with_run(exchange: FakeExchange) -> dict[str, Any]:
    whole: dict[str, Any] = requests.get(f"{exchange.control_url}/state?run=1", timeout=10).json()
    return whole


def test_an_exchange_with_positions_that_is_saved_and_loaded_again_is_the_same_and_goes_on_the_same() -> None:
    with FakeExchange(state=START, frozen_at_ms=NOW_MS) as first:
        first.call(trade)
        saved = with_run(first)
        assert len(saved["positions"]) == 5, "one of them closed"
        with FakeExchange(state=saved, frozen_at_ms=NOW_MS) as second:
            assert with_run(second) == saved
            second.call(check)
            assert second.positions() == first.positions()
            assert second.orders() == first.orders()
            assert first.call(what_is_left) == second.call(what_is_left)
            second.call(check)
            assert second.positions() == []


def test_perpetuals_are_saved_in_lines_and_load_from_them(tmp_path: Path) -> None:
    with FakeExchange(state=START, frozen_at_ms=NOW_MS) as first:
        first.call(trade)
        first.save(tmp_path / "saved.jsonl")
        with FakeExchange(state=tmp_path / "saved.jsonl", frozen_at_ms=NOW_MS) as second:
            second.save(tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "saved.jsonl").read_bytes()


def test_whatever_was_done_what_is_saved_is_loaded_exactly() -> None:
    forced: set[str] = set()
    for seed in range(5):
        isolated = {"perpetuals": {"symbols": {SYMBOL: {"margin_type": "ISOLATED"}}}}
        users = [*USERS[:2], USERS[2] | {"settings": isolated}]
        start = {"users": users, "markets": [MARKET | {"ladder": "none"}]}
        with FakeExchange(state=start, frozen_at_ms=NOW_MS) as first:
            do_whatever(first, Random(seed))
            saved = with_run(first)
            with FakeExchange(state=saved, frozen_at_ms=NOW_MS) as second:
                assert with_run(second) == saved
                second.call(check)
                for exchange in (first, second):
                    do_whatever(exchange, Random(-1 - seed))
                    exchange.call(check)
                assert with_run(second) == with_run(first)
                forced |= {row.get("forced", "") for row in second.state["orders"]}
    assert forced == {"", "LIQUIDATION", "ADL"}, "histories like these have some in them"


def do_whatever(exchange: FakeExchange, draw: Random) -> None:
    """Do 80 things that users, prices and funding may do."""

    def act(exchange: Exchange) -> None:
        uid, swap, now_ms = draw.choice((1, 3)), exchange.books.swap, exchange.clock.now_ms()
        side, near = draw.choice(tuple(Side)), Decimal(draw.randint(9_500, 10_500)) / 100
        quantity = str(Decimal(draw.randint(1, 2_000)) / 10)
        match draw.randint(0, 6):
            case 0 | 1:
                place(exchange, uid, side, PerpType.LIMIT, quantity, price=near)
            case 2:
                place(exchange, uid, side, PerpType.MARKET, quantity, reduce_only=draw.random() < 0.4)
            case 3:
                kind = draw.choice((PerpType.STOP_MARKET, PerpType.TAKE_PROFIT, PerpType.TRIGGER_MARKET))
                place(exchange, uid, side, kind, quantity, stop=near, price=near)
            case 4:
                exchange.books.floor.move(OF_LTC, draw.randint(8_000, 12_500), now_ms)
            case 5:
                swap.settle_funding(OF_LTC, now_ms)
            case 6:
                swap.set_leverage(uid, SYMBOL, PositionSide.BOTH, draw.randint(1, 20), now_ms)

    for _ in range(80):
        with suppress(Declined):
            exchange.call(act)


def test_funding_is_settled_at_the_next_boundary_of_what_was_loaded() -> None:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as exchange:
        exchange.clock.advance(ms=8 * 3_600_000)
        assert exchange.positions()[0]["funding"] == "-0.02"


def rates_of(exchange: FakeExchange) -> list[str]:
    """The rates of funding of the last boundaries, the newest first."""
    query = f"symbol={SYMBOL}&limit=4"
    url = f"{exchange.base_urls[0]}/openApi/swap/v2/quote/fundingRate?{query}"
    return [row["fundingRate"] for row in requests.get(url, timeout=10).json()["data"]]


def test_rates_of_funding_of_the_past_are_kept_and_so_is_the_moment_in_which_orders_are_refused() -> None:
    boundary_ms = NOW_MS - NOW_MS % EIGHT_HOURS_MS + EIGHT_HOURS_MS
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as first:
        first.market(SYMBOL, "swap").funding("0.002")
        first.clock.freeze(boundary_ms)
        first.market(SYMBOL, "swap").funding("-0.001")
        first.clock.freeze(boundary_ms + EIGHT_HOURS_MS)
        before = rates_of(first)
        assert [Decimal(it) for it in before[:2]] == [Decimal("-0.001"), Decimal("0.002")]
        with FakeExchange(state=with_run(first), frozen_at_ms=boundary_ms + EIGHT_HOURS_MS) as second:
            assert rates_of(second) == before
            for exchange in (first, second):
                with pytest.raises(Declined) as declined:
                    exchange.call(lambda inner: place(inner, 3, Side.BUY, PerpType.MARKET, "1"))
                assert declined.value.reason is Reason.SETTLING_FUNDING


@pytest.mark.parametrize(("late_ms", "left_ms"), [(0, 90_000), (30_000, 60_000), (200_000, 0)])
def test_a_countdown_goes_on_and_ends_when_it_would_have(late_ms: int, left_ms: int) -> None:
    countdown = {"uid": 1, "product": "swap", "at": NOW_MS + 90_000}
    state = STATE | {"countdowns": [countdown]}
    with FakeExchange(state=state, frozen_at_ms=NOW_MS + late_ms) as exchange:
        if left_ms:
            assert exchange.state["countdowns"] == [countdown]
            exchange.clock.advance(ms=left_ms - 1)
            assert len(exchange.orders(1, "open")) == 2
            exchange.clock.advance(ms=1)
        assert exchange.orders(1, "open") == []
        assert "countdowns" not in exchange.state


def test_each_product_has_countdowns_of_its_own_and_each_user_one_on_each() -> None:
    with FakeExchange(frozen_at_ms=NOW_MS) as first:

        def begin(inner: Exchange) -> None:
            inner.books.desk.cancel_all_after(ALICE, 10_000, NOW_MS)
            for number, desk in enumerate(inner.books.perps, start=1):
                desk.cancel_all_after(ALICE, 30_000, NOW_MS)
                desk.cancel_all_after(ALICE, 20_000 * number, NOW_MS)

        first.call(begin)
        saved = first.state
        with FakeExchange(state=saved, frozen_at_ms=NOW_MS) as second:
            assert second.state == saved
            second.call(lambda inner: inner.books.coinm.cancel_all_after(ALICE, None, NOW_MS))
            rows = second.state["countdowns"]
    assert [(row.get("product", "spot"), row["at"] - NOW_MS) for row in rows] == [
        ("spot", 10_000),
        ("swap", 20_000),
    ]


def test_a_stop_that_was_loaded_closes_the_position_that_was() -> None:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as exchange:
        exchange.market(SYMBOL, "swap").move("95.01")
        assert len(exchange.positions()) == 1
        exchange.market(SYMBOL, "swap").move("94")
        assert exchange.positions() == []
        assert {row["id"]: row["status"] for row in exchange.orders(1)}[22] == "FILLED"
        exchange.call(check)


def test_who_has_too_little_is_liquidated_by_the_first_move() -> None:
    poor = [USERS[0] | {"balances": {"USDTMPerp": {"USDT": "40"}}}, *USERS[1:]]
    with FakeExchange(state=STATE | {"users": poor, "orders": []}, frozen_at_ms=NOW_MS) as exchange:
        exchange.market(SYMBOL, "swap").mark("80.5")
        assert len(exchange.positions()) == 1
        exchange.market(SYMBOL, "swap").mark("80.1")
        assert exchange.positions() == []
        exchange.call(check)


def test_what_the_insurance_took_over_it_still_holds() -> None:
    poor = [USERS[0] | {"balances": {"USDTMPerp": {"USDT": "40"}}}, *USERS[1:]]
    with FakeExchange(state=STATE | {"users": poor, "orders": []}, frozen_at_ms=NOW_MS) as first:
        first.market(SYMBOL, "swap").mark("80.1")
        saved = with_run(first)
        assert [(row["symbol"], row["quantity"]) for row in saved["insurance"]] == [(SYMBOL, "2")]
        with FakeExchange(state=saved, frozen_at_ms=NOW_MS) as second:
            assert with_run(second) == saved
            second.call(check)
            for exchange in (first, second):
                exchange.market(SYMBOL, "swap").mark("85")
            equities = [
                it.call(lambda inner: inner.books.swap.insurance_equity("USDT")) for it in (first, second)
            ]
            assert equities[0] == equities[1] > 0


def test_who_has_too_little_from_the_start_is_liquidated_by_the_first_thing_that_happens() -> None:
    dear = [OPEN | {"cost": "20000"}]
    with FakeExchange(state=START | {"positions": dear}, frozen_at_ms=NOW_MS) as exchange:
        assert len(exchange.positions()) == 1
        exchange.call(lambda inner: place(inner, 3, Side.BUY, PerpType.MARKET, "1"))
        assert [row["uid"] for row in exchange.positions()] == [3]
        exchange.call(check)


def test_a_trigger_that_was_loaded_without_a_position_sees_the_first_move() -> None:
    trigger = ORDER | {"type": "TRIGGER_MARKET", "stop": "95", "quantity": "1", "side": "SELL"}
    with FakeExchange(state=START | {"orders": [trigger]}, frozen_at_ms=NOW_MS) as exchange:
        exchange.market(SYMBOL, "swap").move("94")
        assert exchange.orders(1)[0]["status"] == "FILLED"


def test_what_an_order_carried_grows_with_it_after_loading() -> None:
    stop_loss = {"type": "STOP_MARKET", "stop": "70"}
    carrier = RESTS | {"filled": "0.3", "stop_loss": stop_loss}
    carried = ORDER | {"id": 23, "side": "SELL", "type": "STOP_MARKET", "stop": "70", "quantity": "0.3"}
    carried |= {"reduce_only": True, "parent": 21}
    had = LONG | {"quantity": "0.3", "cost": "27"}
    with FakeExchange(
        state=START | {"positions": [had], "orders": [carrier, carried]}, frozen_at_ms=NOW_MS
    ) as exchange:
        exchange.market(SYMBOL, "swap").move("89")
        assert [(row["id"], row["quantity"]) for row in exchange.orders(1)] == [(21, "1"), (23, "1")]


def test_what_is_not_given_is_the_usual() -> None:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as exchange:
        (row,) = exchange.positions()
        assert (row["leverage"], row["margin_type"], row["margin"], row["entry"]) == (
            5,
            "CROSSED",
            "40",
            "100",
        )
        assert [(it["id"], it["status"]) for it in exchange.orders()] == [(21, "PENDING"), (22, "NEW")]


def test_settings_are_kept() -> None:
    with FakeExchange(state=START, frozen_at_ms=NOW_MS) as exchange:
        assert exchange.state["users"][1]["settings"] == {"perpetuals": HEDGES}
        answer = requests.put(
            f"{exchange.control_url}/users/2/settings", json={"perpetuals": {"mode": "one-way"}}, timeout=5
        )
        assert answer.status_code == 400
        assert exchange.state["users"][1]["settings"] == {"perpetuals": HEDGES}


def test_separate_isolation_is_kept() -> None:
    chosen = {"mode": "hedge", "symbols": {"LTC-USDT": {"margin_type": "SEPARATE_ISOLATED"}}}
    users = [USERS[0] | {"settings": {"perpetuals": chosen}}]
    with FakeExchange(state=START | {"users": users}, frozen_at_ms=NOW_MS) as exchange:
        assert exchange.state["users"][0]["settings"] == {"perpetuals": chosen}


def test_a_user_who_is_put_back_has_the_positions_and_orders_of_the_state() -> None:
    countdown = {"uid": 1, "product": "swap", "at": NOW_MS + 90_000}
    with FakeExchange(state=STATE | {"countdowns": [countdown]}, frozen_at_ms=NOW_MS) as exchange:
        before = exchange.state
        exchange.call(lambda inner: inner.books.swap.close_all(1, None, inner.clock.now_ms()))
        exchange.call(lambda inner: inner.books.swap.cancel_all_after(1, 5_000, inner.clock.now_ms()))
        requests.post(f"{exchange.control_url}/users/1/reset", timeout=5).raise_for_status()
        exchange.call(check)
        assert exchange.state["positions"] == before["positions"]
        assert exchange.state["orders"] == before["orders"]
        assert exchange.state["countdowns"] == [countdown]


def test_a_form_with_perpetuals_is_told_whole() -> None:
    with FakeExchange(state=START, frozen_at_ms=NOW_MS) as exchange:
        exchange.call(trade)
        saved = exchange.state
    assert document_of(read_form(saved)) == saved


def test_ids_go_on_above_those_of_a_state() -> None:
    far = 9_000_000_000_000_000_000
    with FakeExchange(state=START | {"positions": [OPEN | {"id": far}]}, frozen_at_ms=NOW_MS) as exchange:
        exchange.call(lambda inner: place(inner, 3, Side.BUY, PerpType.LIMIT, "1", price=Decimal(90)))
        assert exchange.orders(3)[0]["id"] > far


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"positions": [OPEN | {"uid": 4}]}, "positions.0.uid: there is no user 4"),
        (
            {"users": [USERS[0] | {"settings": {"perpetuals": SEPARATE}}]},
            "users.settings.perpetuals.symbols: SEPARATE_ISOLATED on LTC-USDT is for hedge mode",
        ),
        ({"orders": [TRAILS]}, "orders.0.trail: is missing: it trails"),
        ({"orders": [STOP | {"trail": {"activation": "100"}}]}, "orders.0.trail: is of no STOP_MARKET"),
        (
            {"orders": [TRAILS | {"trail": {"activation": "100"}}]},
            "orders.0.trail: has a rate or a distance",
        ),
        (
            {"orders": [TRAILS | {"trail": {"activation": "100", "rate": "1.1"}}]},
            "orders.0.trail.rate: is above 0 and at most 1, not 1.1",
        ),
        (
            {"orders": [TRAILS | {"stop": "95", "trail": {"activation": "100", "rate": "0.1"}}]},
            "orders.0.stop: is of orders that do not trail",
        ),
        ({"positions": [OPEN, OPEN]}, "positions.1.id: 11 is given twice"),
        (
            {"positions": [OPEN | {"symbol": "LTC-BTC"}]},
            "positions.0.symbol: there is no market swap",
        ),
        (
            {"positions": [OPEN | {"quantity": "0.05"}]},
            "positions.0.quantity: 0.05 is not whole steps",
        ),
        ({"positions": [LONG | {"quantity": "1"}]}, "positions.0.cost: is 0 for a quantity of 1"),
        (
            {"positions": [OPEN, OPEN | {"id": 12, "side": "SHORT"}]},
            "positions.1.side: uid 1 has another position in LTC-USDT already",
        ),
        (
            {"positions": [OPEN | {"leverage": 6}]},
            "positions.0.leverage: is 6, and 5 in the settings of",
        ),
        (
            {"positions": [OPEN | {"mode": "hedge"}]},
            "positions.0.mode: is hedge, and one-way in the",
        ),
        ({"positions": [OPEN | {"margin": "1"}]}, "positions.0.margin: is set apart for open positions with"),
        (
            {"positions": [OPEN | {"closed_quantity": "1", "opened_quantity": "2"}]},
            "positions.0.quantity: is not what was opened less what was closed",
        ),
        (
            {"insurance": [{"symbol": SYMBOL, "quantity": "-x", "cost": "5"}]},
            "insurance.0.quantity: 'x' is not a plain decimal",
        ),
        ({"orders": [STOP]}, "orders.0: only closes, and there is no such position"),
        (
            {"positions": [OPEN], "orders": [RESTS | {"side": "SELL", "quantity": "3", "reduce_only": True}]},
            "orders.0.quantity: closes more than the position has left",
        ),
        ({"orders": [RESTS, RESTS]}, "orders.1.id: 21 is given twice"),
        ({"orders": [RESTS | {"price": "90.001"}]}, "orders.0.price: 90.001 is not one or more whole ticks"),
        ({"orders": [ORDER | {"price": "90"}]}, "orders.0.quantity: is missing"),
        ({"orders": [RESTS | {"type": "TAKE_STOP_LIMIT"}]}, "orders.0.type: is of spot orders only"),
        (
            {"orders": [RESTS | {"position_side": "LONG"}]},
            "orders.0.position_side: is not LONG in one-way",
        ),
        ({"orders": [RESTS | {"status": "FILLED"}]}, "orders.0.status: is not FILLED with 0 of 1 filled"),
        ({"orders": [RESTS | {"closes": True}]}, "orders.0.closes: is false for such an order"),
        (
            {"orders": [RESTS, RESTS | {"id": 23, "side": "SELL"}]},
            "orders.1.price: would trade with another order's, which rests as well",
        ),
        (
            {"orders": [RESTS | {"product": "spot", "leverage": 5}]},
            'orders.0.leverage: is of orders with product = "swap" only',
        ),
        ({"fundings": [FUNDING | {"symbol": "LTC-BTC"}]}, "fundings.0.symbol: there is no market swap"),
        ({"fundings": [FUNDING | {"rate": "-1"}]}, "fundings.0.rate: -1 is not a part of what is held"),
        ({"fundings": [FUNDING | {"mark": "0"}]}, "fundings.0.mark: 0 is not one or more whole ticks"),
        (
            {"fundings": [FUNDING, FUNDING | {"at": 4}]},
            "fundings.1.at: is before the funding of LTC-USDT above it",
        ),
        ({"countdowns": [{"uid": 4, "at": 5}]}, "countdowns.0.uid: there is no user 4"),
        (
            {"countdowns": [{"uid": 1, "at": 5}, {"uid": 1, "at": 6}]},
            "countdowns.1.uid: uid 1 has another countdown on spot already",
        ),
        (
            {"incomes": [{"uid": 1, "id": 1, "kind": "ADL", "amount": "x", "asset": "USDT", "at": 5}]},
            "incomes.0.amount: 'x' is not a plain decimal",
        ),
    ],
)
def test_rows_that_cannot_be_are_refused_with_key_and_reason_and_change_nothing(
    rows: dict[str, Any], message: str, running: FakeExchange
) -> None:
    before = running.state
    with pytest.raises(StateError) as refusal:
        running.load(START | rows)
    assert str(refusal.value).startswith(f"the state: {message}")
    assert running.state == before


@pytest.fixture(scope="module")
def running() -> Any:
    with FakeExchange(state=STATE, frozen_at_ms=NOW_MS) as exchange:
        yield exchange
