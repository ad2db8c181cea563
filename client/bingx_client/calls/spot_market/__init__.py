"""Market data of the spot markets: its calls, and what they answer. No key is needed, and none sent."""

from bingx_client.calls.spot_market.reads import (
    aggregated_depth,
    book_ticker,
    depth,
    klines,
    old_klines,
    old_trades,
    price,
    symbols,
    ticker,
    trades,
)

__all__ = [
    "aggregated_depth",
    "book_ticker",
    "depth",
    "klines",
    "old_klines",
    "old_trades",
    "price",
    "symbols",
    "ticker",
    "trades",
]
