"""Orders that the exchange carries out in slices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bingx_client.calls.documented import Sent, Writing, read, write
from bingx_client.calls.swap_trade.orders import Amount
from bingx_client.flow.call import Call
from bingx_client.flow.plan import Write
from bingx_client.wire.decode import Node, first, first_list

Id = str | int

_OPEN = ("New", "Running", "Canceling", "PartiallyFilled", "Pending")


@dataclass(frozen=True, slots=True)
class TwapPlaced:
    """The id that an order in slices has; of one that was cancelled likewise."""

    id: str
    raw: Any = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Twap:
    """An order in slices. A field is None where the answer does not carry it (V69)."""

    id: str
    symbol: str
    side: str
    position_side: str
    status: str
    total: Decimal
    filled: Decimal
    trigger_price: Decimal | None
    each: Decimal | None
    interval_s: int | None
    created_ms: int | None
    raw: Any = field(repr=False, compare=False)

    @property
    def is_open(self) -> bool:
        """Whether slices are still to come."""
        return self.status in _OPEN


def place_twap(
    symbol: str,
    side: str,
    *,
    total: Amount,
    each: Amount,
    interval_s: int,
    trigger_price: Amount,
    variance: Amount,
    price_type: str = "constant",
    position_side: str = "LONG",
) -> Write[TwapPlaced]:
    """Have an order carried out in slices.

    :param total: in coins, of which each slice has ``each``; Decimal, int or str, a float is refused.
    :param interval_s: 5 to 120: how long after one slice the next is due.
    :param trigger_price: buys only below it, sells only above it.
    :param variance: how far from the price a slice may trade: in the quote coin, or per cent of it.
    :param price_type: constant or percentage: which of these.
    :param position_side: LONG or SHORT, in one-way mode as well.
    """
    given = {
        "symbol": symbol,
        "side": side,
        "positionSide": position_side,
        "priceType": price_type,
        "priceVariance": variance,
        "triggerPrice": trigger_price,
        "interval": interval_s,
        "amountPerOrder": each,
        "totalAmount": total,
    }
    return write("swap_trade.place_twap", given, _PLACE)


def cancel_twap(twap_id: Id) -> Write[TwapPlaced]:
    """Cancel what is left of an order in slices."""
    return write("swap_trade.cancel_twap", {"mainOrderId": twap_id}, _CANCEL)


def query_twap(twap_id: Id) -> Call[Twap]:
    """An order in slices, open or finished."""
    return read("swap_trade.query_twap", {"mainOrderId": twap_id}, read_twap)


def open_twaps(symbol: str | None = None) -> Call[list[Twap]]:
    """The open orders in slices, of one market or of all."""
    return read("swap_trade.open_twaps", {"symbol": symbol}, read_twaps)


def twap_history(
    symbol: str | None = None, *, start_ms: int, end_ms: int, page: int = 1, size: int = 100
) -> Call[list[Twap]]:
    """A page of finished orders in slices.

    :param start_ms: placed from this Unix time on, inclusive; ``end_ms`` likewise to.
    :param size: 1 to 1000.
    """
    given = {
        "symbol": symbol,
        "pageIndex": page,
        "pageSize": size,
        "startTime": start_ms,
        "endTime": end_ms,
    }
    return read("swap_trade.twap_history", given, read_twaps)


# What comes back


def read_placed(answer: Node) -> TwapPlaced:
    """``data.mainOrderId``."""
    return TwapPlaced(answer.get("data").get("mainOrderId").id(), answer.value)


def read_twap(answer: Node) -> Twap:
    """``data``."""
    return _twap(answer.get("data"))


def read_twaps(answer: Node) -> list[Twap]:
    """``data`` or ``data.list`` (V69)."""
    data = answer.get("data")
    return [_twap(row) for row in first_list(data, data.get("list")).items()]


def _twap(row: Node) -> Twap:
    return Twap(
        id=row.get("mainOrderId").id(),
        symbol=row.get("symbol").text(),
        side=row.get("side").text(),
        position_side=row.get("positionSide").text(),
        status=first("a status", row.get("orderStatus"), row.get("status")).text(),
        total=row.get("totalAmount").amount(),
        filled=row.get("executedQty").amount(),
        trigger_price=row.get("triggerPrice").optional(Node.amount),
        each=row.get("amountPerOrder").optional(Node.amount),
        interval_s=row.get("interval").optional(Node.integer),
        created_ms=row.get("createdTime").optional(Node.integer),
        raw=row.value,
    )


# What people are shown before it is sent


def _place_sentence(sent: Sent) -> str:
    side = "below" if sent["side"] == "BUY" else "above"
    return (
        f"{sent['side']} {sent['totalAmount']} {sent['symbol']} ({sent['positionSide']}) in slices of "
        f"{sent['amountPerOrder']} every {sent['interval']} seconds, {side} {sent['triggerPrice']}, perpetual"
    )


def _cancel_sentence(sent: Sent) -> str:
    return f"Cancel the order in slices {sent['mainOrderId']}, perpetual"


_PLACE = Writing(read_placed, _place_sentence)
_CANCEL = Writing(read_placed, _cancel_sentence)

WRITES: Mapping[str, Writing[Any]] = {"swap_trade.place_twap": _PLACE, "swap_trade.cancel_twap": _CANCEL}
"""Every write about these, by endpoint."""
