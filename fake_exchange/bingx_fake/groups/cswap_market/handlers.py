"""Which handler serves which endpoint of market data of coin-margined perpetuals."""

from collections.abc import Mapping

from bingx_fake.groups.call import Handler
from bingx_fake.groups.cswap_market import candles, contracts, prices

HANDLERS: Mapping[str, Handler] = {
    "contracts": contracts.contracts,
    "depth": prices.depth,
    "klines": candles.klines,
    "ticker": prices.ticker,
    "premium_index": prices.premium_index,
    "open_interest": prices.open_interest,
}
"""By the endpoint's name in the group."""
