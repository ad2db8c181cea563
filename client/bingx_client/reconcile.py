"""Writes that happen at most once: sending, and settling what was lost. Without I/O.

A transfer has no idempotency key. When the answer to one is lost, this is done instead of guessing:

1. Wait until the *exchange's* clock has passed ``timestamp + recvWindow + settle_ms``. From then on the lost
   request can no longer be accepted, and one that was accepted shows in the records.
2. Read the records, every page to the last, while no identical write of this process is in flight.
3. A matching record that no other call of this process has claimed settles the write: it is never sent
   again. None in a complete answer proves that nothing happened: send again, signed afresh.
4. Records that cannot be read until the deadline leave the outcome unknown, and the caller is told so.

What this cannot tell: an identical transfer that another process made in the same window, and an exchange
that applies a request later than ``settle_ms``.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Generic, TypeVar

from bingx_client.clocks import Deadline, Stopwatch
from bingx_client.errors import (
    AddressNotAllowed,
    APIError,
    DomainFailure,
    KeyRefused,
    OutcomeUnknown,
    PermissionMissing,
    ProtocolError,
    RateLimited,
    SignatureRefused,
    TimestampRefused,
    TransportError,
)
from bingx_client.flow import Backoff, Call, Lost, Settings, correct_clock, read, send_write
from bingx_client.steps import Await, Cancelled, Interrupted, Sleep, Steps, wait
from bingx_client.writes import Writes

T = TypeVar("T")

_MARGIN_MS = 1000
_FIRST_PAUSE_MS, _LONGEST_PAUSE_MS = 500, 5000
_MOST_PAGES = 100_000


_LASTING = (KeyRefused, PermissionMissing, AddressNotAllowed, SignatureRefused)
"""Refusals that waiting does not change."""


class Verdict(Enum):
    """What a record says about the write that it belongs to."""

    HAPPENED = "happened"
    OPEN = "open"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    """One record. ``receipt`` is None where the record belongs to some other write."""

    id: str
    receipt: T | None
    verdict: Verdict
    status: str


@dataclass(frozen=True, slots=True)
class Plan(Generic[T]):
    """How to find out whether a write happened.

    :param endpoint_id: the write's endpoint, by which a plan can be made again from a pickled error.
    :param identity: equal for writes that the records cannot tell apart.
    :param id_of: the record's id in the write's own receipt.
    :param page: the call that reads a page of records from a time on; pages count from 0.
    :param page_size: rows of a full page.
    """

    endpoint_id: str
    identity: Hashable = field(repr=False)
    id_of: Callable[[T], str]
    page: Callable[[int, int], Call[Sequence[Row[T]]]]
    page_size: int


@dataclass(frozen=True, slots=True)
class Policy:
    """How far to go.

    :param reconcile: whether to settle lost writes, or to raise at once.
    :param deadline_ms: how long a write may take in all.
    :param settle_ms: how long after accepting a request the exchange may take to show it in the records.
    """

    reconcile: bool
    deadline_ms: int
    settle_ms: int
    recv_window_ms: int


class _Unreadable(Exception):
    """The records, or the exchange's clock, cannot be read."""


@dataclass(frozen=True, slots=True)
class _Search(Generic[T]):
    """Everything that settling one lost write needs."""

    plan: Plan[T]
    settings: Settings
    policy: Policy
    writes: Writes
    watch: Stopwatch
    claimed_elsewhere: frozenset[str]
    earliest_ms: int | None


def write(
    call: Call[T], plan: Plan[T] | None, settings: Settings, policy: Policy, writes: Writes
) -> Steps[T]:
    """Carry out a write, at most once.

    :param plan: how to settle it; without one a lost write is raised as unknown at once.
    :raises APIError: the exchange refused, and nothing happened.
    :raises TransportError: nothing happened, and no domain could be made to take the request in time.
    :raises OutcomeUnknown: it may or may not have happened.
    """
    watch = Stopwatch(settings.clock)
    settings = replace(settings, deadline=Deadline(watch, policy.deadline_ms))
    backoff = Backoff(settings.manners, watch, policy.deadline_ms)
    corrected = False
    while True:
        try:
            sent = yield from _send_once(call, plan, settings, policy, writes, watch)
        except TimestampRefused as refusal:
            if corrected:
                raise
            corrected = True
            yield from correct_clock(settings, refusal)
            continue
        except RateLimited:  # which proves that nothing happened
            pause_ms = backoff.pause_ms()
            if pause_ms is None:
                raise
            yield from wait(Sleep(pause_ms))
            continue
        if not isinstance(sent, Lost):
            return sent
        unknown = _unknown(call, plan, policy, sent, writes)
        if plan is None or not policy.reconcile or sent.cancelled:
            raise unknown
        search = _Search(plan, settings, policy, writes, watch, frozenset(), None)
        settled = yield from _settle(search, unknown)
        if settled is not None:
            return settled
        # Another sending has to leave the time to settle it, or it would end unknown for want of time.
        settling_ms = settings.timeout_ms + policy.recv_window_ms + policy.settle_ms
        if watch.elapsed_ms() + settling_ms > policy.deadline_ms:
            raise TransportError(
                call.request.endpoint,
                [*sent.failures, DomainFailure("records", "nothing happened, and the deadline is near")],
            )


def settle(
    unknown: OutcomeUnknown, plan: Plan[T], settings: Settings, policy: Policy, writes: Writes
) -> Steps[T | None]:
    """Find out what became of a write that was raised as unknown, perhaps in an earlier process.

    :returns: its receipt when it happened, None when it did not. It is not sent again.
    :raises APIError: the exchange recorded that it failed.
    :raises OutcomeUnknown: it still cannot be told.
    """
    watch = Stopwatch(settings.clock)
    search = _Search(
        plan,
        replace(settings, deadline=Deadline(watch, policy.deadline_ms)),
        replace(policy, recv_window_ms=unknown.recv_window_ms),
        writes,
        watch,
        unknown.claimed,
        unknown.timestamp_ms,
    )
    return (yield from _settle(search, unknown))


def _send_once(
    call: Call[T],
    plan: Plan[T] | None,
    settings: Settings,
    policy: Policy,
    writes: Writes,
    watch: Stopwatch,
) -> Steps[T | Lost]:
    if plan is None:
        return (yield from send_write(call, settings))
    while (busy := writes.begin_sending(plan.identity)) is not None:
        left_ms = policy.deadline_ms - watch.elapsed_ms()
        if left_ms <= 0:
            raise TransportError(
                call.request.endpoint,
                [DomainFailure("this process", "an identical write was under way until the deadline")],
            )
        yield from _pause(Await(busy, left_ms))
    try:
        sent = yield from send_write(call, settings)
        if not isinstance(sent, Lost):
            writes.claim(plan.identity, plan.id_of(sent))
        return sent
    finally:
        writes.end_sending(plan.identity)


def _settle(search: _Search[T], unknown: OutcomeUnknown) -> Steps[T | None]:
    """The receipt of a lost write that happened, or None when it certainly did not."""
    pause_ms = _FIRST_PAUSE_MS
    try:
        while True:
            try:
                found = yield from _look_once(search, unknown.timestamp_ms)
                break
            except _LASTING:
                raise
            except (TransportError, ProtocolError, APIError) as error:
                if search.watch.elapsed_ms() + pause_ms > search.policy.deadline_ms:
                    raise _Unreadable(str(error)) from error
            yield from _pause(Sleep(pause_ms))
            pause_ms = min(2 * pause_ms, _LONGEST_PAUSE_MS)
    except (_Unreadable, APIError) as error:
        raise unknown.because(f"the records cannot be read: {error}") from error
    except Interrupted as interrupted:
        raise unknown.because("the caller cancelled before the records were read") from interrupted
    if found is None:
        return None
    if found.verdict is Verdict.FAILED:
        raise APIError.of(
            code=None,
            msg=f"the exchange recorded transfer {found.id} with status {found.status}",
            endpoint=unknown.endpoint,
            http_status=200,
        )
    if found.verdict is Verdict.OPEN:
        raise unknown.because(f"the exchange recorded transfer {found.id} with status {found.status}")
    return found.receipt


def _look_once(search: _Search[T], timestamp_ms: int) -> Steps[Row[T] | None]:
    """The record that accounts for the write, claimed; None when complete records have none."""
    server_ms = yield from _await_expiry(search, timestamp_ms)
    window_ms = search.policy.recv_window_ms
    # Both are bounds of the time at which the exchange can have accepted the request: the first by how
    # long ago it was sent, the second by what it was signed with. The earlier one holds in any case.
    since_ms = min(server_ms - search.watch.elapsed_ms(), timestamp_ms) - window_ms - _MARGIN_MS
    if search.earliest_ms is not None:
        since_ms = search.earliest_ms - window_ms - _MARGIN_MS
    identity, writes = search.plan.identity, search.writes
    began = False
    writes.want_reading(identity)
    try:
        while (busy := writes.begin_reading(identity)) is not None:
            left_ms = search.policy.deadline_ms - search.watch.elapsed_ms()
            if left_ms <= 0:
                raise _Unreadable("identical writes are still in flight at the deadline")
            yield from _pause(Await(busy, left_ms))
        began = True
        rows = yield from _matching_rows(search, max(since_ms, 0))
        claimed = writes.claimed(identity) | search.claimed_elsewhere
        free = [row for row in rows if row.id not in claimed]
        if not free:
            return None
        chosen = min(free, key=lambda row: (list(Verdict).index(row.verdict), len(row.id), row.id))
        writes.claim(identity, chosen.id)
        return chosen
    finally:
        writes.end_reading(identity, began=began)


def _await_expiry(search: _Search[T], timestamp_ms: int) -> Steps[int]:
    """Wait until the exchange can no longer accept the lost request; its clock's time then."""
    policy = search.policy
    last_ms = timestamp_ms + policy.recv_window_ms + policy.settle_ms
    while True:
        server_ms = yield from read(search.settings.server_time, search.settings)
        if server_ms > last_ms:
            return server_ms
        wait_ms = last_ms - server_ms + 1
        if search.watch.elapsed_ms() + wait_ms > policy.deadline_ms:
            raise _Unreadable(f"the exchange may accept the request for another {wait_ms} ms")
        yield from _pause(Sleep(wait_ms))


def _matching_rows(search: _Search[T], since_ms: int) -> Steps[list[Row[T]]]:
    """Every record that could be the write's, from every page to the last.

    Neither a total nor an order is trusted: the last page is an empty one. A full page that brings nothing
    new means that paging does not work, and then nothing can be concluded from what is missing.
    """
    seen: dict[str, Row[T]] = {}
    for number in range(_MOST_PAGES):
        rows = yield from read(search.plan.page(since_ms, number), search.settings)
        new = [row for row in rows if row.id not in seen]
        if not new:
            if len(rows) >= search.plan.page_size:
                raise _Unreadable("a page of the records came twice")
            break
        seen.update((row.id, row) for row in new)
    return [row for row in seen.values() if row.receipt is not None]


def _unknown(
    call: Call[T], plan: Plan[T] | None, policy: Policy, lost: Lost, writes: Writes
) -> OutcomeUnknown:
    return OutcomeUnknown(
        call.request.endpoint,
        call.request.parameters,
        lost.timestamp_ms,
        lost.failures,
        endpoint_id=None if plan is None else plan.endpoint_id,
        claimed=frozenset() if plan is None else writes.claimed(plan.identity),
        recv_window_ms=policy.recv_window_ms,
    )


def _pause(step: Sleep | Await) -> Steps[None]:
    if isinstance((yield step), Cancelled):
        raise Interrupted
