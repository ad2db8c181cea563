"""Closing gaps: asking over REST for what may have been missed, and telling what was."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bingx_client.flow.call import Call
from bingx_client.streaming import keys
from bingx_client.streaming.events import Event, Gap, GapClosed, GapStays
from bingx_client.streaming.followers import Follower

_FIRST_PAUSE_MS, _LONGEST_PAUSE_MS, _MOST_RETRIES = 500, 10_000, 8
_MOST_PAGES = 100


@dataclass(slots=True)
class _Open:
    """A gap that is being closed.

    :param waiting: the calls that are not answered yet, by number; with the number of tries.
    :param round: what is asked for now, and its answers by place.
    """

    gap: Gap
    waiting: dict[int, tuple[int, int]] = field(default_factory=dict)
    calls: tuple[Call[Any], ...] = ()
    round: dict[int, Any] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)
    retries: list[tuple[int, int, int]] = field(default_factory=list)
    """At this time, this call, for the how manieth time."""
    rounds: int = 0


class Closing:
    """The gaps that are open, at most one of a topic: a later one takes an earlier one in.

    :param jitter: draws milliseconds from 0 to its argument.
    :param ask: has a call made, and says its number.
    """

    def __init__(
        self,
        followers: Mapping[str, Follower],
        jitter: Callable[[int], int],
        ask: Callable[[Call[Any]], int],
    ) -> None:
        self._followers, self._jitter, self._ask = followers, jitter, ask
        self._open: dict[str, _Open] = {}

    def earlier(self, name: str) -> Gap | None:
        """The gap of a topic that was not closed before another one opens."""
        opened = self._open.get(name)
        return None if opened is None else opened.gap

    def begin(self, gap: Gap, *, asks: bool) -> None:
        """A gap has opened.

        :param asks: whether to close it over REST; otherwise the stream may tell again what was missed.
        """
        opened = _Open(gap)
        self._open[gap.topic] = opened
        if asks:
            self._ask_all(opened, gap.calls)

    def told_again(self, name: str) -> Sequence[Event]:
        """The stream itself has told all there is to know of a topic."""
        opened = self._open.pop(name, None)
        return () if opened is None else (GapClosed(opened.gap, ()),)

    def answered(self, number: int, answer: Any) -> Sequence[Event]:
        """A call was answered. The last answer of a gap closes it, unless it leads to more calls."""
        opened = self._of(number)
        if opened is None:
            return ()
        place, _ = opened.waiting.pop(number)
        opened.round[place] = answer
        if opened.waiting or opened.retries:
            return ()
        answers = [opened.round[place] for place in sorted(opened.round)]
        events, further = self._followers[opened.gap.topic].found(answers)
        opened.answers += answers
        opened.rounds += 1
        if further == opened.calls:
            opened.answers.clear()  # what was answered is out of date
        if further and opened.rounds < _MOST_PAGES:
            self._ask_all(opened, further)
            return events
        del self._open[opened.gap.topic]
        if further:
            return [*events, GapStays(opened.gap, f"more was missed than {_MOST_PAGES} pages hold")]
        return [*events, GapClosed(opened.gap, tuple(opened.answers))]

    def failed(self, now_ms: int, number: int, error: BaseException) -> Sequence[Event]:
        """A call failed; it is made again, unless that is of no use."""
        opened = self._of(number)
        if opened is None:
            return ()
        place, tries = opened.waiting.pop(number)
        if keys.is_lasting(error) or tries >= _MOST_RETRIES:
            del self._open[opened.gap.topic]
            return (GapStays(opened.gap, str(error)),)
        pause_ms = self._jitter(min(_FIRST_PAUSE_MS << tries, _LONGEST_PAUSE_MS))
        opened.retries.append((now_ms + pause_ms, place, tries + 1))
        return ()

    def tick(self, now_ms: int) -> None:
        """Make calls again whose time has come."""
        for opened in self._open.values():
            due = [retry for retry in opened.retries if retry[0] <= now_ms]
            opened.retries = [retry for retry in opened.retries if retry[0] > now_ms]
            for _, place, tries in due:
                opened.waiting[self._ask(opened.calls[place])] = place, tries

    def wake_ms(self) -> int | None:
        """When the next call is to be made again."""
        times = [at_ms for opened in self._open.values() for at_ms, _, _ in opened.retries]
        return min(times, default=None)

    def forget(self) -> None:
        """The connection has ended: what is open is not asked for before the next one stands."""
        for opened in self._open.values():
            opened.waiting.clear()
            opened.retries.clear()

    def _ask_all(self, opened: _Open, calls: tuple[Call[Any], ...]) -> None:
        opened.calls, opened.round = calls, {}
        for place, call in enumerate(calls):
            opened.waiting[self._ask(call)] = place, 0

    def _of(self, number: int) -> _Open | None:
        return next((opened for opened in self._open.values() if number in opened.waiting), None)
