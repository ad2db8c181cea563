"""From the places of an answer to typed orders, whichever documented shape it comes in."""

import calendar
import re
from collections.abc import Mapping

from bingx_client.calls.swap_trade.models import (
    Amended,
    Closed,
    Done,
    Failure,
    Fill,
    Leverages,
    LeverageSet,
    MarginChange,
    MarginChanged,
    Order,
    Orders,
    PastPosition,
    PositionClosed,
    Replacement,
    Replacements,
    Reversed,
    Tier,
)
from bingx_client.wire.decode import Node, first, first_list

_SPELT = {"CANCELLED": "CANCELED", "EXPIRED": "FAILED"}
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:Z|\.(\d{3})\+0800)")
_EIGHT_HOURS_MS = 8 * 3_600_000


def order(answer: Node) -> Order:
    """``data`` is the order, or ``data.order`` (V30)."""
    data = answer.get("data")
    inner = data.get("order")
    return _order(inner if inner.is_there else data, answer)


def orders(answer: Node) -> Orders:
    """``data``, or ``data.orders``; of a batch, what failed stands beside them (V30, V60)."""
    data = answer.get("data")
    rows = first_list(data, data.get("orders"))
    errors = data.get("errors")
    failures = tuple(map(_failure, errors.items())) if errors.is_there else ()
    return Orders(tuple(_order(row, row) for row in rows.items()), failures, answer.value)


def cancelled(answer: Node) -> Orders:
    """``data.success`` and ``data.failed``, of which either may be null."""
    data = answer.get("data")
    success, failed = data.get("success"), data.get("failed")
    if not success.is_there and not failed.is_there and not isinstance(data.value, dict):
        data.fail("an object with success and failed")
    return Orders(
        tuple(_order(row, row) for row in success.items()) if success.is_there else (),
        tuple(map(_failure, failed.items())) if failed.is_there else (),
        answer.value,
    )


def replacement(answer: Node) -> Replacement:
    """Results as text with responses, or in one word with ids (V61)."""
    return _replacement(answer.get("data"), answer)


def replacements(answer: Node) -> Replacements:
    """``data`` or ``data.result``, each as one alone (V61)."""
    data = answer.get("data")
    rows = first_list(data, data.get("result"))
    return Replacements(tuple(_replacement(row, row) for row in rows.items()), answer.value)


def amended(answer: Node) -> Amended:
    """``data``, in numbers or as text (V62)."""
    data = answer.get("data")
    return Amended(
        symbol=data.get("symbol").text(),
        order_id=data.get("orderId").id(),
        client_order_id=_client_id(data),
        quantity=data.get("quantity").amount(),
        raw=answer.value,
    )


def reversed_position(answer: Node) -> Reversed:
    """``data`` has the order's id, or those of positions (V64)."""
    data = answer.get("data")
    old, new = data.get("positionId"), data.get("newPositionId")
    order_id = data.get("orderId").optional(Node.id)
    return Reversed(
        order_id=order_id,
        position_id=old.id() if order_id is None else None,
        new_position_id=new.id() if order_id is None and new.value != "" else None,
        raw=answer.value,
    )


def _replacement(data: Node, whole: Node) -> Replacement:
    cancel = _succeeded(data.get("cancelResult"))
    placing = first("what became of the new order", data.get("replaceResult"), data.get("newOrderResult"))
    place = _succeeded(placing)
    old, new = data.get("cancelResponse"), data.get("newOrderResponse")
    message = data.get("replaceMsg") if data.get("replaceMsg").is_there else data.get("ReplaceMsg")
    return Replacement(
        cancelled_id=_either(old, data, "orderId", "cancelOrderId").id() if cancel else None,
        placed_id=_either(new, data, "orderId", "newOrderId").id() if place else None,
        cancel_error=None if cancel else _why(data.get("cancelMsg"), data.get("cancelResult")),
        place_error=None if place else _why(message, placing),
        raw=whole.value,
    )


def fills(answer: Node) -> list[Fill]:
    """``data``, ``data.fill_orders`` or ``data.fill_history_orders`` (V66, V67)."""
    data = answer.get("data")
    rows = first_list(data, data.get("fill_history_orders"), data.get("fill_orders"))
    return [_fill(row) for row in rows.items()]


def closed(answer: Node) -> Closed:
    """``data.success`` and ``data.failed``, of which either may be null."""
    data = answer.get("data")
    return Closed(_ids(data.get("success")), _ids(data.get("failed")), answer.value)


def position_closed(answer: Node) -> PositionClosed:
    """``data`` is the order that closes it."""
    data = answer.get("data")
    return PositionClosed(
        order_id=data.get("orderId").id(),
        position_id=data.get("positionId").id(),
        symbol=data.get("symbol").text(),
        position_side=data.get("positionSide").text(),
        quantity=data.get("origQty").amount(),
        raw=answer.value,
    )


def past_positions(answer: Node) -> list[PastPosition]:
    """``data``, ``data.positionHistory`` or ``data.list`` (V68)."""
    data = answer.get("data")
    return [_past(row) for row in first_list(data, data.get("positionHistory"), data.get("list")).items()]


def leverages(answer: Node) -> Leverages:
    """``data``."""
    data = answer.get("data")
    return Leverages(
        long=data.get("longLeverage").integer(),
        short=data.get("shortLeverage").integer(),
        most_long=data.get("maxLongLeverage").integer(),
        most_short=data.get("maxShortLeverage").integer(),
        raw=answer.value,
    )


def leverage_set(answer: Node) -> LeverageSet:
    """``data``, of whose figures only the leverage is in every form (V70)."""
    data = answer.get("data")
    return LeverageSet(data.get("symbol").text(), data.get("leverage").integer(), answer.value)


def margin_type(answer: Node) -> str:
    """``data.marginType``."""
    return answer.get("data").get("marginType").text()


def is_hedging(answer: Node) -> bool:
    """``data.dualSidePosition``, as text or as a truth value (V55)."""
    return _truth(answer.get("data").get("dualSidePosition"))


def done(answer: Node) -> Done:
    """That it was answered is all."""
    return Done(answer.value)


def margin_changed(answer: Node) -> MarginChanged:
    """Beside the code, or in ``data`` (V71)."""
    data = answer.get("data")
    place = data if data.get("amount").is_there else answer
    kind = place.get("type")
    if kind.integer() not in (1, 2):
        kind.fail("1 or 2")
    return MarginChanged(place.get("amount").amount(), kind.integer() == 1, answer.value)


def margin_changes(answer: Node) -> list[MarginChange]:
    """``data.records`` or ``data.list`` (V71)."""
    data = answer.get("data")
    return [
        MarginChange(
            symbol=row.get("symbol").text(),
            position_id=row.get("positionId").id(),
            reason=row.get("changeReason").text(),
            change=row.get("marginChange").amount(),
            after=row.get("marginAfterChange").amount(),
            time_ms=row.get("time").integer(),
            raw=row.value,
        )
        for row in first_list(data.get("records"), data.get("list")).items()
    ]


def tiers(answer: Node) -> list[Tier]:
    """``data`` or ``data.tiers`` (V72)."""
    data = answer.get("data")
    return [
        Tier(
            name=row.get("tier").text(),
            symbol=row.get("symbol").text(),
            from_value=row.get("minPositionVal").amount(),
            to_value=row.get("maxPositionVal").amount(),
            ratio=row.get("maintMarginRatio").amount(),
            amount=row.get("maintAmount").amount(),
            raw=row.value,
        )
        for row in first_list(data, data.get("tiers")).items()
    ]


def _order(node: Node, whole: Node) -> Order:
    return order_at(node, whole, {}, {})


def order_at(node: Node, whole: Node, words: Mapping[str, str], sides: Mapping[str, str]) -> Order:
    """The order that stands at a place.

    :param whole: what it was read from.
    :param words: statuses that are spelt otherwise there; ``sides`` likewise of positions.
    """
    status, side = node.get("status").optional(Node.text), node.get("positionSide").text()
    status = words.get(status, status) if status else None
    return Order(
        symbol=node.get("symbol").text(),
        order_id=node.get("orderId").id(),
        client_order_id=_client_id(node),
        side=node.get("side").text(),
        position_side=sides.get(side, side),
        type=node.get("type").text(),
        status=_SPELT.get(status, status) if status else None,
        price=node.get("price").amount(),
        stop_price=node.get("stopPrice").optional(Node.amount) or None,
        working_type=node.get("workingType").optional(Node.text),
        quantity=first("a quantity", node.get("origQty"), node.get("quantity")).amount(),
        filled=node.get("executedQty").optional(Node.amount),
        filled_worth=node.get("cumQuote").optional(Node.amount),
        average_price=node.get("avgPrice").optional(Node.amount),
        profit=node.get("profit").optional(Node.amount),
        fee=node.get("commission").optional(Node.amount),
        reduce_only=node.get("reduceOnly").optional(_truth),
        leverage=node.get("leverage").optional(_leverage),
        placed_ms=node.get("time").optional(Node.integer),
        updated_ms=node.get("updateTime").optional(Node.integer),
        raw=whole.value,
    )


def _client_id(node: Node) -> str | None:
    """Under either name (V31)."""
    here = node.get("clientOrderId").optional(Node.id)
    return here if here is not None else node.get("clientOrderID").optional(Node.id)


def _leverage(node: Node) -> int:
    """Such as ``5X``, or a number."""
    text = node.value.removesuffix("X") if isinstance(node.value, str) else node.value
    return Node(text, node.path, node.endpoint, node.http_status).integer()


def _failure(row: Node) -> Failure:
    error = row.get("errorMessage").value
    order_id = row.get("orderId").optional(Node.id)
    return Failure(
        order_id=None if order_id == "0" else order_id,
        client_order_id=_client_id(row),
        code=row.get("errorCode").optional(Node.integer),
        error=error if isinstance(error, str) else "",
    )


def _succeeded(result: Node) -> bool:
    """``true`` and ``false`` as text, or SUCCESS and FAILED."""
    if result.value in ("true", True, "SUCCESS"):
        return True
    if result.value in ("false", False, "FAILED"):
        return False
    return result.fail("true, false, SUCCESS or FAILED")


def _why(message: Node, result: Node) -> str:
    """Why a half failed, in words that are never empty."""
    return message.value if isinstance(message.value, str) and message.value else str(result.value)


def _either(inner: Node, outer: Node, inner_name: str, outer_name: str) -> Node:
    return inner.get(inner_name) if inner.is_there else outer.get(outer_name)


def _ids(rows: Node) -> tuple[str, ...]:
    return tuple(row.id() for row in rows.items()) if rows.is_there else ()


def _truth(node: Node) -> bool:
    if node.value in ("true", "false"):
        return bool(node.value == "true")
    return node.boolean()


def _fill(row: Node) -> Fill:
    side, position_side = (row.get(name).optional(Node.text) for name in ("side", "positionSide"))
    return Fill(
        symbol=row.get("symbol").text(),
        fill_id=row.get("tradeId").optional(Node.id),
        order_id=row.get("orderId").id(),
        side=side.upper() if side else None,
        position_side=position_side.upper() if position_side else None,
        price=row.get("price").amount(),
        quantity=first("a quantity", row.get("qty"), row.get("volume")).amount(),
        worth=_first_or_last(row, "quoteQty", "amount").optional(Node.amount),
        fee=first("a fee", row.get("commission"), row.get("fee")).amount(),
        fee_asset=_first_or_last(row, "commissionAsset", "currency").optional(Node.text),
        profit=row.get("realizedPnl").optional(Node.amount),
        time_ms=_fill_time(row),
        raw=row.value,
    )


def _first_or_last(node: Node, one: str, other: str) -> Node:
    return node.get(one) if node.get(one).is_there else node.get(other)


def _fill_time(row: Node) -> int:
    """``time``, or a text by the clock of UTC+8, also where it ends with Z (D, O)."""
    if row.get("time").is_there:
        return row.get("time").integer()
    place = first("a time", row.get("filledTime"), row.get("filledTm"))
    found = _TIME.fullmatch(place.text())
    if found is None:
        place.fail("a time such as 2024-01-15T12:30:00Z")
    *parts, thousandths = found.groups(default="0")
    try:
        seconds = calendar.timegm(tuple(map(int, parts)))
    except ValueError:
        place.fail("a time such as 2024-01-15T12:30:00Z")
    return seconds * 1000 + int(thousandths) - _EIGHT_HOURS_MS


def _past(row: Node) -> PastPosition:
    return PastPosition(
        symbol=row.get("symbol").text(),
        position_id=row.get("positionId").id(),
        side=row.get("positionSide").text(),
        is_isolated=row.get("isolated").boolean(),
        leverage=row.get("leverage").integer(),
        contracts=row.get("positionAmt").amount(),
        closed_contracts=row.get("closePositionAmt").amount(),
        average_price=row.get("avgPrice").amount(),
        average_close_price=row.get("avgClosePrice").amount(),
        profit=row.get("realisedProfit").amount(),
        net_profit=row.get("netProfit").amount(),
        fee=row.get("positionCommission").amount(),
        funding=row.get("totalFunding").amount(),
        opened_ms=row.get("openTime").integer(),
        updated_ms=row.get("updateTime").integer(),
        raw=row.value,
    )
