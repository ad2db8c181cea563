"""From what is pushed to typed events, whichever documented shape it comes in (V98, V100).

A stream is read thousands of times a second, so these go for their fields straight; what does not fit is
``Unreadable``.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from bingx_client.calls.spot_market.models import Level
from bingx_client.streaming.events import (
    AccountUpdate,
    BookTicker,
    Candle,
    Change,
    Depth,
    LastPrice,
    OrderReport,
    Ticker,
    Trade,
)
from bingx_client.streaming.frames import Unreadable
from bingx_client.streaming.topics import Topic

Push = dict[str, Any]


def trades(topic: Topic, push: Push) -> list[Trade]:
    """``data`` is a trade, or a list of them."""
    return [
        Trade(
            topic=topic.name,
            symbol=topic.symbol,
            id=id_of(row["t"]),
            price=amount(row["p"]),
            quantity=amount(row["q"]),
            time_ms=integer(row["T"]),
            is_buyer_maker=truth(row["m"]),
            raw=row,
        )
        for row in rows(push)
    ]


def candle(topic: Topic, push: Push) -> Candle:
    """``data.K``."""
    row = push["data"]["K"]
    count = row.get("n")
    return Candle(
        topic=topic.name,
        symbol=topic.symbol,
        interval=topic.argument,
        open_ms=integer(row["t"]),
        close_ms=integer(row["T"]),
        open=amount(row["o"]),
        high=amount(row["h"]),
        low=amount(row["l"]),
        close=amount(row["c"]),
        volume=amount(row["v"]),
        quote_volume=amount(row["q"]),
        count=None if count is None else integer(count),
        raw=row,
    )


def depth(topic: Topic, push: Push, read: Callable[[Iterable[Any]], list[Level]] | None = None) -> Depth:
    """``data.bids`` and ``data.asks``, best price first whichever way they come (V45).

    :param read: reads the levels of a side; by default ``levels``.
    """
    read = read or levels
    data = push["data"]
    update_id = data.get("lastUpdateId")
    return Depth(
        topic=topic.name,
        symbol=topic.symbol,
        bids=tuple(sorted(read(data["bids"]), reverse=True)),
        asks=tuple(sorted(read(data["asks"]))),
        update_id=None if update_id is None else integer(update_id),
        time_ms=told_ms(push),
        raw=data,
    )


def ticker(topic: Topic, push: Push) -> Ticker:
    """``data``; its percentage with or without a sign."""
    row = push["data"]
    change = row.get("p")
    return Ticker(
        topic=topic.name,
        symbol=topic.symbol,
        open=amount(row["o"]),
        high=amount(row["h"]),
        low=amount(row["l"]),
        last=amount(row["c"]),
        change=None if change is None else amount(change),
        change_percent=percentage(row["P"]),
        volume=amount(row["v"]),
        quote_volume=amount(row["q"]),
        bid=amount(row["B"]),
        bid_quantity=amount(row["b"]),
        ask=amount(row["A"]),
        ask_quantity=amount(row["a"]),
        open_ms=integer(row["O"]),
        close_ms=integer(row["C"]),
        raw=row,
    )


def last_price(topic: Topic, push: Push) -> LastPrice:
    """``data.c``."""
    row = push["data"]
    return LastPrice(topic.name, topic.symbol, amount(row["c"]), row)


def book_ticker(topic: Topic, push: Push) -> BookTicker:
    """``data``: prices in small letters, quantities in capitals."""
    row = push["data"]
    return BookTicker(
        topic=topic.name,
        symbol=topic.symbol,
        bid=amount(row["b"]),
        bid_quantity=amount(row["B"]),
        ask=amount(row["a"]),
        ask_quantity=amount(row["A"]),
        time_ms=told_ms(push),
        raw=row,
    )


def order_report(topic: Topic, push: Push) -> OrderReport:
    """``data``; its decimals are numbers or texts (V100)."""
    row = push["data"]
    is_fill = row["x"] == "TRADE"
    client_id = row.get("C")
    amount_asked = amount(row.get("Q", 0))
    return OrderReport(
        topic=topic.name,
        symbol=text_of(row["s"]),
        order_id=id_of(row["i"]),
        client_order_id=id_of(client_id) if client_id not in (None, "") else None,
        side=text_of(row["S"]),
        type=text_of(row["o"]),
        execution=text_of(row["x"]),
        status=text_of(row["X"]),
        price=amount(row["p"]),
        quantity=amount(row["q"]),
        quote_quantity=amount_asked or None,
        filled=amount(row["z"]),
        filled_worth=amount(row["Z"]),
        last_quantity=amount(row["l"]) if is_fill else None,
        last_price=amount(row["L"]) if is_fill else None,
        last_fee=amount(row["n"]) if is_fill else None,
        fee_asset=row.get("N") or None,
        trade_id=id_of(row["t"]) if is_fill else None,
        is_maker=truth(row["m"]) if is_fill else None,
        placed_ms=integer(row["O"]),
        time_ms=integer(row["E"]),
        raw=row,
    )


def account_update(topic: Topic, push: Push) -> AccountUpdate:
    """``a.m`` and ``a.B``; the push is no envelope."""
    body = push["a"]
    return AccountUpdate(
        topic=topic.name,
        reason=text_of(body["m"]),
        changes=tuple(
            Change(
                asset=text_of(row["a"]),
                change=amount(row["bc"]),
                balance=amount(row["wb"]),
                cross_balance=amount(row["cw"]),
                locked=None if row.get("lk") is None else amount(row["lk"]),
            )
            for row in body["B"]
        ),
        time_ms=integer(push["E"]),
        raw=push,
    )


def told_ms(push: Push) -> int | None:
    """When the exchange sent something, by its own clock; None where it does not say."""
    data = push.get("data")
    inner = data if isinstance(data, dict) else push
    for found in (
        push.get("timestamp"),
        inner.get("E"),
        inner.get("time"),
        push.get("E"),
        push.get("ts"),
        inner.get("timestamp"),
    ):
        if type(found) is int:
            return found
    return None


def rows(push: Push) -> list[Any]:
    """``data`` where it is a list, or else a list of it alone."""
    data = push["data"]
    return data if isinstance(data, list) else [data]


def levels(side: Iterable[Any]) -> list[Level]:
    """Prices and quantities."""
    return [Level(amount(price), amount(quantity)) for price, quantity in side]


def amount(value: Any) -> Decimal:
    """An amount, from text or from a number that was read exactly.

    :raises Unreadable: where it is none.
    """
    if type(value) is str or type(value) is int:
        value = Decimal(value)
    if type(value) is Decimal and value.is_finite():
        return value
    raise Unreadable(f"{str(value)[:40]!r} is no amount")


def percentage(value: Any) -> Decimal:
    """A percentage, with its sign or without."""
    return amount(value.removesuffix("%") if isinstance(value, str) else value)


def integer(value: Any) -> int:
    """An integer, or the text of one.

    :raises Unreadable: where it is none.
    """
    if type(value) is int:
        return value
    if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 31:
        return int(value)
    raise Unreadable(f"{str(value)[:40]!r} is no integer")


def id_of(value: Any) -> str:
    """An id, from text or from a number.

    :raises Unreadable: where it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise Unreadable(f"{str(value)[:40]!r} is no id")
    return str(value)


def text_of(value: Any) -> str:
    """A text that says something.

    :raises Unreadable: where it is none.
    """
    if not isinstance(value, str) or not value:
        raise Unreadable(f"{str(value)[:40]!r} is no text")
    return value


def truth(value: Any) -> bool:
    """True or false.

    :raises Unreadable: where it is neither.
    """
    if not isinstance(value, bool):
        raise Unreadable(f"{str(value)[:40]!r} is neither true nor false")
    return value
