"""An order book that is kept by what is pushed of it, and that notices when it is wrong."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bingx_client.calls import spot_market, swap_market
from bingx_client.streaming import readers
from bingx_client.streaming.events import Book, Event
from bingx_client.streaming.followers import Calls, Missed
from bingx_client.streaming.frames import Unreadable
from bingx_client.streaming.readers import Push
from bingx_client.streaming.topics import Topic

_MOST_LEVELS = 1_000
Side = dict[Decimal, Decimal]


class Books:
    """The order book of one market: a snapshot (``all``), then updates, each numbered one higher.

    A number that comes again is dropped. One that is missing makes everything that follows worthless until
    the next snapshot, which whoever sees ``wants_snapshot`` asks for by subscribing again (ours, A141: D
    says to connect again, which is done where no snapshot comes).
    """

    tells_again = True

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.missed: Missed | None = None
        self.wants_snapshot = True
        self._number = -1
        self._bids: Side = {}
        self._asks: Side = {}

    def take(self, push: Push) -> Sequence[Event]:
        """The book after a push; nothing while it is not known."""
        data = push["data"]
        action, number = data.get("action"), readers.integer(data["lastUpdateId"])
        bids, asks = readers.levels(data["bids"]), readers.levels(data["asks"])
        if action == "all":
            self._bids, self._asks = {}, {}
        elif action != "update":
            raise Unreadable(f"action {str(action)[:20]!r} is neither 'all' nor 'update'")
        elif self.wants_snapshot or number <= self._number:
            return ()
        elif number != self._number + 1:
            return self._lose(f"the update after {self._number} of the order book is {number}")
        # An event keeps the book of its time, so that each update makes new ones.
        self._number = number
        self._bids, self._asks = _with(self._bids, bids), _with(self._asks, asks)
        if self._bids and self._asks and max(self._bids) >= min(self._asks):
            return self._lose(f"the best bid is not below the best ask after update {number}")
        self.wants_snapshot = False
        book = Book(
            topic=self.topic.name,
            symbol=self.topic.symbol,
            update_id=number,
            time_ms=readers.told_ms(push),
            changed_bids=tuple(bids),
            changed_asks=tuple(asks),
            bid_quantities=self._bids,
            ask_quantities=self._asks,
            raw=data,
        )
        return (book,)

    @property
    def is_whole(self) -> bool:
        """Whether the book is known."""
        return not self.wants_snapshot

    def _lose(self, reason: str) -> Sequence[Event]:
        self.missed = Missed(reason)
        self.wants_snapshot = True
        return ()

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """The book as it stands, for who does not want to wait."""
        self.wants_snapshot = True
        depth = spot_market.depth if self.topic.product == "spot" else swap_market.depth
        return (depth(self.topic.symbol, limit=_MOST_LEVELS),)

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """Nothing: the stream itself tells the book again."""
        return (), ()


def _with(side: Side, levels: Sequence[tuple[Decimal, Decimal]]) -> Side:
    changed = side.copy()
    for price, quantity in levels:
        if quantity:
            changed[price] = quantity
        else:
            changed.pop(price, None)
    return changed
