"""Which market a call is about."""

from collections.abc import Sequence

from bingx_fake.gateway.refusal import UNKNOWN_SYMBOL, Refusal
from bingx_fake.groups.call import Books, Call
from bingx_fake.market.stall import Stall


def asked_for(books: Books, call: Call) -> Sequence[Stall]:
    """The market that was asked for, or all of them."""
    symbol = call.parameters.text("symbol")
    if symbol is not None:
        return [asked_for_one(books, symbol)]
    return [stall for (product, _), stall in books.floor.stalls.items() if product == "spot"]


def asked_for_one(books: Books, symbol: str) -> Stall:
    """The spot market of a symbol, written with a hyphen or an underscore.

    :raises Refusal: 100204 where there is none.
    """
    stall = books.floor.stalls.get(("spot", symbol.replace("_", "-")))
    if stall is None:
        raise Refusal(UNKNOWN_SYMBOL, f"symbol {symbol} does not exist", parameter="symbol")
    return stall
