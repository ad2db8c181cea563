"""Market data of coin-margined perpetuals, which anybody may read."""

from bingx_client.calls.cswap_market.reads import (
    contracts,
    depth,
    klines,
    open_interest,
    premium_index,
    ticker,
)

__all__ = ["contracts", "depth", "klines", "open_interest", "premium_index", "ticker"]
