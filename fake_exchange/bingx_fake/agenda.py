"""Everything that is due at a time, in one queue on the exchange's clock.

Pure: no clock and no timer of its own. Whoever keeps the clock says until when, and what is due by then is
carried out in one order: by time, then by rank, then in the order in which it was added. Each piece of work
is told its own time, however late somebody asks. What waits is data, of a kind that the agenda has been told
the rank and the work of, so that it can be looked at and saved.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Rank(IntEnum):
    """Who comes first among what is due at the same time."""

    COMMIT = 1
    """Writes that were answered before they take effect."""
    FAULT = 2
    """Faults that begin or end."""
    SOURCE = 3
    """What prices do, with the house's refills and flow, and scripts."""
    TRIGGER = 4
    FUNDING = 5
    LIQUIDATION = 6
    COUNTDOWN = 7
    """Countdowns until all orders are cancelled, slices of TWAP orders, keys that expire."""
    PUSH = 8


MOST_STEPS = 1_000_000
"""More than that in one advance is a mistake, or would take too long for whoever waits."""


class TooManySteps(ValueError):
    """An advance of the clock would be too much work. Nothing was changed."""


class Item(Struct, frozen=True, gc=False):
    """Something that is due at a time.

    :param number: tells it from all others, and who was there first.
    :param every_ms: it is due again so much later, any number of times; None for once.
    """

    at_ms: int
    rank: Rank
    number: int
    what: Any
    every_ms: int | None


class _Kind(NamedTuple):
    rank: Rank
    work: Callable[[Any, int], object]
    steps: Callable[[Any, int, int], int] | None


_Key = tuple[int, Rank, int]


class Agenda:
    """What is due, in the order in which it will be carried out.

    :param on_sooner: is told when something is added that is due before all the rest, such as whoever keeps
        a timer for it.

    ``latest_ms`` is the time of what was carried out last; None where nothing was yet.
    """

    def __init__(self, on_sooner: Callable[[], object] | None = None) -> None:
        self.on_sooner = on_sooner
        self._kinds: dict[type, _Kind] = {}
        self._items: dict[int, Item] = {}
        self._queue: list[_Key] = []
        self._added = 0
        self._reached_ms: int | None = None
        self.latest_ms: int | None = None

    def learn(
        self,
        kind: type[T],
        rank: Rank,
        work: Callable[[T, int], object],
        steps: Callable[[T, int, int], int] | None = None,
    ) -> None:
        """Say what is to be done with something of a kind when it is due; it is told the time, in ms.

        :param steps: for work that adds more of its kind: how many steps come of one that is due at a time,
            until another, which is no earlier; about as many will do.
        """
        self._kinds[kind] = _Kind(rank, work, steps)

    def add(self, at_ms: int, what: object, *, every_ms: int | None = None) -> int:
        """Put something on it, of a kind that was learnt, and return the number by which it can be removed.

        What is due already is carried out with the next step. Work may add more, but nothing that would have
        been due before itself.
        """
        assert every_ms is None or every_ms > 0, "what is due again is due later"
        assert self._reached_ms is None or at_ms >= self._reached_ms, "nothing is added for before now"
        self._added += 1
        item = Item(at_ms, self._kinds[type(what)].rank, self._added, what, every_ms)
        self._put(item)
        if self.on_sooner is not None and self._queue[0][2] == item.number:
            self.on_sooner()
        return item.number

    def remove(self, number: int) -> bool:
        """Take something back; False when it is not there, or no longer."""
        if self._items.pop(number, None) is None:
            return False
        if len(self._queue) > 2 * len(self._items) + 100:
            self._sort()  # what was taken back would stay in the queue until its time
        else:
            self._forget_removed()
        return True

    def when(self, number: int) -> int:
        """When something is due that is there."""
        return self._items[number].at_ms

    def drop(self, kind: type) -> None:
        """Take back everything of a kind."""
        self._items = {number: item for number, item in self._items.items() if type(item.what) is not kind}
        self._sort()

    def clear(self) -> None:
        """Take everything back, and number anew."""
        self._items.clear()
        self._queue.clear()
        self._added = 0
        self.latest_ms = None

    @property
    def working_ms(self) -> int | None:
        """The time of what is being carried out; None where nothing is."""
        return self._reached_ms

    @property
    def next_ms(self) -> int | None:
        """When something is due next; None for never."""
        return self._queue[0][0] if self._queue else None

    def __iter__(self) -> Iterator[Item]:
        """What is due, in the order in which it will be carried out if nothing is added."""
        return iter(sorted(self._items.values(), key=_key))

    def count(self, until_ms: int) -> int:
        """How many steps it takes to carry out what is due until a time, that time included."""
        steps = 0
        for item in self._items.values():
            if item.at_ms > until_ms:
                continue
            count = self._kinds[type(item.what)].steps
            if count is not None:
                steps += count(item.what, item.at_ms, until_ms)
            else:
                steps += 1 if item.every_ms is None else (until_ms - item.at_ms) // item.every_ms + 1
        return steps

    def check(self, until_ms: int) -> None:
        """Refuse an advance to a time that would be too much work.

        :raises TooManySteps: naming how much it would be.
        """
        steps = self.count(until_ms)
        if steps > MOST_STEPS:
            raise TooManySteps(
                f"to advance the clock to {until_ms} would take {steps} steps of what is due by then; "
                f"at most {MOST_STEPS} are taken at once, so advance it by less at a time"
            )

    def run(self, until_ms: int) -> None:
        """Carry out everything that is due until a time, that time included."""
        for _ in self.steps(until_ms):
            pass

    def steps(self, until_ms: int) -> Iterator[int]:
        """Carry it out step by step, giving each one's time, so that others can come between.

        Whoever stops in between leaves the rest due.
        """
        queue = self._queue
        while queue and queue[0][0] <= until_ms:
            item = self._items.pop(heappop(queue)[2])
            self._forget_removed()
            at_ms = item.at_ms
            if item.every_ms is not None:
                again = Item(at_ms + item.every_ms, item.rank, item.number, item.what, item.every_ms)
                self._put(again)
            self._reached_ms = self.latest_ms = at_ms
            try:
                self._kinds[type(item.what)].work(item.what, at_ms)
            finally:
                self._reached_ms = None
            yield at_ms

    def _put(self, item: Item) -> None:
        self._items[item.number] = item
        heappush(self._queue, _key(item))

    def _forget_removed(self) -> None:
        """Keep what is due next in front."""
        while self._queue and self._queue[0][2] not in self._items:
            heappop(self._queue)

    def _sort(self) -> None:
        """Queue what there is; the list stays the same one, which a run under way goes through."""
        self._queue[:] = map(_key, self._items.values())
        heapify(self._queue)


def _key(item: Item) -> _Key:
    return item.at_ms, item.rank, item.number
