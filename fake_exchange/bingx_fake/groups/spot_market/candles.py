"""Candles of every length."""

from functools import partial

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.lasting import LastingRows
from bingx_fake.groups.spot_market.asking import asked_for_one
from bingx_fake.groups.spot_market.facts import CandleRow, Rows
from bingx_fake.venue.candles import HOUR_MS, Candle, opening_after
from bingx_fake.venue.instruments import Instrument


def klines(books: Books, call: Call) -> Rows:
    """Candles, the newest first. Those of a day and longer begin by the clock that was asked for (V47)."""
    parameters = call.parameters
    stall = asked_for_one(books, parameters.required_text("symbol"))
    interval = parameters.required_text("interval")
    zone = parameters.text("timeZone")
    hours = call.zone_hours if zone is None else int(zone)
    over, others = stall.history.parts(
        interval,
        hours * HOUR_MS,
        start_ms=parameters.integer("startTime"),
        end_ms=parameters.integer("endTime"),
        limit=parameters.counted("limit"),
        now_ms=max(call.now_ms, stall.reached_ms),
    )
    instrument = stall.market.instrument
    row = partial(_row, instrument, interval, hours * HOUR_MS)
    return Rows(LastingRows(list(map(row, reversed(others))), over.candles[::-1], row, over.kept))


def _row(instrument: Instrument, interval: str, zone_ms: int, candle: Candle) -> CandleRow:
    return CandleRow(
        open_ms=candle.open_ms,
        open=instrument.price(candle.open),
        high=instrument.price(candle.high),
        low=instrument.price(candle.low),
        close=instrument.price(candle.close),
        volume=instrument.quantity(candle.volume),
        close_ms=opening_after(interval, candle.open_ms, zone_ms) - 1,
        quote_volume=instrument.value(candle.value),
    )
