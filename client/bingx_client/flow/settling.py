"""Finding the record of a lost write: when to look, which records count, and whose each of them is."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from bingx_client.errors import (
    AddressNotAllowed,
    APIError,
    Claimant,
    KeyRefused,
    OutcomeUnknown,
    PermissionMissing,
    ProtocolError,
    SignatureRefused,
    TransportError,
)
from bingx_client.flow.attempts import Settings, read
from bingx_client.flow.clocks import Stopwatch
from bingx_client.flow.plan import MARGIN_MS, Plan, Policy, Row, Verdict
from bingx_client.flow.steps import Await, Sleep, Steps
from bingx_client.flow.writes import Fate, Writes

T = TypeVar("T")

_FIRST_PAUSE_MS, _LONGEST_PAUSE_MS = 500, 5000
_MOST_PAGES = 100_000


_LASTING = (KeyRefused, PermissionMissing, AddressNotAllowed, SignatureRefused)
"""Refusals that waiting does not change."""


class _Unreadable(Exception):
    """The records, or the exchange's clock, cannot be read."""


@dataclass(frozen=True, slots=True)
class Search(Generic[T]):
    """Everything that settling one lost write needs.

    :param claimant: the lost write.
    :param watch: runs since the call began that sent it, or since it was asked about again.
    :param ticket: by which the call is known among identical writes.
    :param sent_ms: when it was sent, by the watch; None where it was sent by an earlier call.
    """

    unknown: OutcomeUnknown
    claimant: Claimant
    plan: Plan[T]
    settings: Settings
    policy: Policy
    writes: Writes
    watch: Stopwatch
    ticket: object
    sent_ms: int | None


def find(search: Search[T]) -> Steps[T | None]:
    """The receipt of a lost write that happened, or None when it certainly did not."""
    unknown = search.unknown
    try:
        found = yield from _look(search)
    except (_Unreadable, *_LASTING) as error:
        raise still_unknown(search, f"the records cannot be read: {error}") from error
    if found is None:
        return None
    seen = f"the exchange recorded it as {found.name} with status {found.status}"
    if found.verdict is Verdict.OPEN:
        raise still_unknown(search, f"{seen}, which is not final")
    if found.verdict is Verdict.FAILED:
        raise APIError.of(code=None, msg=seen, endpoint=unknown.endpoint, http_status=200)
    return found.receipt


def still_unknown(search: Search[T], reason: str) -> OutcomeUnknown:
    """The write as unknown for this reason, with what is known by now of the records: it may be pickled."""
    unknown, writes, identity = search.unknown.because(reason), search.writes, search.plan.identity
    unknown.claimed |= writes.claimed_by_others(identity, search.claimant.name)
    unknown.inferred |= inferred(writes, identity)
    return unknown


def inferred(writes: Writes, identity: Hashable) -> frozenset[str]:
    """The ids of records that were found to be those of lost writes."""
    found: list[frozenset[str]] = [fate.record.ids for fate in writes.settled(identity) if fate.record]
    return frozenset().union(*found)


def _look(search: Search[T]) -> Steps[Row[T] | None]:
    """The record that accounts for the write, None when complete records have none; as often as it takes."""
    plan = search.plan
    if (fate := search.writes.fate(plan.identity, search.claimant.name, plan.owner)) is not None:
        known: Row[T] | None = fate.record
        return known
    search = replace(search, settings=replace(search.settings, settling=True))
    pause_ms = _FIRST_PAUSE_MS
    while True:
        try:
            return (yield from _look_once(search))
        except _LASTING:
            raise
        except (TransportError, ProtocolError, APIError) as error:
            if search.watch.elapsed_ms() + pause_ms > search.policy.deadline_ms:
                raise _Unreadable(str(error)) from error
        yield from search.settings.let(Sleep(pause_ms))
        pause_ms = min(2 * pause_ms, _LONGEST_PAUSE_MS)


def _look_once(search: Search[T]) -> Steps[Row[T] | None]:
    """Wait until complete records tell, and read them. What they tell of this write is remembered."""
    timestamp_ms, window_ms = search.unknown.timestamp_ms, search.policy.recv_window_ms
    # Who asks with more patience waits longer; whose a record is does not depend on that.
    latest_ms = max(search.claimant.until_ms, timestamp_ms + window_ms + search.policy.settle_ms)
    server_ms = yield from _await_expiry(search, latest_ms)
    since_ms = _since_ms(search, server_ms)
    identity, writes = search.plan.identity, search.writes
    try:
        writes.want_reading(identity, search.ticket)
        while (busy := writes.begin_reading(identity, search.ticket)) is not None:
            left_ms = search.policy.deadline_ms - search.watch.elapsed_ms()
            if left_ms <= 0:
                raise _Unreadable("identical writes are still in flight at the deadline")
            yield from search.settings.let(Await(busy, left_ms))
        found = _own(search, (yield from _matching_rows(search, since_ms)), since_ms)
        if found is None or found.verdict is not Verdict.OPEN:
            ids = () if found is None else found.ids
            writes.settle(identity, search.claimant.name, search.plan.owner, Fate(found), ids)
        return found
    finally:
        writes.end(identity, search.ticket)


def _since_ms(search: Search[T], server_ms: int) -> int:
    """From when on the write can be in the records.

    Our clock may be ahead of an exchange that minds only clocks that are behind. Then it accepted the write
    earlier than the timestamp says: by as much as our clock is ahead now, and no longer ago than it was sent.
    """
    since_ms = search.claimant.since_ms - max(search.settings.clock.now_ms() - server_ms, 0)
    if search.sent_ms is not None:
        ago_ms = search.watch.elapsed_ms() - search.sent_ms
        since_ms = min(since_ms, server_ms - ago_ms - search.policy.recv_window_ms - MARGIN_MS)
    return max(since_ms, 0)


def _own(search: Search[T], rows: Sequence[Row[T]], since_ms: int) -> Row[T] | None:
    """The record that belongs to the write, if any.

    The one that carries its own id; else the first of its time that accounts for no other write. Where
    another lost write was told to be the one of this one's time, that one's own record may be a later one:
    then the first of those that is left. So among lost writes, as many are found as there are records, in
    whichever order they are asked about.
    """
    claimed = search.writes.claimed_by_others(search.plan.identity, search.claimant.name)
    claimed |= search.unknown.claimed
    others = inferred(search.writes, search.plan.identity) | search.unknown.inferred
    until_ms = search.claimant.until_ms
    taken = False
    for row in sorted(rows, key=_order):
        if row.is_named:
            return row
        if not row.is_within(since_ms, until_ms):
            continue
        if row.ids.isdisjoint(claimed):
            return row
        taken = taken or not row.ids.isdisjoint(others)
    later = (row for row in sorted(rows, key=_order) if row.at_ms is None or row.at_ms >= since_ms)
    return next((row for row in later if row.ids.isdisjoint(claimed)), None) if taken else None


def _order(row: Row[T]) -> tuple[int, list[tuple[int, str]]]:
    """Records in the order in which they are counted for lost writes: final ones first, then older ids."""
    return list(Verdict).index(row.verdict), sorted((len(record_id), record_id) for record_id in row.ids)


def _await_expiry(search: Search[T], until_ms: int) -> Steps[int]:
    """Wait until the exchange can no longer accept the lost request; its clock's time then."""
    while True:
        server_ms = yield from read(search.settings.server_time, search.settings)
        if server_ms > until_ms:
            return server_ms
        wait_ms = until_ms - server_ms + 1
        if search.watch.elapsed_ms() + wait_ms > search.policy.deadline_ms:
            raise _Unreadable(f"the exchange may accept the request for another {wait_ms} ms")
        yield from search.settings.let(Sleep(wait_ms))


def _matching_rows(search: Search[T], since_ms: int) -> Steps[list[Row[T]]]:
    """Every record that could be the write's, from every page to the last.

    Neither a total nor an order is trusted: the last page is an empty one. A full page that brings nothing
    new means that paging does not work, and then nothing can be concluded from what is missing. Nor can it
    where the pages do not end.
    """
    seen: dict[frozenset[str], Row[T]] = {}
    for number in range(_MOST_PAGES):
        rows = yield from read(search.plan.page(since_ms, number), search.settings)
        new = [row for row in rows if row.ids not in seen]
        if not new:
            if len(rows) >= search.plan.page_size:
                raise _Unreadable("a page of the records came twice")
            return [row for row in seen.values() if row.receipt is not None]
        seen.update((row.ids, row) for row in new)
    raise _Unreadable(f"they have not ended after {_MOST_PAGES} pages")
