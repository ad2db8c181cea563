"""Trades: the last ones, and those of any age."""

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_market.asking import asked_for_one
from bingx_fake.groups.spot_market.facts import MarketTrade, Rows
from bingx_fake.market.stall import Print
from bingx_fake.venue.instruments import Instrument


def trades(books: Books, call: Call) -> Rows:
    """The last trades, the newest first."""
    return _newest_first(books, call, None)


def old_trades(books: Books, call: Call) -> Rows:
    """Trades of any age, the newest first: those after the id that was seen last, or the last ones."""
    seen = call.parameters.text("fromId")
    return _newest_first(books, call, None if seen is None else int(seen) + 1)


def trade_of(instrument: Instrument, print_: Print) -> MarketTrade:
    """A trade in money."""
    return MarketTrade(
        symbol=instrument.symbol,
        trade_id=print_.trade_id,
        at_ms=print_.at_ms,
        price=instrument.price(print_.price),
        quantity=instrument.quantity(print_.quantity),
        price_text=instrument.price_text(print_.price),
        quantity_text=instrument.quantity_text(print_.quantity),
        is_buyers=print_.is_buyers,
    )


def _newest_first(books: Books, call: Call, from_id: int | None) -> Rows:
    stall = asked_for_one(books, call.parameters.required_text("symbol"))
    prints = stall.prints(call.parameters.counted("limit"), from_id)
    return Rows([trade_of(stall.market.instrument, print_) for print_ in reversed(prints)])
