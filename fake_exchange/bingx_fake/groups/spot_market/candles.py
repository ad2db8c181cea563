"""Candles of every length."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

import msgspec
from msgspec.structs import astuple

from bingx_fake.books.money import EXACT, plain
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
    ticks, steps, units = (_printed(unit) for unit in (instrument.tick, instrument.step, instrument.unit))
    per_tick, per_step, per_unit = ticks.per, steps.per, units.per

    def row(candle: Candle) -> CandleRow:
        open_ms, start, high, low, end, volume, value, _ = astuple(candle)
        after_ms = opening_after(interval, open_ms, zone_ms) if length_ms is None else open_ms + length_ms
        if (
            ticks.least <= low
            and high < ticks.most
            and steps.least <= volume < steps.most
            and units.least <= value < units.most
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
        price = ticks.number
        prices = price(start), price(high), price(low), price(end)
        return CandleRow(open_ms, *prices, steps.number(volume), after_ms - 1, units.number(value))

    return row


class _Printed:
    """How whole numbers of a unit are printed.

    A float will do for so many as ``least`` and less than ``most``: that of a decimal of at most 15 digits is
    printed as that decimal, but below 0.00001 with an exponent.

    :param per: how many of the unit are one.
    """

    def __init__(self, unit: Decimal) -> None:
        self._unit = unit
        one, self.per = unit.as_integer_ratio()
        self.least = -(-self.per // 100_000)
        self.most = 10**15 * self.per // 10 ** places_of(unit) if one == 1 else 0
        self._text = lru_cache(maxsize=4_096)(self._exact)

    def number(self, count: int) -> float | msgspec.Raw:
        """So many of the unit."""
        if self.least <= count < self.most:
            return count / self.per if count % self.per else count // self.per
        return self._text(count)

    def _exact(self, count: int) -> msgspec.Raw:
        return msgspec.Raw(plain(EXACT.multiply(self._unit, count)).encode())


_printed = lru_cache(maxsize=64)(_Printed)
