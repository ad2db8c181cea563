"""From the places of an answer to market data of perpetuals, whichever documented shape it comes in."""

from collections.abc import Iterator
from operator import attrgetter, itemgetter

from bingx_client.calls.spot_market.models import BookTicker, Depth, Level, Ticker
from bingx_client.calls.swap_market.models import (
    Candle,
    Contract,
    FundingRate,
    OpenInterest,
    Premium,
    Price,
    Trade,
    TradingRules,
)
from bingx_client.wire.decode import Node, first

_COLUMNS = 11


def contracts(answer: Node) -> list[Contract]:
    """``data`` is the list."""
    return [
        Contract(
            symbol=row.get("symbol").text(),
            asset=row.get("asset").text(),
            currency=row.get("currency").text(),
            size=row.get("size").amount(),
            price_places=row.get("pricePrecision").integer(),
            quantity_places=row.get("quantityPrecision").integer(),
            min_quantity=row.get("tradeMinQuantity").amount(),
            min_notional=row.get("tradeMinUSDT").amount(),
            maker_fee=row.get("makerFeeRate").amount(),
            taker_fee=row.get("takerFeeRate").amount(),
            most_long=row.get("maxLongLeverage").optional(Node.integer),
            most_short=row.get("maxShortLeverage").optional(Node.integer),
            status=row.get("status").integer(),
            may_open=_truth(row.get("apiStateOpen")),
            may_close=_truth(row.get("apiStateClose")),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]


def depth(answer: Node) -> Depth:
    """``data.bids`` and ``data.asks``, sorted; what stands beside them is not read (V75)."""
    data = answer.get("data")
    return Depth(
        bids=tuple(sorted(_levels(data.get("bids")), key=itemgetter(0), reverse=True)),
        asks=tuple(sorted(_levels(data.get("asks")), key=itemgetter(0))),
        time_ms=data.get("T").integer(),
        update_id=None,
        raw=answer.value,
    )


def trades(answer: Node) -> list[Trade]:
    """``data``, as it was ordered; who came in stands under either name, and an id is there or not (V76)."""
    return [
        Trade(
            id=row.get("id").optional(Node.id),
            price=row.get("price").amount(),
            quantity=row.get("qty").amount(),
            worth=row.get("quoteQty").amount(),
            time_ms=row.get("time").integer(),
            is_buyer_maker=first("true or false", row.get("isBuyerMaker"), row.get("buyerMaker")).boolean(),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]


def candles(answer: Node) -> list[Candle]:
    """``data`` is a list of objects or of lists (V78)."""
    rows = answer.get("data").items()
    found = [_listed(row) if isinstance(row.value, list) else _candle(row) for row in rows]
    return sorted(found, key=attrgetter("open_ms"))


def tickers(answer: Node) -> list[Ticker]:
    """``data`` is one market or a list of them."""
    return [
        Ticker(
            symbol=row.get("symbol").text(),
            open=row.get("openPrice").amount(),
            high=row.get("highPrice").amount(),
            low=row.get("lowPrice").amount(),
            last=row.get("lastPrice").amount(),
            change=row.get("priceChange").optional(Node.amount),
            change_percent=_without_sign(row.get("priceChangePercent")).amount(),
            volume=row.get("volume").amount(),
            quote_volume=row.get("quoteVolume").amount(),
            bid=row.get("bidPrice").amount(),
            bid_quantity=row.get("bidQty").amount(),
            ask=row.get("askPrice").amount(),
            ask_quantity=row.get("askQty").amount(),
            open_ms=row.get("openTime").integer(),
            close_ms=row.get("closeTime").integer(),
            count=None,
            raw=row.value,
        )
        for row in _rows(answer.get("data"))
    ]


def book_tickers(answer: Node) -> list[BookTicker]:
    """``data``, one or a list, or ``data.book_ticker``; names in either style (V79)."""
    data = answer.get("data")
    inner = data.get("book_ticker")
    return [
        BookTicker(
            symbol=row.get("symbol").text(),
            bid=first("a price", row.get("bid_price"), row.get("bidPrice")).amount(),
            bid_quantity=first("an amount", row.get("bid_qty"), row.get("bidQty")).amount(),
            ask=first("a price", row.get("ask_price"), row.get("askPrice")).amount(),
            ask_quantity=first("an amount", row.get("ask_qty"), row.get("askQty")).amount(),
            time_ms=row.get("time").integer(),
            raw=row.value,
        )
        for row in _rows(inner if inner.is_there else data)
    ]


def prices(answer: Node) -> list[Price]:
    """``data`` is one market or a list of them."""
    return [
        Price(
            symbol=row.get("symbol").text(),
            price=row.get("price").amount(),
            time_ms=row.get("time").integer(),
            raw=row.value,
        )
        for row in _rows(answer.get("data"))
    ]


def premiums(answer: Node) -> list[Premium]:
    """``data`` is one market or a list of them."""
    return [
        Premium(
            symbol=row.get("symbol").text(),
            mark_price=row.get("markPrice").amount(),
            index_price=row.get("indexPrice").amount(),
            funding_rate=row.get("lastFundingRate").amount(),
            next_funding_ms=row.get("nextFundingTime").integer(),
            raw=row.value,
        )
        for row in _rows(answer.get("data"))
    ]


def funding_rates(answer: Node) -> list[FundingRate]:
    """``data`` is a list of the past, or the current one (V77)."""
    rates = [
        FundingRate(
            symbol=row.get("symbol").text(),
            rate=row.get("fundingRate").amount(),
            time_ms=row.get("fundingTime").integer(),
            next_ms=row.get("nextFundingTime").optional(Node.integer),
            raw=row.value,
        )
        for row in _rows(answer.get("data"))
    ]
    return sorted(rates, key=attrgetter("time_ms"))


def open_interest(answer: Node) -> OpenInterest:
    """``data``."""
    data = answer.get("data")
    return OpenInterest(
        data.get("symbol").text(),
        data.get("openInterest").amount(),
        data.get("time").integer(),
        answer.value,
    )


def trading_rules(answer: Node) -> TradingRules:
    """``data``."""
    data = answer.get("data")
    return TradingRules(
        least_quantity=data.get("minSizeCoin").amount(),
        least_worth=data.get("minSizeUsd").amount(),
        most_orders=int(data.get("maxNumOrder").id()),
        protection_threshold=data.get("protectionThreshold").amount(),
        buy_highest=data.get("buyMaxPrice").amount(),
        buy_lowest=data.get("buyMinPrice").amount(),
        sell_highest=data.get("sellMaxPrice").amount(),
        sell_lowest=data.get("sellMinPrice").amount(),
        market_ratio=data.get("marketRatio").amount(),
        raw=answer.value,
    )


def _rows(data: Node) -> Iterator[Node]:
    """Those of a list, or the only one."""
    return iter((data,)) if isinstance(data.value, dict) else data.items()


def _levels(side: Node) -> list[Level]:
    return [Level(*(amount.amount() for amount in _columns(row, 2))) for row in side.items()]


def _columns(row: Node, count: int) -> list[Node]:
    columns = list(row.items())
    if len(columns) != count:
        row.fail(f"a list of {count}")
    return columns


def _candle(row: Node) -> Candle:
    opened = first("a time", row.get("openTime"), row.get("time"))
    open_price, high, low, close, volume = (
        row.get(name).amount() for name in ("open", "high", "low", "close", "volume")
    )
    return Candle(opened.integer(), open_price, high, low, close, volume, None, row.value)


def _listed(row: Node) -> Candle:
    opened, *prices, _, quote_volume, _, _, _ = _columns(row, _COLUMNS)
    open_price, high, low, close, volume = (price.amount() for price in prices)
    return Candle(opened.integer(), open_price, high, low, close, volume, quote_volume.amount(), row.value)


def _truth(node: Node) -> bool:
    """``true`` or ``false`` as text."""
    if node.value in ("true", "false"):
        return bool(node.value == "true")
    return node.boolean()


def _without_sign(node: Node) -> Node:
    """A number that may end with a per cent sign."""
    text = node.value.removesuffix("%") if isinstance(node.value, str) else node.value
    return Node(text, node.path, node.endpoint, node.http_status)
