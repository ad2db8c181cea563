"""From the places of an answer to typed orders, whichever documented shape it comes in."""

from bingx_client.calls.spot_trade.models import (
    CancelFailure,
    CommissionRates,
    Countdown,
    Fill,
    Oco,
    OcoCancelled,
    OcoLeg,
    Order,
    Orders,
    Replacement,
)
from bingx_client.wire.decode import Node, first, first_list, total_of

_SECONDS_BELOW = 100_000_000_000
"""A time below this is in seconds (V41)."""


def order(answer: Node) -> Order:
    """``data`` is the order."""
    return _order(answer.get("data"), answer)


def orders(answer: Node) -> Orders:
    """``data.orders``, and beside it ``fails`` and ``total`` where they are."""
    data = answer.get("data")
    rows = data.get("orders")
    fails = data.get("fails")
    failures = tuple(map(_failure, fails.items())) if fails.is_there else ()
    listed = rows.items() if rows.is_there or not failures else ()
    return Orders(
        tuple(_order(row, row) for row in listed), total_of(data.get("total")), failures, answer.value
    )


def replacement(answer: Node) -> Replacement:
    """Results with codes, or in one word; responses under either name (V42)."""
    data = answer.get("data")
    cancel, cancelled = (
        data.get("cancelResult"),
        first("the cancelled order", data.get("orderCancelResponse"), data.get("cancelResponse")),
    )
    place = first("what became of the new order", data.get("openResult"), data.get("newOrderResult"))
    placed = first("the new order", data.get("orderOpenResponse"), data.get("newOrderResponse"))
    return Replacement(
        cancelled=_order(cancelled, cancelled) if _succeeded(cancel) else None,
        placed=_order(placed, placed) if _succeeded(place) else None,
        cancel_error=None if _succeeded(cancel) else _why(cancel),
        place_error=None if _succeeded(place) else _why(place),
        raw=answer.value,
    )


def countdown(answer: Node) -> Countdown:
    """``data.triggerTime`` in seconds or in milliseconds (V41)."""
    data = answer.get("data")
    at = data.get("triggerTime").integer()
    return Countdown(
        at_ms=at * 1000 if at < _SECONDS_BELOW else at,
        status=data.get("status").optional(Node.text),
        note=data.get("note").optional(Node.text),
        raw=answer.value,
    )


def fills(answer: Node) -> list[Fill]:
    """``data.fills``."""
    return [_fill(row) for row in answer.get("data").get("fills").items()]


def commission_rates(answer: Node) -> CommissionRates:
    """Rates as numbers or as text (V39)."""
    data = answer.get("data")
    return CommissionRates(
        maker=data.get("makerCommissionRate").amount(),
        taker=data.get("takerCommissionRate").amount(),
        raw=answer.value,
    )


def oco(answer: Node) -> Oco:
    """``data`` is the list of the legs, or one object for both (V43)."""
    data = answer.get("data")
    if isinstance(data.value, list):
        (pair,) = _pairs(data)
        return Oco(pair.list_id, pair.legs, answer.value)
    return _pair(data, answer)


def ocos(answer: Node) -> list[Oco]:
    """``data`` lists the legs of all, or ``data.ocoOrders`` one object for each (V43)."""
    data = answer.get("data")
    rows = first_list(data, data.get("ocoOrders"))
    return _pairs(rows) if rows.path == data.path else [_pair(row, row) for row in rows.items()]


def oco_cancelled(answer: Node) -> OcoCancelled:
    """``data`` names a leg, or is the pair (V43)."""
    data = answer.get("data")
    return OcoCancelled(
        order_id=first("an id", data.get("orderId"), data.get("orderListId")).id(),
        client_order_id=data.get("clientOrderId").optional(Node.id),
        raw=answer.value,
    )


def _order(node: Node, whole: Node) -> Order:
    return Order(
        symbol=node.get("symbol").text(),
        order_id=node.get("orderId").id(),
        client_order_id=node.get("clientOrderID").optional(Node.id),
        side=node.get("side").text(),
        type=node.get("type").text(),
        status=node.get("status").text(),
        price=node.get("price").amount(),
        stop_price=_either(node, "stopPrice", "StopPrice").optional(Node.amount),
        quantity=node.get("origQty").amount(),
        filled=node.get("executedQty").amount(),
        filled_worth=node.get("cummulativeQuoteQty").amount(),
        quote_quantity=node.get("origQuoteOrderQty").optional(Node.amount),
        average_price=node.get("avgPrice").optional(Node.amount),
        fee=node.get("fee").optional(Node.amount),
        fee_asset=node.get("feeAsset").optional(Node.text),
        placed_ms=_either(node, "time", "transactTime").optional(Node.integer),
        updated_ms=node.get("updateTime").optional(Node.integer),
        raw=whole.value,
    )


def _either(node: Node, *names: str) -> Node:
    """The first of these fields that is there, else the last."""
    places = [node.get(name) for name in names]
    return next((place for place in places if place.is_there), places[-1])


def _failure(row: Node) -> CancelFailure:
    error = row.get("error").value
    return CancelFailure(row.get("orderId").id(), error if isinstance(error, str) else "")


def _succeeded(result: Node) -> bool:
    if isinstance(result.value, str):
        return result.value == "SUCCESS"
    return result.get("code").integer() == 0 and result.get("result").value is not False


def _why(result: Node) -> str:
    """Why a half failed, in words that are never empty."""
    message = result.get("msg").value
    if isinstance(message, str) and message:
        return message
    return result.value if isinstance(result.value, str) else f"code {result.get('code').integer()}"


def _fill(row: Node) -> Fill:
    return Fill(
        symbol=row.get("symbol").text(),
        fill_id=row.get("id").id(),
        order_id=row.get("orderId").id(),
        price=row.get("price").amount(),
        quantity=row.get("qty").amount(),
        worth=row.get("quoteQty").amount(),
        fee=row.get("commission").amount(),
        fee_asset=row.get("commissionAsset").text(),
        time_ms=row.get("time").integer(),
        is_buyer=_truth(row.get("isBuyer")),
        is_maker=_truth(row.get("isMaker")),
        raw=row.value,
    )


def _truth(node: Node) -> bool:
    if not isinstance(node.value, bool):
        node.fail("true or false")
    return node.value is True


def _pairs(rows: Node) -> list[Oco]:
    """The OCO orders that a list of legs is about, in its order."""
    by_list: dict[str, list[Node]] = {}
    for row in rows.items():
        by_list.setdefault(row.get("orderListId").id(), []).append(row)
    return [
        Oco(list_id, tuple(map(_leg, legs)), [leg.value for leg in legs]) for list_id, legs in by_list.items()
    ]


def _pair(node: Node, whole: Node) -> Oco:
    return Oco(
        node.get("orderListId").id(), tuple(_leg(row) for row in node.get("orders").items()), whole.value
    )


def _leg(row: Node) -> OcoLeg:
    return OcoLeg(
        order_id=row.get("orderId").id(),
        client_order_id=row.get("clientOrderId").optional(Node.id),
        symbol=row.get("symbol").text(),
        kind=row.get("orderType").optional(Node.text),
        side=row.get("side").optional(Node.text),
        trigger_price=row.get("triggerPrice").optional(Node.amount),
        price=row.get("price").optional(Node.amount),
        quantity=row.get("quantity").optional(Node.amount),
        status=row.get("status").optional(Node.text),
        time_ms=row.get("transactionTime").optional(Node.integer),
        raw=row.value,
    )
