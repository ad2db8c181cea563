"""Market data of coin-margined perpetuals: contracts, and what they are worth in coins."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.sender import NOW_MS, Sender

from bingx_fake import FakeExchange
from bingx_fake.groups.cswap_market.coins import coins

HOUR_MS = 3_600_000
BTC = {"symbol": "BTC-USD"}


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        yield running


def asked(exchange: FakeExchange, path: str, **parameters: str) -> Any:
    return Sender(exchange).get(f"/openApi/cswap/v1/market/{path}", **parameters).data


def test_asks_of_the_order_book_come_worst_first_and_its_quantities_count_contracts(
    exchange: FakeExchange,
) -> None:
    book = asked(exchange, "depth", limit="5", **BTC)
    assert [price for price, _ in book["asks"]] == ["60000.5", "60000.4", "60000.3", "60000.2", "60000.1"]
    assert book["bids"][0][0] == "59999.9"
    for _, quantity in book["bids"] + book["asks"]:
        assert quantity.endswith(".0")
        assert 50 <= Decimal(quantity) <= 200, "5,000 to 20,000 USD"


def test_what_somebody_buys_is_the_last_quantity_and_price(exchange: FakeExchange) -> None:
    exchange.market("BTC-USD", "coinm").trade("BUY", 38)
    (row,) = asked(exchange, "ticker", **BTC)
    assert (row["lastQty"], row["lastPrice"]) == ("38", "60000.1")
    newest, *_ = asked(exchange, "klines", interval="1m", limit="1", **BTC)
    assert (newest["close"], newest["volume"]) == ("60000.1", "38.00")


def test_the_ticker_has_volume_in_contracts_and_quote_volume_in_coins_at_the_average_price() -> None:
    form = {"product": "coinm", "symbol": "BTC-USD", "tick": "0.1", "step": 1, "price": 50000, "past": "flat"}
    deep = {"levels": 1, "size": [1_000_000, 1_000_000]}
    with FakeExchange(state={"markets": [form | {"ladder": deep}]}, frozen_at_ms=NOW_MS) as exchange:
        market = exchange.market("BTC-USD", "coinm")
        market.trade("BUY", 1_000)
        market.move(40_000)
        market.trade("BUY", 1_000)
        (row,) = asked(exchange, "ticker", **BTC)
    assert row["volume"] == "2001.00", "a move trades one contract"
    assert row["quoteVolume"] == "4.45", "200,100 USD at 44,997.6 on the average"
    assert (row["priceChange"], row["priceChangePercent"]) == ("-10000", "-20.0000%")


@pytest.mark.parametrize(
    ("volume", "price", "is_about"),
    [(3_825_668, "67713.5", "5084.51"), (1_464_648, "140.574", "102928.12")],
)
def test_samples_of_both_volumes_fit_100_and_10_usd_a_contract(
    exchange: FakeExchange, volume: int, price: str, is_about: str
) -> None:
    symbol = "BTC-USD" if volume == 3_825_668 else "SOL-USD"
    instrument = exchange.call(lambda it: it.books.floor.stalls["coinm", symbol].market.instrument)
    worth = Decimal(coins(instrument, volume, instrument.ticks(Decimal(price)), 2))
    assert abs(worth / Decimal(is_about) - 1) < Decimal("0.12"), "the price of the whole day is not told"


@pytest.mark.parametrize("path", ["ticker", "premiumIndex", "openInterest"])
def test_without_a_symbol_every_contract_is_told(exchange: FakeExchange, path: str) -> None:
    every = [contract["symbol"] for contract in asked(exchange, "contracts")]
    assert [row["symbol"] for row in asked(exchange, path)] == every
    assert [row["symbol"] for row in asked(exchange, path, symbol="SOL-USD")] == ["SOL-USD"]


def test_the_start_of_candles_is_included_and_their_end_is_not(exchange: FakeExchange) -> None:
    end_ms = NOW_MS - NOW_MS % HOUR_MS
    span = {"startTime": str(end_ms - 3 * HOUR_MS), "endTime": str(end_ms)}
    candles = asked(exchange, "klines", interval="1h", **BTC, **span)
    assert [candle["time"] for candle in candles] == [end_ms - hours * HOUR_MS for hours in (1, 2, 3)]


def test_an_hour_is_its_minutes(exchange: FakeExchange) -> None:
    start_ms = NOW_MS - NOW_MS % HOUR_MS - HOUR_MS
    since = {**BTC, "startTime": str(start_ms)}
    (hour,) = asked(exchange, "klines", interval="1h", limit="1", **since)
    minutes = asked(exchange, "klines", interval="1m", limit="60", **since)
    assert Decimal(hour["volume"]) == sum(Decimal(minute["volume"]) for minute in minutes)
    assert (hour["open"], hour["close"]) == (minutes[-1]["open"], minutes[0]["close"])


def test_a_mark_an_index_and_a_rate_that_are_set_are_told(exchange: FakeExchange) -> None:
    market = exchange.market("ETH-USD", "coinm")
    market.mark("2402.68")
    market.change(index="2404.92")
    market.funding("-0.00025")
    (row,) = asked(exchange, "premiumIndex", symbol="ETH-USD")
    assert row == {
        "symbol": "ETH-USD",
        "lastFundingRate": "-0.00025",
        "markPrice": "2402.68",
        "indexPrice": "2404.92",
        "nextFundingTime": NOW_MS - NOW_MS % (8 * HOUR_MS) + 8 * HOUR_MS,
    }


def test_a_contract_that_is_halted_is_offline(exchange: FakeExchange) -> None:
    exchange.market("SOL-USD", "coinm").halt()
    statuses = {row["symbol"]: row["status"] for row in asked(exchange, "contracts")}
    assert (statuses["SOL-USD"], statuses["BTC-USD"]) == (0, 1)


@pytest.mark.parametrize("path", ["depth", "ticker"])
def test_a_contract_that_there_is_not_is_refused(exchange: FakeExchange, path: str) -> None:
    reply = Sender(exchange).get(f"/openApi/cswap/v1/market/{path}", symbol="BTC-USDT")
    assert reply.code == 109425
    assert "BTC-USDT not exist" in reply.json["msg"]
