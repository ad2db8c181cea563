"""What can be read of the markets of perpetuals, by anybody."""

from bingx_client.calls.documented import read
from bingx_client.calls.spot_market.models import BookTicker, Depth, Ticker
from bingx_client.calls.swap_market import readers
from bingx_client.calls.swap_market.models import (
    Candle,
    Contract,
    FundingRate,
    OpenInterest,
    Premium,
    Price,
    Trade,
    TradingRules,
)
from bingx_client.flow.call import Call


def contracts(symbol: str | None = None) -> Call[list[Contract]]:
    """What can be traded, and in which steps.

    :param symbol: only this one, such as ``BTC-USDT``.
    """
    return read("swap_market.contracts", {"symbol": symbol}, readers.contracts)


def depth(symbol: str, *, limit: int | None = None) -> Call[Depth]:
    """The order book, each side with the best price first.

    :param limit: prices a side: 5, 10, 20, 50, 100, 500 or 1000, 20 by default.
    """
    return read("swap_market.depth", {"symbol": symbol, "limit": limit}, readers.depth)


def trades(symbol: str, *, limit: int | None = None) -> Call[list[Trade]]:
    """The last trades, as they are answered.

    :param limit: how many, 1 to 1000, 500 by default.
    """
    return read("swap_market.trades", {"symbol": symbol, "limit": limit}, readers.trades)


def old_trades(
    symbol: str, *, from_id: int | str | None = None, limit: int | None = None
) -> Call[list[Trade]]:
    """Trades of any age, as they are answered.

    :param from_id: the id at which they begin; ``limit`` is how many, 1 to 500, 50 by default.
    """
    given = {"symbol": symbol, "fromId": from_id, "limit": limit}
    return read("swap_market.old_trades", given, readers.trades)


def klines(
    symbol: str,
    interval: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int | None = None,
) -> Call[list[Candle]]:
    """Candles, the oldest of them first.

    :param interval: how long each is, from ``1m`` to ``1M``.
    :param start_ms: from this Unix time on, ``end_ms`` likewise to.
    :param limit: how many, 1 to 1440, 500 by default.
    """
    given = _candles(symbol, interval, start_ms, end_ms, limit)
    return read("swap_market.klines", given, readers.candles)


def mark_klines(
    symbol: str,
    interval: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int | None = None,
) -> Call[list[Candle]]:
    """Candles of the mark price, which have no volume; parameters as for ``klines``."""
    given = _candles(symbol, interval, start_ms, end_ms, limit)
    return read("swap_market.mark_klines", given, readers.candles)


def ticker(symbol: str | None = None) -> Call[list[Ticker]]:
    """What markets did in the last 24 hours.

    :param symbol: only this one; the result is a list all the same.
    """
    return read("swap_market.ticker", {"symbol": symbol}, readers.tickers)


def book_ticker(symbol: str | None = None) -> Call[list[BookTicker]]:
    """The best prices of each market, and what is left there.

    :param symbol: only this one; the result is a list all the same.
    """
    return read("swap_market.book_ticker", {"symbol": symbol}, readers.book_tickers)


def price(symbol: str | None = None) -> Call[list[Price]]:
    """What was paid last in each market.

    :param symbol: only this one; the result is a list all the same.
    """
    return read("swap_market.price", {"symbol": symbol}, readers.prices)


def premium_index(symbol: str | None = None) -> Call[list[Premium]]:
    """The mark and the index of each market, and the rate of its next funding.

    :param symbol: only this one; the result is a list all the same.
    """
    return read("swap_market.premium_index", {"symbol": symbol}, readers.premiums)


def funding_rates(
    symbol: str | None = None,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int | None = None,
) -> Call[list[FundingRate]]:
    """Rates of funding, the oldest of them first; some answers have the current one alone (V77).

    :param start_ms: from this Unix time on, ``end_ms`` likewise to.
    :param limit: how many, 1 to 1000, 100 by default.
    """
    given = {"symbol": symbol, "startTime": start_ms, "endTime": end_ms, "limit": limit}
    return read("swap_market.funding_rates", given, readers.funding_rates)


def open_interest(symbol: str) -> Call[OpenInterest]:
    """What all positions of a market are worth."""
    return read("swap_market.open_interest", {"symbol": symbol}, readers.open_interest)


def trading_rules(symbol: str) -> Call[TradingRules]:
    """How small, large and far from the market orders may be."""
    return read("swap_market.trading_rules", {"symbol": symbol}, readers.trading_rules)


def _candles(
    symbol: str, interval: str, start_ms: int | None, end_ms: int | None, limit: int | None
) -> dict[str, object]:
    return {
        "symbol": symbol,
        "interval": interval,
        "startTime": start_ms,
        "endTime": end_ms,
        "limit": limit,
    }
