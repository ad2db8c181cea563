"""What becomes of a write that is lost, step by step, in the call that sent it; and of interruptions."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from client.lost_writes import (
    COM,
    CUT,
    DEADLINE_MS,
    DONE,
    EXPIRED_MS,
    START_MS,
    TIMEOUT_MS,
    WINDOW_MS,
    Exchange,
    ask,
    asking,
    call,
    lost,
    policy,
    record,
)

from bingx_client import APIError, Limiter, OutcomeUnknown, TimestampRefused, TransportError
from bingx_client.errors import Claimant, DomainFailure
from bingx_client.flow.attempts import Pacing
from bingx_client.flow.plan import MARGIN_MS, Verdict
from bingx_client.flow.reconcile import write
from bingx_client.flow.steps import Answered, Attempt, Await, Steps
from bingx_client.flow.writes import Fate
from bingx_client.wire.signing import public_request


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


LATE = Answered(200, b'{"code":100421,"msg":"timestamp"}')
TOO_MANY = Answered(200, b'{"code":100410,"msg":"too many"}')


def test_a_refusal_for_the_clock_sets_it_right_and_sends_once_more(exchange: Exchange) -> None:
    exchange.ahead_ms = 7000
    settings = exchange.settings()
    refusals = [LATE]
    exchange.answers = lambda attempt: (
        refusals.pop() if refusals and attempt.request.path == "/write" else DONE
    )
    steps: Steps[str] = write(SENT, exchange.plan(), settings, policy(), exchange.writes, lambda: "this")
    assert exchange.carry_through(steps) == "answered"
    assert attempts(exchange) == ["/write", "/time", "/write"]
    assert settings.clock.offset_ms == 7000


def test_a_second_refusal_for_the_clock_is_raised(exchange: Exchange) -> None:
    exchange.answers = lambda attempt: LATE if attempt.request.path == "/write" else DONE
    with pytest.raises(TimestampRefused):
        exchange.carry_through(sending(exchange))
    assert attempts(exchange) == ["/write", "/time", "/write"]


def test_a_refusal_for_the_clock_is_raised_where_the_exchange_s_cannot_be_read(exchange: Exchange) -> None:
    exchange.answers = lambda attempt: LATE if attempt.request.path == "/write" else CUT
    with pytest.raises(TimestampRefused, match="timestamp"):
        exchange.carry_through(sending(exchange))


def test_what_was_one_too_many_is_sent_again_after_a_pause(exchange: Exchange) -> None:
    refusals = [TOO_MANY]
    exchange.answers = lambda attempt: refusals.pop() if refusals else DONE
    pacing = Pacing(Limiter(lambda: exchange.now_ms), "key", lambda most_ms: most_ms, DEADLINE_MS)
    settings = replace(exchange.settings(), pacing=pacing)
    steps: Steps[str] = write(SENT, exchange.plan(), settings, policy(), exchange.writes, lambda: "this")
    assert exchange.carry_through(steps) == "answered"
    assert attempts(exchange) == ["/write", "/write"]
    assert exchange.pauses == [100]


def test_each_of_two_identical_writes_under_way_is_waited_for(exchange: Exchange) -> None:
    first, second = sending(exchange), sending(exchange)
    next(first)
    next(second)
    exchange.writes.want_reading("identity", "reader")
    assert exchange.carry_through(first, DONE) == "answered"
    assert exchange.writes.begin_reading("identity", "reader") is not None
    assert exchange.carry_through(second, DONE) == "answered"
    assert exchange.writes.begin_reading("identity", "reader") is None


def test_two_that_were_lost_at_a_time_read_the_records_one_after_the_other(exchange: Exchange) -> None:
    first, second = sending(exchange), sending(exchange)
    next(first)
    next(second)
    for steps in (first, second):
        assert isinstance(steps.send(CUT), Attempt)  # the exchange's time
    exchange.now_ms += EXPIRED_MS + 1
    assert first.send(DONE) == Attempt(COM, public_request("GET", "/records"), TIMEOUT_MS)
    step = second.send(DONE)
    assert isinstance(step, Await)
    assert not step.future.done()
    for steps in (first, second):
        steps.close()


def test_a_record_of_its_failure_is_a_refusal_and_no_unknown_outcome(exchange: Exchange) -> None:
    exchange.pages = [[record("1", verdict=Verdict.FAILED)]]
    exchange.answers = lambda attempt: CUT if attempt.request.path == "/write" else DONE
    with pytest.raises(APIError, match="the exchange recorded it as 1 with status 4"):
        exchange.carry_through(sending(exchange))


def test_a_write_waits_for_an_identical_one_that_is_looked_for_until_its_deadline(exchange: Exchange) -> None:
    exchange.writes.want_reading("identity", "reader")
    steps = sending(exchange, deadline_ms=4000)
    step = next(steps)
    assert isinstance(step, Await)
    assert step.timeout_ms == 4000
    exchange.writes.end("identity", "reader")
    exchange.writes.want_reading("identity", "another reader")
    exchange.now_ms += 3999
    step = steps.send(None)
    assert isinstance(step, Await)
    assert step.timeout_ms == 1
    exchange.now_ms += 1
    with pytest.raises(TransportError) as refused:
        steps.send(None)
    said = DomainFailure("this process", "an identical write was under way until the deadline")
    assert (refused.value.endpoint, refused.value.failures) == ("GET /write", (said,))


def test_no_attempt_at_it_takes_longer_than_its_deadline(exchange: Exchange) -> None:
    step = next(sending(exchange, deadline_ms=4000))
    assert isinstance(step, Attempt)
    assert step.timeout_ms == 4000


@pytest.mark.parametrize(("deadline_ms", "sends"), [(19_000, 1), (19_001, 2)])
def test_the_time_to_settle_it_again_is_what_that_takes_at_least(
    exchange: Exchange, deadline_ms: int, sends: int
) -> None:
    # The exchange's clock is 3 s ahead, so that settling took 3001 ms this time, and may take 6 s the next.
    exchange.ahead_ms = 3000
    exchange.answers = lambda attempt: CUT if attempt.request.path == "/write" else DONE
    with pytest.raises(TransportError) as refused:
        exchange.carry_through(sending(exchange, deadline_ms=deadline_ms))
    assert attempts(exchange).count("/write") == sends
    assert refused.value.endpoint == "GET /write"


def test_an_interrupted_write_that_nobody_knows_how_to_settle_is_unknown_too(exchange: Exchange) -> None:
    steps: Steps[str] = write(SENT, None, exchange.settings(), policy(), exchange.writes, lambda: "this")
    next(steps)
    with pytest.raises(OutcomeUnknown, match="TimeLimit"):
        steps.throw(TimeLimit())


def test_an_answered_write_claims_its_record(exchange: Exchange) -> None:
    assert exchange.carry_through(sending(exchange)) == "answered"
    assert exchange.writes.claimed_by_others("identity", "another") == {"answered"}
    assert exchange.writes.claimed_by_others("identity", "sending 1") == frozenset()


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


@pytest.mark.parametrize(
    ("deadline_ms", "sends"), [(22_001, 1), (22_002, 2), (28_002, 2), (28_003, 3), (34_003, 3), (34_004, 4)]
)
def test_it_is_sent_again_where_the_deadline_leaves_time_to_settle_that_too(
    exchange: Exchange, deadline_ms: int, sends: int
) -> None:
    # Settling takes 6001 ms each time; a sending may take 10 s, and settling it as long again.
    exchange.answers = lambda attempt: CUT if attempt.request.path == "/write" else DONE
    with pytest.raises(TransportError):
        exchange.carry_through(sending(exchange, deadline_ms=deadline_ms))
    assert attempts(exchange).count("/write") == sends
