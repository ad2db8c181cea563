"""The order book and prices of coin-margined perpetuals. Quantities count contracts."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

import msgspec

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.cswap_market.asking import shown, stall_of
from bingx_fake.groups.cswap_market.coins import coins, coins_traded
from bingx_fake.groups.spot_market.facts import Level
from bingx_fake.groups.spot_market.markets import best_of
from bingx_fake.groups.swap_market.asking import OneOrAll
from bingx_fake.market.floor import Floor
from bingx_fake.market.stall import Stall
from bingx_fake.perpetuals.funding import next_funding_ms, rate
from bingx_fake.venue.candles import DAY_MS, MINUTE_MS
from bingx_fake.venue.instruments import Instrument

_USUAL_DEPTH = 20
_ROUNDED = Context(prec=60, rounding=ROUND_HALF_UP)


class CoinDepth(msgspec.Struct, frozen=True, kw_only=True):
    """A side of the book each."""

    bids: Sequence[Level]
    asks: Sequence[Level]


def depth(books: Books, call: Call) -> CoinDepth:
    """The order book, down to so many prices a side; where asks begin is V45."""
    stall = stall_of(books, call)
    limit = int(call.parameters.text("limit") or _USUAL_DEPTH)
    bids, asks = (side[:limit] for side in books.floor.levels(stall.market.id, call.now_ms))
    if call.answers["V45"] == "worst-first":
        asks = asks[::-1]
    instrument = stall.market.instrument
    return CoinDepth(bids=_levels(instrument, bids), asks=_levels(instrument, asks))


def _levels(instrument: Instrument, levels: list[tuple[int, int]]) -> list[Level]:
    return [
        Level(instrument.price_text(price), f"{instrument.quantity(steps):.1f}") for price, steps in levels
    ]


class CoinTicker(msgspec.Struct, frozen=True, kw_only=True):
    """What a contract did in the last 24 hours, as it is printed.

    :param volume: in contracts; ``quote_volume`` in coins.
    """

    symbol: str
    change: Decimal
    change_percent: str
    last: str
    last_quantity: str
    high: str
    low: str
    volume: str
    quote_volume: str
    open: str
    close_ms: int
    bid_price: str
    bid_quantity: str
    ask_price: str
    ask_quantity: str


def ticker_of(floor: Floor, stall: Stall, now_ms: int) -> CoinTicker:
    """What one contract did in the last 24 hours: in whole minutes, as on the spot markets (ours, A29)."""
    instrument, last = stall.market.instrument, stall.market.last
    now_ms = max(now_ms, stall.reached_ms)
    traded = stall.history.since(now_ms - DAY_MS - (now_ms - DAY_MS) % MINUTE_MS)
    first, high, low = (last, last, last) if traded is None else (traded.open, traded.high, traded.low)
    volume, value = (0, 0) if traded is None else (traded.volume, traded.value)
    (bid, bid_quantity), (ask, ask_quantity) = best_of(floor.levels(stall.market.id, now_ms))
    (latest,) = stall.prints(1) or (None,)
    price, quantity = instrument.price_text, instrument.quantity_text
    percent = _ROUNDED.quantize(Decimal(100 * (last - first)) / first, Decimal("0.0001"))
    return CoinTicker(
        symbol=instrument.symbol,
        change=instrument.price(last - first),
        change_percent=f"{percent:f}%",
        last=price(last),
        last_quantity=quantity(0 if latest is None else latest.quantity),
        high=price(high),
        low=price(low),
        volume=f"{instrument.quantity(volume):.2f}",
        quote_volume=coins_traded(instrument, volume, value, 2),
        open=price(first),
        close_ms=now_ms,
        bid_price=price(bid),
        bid_quantity=quantity(bid_quantity),
        ask_price=price(ask),
        ask_quantity=quantity(ask_quantity),
    )


def ticker(books: Books, call: Call) -> OneOrAll:
    """What contracts did in the last 24 hours; whether per cents have their sign is V48."""

    def told(stall: Stall) -> CoinTicker:
        it = ticker_of(books.floor, stall, call.now_ms)
        if call.answers["V48"] == "numbers":
            return it
        return msgspec.structs.replace(it, change_percent=it.change_percent.removesuffix("%"))

    return shown(books, call, told, is_list=call.answers["V83"] != "objects")


class CoinPremium(msgspec.Struct, frozen=True, kw_only=True):
    """What a contract is valued at, and what funding comes to as things are."""

    symbol: str
    mark: str
    index: str
    rate: Decimal
    next_ms: int


def premium_index(books: Books, call: Call) -> OneOrAll:
    """Mark, index and the rate of funding."""

    def premium(stall: Stall) -> CoinPremium:
        market, instrument = stall.market, stall.market.instrument
        return CoinPremium(
            symbol=instrument.symbol,
            mark=instrument.price_text(market.mark_price),
            index=instrument.price_text(market.index_price),
            rate=rate(stall),
            next_ms=next_funding_ms(call.now_ms),
        )

    return shown(books, call, premium, is_list=call.answers["V83"] == "lists")


class CoinInterest(msgspec.Struct, frozen=True, kw_only=True):
    """What all positions of one side are worth at the mark, in coins."""

    symbol: str
    coins: str


def open_interest(books: Books, call: Call) -> OneOrAll:
    """What users' positions are worth."""

    def interest(stall: Stall) -> CoinInterest:
        instrument = stall.market.instrument
        steps = books.coinm.open_interest(stall.market.id)
        return CoinInterest(
            symbol=instrument.symbol, coins=coins(instrument, steps, stall.market.mark_price, 4)
        )

    return shown(books, call, interest, is_list=call.answers["V83"] == "lists")
