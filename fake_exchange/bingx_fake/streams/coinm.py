"""What the topics of coin-margined perpetuals show: one projection each, as of the other markets.

Shapes: D's samples and what was recorded (V98). Quantities count contracts.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from bingx_fake.books.money import plain
from bingx_fake.groups.cswap_market.coins import coins, coins_traded
from bingx_fake.groups.cswap_market.prices import ticker_of
from bingx_fake.groups.spot_market.markets import best_of
from bingx_fake.streams.spot import DEFAULT_LEVELS, Json, View
from bingx_fake.streams.topics import SWAP_INTERVALS, Topic
from bingx_fake.venue.candles import DAY_MS, MINUTE_MS
from bingx_fake.venue.commands import Traded
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.order_book import Side

_UTC_MS = 0
_COIN_PLACES = 6
"""As recorded, of the order book and of candles."""


def pushed(topic: Topic, data: Json, *, timestamp_ms: int | None = None) -> Json:
    """A push as it is wrapped."""
    stamp = {} if timestamp_ms is None else {"timestamp": timestamp_ms}
    return {"code": 0, **stamp, "dataType": topic.name, "data": data}


def trades(topic: Topic, view: View, traded: Sequence[Traded]) -> list[Json]:
    """What one command traded, each by itself. ``m``: whether the buyer's order was there first."""
    instrument = view.stall.market.instrument
    return [
        pushed(
            topic,
            {
                "e": "trade",
                "E": view.now_ms,
                "s": instrument.symbol,
                "t": str(trade.trade_id),
                "p": instrument.price_text(trade.price),
                "q": instrument.quantity_text(trade.quantity),
                "T": trade.at_ms,
                "m": trade.taker_side is Side.SELL,
            },
        )
        for trade in traded
    ]


def candle(topic: Topic, view: View) -> Json:
    """The candle that is running, in numbers: ``v`` in contracts, ``a`` in coins. Days are those of UTC."""
    instrument, interval = view.stall.market.instrument, SWAP_INTERVALS[topic.argument]
    (running,) = view.stall.history.page(interval, _UTC_MS, limit=1, now_ms=view.now_ms)

    def price(ticks: int) -> msgspec.Raw:
        return _number(instrument.price(ticks))

    data = {
        "t": running.open_ms,
        "o": price(running.open),
        "c": price(running.close),
        "l": price(running.low),
        "h": price(running.high),
        "a": _number(Decimal(coins_traded(instrument, running.volume, running.value, _COIN_PLACES))),
        "v": _number(instrument.quantity(running.volume)),
        "u": running.count,
        "s": instrument.symbol,
    }
    return pushed(topic, data, timestamp_ms=view.now_ms)


def depth(topic: Topic, view: View) -> Json:
    """The best levels, asks worst first: ``a`` in coins, ``v`` in contracts."""
    levels = int(topic.argument or DEFAULT_LEVELS)
    bids, asks = view.floor.levels(view.stall.market.id, view.now_ms)
    instrument = view.stall.market.instrument
    data = {
        "symbol": instrument.symbol,
        "bids": _printed(instrument, bids[:levels]),
        "asks": _printed(instrument, reversed(asks[:levels])),
        "aggPrecision": plain(instrument.tick),
        "timestamp": view.now_ms,
    }
    return pushed(topic, data)


def _printed(instrument: Instrument, levels: Iterable[tuple[int, int]]) -> list[Json]:
    return [
        {
            "p": instrument.price_text(price),
            "a": coins(instrument, steps, price, _COIN_PLACES),
            "v": f"{instrument.quantity(steps):.1f}",
        }
        for price, steps in levels
    ]


def ticker(topic: Topic, view: View) -> Json:
    """What the contract did in the last 24 hours: ``v`` in contracts, ``m`` in coins, ``q`` in USD."""
    shown, instrument = ticker_of(view.floor, view.stall, view.now_ms), view.stall.market.instrument
    assert instrument.contract is not None, instrument
    data = {
        "E": view.now_ms,
        "s": shown.symbol,
        "o": shown.open,
        "h": shown.high,
        "l": shown.low,
        "c": shown.last,
        "p": f"{shown.change:f}",
        "P": shown.change_percent,
        "v": shown.volume,
        "m": _coins_of_a_day(view),
        "q": f"{Decimal(shown.volume) * instrument.contract:.2f}",
        "L": shown.last_quantity,
        "B": shown.bid_price,
        "b": shown.bid_quantity,
        "A": shown.ask_price,
        "a": shown.ask_quantity,
        "C": str(shown.close_ms),
    }
    return pushed(topic, data, timestamp_ms=view.now_ms)


def _coins_of_a_day(view: View) -> str:
    since_ms = max(view.now_ms, view.stall.reached_ms) - DAY_MS
    traded = view.stall.history.since(since_ms - since_ms % MINUTE_MS)
    volume, value = (0, 0) if traded is None else (traded.volume, traded.value)
    return coins_traded(view.stall.market.instrument, volume, value, _COIN_PLACES)


def last_price(topic: Topic, view: View) -> Json:
    """The price of the last trade."""
    instrument = view.stall.market.instrument
    price = instrument.price_text(view.stall.market.last)
    return pushed(topic, {"e": "lastPrice", "E": view.now_ms, "s": instrument.symbol, "p": price})


def mark_price(topic: Topic, view: View) -> Json:
    """The price that positions are valued at."""
    instrument = view.stall.market.instrument
    price = instrument.price_text(view.stall.market.mark_price)
    data = {"e": "markPrice", "E": view.now_ms, "s": instrument.symbol, "p": price}
    return pushed(topic, data, timestamp_ms=view.now_ms)


def book_ticker(topic: Topic, view: View) -> Json:
    """The best prices, what is left there, and the last price. ``u`` counts changes of the book."""
    bid, ask = best_of(view.floor.levels(view.stall.market.id, view.now_ms))
    instrument = view.stall.market.instrument
    data: dict[str, Any] = {
        "e": "bookTicker",
        "E": view.now_ms,
        "u": str(view.stall.updates),
        "T": view.stall.reached_ms,
        "s": instrument.symbol,
        "p": instrument.price_text(view.stall.market.last),
        "b": instrument.price_text(bid[0]),
        "B": instrument.quantity_text(bid[1]),
        "a": instrument.price_text(ask[0]),
        "A": instrument.quantity_text(ask[1]),
    }
    return pushed(topic, data)


def _number(amount: Decimal) -> msgspec.Raw:
    return msgspec.Raw(plain(amount).encode())
