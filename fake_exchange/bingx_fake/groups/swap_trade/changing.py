"""Changing the quantity of an order, and reversing a position."""

import msgspec

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.swap_trade.asking import cuts, named, working_type
from bingx_fake.groups.swap_trade.facts import Order
from bingx_fake.groups.swap_trade.held import Held, held_of
from bingx_fake.groups.swap_trade.refusals import refuse
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.reasons import Declined


class Reversed(msgspec.Struct, frozen=True):
    """A position that was reversed, or is to be: the new one, or the one that there still is."""

    type: str
    position_id: str
    new_position_id: str
    order_id: int
    held: Held

    def __getattr__(self, name: str) -> object:
        """What the position has."""
        return getattr(self.held, name)

    @property
    def position_side(self) -> str:
        """Its side, in the word of this answer."""
        return self.held.position_side.capitalize()

    @property
    def leverage(self) -> str:
        """Its leverage, with an X."""
        return f"{self.held.leverage}X"

    @property
    def liquidation_price(self) -> str:
        """Its liquidation price, as text."""
        return f"{self.held.liquidation_price:f}"


def amend_order(books: Books, call: Call) -> Order:
    """Change the quantity of an open order (ours, A211)."""
    order_id, client_id = named(call)
    parameters = call.parameters
    try:
        order = books.swap.amend(
            call.caller.uid,
            parameters.required_text("symbol"),
            parameters.amount("quantity"),
            call.now_ms,
            order_id=order_id,
            client_id=client_id,
            cuts=cuts(call),
        )
    except Declined as why:
        refuse(why, call.answers)
    return Order.of(order)


def reverse_position(books: Books, call: Call) -> Reversed:
    """Reverse a position at the market, or once a price is reached (ours, A213)."""
    parameters, swap, uid = call.parameters, books.swap, call.caller.uid
    kind, symbol = parameters.required_text("type"), parameters.required_text("symbol")
    position_id = int(parameters.text("positionId") or 0)
    try:
        if kind == "Reverse":
            turned = swap.reverse(uid, symbol, call.now_ms, position_id=position_id)
            order, position = turned.opening or turned.closing, turned.position
        else:
            order = swap.reverse_later(
                uid,
                symbol,
                call.now_ms,
                stop=parameters.number("triggerPrice"),
                working=working_type(parameters.text("workingType"), call),
                position_id=position_id,
                cuts=cuts(call),
            )
            (position,) = (it for it in swap.records.positions(uid) if it.id == order.position_id)
    except Declined as why:
        refuse(why, call.answers)
    new = [it for it in swap.records.positions(uid) if it.id == order.position_id != position.id]
    told = new[0] if new else position
    return Reversed(kind, str(position.id), str(new[0].id) if new else "", order.id, _held(books, told))


def _held(books: Books, position: Position) -> Held:
    swap = books.swap
    wallet = swap.margins.wallet(position.uid, position.instrument.quote)
    return held_of(position, swap.margins, wallet, swap.closable(position))
