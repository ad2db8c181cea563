"""What can be read of the spot markets, by anybody."""

from bingx_client.calls.documented import read
from bingx_client.calls.spot_market import readers
from bingx_client.calls.spot_market.models import (
    BookTicker,
    Candle,
    Depth,
    LastTrades,
    Symbol,
    Ticker,
    Trade,
)
from bingx_client.flow.call import Call


def symbols(symbol: str | None = None) -> Call[list[Symbol]]:
    """What can be traded, and in which steps (MARKET-1).

    :param symbol: only this one, such as ``BTC-USDT``.
    """
    return read("spot_market.symbols", {"symbol": symbol}, readers.symbols)


def depth(symbol: str, *, limit: int | None = None) -> Call[Depth]:
    """The order book, each side with the best price first (MARKET-2).

    :param symbol: such as ``BTC-USDT``.
    :param limit: prices a side, 1 to 1000, 20 by default.
    """
    return read("spot_market.depth", {"symbol": symbol, "limit": limit}, readers.depth)


def aggregated_depth(symbol: str, *, depth: int = 20, step: int = 0) -> Call[Depth]:
    """The order book with prices put together (MARKET-3).

    :param symbol: ``BTC-USDT``; it is sent as R and D say, ``BTC_USDT`` (V46).
    :param depth: prices a side, 1 to 1000.
    :param step: 0 to 5: how often the step of price is made ten times as wide.
    """
    given = {"symbol": _underscored(symbol), "depth": depth, "type": f"step{step}"}
    return read("spot_market.aggregated_depth", given, readers.depth)


def trades(symbol: str, *, limit: int | None = None) -> Call[list[Trade]]:
    """The last trades, the oldest of them first (MARKET-4).

    :param limit: how many, 1 to 500, 100 by default.
    """
    return read("spot_market.trades", {"symbol": symbol, "limit": limit}, readers.trades)


def old_trades(
    symbol: str, *, from_id: str | int | None = None, limit: int | None = None
) -> Call[list[Trade]]:
    """Trades of any age, the oldest of them first (MARKET-4).

    :param from_id: those after this one, which was seen last; without it the last ones.
    :param limit: how many, 1 to 500, 100 by default.
    """
    given = {"symbol": symbol, "fromId": from_id, "limit": limit}
    return read("spot_market.old_trades", given, readers.old_trades)


def klines(
    symbol: str,
    interval: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int | None = None,
    time_zone: int | None = None,
) -> Call[list[Candle]]:
    """Candles, the oldest of them first (MARKET-5).

    :param interval: how long each is, from ``1m`` to ``1M``.
    :param start_ms: from this Unix time on, ``end_ms`` likewise to.
    :param limit: how many, 1 to 1440, 500 by default.
    :param time_zone: 0 or 8: by which clock days and what is longer begin; without it documents differ (V47).
    """
    given = _candles(symbol, interval, start_ms, end_ms, limit, time_zone)
    return read("spot_market.klines", given, readers.candles)


def old_klines(
    symbol: str,
    interval: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int | None = None,
    time_zone: int | None = None,
) -> Call[list[Candle]]:
    """Candles of any age, as ``klines``, at most 500 at once (MARKET-5)."""
    given = _candles(symbol, interval, start_ms, end_ms, limit, time_zone)
    return read("spot_market.old_klines", given, readers.candles)


def ticker(symbol: str | None = None) -> Call[list[Ticker]]:
    """What markets did in the last 24 hours (MARKET-6).

    :param symbol: only this one; the result is a list all the same.
    """
    return read("spot_market.ticker", {"symbol": symbol}, readers.tickers)


def price(symbol: str | None = None) -> Call[list[LastTrades]]:
    """What was paid last in each market (MARKET-7).

    :param symbol: only this one, such as ``BTC-USDT``; the result is a list all the same.
    """
    return read("spot_market.price", {"symbol": symbol}, readers.prices)


def book_ticker(symbol: str | None = None) -> Call[list[BookTicker]]:
    """The best prices of each market, and what is left there (MARKET-8).

    :param symbol: only this one, such as ``BTC-USDT``; the result is a list all the same.
    """
    return read("spot_market.book_ticker", {"symbol": symbol}, readers.book_tickers)


def _underscored(symbol: str) -> str:
    return symbol.replace("-", "_") if isinstance(symbol, str) else symbol


def _candles(
    symbol: str,
    interval: str,
    start_ms: int | None,
    end_ms: int | None,
    limit: int | None,
    time_zone: int | None,
) -> dict[str, object]:
    return {
        "symbol": symbol,
        "interval": interval,
        "startTime": start_ms,
        "endTime": end_ms,
        "limit": limit,
        "timeZone": None if time_zone is None else str(time_zone),
    }
