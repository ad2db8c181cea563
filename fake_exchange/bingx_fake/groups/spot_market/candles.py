"""Candles of every length."""

from collections.abc import Callable
from decimal import Decimal

from msgspec.structs import astuple

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.lasting import LastingRows
from bingx_fake.groups.spot_market.asking import asked_for_one
from bingx_fake.groups.spot_market.facts import CandleRow, Rows
from bingx_fake.venue.candles import HOUR_MS, INTERVALS, Candle, opening_after
from bingx_fake.venue.instruments import Instrument, places_of


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
    row = _row_maker(stall.market.instrument, interval, hours * HOUR_MS)
    return Rows(LastingRows(list(map(row, reversed(others))), over.candles[::-1], row, over.kept))


def _row_maker(instrument: Instrument, interval: str, zone_ms: int) -> Callable[[Candle], CandleRow]:
    """What puts a candle into money.

    There are 1,440 on a page, and a quotient of whole numbers costs a tenth of a ``Decimal`` with its text.
    """
    length_ms = INTERVALS.get(interval)
    per_tick, least_price, most_price = _printed_exactly(instrument.tick)
    per_step, least_volume, most_volume = _printed_exactly(instrument.step)
    per_unit, least_value, most_value = _printed_exactly(instrument.unit)

    def row(candle: Candle) -> CandleRow:
        open_ms, start, high, low, end, volume, value, _ = astuple(candle)
        after_ms = opening_after(interval, open_ms, zone_ms) if length_ms is None else open_ms + length_ms
        if (
            least_price <= low
            and high < most_price
            and (not volume or (least_volume <= volume < most_volume and least_value <= value < most_value))
        ):
            return CandleRow(
                open_ms,
                start / per_tick if start % per_tick else start // per_tick,
                high / per_tick if high % per_tick else high // per_tick,
                low / per_tick if low % per_tick else low // per_tick,
                end / per_tick if end % per_tick else end // per_tick,
                volume / per_step if volume % per_step else volume // per_step,
                after_ms - 1,
                value / per_unit if value % per_unit else value // per_unit,
            )
        return CandleRow(
            open_ms,
            instrument.price(start),
            instrument.price(high),
            instrument.price(low),
            instrument.price(end),
            instrument.quantity(volume),
            after_ms - 1,
            instrument.value(value),
        )

    return row


def _printed_exactly(unit: Decimal) -> tuple[int, int, int]:
    """How many of a unit are one; from how many of them on, and below how many, a float will do.

    The float of a decimal of at most 15 digits is printed as that decimal; below 0.00001, with an exponent.
    """
    one, per = unit.as_integer_ratio()
    if one != 1:
        return per, 0, 0
    return per, -(-per // 100_000), 10**15 * per // 10 ** places_of(unit)
