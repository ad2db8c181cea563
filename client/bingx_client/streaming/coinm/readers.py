"""From pushes of coin-margined perpetuals to typed events, where those of other markets differ (V98)."""

from collections.abc import Iterable
from typing import Any

from bingx_client.calls.spot_market.models import Level
from bingx_client.streaming import readers
from bingx_client.streaming.coinm.events import Ticker
from bingx_client.streaming.events import Depth, LastPrice
from bingx_client.streaming.readers import Push, amount, integer
from bingx_client.streaming.topics import Topic


def depth(topic: Topic, push: Push) -> Depth:
    """``data.bids`` and ``data.asks``, of which each level is an object."""
    return readers.depth(topic, push, _levels)


def _levels(side: Iterable[Any]) -> list[Level]:
    """Prices and contracts."""
    return [Level(amount(row["p"]), amount(row["v"])) for row in side]


def ticker(topic: Topic, push: Push) -> Ticker:
    """``data``: ``v`` in contracts, ``m`` in coins; its percentage with a sign."""
    row = push["data"]
    return Ticker(
        topic=topic.name,
        symbol=topic.symbol,
        open=amount(row["o"]),
        high=amount(row["h"]),
        low=amount(row["l"]),
        last=amount(row["c"]),
        change=amount(row["p"]),
        change_percent=readers.percentage(row["P"]),
        volume=amount(row["v"]),
        coins=amount(row["m"]),
        last_quantity=amount(row["L"]),
        bid=amount(row["B"]),
        bid_quantity=amount(row["b"]),
        ask=amount(row["A"]),
        ask_quantity=amount(row["a"]),
        close_ms=integer(row["C"]),
        raw=row,
    )


def last_price(topic: Topic, push: Push) -> LastPrice:
    """``data.p``."""
    row = push["data"]
    return LastPrice(topic.name, topic.symbol, amount(row["p"]), row)
