"""The names of topics: what a client writes as ``dataType``."""

import re

import msgspec

from bingx_fake.market.stall import published_every_ms
from bingx_fake.venue.instruments import Product

SPOT_INTERVALS = {
    **{f"{minutes}min": f"{minutes}m" for minutes in (1, 3, 5, 15, 30)},
    "60min": "1h",
    **{f"{hours}hour": f"{hours}h" for hours in (2, 4, 6, 8, 12)},
    "1day": "1d",
    "3day": "3d",
    "1week": "1w",
    "1mon": "1M",
    "1month": "1M",
    **{name: name for name in ("1m", "3m", "5m", "15m", "30m")},
    **{name: name for name in ("1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")},
}
"""What clients call the intervals of spot candles in topics (V97, every form), by the name of routes."""

SWAP_INTERVALS = {
    name: name
    for name in ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")
}
"""The same of perpetuals, where topics call them as routes do."""
_INTERVALS: dict[Product, dict[str, str]] = {
    "spot": SPOT_INTERVALS,
    "swap": SWAP_INTERVALS,
    "coinm": SWAP_INTERVALS,
}

DEPTHS = (5, 10, 20, 50, 100)
"""How many levels a side a topic of the order book may ask for."""

_OF_A_MARKET = re.compile(
    r"([A-Za-z0-9._-]+)@(trade|ticker|lastPrice|markPrice|bookTicker|incrDepth|depth|kline_)(\w*)(?:@(\w+))?"
)
_EVERY_MS: dict[Product, dict[str, int]] = {
    "spot": {"ticker": 1_000, "depth": 300},
    "swap": {"ticker": 1_000, "bookTicker": 200},
    "coinm": {"ticker": 1_000, "depth": 500},
}
"""Topics that are pushed again and again (R, D), at whole multiples of these times.

How often the order book of a coin-margined perpetual is, is ours (A228).
"""
_PACELESS = re.compile(r"[^@]+@depth\d*")
_PACES = {"100ms": 100, "200ms": 200, "500ms": 500}
"""How often the order book of a perpetual may be asked for: R and D have the two slower ones, P the other."""


class Topic(msgspec.Struct, frozen=True):
    """What can be subscribed to.

    :param name: by which pushes go; see ``pushed_as``.
    :param kind: which row of the table of topics it is.
    :param symbol: the market's; empty for topics of the account.
    :param argument: levels or interval, as written.
    :param every_ms: how often it is pushed; None for what is pushed when something happens.
    """

    product: Product
    name: str
    kind: str
    symbol: str = ""
    argument: str = ""
    every_ms: int | None = None


class NoSuchTopic(ValueError):
    """A ``dataType`` that is none; the message says why."""


def pushed_as(product: Product, name: str) -> str:
    """What pushes call a topic: as the client did, but the order book of a perpetual by its pace (O, P)."""
    return f"{name}@500ms" if product == "swap" and _PACELESS.fullmatch(name) else name


def read_topic(product: Product, name: str) -> Topic:
    """What a ``dataType`` names.

    :raises NoSuchTopic: when there is no such topic. Whether its market exists is not asked here.
    """
    name = pushed_as(product, name)
    if name in ("spot.executionReport", "ACCOUNT_UPDATE") and product == "spot":
        return Topic(product, name, name)
    found = _OF_A_MARKET.fullmatch(name)
    if found is None:
        raise NoSuchTopic(f"dataType {name[:80]!r} is no topic; one is such as 'BTC-USDT@trade'")
    symbol, kind, argument, pace = found.groups()
    every_ms = _EVERY_MS[product].get(kind)
    match kind:
        case "markPrice" if product == "spot":
            raise NoSuchTopic("spot markets have no mark price")
        case "incrDepth" if product == "coinm":
            raise NoSuchTopic("coin-margined perpetuals have no incrDepth; their order book is @depth")
        case "kline_":
            if argument not in _INTERVALS[product]:
                example = next(iter(_INTERVALS[product]))
                raise NoSuchTopic(f"{argument[:20]!r} is no interval; one is such as {example!r}")
        case "depth":
            if argument and (not argument.isdecimal() or int(argument) not in DEPTHS):
                raise NoSuchTopic(f"{argument[:20]!r} is no number of levels: {', '.join(map(str, DEPTHS))}")
        case _:
            if argument:
                raise NoSuchTopic(f"dataType {name[:80]!r} is no topic: {kind} takes nothing behind it")
    if pace is not None:
        if product != "swap" or kind != "depth" or pace not in _PACES:
            raise NoSuchTopic(f"dataType {name[:80]!r} is no topic: nothing goes by @{pace[:20]} there")
        every_ms = _PACES[pace]
    if kind == "incrDepth":
        every_ms = published_every_ms((product, symbol))
    return Topic(product, name, kind, symbol, argument, every_ms)
