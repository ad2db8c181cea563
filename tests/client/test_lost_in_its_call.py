"""What becomes of a write that is lost, step by step, in the call that sent it; and of interruptions."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from client.lost_writes import (
    COM,
    CUT,
    DONE,
    EXPIRED_MS,
    START_MS,
    WINDOW_MS,
    Exchange,
    ask,
    asking,
    call,
    lost,
    policy,
    record,
)

from bingx_client import OutcomeUnknown, TransportError
from bingx_client.errors import Claimant, DomainFailure
from bingx_client.flow.plan import MARGIN_MS
from bingx_client.flow.reconcile import write
from bingx_client.flow.steps import Attempt, Steps
from bingx_client.flow.writes import Fate


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


# Interruptions


class TimeLimit(BaseException):
    """A task queue's."""


def test_an_interruption_leaves_it_unknown_names_what_it_was_and_holds_up_nobody(exchange: Exchange) -> None:
    exchange.now_ms += EXPIRED_MS + 1
    steps = asking(exchange, lost())
    next(steps)
    steps.send(DONE)  # it reads now
    with pytest.raises(OutcomeUnknown, match=r"interrupted before they were read \(TimeLimit\)") as unknown:
        steps.throw(TimeLimit())
    assert isinstance(unknown.value.__cause__, TimeLimit)
    assert exchange.writes.begin_sending("identity", "another") is None


# In the call that lost it


SENT = call("/write", lambda answer: "answered")


def sending(exchange: Exchange, **options: Any) -> Steps[str]:
    """A write whose sendings are called "sending 1", "sending 2" and so on."""
    numbers = itertools.count(1)
    return write(
        SENT,
        exchange.plan(),
        exchange.settings(),
        policy(**options),
        exchange.writes,
        lambda: f"sending {next(numbers)}",
    )


def attempts(exchange: Exchange) -> list[str]:
    return [step.request.path for step in exchange.steps if isinstance(step, Attempt)]


def test_a_clock_that_was_set_right_since_it_was_sent_does_not_hide_the_record(exchange: Exchange) -> None:
    exchange.client_ahead_ms = 20_000
    exchange.pages = [[record("1")]]
    steps = sending(exchange)
    next(steps)
    exchange.client_ahead_ms = 0
    exchange.now_ms += 300
    assert exchange.carry_through(steps, CUT) == "1"
    assert exchange.asked[0] == (START_MS - WINDOW_MS - MARGIN_MS, 0)


def test_a_second_sending_is_looked_for_from_its_own_time_on(exchange: Exchange) -> None:
    exchange.client_ahead_ms = 10_000
    steps = sending(exchange)
    next(steps)
    exchange.answers = lambda attempt: CUT if attempt.request.path == "/write" else DONE
    with pytest.raises(TransportError, match="records: nothing happened, and the deadline is near"):
        exchange.carry_through(steps, CUT)
    first, second, *_ = (since_ms for since_ms, _ in exchange.asked)
    assert first == START_MS - WINDOW_MS - MARGIN_MS
    assert second == START_MS + 16_001 - WINDOW_MS - MARGIN_MS


def test_each_sending_is_another_claimant(exchange: Exchange) -> None:
    steps = sending(exchange)
    next(steps)
    exchange.answers = lambda attempt: DONE
    assert exchange.carry_through(steps, CUT) == "answered"
    assert exchange.writes.fate("identity", "sending 1", "key") == Fate(None)
    assert exchange.writes.claimed_by_others("identity", "sending 1") == {"answered"}
    assert exchange.writes.claimed_by_others("identity", "sending 2") == frozenset()


def test_where_nothing_is_to_be_settled_it_says_at_once_all_that_is_known(exchange: Exchange) -> None:
    exchange.pages = [[record("7")]]
    assert ask(exchange, lost("another")) == "7"
    exchange.writes.claim("identity", ["8"], "answered")
    exchange.answers = lambda attempt: CUT
    exchange.steps.clear()
    at_ms = exchange.now_ms
    with pytest.raises(OutcomeUnknown) as unknown:
        exchange.carry_through(sending(exchange, reconcile=False, recv_window_ms=3000))
    error = unknown.value
    assert attempts(exchange) == ["/write"]
    assert (error.endpoint, error.sent, error.timestamp_ms) == ("GET /write", {"asset": "USDT"}, at_ms)
    assert (error.endpoint_id, error.recv_window_ms) == ("transfer", 3000)
    assert error.claimant == Claimant("sending 1", *policy(recv_window_ms=3000).span(at_ms))
    assert (error.claimed, error.inferred) == (frozenset({"7", "8"}), frozenset({"7"}))
    assert error.failures == (DomainFailure(COM, "the connection was cut"),)


def test_an_answered_write_that_was_then_interrupted_does_not_claim_its_record_from_itself(
    exchange: Exchange,
) -> None:
    exchange.writes.claim("identity", ["7"], "sending 1")
    exchange.answers = lambda attempt: CUT
    with pytest.raises(OutcomeUnknown) as unknown:
        exchange.carry_through(sending(exchange, reconcile=False))
    assert unknown.value.claimed == frozenset()


def test_a_write_that_nobody_knows_how_to_settle_is_unknown_at_once(exchange: Exchange) -> None:
    sent = replace(SENT, endpoint_id=None)
    steps: Steps[str] = write(sent, None, exchange.settings(), policy(), exchange.writes, lambda: "this")
    exchange.answers = lambda attempt: CUT
    with pytest.raises(OutcomeUnknown) as unknown:
        exchange.carry_through(steps)
    assert attempts(exchange) == ["/write"]
    assert (unknown.value.endpoint_id, unknown.value.claimant) == (None, None)


@pytest.mark.parametrize("after", ["sending", "losing it"])
def test_an_interrupted_write_says_so_and_holds_up_nobody(exchange: Exchange, after: str) -> None:
    steps = sending(exchange)
    next(steps)
    if after == "losing it":
        steps.send(CUT)
    with pytest.raises(OutcomeUnknown, match=r"interrupted before they were read \(TimeLimit\)") as unknown:
        steps.throw(TimeLimit())
    assert isinstance(unknown.value.__cause__, TimeLimit)
    assert unknown.value.claimant == Claimant("sending 1", *policy().span(START_MS))
    exchange.writes.want_reading("identity", "another")
    assert exchange.writes.begin_reading("identity", "another") is None


@pytest.mark.parametrize(("deadline_ms", "sends"), [(22_002, 2), (22_001, 1)])
def test_it_is_sent_again_where_the_deadline_leaves_time_to_settle_that_too(
    exchange: Exchange, deadline_ms: int, sends: int
) -> None:
    # Settling took 6001 ms; a sending may take 10 s, and settling it as long again.
    exchange.answers = lambda attempt: CUT if attempt.request.path == "/write" else DONE
    with pytest.raises(TransportError):
        exchange.carry_through(sending(exchange, deadline_ms=deadline_ms))
    assert attempts(exchange).count("/write") == sends
