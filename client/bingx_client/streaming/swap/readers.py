"""From what the streams of perpetuals push to typed events (V98, V99, V102, V103)."""

from typing import Any

from bingx_client.streaming.frames import Unreadable
from bingx_client.streaming.readers import Push, amount, id_of, integer, rows, text_of, truth
from bingx_client.streaming.swap.events import (
    AccountUpdate,
    Candle,
    Choice,
    MarkPrice,
    OrderReport,
    PositionUpdate,
    Trade,
    Wallet,
)
from bingx_client.streaming.topics import Topic


def trades(topic: Topic, push: Push) -> list[Trade]:
    """``data`` is a list of trades."""
    return [
        Trade(
            topic=topic.name,
            symbol=topic.symbol,
            price=amount(row["p"]),
            quantity=amount(row["q"]),
            time_ms=integer(row["T"]),
            is_buyer_maker=truth(row["m"]),
            raw=row,
        )
        for row in push["data"]
    ]


def candles(topic: Topic, push: Push) -> list[Candle]:
    """``data`` is a list of candles, ``T`` when one began; of coin-margined ones one candle, and ``t``."""
    return [
        Candle(
            topic=topic.name,
            symbol=topic.symbol,
            interval=topic.argument,
            open_ms=integer(row["T"] if "T" in row else row["t"]),
            open=amount(row["o"]),
            high=amount(row["h"]),
            low=amount(row["l"]),
            close=amount(row["c"]),
            volume=amount(row["v"]),
            raw=row,
        )
        for row in rows(push)
    ]


def mark_price(topic: Topic, push: Push) -> MarkPrice:
    """``data.p``."""
    row = push["data"]
    return MarkPrice(topic.name, topic.symbol, amount(row["p"]), row)


def order_report(topic: Topic, push: Push) -> OrderReport:
    """``o``; without ``l`` and ``L`` the last fill is not told (V102)."""
    row = push["o"]
    is_fill = row["x"] in ("TRADE", "CALCULATED")
    has_last = is_fill and row.get("l") is not None and amount(row["l"]) > 0
    client_id, trade_id = row.get("c"), row.get("td")
    return OrderReport(
        topic=topic.name,
        symbol=text_of(row["s"]),
        order_id=id_of(row["i"]),
        client_order_id=id_of(client_id) if client_id not in (None, "") else None,
        side=text_of(row["S"]),
        position_side=text_of(row["ps"]),
        type=text_of(row["o"]),
        execution=text_of(row["x"]),
        status=text_of(row["X"]),
        price=amount(row["p"]),
        stop_price=amount(row["sp"]) or None,
        average_price=amount(row["ap"]) or None,
        quantity=amount(row["q"]),
        filled=amount(row["z"]),
        last_quantity=amount(row["l"]) if has_last else None,
        last_price=amount(row["L"]) if has_last and row.get("L") is not None else None,
        last_fee=amount(row["n"]) if is_fill else None,
        fee_asset=row.get("N") or None,
        profit=amount(row["rp"]) if is_fill else None,
        trade_id=id_of(trade_id) if is_fill and trade_id else None,
        reduce_only=row.get("ro") if isinstance(row.get("ro"), bool) else None,
        working_type=row.get("wt") or None,
        time_ms=integer(push["E"]),
        raw=push,
    )


def account_update(topic: Topic, push: Push) -> AccountUpdate:
    """``a.m``, ``a.B`` and ``a.P``; either list may be missing where nothing of it changed."""
    body = push["a"]
    return AccountUpdate(
        topic=topic.name,
        reason=text_of(body["m"]),
        wallets=tuple(
            Wallet(
                asset=text_of(row["a"]),
                change=amount(row["bc"]),
                balance=amount(row["wb"]),
                cross_balance=None if row.get("cw") is None else amount(row["cw"]),
            )
            for row in body.get("B") or ()
        ),
        positions=tuple(_position(row) for row in body.get("P") or ()),
        time_ms=integer(push["E"]),
        raw=push,
    )


def _position(row: dict[str, Any]) -> PositionUpdate:
    """In one-way mode the sign of ``pa`` says which side it is."""
    quantity, told = amount(row["pa"]), text_of(row["ps"])
    is_one_way = told == "BOTH"
    return PositionUpdate(
        symbol=text_of(row["s"]),
        side=("SHORT" if quantity < 0 else "LONG") if is_one_way else told,
        is_one_way=is_one_way,
        quantity=abs(quantity),
        entry_price=amount(row["ep"]),
        unrealized_profit=amount(row["up"]),
        realized=amount(row["cr"]),
        is_isolated=_is_isolated(row["mt"]),
        margin=amount(row["iw"]),
    )


def choice(topic: Topic, push: Push) -> Choice:
    """``ac``: one market's."""
    row = push["ac"]
    return Choice(
        topic=topic.name,
        symbol=text_of(row["s"]),
        long_leverage=integer(row["l"]),
        short_leverage=integer(row["S"]),
        is_isolated=_is_isolated(row["mt"]),
        time_ms=integer(push["E"]),
        raw=push,
    )


def _is_isolated(value: Any) -> bool:
    """Spelt in any case (V103)."""
    word = text_of(value).lower()
    if word not in ("cross", "crossed", "isolated", "separate_isolated"):
        raise Unreadable(f"{word[:40]!r} is no type of margin")
    return "isolated" in word
