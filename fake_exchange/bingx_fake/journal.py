"""The journal: what reached the exchange and what became of it, newest last, bounded.

Every request is noted and few are looked at, so an entry is kept as little more than the bytes that came,
and takes the form that people see when somebody asks.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

import msgspec

from bingx_fake.clock import check_whole
from bingx_fake.directory import Directory
from bingx_fake.refusal import Refusal
from bingx_fake.rules import GatewayRules
from bingx_fake.wire import Domain, Unreadable, WireRequest, as_text, read_wire

LintMark = dict[str, str]

LARGEST_BODY_KEPT = 64 * 1024
"""Bytes; no documented request comes near. A larger body leaves no parameters in its entry."""


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
    lint: list[LintMark]


class Note(msgspec.Struct, gc=False):
    """One request as the journal keeps it; see ``JournalEntry``, which it becomes.

    :param number: of the id.
    :param content_type: as sent; empty where there is no body to be read by it.
    """

    number: int
    domain: Domain
    method: str
    target: str
    content_type: str
    body: bytes
    received_at: int
    fault: str | None = None
    code: int | None = None
    http_status: int | None = None
    applied: bool = False
    lint: tuple[LintMark, ...] = ()

    @property
    def id(self) -> str:
        """As clients of the control API know it."""
        return f"r{self.number}"

    @property
    def path(self) -> str:
        """The target's path, not decoded."""
        return self.target.partition("?")[0]

    def as_entry(self) -> JournalEntry:
        """The form that is shown. Parameters are names and values as text, none where unreadable."""
        request = WireRequest(
            self.domain, self.method, self.target, {"content-type": self.content_type}, self.body, ""
        )
        try:
            parameters = {as_text(sent.name): as_text(sent.value) for sent in read_wire(request)}
        except Unreadable:
            parameters = {}
        return JournalEntry(
            id=self.id,
            domain=self.domain,
            method=self.method,
            path=self.path,
            parameters=parameters,
            received_at=self.received_at,
            code=self.code,
            http_status=self.http_status,
            fault=self.fault,
            applied=self.applied,
            lint=list(self.lint),
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """What is kept of a refused request, so that it can be explained when somebody asks.

    :param code: what it was refused with, as ``message``; ``parameter``, ``rule`` and ``departure`` are what
        it was about (see ``Refusal``).
    :param now_ms: the exchange's time when it was; ``directory`` and ``rules`` are those in force then.
    :param is_banned: whether it was refused for its address's sake, which was banned.
    """

    request: WireRequest
    code: int
    message: str
    now_ms: int
    directory: Directory
    rules: GatewayRules
    parameter: str | None = None
    rule: str | None = None
    departure: str | None = None
    is_banned: bool = False

    @classmethod
    def of(
        cls,
        request: WireRequest,
        refusal: Refusal,
        now_ms: int,
        directory: Directory,
        rules: GatewayRules,
        *,
        is_banned: bool = False,
    ) -> "Refused":
        """What is kept of a refusal; not the exception itself, which holds on to everything it passed."""
        return cls(
            request,
            refusal.code,
            refusal.message,
            now_ms,
            directory,
            rules,
            parameter=refusal.parameter,
            rule=refusal.rule,
            departure=refusal.departure,
            is_banned=is_banned,
        )


class Journal:
    """The latest requests. Ids count up from r1, also past entries that were dropped.

    :param size: how many entries are kept.
    :raises ValueError: when that is no whole number above 0.
    """

    def __init__(self, size: int) -> None:
        check_whole("the size of a journal", size)
        if size < 1:
            raise ValueError(f"a journal keeps 1 request or more, not {size}")
        self._notes: deque[Note] = deque(maxlen=size)
        self._refusals: OrderedDict[str, Refused] = OrderedDict()
        self._size = size
        self._count = 0

    def __iter__(self) -> Iterator[JournalEntry]:
        return (note.as_entry() for note in self._notes)

    def newest_first(self) -> Iterator[Note]:
        """What is kept of each request, the latest one first."""
        return reversed(self._notes)

    def add(self, request: WireRequest, now_ms: int, fault: str | None) -> Note:
        """Note a request that has just come; the oldest one falls out where the journal is full.

        :param fault: the kind of the fault that it meets.
        :returns: the note, to which is added what becomes of the request.
        """
        self._count += 1
        body = request.body if len(request.body) <= LARGEST_BODY_KEPT else b""
        note = Note(
            self._count,
            request.domain,
            request.method,
            request.target,
            request.headers.get("content-type", "") if body else "",
            body,
            now_ms,
            fault,
        )
        self._notes.append(note)
        return note

    def note_refusal(self, entry_id: str, refused: Refused) -> None:
        """Keep what explains why an entry's request was refused."""
        if len(self._refusals) >= self._size:
            self._refusals.popitem(last=False)
        self._refusals[entry_id] = refused

    def refusal(self, entry_id: str) -> Refused | None:
        """What is kept of an entry's refusal, or None where it was not refused."""
        return self._refusals.get(entry_id)

    def refusals(self) -> list[tuple[str, Refused]]:
        """The ids of the entries whose requests were refused, oldest first, and what is kept of that."""
        kept = [(note.id, self.refusal(note.id)) for note in self._notes]
        return [(entry_id, refused) for entry_id, refused in kept if refused is not None]

    def find(self, entry_id: str) -> JournalEntry | None:
        """The entry with this id, or None."""
        return next((note.as_entry() for note in self._notes if note.id == entry_id), None)

    def clear(self) -> None:
        """Drop every entry; ids go on counting."""
        self._notes.clear()
        self._refusals.clear()
