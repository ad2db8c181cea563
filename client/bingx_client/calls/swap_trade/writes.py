"""What can be done about orders for perpetuals.

A client order id is sent with each order, made once for each sending where none is given, so that a lost one
can be found: the exchange keeps it in lower case. An order whose answer is lost raises ``OutcomeUnknown``: it
may or may not be there.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from bingx_client.calls.documented import Sent, Writing, read, write
from bingx_client.calls.spot_trade.models import Countdown
from bingx_client.calls.spot_trade.readers import countdown
from bingx_client.calls.swap_trade import readers
from bingx_client.calls.swap_trade.models import Amended, Order, Orders, Replacement, Replacements
from bingx_client.calls.swap_trade.orders import Amount, Exit, Id, given_order, in_json, order_words
from bingx_client.errors import ParameterError
from bingx_client.flow.call import Call
from bingx_client.flow.plan import Write
from bingx_client.wire.parameters import check_value
from bingx_client.wire.signing import Value
from bingx_contracts import RULES


def place_order(
    symbol: str,
    side: str,
    type: str,  # noqa: A002  # the documented name
    *,
    quantity: Amount | None = None,
    price: Amount | None = None,
    stop_price: Amount | None = None,
    price_rate: Amount | None = None,
    activation_price: Amount | None = None,
    position_side: str = "BOTH",
    time_in_force: str | None = None,
    working_type: str | None = None,
    reduce_only: bool | None = None,
    close_position: bool | None = None,
    take_profit: Exit | None = None,
    stop_loss: Exit | None = None,
    position_id: Id | None = None,
    client_order_id: str | None = None,
) -> Write[Order]:
    """Place an order.

    :param symbol: such as ``BTC-USDT``.
    :param side: BUY or SELL.
    :param type: LIMIT, MARKET, STOP, STOP_MARKET, TAKE_PROFIT, TAKE_PROFIT_MARKET, TRIGGER_LIMIT,
        TRIGGER_MARKET, TRAILING_STOP_MARKET or TRAILING_TP_SL.
    :param quantity: in coins; Decimal, int or str, a float is refused.
    :param price: the limit; of a trailing type the distance at which it follows the price.
    :param stop_price: what triggers one of the conditional types.
    :param price_rate: of a trailing type, the part of the price at which it follows, 0.001 to 0.9.
    :param activation_price: of a trailing type, where it begins to follow; the current price by default.
    :param position_side: BOTH in one-way mode, LONG or SHORT in hedge mode; always sent (V54).
    :param time_in_force: GTC, IOC, FOK or PostOnly; GTC by default.
    :param working_type: MARK_PRICE or CONTRACT_PRICE: which price a conditional order waits for.
    :param reduce_only: close only, in one-way mode.
    :param close_position: close all of the position, by a STOP_MARKET or TAKE_PROFIT_MARKET without quantity.
    :param position_id: which position it closes, where each is its own (SEPARATE_ISOLATED).
    :param client_order_id: 1 to 40 letters, digits, _ or -; made when absent, and always sent.
    """
    given = given_order(
        *(symbol, side, type),
        position_side=position_side,
        quantity=quantity,
        price=price,
        stop_price=stop_price,
        price_rate=price_rate,
        activation_price=activation_price,
        time_in_force=time_in_force,
        working_type=working_type,
        reduce_only=reduce_only,
        close_position=close_position,
        take_profit=take_profit,
        stop_loss=stop_loss,
        position_id=position_id,
        client_order_id=client_order_id,
    )
    return write("swap_trade.place_order", given, _PLACE)


def test_order(order: Write[Order]) -> Call[Order]:
    """Have an order checked without placing it; its id in the answer is none that can be found.

    :param order: as ``place_order`` makes it.
    """
    return read("swap_trade.test_order", _placing(order, "test_order").parameters, readers.order)


def place_orders(orders: Sequence[Write[Order]]) -> Write[Orders]:
    """Place up to five orders, each by itself: some may be taken and others not.

    Not every answer tells those that were not (V60).

    :param orders: as ``place_order`` makes them.
    """
    data = [in_json(_placing(order, "place_orders").parameters) for order in orders]
    return write("swap_trade.place_orders", {"batchOrders": data}, _PLACE_SEVERAL)


def cancel_order(
    symbol: str, *, order_id: Id | None = None, client_order_id: str | None = None
) -> Write[Order]:
    """Cancel an order, by either id."""
    given = {"symbol": symbol, "orderId": order_id, "clientOrderId": client_order_id}
    return write("swap_trade.cancel_order", given, _CANCEL)


def cancel_orders(
    symbol: str, *, order_ids: Sequence[Id] | None = None, client_order_ids: Sequence[str] | None = None
) -> Write[Orders]:
    """Cancel up to ten orders of a market, as far as they can be; the others are told in ``failures``."""
    given = {
        "symbol": symbol,
        "orderIdList": None if order_ids is None else [int(it) for it in order_ids],
        "clientOrderIdList": client_order_ids,
    }
    return write("swap_trade.cancel_orders", given, _CANCEL_SEVERAL)


def cancel_open_orders(
    symbol: str | None = None,
    *,
    type: str | None = None,  # noqa: A002  # the documented name
) -> Write[Orders]:
    """Cancel all open orders, of one market or of all, of one type or of all."""
    return write("swap_trade.cancel_open_orders", {"symbol": symbol, "type": type}, _CANCEL_OPEN)


def cancel_all_after(seconds: int) -> Write[Countdown]:
    """Have all open orders cancelled after a while, unless asked again before.

    :param seconds: 10 to 120; 0 stops the countdown.
    """
    given = {"type": "ACTIVATE" if seconds else "CLOSE", "timeOut": seconds}
    return write("swap_trade.cancel_all_after", given, _COUNT_DOWN)


def replace_order(
    order: Write[Order],
    *,
    cancel_order_id: Id | None = None,
    cancel_client_order_id: str | None = None,
    place_anyway: bool = False,
    only_if: str | None = None,
) -> Write[Replacement]:
    """Cancel an order, then place another of the same market.

    :param order: the new one, as ``place_order`` makes it.
    :param cancel_order_id: which to cancel; or by
    :param cancel_client_order_id: its client id.
    :param place_anyway: place the new one even if the other could not be cancelled.
    :param only_if: ONLY_NEW, ONLY_PENDING or ONLY_PARTIALLY_FILLED: cancel it in this state only.
    """
    given: dict[str, object] = {
        **_placing(order, "replace_order").parameters,
        "cancelReplaceMode": "ALLOW_FAILURE" if place_anyway else "STOP_ON_FAILURE",
        "cancelOrderId": cancel_order_id,
        "cancelClientOrderId": cancel_client_order_id,
        "cancelRestrictions": only_if,
    }
    return write("swap_trade.replace_order", given, _REPLACE)


def replace_orders(replacements: Sequence[Write[Replacement]]) -> Write[Replacements]:
    """Cancel up to five orders and place others, one after the other, each for itself.

    :param replacements: as ``replace_order`` makes them.
    """
    for each in replacements:
        if each.endpoint_id != "swap_trade.replace_order":
            raise ParameterError(
                f"replace_orders takes what replace_order makes, not a call of {each.endpoint}"
            )
    data = [in_json(each.parameters) for each in replacements]
    return write("swap_trade.replace_orders", {"batchOrders": data}, _REPLACE_SEVERAL)


def amend_order(
    symbol: str, quantity: Amount, *, order_id: Id | None = None, client_order_id: str | None = None
) -> Write[Amended]:
    """Change the quantity of an open order, named by either id.

    :param quantity: in coins, with what is filled of it; Decimal, int or str, a float is refused.
    """
    given = {
        "symbol": symbol,
        "orderId": order_id,
        "clientOrderId": client_order_id,
        "quantity": quantity,
    }
    return write("swap_trade.amend_order", given, _AMEND)


def _placing(order: Write[Order], asked_by: str) -> Write[Order]:
    if order.endpoint_id != "swap_trade.place_order":
        raise ParameterError(f"{asked_by} takes what place_order makes, not a call of {order.endpoint}")
    return order


def _named_each(sent: Sent, new_key: Callable[[], str]) -> dict[str, Value]:
    """A batch in which each order has a client id."""
    orders = [
        order if order.get("clientOrderId") else order | {"clientOrderId": new_key()}
        for order in _orders_in(sent)
    ]
    return {**sent, "batchOrders": check_value(RULES["orders"], "batchOrders", orders)}


def _orders_in(sent: Sent) -> list[dict[str, Any]]:
    orders = json.loads(str(sent["batchOrders"]), parse_float=Decimal)
    for order in orders:
        if not isinstance(order, dict):
            raise ParameterError(f"batchOrders holds orders, which are JSON objects, not {order!r}")
    return list(orders)


# What people are shown before it is sent


def _place_sentence(sent: Sent) -> str:
    return f"{order_words(sent)}, perpetual"


def _place_several_sentence(sent: Sent) -> str:
    return f"{'; '.join(map(order_words, _orders_in(sent)))}, perpetual"


def _which(sent: Sent, id_name: str, client_id_name: str) -> str:
    return str(sent[id_name]) if id_name in sent else f"with client id {sent[client_id_name]}"


def _cancel_sentence(sent: Sent) -> str:
    return f"Cancel order {_which(sent, 'orderId', 'clientOrderId')} of {sent['symbol']}, perpetual"


def _cancel_several_sentence(sent: Sent) -> str:
    names = ("orderIdList", "clientOrderIdList")
    ids = [str(it) for name in names if name in sent for it in json.loads(str(sent[name]))]
    return f"Cancel orders {', '.join(ids)} of {sent['symbol']}, perpetual"


def _cancel_open_sentence(sent: Sent) -> str:
    kind = f" of type {sent['type']}" if "type" in sent else ""
    return f"Cancel all open orders{kind} of {sent.get('symbol', 'all markets')}, perpetual"


def _count_down_sentence(sent: Sent) -> str:
    if sent["type"] == "CLOSE":
        return "Stop the countdown to cancelling all open orders, perpetual"
    return f"Cancel all open orders in {sent['timeOut']} seconds unless asked again, perpetual"


def _replace_sentence(sent: Sent) -> str:
    which = _which(sent, "cancelOrderId", "cancelClientOrderId")
    anyway = ", even if that fails" if sent["cancelReplaceMode"] == "ALLOW_FAILURE" else ""
    return f"Cancel order {which}, then{anyway}: {order_words(sent)}, perpetual"


def _replace_several_sentence(sent: Sent) -> str:
    return "; ".join(_replace_sentence(each) for each in _orders_in(sent))


def _amend_sentence(sent: Sent) -> str:
    which = _which(sent, "orderId", "clientOrderId")
    return f"Change the quantity of order {which} of {sent['symbol']} to {sent['quantity']}, perpetual"


_PLACE = Writing(readers.order, _place_sentence)
_PLACE_SEVERAL = Writing(readers.orders, _place_several_sentence, named=_named_each)
_CANCEL = Writing(readers.order, _cancel_sentence)
_CANCEL_SEVERAL = Writing(readers.cancelled, _cancel_several_sentence)
_CANCEL_OPEN = Writing(readers.cancelled, _cancel_open_sentence)
_COUNT_DOWN = Writing(countdown, _count_down_sentence)
_REPLACE = Writing(readers.replacement, _replace_sentence)
_REPLACE_SEVERAL = Writing(readers.replacements, _replace_several_sentence, named=_named_each)
_AMEND = Writing(readers.amended, _amend_sentence)

WRITES: Mapping[str, Writing[Any]] = {
    "swap_trade.place_order": _PLACE,
    "swap_trade.place_orders": _PLACE_SEVERAL,
    "swap_trade.cancel_order": _CANCEL,
    "swap_trade.cancel_orders": _CANCEL_SEVERAL,
    "swap_trade.cancel_open_orders": _CANCEL_OPEN,
    "swap_trade.cancel_all_after": _COUNT_DOWN,
    "swap_trade.replace_order": _REPLACE,
    "swap_trade.replace_orders": _REPLACE_SEVERAL,
    "swap_trade.amend_order": _AMEND,
}
"""Every write about orders, by endpoint."""
