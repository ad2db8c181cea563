"""Which coin-margined perpetual a call is about."""

from collections.abc import Callable, Sequence

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.swap_market.asking import OneOrAll
from bingx_fake.groups.swap_trade.refusals import refuse
from bingx_fake.market.stall import Stall
from bingx_fake.perpetuals.reasons import Declined


def stalls_of(books: Books) -> Sequence[Stall]:
    """Every one that there is."""
    return [stall for (product, _), stall in books.floor.stalls.items() if product == "coinm"]


def stall_of(books: Books, call: Call) -> Stall:
    """The contract of a call that has to name one.

    :raises Refusal: where there is no such contract.
    """
    symbol = call.parameters.required_text("symbol")
    try:
        return books.floor.stalls[books.coinm.market(symbol).id]
    except Declined as why:
        refuse(why, call.answers)


def shown(books: Books, call: Call, show: Callable[[Stall], object], *, is_list: bool) -> OneOrAll:
    """What ``show`` makes of the contract that was named, or of all.

    :param is_list: whether it is a list even of the one that was named (V83).
    :raises Refusal: where there is no such contract.
    """
    if call.parameters.text("symbol") is None:
        return OneOrAll([show(stall) for stall in stalls_of(books)])
    one = show(stall_of(books, call))
    return OneOrAll([one] if is_list else one)
