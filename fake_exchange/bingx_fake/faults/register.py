"""The faults in force, and which request meets which."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random
from typing import Any

import msgspec

from bingx_fake.faults.fault import Fault
from bingx_fake.faults.kinds import KINDS
from bingx_fake.wire import WireRequest


@dataclass(slots=True)
class _Entry:
    id: str
    fault: Fault
    seen: int = 0
    hits: int = 0

    def describe(self) -> dict[str, Any]:
        description: dict[str, Any] = msgspec.to_builtins(self.fault)
        return {"id": self.id, **description, "hits": self.hits}


class FaultRegister:
    """Faults in the order they were set; the first that matches a request is the one it meets.

    :param random: decides over faults with a probability below 1.
    """

    def __init__(self, random: Random) -> None:
        self._entries: dict[str, _Entry] = {}
        self._random = random
        self._count = 0

    def add(self, faults: Sequence[Fault]) -> list[str]:
        """Put faults in force and return their ids."""
        ids = []
        for fault in faults:
            self._count += 1
            entry = _Entry(f"f{self._count}", fault)
            self._entries[entry.id] = entry
            ids.append(entry.id)
        return ids

    def remove(self, fault_id: str) -> bool:
        """Take a fault back; False when there is none with this id."""
        return self._entries.pop(fault_id, None) is not None

    def clear(self) -> None:
        """Take every fault back."""
        self._entries.clear()

    def describe(self) -> list[dict[str, Any]]:
        """The JSON form of every fault, with its id and how often it was met."""
        return [entry.describe() for entry in self._entries.values()]

    def refused(self, domain: str) -> bool:
        """Whether connections to a domain are to be refused."""
        return any(
            entry.fault.kind == "refuse" and entry.fault.domain in (domain, "*")
            for entry in self._entries.values()
        )

    def meet(self, request: WireRequest) -> Fault | None:
        """The fault that this request meets, if any. Counts the request."""
        for entry in self._entries.values():
            if self._hits(entry, request):
                entry.hits += 1
                return entry.fault
        return None

    def _hits(self, entry: _Entry, request: WireRequest) -> bool:
        fault = entry.fault
        if (
            KINDS[fault.kind].deliver is None
            or fault.domain not in (request.domain, "*")
            or (fault.method is not None and fault.method != request.method)
            or (fault.path is not None and not fnmatchcase(request.path, fault.path))
        ):
            return False
        entry.seen += 1
        if entry.seen <= fault.skip or (fault.times is not None and entry.hits >= fault.times):
            return False
        return fault.probability == 1 or self._random.random() < fault.probability
