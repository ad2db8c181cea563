"""What is known of the topics of perpetuals' markets that have a form of their own."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bingx_client.calls import swap_market
from bingx_client.calls.swap_market import models
from bingx_client.streaming.events import Event
from bingx_client.streaming.followers import MOST_CANDLES, REMEMBERED, Calls, Missed
from bingx_client.streaming.readers import Push
from bingx_client.streaming.swap import readers
from bingx_client.streaming.swap.events import Candle, Trade
from bingx_client.streaming.topics import Topic

_MOST_TRADES = 1_000
_What = tuple[int, Decimal, Decimal, bool]
"""All that is known of a trade that has no id."""


class Trades:
    """Trades: every push is told, since none has an id. Of REST those are told that were not pushed, and a
    push that comes behind them is not told again, which is known by counting what is alike (ours, A205).
    """

    is_whole = tells_again = wants_snapshot = False

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.missed: Missed | None = None
        self._told: list[_What] = []
        self._found: Counter[_What] = Counter()
        self._from_ms: int | None = None

    def take(self, push: Push) -> Sequence[Event]:
        """See ``Follower``."""
        trades = [trade for trade in readers.trades(self.topic, push) if not self._was_found(trade)]
        self._note(trades)
        return trades

    def _was_found(self, trade: Trade) -> bool:
        """Whether REST was ahead with a trade."""
        what = _what(trade)
        if self._found[what] == 0:
            return False
        self._found[what] -= 1
        return True

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """The last ones: those of perpetuals cannot be asked for from an id on."""
        if not goes_on:
            last_ms = max((told[0] for told in self._told), default=None)
            self._from_ms = since_ms if last_ms is None else last_ms
        return (swap_market.trades(self.topic.symbol, limit=_MOST_TRADES),)

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """Those since the last that was told, the oldest first."""
        (rows,) = answers
        told, events = Counter(self._told), []
        for row in sorted(rows, key=lambda row: row.time_ms):
            what = _what(row)
            if self._from_ms is not None and row.time_ms < self._from_ms:
                continue
            if told[what] > 0:
                told[what] -= 1
                continue
            trade = Trade(
                topic=self.topic.name,
                symbol=self.topic.symbol,
                price=row.price,
                quantity=row.quantity,
                time_ms=row.time_ms,
                is_buyer_maker=row.is_buyer_maker,
                raw=row.raw,
                from_rest=True,
            )
            events.append(trade)
        self._note(events)
        self._found = Counter(map(_what, events))
        return events, ()

    def _note(self, trades: Sequence[Trade]) -> None:
        self._told += map(_what, trades)
        del self._told[:-REMEMBERED]


class Candles:
    """Candles: each is told until the next one is."""

    is_whole = tells_again = wants_snapshot = False

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.missed: Missed | None = None
        self._last: Candle | None = None
        self._from_ms: int | None = None

    def take(self, push: Push) -> Sequence[Event]:
        """See ``Follower``."""
        candles = readers.candles(self.topic, push)
        for candle in candles:
            self._reach(candle)
        return candles

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """From the last one that was told on."""
        if not goes_on:
            self._from_ms = since_ms if self._last is None else self._last.open_ms
        start_ms = self._from_ms
        limit = 1 if start_ms is None else MOST_CANDLES
        call = swap_market.klines(self.topic.symbol, self.topic.argument, start_ms=start_ms, limit=limit)
        return (call,)

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """Those that ended meanwhile, and the running one unless more of it was told."""
        (rows,) = answers
        last, events = self._last, []
        for row in rows:
            candle = Candle(
                topic=self.topic.name,
                symbol=self.topic.symbol,
                interval=self.topic.argument,
                open_ms=row.open_ms,
                open=row.open,
                high=row.high,
                low=row.low,
                close=row.close,
                volume=row.volume,
                raw=row.raw,
                from_rest=True,
            )
            if last is None or candle.open_ms != last.open_ms or candle.volume > last.volume:
                self._reach(candle)
                events.append(candle)
        return events, ()

    def _reach(self, candle: Candle) -> None:
        last = self._last
        if last is None or (candle.open_ms, candle.volume) >= (last.open_ms, last.volume):
            self._last = candle


def _what(trade: Trade | models.Trade) -> _What:
    return trade.time_ms, trade.price, trade.quantity, trade.is_buyer_maker
