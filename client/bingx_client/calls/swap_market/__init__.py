"""Market data of perpetuals, which anybody may read."""

from bingx_client.calls.swap_market.reads import (
    book_ticker,
    contracts,
    depth,
    funding_rates,
    klines,
    mark_klines,
    old_trades,
    open_interest,
    premium_index,
    price,
    ticker,
    trades,
    trading_rules,
)

__all__ = [
    "book_ticker",
    "contracts",
    "depth",
    "funding_rates",
    "klines",
    "mark_klines",
    "old_trades",
    "open_interest",
    "premium_index",
    "price",
    "ticker",
    "trades",
    "trading_rules",
]
