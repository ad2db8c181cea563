"""The stream of perpetuals, as ``bingx_client.streams.swap``: its topics, and events of a form of its own.

``swap.orders()`` is a topic, ``swap.OrderReport`` what it tells. Depth, books, tickers, last prices and best
prices are told as ``streams.Depth``, ``streams.Book`` and so on, as those of spot markets are.
"""

from bingx_client.streaming.swap.events import (
    AccountUpdate,
    Candle,
    Choice,
    MarkPrice,
    OrderReport,
    PositionUpdate,
    Trade,
    Wallet,
)
from bingx_client.streaming.swap.topics import (
    account,
    book,
    book_ticker,
    candles,
    choices,
    depth,
    last_price,
    mark_price,
    orders,
    ticker,
    trades,
)

__all__ = [
    "AccountUpdate",
    "Candle",
    "Choice",
    "MarkPrice",
    "OrderReport",
    "PositionUpdate",
    "Trade",
    "Wallet",
    "account",
    "book",
    "book_ticker",
    "candles",
    "choices",
    "depth",
    "last_price",
    "mark_price",
    "orders",
    "ticker",
    "trades",
]
