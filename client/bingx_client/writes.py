"""What this process knows of its own writes: which are in flight, and which records they account for.

Two identical transfers look the same in the exchange's records. To tell whether a lost one happened, a
record must not be counted for two calls. Therefore

- an answered or reconciled write *claims* its record's id, and a claimed record settles nobody else;
- records are read only while no identical write is in flight, since one in flight may have made a record
  whose id it has not learned yet; and while they are read, no identical write starts.

The registry is shared by every client of the process (``PROCESS_WRITES``). It does no I/O: where a caller
has to wait it gets a future, and waits for that in its own way.
"""

from collections import defaultdict
from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock


@dataclass(slots=True)
class _Group:
    """Identical writes."""

    sending: int = 0
    reading: bool = False
    readers_waiting: int = 0
    claimed: set[str] = field(default_factory=set)
    changed: Future[None] = field(default_factory=Future)


class Writes:
    """Writes by identity: whose they are, and everything that an exchange could tell them apart by."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._groups: defaultdict[Hashable, _Group] = defaultdict(_Group)

    def begin_sending(self, identity: Hashable) -> Future[None] | None:
        """Start a write, or get a future: try again when it is done."""
        with self._lock:
            group = self._groups[identity]
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
            self._groups[identity].readers_waiting += 1

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
            self._groups[identity].claimed.add(record_id)

    def claimed(self, identity: Hashable) -> frozenset[str]:
        """The records that account for other writes of the same identity."""
        with self._lock:
            return frozenset(self._groups[identity].claimed)

    def clear(self) -> None:
        """Forget every claim. Needed where an exchange starts its ids anew, as a reset fake does."""
        with self._lock:
            for group in self._groups.values():
                group.claimed.clear()

    def _wake(self, identity: Hashable) -> None:
        group = self._groups[identity]
        group.changed.set_result(None)
        group.changed = Future()


PROCESS_WRITES = Writes()
"""The writes of every client in this process."""
