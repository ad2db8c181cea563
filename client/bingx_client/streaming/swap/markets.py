"""What is known of the topics of perpetuals' markets that have a form of their own."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bingx_client.calls import cswap_market, swap_market
from bingx_client.calls.swap_market import models
from bingx_client.flow.call import Call
from bingx_client.streaming.events import Event
from bingx_client.streaming.followers import MOST_CANDLES, REMEMBERED, AnyCandles, Calls, Missed, shared
from bingx_client.streaming.readers import Push
from bingx_client.streaming.swap import readers
from bingx_client.streaming.swap.events import Candle, Trade
from bingx_client.streaming.topics import Topic

_MOST_TRADES = 1_000
_MOST_COIN_CANDLES = 1_000
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


class Candles(AnyCandles):
    """Candles of perpetuals."""

    def _read(self, push: Push) -> Sequence[Candle]:
        return readers.candles(self.topic, push)

    def _call(self, start_ms: int | None) -> Call[Any]:
        is_coin = self.topic.product == "coinm"
        klines = cswap_market.klines if is_coin else swap_market.klines
        most = _MOST_COIN_CANDLES if is_coin else MOST_CANDLES
        limit = 1 if start_ms is None else most
        return klines(self.topic.symbol, self.topic.argument, start_ms=start_ms, limit=limit)

    def _candle(self, row: Any) -> Candle:
        topic = self.topic
        own: dict[str, Any] = {"topic": topic.name, "symbol": topic.symbol, "interval": topic.argument}
        return Candle(**own, from_rest=True, **shared(row, Candle, *own))


def _what(trade: Trade | models.Trade) -> _What:
    return trade.time_ms, trade.price, trade.quantity, trade.is_buyer_maker
