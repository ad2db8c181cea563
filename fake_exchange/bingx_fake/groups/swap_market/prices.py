"""The order book and prices of perpetuals."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Self

import msgspec

from bingx_fake.books.money import EXACT
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_market.facts import Level
from bingx_fake.groups.spot_market.markets import best_of, ticker_of
from bingx_fake.groups.swap_market.asking import OneOrAll, of_one_or_all, stall_of
from bingx_fake.market.stall import Stall
from bingx_fake.venue.instruments import Instrument

_USUAL_DEPTH = 20
_ROUNDED = Context(prec=60, rounding=ROUND_HALF_UP)


class PerpDepth(msgspec.Struct, frozen=True, kw_only=True):
    """A side of the book each, and the same with quantities in the other unit (V75)."""

    bids: Sequence[Level]
    asks: Sequence[Level]
    other_bids: Sequence[Level]
    other_asks: Sequence[Level]


def depth(books: Books, call: Call) -> PerpDepth:
    """The order book, down to so many prices a side; where asks begin is V45, in what they count V75."""
    stall = stall_of(books, call)
    limit = int(call.parameters.text("limit") or _USUAL_DEPTH)
    bids, asks = (side[:limit] for side in books.floor.levels(stall.market.id, call.now_ms))
    if call.answers["V45"] == "worst-first":
        asks = asks[::-1]
    instrument = stall.market.instrument
    of, other = (_contracts, _coins) if call.answers["V75"] == "contracts" else (_coins, _contracts_worth)
    return PerpDepth(
        bids=of(instrument, bids),
        asks=of(instrument, asks),
        other_bids=other(instrument, bids),
        other_asks=other(instrument, asks),
    )


def _contracts(instrument: Instrument, levels: list[tuple[int, int]]) -> list[Level]:
    """With quantities in contracts, of which each is one step."""
    return [Level(instrument.price_text(price), str(quantity)) for price, quantity in levels]


def _coins(instrument: Instrument, levels: list[tuple[int, int]]) -> list[Level]:
    return [
        Level(instrument.price_text(price), instrument.quantity_text(quantity)) for price, quantity in levels
    ]


def _contracts_worth(instrument: Instrument, levels: list[tuple[int, int]]) -> list[Level]:
    """With coins times the size of a contract, as recorded beside quantities in coins."""
    size = instrument.step
    return [
        Level(
            instrument.price_text(price),
            f"{_ROUNDED.quantize(EXACT.multiply(instrument.quantity(quantity), size), size):f}",
        )
        for price, quantity in levels
    ]


class PerpTicker(msgspec.Struct, frozen=True, kw_only=True):
    """What a contract did in the last 24 hours, as it is printed."""

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
    open_ms: int
    close_ms: int
    ask_price: str
    ask_quantity: str
    bid_price: str
    bid_quantity: str


def ticker(books: Books, call: Call) -> OneOrAll:
    """What contracts did in the last 24 hours: in whole minutes, as on the spot markets (ours, A29)."""

    def shown(stall: Stall) -> PerpTicker:
        of, instrument = ticker_of(books.floor, stall, call.now_ms), stall.market.instrument
        (latest,) = stall.prints(1) or (None,)
        percent = of.change_percent
        return PerpTicker(
            symbol=of.symbol,
            change=of.change,
            change_percent=percent if call.answers["V48"] == "numbers" else percent.removesuffix("%"),
            last=f"{of.last:f}",
            last_quantity=instrument.quantity_text(0 if latest is None else latest.quantity),
            high=f"{of.high:f}",
            low=f"{of.low:f}",
            volume=f"{of.volume:f}",
            quote_volume=cents(of.quote_volume),
            open=f"{of.open:f}",
            open_ms=of.open_ms,
            close_ms=of.close_ms,
            ask_price=f"{of.ask_price:f}",
            ask_quantity=f"{of.ask_quantity:f}",
            bid_price=f"{of.bid_price:f}",
            bid_quantity=f"{of.bid_quantity:f}",
        )

    return of_one_or_all(books, call, shown)


def cents(value: Decimal) -> str:
    """A value with two places, as samples have it; rounded half up (ours, A146)."""
    return f"{_ROUNDED.quantize(value, Decimal('0.01')):f}"


class PerpBest(msgspec.Struct, frozen=True, kw_only=True):
    """The best prices and what is left there; 0 where a side is empty (ours, A31)."""

    symbol: str
    bid: str
    bid_quantity: str
    ask: str
    ask_quantity: str
    update_id: int

    @property
    def only(self) -> Self:
        """Itself, inside of an object (V79)."""
        return self

    @property
    def bid_number(self) -> Decimal:
        """The best bid, to be printed as a number, as the others (V79)."""
        return Decimal(self.bid)

    @property
    def bid_quantity_number(self) -> Decimal:
        """What is left at it."""
        return Decimal(self.bid_quantity)

    @property
    def ask_number(self) -> Decimal:
        """The best ask."""
        return Decimal(self.ask)

    @property
    def ask_quantity_number(self) -> Decimal:
        """What is left at it."""
        return Decimal(self.ask_quantity)


def book_ticker(books: Books, call: Call) -> OneOrAll:
    """The best prices of contracts."""

    def shown(stall: Stall) -> PerpBest:
        bid, ask = best_of(books.floor.levels(stall.market.id, call.now_ms))
        instrument = stall.market.instrument
        return PerpBest(
            symbol=instrument.symbol,
            bid=instrument.price_text(bid[0]),
            bid_quantity=instrument.quantity_text(bid[1]),
            ask=instrument.price_text(ask[0]),
            ask_quantity=instrument.quantity_text(ask[1]),
            update_id=stall.updates,
        )

    return of_one_or_all(books, call, shown)


class PerpPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What was paid last, and when."""

    symbol: str
    price: str
    at_ms: int


def price(books: Books, call: Call) -> OneOrAll:
    """The last price of contracts."""

    def shown(stall: Stall) -> PerpPrice:
        instrument = stall.market.instrument
        return PerpPrice(
            symbol=instrument.symbol, price=instrument.price_text(stall.market.last), at_ms=call.now_ms
        )

    return of_one_or_all(books, call, shown)
