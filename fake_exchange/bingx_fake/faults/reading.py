"""What reads are shown while faults of theirs are in force."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from bingx_fake.answers.answer import Answer
from bingx_fake.books.accounts import Line
from bingx_fake.faults.reads import EMPTY_DATA, STALE, emptied
from bingx_fake.faults.register import FaultRegister
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.groups.call import Books
from bingx_fake.perpetuals.margins import leaving
from bingx_fake.perpetuals.replica import PerpReplica
from bingx_fake.trading.replica import Replica
from bingx_fake.trading.settlement import Report


class _Replicas(NamedTuple):
    """What one fault shows: of the books and spot, and of each desk for perpetuals."""

    spot: Replica
    perps: tuple[PerpReplica, ...]


Shown = Callable[[Answer], Answer]


def unchanged(answer: Answer) -> Answer:
    """An answer as it is."""
    return answer


class Reading:
    """Keeps a replica of the books for each ``stale`` fault, from its beginning to its end."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._replicas: dict[str, _Replicas] = {}
        self._books: Books | None = None

    def begin(self, books: Books, faults: FaultRegister) -> None:
        """Read these books from now on. A fault that is in force begins again with them."""
        self._books, self._told = books, books.ledger.on_entry
        self._faults = faults
        self._replicas.clear()
        self.follow(self._now_ms())

    def follow(self, now_ms: int) -> None:
        """Begin and end with the faults. To be called whenever one may have begun or ended."""
        if self._books is None or not (self._replicas or self._faults.on_reads):
            return
        stale = {
            fault_id: fault.ms or 0
            for fault_id, fault in self._faults.reads_in_force(now_ms)
            if fault.kind == STALE.name
        }
        for fault_id in self._replicas.keys() - stale.keys():
            del self._replicas[fault_id]
        for fault_id, behind_ms in stale.items():
            if fault_id not in self._replicas:
                spot = Replica(self._books.ledger, self._books.desk, behind_ms)
                perps = tuple(PerpReplica(desk, behind_ms) for desk in self._books.perps)
                self._replicas[fault_id] = _Replicas(spot, perps)
        self._books.ledger.on_entry = self._posted if self._replicas else self._told
        for number, desk in enumerate(self._books.perps):
            desk.on_change = partial(self._changed, number) if self._replicas else None

    def note_orders(self, reports: Sequence[Report], at_ms: int) -> None:
        """Something has happened to orders."""
        for replicas in self._replicas.values():
            replicas.spot.note_orders(reports, at_ms)

    def _changed(self, number: int, uid: int, at_ms: int) -> None:
        for replicas in self._replicas.values():
            replicas.perps[number].note(uid, at_ms)

    def _posted(self, lines: Sequence[Line], issued: Mapping[str, Decimal]) -> None:
        for replicas in self._replicas.values():
            replicas.spot.note_balances(lines, self._now_ms())
        if self._told is not None:
            self._told(lines, issued)

    def meet(self, books: Books, request: WireRequest, now_ms: int) -> tuple[str | None, Books, Shown]:
        """The fault that a read meets, the books that it is shown, and what becomes of its answer."""
        met = self._faults.meet_read(request, now_ms)
        if met is None:
            return None, books, unchanged
        fault_id, fault = met
        if fault.kind == EMPTY_DATA.name:
            return fault.kind, books, emptied
        if self._books is None or books.directory is not self._books.directory:
            self._books = books  # users have come, gone or been put back: it begins again with them
            self._replicas.clear()
        self.follow(now_ms)
        replicas = self._replicas[fault_id]
        replicas.spot.reach(now_ms)
        for replica in replicas.perps:
            replica.reach(now_ms)
        reads = replicas.spot.reads()
        swap, coinm = (replica.desk(reads) for replica in replicas.perps)
        reads.lets_go = leaving(reads, swap.margins, coinm.margins)
        desk = replicas.spot.desk(books.desk)
        return fault.kind, replace(books, reads=reads, desk=desk, swap=swap, coinm=coinm), unchanged
