"""What can be done about orders on the spot markets.

A client order id is sent with each order, made once for each sending where none is given, so that a lost one
can be found. An order whose answer is lost raises ``OutcomeUnknown``: it may or may not be there.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from bingx_client.calls.documented import Sent, Writing, write
from bingx_client.calls.spot_trade import readers
from bingx_client.calls.spot_trade.models import Countdown, Oco, OcoCancelled, Order, Orders, Replacement
from bingx_client.errors import ParameterError
from bingx_client.flow.plan import Write
from bingx_client.wire.parameters import check_order_parameters, check_value
from bingx_client.wire.signing import Value
from bingx_contracts import ENDPOINTS, RULES

Amount = Decimal | int | str
Id = str | int

_ORDER = frozenset(parameter.name for parameter in ENDPOINTS["spot_trade.place_order"].parameters)


def place_order(
    symbol: str,
    side: str,
    type: str,  # noqa: A002  # the documented name
    *,
    quantity: Amount | None = None,
    quote_quantity: Amount | None = None,
    price: Amount | None = None,
    stop_price: Amount | None = None,
    time_in_force: str | None = None,
    client_order_id: str | None = None,
) -> Write[Order]:
    """Place an order (SPOT-1).

    :param symbol: such as ``BTC-USDT``.
    :param side: BUY or SELL.
    :param type: MARKET, LIMIT, TAKE_STOP_LIMIT, TAKE_STOP_MARKET, TRIGGER_LIMIT or TRIGGER_MARKET.
    :param quantity: of the base coin; Decimal, int or str, a float is refused. It wins over
    :param quote_quantity: of the quote coin.
    :param stop_price: what triggers one of the four conditional types.
    :param time_in_force: GTC, IOC, FOK or PostOnly; GTC by default for a LIMIT.
    :param client_order_id: 1 to 40 letters, digits, _ or -; made when absent, and always sent.
    """
    given = _given(
        symbol, side, type, quantity, quote_quantity, price, stop_price, time_in_force, client_order_id
    )
    return write("spot_trade.place_order", given, _PLACE)


def place_orders(orders: Sequence[Write[Order]], *, one_after_the_other: bool = True) -> Write[Orders]:
    """Place up to five orders, each by itself: some may be taken and others not (SPOT-5).

    :param orders: as ``place_order`` makes them.
    :param one_after_the_other: ``sync``; without it, all have the same symbol, side and type.
    """
    for order in orders:
        if order.endpoint_id != "spot_trade.place_order":
            raise ParameterError(f"place_orders takes what place_order makes, not a call of {order.endpoint}")
    data = [{name: _number_or_text(name, text) for name, text in it.parameters.items()} for it in orders]
    return write("spot_trade.place_orders", {"data": data, "sync": one_after_the_other}, _PLACE_SEVERAL)


def cancel_order(
    symbol: str,
    *,
    order_id: Id | None = None,
    client_order_id: str | None = None,
    only_if: str | None = None,
) -> Write[Order]:
    """Cancel an order, by either id (SPOT-6).

    :param only_if: NEW, PENDING or PARTIALLY_FILLED: cancel it in this state only.
    """
    given = {
        "symbol": symbol,
        "orderId": order_id,
        "clientOrderID": client_order_id,
        "cancelRestrictions": only_if,
    }
    return write("spot_trade.cancel_order", given, _CANCEL)


def cancel_orders(
    symbol: str,
    *,
    order_ids: Sequence[Id] | None = None,
    client_order_ids: Sequence[str] | None = None,
    those_that_can_be: bool = False,
) -> Write[Orders]:
    """Cancel several orders of a pair, all of them or none (SPOT-8).

    :param those_that_can_be: cancel these, and tell the others in ``failures``.
    """
    given = {
        "symbol": symbol,
        "orderIds": order_ids,
        "clientOrderIDs": client_order_ids,
        "process": int(those_that_can_be),
    }
    return write("spot_trade.cancel_orders", given, _CANCEL_SEVERAL)


def cancel_open_orders(symbol: str | None = None) -> Write[Orders]:
    """Cancel all open orders, of one pair or of all pairs (SPOT-9)."""
    return write("spot_trade.cancel_open_orders", {"symbol": symbol}, _CANCEL_OPEN)


def cancel_all_after(seconds: int) -> Write[Countdown]:
    """Have all open orders cancelled after a while, unless asked again before (SPOT-10).

    :param seconds: 10 to 120; 0 stops the countdown.
    """
    given = {"type": "ACTIVATE" if seconds else "CLOSE", "timeOut": seconds}
    return write("spot_trade.cancel_all_after", given, _COUNT_DOWN)


def replace_order(
    symbol: str,
    side: str,
    type: str,  # noqa: A002  # the documented name
    *,
    cancel_order_id: Id | None = None,
    cancel_client_order_id: str | None = None,
    place_anyway: bool = False,
    only_if: str | None = None,
    quantity: Amount | None = None,
    quote_quantity: Amount | None = None,
    price: Amount | None = None,
    stop_price: Amount | None = None,
    time_in_force: str | None = None,
    client_order_id: str | None = None,
) -> Write[Replacement]:
    """Cancel an order, then place another of the same pair (SPOT-11).

    :param cancel_order_id: which to cancel; or by
    :param cancel_client_order_id: its client id.
    :param place_anyway: place the new one even if the other could not be cancelled.
    :param only_if: as for ``cancel_order``; what follows as for ``place_order``, of the new order.
    """
    given = _given(
        symbol, side, type, quantity, quote_quantity, price, stop_price, time_in_force, client_order_id
    )
    given |= {
        "cancelReplaceMode": "ALLOW_FAILURE" if place_anyway else "STOP_ON_FAILURE",
        "cancelOrderId": cancel_order_id,
        "cancelClientOrderID": cancel_client_order_id,
        "cancelRestrictions": only_if,
    }
    return write("spot_trade.replace_order", given, _REPLACE)


def place_oco(
    symbol: str,
    side: str,
    *,
    quantity: Amount,
    limit_price: Amount,
    trigger_price: Amount,
    order_price: Amount,
    list_client_order_id: Id | None = None,
    limit_client_order_id: Id | None = None,
    stop_client_order_id: Id | None = None,
) -> Write[Oco]:
    """Place a limit order and a stop-limit order of which one cancels the other (SPOT-16).

    :param limit_price: of the limit leg.
    :param trigger_price: what triggers the stop-limit leg, which then has
    :param order_price: as its limit.
    :param list_client_order_id: digits only, as those of the legs; made when absent, and always sent.
    """
    given = {
        "symbol": symbol,
        "side": side,
        "quantity": quantity,
        "limitPrice": limit_price,
        "triggerPrice": trigger_price,
        "orderPrice": order_price,
        "listClientOrderId": list_client_order_id,
        "aboveClientOrderId": limit_client_order_id,
        "belowClientOrderId": stop_client_order_id,
    }
    return write("spot_trade.place_oco", given, _PLACE_OCO)


def cancel_oco(*, order_id: Id | None = None, client_order_id: Id | None = None) -> Write[OcoCancelled]:
    """Cancel both legs of an OCO order, by either id of either leg (SPOT-16)."""
    given = {"orderId": order_id, "clientOrderId": client_order_id}
    return write("spot_trade.cancel_oco", given, _CANCEL_OCO)


def _given(
    symbol: str,
    side: str,
    type: str,  # noqa: A002  # the documented name
    quantity: Amount | None,
    quote_quantity: Amount | None,
    price: Amount | None,
    stop_price: Amount | None,
    time_in_force: str | None,
    client_order_id: str | None,
) -> dict[str, object]:
    """The parameters of an order by their wire names, checked by S's rules."""
    given: dict[str, object] = {
        "symbol": symbol,
        "side": side,
        "type": type,
        "quantity": quantity,
        "quoteOrderQty": quote_quantity,
        "price": price,
        "stopPrice": stop_price,
        "timeInForce": time_in_force,
        "newClientOrderId": client_order_id,
    }
    return dict(_checked(given))


def _checked(order: Mapping[str, object]) -> Mapping[str, Value]:
    """An order's parameters, with what its type needs; a LIMIT without timeInForce gets GTC (V23).

    :raises ParameterError: saying what is missing or wrong.
    """
    checked = check_order_parameters(order, default_time_in_force=True)
    if not {"quantity", "quoteOrderQty"} & checked.keys():
        raise ParameterError("an order needs quantity, or quoteOrderQty")
    return checked


def _number_or_text(name: str, value: Value) -> object:
    """A value within JSON: decimals are numbers there (D, ccxt)."""
    is_number = RULES[_RULES[name]].kind == "decimal"
    return Decimal(value) if is_number else value


_RULES = {it.name: it.rule for it in ENDPOINTS["spot_trade.place_order"].parameters}


def _named_each(sent: Sent, new_key: Callable[[], str]) -> dict[str, Value]:
    """A batch in which each order has a client id."""
    orders = [
        order if order.get("newClientOrderId") else order | {"newClientOrderId": new_key()}
        for order in _orders_in(sent)
    ]
    return {**sent, "data": check_value(RULES["orders"], "data", orders)}


def _orders_in(sent: Sent) -> list[dict[str, Any]]:
    orders = json.loads(str(sent["data"]), parse_float=Decimal)
    for order in orders:
        if not isinstance(order, dict):
            raise ParameterError(f"data holds orders, which are JSON objects, not {order!r}")
    return list(orders)


# What people are shown before it is sent


def _order_words(order: Mapping[str, object]) -> str:
    """Such as ``BUY 0.1 BTC-USDT, LIMIT at 60000``."""
    it = _checked({name: value for name, value in order.items() if name in _ORDER and value != ""})
    quote = str(it["symbol"]).rpartition("-")[2]
    if "quantity" in it:
        what = f"{it['side']} {it['quantity']} {it['symbol']}"
    else:
        what = f"{it['side']} {it['symbol']} for {it['quoteOrderQty']} {quote}"
    words = f"{what}, {it['type']}"
    if "price" in it and it["type"] not in ("MARKET", "TAKE_STOP_MARKET", "TRIGGER_MARKET"):
        words += f" at {it['price']}"
    if "stopPrice" in it and it["type"] not in ("MARKET", "LIMIT"):
        words += f", triggered at {it['stopPrice']}"
    if it.get("timeInForce", "GTC") != "GTC":
        words += f", {it['timeInForce']}"
    return words


def _place_sentence(sent: Sent) -> str:
    return f"{_order_words(sent)}, spot"


def _place_several_sentence(sent: Sent) -> str:
    return f"{'; '.join(map(_order_words, _orders_in(sent)))}, spot"


def _which(sent: Sent, id_name: str, client_id_name: str) -> str:
    return str(sent[id_name]) if id_name in sent else f"with client id {sent[client_id_name]}"


def _cancel_sentence(sent: Sent) -> str:
    return f"Cancel order {_which(sent, 'orderId', 'clientOrderID')} of {sent['symbol']}, spot"


def _cancel_several_sentence(sent: Sent) -> str:
    ids = [str(sent[name]).replace(",", ", ") for name in ("orderIds", "clientOrderIDs") if name in sent]
    return f"Cancel orders {', '.join(ids)} of {sent['symbol']}, spot"


def _cancel_open_sentence(sent: Sent) -> str:
    return f"Cancel all open orders of {sent.get('symbol', 'all pairs')}, spot"


def _count_down_sentence(sent: Sent) -> str:
    if sent["type"] == "CLOSE":
        return "Stop the countdown to cancelling all open orders, spot"
    return f"Cancel all open orders in {sent['timeOut']} seconds unless asked again, spot"


def _replace_sentence(sent: Sent) -> str:
    which = _which(sent, "cancelOrderId", "cancelClientOrderID")
    anyway = ", even if that fails" if sent["cancelReplaceMode"] == "ALLOW_FAILURE" else ""
    return f"Cancel order {which}, then{anyway}: {_order_words(sent)}, spot"


def _place_oco_sentence(sent: Sent) -> str:
    return (
        f"{sent['side']} {sent['quantity']} {sent['symbol']}, LIMIT at {sent['limitPrice']} or, triggered at "
        f"{sent['triggerPrice']}, at {sent['orderPrice']}, spot"
    )


def _cancel_oco_sentence(sent: Sent) -> str:
    return f"Cancel the OCO order {_which(sent, 'orderId', 'clientOrderId')}, spot"


_PLACE = Writing(readers.order, _place_sentence)
_PLACE_SEVERAL = Writing(readers.orders, _place_several_sentence, named=_named_each)
_CANCEL = Writing(readers.order, _cancel_sentence)
_CANCEL_SEVERAL = Writing(readers.orders, _cancel_several_sentence)
_CANCEL_OPEN = Writing(readers.orders, _cancel_open_sentence)
_COUNT_DOWN = Writing(readers.countdown, _count_down_sentence)
_REPLACE = Writing(readers.replacement, _replace_sentence)
_PLACE_OCO = Writing(readers.oco, _place_oco_sentence)
_CANCEL_OCO = Writing(readers.oco_cancelled, _cancel_oco_sentence)

WRITES: Mapping[str, Writing[Any]] = {
    "spot_trade.place_order": _PLACE,
    "spot_trade.place_orders": _PLACE_SEVERAL,
    "spot_trade.cancel_order": _CANCEL,
    "spot_trade.cancel_orders": _CANCEL_SEVERAL,
    "spot_trade.cancel_open_orders": _CANCEL_OPEN,
    "spot_trade.cancel_all_after": _COUNT_DOWN,
    "spot_trade.replace_order": _REPLACE,
    "spot_trade.place_oco": _PLACE_OCO,
    "spot_trade.cancel_oco": _CANCEL_OCO,
}
"""Every write of the group, by endpoint."""
