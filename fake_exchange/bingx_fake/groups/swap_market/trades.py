"""Trades of perpetuals: the last ones, and those of any age."""

import msgspec

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_market.facts import Rows
from bingx_fake.groups.swap_market.asking import stall_of
from bingx_fake.groups.swap_market.prices import cents
from bingx_fake.market.stall import Print, Stall

_MOST_OLD = 100


class PerpTrade(msgspec.Struct, frozen=True, kw_only=True):
    """A trade as everybody sees it, as it is printed.

    :param is_sellers: whether the buyer's order was there first.
    """

    trade_id: int
    at_ms: int
    is_sellers: bool
    price: str
    quantity: str
    value: str


def trades(books: Books, call: Call) -> Rows:
    """The last trades, the newest first."""
    stall = stall_of(books, call)
    return Rows([_shown(stall, it) for it in reversed(stall.prints(call.parameters.counted("limit")))])


def old_trades(books: Books, call: Call) -> Rows:
    """Trades of any age, the oldest first: from an id on, that one included, or the last (ours, A147)."""
    stall = stall_of(books, call)
    from_id = call.parameters.text("fromId")
    number = min(call.parameters.counted("limit"), _MOST_OLD)
    return Rows([_shown(stall, it) for it in stall.prints(number, None if from_id is None else int(from_id))])


def _shown(stall: Stall, trade: Print) -> PerpTrade:
    instrument = stall.market.instrument
    return PerpTrade(
        trade_id=trade.trade_id,
        at_ms=trade.at_ms,
        is_sellers=not trade.is_buyers,
        price=instrument.price_text(trade.price),
        quantity=instrument.quantity_text(trade.quantity),
        value=cents(instrument.worth(trade.price, trade.quantity)),
    )
