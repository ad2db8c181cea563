"""Market data of perpetuals: what it says of the market that there is, and of funding."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.sender import ALICE, NOW_MS, Sender

from bingx_fake import FakeExchange

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
LAST_BOUNDARY_MS = NOW_MS - NOW_MS % (8 * HOUR_MS)
USERS_LONG = {
    "symbol": "BTC-USDT",
    "side": "BUY",
    "positionSide": "BOTH",
    "type": "MARKET",
    "quantity": "0.5",
}


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS, profile="observed") as running:
        yield running


def asked(exchange: FakeExchange, path: str, **parameters: str) -> Any:
    return Sender(exchange).get(f"/openApi/swap/{path}", **parameters).data


def opened(exchange: FakeExchange) -> None:
    exchange.credit(ALICE, "USDTMPerp", "USDT", 100_000)
    assert Sender(exchange).post("/openApi/swap/v2/trade/order", **USERS_LONG).code == 0


def test_the_book_ticker_is_the_best_of_the_order_book(exchange: FakeExchange) -> None:
    book = asked(exchange, "v2/quote/depth", symbol="ETH-USDT", limit="5")
    best = asked(exchange, "v2/quote/bookTicker", symbol="ETH-USDT")["book_ticker"]
    assert [str(best["bid_price"]), str(best["bid_qty"])] == book["bids"][0]
    assert [str(best["ask_price"]), str(best["ask_qty"])] == book["asks"][-1]


@pytest.mark.parametrize("path", ["v2/quote/ticker", "v2/quote/premiumIndex", "v1/ticker/price"])
def test_without_a_symbol_every_contract_is_told(exchange: FakeExchange, path: str) -> None:
    every = [contract["symbol"] for contract in asked(exchange, "v2/quote/contracts")]
    assert [row["symbol"] for row in asked(exchange, path)] == every
    assert asked(exchange, path, symbol="SOL-USDT")["symbol"] == "SOL-USDT"


def test_what_a_user_buys_is_the_last_trade(exchange: FakeExchange) -> None:
    opened(exchange)
    newest = asked(exchange, "v2/quote/trades", symbol="BTC-USDT", limit="1")[0]
    assert (newest["time"], newest["isBuyerMaker"]) == (NOW_MS, False)
    assert asked(exchange, "v1/ticker/price", symbol="BTC-USDT")["price"] == newest["price"]
    (running,) = asked(exchange, "v3/quote/klines", symbol="BTC-USDT", interval="1m", limit="1")
    assert running["close"] == newest["price"]


def test_old_trades_go_on_from_the_one_that_was_seen_last(exchange: FakeExchange) -> None:
    first = asked(exchange, "v1/market/historicalTrades", symbol="BTC-USDT", limit="3", fromId="20000000")
    ids = [int(trade["id"]) for trade in first]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    then = asked(exchange, "v1/market/historicalTrades", symbol="BTC-USDT", limit="1", fromId=str(ids[-1]))
    assert then == first[-1:]


def test_an_hour_is_its_minutes(exchange: FakeExchange) -> None:
    start_ms = NOW_MS - NOW_MS % HOUR_MS - HOUR_MS
    since = {"symbol": "BTC-USDT", "startTime": str(start_ms)}
    (hour,) = asked(exchange, "v3/quote/klines", interval="1h", limit="1", **since)
    minutes = asked(exchange, "v3/quote/klines", interval="1m", limit="60", **since)
    assert hour["volume"] == str(sum(Decimal(minute["volume"]) for minute in minutes))
    assert hour["high"] == max((minute["high"] for minute in minutes), key=Decimal)
    assert (hour["open"], hour["close"]) == (minutes[-1]["open"], minutes[0]["close"])


def test_open_interest_is_what_users_hold_at_the_mark(exchange: FakeExchange) -> None:
    assert asked(exchange, "v2/quote/openInterest", symbol="BTC-USDT")["openInterest"] == "0.00"
    opened(exchange)
    exchange.market("BTC-USDT", product="swap").mark(70_000)
    assert asked(exchange, "v2/quote/openInterest", symbol="BTC-USDT")["openInterest"] == "35000.00"


def test_a_mark_that_is_set_is_the_one_that_the_premium_index_tells(exchange: FakeExchange) -> None:
    market = exchange.market("BTC-USDT", product="swap")
    market.mark(61_000)
    market.change(index=60_500)
    told = asked(exchange, "v2/quote/premiumIndex", symbol="BTC-USDT")
    assert (told["markPrice"], told["indexPrice"]) == ("61000.0", "60500.0")
    assert told["nextFundingTime"] == LAST_BOUNDARY_MS + 8 * HOUR_MS


MARKS = {"symbol": "BTC-USDT", "interval": "1m"}


def prices(row: dict[str, Any]) -> list[str]:
    return [row[name] for name in ("open", "high", "low", "close")]


def test_candles_of_a_mark_that_nobody_sets_are_those_of_trades(exchange: FakeExchange) -> None:
    exchange.market("BTC-USDT", product="swap").move(59_000)
    (mark,) = asked(exchange, "v1/market/markPriceKlines", limit="1", **MARKS)
    (traded,) = asked(exchange, "v3/quote/klines", limit="1", **MARKS)
    assert prices(mark) == prices(traded)


def test_candles_of_a_mark_that_is_set_are_its_own_until_and_after_it_is_released(
    exchange: FakeExchange,
) -> None:
    market = exchange.market("BTC-USDT", product="swap")
    exchange.clock.advance(MINUTE_MS)
    market.mark(41_000)
    market.move(59_000)
    exchange.clock.advance(2 * MINUTE_MS)
    market.mark(42_000)
    exchange.clock.advance(MINUTE_MS)
    market.mark(None)
    exchange.clock.advance(MINUTE_MS)
    market.move(58_000)
    rows = asked(exchange, "v1/market/markPriceKlines", limit="6", **MARKS)
    assert [prices(row) for row in reversed(rows)] == [
        rows_before(exchange),
        ["60000.0", "60000.0", "41000.0", "41000.0"],
        ["41000.0"] * 4,
        ["41000.0", "42000.0", "41000.0", "42000.0"],
        ["42000.0", "59000.0", "42000.0", "59000.0"],
        ["59000.0", "59000.0", "58000.0", "58000.0"],
    ]
    (hour,) = asked(exchange, "v1/market/markPriceKlines", symbol="BTC-USDT", interval="1h", limit="1")
    assert (hour["low"], hour["close"]) == ("41000.0", "58000.0")
    (traded,) = asked(exchange, "v3/quote/klines", symbol="BTC-USDT", interval="1h", limit="1")
    assert Decimal(traded["low"]) > 50_000, "what is traded is another matter"


def rows_before(exchange: FakeExchange) -> list[str]:
    """The minute in which the exchange opened, before the mark was set: as it was traded."""
    row = asked(exchange, "v3/quote/klines", limit="6", **MARKS)[-1]
    return prices(row)


def test_a_market_that_opens_with_a_mark_has_its_candles_from_then_on(exchange: FakeExchange) -> None:
    exchange.load(
        {
            "markets": [
                {"product": "swap", "symbol": "ADA-USDT", "tick": "0.1", "step": 1, "price": 50, "mark": 40}
            ]
        }
    )
    exchange.clock.advance(MINUTE_MS)
    rows = asked(exchange, "v1/market/markPriceKlines", symbol="ADA-USDT", interval="1m", limit="2")
    assert [prices(row) for row in rows] == [["40.0"] * 4, ["50.0", "50.0", "40.0", "40.0"]]


def test_rates_of_the_past_are_those_that_were_settled(exchange: FakeExchange) -> None:
    opened(exchange)
    exchange.market("BTC-USDT", product="swap").funding("0.00025")
    exchange.clock.advance(8 * HOUR_MS)
    newest, before = asked(exchange, "v2/quote/fundingRate", symbol="BTC-USDT", limit="2")
    assert (newest["fundingRate"], newest["fundingTime"]) == ("0.00025000", LAST_BOUNDARY_MS + 8 * HOUR_MS)
    assert (before["fundingRate"], before["fundingTime"]) == ("0.00010000", LAST_BOUNDARY_MS)


def test_rates_are_given_within_the_times_that_are_asked_for(exchange: FakeExchange) -> None:
    start_ms, end_ms = LAST_BOUNDARY_MS - 24 * HOUR_MS, LAST_BOUNDARY_MS - 1
    rates = asked(
        exchange,
        "v2/quote/fundingRate",
        symbol="BTC-USDT",
        startTime=str(start_ms),
        endTime=str(end_ms),
    )
    assert [rate["fundingTime"] for rate in rates] == [end_ms + 1 - hours * HOUR_MS for hours in (8, 16, 24)]


def test_a_contract_that_there_is_not_is_refused(exchange: FakeExchange) -> None:
    reply = Sender(exchange).get("/openApi/swap/v2/quote/depth", symbol="NOPE-USDT")
    assert reply.code == 109425
    assert "NOPE-USDT not exist" in reply.json["msg"]
