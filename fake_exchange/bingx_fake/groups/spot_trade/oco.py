"""OCO orders: two legs of which one cancels the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import msgspec

from bingx_fake.books.money import ZERO
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_trade.asking import shown
from bingx_fake.groups.spot_trade.facts import Order
from bingx_fake.groups.spot_trade.placing import cuts
from bingx_fake.groups.spot_trade.refusals import refuse
from bingx_fake.trading.records import Oco
from bingx_fake.venue.filters import Declined
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOco


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One order of an OCO.

    :param trigger_price: 0 for the leg with the limit.
    :param status: empty, as ``at_ms`` is 0, in the answer to placing (D).
    """

    at_ms: int
    order_id: int
    client_id: str
    symbol: str
    kind: Literal["ocoLimit", "ocoTps"]
    side: str
    trigger_price: Decimal
    price: Decimal
    quantity: Decimal
    list_id: int
    status: str


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Both legs together.

    :param asked: the leg that a cancel named.
    :param reports: the orders of both legs.
    """

    list_id: int
    client_id: str
    symbol: str
    at_ms: int
    legs: tuple[Leg, ...]
    reports: tuple[Order, ...]
    asked: Leg
    status_type: Literal["RESPONSE", "EXEC_STARTED", "ALL_DONE"]
    order_status: Literal["EXECUTING", "ALL_DONE"]

    @property
    def placed_legs(self) -> list[Leg]:
        """The legs as the answer to placing tells them (D), the one with the limit first."""
        return [msgspec.structs.replace(leg, at_ms=0, status="") for leg in reversed(self.legs)]

    @property
    def order_id(self) -> int:
        """The id of the leg that a cancel named."""
        return self.asked.order_id

    @property
    def leg_client_id(self) -> str:
        """Its client id."""
        return self.asked.client_id


@dataclass(frozen=True, slots=True)
class Pairs:
    """A page of OCO orders, and how many there are on all pages together."""

    pairs: tuple[Pair, ...]
    total: int

    @property
    def legs(self) -> list[Leg]:
        """Their legs in one list (V43)."""
        return [leg for pair in self.pairs for leg in pair.legs]


def place_oco(books: Books, call: Call) -> Pair:
    """Place both legs."""
    parameters = call.parameters
    quantity, limit, trigger, price = (
        parameters.number(name) or ZERO for name in ("quantity", "limitPrice", "triggerPrice", "orderPrice")
    )
    new = NewOco(
        symbol=parameters.required_text("symbol"),
        side=Side[parameters.required_text("side")],
        quantity=quantity,
        limit=limit,
        trigger=trigger,
        price=price,
        client_id=parameters.text("listClientOrderId") or "",
        limit_client_id=parameters.text("aboveClientOrderId") or "",
        stop_client_id=parameters.text("belowClientOrderId") or "",
    )
    try:
        oco = books.desk.place_oco(call.caller.uid, new, call.now_ms, cuts=cuts(call))
    except Declined as why:
        refuse(why, call.answers)
    return _pair(books, oco, "EXEC_STARTED")


def cancel_oco(books: Books, call: Call) -> Pair:
    """Cancel both legs, by either id of either of them."""
    order_id, client_id = _asked(call, ("orderId",), ("clientOrderId",))
    try:
        oco = books.desk.cancel_oco(call.caller.uid, call.now_ms, order_id=order_id, client_id=client_id)
    except Declined as why:
        refuse(why, call.answers, "cancel" if order_id else "cancel-by-client-id")
    return _pair(books, oco, "ALL_DONE", order_id or client_id)


def query_oco(books: Books, call: Call) -> Pair:
    """One OCO order, by the id or the client id of both legs or of either."""
    order_id, client_id = _asked(call, ("orderListId", "orderId"), ("listClientOrderId", "clientOrderId"))
    try:
        oco = books.desk.records.find_oco(
            call.caller.uid, order_id=order_id, client_id=client_id, at_ms=call.now_ms
        )
    except Declined as why:
        refuse(why, call.answers)
    return _pair(books, oco, "RESPONSE")


def open_ocos(books: Books, call: Call) -> Pairs:
    """A page of those that wait, the newest first (A73)."""
    return _page(books, call, books.desk.records.ocos(call.caller.uid, is_open=True))


def oco_history(books: Books, call: Call) -> Pairs:
    """A page of those of which no leg trades any more, the newest first."""
    start_ms, end_ms = call.parameters.integer("startTime"), call.parameters.integer("endTime")
    found = books.desk.records.ocos(call.caller.uid, is_open=False, start_ms=start_ms, end_ms=end_ms)
    return _page(books, call, found)


def _asked(call: Call, ids: Iterable[str], client_ids: Iterable[str]) -> tuple[int, str]:
    """The first of the parameters that are given, ids before client ids."""
    order_id = next(filter(None, map(call.parameters.text, ids)), None)
    if order_id is not None:
        return int(order_id), ""
    return 0, next(filter(None, map(call.parameters.text, client_ids)), "")


def _page(books: Books, call: Call, found: Iterable[Oco]) -> Pairs:
    every = list(found)
    size = call.parameters.counted("pageSize")
    skip = (call.parameters.counted("pageIndex") - 1) * size
    page = tuple(_pair(books, oco, "RESPONSE") for oco in every[skip : skip + size])
    return Pairs(page, len(every))


def _pair(
    books: Books,
    oco: Oco,
    status_type: Literal["RESPONSE", "EXEC_STARTED", "ALL_DONE"],
    asked: int | str = 0,
) -> Pair:
    """An OCO order as it stands, the leg with the stop first (D)."""
    orders = books.desk.legs(oco)
    limit, stop = (shown(books, order) for order in orders)
    legs = (_leg(oco, stop, "ocoTps"), _leg(oco, limit, "ocoLimit"))
    is_open = any(order.is_open for order in orders)
    return Pair(
        list_id=oco.id,
        client_id=oco.client_id,
        symbol=limit.symbol,
        at_ms=oco.placed_ms,
        legs=legs,
        reports=(stop, limit),
        asked=next((leg for leg in legs if asked and asked in (leg.order_id, leg.client_id)), legs[1]),
        status_type=status_type,
        order_status="EXECUTING" if is_open else "ALL_DONE",
    )


def _leg(oco: Oco, order: Order, kind: Literal["ocoLimit", "ocoTps"]) -> Leg:
    return Leg(
        at_ms=order.placed_ms,
        order_id=order.order_id,
        client_id=order.client_id,
        symbol=order.symbol,
        kind=kind,
        side=order.side,
        trigger_price=order.trigger_price,
        price=order.price,
        quantity=order.quantity,
        list_id=oco.id,
        status=order.status,
    )
