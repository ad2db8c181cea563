"""Candles of a mark price: those of trades until somebody sets the mark, and its own from then on."""

from collections.abc import Sequence

from bingx_fake.market.history import History
from bingx_fake.venue.candles import MINUTE_MS, Candle, Minutes
from bingx_fake.venue.venue import Market


class Marks:
    """What the mark of one market was in each minute.

    :param traded: the candles of its trades.

    ``history`` are its candles; as long as nobody has set the mark, those of trades.
    """

    def __init__(self, traded: History) -> None:
        self._traded = self.history = traded
        self._since_ms = self._last = 0

    @property
    def minutes(self) -> list[Candle]:
        """The minutes since the mark was first set; none as long as nobody has."""
        return [] if self.history is self._traded else self.history.minutes.since(self._since_ms)

    def note(self, market: Market, at_ms: int) -> None:
        """Know the mark as it is, at a time that does not run back."""
        begins = self.history is self._traded
        if begins:
            if market.mark is None:
                return
            self._begin(at_ms - at_ms % MINUTE_MS, before=market.mid_or_last)
        mark, minutes = market.mark_price, self.history.minutes
        if mark == self._last and not begins:
            return
        if at_ms - at_ms % MINUTE_MS > minutes.latest_ms:
            minutes.trade(self._last, 0, at_ms)  # a minute opens at the mark that there was
        minutes.trade(mark, 0, at_ms)
        self._last = mark

    def go_on(self, market: Market, minutes: Sequence[Candle]) -> None:
        """Have had these since the mark was first set; ``minutes`` of another one."""
        if minutes:
            self._begin(minutes[0].open_ms, before=market.mark_price, own=minutes)

    def _begin(self, since_ms: int, before: int, own: Sequence[Candle] = ()) -> None:
        self._since_ms, self._last = since_ms, before
        minutes = Minutes()
        # What was traded in the first minute before the mark was set is in its candle.
        until_ms = since_ms if own else since_ms + MINUTE_MS
        minutes.begin_with([*self._traded.minutes.between(0, until_ms), *own])
        self.history = self._traded.beside(minutes)
