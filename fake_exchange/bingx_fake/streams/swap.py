"""What the topics of perpetuals with a linear margin show: one projection each, as of the spot markets.

Shapes: D's samples and what was recorded (V98).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bingx_fake.groups.spot_market.markets import best_of, ticker_of
from bingx_fake.groups.swap_market.prices import cents
from bingx_fake.streams.spot import DEFAULT_LEVELS, Json, View, printed
from bingx_fake.streams.topics import SWAP_INTERVALS, Topic
from bingx_fake.venue.commands import Traded
from bingx_fake.venue.order_book import Side

_UTC_MS = 0


def pushed(topic: Topic, data: Any, **more: Any) -> Json:
    """A push as it is wrapped."""
    return {"code": 0, "dataType": topic.name, **more, "data": data}


def trades(topic: Topic, view: View, traded: Sequence[Traded]) -> list[Json]:
    """What one command traded, in one list. ``m``: whether the buyer's order was there first."""
    instrument = view.stall.market.instrument
    data = [
        {
            "q": instrument.quantity_text(trade.quantity),
            "p": instrument.price_text(trade.price),
            "T": trade.at_ms,
            "m": trade.taker_side is Side.SELL,
            "s": instrument.symbol,
        }
        for trade in traded
    ]
    return [pushed(topic, data)]


def candle(topic: Topic, view: View) -> Json:
    """The candle that is running. ``T`` is when it began; days are those of UTC (ours, A148)."""
    instrument, interval = view.stall.market.instrument, SWAP_INTERVALS[topic.argument]
    (running,) = view.stall.history.page(interval, _UTC_MS, limit=1, now_ms=view.now_ms)
    data = {
        "c": instrument.price_text(running.close),
        "o": instrument.price_text(running.open),
        "h": instrument.price_text(running.high),
        "l": instrument.price_text(running.low),
        "v": instrument.quantity_text(running.volume),
        "T": running.open_ms,
    }
    return pushed(topic, [data], s=instrument.symbol)


def depth(topic: Topic, view: View) -> Json:
    """The best levels, asks worst first."""
    levels = int(topic.argument or DEFAULT_LEVELS)
    bids, asks = view.floor.levels(view.stall.market.id, view.now_ms)
    data = {"bids": printed(view, bids[:levels]), "asks": printed(view, reversed(asks[:levels]))}
    return pushed(topic, data, ts=view.now_ms)


def increment(topic: Topic, view: View, action: str, sides: Sequence[Mapping[int, int]], number: int) -> Json:
    """Levels of the order book: all, or those that changed, where no quantity takes one away."""
    bids, asks = sides
    data = {
        "action": action,
        "lastUpdateId": number,
        "time": view.now_ms,
        "bids": printed(view, sorted(bids.items(), reverse=True)),
        "asks": printed(view, sorted(asks.items(), reverse=True)),
    }
    return pushed(topic, data)


def ticker(topic: Topic, view: View) -> Json:
    """What the contract did in the last 24 hours; texts, and a percentage without its sign."""
    shown = ticker_of(view.floor, view.stall, view.now_ms)
    (latest,) = view.stall.prints(1) or (None,)
    data = {
        "e": "24hTicker",
        "E": view.now_ms,
        "s": shown.symbol,
        "p": f"{shown.change:f}",
        "P": shown.change_percent.removesuffix("%"),
        "c": f"{shown.last:f}",
        "L": view.stall.market.instrument.quantity_text(0 if latest is None else latest.quantity),
        "h": f"{shown.high:f}",
        "l": f"{shown.low:f}",
        "v": f"{shown.volume:f}",
        "q": cents(shown.quote_volume),
        "o": f"{shown.open:f}",
        "O": shown.open_ms,
        "C": shown.close_ms,
        "A": f"{shown.ask_price:f}",
        "a": f"{shown.ask_quantity:f}",
        "B": f"{shown.bid_price:f}",
        "b": f"{shown.bid_quantity:f}",
    }
    return pushed(topic, data)


def last_price(topic: Topic, view: View) -> Json:
    """The price of the last trade."""
    instrument = view.stall.market.instrument
    price = instrument.price_text(view.stall.market.last)
    return pushed(topic, {"e": "lastPriceUpdate", "E": view.now_ms, "s": instrument.symbol, "c": price})


def mark_price(topic: Topic, view: View) -> Json:
    """The price that positions are valued at."""
    instrument = view.stall.market.instrument
    price = instrument.price_text(view.stall.market.mark_price)
    return pushed(topic, {"e": "markPriceUpdate", "E": view.now_ms, "s": instrument.symbol, "p": price})


def book_ticker(topic: Topic, view: View) -> Json:
    """The best prices, and what is left there. ``u`` counts changes of the book, as over REST."""
    bid, ask = best_of(view.floor.levels(view.stall.market.id, view.now_ms))
    instrument = view.stall.market.instrument
    data = {
        "e": "bookTicker",
        "u": view.stall.updates,
        "E": view.now_ms,
        "T": view.stall.reached_ms,
        "s": instrument.symbol,
        "b": instrument.price_text(bid[0]),
        "B": instrument.quantity_text(bid[1]),
        "a": instrument.price_text(ask[0]),
        "A": instrument.quantity_text(ask[1]),
    }
    return pushed(topic, data)
