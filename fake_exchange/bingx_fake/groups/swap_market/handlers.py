"""Which handler serves which endpoint of perpetuals' market data."""

from collections.abc import Mapping

from bingx_fake.groups.call import Handler
from bingx_fake.groups.swap_market import candles, contracts, funding, prices, trades

HANDLERS: Mapping[str, Handler] = {
    "contracts": contracts.contracts,
    "trading_rules": contracts.trading_rules,
    "depth": prices.depth,
    "ticker": prices.ticker,
    "book_ticker": prices.book_ticker,
    "price": prices.price,
    "price_v2": prices.price,
    "trades": trades.trades,
    "old_trades": trades.old_trades,
    "klines": candles.klines,
    "klines_v2": candles.klines,
    "mark_klines": candles.mark_klines,
    "premium_index": funding.premium_index,
    "funding_rates": funding.funding_rates,
    "open_interest": funding.open_interest,
}
"""By the endpoint's name in the group."""
