"""What ``AsyncClient.stream`` is given and gives: topics to listen to, and the events that come of them.

::

    from bingx_client import AsyncClient, streams

    async with client.stream(streams.trades("BTC-USDT"), streams.orders()) as stream:
        async for event in stream:
            match event:
                case streams.Trade(price=price): ...
                case streams.Gap(topic=topic, reason=reason): ...

Those of perpetuals are in ``streams.swap``, of coin-margined ones in ``streams.coinm``; a stream is of one
product.
"""

from bingx_client.streaming.cassette import CassetteError, replay
from bingx_client.streaming.coinm import offered as coinm
from bingx_client.streaming.events import (
    AccountUpdate,
    Book,
    BookTicker,
    BrokenFrame,
    Candle,
    Change,
    Depth,
    Disconnected,
    Event,
    Gap,
    GapClosed,
    GapStays,
    LastPrice,
    OrderReport,
    Other,
    Refused,
    Subscribed,
    Ticker,
    Trade,
)
from bingx_client.streaming.swap import offered as swap
from bingx_client.streaming.topics import (
    Topic,
    balances,
    book,
    book_ticker,
    candles,
    depth,
    last_price,
    named,
    orders,
    ticker,
    trades,
)

__all__ = [
    "AccountUpdate",
    "Book",
    "BookTicker",
    "BrokenFrame",
    "Candle",
    "CassetteError",
    "Change",
    "Depth",
    "Disconnected",
    "Event",
    "Gap",
    "GapClosed",
    "GapStays",
    "LastPrice",
    "OrderReport",
    "Other",
    "Refused",
    "Subscribed",
    "Ticker",
    "Topic",
    "Trade",
    "balances",
    "book",
    "book_ticker",
    "candles",
    "coinm",
    "depth",
    "last_price",
    "named",
    "orders",
    "replay",
    "swap",
    "ticker",
    "trades",
]
