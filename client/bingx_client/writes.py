"""What this process knows of its own writes: which are in flight, and which records they account for.

Two identical transfers look the same in the exchange's records. To tell whether a lost one happened, a
record must not be counted for two calls. Therefore

- an answered or reconciled write *claims* its record's id, and a claimed record settles nobody else;
- records are read only while no identical write is in flight, since one in flight may have made a record
  whose id it has not learned yet; and while they are read, no identical write starts.

The registry is shared by every client of the process (``PROCESS_WRITES``). It does no I/O: where a caller
has to wait it gets a future, and waits for that in its own way. It keeps the latest claims only, far more
than fit into the seconds that a search looks back on.
"""

from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock

_MOST = 10_000
"""Identities that are remembered, and claims of each."""


@dataclass(slots=True)
class _Group:
    """Identical writes."""

    sending: int = 0
    reading: bool = False
    readers_waiting: int = 0
    claimed: dict[str, None] = field(default_factory=dict)
    changed: Future[None] = field(default_factory=Future)

    @property
    def idle(self) -> bool:
        return not (self.sending or self.reading or self.readers_waiting)


class Writes:
    """Writes by identity: whose they are, and everything that an exchange could tell them apart by."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._groups: dict[Hashable, _Group] = {}

    def begin_sending(self, identity: Hashable) -> Future[None] | None:
        """Start a write, or get a future: try again when it is done."""
        with self._lock:
            group = self._group(identity)
            if group.reading or group.readers_waiting:
                return group.changed
            group.sending += 1
            return None

    def end_sending(self, identity: Hashable) -> None:
        """The write was answered, or its outcome became unknown."""
        with self._lock:
            self._groups[identity].sending -= 1
            self._wake(identity)

    def want_reading(self, identity: Hashable) -> None:
        """Announce a reader, so that a stream of identical writes cannot keep it waiting forever."""
        with self._lock:
            self._group(identity).readers_waiting += 1

    def begin_reading(self, identity: Hashable) -> Future[None] | None:
        """Start reading records once announced, or get a future: try again when it is done."""
        with self._lock:
            group = self._groups[identity]
            if group.sending or group.reading:
                return group.changed
            group.reading = True
            return None

    def end_reading(self, identity: Hashable, *, began: bool) -> None:
        """The announced reader is done, or gave up before it ``began``."""
        with self._lock:
            group = self._groups[identity]
            group.readers_waiting -= 1
            if began:
                group.reading = False
            self._wake(identity)

    def claim(self, identity: Hashable, record_id: str) -> None:
        """A write is accounted for by this record."""
        with self._lock:
            claimed = self._group(identity).claimed
            claimed[record_id] = None
            if len(claimed) > _MOST:
                del claimed[next(iter(claimed))]

    def claimed(self, identity: Hashable) -> frozenset[str]:
        """The records that account for other writes of the same identity."""
        with self._lock:
            return frozenset(self._group(identity).claimed)

    def clear(self) -> None:
        """Forget every claim. Needed where an exchange starts its ids anew, as a reset fake does."""
        with self._lock:
            for group in self._groups.values():
                group.claimed.clear()

    def _group(self, identity: Hashable) -> _Group:
        """The group, which then counts as the latest used."""
        group = self._groups.pop(identity) if identity in self._groups else _Group()
        self._groups[identity] = group
        if len(self._groups) > _MOST:
            oldest = next((name for name, other in self._groups.items() if other.idle), None)
            if oldest is not None and oldest != identity:
                del self._groups[oldest]
        return group

    def _wake(self, identity: Hashable) -> None:
        group = self._groups[identity]
        group.changed.set_result(None)
        group.changed = Future()


PROCESS_WRITES = Writes()
"""The writes of every client in this process."""
