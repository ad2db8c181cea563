"""From the places of an answer to typed models, whichever documented shape it comes in."""

from collections.abc import Iterable
from decimal import Decimal
from operator import attrgetter, itemgetter

from bingx_client.calls.spot_market.models import (
    BookTicker,
    Candle,
    Depth,
    LastTrades,
    Level,
    Symbol,
    Ticker,
    Trade,
)
from bingx_client.wire.decode import Node, first

_FIRST_MS = 100_000_000_000
"""Below this a time is in seconds (V51): as milliseconds it would lie in 1973."""


def symbols(answer: Node) -> list[Symbol]:
    """``data.symbols`` with eight fields or more (V29)."""
    return [
        Symbol(
            symbol=_symbol(row),
            tick=row.get("tickSize").amount(),
            step=row.get("stepSize").amount(),
            min_notional=row.get("minNotional").amount(),
            max_notional=row.get("maxNotional").amount(),
            status=row.get("status").integer(),
            raw=row.value,
            may_buy=_said(row.get("apiStateBuy")),
            may_sell=_said(row.get("apiStateSell")),
            max_market_notional=row.get("maxMarketNotional").optional(Node.amount),
            online_ms=row.get("timeOnline").optional(Node.integer),
            off_ms=row.get("offTime").optional(Node.integer),
            maintain_ms=row.get("maintainTime").optional(Node.integer),
            display_name=row.get("displayName").optional(Node.text),
        )
        for row in answer.get("data").get("symbols").items()
    ]


def depth(answer: Node) -> Depth:
    """``data.bids`` and ``data.asks``, sorted, since documents list asks either way (V45)."""
    data = answer.get("data")
    return Depth(
        bids=tuple(sorted(_levels(data.get("bids")), key=itemgetter(0), reverse=True)),
        asks=tuple(sorted(_levels(data.get("asks")), key=itemgetter(0))),
        time_ms=data.get("ts").integer(),
        update_id=data.get("lastUpdateId").optional(Node.integer),
        raw=answer.value,
    )


def trades(answer: Node) -> list[Trade]:
    """``data`` is the list."""
    return _oldest_first(_trade(row) for row in answer.get("data").items())


def old_trades(answer: Node) -> list[Trade]:
    """``data`` is the list; its rows have either of two forms, one with times in seconds or not (V51)."""
    rows = answer.get("data").items()
    return _oldest_first(_old_trade(row) if row.get("tid").is_there else _trade(row) for row in rows)


def candles(answer: Node) -> list[Candle]:
    """``data`` is a list of lists."""
    return sorted(map(_candle, answer.get("data").items()), key=attrgetter("open_ms"))


def tickers(answer: Node) -> list[Ticker]:
    """``data`` is a list also where one market was asked for; its numbers may be texts (V48)."""
    return [
        Ticker(
            symbol=_symbol(row),
            open=row.get("openPrice").amount(),
            high=row.get("highPrice").amount(),
            low=row.get("lowPrice").amount(),
            last=row.get("lastPrice").amount(),
            change=row.get("priceChange").optional(Node.amount),
            change_percent=_percent(row.get("priceChangePercent")),
            volume=row.get("volume").amount(),
            quote_volume=row.get("quoteVolume").amount(),
            bid=row.get("bidPrice").amount(),
            bid_quantity=row.get("bidQty").amount(),
            ask=row.get("askPrice").amount(),
            ask_quantity=row.get("askQty").amount(),
            open_ms=row.get("openTime").integer(),
            close_ms=row.get("closeTime").integer(),
            count=row.get("count").optional(Node.integer),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]


def prices(answer: Node) -> list[LastTrades]:
    """``data`` lists markets with their last trades."""
    return [
        LastTrades(
            symbol=_symbol(row),
            trades=tuple(_oldest_first(_last_trade(trade) for trade in row.get("trades").items())),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]


def book_tickers(answer: Node) -> list[BookTicker]:
    """``data`` lists markets; a quantity is called ``bidVolume`` or ``bidQty`` (V50)."""
    return [
        BookTicker(
            symbol=_symbol(row),
            bid=row.get("bidPrice").amount(),
            bid_quantity=first("an amount", row.get("bidVolume"), row.get("bidQty")).amount(),
            ask=row.get("askPrice").amount(),
            ask_quantity=first("an amount", row.get("askVolume"), row.get("askQty")).amount(),
            time_ms=row.get("time").integer(),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]


def _symbol(row: Node) -> str:
    return row.get("symbol").text().replace("_", "-")


def _said(flag: Node) -> bool:
    return flag.boolean() if flag.is_there else True


def _levels(side: Node) -> list[Level]:
    return [Level(*(amount.amount() for amount in _columns(row, 2))) for row in side.items()]


def _trade(row: Node) -> Trade:
    return Trade(
        id=row.get("id").id(),
        price=row.get("price").amount(),
        quantity=row.get("qty").amount(),
        time_ms=row.get("time").integer(),
        is_buyer_maker=row.get("buyerMaker").boolean(),
        raw=row.value,
    )


def _old_trade(row: Node) -> Trade:
    time = row.get("t").integer()
    return Trade(
        id=row.get("tid").id(),
        price=row.get("p").amount(),
        quantity=row.get("v").amount(),
        time_ms=1000 * time if time < _FIRST_MS else time,
        is_buyer_maker=_was_sold(row.get("ms")),
        raw=row.value,
    )


def _last_trade(row: Node) -> Trade:
    return Trade(
        id=row.get("tradeId").id(),
        price=row.get("price").amount(),
        quantity=row.get("volume").amount(),
        time_ms=row.get("timestamp").integer(),
        is_buyer_maker=_was_sold(row.get("type")),
        raw=row.value,
    )


def _was_sold(side: Node) -> bool:
    """Who came in: 1 is the buyer, 2 the seller."""
    if side.integer() not in (1, 2):
        side.fail("1 or 2")
    return side.integer() == 2


def _oldest_first(rows: Iterable[Trade]) -> list[Trade]:
    """In the order of their ids, which are numbers: several have one time."""
    return sorted(rows, key=lambda trade: (len(trade.id), trade.id))


def _candle(row: Node) -> Candle:
    opened, *prices, closed, quote_volume = _columns(row, 8)
    open_price, high, low, close, volume = (price.amount() for price in prices)
    return Candle(
        open_ms=opened.integer(),
        open=open_price,
        high=high,
        low=low,
        close=close,
        volume=volume,
        close_ms=closed.integer(),
        quote_volume=quote_volume.amount(),
        raw=row.value,
    )


def _columns(row: Node, count: int) -> list[Node]:
    columns = list(row.items())
    if len(columns) != count:
        row.fail(f"a list of {count}")
    return columns


def _percent(node: Node) -> Decimal:
    text = node.text()
    return Node(text.removesuffix("%"), node.path, node.endpoint, node.http_status).amount()
