"""What the topics of a spot account show: orders and balances as they change."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from bingx_fake.books.accounts import Balance
from bingx_fake.books.money import EXACT, ZERO, plain
from bingx_fake.trading.settlement import Report
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import OrderStatus

Json = dict[str, Any]
ORDERS, BALANCES = "spot.executionReport", "ACCOUNT_UPDATE"


def execution(report: Report, now_ms: int, answers: Mapping[str, str]) -> Json:
    """What happened to an order. Decimals are numbers (V100); the fee is below zero."""
    order, fill = report.order, report.fill
    instrument = order.instrument
    number = plain if answers["V100"] == "strings" else _number
    status = report.status
    if answers["V36"] == "five" and status is OrderStatus.PENDING:
        status = OrderStatus.NEW
    data: Json = {
        "e": "executionReport",
        "E": now_ms,
        "s": instrument.symbol,
        "S": "BUY" if order.side is Side.BUY else "SELL",
        "o": order.type.value,
        "q": number(instrument.quantity(order.quantity)),
        "p": number(instrument.price(order.price)),
        "x": report.execution,
        "X": status.value,
        "i": order.id,
        "l": number(instrument.quantity(fill.quantity) if fill else ZERO),
        "z": number(instrument.quantity(report.filled)),
        "L": number(instrument.price(fill.price) if fill else ZERO),
        "n": number(EXACT.minus(fill.fee) if fill and fill.fee else ZERO),
        "N": "" if fill is None else (instrument.base if order.side is Side.BUY else instrument.quote),
        "T": fill.at_ms if fill else 0,
        "t": fill.trade_id if fill else 0,
        "O": order.placed_ms,
        "Z": number(instrument.value(report.value)),
        "Y": number(instrument.value(fill.price * fill.quantity) if fill else ZERO),
        "Q": number(order.amount or ZERO),
        "m": bool(fill and fill.is_maker),
    }
    if order.client_id:
        data["C"] = order.client_id
    return {"code": 0, "dataType": ORDERS, "data": data}


def balances(
    reason: str, rows: Iterable[tuple[str, Balance, Decimal]], now_ms: int, answers: Mapping[str, str]
) -> Json:
    """How balances stand after a change: asset, balance, and by how much all of it changed (V101)."""
    shown = []
    for asset, balance, change in rows:
        stands = balance.free
        if answers["V101"] == "totals":
            stands = EXACT.add(balance.free, balance.locked)
        shown.append(
            {
                "a": asset,
                "bc": plain(change),
                "cw": plain(stands),
                "wb": plain(stands),
                "lk": plain(balance.locked),
            }
        )
    return {"e": BALANCES, "E": now_ms, "T": now_ms, "a": {"m": reason, "B": shown}}


def _number(amount: Decimal) -> msgspec.Raw:
    return msgspec.Raw(plain(amount).encode())
