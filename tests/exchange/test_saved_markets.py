"""Markets in a saved state: prices, candles and trades are as they were, and what was to come goes on."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from bingx_fake import FakeExchange, StateError
from bingx_fake.state.files import read_form
from bingx_fake.state.saving import document_of
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOrder, OrderType

NOW_MS = 1_700_000_000_000
MINUTE_MS = 60_000
SAVED_AFTER_MS = 7 * MINUTE_MS + 300
USUAL = {"tick": "0.01", "step": "0.0001", "price": "100"}
ARCHIVE = "".join(
    f"{number},{100 + number / 4},2,200,{1_600_000_000_000 + number * MINUTE_MS},True,True\n"
    for number in range(20)
)
SYMBOLS = ("BTC-USDT", "LTC-USDT", "WALK-USDT", "STEPS-USDT", "REPLAY-USDT")
GOES_ON = ("BTC-USDT", "STEPS-USDT", "REPLAY-USDT")
QUERIES = (
    "v1/ticker/24hr?symbol={}",
    "v1/ticker/price?symbol={}",
    "v1/ticker/bookTicker?symbol={}",
    "v1/market/trades?symbol={}&limit=100",
    "v1/market/depth?symbol={}&limit=20",
    "v2/market/kline?symbol={}&interval=1m&limit=30",
    "v2/market/kline?symbol={}&interval=4h&limit=30",
)


def described(folder: Path) -> dict[str, Any]:
    file = folder / "trades.csv"
    file.write_text(ARCHIVE)
    steps = [[0, "100"], [2 * MINUTE_MS, "130"], [8 * MINUTE_MS, "90"]]
    return {
        "markets": [
            {"symbol": "WALK-USDT", "source": "walk", **USUAL},
            {"symbol": "STEPS-USDT", "source": {"kind": "steps", "steps": steps}, **USUAL},
            {"symbol": "REPLAY-USDT", "source": {"kind": "replay", "file": str(file)}, **USUAL},
        ]
    }


def started(state: Any, at_ms: int) -> FakeExchange:
    return FakeExchange(state=state, frozen_at_ms=at_ms, seed=5)


def answers(exchange: FakeExchange, symbols: tuple[str, ...]) -> dict[str, str]:
    com = exchange.base_urls[0]
    paths = [f"/openApi/spot/{query.format(symbol)}" for query in QUERIES for symbol in symbols]
    return {path: requests.get(com + path, timeout=10).text for path in paths}


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A state saved in the middle of a run, and what was answered then."""
    with started(described(tmp_path), NOW_MS) as exchange:
        bitcoin, litecoin = (exchange.market(symbol) for symbol in ("BTC-USDT", "LTC-USDT"))
        bitcoin.move("54321")
        for price in ("81", "82"):
            litecoin.move(price)
        litecoin.change(tick="0.1")  # which opens it anew, and its trades are counted on
        litecoin.move("83")
        exchange.clock.advance(ms=SAVED_AFTER_MS)
        bitcoin.trade("BUY", "0.05")
        exchange.clock.advance(ms=MINUTE_MS)
        exchange.save(tmp_path / "state.jsonl")
        return tmp_path / "state.jsonl", answers(exchange, SYMBOLS)


SAVED_MS = NOW_MS + SAVED_AFTER_MS + MINUTE_MS


def test_a_loaded_market_answers_as_the_saved_one_did(saved: tuple[Path, dict[str, str]]) -> None:
    file, before = saved
    with started(file, SAVED_MS) as exchange:
        assert answers(exchange, SYMBOLS) == before
        assert exchange.market("BTC-USDT").last > Decimal(54_321), "and it was moved, and traded in"


def test_lists_of_prices_and_replays_go_on_where_they_stood(
    saved: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    with started(saved[0], SAVED_MS) as exchange:
        exchange.clock.advance(ms=5 * MINUTE_MS)
        loaded = answers(exchange, GOES_ON)
    with started(described(tmp_path), NOW_MS) as exchange:
        bitcoin = exchange.market("BTC-USDT")
        bitcoin.move("54321")
        exchange.clock.advance(ms=SAVED_AFTER_MS)
        bitcoin.trade("BUY", "0.05")
        exchange.clock.advance(ms=6 * MINUTE_MS)
        assert answers(exchange, GOES_ON) == loaded


def test_a_reset_goes_back_to_where_the_state_had_the_markets_stand(
    saved: tuple[Path, dict[str, str]],
) -> None:
    file, before = saved
    with started(file, SAVED_MS) as exchange:
        exchange.market("BTC-USDT").move("70000")
        exchange.reset()
        assert answers(exchange, SYMBOLS) == before


def test_a_replays_file_is_named_in_a_saved_state_and_not_contained(
    saved: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    document = json.loads(saved[0].read_text().splitlines()[0])
    source = next(it["source"] for it in document["markets"] if it["symbol"] == "REPLAY-USDT")
    assert source == {"kind": "replay", "file": str(tmp_path / "trades.csv")}


def test_a_market_that_was_halted_and_marked_stays_so(tmp_path: Path) -> None:
    with started(None, NOW_MS) as exchange:
        market = exchange.market("BTC-USDT")
        market.mark("41000")
        market.halt()
        exchange.save(tmp_path / "state.jsonl")
    with started(tmp_path / "state.jsonl", NOW_MS) as exchange:
        control = requests.get(f"{exchange.control_url}/markets/spot/BTC-USDT", timeout=10).json()
    assert (control["status"], control["mark"]) == ("halted", "41000")


def test_the_control_api_tells_where_markets_stand_when_it_is_asked_to() -> None:
    with started(None, NOW_MS) as exchange:
        exchange.market("BTC-USDT").move("54321")
        state = f"{exchange.control_url}/state"
        assert "run" not in requests.get(state, timeout=10).json()
        whole = requests.get(state, params={"run": "1"}, timeout=10).json()
        exchange.reset()
        requests.put(state, json=whole, timeout=10).raise_for_status()
        assert exchange.market("BTC-USDT").last == Decimal(54_321)
    assert [market["symbol"] for market in whole["run"]["markets"]] == ["BTC-USDT"]


def test_what_a_state_says_of_its_run_is_kept_when_it_is_written_again(
    saved: tuple[Path, dict[str, str]],
) -> None:
    form = read_form(saved[0])
    assert read_form(document_of(form)).standings == form.standings
    assert len(form.standings) == len(SYMBOLS)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"symbol": "NONE-USDT"}, "run.markets.0.symbol: there is no market spot NONE-USDT"),
        ({"last": 0}, "run.markets.0.last: Expected `int` >= 1"),
        ({"tape": [[2, 1, 5, 5, "BUY"], [2, 1, 5, 5, "BUY"]]}, "run.markets.0.tape: the rows do not follow"),
    ],
)
def test_a_run_that_cannot_be_is_refused(change: dict[str, Any], says: str) -> None:
    with started(None, NOW_MS) as exchange:
        exchange.market("BTC-USDT").move("54321")
        state = f"{exchange.control_url}/state"
        whole = requests.get(state, params={"run": "1"}, timeout=10).json()
        whole["run"]["markets"][0] |= change
        with pytest.raises(StateError, match=says.replace(".", r"\.").replace("`", "`")):
            exchange.load(whole)
        assert exchange.market("BTC-USDT").last == Decimal(54_321), "nothing has changed"


def test_an_order_beyond_the_opening_price_rests_on_as_it_did(tmp_path: Path) -> None:
    sell = NewOrder(
        symbol="BTC-USDT",
        side=Side.SELL,
        type=OrderType.LIMIT,
        quantity=Decimal("0.01"),
        price=Decimal(55_000),
    )
    users = {"users": [{"uid": 1, "balances": {"spot": {"BTC": "1"}}}]}
    with started(users, NOW_MS) as exchange:
        exchange.market("BTC-USDT").move("50000")
        exchange.call(lambda inner: inner.books.desk.place(1, sell, NOW_MS))
        exchange.save(tmp_path / "state.jsonl")
    with started(tmp_path / "state.jsonl", NOW_MS) as exchange:
        exchange.clock.advance(ms=5_000)
        (order,) = exchange.orders(1)
        assert (order["status"], exchange.market("BTC-USDT").last) == ("PENDING", Decimal(50_000))


def test_candles_of_a_mark_that_was_set_are_kept_and_go_on(tmp_path: Path) -> None:
    query = "/openApi/swap/v1/market/markPriceKlines?symbol=BTC-USDT&interval=1m&limit=9"

    def marks(exchange: FakeExchange) -> str:
        return requests.get(exchange.base_urls[0] + query, timeout=10).text

    def go_on(exchange: FakeExchange) -> None:
        exchange.clock.advance(ms=MINUTE_MS)
        exchange.market("BTC-USDT", "swap").mark(None)

    with started(None, NOW_MS) as first:
        market = first.market("BTC-USDT", "swap")
        market.trade("BUY", "0.05")
        market.mark("41000")
        first.clock.advance(ms=3 * MINUTE_MS)
        market.mark("42000")
        market.move("58000")
        first.save(tmp_path / "state.jsonl")
        before = marks(first)
        with started(tmp_path / "state.jsonl", NOW_MS + 3 * MINUTE_MS) as second:
            assert marks(second) == before
            assert "41000" in before
            for exchange in (first, second):
                go_on(exchange)
            assert marks(second) == marks(first) != before
