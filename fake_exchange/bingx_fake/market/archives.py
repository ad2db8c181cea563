"""Files of recorded trades and candles, as people have them, made into what a market replays.

Taken: Binance's trades, aggregated trades and klines as CSV, with or without a line of names; ccxt's
``fetch_ohlcv`` as JSON; freqtrade's candles and trades as JSON. Each may be packed by gzip. Times are in
milliseconds, or in microseconds, as Binance's are since 2025.
"""

import gzip
import json
import zlib
from array import array
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bingx_contracts.reading.files import text_of
from bingx_fake.venue.candles import MINUTE_MS

_BOOLEANS = {"true": True, "false": False}
_KLINE_COLUMNS = 12
_SOME_MICROSECONDS = 10**14
_LARGEST = 2**62
_NEAREST = Context(prec=60, rounding=ROUND_HALF_EVEN)


class ArchiveError(ValueError):
    """A file cannot be replayed. The message names the file, the line and the reason."""


class Archived(NamedTuple):
    """One thing that happened.

    :param after_ms: from the first of its file.
    :param price: in ticks.
    :param quantity: in steps.
    :param is_buyers: whether the buyer came in and took what was offered; None where a candle does not tell.
    """

    after_ms: int
    price: int
    quantity: int
    is_buyers: bool | None


class Archive:
    """What a file tells, in the order in which it happened; as small as numbers can be kept."""

    _SIDES = (None, False, True)

    def __init__(self) -> None:
        self._times, self._prices, self._quantities = array("q"), array("q"), array("q")
        self._sides = bytearray()

    def add(self, entry: Archived) -> None:
        """Add what happened next."""
        self._times.append(entry.after_ms)
        self._prices.append(entry.price)
        self._quantities.append(entry.quantity)
        self._sides.append(self._SIDES.index(entry.is_buyers))

    def __len__(self) -> int:
        return len(self._times)

    def __getitem__(self, index: int) -> Archived:
        return Archived(
            self._times[index], self._prices[index], self._quantities[index], self._SIDES[self._sides[index]]
        )

    @property
    def times(self) -> "array[int]":
        """When each was, from the first on; never earlier than the one before."""
        return self._times


def read_archive(path: Path, tick: Decimal, step: Decimal) -> Archive:
    """Read a file of trades or candles.

    :param tick: prices are rounded to whole ones (ours, A38); so are quantities to steps, at least one.
    :raises ArchiveError: naming the file, the line and what is wrong there.
    """
    try:
        status = path.stat()
        return _read(path, status.st_mtime_ns, status.st_size, tick, step)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (EOFError, zlib.error):
        raise ArchiveError(f"{path}: is cut off, or not packed by gzip") from None
    except UnicodeDecodeError:
        raise ArchiveError(f"{path}: is not UTF-8 text") from None


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int, size: int, tick: Decimal, step: Decimal) -> Archive:
    unpack = gzip.decompress if path.suffix == ".gz" else bytes
    text = text_of(unpack(path.read_bytes()))
    is_json = text.lstrip().startswith("[")
    rows = _of_json(text, path) if is_json else _of_csv(text)
    entries = _Reader(tick, step, _interval(rows))
    archive = Archive()
    for number, cells in rows:
        try:
            for entry in entries.read(cells):
                archive.add(entry)
        except _Wrong as wrong:
            place = _place(text, number) if is_json else f"line {number}"
            raise ArchiveError(f"{path}: {place}: {wrong}") from None
    if not len(archive):
        raise ArchiveError(f"{path}: has no trade and no candle with a volume")
    return archive


_Rows = list[tuple[int, list[str]]]
"""Lines of CSV by their number, from 1, or items of JSON by theirs, from 0; each as texts."""


def _of_csv(text: str) -> _Rows:
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.split(",")]
        is_heading = number == 1 and not any(cell[:1].isdigit() for cell in cells)
        if line.strip() and not is_heading:
            rows.append((number, cells))
    return rows


def _of_json(text: str, path: Path) -> _Rows:
    try:
        items = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"{path}: is not JSON: {error}") from None
    return [
        (index, [str(cell) for cell in item] if isinstance(item, list) else [str(item)])
        for index, item in enumerate(items)
    ]


def _place(text: str, index: int) -> str:
    """Where in a list of JSON an item stands. Looked for only when it is wrong."""
    decoder, position = json.JSONDecoder(), _past_space(text, text.index("[") + 1)
    for _ in range(index):
        _, position = decoder.raw_decode(text, position)
        position = _past_space(text, _past_space(text, position) + 1)  # a comma
    line = text.count("\n", 0, position) + 1
    return f"line {line}, item {index + 1}"


def _past_space(text: str, position: int) -> int:
    while text[position].isspace():
        position += 1
    return position


class _Wrong(Exception):
    """Something is wrong with a row."""


class _Reader:
    """Makes rows into what happened, one after the other.

    :param interval_ms: how long a candle lasts.
    """

    def __init__(self, tick: Decimal, step: Decimal, interval_ms: int) -> None:
        self._tick, self._step, self._interval_ms = tick, step, interval_ms
        self._are_candles: bool | None = None
        self._first_ms: int | None = None
        self._latest_ms = -1

    def read(self, cells: list[str]) -> list[Archived]:
        """What a row tells.

        :raises _Wrong: saying what is wrong with it.
        """
        if self._are_candles is None:
            self._are_candles = _is_candle(cells)
        return self._candle(cells) if self._are_candles else [self._trade(cells)]

    def _trade(self, cells: list[str]) -> Archived:
        if len(cells) == 7 and cells[3] in ("buy", "sell"):
            # freqtrade's: time, id, type, side, price, amount, cost
            return self._entry(self._time(cells[0]), cells[4], cells[5], cells[3] == "buy")
        flags = [index for index, cell in enumerate(cells) if cell.lower() in _BOOLEANS]
        if not flags or flags[0] < 4:
            raise _Wrong(
                f"{len(cells)} values are neither a candle with its time, open, high, low, close and volume, "
                "nor a trade with its price, quantity, time and true or false for isBuyerMaker"
            )
        # Spot and futures, single and aggregated trades differ in their columns, but not in this.
        at_ms = self._time(cells[flags[0] - 1])
        return self._entry(at_ms, cells[1], cells[2], not _BOOLEANS[cells[flags[0]].lower()])

    def _entry(self, at_ms: int, price: str, quantity: str, is_buyers: bool | None) -> Archived:
        steps = _whole("quantity", quantity, self._step)
        return Archived(self._after(at_ms), self._ticks(price), max(1, steps), is_buyers)

    def _candle(self, cells: list[str]) -> list[Archived]:
        """Four trades: open, two extremes, close (ours, A38); none where nothing was traded."""
        if len(cells) not in (6, _KLINE_COLUMNS):
            raise _Wrong(f"{len(cells)} values are no candle: time, open, high, low, close and volume")
        at_ms = self._time(cells[0])
        if at_ms == self._latest_ms:
            raise _Wrong("its time is that of the candle before")
        opened, high, low, close = (self._ticks(cell) for cell in cells[1:5])
        if not low <= min(opened, close) <= max(opened, close) <= high:
            raise _Wrong(f"of {', '.join(cells[1:5])} the second is not the highest and the third the lowest")
        volume = _whole("volume", cells[5], self._step)
        after_ms = self._after(at_ms)
        if not volume:
            return []
        # The way with less to go: first to the extreme that the close is farther from.
        extremes = (low, high) if close >= opened else (high, low)
        last_ms = self._interval_ms - 1
        times = (0, last_ms // 3, 2 * last_ms // 3, last_ms)
        quarter, over = divmod(volume, 4)
        return [
            Archived(after_ms + time_ms, price, max(1, quarter + (over if time_ms == last_ms else 0)), None)
            for time_ms, price in zip(times, (opened, *extremes, close), strict=True)
        ]

    def _time(self, cell: str) -> int:
        if not (cell.isascii() and cell.isdigit() and len(cell) <= 18):
            raise _Wrong(f"{cell!r} is no time in milliseconds")
        return _milliseconds(cell)

    def _after(self, at_ms: int) -> int:
        if at_ms < self._latest_ms:
            raise _Wrong(f"its time {at_ms} is before {self._latest_ms}, that of the one before")
        self._latest_ms = at_ms
        if self._first_ms is None:
            self._first_ms = at_ms
        return at_ms - self._first_ms

    def _ticks(self, cell: str) -> int:
        ticks = _whole("price", cell, self._tick)
        if ticks < 2:
            raise _Wrong(f"a price of {cell} is not two or more ticks of {self._tick:f}")
        return ticks


def _is_candle(cells: list[str]) -> bool:
    return len(cells) in (6, _KLINE_COLUMNS) and not any(cell.lower() in _BOOLEANS for cell in cells)


def _interval(rows: _Rows) -> int:
    """How long each candle lasts: no longer than from one to the next; a minute where there is one only."""
    texts = [cells[0] for _, cells in rows if cells[0].isascii() and cells[0].isdigit()]
    times = [_milliseconds(text) for text in texts]
    gaps = [after - before for before, after in pairwise(times) if after > before]
    return min(gaps, default=MINUTE_MS)


def _milliseconds(text: str) -> int:
    time = int(text[:18])
    return time // 1000 if time >= _SOME_MICROSECONDS else time


def _whole(name: str, cell: str, unit: Decimal) -> int:
    """How many units a number is, rounded to the nearest."""
    try:
        number = Decimal(cell)
    except InvalidOperation:
        raise _Wrong(f"{cell!r} is no {name}") from None
    if not number.is_finite() or number < 0:
        raise _Wrong(f"{cell!r} is no {name}")
    units = number / unit
    if units >= _LARGEST:
        raise _Wrong(f"a {name} of {cell} is too many units of {unit:f}")
    return int(units.to_integral_value(context=_NEAREST))
