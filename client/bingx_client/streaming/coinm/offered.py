"""The stream of coin-margined perpetuals, as ``bingx_client.streams.coinm``: its topics, and its events.

They are those of other perpetuals (``streams.swap``), where quantities count contracts and money is in coins;
the ticker alone has a form of its own. Depth, trades, last prices and best prices are told as
``streams.Depth``, ``streams.Trade`` and so on, as those of spot markets are.
"""

from bingx_client.streaming.coinm.events import Ticker
from bingx_client.streaming.coinm.topics import (
    account,
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
from bingx_client.streaming.swap.events import (
    AccountUpdate,
    Candle,
    Choice,
    MarkPrice,
    OrderReport,
    PositionUpdate,
    Wallet,
)

__all__ = [
    "AccountUpdate",
    "Candle",
    "Choice",
    "MarkPrice",
    "OrderReport",
    "PositionUpdate",
    "Ticker",
    "Wallet",
    "account",
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
