"""Writes that happen at most once: sending, and settling what was lost. Without I/O.

A transfer has no idempotency key. When the answer to one is lost, this is done instead of guessing:

1. Wait until the *exchange's* clock has passed ``timestamp + recvWindow + settle_ms``. From then on the lost
   request can no longer be accepted, and one that was accepted shows in the records.
2. Read the records, every page to the last, while no identical write of this process is in flight.
3. A record of that time that matches and that accounts for no other write settles it: it is never sent
   again. None in a complete answer proves that nothing happened: send again, signed afresh.
4. Records that cannot be read until the deadline leave the outcome unknown, and the caller is told so. So
   does a record that is still pending, and whatever interrupts the call while the write is in doubt.

What this cannot tell:

- an identical transfer that another process made in the same window;
- an exchange that applies a request later than ``settle_ms``;
- a record that is shown only after an identical lost write was asked about, though stamped with the earlier
  time of acceptance: it was missing when records were counted, and one of the two writes may be told that it
  did not happen;
- a write signed by a clock that was ahead, on an exchange that minds only clocks that are behind, when a
  pickle of it is asked about where the clock is right: its record is then older than the timestamp says, by
  as much as nobody knows any more, and looks like absence. Who asks in the call itself, or with the clock
  that signed it, is told the truth.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bingx_client.errors import (
    APIError,
    BingXError,
    Claimant,
    DomainFailure,
    OutcomeUnknown,
    RateLimited,
    TimestampRefused,
    TransportError,
)
from bingx_client.flow.attempts import Backoff, Doubt, Lost, Settings, correct_clock, send_write
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import Deadline, Stopwatch
from bingx_client.flow.plan import Plan, Policy
from bingx_client.flow.settling import Search, find, inferred, still_unknown
from bingx_client.flow.steps import Await, Sleep, Steps
from bingx_client.flow.writes import Writes

T = TypeVar("T")


@dataclass(slots=True)
class _Doubt(Doubt):
    """What is in doubt of one sending of a write.

    :param name: of the write as a claimant.
    """

    name: str = field(kw_only=True)


def write(
    call: Call[T],
    plan: Plan[T] | None,
    settings: Settings,
    policy: Policy,
    writes: Writes,
    new_name: Callable[[], str],
) -> Steps[T]:
    """Carry out a write, at most once.

    :param plan: how to settle it; without one a lost write is raised as unknown at once.
    :param new_name: gives each sending a name that no other has, in this process or any other.
    :raises APIError: the exchange refused, and nothing happened.
    :raises TransportError: nothing happened, and no domain could be made to take the request in time.
    :raises OutcomeUnknown: it may or may not have happened. Where something interrupted the call, such as
        Ctrl-C, a cancellation, a time limit or an error out of ``sleep``, chained to that.
    """
    doubt, ticket = _Doubt(name=new_name()), object()
    try:
        return (yield from _carry_out(call, plan, settings, policy, writes, new_name, doubt, ticket))
    except (OutcomeUnknown, GeneratorExit):
        raise
    except BaseException as interruption:
        if plan is not None:
            writes.end(plan.identity, ticket)
        if doubt.lost is None:
            raise
        unknown = _unknown(call, plan, policy, doubt, doubt.lost, writes)
        raise unknown.because(_interrupted(interruption)) from interruption


def settle(
    unknown: OutcomeUnknown, plan: Plan[T], settings: Settings, policy: Policy, writes: Writes
) -> Steps[T | None]:
    """Find out what became of a write that was raised as unknown, perhaps in an earlier process.

    :returns: its receipt when it happened, None when it did not. It is not sent again.
    :raises APIError: the exchange recorded that it failed.
    :raises OutcomeUnknown: it still cannot be told, or something interrupted the call.
    """
    watch = Stopwatch(settings.clock)
    policy = replace(policy, recv_window_ms=unknown.recv_window_ms)
    search = Search(
        unknown,
        unknown.claimant or _nameless(unknown, policy),
        plan,
        replace(settings, deadline=Deadline(watch, policy.deadline_ms)),
        policy,
        writes,
        watch,
        object(),
        sent_ms=None,
    )
    try:
        return (yield from find(search))
    except (BingXError, GeneratorExit):
        raise
    except BaseException as interruption:
        writes.end(plan.identity, search.ticket)
        raise still_unknown(search, _interrupted(interruption)) from interruption


def _carry_out(
    call: Call[T],
    plan: Plan[T] | None,
    settings: Settings,
    policy: Policy,
    writes: Writes,
    new_name: Callable[[], str],
    doubt: _Doubt,
    ticket: object,
) -> Steps[T]:
    watch = Stopwatch(settings.clock)
    deadline = Deadline(watch, policy.deadline_ms)
    settings = replace(settings, deadline=deadline)
    backoff = Backoff(settings.pacing, watch, policy.deadline_ms)
    corrected = False
    began_ms = 0
    while True:
        try:
            sent = yield from _send_once(call, plan, settings, deadline, writes, doubt, ticket)
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
            yield from settings.let(Sleep(pause_ms))
            continue
        if not isinstance(sent, Lost):
            return sent
        unknown = _unknown(call, plan, policy, doubt, sent, writes)
        if plan is None or unknown.claimant is None or not policy.reconcile:
            raise unknown
        search = Search(unknown, unknown.claimant, plan, settings, policy, writes, watch, ticket, began_ms)
        try:
            settled = yield from find(search)
        except APIError:
            doubt.lost = None
            raise
        if settled is not None:
            return settled
        doubt.lost, doubt.name = None, new_name()  # that sending certainly did not happen; another may come
        # Another sending has to leave the time to settle it, or it would end unknown for want of time: what
        # settling takes at least, and as long as it took now, should a domain's silence have made it longer.
        took_ms, began_ms = watch.elapsed_ms() - began_ms, watch.elapsed_ms()
        settling_ms = settings.timeout_ms + max(policy.recv_window_ms + policy.settle_ms, took_ms)
        if began_ms + settling_ms > policy.deadline_ms:
            raise TransportError(
                call.endpoint,
                [*sent.failures, DomainFailure("records", "nothing happened, and the deadline is near")],
            )


def _send_once(
    call: Call[T],
    plan: Plan[T] | None,
    settings: Settings,
    deadline: Deadline,
    writes: Writes,
    doubt: _Doubt,
    ticket: object,
) -> Steps[T | Lost]:
    if plan is None:
        return (yield from send_write(call, settings, doubt))
    try:
        while (busy := writes.begin_sending(plan.identity, ticket)) is not None:
            left_ms = deadline.left_ms()
            if left_ms == 0:
                raise TransportError(
                    call.endpoint,
                    [DomainFailure("this process", "an identical write was under way until the deadline")],
                )
            yield from settings.let(Await(busy, left_ms))
        sent = yield from send_write(call, settings, doubt)
        if not isinstance(sent, Lost):
            writes.claim(plan.identity, plan.ids_of(sent), doubt.name)
        return sent
    finally:
        writes.end(plan.identity, ticket)


def _unknown(
    call: Call[T], plan: Plan[T] | None, policy: Policy, doubt: _Doubt, lost: Lost, writes: Writes
) -> OutcomeUnknown:
    unknown = OutcomeUnknown(
        call.endpoint,
        call.parameters,
        lost.timestamp_ms,
        lost.failures,
        endpoint_id=call.endpoint_id,
        recv_window_ms=policy.recv_window_ms,
    )
    if plan is not None:
        unknown.claimant = Claimant(doubt.name, *policy.span(lost.timestamp_ms))
        unknown.claimed = writes.claimed_by_others(plan.identity, doubt.name)
        unknown.inferred = inferred(writes, plan.identity)
    return unknown


def _nameless(unknown: OutcomeUnknown, policy: Policy) -> Claimant:
    """Who claims for a write that version 0.1.0 pickled: named by all that is known of it."""
    known = (unknown.endpoint, sorted(unknown.sent.items()), unknown.timestamp_ms, sorted(unknown.claimed))
    return Claimant(hashlib.sha256(repr(known).encode()).hexdigest(), *policy.span(unknown.timestamp_ms))


def _interrupted(error: BaseException) -> str:
    return f"the call was interrupted before they were read ({type(error).__name__})"
