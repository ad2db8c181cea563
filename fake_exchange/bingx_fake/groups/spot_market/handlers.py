"""Which handler serves which endpoint of market data."""

from collections.abc import Mapping

from bingx_fake.groups.call import Handler
from bingx_fake.groups.spot_market import candles, markets, trades

HANDLERS: Mapping[str, Handler] = {
    "symbols": markets.symbols,
    "depth": markets.depth,
    "aggregated_depth": markets.aggregated_depth,
    "aggregated_depth_v2_quote": markets.aggregated_depth,
    "trades": trades.trades,
    "trades_v2_quote": trades.trades,
    "klines": candles.klines,
    "klines_v1": candles.klines,
    "klines_v2_quote": candles.klines,
    "ticker": markets.ticker,
    "ticker_v2_quote": markets.ticker,
    "price": markets.price,
    "price_v1": markets.price,
    "price_v2_quote": markets.price,
    "book_ticker": markets.book_ticker,
    "book_ticker_v2_quote": markets.book_ticker,
    "old_klines": candles.klines,
    "old_klines_v2_quote": candles.klines,
    "old_trades": trades.old_trades,
    "old_trades_v2_quote": trades.old_trades,
}
"""By the endpoint's name in the group."""
