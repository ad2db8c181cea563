"""Candles of coin-margined perpetuals."""

import msgspec

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.cswap_market.asking import stall_of
from bingx_fake.groups.lasting import LastingRows
from bingx_fake.groups.spot_market.facts import Rows
from bingx_fake.venue.candles import Candle, opening_after

_UTC_MS = 0


class CoinCandle(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A candle as it is printed. Its volume counts contracts."""

    open_ms: int
    open: str
    high: str
    low: str
    close: str
    volume: str
    close_ms: int


def klines(books: Books, call: Call) -> Rows:
    """Candles, the newest first, days by UTC (ours, A226).

    ``startTime`` includes, and ``endTime`` does not (R, D).
    """
    parameters = call.parameters
    stall = stall_of(books, call)
    interval = parameters.required_text("interval")
    end_ms = parameters.integer("endTime")
    over, others = stall.history.parts(
        interval,
        _UTC_MS,
        start_ms=parameters.integer("startTime"),
        end_ms=None if end_ms is None else end_ms - 1,
        limit=parameters.counted("limit"),
        now_ms=max(call.now_ms, stall.reached_ms),
    )
    instrument = stall.market.instrument
    price = instrument.price_text

    def row(candle: Candle) -> CoinCandle:
        return CoinCandle(
            open_ms=candle.open_ms,
            open=price(candle.open),
            high=price(candle.high),
            low=price(candle.low),
            close=price(candle.close),
            volume=f"{instrument.quantity(candle.volume):.2f}",
            close_ms=opening_after(interval, candle.open_ms, _UTC_MS) - 1,
        )

    return Rows(LastingRows(list(map(row, reversed(others))), over.candles[::-1], row, over.kept))
