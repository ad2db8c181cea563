"""Markets that are changed while they run: any fields of their form, and the others stay."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from support.sender import ALICE

from bingx_fake import FakeExchange
from bingx_fake.state.files import StateError
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOrder, OrderType, SpotOrder

NOW_MS = 1_795_000_123_456
ADA = {"symbol": "ADA-USDT", "tick": "0.0001", "step": 1, "price": "0.5"}


@pytest.fixture
def exchange() -> Any:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        yield running


def change(exchange: FakeExchange, body: Any, market: str = "spot/BTC-USDT") -> tuple[int, Any]:
    reply = requests.put(f"{exchange.control_url}/markets/{market}", json=body, timeout=10)
    return reply.status_code, reply.json()


RESTING = {"type": OrderType.LIMIT, "price": Decimal(50000)}
WAITING = {"type": OrderType.TRIGGER_MARKET, "stop": Decimal("50000.5")}


def placed(exchange: FakeExchange, kind: dict[str, Any]) -> SpotOrder:
    exchange.credit(ALICE, "spot", "USDT", 1_000)
    order = NewOrder(symbol="BTC-USDT", side=Side.BUY, quantity=Decimal("0.001"), **kind)
    return exchange.call(lambda inner: inner.books.desk.place(ALICE, order, NOW_MS))


def test_a_market_is_told_whole_in_the_words_of_a_state_file(exchange: FakeExchange) -> None:
    assert requests.get(f"{exchange.control_url}/markets/spot/BTC-USDT", timeout=10).json() == {
        "product": "spot",
        "symbol": "BTC-USDT",
        "tick": "0.01",
        "step": "0.00001",
        "min_notional": "5",
        "max_notional": "500000",
        "status": "trading",
        "source": "constant",
        "ladder": {
            "levels": 20,
            "gap_ticks": 1,
            "spread_ticks": 2,
            "size": [5000, 20000],
            "refill_ms": 1000,
        },
        "flow": "none",
        "past": "walk",
        "time_online": 1_577_836_800_000,
        "last": "60000",
        "mark": "60000",
        "index": "60000",
        "funding": None,
        "held": [],
        "best_bid": "59999.99",
        "best_ask": "60000.01",
    }


CHANGES: dict[str, tuple[Any, Any]] = {
    "a source": ({"source": "walk"}, {"source": "walk", "flow": {"every_ms": 4000, "size": [20, 2000]}}),
    "a source with its pace": (
        {"source": {"kind": "walk", "every_ms": 50, "most_ticks": 3}},
        {
            "source": {"kind": "walk", "every_ms": 50, "most_ticks": 3},
            "flow": {"every_ms": 4000, "size": [20, 2000]},
        },
    ),
    "a list of prices": (
        {"source": {"kind": "steps", "steps": [[5, 61000], [9, "61000.5"]]}},
        {"source": {"kind": "steps", "steps": [[5, "61000"], [9, "61000.5"]]}},
    ),
    "a ladder": (
        {"ladder": {"levels": 3, "gap_ticks": 4, "spread_ticks": 6, "size": [7, 8], "refill_ms": 9}},
        {
            "ladder": {"levels": 3, "gap_ticks": 4, "spread_ticks": 6, "size": [7, 8], "refill_ms": 9},
            "best_bid": "59999.97",
            "best_ask": "60000.03",
        },
    ),
    "no ladder": ({"ladder": "none"}, {"ladder": "none", "best_bid": None, "best_ask": None}),
    "takers": ({"flow": {"every_ms": 9, "size": [1, 2]}}, {"flow": {"every_ms": 9, "size": [1, 2]}}),
    "a mark": ({"mark": "41000"}, {"mark": "41000", "held": ["mark"]}),
    "an index": ({"index": 42000}, {"index": "42000", "held": ["index"]}),
    "limits": ({"min_notional": 1, "max_notional": "9.5"}, {"min_notional": "1", "max_notional": "9.5"}),
    "a price": ({"price": 50000}, {"last": "50000", "mark": "50000", "index": "50000"}),
    "a step": ({"step": "0.001"}, {"step": "0.001"}),
    "a past": ({"past": "flat", "time_online": 5}, {"past": "flat", "time_online": 5}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_field_is_changed_and_the_others_stay(exchange: FakeExchange, name: str) -> None:
    body, changed = CHANGES[name]
    before = exchange.market("BTC-USDT").state
    status, after = change(exchange, body)
    assert status == 200
    bests = {key: after[key] for key in ("best_bid", "best_ask")} if "price" in body else {}
    assert after == before | changed | bests
    assert exchange.market("BTC-USDT").state == after


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_market_is_in_the_state_and_comes_out_of_it_again(
    exchange: FakeExchange, name: str
) -> None:
    _, changed = change(exchange, CHANGES[name][0])
    exchange.load(exchange.state)
    assert exchange.market("BTC-USDT").state == changed


def test_null_releases_what_was_held(exchange: FakeExchange) -> None:
    market = exchange.market("BTC-USDT")
    market.change(mark="41000", index="42000")
    market.move(59000)
    assert (market.state["mark"], market.state["index"]) == ("41000", "42000")
    change(exchange, {"mark": None, "index": None})
    assert (market.state["mark"], market.state["index"], market.state["held"]) == ("59000", "59000", [])


def test_a_funding_rate_is_held_for_a_perpetual(exchange: FakeExchange) -> None:
    market = exchange.market("BTC-USDT", "swap", tick="0.1", step="0.001", price=60000, funding="-0.0001")
    assert (market.state["funding"], market.state["held"]) == ("-0.0001", ["funding"])
    market.change(funding=None)
    assert (market.state["funding"], market.state["held"]) == (None, [])


def test_a_source_begins_when_it_is_given_and_the_one_before_it_ends(exchange: FakeExchange) -> None:
    market = exchange.market("BTC-USDT")
    market.change(source="walk", flow="none")
    exchange.clock.advance(10_000)
    walked = market.last
    assert walked != 60_000
    market.change(source={"kind": "steps", "steps": [[5_000, "61000"]]})
    exchange.clock.advance(4_999)
    assert market.last == walked
    exchange.clock.advance(1)
    assert market.last == 61_000
    market.change(source="constant")
    exchange.clock.advance(60_000)
    assert market.last == 61_000


def test_a_change_of_something_else_leaves_a_source_where_it_is(exchange: FakeExchange) -> None:
    market = exchange.market("BTC-USDT")
    market.change(source={"kind": "steps", "steps": [[5_000, "61000"]]})
    exchange.clock.advance(4_000)
    market.change(mark=50000)
    exchange.clock.advance(1_000)
    assert market.last == 61_000


@pytest.mark.parametrize("kind", [RESTING, WAITING], ids=["resting", "waiting"])
@pytest.mark.parametrize("field", ["tick", "step", "time_online", "past"])
def test_tick_step_and_past_stay_while_orders_rest(
    exchange: FakeExchange, field: str, kind: dict[str, Any]
) -> None:
    body = {"tick": "0.1", "step": "0.001", "time_online": 5, "past": "flat"}
    order = placed(exchange, kind)
    before = exchange.market("BTC-USDT").state
    status, answer = change(exchange, {field: body[field], "mark": 5})
    assert (status, exchange.market("BTC-USDT").state) == (400, before)
    assert answer["error"].startswith(
        "orders rest in BTC-USDT, and tick, step, contract, past and time_online stay"
    )
    assert change(exchange, {"tick": "0.010", "ladder": {"levels": 2}})[0] == 200
    exchange.call(lambda inner: inner.books.desk.cancel(ALICE, None, NOW_MS, order_id=order.id))
    assert change(exchange, {field: body[field]})[0] == 200


def test_an_order_keeps_the_price_that_it_had_at_another_tick(exchange: FakeExchange) -> None:
    order = placed(exchange, RESTING)
    exchange.call(lambda inner: inner.books.desk.cancel(ALICE, None, NOW_MS, order_id=order.id))
    exchange.market("BTC-USDT").change(tick="0.1")
    told = exchange.call(lambda inner: inner.books.desk.instrument(order).price(order.price))
    assert told == 50000


def test_a_market_that_opens_anew_counts_its_trades_on_and_keeps_its_price_in_whole_ticks(
    exchange: FakeExchange,
) -> None:
    market = exchange.market("BTC-USDT")
    market.move("59000.57")
    url = f"{exchange.base_urls[0]}/openApi/spot/v1/market/trades"
    (before,) = requests.get(f"{url}?symbol=BTC-USDT&limit=1", timeout=10).json()["data"]
    market.halt()
    market.change(tick="0.1")
    assert (market.last, market.state["status"]) == (Decimal("59000.5"), "halted")
    market.resume()
    market.move("59000.6")
    (after,) = requests.get(f"{url}?symbol=BTC-USDT&limit=1", timeout=10).json()["data"]
    assert int(after["id"]) > int(before["id"])


def test_a_market_that_is_not_there_is_opened(exchange: FakeExchange) -> None:
    status, opened = change(exchange, {"tick": "0.0001", "step": 1, "price": "0.5"}, "spot/ADA-USDT")
    assert (status, opened["last"], opened["best_ask"]) == (200, "0.5", "0.5001")
    assert exchange.state["markets"] == [ADA | {"symbol": "ADA-USDT"}]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "the body must be a JSON object"),
        ({"colour": "red"}, "colour: Object contains unknown field `colour`"),
        ({"price": "0.001"}, "price: 0.001 is not two or more whole ticks of 0.01"),
        ({"price": 5.5}, "price: Expected `int | str | null`, got `float`"),
        ({"tick": "0"}, "tick: must be above zero"),
        ({"tick": None}, "tick: Expected `int | str`, got `null`"),
        ({"mark": "0.001"}, "mark: 0.001 is not two or more whole ticks of 0.01"),
        ({"funding": "0.1"}, "funding: a spot market has no funding"),
        ({"source": "moon"}, "source: "),
        ({"source": {"kind": "replay", "file": "/no.csv"}}, "source.file: /no.csv: cannot be read: No such"),
        (
            {"source": {"kind": "steps", "steps": [[5, 1], [5, 2]]}},
            "source.steps: has times that do not rise",
        ),
        ({"ladder": {"levels": 0}}, "ladder.levels: Expected `int` >= 1"),
        ({"flow": {"size": [5, 4]}}, "flow.size: the least, 5, is more than the most, 4"),
        ({"symbol": "ETH-USDT"}, "symbol: 'ETH-USDT' is not 'BTC-USDT', which this call is about"),
        ({"symbols": ["BTC-USDT"]}, "symbols: ['BTC-USDT'] is not None, which this call is about"),
        ({"mark": 5, "ladder": "nothing"}, "ladder: "),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason_and_changes_nothing(
    exchange: FakeExchange, body: Any, reason: str
) -> None:
    before = exchange.market("BTC-USDT").state, exchange.state
    status, answer = change(exchange, body)
    assert status == 400
    assert answer["error"].startswith(reason)
    assert (exchange.market("BTC-USDT").state, exchange.state) == before


def test_the_price_of_a_halted_market_stays_and_a_delisted_one_is_not_changed(exchange: FakeExchange) -> None:
    market = exchange.market("BTC-USDT")
    market.halt()
    assert change(exchange, {"mark": 5, "price": 50000}) == (400, {"error": "BTC-USDT is halted"})
    assert change(exchange, {"ladder": {"levels": 1}})[0] == 200
    market.resume()
    assert market.state["held"] == []
    assert market.last == 60000
    market.delist()
    assert change(exchange, {"mark": 5}) == (400, {"error": "BTC-USDT is delisted"})


@pytest.mark.parametrize(
    ("market", "reason"),
    [
        ("spot/NOPE-USDT", "there is no market spot NOPE-USDT; one that is to be opened needs tick and step"),
        ("margin/BTC-USDT", "product: 'margin' is none of spot, swap, coinm"),
    ],
)
def test_a_market_that_is_not_there_is_named(exchange: FakeExchange, market: str, reason: str) -> None:
    assert change(exchange, {"price": 5}, market) == (404, {"error": reason})


def test_a_file_of_markets_stands_beside_every_state(tmp_path: Path) -> None:
    file = tmp_path / "markets.toml"
    file.write_text('[[markets]]\nsymbol = "ADA-USDT"\ntick = "0.0001"\nstep = 1\nprice = "0.5"\n')
    with FakeExchange(market=file, state={"markets": [{**ADA, "price": "0.7"}]}) as exchange:
        assert exchange.market("ADA-USDT").last == Decimal("0.5")
        exchange.load({"markets": [{**ADA, "symbol": "XRP-USDT"}]})
        assert exchange.market("ADA-USDT").state["source"] == "constant"
        assert exchange.market("XRP-USDT").last == Decimal("0.5")
        exchange.market("ADA-USDT").change(price="0.6")
        exchange.reset()
        assert exchange.market("ADA-USDT").last == Decimal("0.5")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[markets]]\nsymbol = "ADA-USDT"\nstep = 1\ntick = 0.1\n', r"line 4: markets.0.tick: Expected"),
        (
            '[[markets]]\nsymbol = "ADA-USDT"\nstep = 1\ntick = 1\n',
            r"line 1: markets.0: ADA-USDT has no price",
        ),
        ("[[users]]\nuid = 1\n", r"users: Object contains unknown field `users`"),
        ("[[markets]\n", r"Expected '\]\]'"),
    ],
)
def test_a_mistake_in_a_file_of_markets_is_named_by_its_line(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "markets.toml"
    file.write_text(text)
    with pytest.raises(StateError, match=f"^{file}:.*{reason}"):
        FakeExchange(market=str(file))


def test_what_somebody_recorded_is_replayed_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "trades.csv"
    file.write_text(
        "1,0.50010000,20,10,1700000000000,False,True\n2,0.49990000,30,15,1700000002000,True,True\n"
    )
    form = {
        "symbol": "ADA-USDT",
        "tick": "0.0001",
        "step": 1,
        "source": {"kind": "replay", "file": str(file)},
    }
    with FakeExchange(frozen_at_ms=NOW_MS, state={"markets": [form]}) as exchange:
        lasts = []
        for _ in range(3):
            lasts.append(exchange.market("ADA-USDT").last)
            exchange.clock.advance(1_000)
        assert lasts == [Decimal("0.5001"), Decimal("0.5001"), Decimal("0.4999")]
        file.unlink()
        exchange.reset()
        assert exchange.market("ADA-USDT").last == Decimal("0.5001")
