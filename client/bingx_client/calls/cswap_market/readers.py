"""From the places of an answer to market data of coin-margined perpetuals, whichever shape it comes in."""

from collections.abc import Iterator
from operator import attrgetter, itemgetter

from bingx_client.calls.cswap_market.models import Contract, OpenInterest, Ticker
from bingx_client.calls.spot_market.models import Depth, Level
from bingx_client.calls.swap_market.models import Candle, Premium
from bingx_client.wire.decode import Node, first

_COLUMNS = 7


def contracts(answer: Node) -> list[Contract]:
    """``data`` is the list. What one contract is worth stands under ``minTickSize``."""
    return [
        Contract(
            symbol=row.get("symbol").text(),
            value=row.get("minTickSize").amount(),
            min_value=row.get("minTradeValue").amount(),
            min_quantity=row.get("minQty").amount(),
            price_places=row.get("pricePrecision").integer(),
            status=row.get("status").integer(),
            online_ms=row.get("timeOnline").integer(),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]


def depth(answer: Node) -> Depth:
    """``data.bids`` and ``data.asks``, sorted; the time stands under ``T`` or ``ts`` (V82)."""
    data = answer.get("data")
    return Depth(
        bids=tuple(sorted(_levels(data.get("bids")), key=itemgetter(0), reverse=True)),
        asks=tuple(sorted(_levels(data.get("asks")), key=itemgetter(0))),
        time_ms=first("a time", data.get("T"), data.get("ts")).integer(),
        update_id=None,
        raw=answer.value,
    )


def candles(answer: Node) -> list[Candle]:
    """``data`` is a list of objects or of lists (V81)."""
    rows = answer.get("data").items()
    found = [_listed(row) if isinstance(row.value, list) else _candle(row) for row in rows]
    return sorted(found, key=attrgetter("open_ms"))


def tickers(answer: Node) -> list[Ticker]:
    """``data`` is a list, or one market without its best prices (V83)."""
    return [
        Ticker(
            symbol=row.get("symbol").text(),
            open=row.get("openPrice").amount(),
            high=row.get("highPrice").amount(),
            low=row.get("lowPrice").amount(),
            last=row.get("lastPrice").amount(),
            change=row.get("priceChange").amount(),
            change_percent=_without_sign(row.get("priceChangePercent")).amount(),
            volume=row.get("volume").amount(),
            quote_volume=row.get("quoteVolume").optional(Node.amount),
            last_quantity=row.get("lastQty").optional(Node.amount),
            bid=row.get("bidPrice").optional(Node.amount),
            bid_quantity=row.get("bidQty").optional(Node.amount),
            ask=row.get("askPrice").optional(Node.amount),
            ask_quantity=row.get("askQty").optional(Node.amount),
            close_ms=first("a time", row.get("closeTime"), row.get("time")).integer(),
            raw=row.value,
        )
        for row in _rows(answer)
    ]


def premiums(answer: Node) -> list[Premium]:
    """``data`` is a list, or one market (V83)."""
    return [
        Premium(
            symbol=row.get("symbol").text(),
            mark_price=row.get("markPrice").amount(),
            index_price=row.get("indexPrice").amount(),
            funding_rate=row.get("lastFundingRate").amount(),
            next_funding_ms=row.get("nextFundingTime").integer(),
            raw=row.value,
        )
        for row in _rows(answer)
    ]


def open_interest(answer: Node) -> list[OpenInterest]:
    """``data`` is a list, or one market; the time stands under ``timestamp`` or ``time`` (V83)."""
    return [
        OpenInterest(
            symbol=row.get("symbol").text(),
            coins=row.get("openInterest").amount(),
            time_ms=first("a time", row.get("timestamp"), row.get("time")).integer(),
            raw=row.value,
        )
        for row in _rows(answer)
    ]


def _rows(answer: Node) -> Iterator[Node]:
    """Those of a list, or the only one."""
    data = answer.get("data")
    return iter((data,)) if isinstance(data.value, dict) else data.items()


def _levels(side: Node) -> list[Level]:
    return [Level(*(amount.amount() for amount in _columns(row, 2))) for row in side.items()]


def _columns(row: Node, count: int) -> list[Node]:
    columns = list(row.items())
    if len(columns) != count:
        row.fail(f"a list of {count}")
    return columns


def _candle(row: Node) -> Candle:
    open_price, high, low, close, volume = (
        row.get(name).amount() for name in ("open", "high", "low", "close", "volume")
    )
    return Candle(row.get("time").integer(), open_price, high, low, close, volume, None, row.value)


def _listed(row: Node) -> Candle:
    opened, *prices, _ = _columns(row, _COLUMNS)
    open_price, high, low, close, volume = (price.amount() for price in prices)
    return Candle(opened.integer(), open_price, high, low, close, volume, None, row.value)


def _without_sign(node: Node) -> Node:
    """A number that may end with a per cent sign."""
    text = node.value.removesuffix("%") if isinstance(node.value, str) else node.value
    return Node(text, node.path, node.endpoint, node.http_status)
