"""The faults that were ordered, which of them are in force, and which request meets which.

An order is in force from ``from_ms`` until just before ``until_ms``, on the exchange's clock. Whether it is
follows from the time alone, so nothing has to happen at either moment, and a clock that stands still or is
set by hand plays a schedule as exactly as one that runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random
from typing import Any

import msgspec

from bingx_fake.faults.fault import Fault, Kind
from bingx_fake.faults.kinds import KINDS
from bingx_fake.wire import WireRequest


@dataclass(slots=True)
class _Entry:
    id: str
    fault: Fault
    kind: Kind
    from_ms: int
    until_ms: int | None
    seen: int = 0
    hits: int = 0
    first_hit_ms: int | None = None

    def in_force(self, now_ms: int) -> bool:
        return self.from_ms <= now_ms and (self.until_ms is None or now_ms < self.until_ms)

    def describe(self) -> dict[str, Any]:
        description: dict[str, Any] = {"id": self.id, **msgspec.to_builtins(self.fault), "hits": self.hits}
        if self.fault.at_ms is not None or self.until_ms is not None:
            description |= {"from": self.from_ms, "until": self.until_ms}
        return description


@dataclass(frozen=True, slots=True)
class Meeting:
    """A request met a fault; ``again`` is False the first time that anybody does."""

    fault: Fault
    kind: Kind
    again: bool


class FaultRegister:
    """Faults in the order they were set; the first that matches a request is the one it meets.

    ``on_requests`` and ``on_commits`` are empty while no fault of that sort is ordered, so that an exchange
    without faults spends nothing on them.

    :param random: decides over faults with a probability below 1, and over how late an answer is.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.on_requests: list[_Entry] = []
        self.on_commits: list[_Entry] = []
        self._on_connections: list[_Entry] = []
        self._entries: dict[str, _Entry] = {}
        self._ended_ms: dict[str, int] = {}
        self._count = 0

    def add(self, faults: Sequence[Fault], now_ms: int) -> list[str]:
        """Take orders, whose times count from now, and return their ids."""
        ids = []
        for fault in faults:
            self._count += 1
            from_ms = now_ms + (fault.at_ms or 0)
            until_ms = None if fault.for_ms is None else from_ms + fault.for_ms
            entry = _Entry(f"f{self._count}", fault, KINDS[fault.kind], from_ms, until_ms)
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

    # Connections

    def on_listener(self, domain: str, now_ms: int) -> Fault | None:
        """What a domain's port is to suffer: the first ``refuse``, ``tls`` or ``blackhole`` in force."""
        for entry in self._on_connections:
            if entry.kind.name != "dns" and entry.fault.concerns(domain) and entry.in_force(now_ms):
                return entry.fault
        return None

    def unresolvable(self, domain: str, now_ms: int) -> bool:
        """Whether a domain's name is not to resolve."""
        return any(
            entry.kind.name == "dns" and entry.fault.concerns(domain) and entry.in_force(now_ms)
            for entry in self._on_connections
        )

    def next_change_ms(self, now_ms: int) -> int | None:
        """When the next fault on connections begins or ends by itself, or None."""
        times = [time for entry in self._on_connections for time in (entry.from_ms, entry.until_ms)]
        return min((time for time in times if time is not None and time > now_ms), default=None)

    def connections_failed(self, domain: str, now_ms: int, within_ms: int) -> bool:
        """Whether a fault on a domain's connections is in force, or was within a time before now."""
        since_ms = now_ms - within_ms
        if any(self._ended_ms.get(name, -1) >= since_ms for name in (domain, "*")):
            return True
        return any(
            entry.fault.concerns(domain)
            and entry.from_ms <= now_ms
            and (entry.until_ms is None or entry.until_ms >= since_ms)
            for entry in self._on_connections
        )

    # Requests

    def meet(self, request: WireRequest, now_ms: int) -> Meeting | None:
        """The fault that this request meets, if any. Counts the request."""
        entry = self._first_hit(self.on_requests, request, now_ms)
        return None if entry is None else Meeting(entry.fault, entry.kind, again=entry.hits > 1)

    def delay_ms(self, request: WireRequest, now_ms: int) -> int | None:
        """How much later than its answer this write is to take effect; None for at once. Counts it."""
        entry = self._first_hit(self.on_commits, request, now_ms)
        return None if entry is None else entry.fault.ms

    def _first_hit(self, entries: Sequence[_Entry], request: WireRequest, now_ms: int) -> _Entry | None:
        for entry in entries:
            if self._hits(entry, request, now_ms):
                entry.hits += 1
                if entry.first_hit_ms is None:
                    entry.first_hit_ms = now_ms
                return entry
        return None

    def _hits(self, entry: _Entry, request: WireRequest, now_ms: int) -> bool:
        fault = entry.fault
        if (
            not entry.in_force(now_ms)
            or not fault.concerns(request.domain)
            or (fault.method is not None and fault.method != request.method)
            or (fault.path is not None and not fnmatchcase(request.path, fault.path))
        ):
            return False
        entry.seen += 1
        if entry.seen <= fault.skip or (fault.times is not None and entry.hits >= fault.times):
            return False
        if entry.kind.holds_ms is not None and entry.first_hit_ms is not None:
            return now_ms - entry.first_hit_ms < entry.kind.holds_ms(fault)
        return fault.probability == 1 or self.random.random() < fault.probability

    def _end(self, entry: _Entry, now_ms: int) -> None:
        """Remember when connections failed last, where the fault that is taken back made them fail."""
        if entry.kind.acts_on == "connection" and entry.from_ms <= now_ms:
            ended_ms = now_ms if entry.until_ms is None else min(entry.until_ms, now_ms)
            domain = entry.fault.domain
            self._ended_ms[domain] = max(ended_ms, self._ended_ms.get(domain, ended_ms))

    def _sort(self) -> None:
        def acting_on(what: str) -> list[_Entry]:
            return [entry for entry in self._entries.values() if entry.kind.acts_on == what]

        self.on_requests, self.on_commits = acting_on("request"), acting_on("commit")
        self._on_connections = acting_on("connection")
