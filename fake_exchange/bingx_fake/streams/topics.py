"""The names of topics: what a client writes as ``dataType``."""

import re

import msgspec

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

DEPTHS = (5, 10, 20, 50, 100)
"""How many levels a side a topic of the order book may ask for."""

_OF_A_MARKET = re.compile(
    r"([A-Za-z0-9._-]+)@(trade|ticker|lastPrice|bookTicker|incrDepth|depth|kline_)(\w*)"
)


class Topic(msgspec.Struct, frozen=True):
    """What can be subscribed to.

    :param name: as the client wrote it, which pushes repeat.
    :param kind: which row of the table of topics it is.
    :param symbol: the market's; empty for topics of the account.
    :param argument: levels or interval, as written.
    """

    product: Product
    name: str
    kind: str
    symbol: str = ""
    argument: str = ""


class NoSuchTopic(ValueError):
    """A ``dataType`` that is none; the message says why."""


def read_topic(product: Product, name: str) -> Topic:
    """What a ``dataType`` names.

    :raises NoSuchTopic: when there is no such topic. Whether its market exists is not asked here.
    """
    if name in ("spot.executionReport", "ACCOUNT_UPDATE") and product == "spot":
        return Topic(product, name, name)
    found = _OF_A_MARKET.fullmatch(name)
    if found is None:
        raise NoSuchTopic(f"dataType {name[:80]!r} is no topic; one is such as 'BTC-USDT@trade'")
    symbol, kind, argument = found.groups()
    match kind:
        case "kline_":
            if argument not in SPOT_INTERVALS:
                raise NoSuchTopic(f"{argument[:20]!r} is no interval; one is such as '1min'")
        case "depth":
            if argument and (not argument.isdecimal() or int(argument) not in DEPTHS):
                raise NoSuchTopic(f"{argument[:20]!r} is no number of levels: {', '.join(map(str, DEPTHS))}")
        case _:
            if argument:
                raise NoSuchTopic(f"dataType {name[:80]!r} is no topic: {kind} takes nothing behind it")
    return Topic(product, name, kind, symbol, argument)
