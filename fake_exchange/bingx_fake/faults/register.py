"""The faults that were ordered, which of them are in force, and which request meets which.

An order begins and ends when so much time has passed on the exchange's clock since it was taken. Whether it
is in force follows from the time alone, so that a clock that stands still or is set by hand plays a schedule
as exactly as one that runs; ``changes`` tells when, for whoever has to open and close ports. While the clock
runs, real time counts as well, where it is ahead: a test library may hold the system's time, and a fault
heals all the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain
from random import Random
from typing import Any, NamedTuple

import msgspec

from bingx_fake.faults.fault import ActsOn, Fault, Kind
from bingx_fake.faults.kinds import KINDS
from bingx_fake.faults.streams import ON_STREAMS, Struck, strikes
from bingx_fake.gateway.wire import WireRequest


class _Moment(NamedTuple):
    """A time on the exchange's clock, and for how long in real time that clock had run by then."""

    clock_ms: int
    ran_ms: int


@dataclass(slots=True)
class _Entry:
    id: str
    fault: Fault
    kind: Kind
    taken: _Moment
    begins_ms: int
    ends_ms: int | None
    seen: int = 0
    hits: int = 0
    first_hit_after_ms: int | None = None

    def after_ms(self, now: _Moment) -> int:
        """How long ago the order was taken."""
        return max(now.clock_ms - self.taken.clock_ms, now.ran_ms - self.taken.ran_ms)

    def has_begun(self, now: _Moment) -> bool:
        return self.begins_ms <= self.after_ms(now)

    def over_for_ms(self, now: _Moment) -> int | None:
        """How long ago it ended by itself; negative before that, None where it does not."""
        return None if self.ends_ms is None else self.after_ms(now) - self.ends_ms

    def in_force(self, now: _Moment) -> bool:
        after_ms = self.after_ms(now)
        return self.begins_ms <= after_ms and (self.ends_ms is None or after_ms < self.ends_ms)

    def stage(self, now: _Moment) -> str:
        over_for_ms = self.over_for_ms(now)
        if over_for_ms is not None and over_for_ms >= 0:
            return "over"
        if self.fault.times is not None and self.hits >= self.fault.times:
            return "spent"
        return "in force" if self.has_begun(now) else "waiting"

    def describe(self) -> dict[str, Any]:
        description: dict[str, Any] = {"id": self.id, **msgspec.to_builtins(self.fault), "hits": self.hits}
        if self.fault.at_ms is not None or self.ends_ms is not None:
            until_ms = None if self.ends_ms is None else self.taken.clock_ms + self.ends_ms
            description |= {"from": self.taken.clock_ms + self.begins_ms, "until": until_ms}
        return description


class FaultChange(msgspec.Struct, frozen=True):
    """A fault on connections or streams begins or ends by itself."""

    fault_id: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A request met a fault; ``again`` is False the first time that anybody does."""

    fault: Fault
    kind: Kind
    again: bool


class FaultRegister:
    """Faults in the order they were set; the first that matches a request is the one it meets.

    ``on_requests``, ``on_commits`` and ``on_reads`` are empty while no fault of that sort is ordered, so that
    an exchange without faults spends nothing on them.

    :param random: decides over faults with a probability below 1, and over how late an answer is.
    :param stream_random: the same for streams, so that who listens changes nothing for requests.
    :param ran_ms: for how long, in real time, the exchange's clock has run; by default it stands still.
    """

    def __init__(
        self, random: Random, ran_ms: Callable[[], int] = int, stream_random: Random | None = None
    ) -> None:
        self.random, self._ran_ms = random, ran_ms
        self._stream_random = stream_random or random
        self.on_requests: list[_Entry] = []
        self.on_commits: list[_Entry] = []
        self.on_reads: list[_Entry] = []
        self._on_connections: list[_Entry] = []
        self._on_streams: dict[ActsOn, list[_Entry]] = {}
        self._changing: list[_Entry] = []
        self._entries: dict[str, _Entry] = {}
        self._ended_ms: dict[str, int] = {}
        self._count = 0

    def add(self, faults: Sequence[Fault], now_ms: int) -> list[str]:
        """Take orders, whose times count from now, and return their ids."""
        ids, now = [], self._moment(now_ms)
        for fault in faults:
            self._count += 1
            begins_ms = fault.at_ms or 0
            ends_ms = None if fault.for_ms is None else begins_ms + fault.for_ms
            entry = _Entry(f"f{self._count}", fault, KINDS[fault.kind], now, begins_ms, ends_ms)
            self._entries[entry.id] = entry
            ids.append(entry.id)
        self._sort()
        return ids

    def remove(self, fault_id: str, now_ms: int) -> bool:
        """Take a fault back; False when there is none with this id."""
        if fault_id not in self._entries:
            return False
        self._end(self._entries.pop(fault_id), now_ms)
        self._sort()
        return True

    def clear(self, now_ms: int) -> None:
        """Take every fault back."""
        for entry in self._entries.values():
            self._end(entry, now_ms)
        self._entries.clear()
        self._sort()

    def describe(self) -> list[dict[str, Any]]:
        """The JSON form of every fault, with its id, how often it was met, and when a timed one holds."""
        return [entry.describe() for entry in self._entries.values()]

    def stages(self, now_ms: int) -> list[str]:
        """Of every fault, in the order of ``describe``, how far it is.

        ``waiting`` for its time, ``in force``, ``spent`` on the requests that it was for, or ``over``.
        """
        now = self._moment(now_ms)
        return [entry.stage(now) for entry in self._entries.values()]

    # Connections

    def on_listener(self, domain: str, now_ms: int) -> Fault | None:
        """What a domain's port is to suffer: the first ``refuse``, ``tls`` or ``blackhole`` in force."""
        now = self._moment(now_ms)
        for entry in self._on_connections:
            if entry.kind.name != "dns" and entry.fault.concerns(domain) and entry.in_force(now):
                return entry.fault
        return None

    def unresolvable(self, domain: str, now_ms: int) -> bool:
        """Whether a domain's name is not to resolve."""
        now = self._moment(now_ms)
        return any(
            entry.kind.name == "dns" and entry.fault.concerns(domain) and entry.in_force(now)
            for entry in self._on_connections
        )

    def changes(self, now_ms: int) -> Iterator[tuple[int, FaultChange]]:
        """Every time at which a fault will begin or end by itself that acts then, as far as is known now."""
        now = self._moment(now_ms)
        for entry in self._changing:
            after_ms = entry.after_ms(now)
            for change_ms in (entry.begins_ms, entry.ends_ms):
                if change_ms is not None and after_ms < change_ms:
                    yield now_ms + change_ms - after_ms, FaultChange(entry.id)

    def connections_failed(self, domain: str, now_ms: int, within_ms: int) -> bool:
        """Whether a fault on a domain's connections is in force, or was within a time before now."""
        now, since_ms = self._moment(now_ms), now_ms - within_ms
        if any(self._ended_ms.get(name, -1) >= since_ms for name in (domain, "*")):
            return True
        return any(
            entry.fault.concerns(domain)
            and entry.has_begun(now)
            and (entry.over_for_ms(now) or 0) <= within_ms
            for entry in self._on_connections
        )

    # Streams

    @property
    def on_streams(self) -> bool:
        """Whether anything is ordered that strikes streams."""
        return bool(self._on_streams)

    def of_streams(self, acts_on: ActsOn, now_ms: int) -> list[tuple[str, Fault]]:
        """The faults of a sort that are in force, with their ids, in their order."""
        now = self._moment(now_ms)
        return [(entry.id, entry.fault) for entry in self._on_streams.get(acts_on, ()) if entry.in_force(now)]

    def strike(
        self, acts_on: ActsOn, struck: Struck, now_ms: int, only: str | None = None
    ) -> tuple[str, Fault] | None:
        """The first fault of a sort that strikes this, if any, with its id. Counts it.

        :param only: the one fault that is asked about.
        """
        entries = self._on_streams.get(acts_on, ())
        if not entries:
            return None
        now = self._moment(now_ms)
        for entry in entries:
            is_concerned = entry.in_force(now) and strikes(entry.fault, struck)
            if is_concerned and only in (None, entry.id) and self._draws(entry, now, self._stream_random):
                entry.hits += 1
                return entry.id, entry.fault
        return None

    def count(self, fault_id: str, hits: int) -> None:
        """Count what a fault has struck that says so itself."""
        self._entries[fault_id].hits += hits

    # Requests

    def meet(self, request: WireRequest, now_ms: int) -> Meeting | None:
        """The fault that this request meets, if any. Counts the request."""
        entry = self._first_hit(self.on_requests, request, now_ms)
        return None if entry is None else Meeting(entry.fault, entry.kind, again=entry.hits > 1)

    def delay_ms(self, request: WireRequest, now_ms: int) -> int | None:
        """How much later than its answer this write is to take effect; None for at once. Counts it."""
        entry = self._first_hit(self.on_commits, request, now_ms)
        return None if entry is None else entry.fault.ms

    def meet_read(self, request: WireRequest, now_ms: int) -> tuple[str, Fault] | None:
        """The fault that takes something from what this read is shown, with its id. Counts it."""
        entry = self._first_hit(self.on_reads, request, now_ms)
        return None if entry is None else (entry.id, entry.fault)

    def reads_in_force(self, now_ms: int) -> Iterator[tuple[str, Fault]]:
        """The faults on reads that are in force, with their ids."""
        now = self._moment(now_ms)
        return ((entry.id, entry.fault) for entry in self.on_reads if entry.in_force(now))

    def _first_hit(self, entries: Sequence[_Entry], request: WireRequest, now_ms: int) -> _Entry | None:
        now = self._moment(now_ms)
        for entry in entries:
            if self._hits(entry, request, now):
                entry.hits += 1
                if entry.first_hit_after_ms is None:
                    entry.first_hit_after_ms = entry.after_ms(now)
                return entry
        return None

    def _hits(self, entry: _Entry, request: WireRequest, now: _Moment) -> bool:
        fault = entry.fault
        if (
            not entry.in_force(now)
            or not fault.concerns(request.domain)
            or (fault.method is not None and fault.method != request.method)
            or (fault.path is not None and not fnmatchcase(request.path, fault.path))
        ):
            return False
        return self._draws(entry, now, self.random)

    def _draws(self, entry: _Entry, now: _Moment, random: Random) -> bool:
        """Whether a fault that is in force hits what it concerns: by count, time and chance."""
        fault = entry.fault
        entry.seen += 1
        if entry.seen <= fault.skip or (fault.times is not None and entry.hits >= fault.times):
            return False
        if entry.kind.holds_ms is not None and entry.first_hit_after_ms is not None:
            return entry.after_ms(now) - entry.first_hit_after_ms < entry.kind.holds_ms(fault)
        return fault.probability == 1 or random.random() < fault.probability

    def _moment(self, now_ms: int) -> _Moment:
        return _Moment(now_ms, self._ran_ms())

    def _end(self, entry: _Entry, now_ms: int) -> None:
        """Remember when connections failed last, where the fault that is taken back made them fail."""
        now = self._moment(now_ms)
        if entry.kind.acts_on == "connection" and entry.has_begun(now):
            ended_ms = now_ms - max(0, entry.over_for_ms(now) or 0)
            domain = entry.fault.domain
            self._ended_ms[domain] = max(ended_ms, self._ended_ms.get(domain, ended_ms))

    def _sort(self) -> None:
        def acting_on(what: ActsOn) -> list[_Entry]:
            return [entry for entry in self._entries.values() if entry.kind.acts_on == what]

        self.on_requests, self.on_commits = acting_on("request"), acting_on("commit")
        self.on_reads = acting_on("read")
        self._on_connections = acting_on("connection")
        self._on_streams = {what: found for what in ON_STREAMS if (found := acting_on(what))}
        self._changing = [
            *self._on_connections,
            *self.on_reads,
            *chain.from_iterable(self._on_streams.values()),
        ]
