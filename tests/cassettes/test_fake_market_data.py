"""Every call for market data: the bytes on the wire are those recorded, and so is what the market answers."""

from decimal import Decimal

import pytest
from support.sender import NOW_MS

from bingx_client import APIError, Client
from bingx_client.calls import spot_market

HOUR_MS = 3_600_000


@pytest.mark.clause("MARKET-1", "MARKET-11")
def test_every_symbol(client: Client) -> None:
    symbols = client.send(spot_market.symbols())
    assert [it.symbol for it in symbols] == ["BTC-USDT", "ETH-USDT", "SOL-USDT", "LTC-USDT", "SHIB-USDT"]


@pytest.mark.clause("MARKET-1")
def test_one_symbol(client: Client) -> None:
    (symbol,) = client.send(spot_market.symbols("SHIB-USDT"))
    assert (symbol.tick, symbol.step) == (Decimal("0.00000001"), Decimal(1))


@pytest.mark.clause("MARKET-2")
def test_depth_of_three_prices(client: Client) -> None:
    book = client.send(spot_market.depth("BTC-USDT", limit=3))
    assert [level.price for level in book.asks] == [Decimal(f"60000.0{digit}") for digit in (1, 2, 3)]
    assert [level.price for level in book.bids] == [Decimal(f"59999.9{digit}") for digit in (9, 8, 7)]


@pytest.mark.clause("MARKET-3")
def test_aggregated_depth_in_wider_steps(client: Client) -> None:
    book = client.send(spot_market.aggregated_depth("BTC-USDT", depth=3, step=1))
    assert [level.price for level in book.asks] == [Decimal("60000.1"), Decimal("60000.2")]


@pytest.mark.clause("MARKET-4")
def test_the_last_trades(client: Client) -> None:
    trades = client.send(spot_market.trades("BTC-USDT", limit=3))
    assert [int(trade.id) for trade in trades] == [int(trades[0].id) + step for step in range(3)]
    assert trades[-1].price == 60000


@pytest.mark.clause("MARKET-4")
def test_trades_after_one_that_was_seen(client: Client) -> None:
    last = client.send(spot_market.old_trades("BTC-USDT", limit=3))
    after = client.send(spot_market.old_trades("BTC-USDT", from_id=last[0].id, limit=3))
    assert after == last[1:]


@pytest.mark.clause("MARKET-5")
def test_candles_between_two_times(client: Client) -> None:
    start_ms = NOW_MS - NOW_MS % HOUR_MS - 2 * HOUR_MS
    candles = client.send(
        spot_market.klines("BTC-USDT", "1h", start_ms=start_ms, end_ms=start_ms + HOUR_MS, limit=10)
    )
    assert [candle.open_ms for candle in candles] == [start_ms, start_ms + HOUR_MS]


@pytest.mark.clause("MARKET-5")
def test_candles_of_days_of_a_time_zone(client: Client) -> None:
    for zone, hour in ((0, 0), (8, 16)):
        candles = client.send(spot_market.klines("ETH-USDT", "1d", limit=2, time_zone=zone))
        assert {candle.open_ms // HOUR_MS % 24 for candle in candles} == {hour}


@pytest.mark.clause("MARKET-5")
def test_candles_of_weeks_of_any_age(client: Client) -> None:
    candles = client.send(spot_market.old_klines("BTC-USDT", "1w", limit=2))
    assert candles[1].open_ms - candles[0].open_ms == 7 * 24 * HOUR_MS


@pytest.mark.clause("MARKET-6")
def test_the_ticker_of_a_market(client: Client) -> None:
    (ticker,) = client.send(spot_market.ticker("LTC-USDT"))
    assert ticker.low <= ticker.last <= ticker.high


@pytest.mark.clause("MARKET-6")
def test_the_tickers_of_all_markets(client: Client) -> None:
    assert len(client.send(spot_market.ticker())) == 5


@pytest.mark.clause("MARKET-7")
def test_the_price_of_a_market(client: Client) -> None:
    (price,) = client.send(spot_market.price("BTC-USDT"))
    assert price.price == 60000


@pytest.mark.clause("MARKET-8")
def test_the_best_prices_of_all_markets(client: Client) -> None:
    best = client.send(spot_market.book_ticker())
    assert all(it.bid < it.ask for it in best)


@pytest.mark.clause("MARKET-10")
def test_a_symbol_that_nobody_lists(client: Client) -> None:
    with pytest.raises(APIError) as refused:
        client.send(spot_market.depth("NOPE-USDT"))
    assert refused.value.code == 100204
