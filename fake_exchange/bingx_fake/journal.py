"""The journal: what reached the exchange and what became of it, newest last, bounded."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

from bingx_fake.directory import Directory
from bingx_fake.rules import GatewayRules
from bingx_fake.wire import WireRequest


class JournalEntry(TypedDict):
    """One request. ``code`` and ``http_status`` are what the client was sent, None where nothing was.

    ``fault`` is the kind of the fault that was met, ``applied`` says whether the request moves money, be it
    at once or later, and ``lint`` lists departures from S, as ``{rule, message, source}``.
    """

    id: str
    domain: str
    method: str
    path: str
    parameters: dict[str, str]
    received_at: int
    code: int | None
    http_status: int | None
    fault: str | None
    applied: bool
    lint: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Refused:
    """What is kept of a refused request, so that it can be explained when somebody asks.

    :param code: what it was refused with, as ``message``.
    :param now_ms: the exchange's time when it was; ``directory`` and ``rules`` are those in force then.
    """

    request: WireRequest
    code: int
    message: str
    now_ms: int
    directory: Directory
    rules: GatewayRules


class Journal:
    """The latest requests. Ids count up from r1, also past entries that were dropped.

    :param size: how many entries are kept.
    """

    def __init__(self, size: int) -> None:
        self._entries: deque[JournalEntry] = deque(maxlen=size)
        self._refusals: dict[str, Refused] = {}
        self._size = size
        self._count = 0

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(self._entries)

    def newest_first(self) -> Iterator[JournalEntry]:
        """The entries, the latest one first."""
        return reversed(self._entries)

    def next_id(self) -> str:
        """The id of the entry that is about to be added."""
        self._count += 1
        return f"r{self._count}"

    def add(self, entry: JournalEntry) -> None:
        """Append an entry; the oldest one falls out where the journal is full."""
        self._entries.append(entry)

    def note_refusal(self, entry_id: str, refused: Refused) -> None:
        """Keep what explains why an entry's request was refused, be it about to be added or there already."""
        if len(self._refusals) >= self._size:
            del self._refusals[next(iter(self._refusals))]
        self._refusals[entry_id] = refused

    def refusal(self, entry_id: str) -> Refused | None:
        """What is kept of an entry's refusal, or None where it was not refused."""
        return self._refusals.get(entry_id)

    def find(self, entry_id: str) -> JournalEntry | None:
        """The entry with this id, or None."""
        return next((entry for entry in self._entries if entry["id"] == entry_id), None)

    def clear(self) -> None:
        """Drop every entry; ids go on counting."""
        self._entries.clear()
        self._refusals.clear()
