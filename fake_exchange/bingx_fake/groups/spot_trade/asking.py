"""Which market and which order a call is about."""

from typing import NamedTuple

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_trade.facts import Order
from bingx_fake.groups.spot_trade.refusals import said
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.orders import OrderStatus, SpotOrder


class Named(NamedTuple):
    """An order by its id or, where that is 0, by its client id."""

    order_id: int
    client_id: str


def named(call: Call, id_name: str, client_id_name: str) -> Named:
    """How an order is named by two parameters, of which the id wins."""
    order_id = call.parameters.text(id_name)
    if order_id is not None:
        return Named(int(order_id), "")
    return Named(0, call.parameters.text(client_id_name) or "")


def restriction(call: Call) -> OrderStatus | None:
    """In which state alone an order is to be cancelled."""
    wanted = call.parameters.text("cancelRestrictions")
    return None if wanted is None else OrderStatus(wanted)


def market_of(books: Books, call: Call) -> MarketId | None:
    """The market that was asked for; None for all.

    :raises Refusal: where there is none of this symbol.
    """
    symbol = call.parameters.text("symbol")
    if symbol is None:
        return None
    market: MarketId = ("spot", symbol)
    if market not in books.floor.stalls:
        raise said("no-such-market", call.answers)
    return market


def shown(books: Books, order: SpotOrder) -> Order:
    """An order as it stands, in coins."""
    return Order.of(order, books.desk.instrument(order))
