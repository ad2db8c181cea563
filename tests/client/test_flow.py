"""One call step by step, without a network: what is sent where, and what each outcome leads to."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
import pytest

from bingx_client import APIError, ProtocolError, TimestampRefused, TransportError
from bingx_client.errors import DomainFailure
from bingx_client.flow.attempts import Doubt, Lost, Settings, correct_clock, read, send_write
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import Clock, Deadline, Stopwatch
from bingx_client.flow.steps import Answered, Attempt, Failed, Outcome, Step, Steps
from bingx_client.wire.decode import Node
from bingx_client.wire.signing import HttpRequest, public_request, signed_request
from bingx_contracts import ENDPOINTS, ERRORS
from bingx_contracts.facts.requests import Write as EndpointWrite
from bingx_contracts.facts.requests import WriteKind

T = TypeVar("T")

COM, PRO = "https://com.test", "https://pro.test"
BOTH_DOMAINS = (COM, PRO)
START_MS = 1_700_000_000_000
TIMEOUT_MS = 10_000
GONE = Failed(delivered=True, reason="closed without an answer")
NEVER_SENT = Failed(delivered=False, reason="connection refused")
TOO_OLD = Answered(200, b'{"code":100421,"msg":"timestamp is off"}')
FOUND = Answered(200, b'{"code":0,"data":"found"}')


class Times:
    """A local and a monotonic clock that move only where a test says so."""

    def __init__(self) -> None:
        self.local_ms = START_MS
        self.monotonic_ms = 5000

    def pass_by(self, ms: int) -> None:
        self.local_ms += ms
        self.monotonic_ms += ms

    def clock(self) -> Clock:
        return Clock(lambda: self.local_ms, lambda: self.monotonic_ms)


def sign(call: Call[Any], timestamp_ms: int) -> HttpRequest:
    if call == TIME:
        return TIME_REQUEST
    return signed_request("GET", "/read", {"timestamp": timestamp_ms}, api_key="key", secret_key="secret")


def data_of(answer: Node) -> str:
    return answer.get("data").text()


CALL = Call("GET", "/read", {}, data_of)
TIME_REQUEST = public_request("GET", "/time")
TIME = Call("GET", "/time", {}, lambda answer: answer.get("data").integer())


def settings(times: Times) -> Settings:
    return Settings(BOTH_DOMAINS, times.clock(), TIMEOUT_MS, TIME, sign)


def attempt(base_url: str, timestamp_ms: int = START_MS, timeout_ms: int = TIMEOUT_MS) -> Attempt:
    return Attempt(base_url, sign(CALL, timestamp_ms), timeout_ms)


def ask_time(base_url: str) -> Attempt:
    return Attempt(base_url, TIME_REQUEST, TIMEOUT_MS)


def serving_time(now_ms: int) -> Answered:
    return Answered(200, f'{{"code":0,"data":{now_ms}}}'.encode())


def run(steps: Steps[T], outcomes: Iterable[Outcome]) -> tuple[list[Step], T]:
    """Every step of a call, each sent the next outcome, and the call's result."""
    taken: list[Step] = []
    step = next(steps)
    for outcome in outcomes:
        taken.append(step)
        try:
            step = steps.send(outcome)
        except StopIteration as end:
            return taken, end.value
    raise AssertionError(f"the call is not done; it waits for {step}")


# A read


@pytest.mark.clause("FALLBACK-1")
def test_a_read_that_is_answered_takes_one_attempt_at_the_primary() -> None:
    assert run(read(CALL, settings(Times())), [FOUND]) == ([attempt(COM)], "found")


@pytest.mark.clause("FALLBACK-2", "FALLBACK-7")
@pytest.mark.parametrize("failure", [GONE, NEVER_SENT])
def test_a_read_goes_on_to_the_fallback_signed_afresh(failure: Failed) -> None:
    times = Times()

    def outcomes() -> Iterator[Outcome]:
        times.pass_by(700)
        yield failure
        yield FOUND

    taken, found = run(read(CALL, settings(times)), outcomes())
    assert taken == [attempt(COM), attempt(PRO, START_MS + 700)]
    assert found == "found"


@pytest.mark.clause("FALLBACK-6")
def test_a_read_that_no_domain_answers_names_each_ones_failure_in_order() -> None:
    with pytest.raises(TransportError, match=r"^GET /read: no domain answered") as error:
        run(read(CALL, settings(Times())), [NEVER_SENT, GONE])
    assert error.value.failures == (
        DomainFailure(COM, "connection refused"),
        DomainFailure(PRO, "closed without an answer"),
    )


def test_a_read_that_is_interrupted_ends_with_that_and_goes_nowhere_else() -> None:
    steps = read(CALL, settings(Times()))
    next(steps)
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt())


def test_a_refused_read_names_its_endpoint_and_http_status() -> None:
    with pytest.raises(APIError, match=r"^GET /read: 100500 .*: later$") as error:
        run(read(CALL, settings(Times())), [Answered(503, b'{"code":100500,"msg":"later"}')])
    assert (error.value.endpoint, error.value.http_status) == ("GET /read", 503)


def test_a_read_that_cannot_be_understood_names_its_endpoint_and_http_status() -> None:
    with pytest.raises(ProtocolError) as error:
        run(read(CALL, settings(Times())), [Answered(502, b"<html>")])
    assert (error.value.endpoint, error.value.http_status) == ("GET /read", 502)


@pytest.mark.clause("TIME-7")
def test_a_read_refused_for_its_timestamp_measures_the_clock_and_is_sent_once_more() -> None:
    outcomes = [TOO_OLD, serving_time(START_MS + 60_000), FOUND]
    taken, found = run(read(CALL, settings(Times())), outcomes)
    assert taken == [attempt(COM), ask_time(COM), attempt(COM, START_MS + 60_000)]
    assert found == "found"


@pytest.mark.clause("TIME-7")
def test_a_read_refused_for_its_timestamp_twice_is_refused() -> None:
    with pytest.raises(TimestampRefused):
        run(read(CALL, settings(Times())), [TOO_OLD, serving_time(START_MS), TOO_OLD])


@pytest.mark.clause("TIME-7")
def test_a_read_refused_for_its_timestamp_stays_refused_where_no_domain_tells_the_time() -> None:
    with pytest.raises(TimestampRefused, match="timestamp is off"):
        run(read(CALL, settings(Times())), [TOO_OLD, GONE, GONE])


# The clock


REFUSAL = TimestampRefused(code=100421, msg="timestamp is off", endpoint="GET /read", http_status=200)


def test_the_exchanges_clock_is_taken_at_the_middle_of_the_round_trip() -> None:
    times = Times()
    how = settings(times)

    def outcomes() -> Iterator[Outcome]:
        times.pass_by(301)
        yield serving_time(START_MS + 10_000)

    taken, _ = run(correct_clock(how, REFUSAL), outcomes())
    assert taken == [ask_time(COM)]
    assert how.clock.offset_ms == 10_000 - 150
    assert how.clock.now_ms() == START_MS + 301 + 10_000 - 150


def test_waiting_for_a_dead_primary_is_no_part_of_the_round_trip() -> None:
    times = Times()
    how = settings(times)

    def outcomes() -> Iterator[Outcome]:
        times.pass_by(10_000)
        yield GONE
        times.pass_by(200)
        yield serving_time(START_MS + 10_100)

    taken, _ = run(correct_clock(how, REFUSAL), outcomes())
    assert taken == [ask_time(COM), ask_time(PRO)]
    assert how.clock.offset_ms == 0


def test_where_no_domain_tells_the_time_the_refusal_stands() -> None:
    how = settings(Times())
    with pytest.raises(TimestampRefused) as error:
        run(correct_clock(how, REFUSAL), [GONE, GONE])
    assert error.value is REFUSAL
    assert how.clock.offset_ms == 0


@pytest.mark.parametrize("answer", [Answered(200, b'{"code":100500}'), Answered(200, b"<html>"), TOO_OLD])
def test_where_the_time_cannot_be_read_the_refusal_stands_and_no_other_domain_is_asked(
    answer: Answered,
) -> None:
    with pytest.raises(TimestampRefused) as error:
        run(correct_clock(settings(Times()), REFUSAL), [answer])
    assert error.value is REFUSAL


@pytest.mark.parametrize(
    ("ahead_ms", "warnings"),
    [
        (1000, []),
        (-1000, []),
        (1001, ["this clock is 1001 ms behind the exchange's; set it"]),
        (-1001, ["this clock is 1001 ms ahead of the exchange's; set it"]),
    ],
)
def test_a_clock_that_is_off_by_more_than_a_second_is_worth_a_warning(
    caplog: pytest.LogCaptureFixture, ahead_ms: int, warnings: list[str]
) -> None:
    with caplog.at_level(logging.WARNING, "bingx_client"):
        run(correct_clock(settings(Times()), REFUSAL), [serving_time(START_MS + ahead_ms)])
    assert caplog.messages == warnings


@pytest.mark.parametrize(
    ("local_ms", "monotonic_ms", "elapsed_ms"),
    [(30, 30, 30), (30, 20, 30), (20, 30, 30), (-30, 20, 20), (0, 0, 0), (-30, -20, 0), (1, 0, 1)],
)
def test_a_stopwatch_shows_the_most_that_either_clock_saw_and_never_less_than_nothing(
    local_ms: int, monotonic_ms: int, elapsed_ms: int
) -> None:
    times = Times()
    watch = Stopwatch(times.clock())
    times.local_ms += local_ms
    times.monotonic_ms += monotonic_ms
    assert watch.elapsed_ms() == elapsed_ms


# A write


def send(
    times: Times, outcomes: Iterable[Outcome], doubt: Doubt | None = None
) -> tuple[list[Step], str | Lost]:
    """A write with 3 s to its deadline."""
    deadline = Deadline(Stopwatch(times.clock()), 3000)
    steps = send_write(CALL, replace(settings(times), deadline=deadline), doubt or Doubt())
    return run(steps, outcomes)


@pytest.mark.clause("FALLBACK-1")
def test_a_write_keeps_the_time_that_it_is_given() -> None:
    assert send(Times(), [FOUND]) == ([attempt(COM, timeout_ms=3000)], "found")


@pytest.mark.clause("FALLBACK-8")
def test_a_write_goes_on_to_the_fallback_only_where_nothing_was_delivered() -> None:
    times = Times()

    def outcomes() -> Iterator[Outcome]:
        times.pass_by(700)
        yield NEVER_SENT
        yield GONE

    taken, sent = send(times, outcomes())
    assert taken == [attempt(COM, timeout_ms=3000), attempt(PRO, START_MS + 700, 2300)]
    failures = (DomainFailure(COM, "connection refused"), DomainFailure(PRO, "closed without an answer"))
    assert sent == Lost(START_MS + 700, failures)


@pytest.mark.clause("FALLBACK-8")
def test_a_write_that_may_have_arrived_is_lost() -> None:
    taken, sent = send(Times(), [GONE])
    assert taken == [attempt(COM, timeout_ms=3000)]
    assert sent == Lost(START_MS, (DomainFailure(COM, "closed without an answer"),))


def in_doubt_when_interrupted(outcomes: Iterable[Outcome]) -> Lost | None:
    """What is left in doubt by a write whose last step, after these outcomes, is interrupted."""
    doubt = Doubt()
    steps = send_write(CALL, settings(Times()), doubt)
    next(steps)
    for outcome in outcomes:
        steps.send(outcome)
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt())
    return doubt.lost


@pytest.mark.clause("WRITE-9")
def test_a_write_that_is_interrupted_on_its_way_is_in_doubt() -> None:
    failure = DomainFailure(COM, "interrupted before its answer was read")
    assert in_doubt_when_interrupted([]) == Lost(START_MS, (failure,))


@pytest.mark.clause("WRITE-9")
def test_a_write_that_is_interrupted_on_its_way_to_the_fallback_is_in_doubt_there() -> None:
    failures = (
        DomainFailure(COM, "connection refused"),
        DomainFailure(PRO, "interrupted before its answer was read"),
    )
    assert in_doubt_when_interrupted([NEVER_SENT]) == Lost(START_MS, failures)


@pytest.mark.parametrize(
    ("outcomes", "error"),
    [([NEVER_SENT, NEVER_SENT], TransportError), ([Answered(200, b'{"code":100202}')], APIError)],
    ids=["never delivered", "refused"],
)
def test_a_write_that_did_not_happen_is_in_no_doubt(
    outcomes: Iterable[Outcome], error: type[Exception]
) -> None:
    doubt = Doubt()
    with pytest.raises(error):
        send(Times(), outcomes, doubt)
    assert doubt.lost is None


def test_a_write_stays_in_doubt_until_its_result_is_with_the_caller() -> None:
    doubt = Doubt()
    send(Times(), [FOUND], doubt)
    assert doubt.lost is not None


@pytest.mark.clause("FALLBACK-6", "FALLBACK-8")
def test_a_write_that_no_domain_was_sent_did_not_happen_and_names_each_ones_failure() -> None:
    with pytest.raises(TransportError, match=r"^GET /read: no domain answered") as error:
        send(Times(), [NEVER_SENT, NEVER_SENT])
    assert error.value.failures == (
        DomainFailure(COM, "connection refused"),
        DomainFailure(PRO, "connection refused"),
    )


DEFINITE = [code for code, error in ERRORS.items() if error.definite]
OPEN = [code for code, error in ERRORS.items() if not error.definite]


def test_the_codes_that_rule_a_write_out_are_the_documented_ones() -> None:
    assert sorted(DEFINITE) == [
        80013,
        80014,
        80016,
        80017,
        80018,
        100001,
        100004,
        100202,
        100400,
        100403,
        100404,
        100410,
        100412,
        100413,
        100419,
        100421,
        100437,
        100440,
        100441,
        100450,
        100490,
        101204,
        101205,
        101209,
        101211,
        101214,
        101215,
        101290,
        101400,
        101402,
        101414,
        101415,
        101419,
        101460,
        101461,
        101479,
        104103,
        104108,
        109400,
        109401,
        109417,
        109418,
        109420,
        109421,
        109422,
        109425,
        109430,
        110206,
        110284,
        110406,
        110407,
        110411,
        110412,
        110413,
        110414,
        110415,
        110418,
        110419,
        110420,
        110425,
    ]


@pytest.mark.clause("WRITE-2")
@pytest.mark.parametrize(
    "body",
    [*(f'{{"code":{code}}}' for code in DEFINITE), '{"transferErrorMsg":"Insufficient assets"}'],
)
def test_an_answer_that_rules_a_write_out_is_raised(body: str) -> None:
    with pytest.raises(APIError) as error:
        send(Times(), [Answered(200, body.encode())])
    assert (error.value.endpoint, error.value.http_status) == ("GET /read", 200)


@pytest.mark.clause("WRITE-2")
@pytest.mark.parametrize(
    ("kind", "code"), [("batch", 100410), ("cancel", 100404)], ids=["some of a batch", "cancelled just now"]
)
def test_what_rules_a_write_out_depends_on_its_kind(
    monkeypatch: pytest.MonkeyPatch, kind: WriteKind, code: int
) -> None:
    transfer = ENDPOINTS["spot_account.transfer"]
    other = msgspec.structs.replace(transfer, id="other", write=EndpointWrite(kind=kind))
    monkeypatch.setitem(ENDPOINTS, "other", other)

    def refused(endpoint_id: str) -> str | Lost:
        steps = send_write(replace(CALL, endpoint_id=endpoint_id), settings(Times()), Doubt())
        return run(steps, [Answered(200, f'{{"code":{code}}}'.encode())])[1]

    assert isinstance(refused("other"), Lost)
    with pytest.raises(APIError):
        refused("spot_account.transfer")


@pytest.mark.clause("WRITE-2")
@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        *((200, f'{{"code":{code}}}', f"GET /read: {code} ({ERRORS[code].meaning}): ") for code in OPEN),
        (200, '{"code":123456,"msg":"new"}', "GET /read: 123456: new"),
        (502, "", "GET /read: unexpected answer (HTTP 502): the body is empty"),
        (
            200,
            '{"code":0}',
            "GET /read: unexpected answer (HTTP 200): $.data should be text, and is nothing",
        ),
    ],
)
def test_any_other_answer_leaves_a_write_lost_and_is_remembered(status: int, body: str, reason: str) -> None:
    taken, sent = send(Times(), [Answered(status, body.encode())])
    assert taken == [attempt(COM, timeout_ms=3000)]
    assert sent == Lost(START_MS, (DomainFailure(COM, reason),))
