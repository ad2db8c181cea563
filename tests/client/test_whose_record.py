"""Whose a record is, over made-up histories of identical lost writes: by counting alone, without sockets."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import example, given
from hypothesis import strategies as st

from bingx_client.errors import Claimant, OutcomeUnknown
from bingx_client.flow.attempts import Settings
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import Clock
from bingx_client.flow.plan import Plan, Policy, Row, Verdict
from bingx_client.flow.reconcile import settle
from bingx_client.flow.steps import Answered
from bingx_client.flow.writes import Writes
from bingx_client.wire.signing import public_request

START_MS = 1_700_000_000_000
POLICY = Policy(reconcile=True, deadline_ms=60_000, settle_ms=1000, recv_window_ms=5000)
REQUEST = public_request("GET", "/read")


@dataclass(frozen=True)
class Lost:
    """A write that was lost.

    :param after_ms: how long after the one before it was sent.
    :param under_way_ms: how long the exchange took to accept it; None where it never did.
    """

    after_ms: int
    under_way_ms: int | None


def history(writes: Sequence[Lost], behind_ms: int) -> tuple[list[OutcomeUnknown], list[Row[str]], int]:
    """The unknown outcomes, the exchange's records, and the time at which nothing more can come."""
    unknown, rows, now_ms = [], [], START_MS
    for number, write in enumerate(writes):
        now_ms += write.after_ms
        signed_ms = now_ms - behind_ms
        error = OutcomeUnknown("POST /write", {}, signed_ms, [])
        error.claimant = Claimant(str(number), *POLICY.span(signed_ms))
        unknown.append(error)
        if write.under_way_ms is not None:
            at_ms = now_ms + min(write.under_way_ms, POLICY.recv_window_ms - behind_ms)
            rows.append(Row(frozenset({f"{at_ms}{number:03}"}), f"{number}", Verdict.HAPPENED, "made", at_ms))
    return unknown, rows, now_ms + 60_000


def asked(unknown: OutcomeUnknown, rows: Sequence[Row[str]], now_ms: int, writes: Writes) -> str | None:
    """What the exchange's records are found to say."""
    plan: Plan[str] = Plan(
        "identity",
        ids_of=lambda receipt: frozenset({receipt}),
        page=lambda since_ms, number: Call("GET", "/read", {}, lambda answer: [] if number else list(rows)),
        page_size=1000,
    )
    clock = Clock(lambda: now_ms, lambda: now_ms)
    settings = Settings(
        ("https://com.test",),
        clock,
        1000,
        server_time=Call("GET", "/read", {}, lambda answer: now_ms),
        sign=lambda call, timestamp_ms: REQUEST,
    )
    steps = settle(unknown, plan, settings, POLICY, writes)
    try:
        next(steps)
        while True:
            steps.send(Answered(200, b'{"code":0}'))
    except StopIteration as finished:
        result: str | None = finished.value
        return result


lost_writes = st.builds(
    Lost, st.integers(0, 9000), st.none() | st.integers(0, POLICY.recv_window_ms) | st.just(0)
)


@given(st.lists(lost_writes, min_size=1, max_size=7), st.integers(0, 4000), st.randoms(use_true_random=False))
@example([Lost(0, 4000), Lost(6000, 0)], 1000, random.Random(1))
@example([Lost(0, 0), Lost(8000, 0), Lost(7000, 0)], 3000, random.Random(2))
def test_as_many_are_found_as_there_are_records_each_by_its_own_and_always_the_same(
    writes: Sequence[Lost], behind_ms: int, order: random.Random
) -> None:
    unknown, rows, now_ms = history(writes, behind_ms)
    numbers, registry = list(range(len(writes))), Writes()
    order.shuffle(numbers)
    first = {number: asked(unknown[number], rows, now_ms, registry) for number in numbers}
    found = [answer for answer in first.values() if answer is not None]
    assert len(found) == len(set(found)) == len(rows)
    order.shuffle(numbers)
    assert {number: asked(unknown[number], rows, now_ms, registry) for number in numbers} == first


@given(lost_writes, st.integers(0, 4000))
def test_a_process_that_knows_nothing_gives_the_same_answer(write: Lost, behind_ms: int) -> None:
    (unknown,), rows, now_ms = history([write], behind_ms)
    later = Row(frozenset({"sent again"}), "sent again", Verdict.HAPPENED, "made", now_ms - 1)
    here, elsewhere = (asked(unknown, seen, now_ms, Writes()) for seen in (rows, [*rows, later]))
    assert here == elsewhere
    assert (here is not None) is (write.under_way_ms is not None)
