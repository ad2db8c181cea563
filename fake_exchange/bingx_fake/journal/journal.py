"""The journal: what reached the exchange and what became of it, newest last, bounded.

Every request is noted and few are looked at, so an entry is kept as little more than the bytes that came,
and takes the form that people see when somebody asks. What explains a refusal is kept with its entry: the
request once for both, and both go together.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypedDict

import msgspec

from bingx_fake.answers.answer import Answer
from bingx_fake.answers.deciding import decided_by
from bingx_fake.answers.dialect import Answers
from bingx_fake.books.directory import Directory
from bingx_fake.clock import check_whole
from bingx_fake.gateway.refusal import Because, Refusal
from bingx_fake.gateway.wire import Domain, Unreadable, WireRequest, as_text, read_wire
from bingx_fake.profiles.rules import GatewayRules

LintMark = dict[str, str]

LARGEST_BODY_KEPT = 64 * 1024
"""Bytes; no documented request comes near. A larger body leaves no parameters in its entry."""
LARGEST_HEADERS_KEPT = 64 * 1024
"""Bytes. A refusal of a request with more is not explained."""
BYTES_KEPT = 64 * 1024 * 1024
"""Of targets, bodies and headers together, a journal keeps this much at most."""
BYTES_KEPT_OF_EACH = 1024
"""This times the size is the bound where it is more, so that ordinary requests are kept by number alone."""


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


@dataclass(frozen=True, slots=True)
class Refused:
    """What is kept of a refused request, so that it can be explained when somebody asks.

    :param code: what it was refused with, as ``message``; ``parameter``, ``rule``, ``departure`` and
        ``because`` are what it was about (see ``Refusal``).
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
    because: Because | None = None
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
            because=refusal.because,
            is_banned=is_banned,
        )


class Note(msgspec.Struct, gc=False):
    """One request as the journal keeps it; see ``JournalEntry``, which it becomes.

    :param number: of the id.
    :param content_type: as sent; empty where there is no body to be read by it.
    :param weight: the bytes that are kept of it, its headers only where it was refused.
    :param refused: what explains its refusal.
    :param answered_by: how the exchange answered then; None where it gave no answer of its own.
    """

    number: int
    domain: Domain | Literal["stream"]
    method: str
    target: str
    content_type: str
    body: bytes
    received_at: int
    weight: int
    fault: str | None = None
    code: int | None = None
    http_status: int | None = None
    applied: bool = False
    lint: tuple[LintMark, ...] = ()
    refused: Refused | None = None
    answered_by: Answers | None = None

    @property
    def id(self) -> str:
        """As clients of the control API know it."""
        return f"r{self.number}"

    @property
    def path(self) -> str:
        """The target's path, not decoded."""
        return self.target.partition("?")[0]

    def sent(self, answer: Answer, answered_by: Answers | None) -> None:
        """Note what the client was sent, and how the exchange answered where it gave an answer of its own."""
        self.http_status, self.code, self.answered_by = answer.http_status, answer.code, answered_by

    def as_entry(self) -> JournalEntry:
        """The form that is shown. Parameters are names and values as text, none where unreadable."""
        domain = "com" if self.domain == "stream" else self.domain
        request = WireRequest(
            domain, self.method, self.target, {"content-type": self.content_type}, self.body, ""
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


class Journal:
    """The latest requests. Ids count up from r1, also past entries that were dropped.

    The oldest are dropped where there are more than ``size``, or where they hold more bytes than
    ``BYTES_KEPT`` allows.

    :param size: how many entries are kept.
    :raises ValueError: when that is no whole number above 0.
    """

    def __init__(self, size: int) -> None:
        check_whole("the size of a journal", size)
        if size < 1:
            raise ValueError(f"a journal keeps 1 request or more, not {size}")
        self._notes: deque[Note] = deque(maxlen=size)
        self._size = size
        self._most_bytes = max(BYTES_KEPT, size * BYTES_KEPT_OF_EACH)
        self._bytes = 0
        self._count = 0

    def __iter__(self) -> Iterator[JournalEntry]:
        return (note.as_entry() for note in self._notes)

    @property
    def bytes_kept(self) -> int:
        """How many bytes of requests it holds."""
        return self._bytes

    def newest_first(self) -> Iterator[Note]:
        """What is kept of each request, the latest one first."""
        return reversed(self._notes)

    def add(self, request: WireRequest, now_ms: int, fault: str | None) -> Note:
        """Note a request that has just come; the oldest ones fall out where the journal is full.

        :param fault: the kind of the fault that it meets.
        :returns: the note, to which is added what becomes of the request.
        """
        self._count += 1
        target, body, content_type = request.target, request.body, ""
        weight = len(target)
        if body:
            if len(body) > LARGEST_BODY_KEPT:
                body = b""
            else:
                content_type = request.headers.get("content-type", "")
                weight += len(body) + len(content_type)
        note = Note(
            self._count, request.domain, request.method, target, content_type, body, now_ms, weight, fault
        )
        self._keep(note)
        return note

    def add_stream(self, method: str, target: str, now_ms: int) -> Note:
        """Note what a client of streams has just done: ``GET`` for a connection, ``SUB`` or ``UNSUB``."""
        self._count += 1
        note = Note(self._count, "stream", method, target, "", b"", now_ms, len(target))
        self._keep(note)
        return note

    def _keep(self, note: Note) -> None:
        held = self._bytes + note.weight
        if len(self._notes) == self._size:
            held -= self._notes[0].weight
        self._notes.append(note)
        self._bytes = held
        if held > self._most_bytes:
            self._drop_oldest()

    def note_refusal(self, entry_id: str, refused: Refused) -> None:
        """Keep with an entry what explains why its request was refused, if that is not too much to keep."""
        note = self._note(entry_id)
        headers = sum(len(name) + len(value) for name, value in refused.request.headers.items())
        too_large = headers > LARGEST_HEADERS_KEPT or len(refused.request.body) > LARGEST_BODY_KEPT
        if too_large or note is None:
            return
        note.refused = refused
        note.weight += headers
        self._bytes += headers
        self._drop_oldest()

    def _drop_oldest(self) -> None:
        """Let the oldest entries go until the others fit. The latest one stays, whatever it holds."""
        notes = self._notes
        while self._bytes > self._most_bytes and len(notes) > 1:
            self._bytes -= notes.popleft().weight

    def refusal(self, entry_id: str) -> Refused | None:
        """What is kept of an entry's refusal, or None where it was not refused."""
        note = self._note(entry_id)
        return None if note is None else note.refused

    def refusals(self) -> list[tuple[str, Refused]]:
        """The ids of the entries whose requests were refused, oldest first, and what is kept of that."""
        return [(note.id, note.refused) for note in self._notes if note.refused is not None]

    def find(self, entry_id: str) -> JournalEntry | None:
        """The entry with this id, or None."""
        note = self._note(entry_id)
        return None if note is None else note.as_entry()

    def decided_by(self, entry_id: str) -> list[str]:
        """The ids of the variations and assumptions that decided an entry's answer.

        None did where the exchange gave no answer of its own: there was a fault, or none was sent.
        """
        note = self._note(entry_id)
        if note is None or note.answered_by is None:
            return []
        code, rule = note.code or None, None
        if note.refused is not None:
            code, rule = note.refused.code, note.refused.rule
        sent = note.as_entry()["parameters"]
        return decided_by(note.answered_by, (note.method, note.path), sent, code=code, rule=rule)

    def _note(self, entry_id: str) -> Note | None:
        return next((note for note in self.newest_first() if note.id == entry_id), None)

    def clear(self) -> None:
        """Drop every entry; ids go on counting."""
        self._notes.clear()
        self._bytes = 0
