"""What can be read of the markets of coin-margined perpetuals, by anybody."""

from bingx_client.calls.cswap_market import readers
from bingx_client.calls.cswap_market.models import Contract, OpenInterest, Ticker
from bingx_client.calls.documented import read
from bingx_client.calls.spot_market.models import Depth
from bingx_client.calls.swap_market.models import Candle, Premium
from bingx_client.flow.call import Call


def contracts(symbol: str | None = None) -> Call[list[Contract]]:
    """What can be traded, and what one contract is worth.

    :param symbol: only this one, such as ``BTC-USD``.
    """
    return read("cswap_market.contracts", {"symbol": symbol}, readers.contracts)


def depth(symbol: str, *, limit: int | None = None) -> Call[Depth]:
    """The order book in contracts, each side with the best price first.

    :param limit: prices a side: 5, 10, 20, 50, 100, 500 or 1000, 20 by default.
    """
    return read("cswap_market.depth", {"symbol": symbol, "limit": limit}, readers.depth)


def klines(
    symbol: str,
    interval: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int | None = None,
) -> Call[list[Candle]]:
    """Candles, the oldest of them first. Their volume counts contracts.

    :param interval: how long each is, from ``1m`` to ``1M``.
    :param start_ms: from this Unix time on, to ``end_ms``, which is not included.
    :param limit: how many, 1 to 1000, 500 by default; R allows 1440 (V81).
    """
    given = {
        "symbol": symbol,
        "interval": interval,
        "startTime": start_ms,
        "endTime": end_ms,
        "limit": limit,
    }
    return read("cswap_market.klines", given, readers.candles)


def ticker(symbol: str | None = None) -> Call[list[Ticker]]:
    """What markets did in the last 24 hours.

    :param symbol: only this one; the result is a list all the same.
    """
    return read("cswap_market.ticker", {"symbol": symbol}, readers.tickers)


def premium_index(symbol: str | None = None) -> Call[list[Premium]]:
    """The mark and the index of each market, and the rate of its next funding.

    :param symbol: only this one; the result is a list all the same.
    """
    return read("cswap_market.premium_index", {"symbol": symbol}, readers.premiums)


def open_interest(symbol: str | None = None) -> Call[list[OpenInterest]]:
    """What all positions of each market are worth, in coins.

    :param symbol: only this one; the result is a list all the same.
    """
    return read("cswap_market.open_interest", {"symbol": symbol}, readers.open_interest)
