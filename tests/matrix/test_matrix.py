"""Every kind of fault on .com, in every phase, met by each class of call, by both clients, on both listeners.

``TABLE`` says what has to come of it. It is written from the documents, not from the code:

A read goes on to .pro after a failure of the network (DESIGN.md, 'Faults', 'may fall back'), and only then.
An answer ends it, be it wrong. A fault on connections lets no request through, so .com sees none.

A write (DESIGN.md, 'Writes: at most once') goes on to .pro only where no connection stood. Where the exchange
has definitely refused it, it is over. Anything else is lost, and settled by the exchange's records: it is
found there, or it is sent once more. What the fault did not let happen has not happened (``before``), what
it let happen has (``after``), whether it is booked at once or up to ``settle_ms`` later (``delayed``).

A write without a plan, which no record settles, goes the same ways; if it is lost, that is all that is known.

Two lives of a fault make the difference while a write is settled. One that is met ``once`` leaves .com well
afterwards. One that ``lasts`` hits every read that settles the write too, and these go on to .pro or not as
any read does. Where they do, what did not happen is known not to have, and the deadline leaves no time for
sending it again; where they do not, nobody can tell until the deadline.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from matrix.cells import AMOUNT, OLD_ID, READS, WRITES, Cell, class_of
from support.entries import make_what_it_names, request_of
from support.sender import ALICE

from bingx_client import (
    APIError,
    BingXError,
    Busy,
    InsufficientBalance,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    TransportError,
)
from bingx_contracts import ENDPOINTS, Endpoint
from bingx_fake.faults.kinds import KINDS, REST_KINDS


@dataclass(frozen=True)
class Read:
    """What comes of a read: the domains that see it, in order, and the error; None is the right answer."""

    seen: tuple[str, ...]
    error: type[BingXError] | None = None


@dataclass(frozen=True)
class Write:
    """What comes of a write: the domains that see it, in order, what the caller gets, how often it is booked.

    :param got: ``receipt``, ``reconciled`` (a receipt found in the records), or the error.
    """

    seen: tuple[str, ...]
    got: str | type[BingXError]
    booked: int


ANSWER = Read(("com",))
FALLBACK = Read(("com", "pro"))
STRAIGHT_TO_PRO = Read(("pro",))
NONSENSE = Read(("com",), ProtocolError)

DONE = Write(("com",), "receipt", 1)
DONE_ON_PRO = Write(("pro",), "receipt", 1)
FOUND = Write(("com",), "reconciled", 1)
RESENT = Write(("com", "com"), "receipt", 1)
NOT_DONE = Write(("com",), TransportError, 0)
UNKNOWN_UNDONE = Write(("com",), OutcomeUnknown, 0)
UNKNOWN_DONE = Write(("com",), OutcomeUnknown, 1)
LOST = (FOUND, RESENT, NOT_DONE, UNKNOWN_UNDONE, UNKNOWN_DONE)


@dataclass(frozen=True)
class Writes:
    """What comes of a write by phase and life; None where there is no such thing."""

    before_once: Write | None
    before_lasts: Write
    after_once: Write | None = None
    after_lasts: Write | None = None


@dataclass(frozen=True)
class Row:
    """A fault and what comes of it.

    :param fields: of ``POST /faults``, besides domain, kind and phase.
    :param silent: nothing comes, so that somebody has to lose patience.
    """

    kind: str
    fields: Mapping[str, Any]
    read: Read
    writes: Writes
    silent: bool = field(default=False, kw_only=True)

    @property
    def settling_read(self) -> tuple[str, ...]:
        """Where a read that settles a write is seen."""
        return ("com", "pro") if self.writes is BROKEN else self.read.seen

    @property
    def name(self) -> str:
        return " ".join([self.kind, *(str(value) for value in self.fields.values())])


def refused(error: type[APIError]) -> tuple[Read, Writes]:
    """The exchange said no, and that is that, for a write as well."""
    return Read(("com",), error), Writes(*2 * [Write(("com",), error, 0)])


# fmt: off
#                  before: it did not happen        after: it did
#                  once            lasts            once    lasts
UNDELIVERED = Writes(None,         DONE_ON_PRO)
UNANSWERED = Writes(RESENT,        NOT_DONE,        FOUND,  FOUND)
BROKEN =      Writes(RESENT,       NOT_DONE,        FOUND,  FOUND)  # the records are read at .pro
MISANSWERED = Writes(RESENT,       UNKNOWN_UNDONE,  FOUND,  UNKNOWN_DONE)
ANSWERED = Writes(DONE,            DONE,            DONE,   DONE)

TABLE = (
    # fault               with                       a read                  a write
    # No connection stands. Such a fault lasts; it cannot be met once.
    Row("refuse",         {},                        STRAIGHT_TO_PRO,        UNDELIVERED),
    Row("blackhole",      {},                        STRAIGHT_TO_PRO,        UNDELIVERED, silent=True),
    Row("tls",            {"variant": "unknown-ca"}, STRAIGHT_TO_PRO,        UNDELIVERED),
    Row("tls",            {"variant": "expired"},    STRAIGHT_TO_PRO,        UNDELIVERED),
    Row("tls",            {"variant": "wrong-host"}, STRAIGHT_TO_PRO,        UNDELIVERED),
    Row("tls",            {"variant": "plain-text"}, STRAIGHT_TO_PRO,        UNDELIVERED),
    # The request arrives, and no complete answer comes in time.
    Row("timeout",        {},                        FALLBACK,               UNANSWERED, silent=True),
    Row("reset",          {},                        FALLBACK,               UNANSWERED),
    Row("empty",          {},                        FALLBACK,               UNANSWERED),
    Row("truncate",       {"variant": "fin"},        FALLBACK,               UNANSWERED),
    Row("truncate",       {"variant": "reset"},      FALLBACK,               UNANSWERED),
    Row("dribble",        {},                        FALLBACK,               UNANSWERED, silent=True),
    Row("latency",        {"ms": 60_000},            FALLBACK,               UNANSWERED, silent=True),
    # The answer comes in time; what it promises perhaps later.
    Row("latency",        {"ms": 20},                ANSWER,                 ANSWERED),
    Row("commit-delay",   {"ms": 1000},              ANSWER,                 ANSWERED),
    # Another answer comes, from which nothing follows.
    Row("http-error",     {},                        Read(("com",), Busy),   BROKEN),
    Row("http-error",     {"status": 404},           Read(("com",), Busy),   BROKEN),
    Row("http-error",     {"body": "{}"},            NONSENSE,               BROKEN),
    Row("html-error",     {},                        NONSENSE,               BROKEN),
    Row("malformed",      {},                        NONSENSE,               BROKEN),
    Row("redirect",       {},                        NONSENSE,               MISANSWERED),
    Row("business-error", {"code": 100500},          Read(("com",), Busy),   MISANSWERED),
    Row("business-error", {"code": 123456},          Read(("com",), APIError), MISANSWERED),
    # A documented refusal comes.
    Row("business-error", {"code": 100202},          *refused(InsufficientBalance)),
    Row("rate-limit",     {},                        *refused(RateLimited)),
)
# fmt: on

DEADLINE_S = 20
"""Of a write under a fault that lasts: time to settle it once, and then none to send and settle it again."""

CLIENTS = [(listener, style) for listener in ("plain", "TLS") for style in ("sync", "async")]


def clients_of(row: Row) -> list[tuple[str, str]]:
    """On a plain listener no handshake can fail."""
    return [client for client in CLIENTS if client[0] == "TLS" or row.kind != "tls"]


def phases_of(row: Row) -> tuple[str | None, ...]:
    return ("before", "after") if "phase" in KINDS[row.kind].fields else (None,)


def order(row: Row, phase: str | None, life: str = "lasts") -> list[dict[str, Any]]:
    """The fault on .com as ``POST /faults`` takes it; a delayed one is two."""
    fault: dict[str, Any] = {"domain": "com", "kind": row.kind, **row.fields}
    if phase is not None:
        fault["phase"] = "before" if phase == "before" else "after"
    if life == "once":
        fault["times"] = 1
    delay = {"domain": "com", "kind": "commit-delay", "ms": 1000}
    return [delay, fault] if phase == "delayed" else [fault]


def named(*words: str | None) -> str:
    return ", ".join(word for word in words if word)


CellOf = Callable[[tuple[str, str]], Cell]


def with_each_client(row: Row, cell_of: CellOf, check: Callable[[Cell], None]) -> None:
    """Hold a row against each client, and tell of all with which it is not so."""
    failures = []
    for client in clients_of(row):
        try:
            check(cell_of(client))
        except Exception as error:
            error.add_note(f"with {named(*client)}")
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{row.name} does not hold with {len(failures)} clients", failures)


def read_cells() -> Iterator[Any]:
    """Every fault in every phase."""
    for row in TABLE:
        for phase in phases_of(row):
            for kind in READS:
                yield pytest.param(row, phase, kind, id=named(row.name, phase, kind))


def write_cells() -> Iterator[Any]:
    """Every phase in both lives where they exist, and the delayed ones."""
    for row in TABLE:
        for phase in phases_of(row):
            after = phase == "after"
            writes = row.writes
            columns = (
                writes.after_once if after else writes.before_once,
                writes.after_lasts if after else writes.before_lasts,
            )
            for life, expected in zip(("once", "lasts"), columns, strict=True):
                # Settling under a fault that is silent and lasts would be one long wait; what it comes to,
                # the others that leave a request unanswered show.
                if life == "once" or not row.silent or row.writes is UNDELIVERED:
                    yield from _write_cells(row, phase, life, expected)
            if after:
                yield from _write_cells(row, "delayed", "once", row.writes.after_once)


def _write_cells(row: Row, phase: str | None, life: str, expected: Write | None) -> Iterator[Any]:
    if expected is None:
        return
    for kind in WRITES:
        outcome = expected if kind == "write with a plan" else unsettled(expected, phase)
        yield pytest.param(row, phase, life, outcome, kind, id=named(row.name, phase, life, kind))


def unsettled(expected: Write, phase: str | None) -> Write:
    """What comes of the same write where nothing settles it."""
    if expected not in LOST:
        return expected
    return UNKNOWN_DONE if phase in ("after", "delayed") else UNKNOWN_UNDONE


def test_the_table_has_every_kind_of_fault() -> None:
    # Names resolve only where they are intercepted, which has tests of its own. What is missing from a whole
    # answer no client can know.
    assert {row.kind for row in TABLE} == REST_KINDS.keys() - {"dns", "stale", "empty-data"}


def test_the_table_says_of_every_kind_whether_it_may_fall_back_as_the_exchange_does() -> None:
    # The exchange marks a request to .pro that no such failure preceded.
    for row in TABLE:
        if row.read != ANSWER:
            assert KINDS[row.kind].may_fall_back is ("pro" in row.read.seen), row.name


@pytest.mark.clause("FALLBACK-1", "FALLBACK-2", "FALLBACK-3", "FALLBACK-4", "FALLBACK-9")
@pytest.mark.parametrize(("row", "phase", "kind"), list(read_cells()))
def test_a_read_falls_back_where_it_may_and_only_there(
    cell_of: CellOf, row: Row, phase: str | None, kind: str
) -> None:
    with_each_client(row, cell_of, lambda cell: assert_read(cell, row, phase, kind))


def assert_read(cell: Cell, row: Row, phase: str | None, kind: str) -> None:
    before, (call, take, expected) = cell.exchange.state, READS[kind]
    got, _ = cell.run(
        lambda client: client.send(call),
        order(row, phase),
        impatient=row.silent,
        connected=row.silent and row.read == FALLBACK,
    )
    assert cell.domains() == row.read.seen
    if row.read.error is None:
        assert not isinstance(got, BaseException), got
        assert take(got) == expected
    else:
        assert type(got) is row.read.error, got
    assert [entry["lint"] for entry in cell.exchange.requests if entry["lint"]] == []
    assert cell.exchange.state == before


@pytest.mark.clause("WRITE-1", "WRITE-2", "WRITE-4", "WRITE-5", "WRITE-6", "FALLBACK-8")
@pytest.mark.parametrize(("row", "phase", "life", "expected", "kind"), list(write_cells()))
def test_a_write_is_booked_once_or_not_at_all_and_its_caller_is_told_which(
    cell_of: CellOf, row: Row, phase: str | None, life: str, expected: Write, kind: str
) -> None:
    with_each_client(row, cell_of, lambda cell: assert_written(cell, row, phase, life, expected, kind))


def assert_written(cell: Cell, row: Row, phase: str | None, life: str, expected: Write, kind: str) -> None:
    total = cell.total()
    options = {"deadline": DEADLINE_S} if life == "lasts" else {}
    got, _ = cell.run(
        lambda client: client.send(WRITES[kind], **options),
        order(row, phase, life),
        impatient=row.silent,
        connected=row.silent and row.read == FALLBACK,
    )

    assert cell.domains("POST") == expected.seen
    reads = cell.domains_of_each_read()
    assert set(reads) <= {row.settling_read if life == "lasts" else ("com",)}
    assert bool(reads) is (expected in LOST and kind == "write with a plan")
    assert [entry["lint"] for entry in cell.exchange.requests if entry["lint"]] == []

    cell.exchange.clock.advance(60_000)  # whatever is still to be booked is booked now
    assert_booked(cell, expected.booked)
    assert cell.total() == total
    if isinstance(expected.got, str):
        assert not isinstance(got, BaseException), got
        assert got.reconciled is (expected.got == "reconciled")
        assert [got.transfer_id] == new_records(cell)
    else:
        assert type(got) is expected.got, got


# Every endpoint, once: it goes the way of its class


def of_class(*kinds: str) -> pytest.MarkDecorator:
    """The endpoints of these classes, each with one client."""
    return pytest.mark.parametrize(
        ("cell", "endpoint"),
        [
            pytest.param(
                ("plain", "sync"),
                endpoint,
                id=endpoint.id,
                marks=[pytest.mark.departs("old-route")] if endpoint.old_route else [],
            )
            for endpoint in ENDPOINTS.values()
            if class_of(endpoint) in kinds
        ],
        indirect=["cell"],
    )


def call_unanswered(cell: Cell, endpoint: Endpoint) -> Any:
    """What comes of a call that .com carries out and does not answer."""
    make_what_it_names(cell.exchange, endpoint, request_of(endpoint))
    return ask_unanswered(cell, endpoint)


def ask_unanswered(cell: Cell, endpoint: Endpoint) -> Any:
    """The same of what names nothing that is not there already."""
    fault = {"domain": "com", "kind": "empty", "phase": "after", "times": 1, "method": endpoint.method}
    sent = request_of(endpoint)
    got, _ = cell.run(lambda client: client.call(endpoint.id, **sent), [fault])
    return got


@of_class("read", "public read")
def test_every_read_that_is_not_answered_has_the_same_answer_from_pro(cell: Cell, endpoint: Endpoint) -> None:
    sent = request_of(endpoint)
    make_what_it_names(cell.exchange, endpoint, sent)
    answered, _ = cell.run(lambda client: client.call(endpoint.id, **sent), [])
    got = ask_unanswered(cell, endpoint)
    assert cell.domains() == ("com", "pro")
    if endpoint.id == "swap_trade.test_order":  # each answer names an order of its own
        for answer in (got, answered):
            for name in ("orderId", "orderID"):
                answer.data["order"].pop(name, None)
    assert got.data == answered.data


@of_class("write with a plan")
def test_every_write_with_a_plan_that_is_not_answered_is_found_and_not_sent_again(
    cell: Cell, endpoint: Endpoint
) -> None:
    total = cell.total()
    assert call_unanswered(cell, endpoint).reconciled
    assert cell.domains(endpoint.method) == ("com",)
    assert sum(entry["applied"] for entry in cell.exchange.requests) == 1
    assert cell.total() == total


@of_class("write without")
def test_every_write_without_a_plan_that_is_not_answered_is_unknown_and_not_sent_again(
    cell: Cell, endpoint: Endpoint
) -> None:
    assert type(call_unanswered(cell, endpoint)) is OutcomeUnknown
    assert [(entry["domain"], entry["applied"]) for entry in cell.exchange.requests] == [("com", True)]


# Time


FALLS_BACK = [row for row in TABLE if "pro" in row.read.seen]


@pytest.mark.clause("FALLBACK-5")
@pytest.mark.parametrize(
    ("cell", "row"),
    [
        pytest.param(client, row, id=named(row.name, *client))
        for row in FALLS_BACK
        for client in clients_of(row)
    ],
    indirect=["cell"],
)
def test_a_read_has_its_answer_from_pro_as_soon_as_com_used_up_its_timeout(
    cell: Cell, row: Row, record_property: Callable[[str, object], None]
) -> None:
    # 1.2 s after the call, on a machine that has the time. What the client asks for is asserted exactly,
    # and the time itself as generously as a busy machine needs.
    faults = order(row, phases_of(row)[0])
    started_s = time.monotonic()
    got, attempts = cell.run(lambda client: client.send(READS["read"].call), faults, timeout_s=1.0)
    elapsed_s = time.monotonic() - started_s
    record_property("answer_after_s", round(elapsed_s, 3))
    com, pro = cell.exchange.base_urls
    assert [(attempt.base_url, attempt.timeout_ms) for attempt in attempts] == [(com, 1000), (pro, 1000)]
    assert got["ETH"].free == 2
    assert elapsed_s < 5


def assert_booked(cell: Cell, times: int) -> None:
    """The balances of both sides and the records agree that it happened so often."""
    fund = cell.exchange.balance(ALICE, "fund", "USDT")
    assert fund.free == 1000 - times * AMOUNT
    assert fund.locked == 0
    assert cell.exchange.balance(ALICE, "USDTMPerp", "USDT").free == 100 + times * AMOUNT
    assert len(new_records(cell)) == times
    assert sum(entry["applied"] for entry in cell.exchange.requests) == times


def new_records(cell: Cell) -> list[str]:
    """The transferIds of what the exchange recorded since the start."""
    rows = [record for record in cell.exchange.state["transfers"] if record["id"] > OLD_ID + 1]
    return [record["transfer_id"] for record in rows]
