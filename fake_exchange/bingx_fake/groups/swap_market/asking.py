"""Which contract a call is about."""

from collections.abc import Callable
from dataclasses import dataclass

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.swap_trade.asking import market_of
from bingx_fake.market.stall import Stall


@dataclass(frozen=True, slots=True)
class OneOrAll:
    """What was asked for: of the contract that a call names, or a list of every contract's."""

    data: object


def stall_of(books: Books, call: Call) -> Stall:
    """The contract of a call that has to name one.

    :raises Refusal: where there is no such contract.
    """
    call.parameters.required_text("symbol")
    market = market_of(books, call)
    assert market is not None, "there is a symbol"
    return books.floor.stalls[market]


def of_one_or_all(books: Books, call: Call, show: Callable[[Stall], object]) -> OneOrAll:
    """What ``show`` makes of the contract that was named, or of all.

    :raises Refusal: where there is no such contract.
    """
    market = market_of(books, call)
    if market is not None:
        return OneOrAll(show(books.floor.stalls[market]))
    return OneOrAll([show(stall) for (product, _), stall in books.floor.stalls.items() if product == "swap"])
