"""What is known of each topic: which of it was told, what is missing, and what to ask for then.

A follower is told every push of its topic, in order, and makes events of them. It drops what was told before,
notices what was not, and says which calls would tell.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from bingx_client.calls import cswap_market, spot_market, swap_market
from bingx_client.calls.cswap_market import models as coin_models
from bingx_client.calls.spot_market import models
from bingx_client.calls.swap_market import models as swap_models
from bingx_client.flow.call import Call
from bingx_client.streaming import readers
from bingx_client.streaming.coinm.events import Ticker as CoinTicker
from bingx_client.streaming.events import BookTicker, Candle, Depth, Event, LastPrice, Other, Ticker, Trade
from bingx_client.streaming.readers import Push
from bingx_client.streaming.swap.events import MarkPrice
from bingx_client.streaming.topics import Topic

Calls = tuple[Call[Any], ...]
REMEMBERED = 10_000
"""Of so many trades, and of so many orders, it is known that they were told."""
MARGIN_MS = 1_000
"""From so long before the last push on is asked again: times of fills are whole seconds (ours, A143)."""
_MOST_TRADES = 500
MOST_CANDLES = 1_440
_FEWEST_LEVELS = 5
"""Of an order book, of which only the best are wanted."""


class Missed(NamedTuple):
    """What is missing, and since when by the exchange's time; None where since the last push."""

    reason: str
    since_ms: int | None = None


class Follower(Protocol):
    """What is known of a topic.

    ``missed`` says what is missing where a push showed that something is; whoever reads that sets it to None.
    ``wants_snapshot``: nothing is told before a snapshot comes. ``tells_again``: a push may
    tell all that there is to know, and ``is_whole`` says whether one has since ``calls``.
    """

    topic: Topic
    missed: "Missed | None"
    tells_again: bool
    wants_snapshot: bool

    @property
    def is_whole(self) -> bool:
        """See above."""

    def take(self, push: Push) -> Sequence[Event]:
        """What a push says that is new."""

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """What to ask for to have what was missed, at the latest since this time of the exchange's.

        :param goes_on: whether what was asked for before this has not been found yet.
        """

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """What answers to ``calls`` tell that was not told, and what to ask for next, if they do not end.

        The same calls again take the place of those that were answered.
        """


class Plain:
    """A topic of which each push is all there is to know; the last one alone matters.

    :param read: makes the event of a push.
    """

    is_whole = tells_again = wants_snapshot = False

    def __init__(self, topic: Topic, read: Callable[[Topic, Push], Event]) -> None:
        self.topic = topic
        self.missed: Missed | None = None
        self._read = read
        self._is_told = False

    def take(self, push: Push) -> Sequence[Event]:
        """See ``Follower``."""
        self._is_told = True
        return (self._read(self.topic, push),)

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """How it stands now."""
        self._is_told = False
        symbol = self.topic.symbol
        match self.topic.id:
            case "spot.depth":
                return (spot_market.depth(symbol, limit=int(self.topic.argument)),)
            case "spot.ticker":
                return (spot_market.ticker(symbol),)
            case "spot.lastPrice":
                return (spot_market.price(symbol),)
            case "spot.bookTicker":
                return (spot_market.book_ticker(symbol),)
            case "swap.depth":
                return (swap_market.depth(symbol, limit=int(self.topic.argument)),)
            case "swap.ticker":
                return (swap_market.ticker(symbol),)
            case "swap.lastPrice":
                return (swap_market.price(symbol),)
            case "swap.markPrice":
                return (swap_market.premium_index(symbol),)
            case "swap.bookTicker":
                return (swap_market.book_ticker(symbol),)
            case "coinm.depth":
                return (cswap_market.depth(symbol, limit=int(self.topic.argument)),)
            case "coinm.ticker" | "coinm.lastPrice":
                return (cswap_market.ticker(symbol),)
            case "coinm.markPrice":
                return (cswap_market.premium_index(symbol),)
            case "coinm.bookTicker":
                return (cswap_market.depth(symbol, limit=_FEWEST_LEVELS),)
        return ()

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """How it stood, unless a push has told since."""
        told = self._is_told
        rows = [] if told else [_as_pushed(self.topic, answer) for answer in answers]
        return [row for row in rows if row is not None], ()


class Trades:
    """Trades: told once each, by their ids."""

    is_whole = tells_again = wants_snapshot = False

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.missed: Missed | None = None
        self._told: dict[str, None] = {}
        self._last = self._from = ""

    def take(self, push: Push) -> Sequence[Event]:
        """See ``Follower``."""
        return self._new(readers.trades(self.topic, push))

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """Those after the last one that was told; where none was, the last ones. None of coin-margined
        perpetuals, whose trades no endpoint has.
        """
        symbol = self.topic.symbol
        if self.topic.product == "coinm":
            return ()
        if not goes_on:
            self._from = self._last
        if self._from:
            return (spot_market.old_trades(symbol, from_id=self._from, limit=_MOST_TRADES),)
        return (spot_market.trades(symbol, limit=_MOST_TRADES),)

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """Those that were not told. A full page has another behind it."""
        (rows,) = answers
        symbol = self.topic.symbol
        page = [
            Trade(
                self.topic.name,
                symbol,
                row.id,
                row.price,
                row.quantity,
                row.time_ms,
                row.is_buyer_maker,
                row.raw,
                from_rest=True,
            )
            for row in rows
        ]
        new = self._new(page)
        if len(page) < _MOST_TRADES or not self._from or not new:
            return new, ()
        return new, (spot_market.old_trades(symbol, from_id=page[-1].id, limit=_MOST_TRADES),)

    def _new(self, trades: Sequence[Trade]) -> Sequence[Trade]:
        told = self._told
        new = [trade for trade in trades if trade.id not in told]
        for trade in new:
            told[trade.id] = None
            if (len(trade.id), trade.id) > (len(self._last), self._last):
                self._last = trade.id
        while len(told) > REMEMBERED:
            del told[next(iter(told))]
        return new


class AnyCandles:
    """Candles: each is told until the next one is.

    What they look like, and what to ask for, is each product's own.
    """

    is_whole = tells_again = wants_snapshot = False

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.missed: Missed | None = None
        self._last: Any = None
        self._from_ms: int | None = None

    # Each product's own

    def _read(self, push: Push) -> Sequence[Any]:
        """The candles that were pushed."""
        raise NotImplementedError

    def _call(self, start_ms: int | None) -> Call[Any]:
        """Those from a time on; the running one where there is none."""
        raise NotImplementedError

    def _candle(self, row: Any) -> Any:
        """The event of a candle that was asked for."""
        raise NotImplementedError

    # Common to all

    def take(self, push: Push) -> Sequence[Event]:
        """See ``Follower``."""
        candles = self._read(push)
        for candle in candles:
            self._reach(candle)
        return candles

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """From the last one that was told on."""
        if not goes_on:
            self._from_ms = since_ms if self._last is None else self._last.open_ms
        return (self._call(self._from_ms),)

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """Those that ended meanwhile, and the running one unless more of it was told."""
        (rows,) = answers
        last, events = self._last, []
        for candle in map(self._candle, rows):
            if last is None or candle.open_ms != last.open_ms or candle.volume > last.volume:
                self._reach(candle)
                events.append(candle)
        return events, ()

    def _reach(self, candle: Any) -> None:
        last = self._last
        if last is None or (candle.open_ms, candle.volume) >= (last.open_ms, last.volume):
            self._last = candle


class Candles(AnyCandles):
    """Candles of spot markets."""

    def _read(self, push: Push) -> Sequence[Candle]:
        return (readers.candle(self.topic, push),)

    def _call(self, start_ms: int | None) -> Call[Any]:
        limit = 1 if start_ms is None else MOST_CANDLES
        symbol, interval = self.topic.symbol, self.topic.argument
        return spot_market.klines(symbol, interval, start_ms=start_ms, limit=limit, time_zone=0)

    def _candle(self, row: Any) -> Candle:
        topic = self.topic
        own: dict[str, Any] = {"topic": topic.name, "symbol": topic.symbol, "interval": topic.argument}
        return Candle(**own, count=None, from_rest=True, **shared(row, Candle, *own, "count"))


class Unknown:
    """A topic that no reader knows."""

    is_whole = tells_again = wants_snapshot = False

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.missed: Missed | None = None

    def take(self, push: Push) -> Sequence[Event]:
        """See ``Follower``."""
        return (Other(self.topic.name, push),)

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """Nobody knows any."""
        return ()

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """Nothing."""
        return (), ()


def _as_pushed(topic: Topic, answer: Any) -> Event | None:
    """What REST says of how something stands, as an event of the topic; None where it has nothing to say."""
    name, symbol = topic.name, topic.symbol
    if isinstance(answer, models.Depth) and topic.id == "coinm.bookTicker":
        return _best(topic, answer)
    if isinstance(answer, models.Depth):
        return Depth(
            name,
            symbol,
            answer.bids,
            answer.asks,
            answer.update_id,
            answer.time_ms,
            answer.raw,
            from_rest=True,
        )
    row = next((row for row in answer if row.symbol == symbol), None)
    match row:
        case models.LastTrades(price=price) if price is not None:
            return LastPrice(name, symbol, price, row.raw, from_rest=True)
        case swap_models.Price():
            return LastPrice(name, symbol, row.price, row.raw, from_rest=True)
        case swap_models.Premium():
            return MarkPrice(name, symbol, row.mark_price, row.raw, from_rest=True)
        case models.BookTicker():
            return BookTicker(
                name,
                symbol,
                row.bid,
                row.bid_quantity,
                row.ask,
                row.ask_quantity,
                row.time_ms,
                row.raw,
                from_rest=True,
            )
        case models.Ticker():
            return Ticker(topic=name, from_rest=True, **shared(row, Ticker))
        case coin_models.Ticker() if topic.id == "coinm.lastPrice":
            return LastPrice(name, symbol, row.last, row.raw, from_rest=True)
        case coin_models.Ticker():
            return CoinTicker(
                topic=name, from_rest=True, coins=row.quote_volume, **shared(row, CoinTicker, "coins")
            )
    return None


def shared(row: Any, event: Any, *others: str) -> dict[str, Any]:
    """The fields of an event that an answer calls alike: all but ``others``."""
    own = {"topic", "from_rest", *others}
    return {field: getattr(row, field) for field in event.__dataclass_fields__ if field not in own}


def _best(topic: Topic, depth: models.Depth) -> BookTicker | None:
    """The best prices of an order book; None where a side is empty."""
    if not depth.bids or not depth.asks:
        return None
    (bid, bid_quantity), (ask, ask_quantity) = depth.bids[0], depth.asks[0]
    return BookTicker(
        topic.name,
        topic.symbol,
        bid,
        bid_quantity,
        ask,
        ask_quantity,
        depth.time_ms,
        depth.raw,
        from_rest=True,
    )
