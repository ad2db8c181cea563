"""What this process knows of its own writes: which are in flight, and which records they account for.

Two identical transfers look the same in the exchange's records. To tell whether a lost one happened, a
record must not be counted for two calls. Therefore

- an answered or settled write *claims* its record, by every id that the record has, and a claimed record
  settles nobody else. Whoever asks again about the same lost write is the same *claimant*, and is told the
  same again;
- records are read only while no identical write is in flight, since one in flight may have made a record
  whose id it has not learned yet; and while they are read, no identical write starts.

The registry is shared by every client of the process (``PROCESS_WRITES``); a child made by ``fork`` begins
with its parent's claims and nothing under way. It does no I/O: where a caller
has to wait it gets a future, and waits for that in its own way. It keeps the latest claims only, far more
than fit into the seconds that a search looks back on.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from bingx_client.flow.forks import of_one_process

K = TypeVar("K")
V = TypeVar("V")

_MOST = 10_000
"""Identities that are remembered, and claims of each."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a lost write.

    :param record: the record that accounts for it; None where nothing happened.
    """

    record: Any


@dataclass(slots=True)
class _Group:
    """Identical writes.

    :param sending: the tickets of those in flight.
    :param reading: the ticket of the one who reads records, one of
    :param readers: those who read them or want to.
    :param claimed: ids of records that account for a write, and the write's name.
    :param settled: what became of lost writes, by name and whose key asked.
    """

    sending: set[object] = field(default_factory=set)
    reading: object | None = None
    readers: set[object] = field(default_factory=set)
    claimed: dict[str, str] = field(default_factory=dict)
    settled: dict[tuple[str, Hashable], Fate] = field(default_factory=dict)
    changed: Future[None] = field(default_factory=Future)

    @property
    def idle(self) -> bool:
        return not (self.sending or self.readers)

    def claim(self, ids: Iterable[str], name: str) -> None:
        for record_id in ids:
            _remember(self.claimed, record_id, name)

    def claimed_by_others(self, name: str) -> frozenset[str]:
        return frozenset(record_id for record_id, whose in self.claimed.items() if whose != name)


class Writes:
    """Writes by identity: whose they are, and everything that an exchange could tell them apart by."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._groups: OrderedDict[Hashable, _Group] = OrderedDict()
        of_one_process(self)

    def begin_in_child(self) -> None:
        """Forget, after a fork, what only the parent has under way. What accounts for records stays true."""
        self._lock = Lock()
        for group in self._groups.values():
            group.sending, group.reading, group.readers, group.changed = set(), None, set(), Future()

    # Whoever begins something has a ticket, any object of its own. Ending what never began does nothing, so
    # that it can be ended again where the first end may have been interrupted.

    def begin_sending(self, identity: Hashable, ticket: object) -> Future[None] | None:
        """Start a write, or get a future: try again when it is done."""
        with self._lock:
            group = self._group(identity)
            if group.readers:
                return group.changed
            group.sending.add(ticket)
            return None

    def want_reading(self, identity: Hashable, ticket: object) -> None:
        """Announce a reader, so that a stream of identical writes cannot keep it waiting forever."""
        with self._lock:
            self._group(identity).readers.add(ticket)

    def begin_reading(self, identity: Hashable, ticket: object) -> Future[None] | None:
        """Start reading records once announced, or get a future: try again when it is done."""
        with self._lock:
            group = self._group(identity)
            if group.sending or group.reading is not None:
                return group.changed
            group.reading = ticket
            return None

    def end(self, identity: Hashable, ticket: object) -> None:
        """A write was answered, lost or never sent, or a reader is done or gave up."""
        with self._lock:
            group = self._group(identity)
            group.sending.discard(ticket)
            group.readers.discard(ticket)
            if group.reading is ticket:
                group.reading = None
            changed, group.changed = group.changed, Future()
        changed.set_result(None)

    def claim(self, identity: Hashable, ids: Iterable[str], name: str) -> None:
        """A write was answered, and is accounted for by the record that has these ids.

        :param name: the write's, as that of a claimant.
        """
        with self._lock:
            self._group(identity).claim(ids, name)

    def settle(
        self, identity: Hashable, name: str, owner: Hashable, fate: Fate, ids: Iterable[str] = ()
    ) -> None:
        """It is known what became of a lost write.

        :param owner: whose key asked: another account's records say nothing about it.
        :param ids: those of the record that accounts for it.
        """
        with self._lock:
            group = self._group(identity)
            group.claim(ids, name)
            _remember(group.settled, (name, owner), fate)

    def fate(self, identity: Hashable, name: str, owner: Hashable) -> Fate | None:
        """What became of a lost write; None where that is not known."""
        with self._lock:
            return self._group(identity).settled.get((name, owner))

    def settled(self, identity: Hashable) -> list[Fate]:
        """What became of every lost write of one identity that was settled."""
        with self._lock:
            return list(self._group(identity).settled.values())

    def claimed_by_others(self, identity: Hashable, name: str) -> frozenset[str]:
        """The ids of records that account for other writes of the same identity than the one of this name."""
        with self._lock:
            return self._group(identity).claimed_by_others(name)

    def clear(self) -> None:
        """Forget every claim. Needed where an exchange starts its ids anew, as a reset fake may."""
        with self._lock:
            for group in self._groups.values():
                group.claimed.clear()
                group.settled.clear()

    def _group(self, identity: Hashable) -> _Group:
        """The group, which then counts as the latest used."""
        group = self._groups.setdefault(identity, _Group())
        self._groups.move_to_end(identity)  # in place: a fork in between must not lose its claims
        if len(self._groups) > _MOST:
            oldest = next((name for name, other in self._groups.items() if other.idle), None)
            if oldest is not None and oldest != identity:
                del self._groups[oldest]
        return group


def _remember(kept: dict[K, V], name: K, value: V) -> None:
    """Add to what is kept, and drop the oldest where that is too much."""
    kept[name] = value
    if len(kept) > _MOST:
        del kept[next(iter(kept))]


PROCESS_WRITES = Writes()
"""The writes of every client in this process."""
