"""Candles of perpetuals, of trades and of the mark price."""

from decimal import Decimal

import msgspec

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.lasting import LastingRows
from bingx_fake.groups.spot_market.facts import Rows
from bingx_fake.groups.swap_market.asking import stall_of
from bingx_fake.market.history import History
from bingx_fake.market.stall import Stall
from bingx_fake.venue.candles import Candle, opening_after

_UTC_MS = 0


class PerpCandle(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A candle as it is printed.

    :param takers_volume: what buyers took of it.
    """

    open_ms: int
    open: str
    high: str
    low: str
    close: str
    volume: str
    close_ms: int
    quote_volume: str
    count: int
    takers_volume: str
    takers_quote_volume: str

    @property
    def open_number(self) -> Decimal:
        """The first price, to be printed as a number, as the others."""
        return Decimal(self.open)

    @property
    def high_number(self) -> Decimal:
        """The highest."""
        return Decimal(self.high)

    @property
    def low_number(self) -> Decimal:
        """The lowest."""
        return Decimal(self.low)

    @property
    def close_number(self) -> Decimal:
        """The last."""
        return Decimal(self.close)

    @property
    def no_volume(self) -> Decimal:
        """A mark price has none."""
        return Decimal(0)


def klines(books: Books, call: Call) -> Rows:
    """Candles of trades, the newest first, days by UTC (ours, A148)."""
    stall = stall_of(books, call)
    return _rows(call, stall, stall.history)


def mark_klines(books: Books, call: Call) -> Rows:
    """Candles of the mark price: those of trades until somebody sets it (ours, A148)."""
    stall = stall_of(books, call)
    return _rows(call, stall, stall.marks.history)


def _rows(call: Call, stall: Stall, history: History) -> Rows:
    parameters = call.parameters
    interval = parameters.required_text("interval")
    over, others = history.parts(
        interval,
        _UTC_MS,
        start_ms=parameters.integer("startTime"),
        end_ms=parameters.integer("endTime"),
        limit=parameters.counted("limit"),
        now_ms=max(call.now_ms, stall.reached_ms),
    )
    instrument = stall.market.instrument
    price, quantity, value = instrument.price_text, instrument.quantity_text, instrument.value

    def row(candle: Candle) -> PerpCandle:
        return PerpCandle(
            open_ms=candle.open_ms,
            open=price(candle.open),
            high=price(candle.high),
            low=price(candle.low),
            close=price(candle.close),
            volume=quantity(candle.volume),
            close_ms=opening_after(interval, candle.open_ms, _UTC_MS) - 1,
            quote_volume=f"{value(candle.value):f}",
            count=candle.count,
            takers_volume=quantity(candle.volume // 2),
            takers_quote_volume=f"{value(candle.value // 2):f}",
        )

    return Rows(LastingRows(list(map(row, reversed(others))), over.candles[::-1], row, over.kept))
