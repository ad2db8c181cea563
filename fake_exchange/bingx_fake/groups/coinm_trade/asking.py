"""What calls about coin-margined perpetuals ask for."""

from typing import NoReturn

import msgspec

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.swap_trade.asking import new_order
from bingx_fake.groups.swap_trade.refusals import refuse
from bingx_fake.perpetuals.orders import NewPerpOrder, PositionSide, WorkingType
from bingx_fake.perpetuals.reasons import Declined
from bingx_fake.venue.venue import Market

GROUP = "coinm_trade"


def refused(why: Declined, call: Call) -> NoReturn:
    """Refuse what was declined, in this group's words.

    :raises Refusal: always.
    """
    refuse(why, call.answers, GROUP)


def market_of(books: Books, call: Call) -> Market | None:
    """The market that was asked for; None for all.

    :raises Refusal: where there is none of this symbol.
    """
    symbol = call.parameters.text("symbol")
    if symbol is None:
        return None
    try:
        return books.coinm.market(symbol)
    except Declined as why:
        refused(why, call)


def coin_order(books: Books, call: Call) -> NewPerpOrder:
    """The order that a call asks for. One that says no position side is about the long one (ours, A240).

    Where it does not say which price it waits for, that is the mark price, or the last one (V57).
    """
    parameters = call.parameters
    long_side = PositionSide.LONG if books.coinm.records.of(call.caller.uid).is_hedging else PositionSide.BOTH
    new = new_order(parameters, call, usual_side=long_side)
    if not parameters.text("workingType") and call.answers["V57"] == "taken":
        new = msgspec.structs.replace(new, working=WorkingType.CONTRACT_PRICE)
    return new
