"""What the topics of spot markets show: one projection each of the market as it stands, and of its events.

Shapes: D's samples and what was recorded (V98).
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from bingx_fake.books.money import plain
from bingx_fake.groups.spot_market.markets import best_of, ticker_of
from bingx_fake.market.floor import Floor
from bingx_fake.market.stall import Stall
from bingx_fake.streams.topics import SPOT_INTERVALS, Topic
from bingx_fake.venue.candles import opening_after
from bingx_fake.venue.commands import Traded
from bingx_fake.venue.order_book import Side

Json = dict[str, Any]
DEFAULT_LEVELS = 20
"""How many levels a side ``@depth`` shows (R, D; 50 were recorded, V96)."""
INCREMENT_LEVELS = 1_000
"""How many levels a side increments of the order book cover (D)."""


class View(msgspec.Struct, frozen=True):
    """What pushes are made of: a market, the time, and by which clock days begin."""

    floor: Floor
    stall: Stall
    now_ms: int
    zone_ms: int


def pushed(topic: Topic, data: Json, *, timestamp_ms: int | None = None) -> Json:
    """A push as it is wrapped."""
    message: Json = {"code": 0, "data": data, "dataType": topic.name, "success": True}
    return message if timestamp_ms is None else message | {"timestamp": timestamp_ms}


def trades(topic: Topic, view: View, traded: Sequence[Traded]) -> list[Json]:
    """What one command traded, each by itself."""
    return [_trade(topic, view, one) for one in traded]


def _trade(topic: Topic, view: View, traded: Traded) -> Json:
    """One trade. ``m``: whether the buyer's order was there first."""
    instrument = view.stall.market.instrument
    data = {
        "E": view.now_ms,
        "T": traded.at_ms,
        "e": "trade",
        "m": traded.taker_side is Side.SELL,
        "p": instrument.price_text(traded.price),
        "q": instrument.quantity_text(traded.quantity),
        "s": instrument.symbol,
        "t": str(traded.trade_id),
    }
    return pushed(topic, data, timestamp_ms=view.now_ms)


def candle(topic: Topic, view: View) -> Json:
    """The candle that is running."""
    interval, instrument = SPOT_INTERVALS[topic.argument], view.stall.market.instrument
    (running,) = view.stall.history.page(interval, view.zone_ms, limit=1, now_ms=view.now_ms)
    inner = {
        "T": opening_after(interval, running.open_ms, view.zone_ms) - 1,
        "c": instrument.price_text(running.close),
        "h": instrument.price_text(running.high),
        "i": topic.argument,
        "l": instrument.price_text(running.low),
        "n": running.count,
        "o": instrument.price_text(running.open),
        "q": plain(instrument.value(running.value)),
        "s": instrument.symbol,
        "t": running.open_ms,
        "v": instrument.quantity_text(running.volume),
    }
    return pushed(topic, {"E": view.now_ms, "K": inner, "e": "kline", "s": instrument.symbol})


def depth(topic: Topic, view: View) -> Json:
    """The best levels, asks worst first."""
    levels = int(topic.argument or DEFAULT_LEVELS)
    bids, asks = view.floor.levels(view.stall.market.id, view.now_ms)
    data = {
        "asks": printed(view, reversed(asks[:levels])),
        "bids": printed(view, bids[:levels]),
        "lastUpdateId": view.stall.published(view.now_ms),
    }
    return pushed(topic, data, timestamp_ms=view.now_ms)


def increment(topic: Topic, view: View, action: str, sides: Sequence[Mapping[int, int]], number: int) -> Json:
    """Levels of the order book: all, or those that changed, where no quantity takes one away."""
    bids, asks = sides
    data = {
        "action": action,
        "asks": printed(view, sorted(asks.items(), reverse=True)),
        "bids": printed(view, sorted(bids.items(), reverse=True)),
        "lastUpdateId": number,
        "time": view.now_ms,
    }
    return pushed(topic, data, timestamp_ms=view.now_ms)


def ticker(topic: Topic, view: View) -> Json:
    """What the market did in the last 24 hours; numbers, and a percentage with its sign."""
    shown = ticker_of(view.floor, view.stall, view.now_ms)
    data = {
        "e": "24hTicker",
        "E": view.now_ms,
        "s": shown.symbol,
        "p": _number(shown.change),
        "P": shown.change_percent,
        "o": _number(shown.open),
        "h": _number(shown.high),
        "l": _number(shown.low),
        "c": _number(shown.last),
        "v": _number(shown.volume),
        "q": _number(shown.quote_volume),
        "O": shown.open_ms,
        "C": shown.close_ms,
        "A": _number(shown.ask_price),
        "a": _number(shown.ask_quantity),
        "B": _number(shown.bid_price),
        "b": _number(shown.bid_quantity),
    }
    return {"code": 0, "data": data, "dataType": topic.name, "timestamp": view.now_ms}


def last_price(topic: Topic, view: View) -> Json:
    """The price of the last trade."""
    market = view.stall.market
    data = {
        "c": market.instrument.price_text(market.last),
        "e": "lastPriceUpdate",
        "s": market.instrument.symbol,
    }
    return pushed(topic, data)


def book_ticker(topic: Topic, view: View) -> Json:
    """The best prices, and what is left there."""
    bid, ask = best_of(view.floor.levels(view.stall.market.id, view.now_ms))
    instrument = view.stall.market.instrument
    data = {
        "A": instrument.quantity_text(ask[1]),
        "B": instrument.quantity_text(bid[1]),
        "E": view.now_ms,
        "a": instrument.price_text(ask[0]),
        "b": instrument.price_text(bid[0]),
        "e": "bookTicker",
        "s": instrument.symbol,
    }
    return pushed(topic, data)


def printed(view: View, levels: Iterable[tuple[int, int]]) -> list[tuple[str, str]]:
    """Levels of the order book as texts, price and quantity."""
    instrument = view.stall.market.instrument
    return [(instrument.price_text(price), instrument.quantity_text(quantity)) for price, quantity in levels]


def _number(amount: Decimal) -> msgspec.Raw:
    return msgspec.Raw(plain(amount).encode())
