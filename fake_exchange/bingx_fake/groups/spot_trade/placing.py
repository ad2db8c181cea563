"""Placing orders, one or up to five."""

from bingx_contracts import ENDPOINTS
from bingx_fake.gateway.parameters import Parameters
from bingx_fake.gateway.refusal import Refusal
from bingx_fake.groups.batches import element
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_trade.asking import shown
from bingx_fake.groups.spot_trade.facts import Order, Orders
from bingx_fake.groups.spot_trade.refusals import declined, refuse, said
from bingx_fake.venue.filters import Declined
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOrder, OrderType

_TIMES = {it.value: it for it in TimeInForce} | {"POC": TimeInForce.POST_ONLY}
"""V35: what hummingbot calls POC."""

_SIDES = {side.value: side for side in Side}
_TYPES = {kind.value: kind for kind in OrderType}
_PLACE = ENDPOINTS["spot_trade.place_order"]
_SAME = ("symbol", "side", "type")


def new_order(parameters: Parameters) -> NewOrder:
    """The order that parameters ask for."""
    return NewOrder(
        symbol=parameters.required_text("symbol"),
        side=_SIDES[parameters.required_text("side")],
        type=_TYPES[parameters.required_text("type")],
        quantity=parameters.number("quantity"),
        amount=parameters.number("quoteOrderQty"),
        price=parameters.number("price"),
        stop=parameters.number("stopPrice"),
        time_in_force=_TIMES[parameters.text("timeInForce") or "GTC"],
        client_id=parameters.text("newClientOrderId") or "",
    )


def place_order(books: Books, call: Call) -> Order:
    """Place one order; the answer tells what has become of it at once."""
    try:
        return placed(books, call, new_order(call.parameters))
    except Declined as why:
        refuse(why, call.answers)


def placed(books: Books, call: Call, order: NewOrder) -> Order:
    """What has become of an order that is placed now.

    :raises Declined: when the desk does not take it.
    """
    return shown(books, books.desk.place(call.caller.uid, order, call.now_ms, cuts=cuts(call)))


def cuts(call: Call) -> bool:
    """Whether decimals that are too many are cut (V40)."""
    return call.answers["V40"] == "cut"


def place_orders(books: Books, call: Call) -> Orders:
    """Place up to five orders, each by itself.

    Those that are taken are told; where none is, why the first was not (ours, A65: no source shows a batch
    that failed in part).
    """
    sent = call.parameters.document("data")
    asked = [element(_PLACE, "data", index, each) for index, each in enumerate(sent, 1)]
    if not call.parameters.truth("sync"):
        for number, parameters in enumerate(asked, 1):
            if any(parameters.text(name) != asked[0].text(name) for name in _SAME):
                raise said("orders-differ", call.answers, number=number)
    taken: list[Order] = []
    first: Refusal | None = None
    for parameters in asked:
        try:
            taken.append(placed(books, call, new_order(parameters)))
        except Declined as why:
            first = first or declined(why, call.answers)
    if first is not None and not taken:
        raise first
    return Orders(taken)
