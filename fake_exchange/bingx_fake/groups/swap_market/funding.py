"""Mark and index, funding and open interest of perpetuals."""

from decimal import Decimal

import msgspec

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.swap_market.asking import OneOrAll, of_one_or_all, stall_of
from bingx_fake.groups.swap_market.prices import cents
from bingx_fake.groups.swap_trade.asking import market_of
from bingx_fake.market.stall import Stall
from bingx_fake.perpetuals.funding import INTERVAL_HOURS, INTERVAL_MS, USUAL, next_funding_ms, rate


class PremiumIndex(msgspec.Struct, frozen=True, kw_only=True):
    """What a contract is valued at, and what funding comes to as things are."""

    symbol: str
    mark: str
    index: str
    rate: Decimal
    next_ms: int
    interval_hours: int = INTERVAL_HOURS


def premium_index(books: Books, call: Call) -> OneOrAll:
    """Mark, index and the rate of funding."""

    def shown(stall: Stall) -> PremiumIndex:
        market, instrument = stall.market, stall.market.instrument
        return PremiumIndex(
            symbol=instrument.symbol,
            mark=instrument.price_text(market.mark_price),
            index=instrument.price_text(market.index_price),
            rate=rate(stall),
            next_ms=next_funding_ms(call.now_ms),
        )

    return of_one_or_all(books, call, shown)


class FundingRate(msgspec.Struct, frozen=True, kw_only=True):
    """The rate at one boundary.

    :param next_ms: the boundary after it.
    """

    symbol: str
    rate: Decimal
    at_ms: int
    next_ms: int


def funding_rates(books: Books, call: Call) -> OneOrAll:
    """Rates of boundaries that are over, the newest first; under V77 the current one of the contract named.

    :raises Refusal: where there is no such contract.
    """
    market = market_of(books, call)
    stalls = [it for id_, it in books.floor.stalls.items() if id_[0] == "swap" and market in (None, id_)]
    if call.answers["V77"] == "current":
        rows = [_rate_of(stall, rate(stall), next_funding_ms(call.now_ms) - INTERVAL_MS) for stall in stalls]
        return OneOrAll(rows if market is None else rows[0])
    parameters = call.parameters
    last_ms = next_funding_ms(call.now_ms) - INTERVAL_MS
    end_ms, start_ms = parameters.integer("endTime"), parameters.integer("startTime")
    until_ms = last_ms if end_ms is None else min(last_ms, end_ms - end_ms % INTERVAL_MS)
    limit = parameters.counted("limit")
    found = []
    for stall in stalls:
        settled = {it.at_ms: it.rate for it in getattr(books.swap, "settled", {}).get(stall.market.id, ())}
        since_ms = max(stall.market.instrument.online_ms, start_ms or 0)
        boundaries = range(until_ms, since_ms - 1, -INTERVAL_MS)[:limit]
        found += [_rate_of(stall, settled.get(at_ms, USUAL), at_ms) for at_ms in boundaries]
    return OneOrAll(sorted(found, key=lambda it: -it.at_ms)[:limit])


def _rate_of(stall: Stall, of: Decimal, at_ms: int) -> FundingRate:
    symbol = stall.market.instrument.symbol
    return FundingRate(symbol=symbol, rate=of, at_ms=at_ms, next_ms=at_ms + INTERVAL_MS)


class OpenInterest(msgspec.Struct, frozen=True, kw_only=True):
    """What all positions of one side are worth at the mark."""

    symbol: str
    value: str


def open_interest(books: Books, call: Call) -> OpenInterest:
    """What users' positions are worth, as a value in the quote coin (ours by its size, A149)."""
    stall = stall_of(books, call)
    instrument = stall.market.instrument
    steps = books.swap.open_interest(stall.market.id)
    return OpenInterest(
        symbol=instrument.symbol, value=cents(instrument.worth(stall.market.mark_price, steps))
    )
