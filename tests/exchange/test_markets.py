"""Markets as whoever runs the exchange steers them, and as everybody sees them."""

import re
from decimal import Decimal
from typing import Any

import pytest
import requests
from support.sender import Sender

from bingx_fake import FakeExchange

NOW_MS = 1_795_000_123_456


@pytest.fixture
def exchange() -> Any:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        yield running


def ask(exchange: FakeExchange, path: str, **parameters: Any) -> Any:
    """Public market data, without key or signature."""
    return requests.get(f"{exchange.base_urls[0]}/openApi/spot/{path}", params=parameters, timeout=10).json()


def steer(exchange: FakeExchange, path: str, body: Any = None) -> tuple[int, Any]:
    reply = requests.post(f"{exchange.control_url}/markets/{path}", json=body, timeout=10)
    return reply.status_code, reply.json()


def test_a_moved_price_is_seen_in_book_trades_candle_and_ticker(exchange: FakeExchange) -> None:
    status, market = steer(exchange, "spot/BTC-USDT/move", {"price": "59000.5"})
    assert (status, market["last"]) == (200, "59000.5")
    depth = ask(exchange, "v1/market/depth", symbol="BTC-USDT", limit=1)["data"]
    assert (depth["bids"][0][0], depth["asks"][-1][0]) == ("59000.49", "59000.51")
    assert ask(exchange, "v1/market/trades", symbol="BTC-USDT", limit=1)["data"][0]["price"] == 59000.5
    (candle,) = ask(exchange, "v1/market/kline", symbol="BTC-USDT", interval="1m", limit=1)["data"]
    assert candle[4] == 59000.5
    (ticker,) = ask(exchange, "v1/ticker/24hr", symbol="BTC-USDT")["data"]
    assert ticker["lastPrice"] == 59000.5


def test_the_coins_of_the_markets_are_among_those_of_the_exchange(exchange: FakeExchange) -> None:
    form = {"symbol": "ADA-USDC", "tick": "0.0001", "step": 1, "price": "0.5"}
    exchange.load(exchange.state | {"markets": [form]})
    reply = Sender(exchange).call("GET", "/openApi/wallets/v1/capital/config/getall", timestamp=NOW_MS)
    coins = [row["coin"] for row in reply.data]
    assert {"ADA", "USDC"} < set(coins)
    assert len(set(coins)) == len(coins)


def test_a_market_in_which_nothing_has_happened_goes_back_with_the_clock(exchange: FakeExchange) -> None:
    exchange.market("ETH-USDT").move(2_999)
    exchange.clock.freeze(NOW_MS - 86_400_000)
    for symbol, at_ms in (("BTC-USDT", NOW_MS - 86_400_000), ("ETH-USDT", NOW_MS)):
        exchange.market(symbol).trade("BUY", "0.01")
        (last,) = ask(exchange, "v1/market/trades", symbol=symbol, limit=1)["data"]
        assert last["time"] == at_ms, "the other waits until its time comes again"


def test_a_market_of_another_product_is_another_market(exchange: FakeExchange) -> None:
    form = {"product": "swap", "symbol": "BTC-USDT", "tick": "0.1", "step": "0.001", "price": 61000}
    exchange.load(exchange.state | {"markets": [form, {**form, "product": "spot"}]})
    exchange.market("BTC-USDT", "swap").move("59000")
    assert exchange.market("BTC-USDT").last == 61000
    contract, *_ = requests.get(
        f"{exchange.base_urls[0]}/openApi/swap/v2/quote/contracts", {"symbol": "BTC-USDT"}, timeout=10
    ).json()["data"]
    assert (contract["symbol"], contract["pricePrecision"], contract["apiStateOpen"]) == (
        "BTC-USDT",
        1,
        "true",
    )


def test_a_state_keeps_the_markets_that_it_was_given(exchange: FakeExchange) -> None:
    form = {"symbol": "ADA-USDT", "tick": "0.0001", "step": 1, "price": "0.5", "past": "flat"}
    exchange.load(exchange.state | {"markets": [form]})
    assert exchange.state["markets"] == [form]
    exchange.load(exchange.state)
    assert exchange.market("ADA-USDT").last == Decimal("0.5")
    assert exchange.state["markets"] == [form]


def test_a_described_market_is_added_to_the_usual_ones_or_takes_the_place_of_one(
    exchange: FakeExchange,
) -> None:
    forms = [
        {"symbol": "ADA-USDT", "tick": "0.0001", "step": 1, "price": "0.5"},
        {"symbol": "BTC-USDT", "tick": "0.1", "step": "0.001", "price": 61000},
        {"symbols": ["ADA-USDT", "XRP-USDT"], "tick": "0.001", "step": 1, "price": "0.7"},
    ]
    exchange.load({"markets": forms})
    rows = ask(exchange, "v1/common/symbols")["data"]["symbols"]
    names = ["BTC-USDT", "ETH-USDT", "SOL-USDT", "LTC-USDT", "SHIB-USDT", "ADA-USDT", "XRP-USDT"]
    assert [row["symbol"] for row in rows] == names
    assert exchange.market("BTC-USDT").last == 61000
    assert exchange.market("ADA-USDT").last == Decimal("0.7")


def test_halted_delisted_and_resumed_markets_are_told_by_their_status(exchange: FakeExchange) -> None:
    def status() -> tuple[int, bool]:
        (row,) = ask(exchange, "v1/common/symbols", symbol="BTC-USDT")["data"]["symbols"]
        return row["status"], row["apiStateBuy"]

    market = exchange.market("BTC-USDT")
    seen = [status()]
    for change in (market.halt, market.resume, market.delist):
        change()
        seen.append(status())
    assert seen == [(1, True), (25, False), (1, True), (0, False)]


def test_somebody_who_trades_takes_what_the_ladder_offers(exchange: FakeExchange) -> None:
    before = ask(exchange, "v1/market/depth", symbol="BTC-USDT", limit=1)["data"]["asks"][-1]
    exchange.market("BTC-USDT").trade("BUY", before[1])
    after = ask(exchange, "v1/market/depth", symbol="BTC-USDT", limit=1)["data"]["asks"][-1]
    assert Decimal(after[0]) == Decimal(before[0]) + Decimal("0.01")


def test_a_mark_is_set_by_itself_and_follows_the_last_price_when_it_is_released(
    exchange: FakeExchange,
) -> None:
    market = exchange.market("BTC-USDT")
    market.mark("41000")
    market.move("59000")
    assert (market.state["mark"], market.state["last"]) == ("41000", "59000")
    market.mark(None)
    assert market.state["mark"] == "59000"


def test_a_walk_moves_prices_as_time_goes_by_and_the_same_seed_repeats_it() -> None:
    lasts = []
    for _ in range(2):
        with FakeExchange(frozen_at_ms=NOW_MS, market="walk", seed=5) as exchange:
            exchange.clock.advance(60_000)
            lasts.append((exchange.market("BTC-USDT").last, exchange.market("ETH-USDT").last))
    assert lasts[0] == lasts[1]
    assert lasts[0] != (Decimal(60_000), Decimal(3_000))


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("spot/BTC-USDT/move", {"price": "0.001"}, "price: 0.001 is not two or more whole ticks of 0.01"),
        ("spot/BTC-USDT/move", {"price": -5}, "price: '-5' is not a plain decimal"),
        ("spot/BTC-USDT/move", {"price": 5.5}, "price: must be a plain decimal as text, or a whole number"),
        ("spot/BTC-USDT/move", {}, "price: must be a plain decimal"),
        ("spot/BTC-USDT/move", {"price": 5, "size": 1}, "size: unknown field"),
        ("spot/BTC-USDT/mark", {}, "price: give the mark, or null"),
        ("spot/BTC-USDT/trade", {"side": "UP", "quantity": 1}, "side: 'UP' is neither BUY nor SELL"),
        ("spot/BTC-USDT/trade", {"side": "BUY", "quantity": "0.000001"}, "not whole steps of 0.00001"),
        ("spot/BTC-USDT/resume", None, "BTC-USDT is trading"),
    ],
)
def test_bad_input_is_refused_with_a_reason_and_changes_nothing(
    exchange: FakeExchange, path: str, body: Any, reason: str
) -> None:
    before = exchange.market("BTC-USDT").state
    status, answer = steer(exchange, path, body)
    assert status == 400
    assert reason in answer["error"]
    assert exchange.market("BTC-USDT").state == before


def test_a_market_that_is_not_there_is_named(exchange: FakeExchange) -> None:
    assert steer(exchange, "spot/NOPE-USDT/halt") == (404, {"error": "there is no market spot NOPE-USDT"})
    with pytest.raises(ValueError, match="there is no market coinm NOPE-USD"):
        exchange.market("NOPE-USD", "coinm")
    assert ask(exchange, "v1/market/depth", symbol="NOPE-USDT")["code"] == 100204


def test_public_market_data_takes_and_ignores_what_signed_requests_carry(exchange: FakeExchange) -> None:
    whatever = {"timestamp": "1", "recvWindow": "99999999", "signature": "no"}
    assert ask(exchange, "v1/market/depth", symbol="BTC-USDT", limit=1, **whatever)["code"] == 0


def test_a_clock_set_back_finds_the_market_where_it_was(exchange: FakeExchange) -> None:
    exchange.market("BTC-USDT").move("61000")
    exchange.clock.freeze(NOW_MS - 86_400_000)
    (ticker,) = ask(exchange, "v1/ticker/24hr", symbol="BTC-USDT")["data"]
    assert ticker["lastPrice"] == 61000


def test_what_trades_after_a_clock_was_set_back_is_the_newest_trade_all_the_same(
    exchange: FakeExchange,
) -> None:
    exchange.clock.freeze(NOW_MS - 86_400_000)
    exchange.market("BTC-USDT").move("61000")
    trades = ask(exchange, "v1/market/trades", symbol="BTC-USDT", limit=3)["data"]
    assert trades[0]["price"] == 61000
    assert [trade["time"] for trade in trades] == sorted((trade["time"] for trade in trades), reverse=True)
    (candle,) = ask(exchange, "v1/market/kline", symbol="BTC-USDT", interval="1m", limit=1)["data"]
    assert (candle[4], candle[0] <= trades[0]["time"] <= candle[6]) == (61000, True)
    assert candle[5] > 0


def test_ccxt_loads_markets_and_reads_them_without_having_been_told_of_any(bingx_intercept: Any) -> None:
    import ccxt

    bot = ccxt.bingx({"enableRateLimit": False})
    assert "BTC/USDT" in bot.load_markets()
    bingx_intercept.market("BTC-USDT").move("58000")
    assert bot.fetch_ticker("BTC/USDT")["last"] == 58000
    assert bot.fetch_order_book("BTC/USDT", 5)["asks"][0][0] == 58000.01
    assert len(bot.fetch_ohlcv("BTC/USDT", "1m", limit=1000)) == 1000
    assert bot.fetch_trades("BTC/USDT", limit=1)[0]["price"] == 58000
    assert bot.fetch_bids_asks(["BTC/USDT"])["BTC/USDT"]["bid"] == 57999.99


def test_a_small_change_of_a_price_is_told_without_an_exponent() -> None:
    state = {
        "users": [],
        "markets": [{"symbol": "SHIB-USDT", "tick": "0.00000001", "step": "1", "price": "0.00002"}],
    }
    with FakeExchange(state, "skill", frozen_at_ms=NOW_MS) as exchange:
        target = f"/openApi/spot/v1/ticker/24hr?symbol=SHIB-USDT&timestamp={NOW_MS}"
        [ticker] = Sender(exchange).raw("GET", target).data
    assert re.fullmatch(r"-?0\.0000\d+", ticker["priceChange"]), ticker
