"""What reads are shown while faults of theirs are in force."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bingx_fake.answers.answer import Answer
from bingx_fake.books.accounts import Line
from bingx_fake.faults.reads import EMPTY_DATA, STALE, emptied
from bingx_fake.faults.register import FaultRegister
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.groups.call import Books
from bingx_fake.trading.replica import Replica
from bingx_fake.trading.settlement import Report

Shown = Callable[[Answer], Answer]


def unchanged(answer: Answer) -> Answer:
    """An answer as it is."""
    return answer


class Reading:
    """Keeps a replica of the books for each ``stale`` fault, from its beginning to its end."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._replicas: dict[str, Replica] = {}
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
                self._replicas[fault_id] = Replica(self._books.ledger, self._books.desk, behind_ms)
        self._books.ledger.on_entry = self._posted if self._replicas else self._told

    def note_orders(self, reports: Sequence[Report], at_ms: int) -> None:
        """Something has happened to orders."""
        for replica in self._replicas.values():
            replica.note_orders(reports, at_ms)

    def _posted(self, lines: Sequence[Line], issued: Mapping[str, Decimal]) -> None:
        for replica in self._replicas.values():
            replica.note_balances(lines, self._now_ms())
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
        replica = self._replicas[fault_id]
        replica.reach(now_ms)
        shown = replace(books, reads=replica.reads(), desk=replica.desk(books.desk))
        return fault.kind, shown, unchanged
