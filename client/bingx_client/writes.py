"""What this process knows of its own writes: which are in flight, and which records they account for.

Two identical transfers look the same in the exchange's records. To tell whether a lost one happened, a
record must not be counted for two calls. Therefore

- an answered or settled write *claims* its record, by every id that the record has, and a claimed record
  settles nobody else. Whoever asks again about the same lost write is the same *claimant* and finds the same
  record; a claimant that was told that nothing happened is told so again;
- records are read only while no identical write is in flight, since one in flight may have made a record
  whose id it has not learned yet; and while they are read, no identical write starts;
- a write that is lost while an earlier identical one is still unsettled remembers that one as its *rival*,
  who comes first. So each finds its own record in whichever order, or process, they are settled.

The registry is shared by every client of the process (``PROCESS_WRITES``). It does no I/O: where a caller
has to wait it gets a future, and waits for that in its own way. It keeps the latest claims only, far more
than fit into the seconds that a search looks back on.
"""

import uuid
from collections.abc import Hashable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

from bingx_client.errors import Claimant

V = TypeVar("V")

_MOST = 10_000
"""Identities that are remembered, and claims of each."""


@dataclass(slots=True)
class _Group:
    """Identical writes.

    :param claimed: a record's id, and the name of the claimant; an answered write has none.
    :param unsettled: lost writes by name, in the order in which they were lost, and whose keys sent them.
    :param absent: the names of lost writes that certainly did not happen.
    """

    sending: int = 0
    reading: bool = False
    readers_waiting: int = 0
    claimed: dict[str, str | None] = field(default_factory=dict)
    unsettled: dict[str, tuple[Claimant, Hashable]] = field(default_factory=dict)
    absent: dict[str, None] = field(default_factory=dict)
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

    def lost(
        self, identity: Hashable, owner: Hashable, *, since_ms: int, until_ms: int
    ) -> tuple[Claimant, tuple[Claimant, ...], frozenset[str]]:
        """A write was lost.

        :param owner: whose key sent it: only writes of one key certainly share their records.
        :param since_ms: between this and
        :param until_ms: the exchange's clock stood when it took the write, if it did.
        :returns: who may claim its record, the rivals who come first, and the ids of records that account
            for other writes.
        """
        claimant = Claimant(uuid.uuid4().hex, since_ms, until_ms)
        with self._lock:
            group = self._group(identity)
            rivals = tuple(rival for rival, whose in group.unsettled.values() if whose == owner)
            _remember(group.unsettled, claimant.name, (claimant, owner))
            return claimant, rivals, frozenset(group.claimed)

    def claim(self, identity: Hashable, ids: Iterable[str], claimant: str | None = None) -> None:
        """A write is accounted for by the record that has these ids.

        :param claimant: the name of the lost write that found it; None for a write that was answered.
        """
        with self._lock:
            group = self._group(identity)
            for record_id in ids:
                _remember(group.claimed, record_id, claimant)
            group.unsettled.pop(claimant or "", None)

    def rule_out(self, identity: Hashable, claimant: str) -> None:
        """A lost write certainly did not happen."""
        with self._lock:
            group = self._group(identity)
            _remember(group.absent, claimant, None)
            group.unsettled.pop(claimant, None)

    def is_ruled_out(self, identity: Hashable, claimant: str) -> bool:
        """Whether a lost write was found not to have happened."""
        with self._lock:
            return claimant in self._group(identity).absent

    def claims(self, identity: Hashable) -> dict[str, str | None]:
        """The ids of records that account for writes of one identity, and the claimants' names."""
        with self._lock:
            return dict(self._group(identity).claimed)

    def clear(self) -> None:
        """Forget every claim. Needed where an exchange starts its ids anew, as a reset fake may."""
        with self._lock:
            for group in self._groups.values():
                group.claimed.clear()
                group.unsettled.clear()
                group.absent.clear()

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


def _remember(kept: dict[str, V], name: str, value: V) -> None:
    """Add to what is kept, and drop the oldest where that is too much."""
    kept[name] = value
    if len(kept) > _MOST:
        del kept[next(iter(kept))]


PROCESS_WRITES = Writes()
"""The writes of every client in this process."""
