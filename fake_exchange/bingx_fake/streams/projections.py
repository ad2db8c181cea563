"""The table of topics of markets: by product and kind, what each shows."""

from collections.abc import Callable, Mapping, Sequence

from bingx_fake.streams import coinm, spot, swap
from bingx_fake.streams.spot import Json, View
from bingx_fake.streams.topics import Topic
from bingx_fake.venue.commands import Traded
from bingx_fake.venue.instruments import Product

Increment = Callable[[Topic, View, str, Sequence[Mapping[int, int]], int], Json]

STANDING: Mapping[tuple[Product, str], Callable[[Topic, View], Json]] = {
    ("spot", "kline_"): spot.candle,
    ("spot", "depth"): spot.depth,
    ("spot", "ticker"): spot.ticker,
    ("spot", "lastPrice"): spot.last_price,
    ("spot", "bookTicker"): spot.book_ticker,
    ("swap", "kline_"): swap.candle,
    ("swap", "depth"): swap.depth,
    ("swap", "ticker"): swap.ticker,
    ("swap", "lastPrice"): swap.last_price,
    ("swap", "markPrice"): swap.mark_price,
    ("swap", "bookTicker"): swap.book_ticker,
    ("coinm", "kline_"): coinm.candle,
    ("coinm", "depth"): coinm.depth,
    ("coinm", "ticker"): coinm.ticker,
    ("coinm", "lastPrice"): coinm.last_price,
    ("coinm", "markPrice"): coinm.mark_price,
    ("coinm", "bookTicker"): coinm.book_ticker,
}
"""What shows the market as it stands."""
TRADES: Mapping[Product, Callable[[Topic, View, Sequence[Traded]], list[Json]]] = {
    "spot": spot.trades,
    "swap": swap.trades,
    "coinm": coinm.trades,
}
"""What shows the trades of one command."""
INCREMENTS: Mapping[Product, Increment] = {"spot": spot.increment, "swap": swap.increment}
"""What shows the order book, all of it or what has changed."""
