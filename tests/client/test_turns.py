"""A call of a client with a limiter, step by step: for whom it waits, how long, what the log says of it."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from bingx_client import BingXError, Limiter, RateLimited, TransportError
from bingx_client.flow.attempts import Doubt, Pacing, Settings, read, send_write
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import Clock
from bingx_client.flow.plan import Plan, Policy, Row
from bingx_client.flow.reconcile import write as carry_out
from bingx_client.flow.steps import Answered, Attempt, Await, Failed, Sleep, Step, Steps
from bingx_client.flow.writes import Writes
from bingx_client.wire.decode import Node
from bingx_client.wire.signing import public_request

LIVE, SIMULATED = ("https://live.test",), ("https://simulated.test",)
TIMEOUT_MS, DEADLINE_MS = 10_000, 60_000
PATH = "/openApi/fund/v1/account/balance"
"""Two a second, for a key and for an address."""

FOUND = Answered(200, b'{"code":0,"data":"found"}')
TOO_MANY = Answered(200, b'{"code":100410,"msg":"too many"}')


class Time:
    """A clock that moves only where a test says so."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def now_ms(self) -> int:
        return self.ms


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def limiter(time: Time) -> Limiter:
    return Limiter(time.now_ms)


REQUEST = public_request("GET", "/fund")


def data_of(answer: Node) -> str:
    return answer.get("data").text()


CALL = Call("GET", PATH, {}, data_of)


TIME = Call("GET", PATH, {}, lambda answer: answer.get("data").integer())
ROWS: Call[Sequence[Row[str]]] = Call("GET", PATH, {}, lambda answer: ())


def settings(
    time: Time, limiter: Limiter, key: str = "a", urls: tuple[str, ...] = LIVE, deadline_ms: int = DEADLINE_MS
) -> Settings:
    pacing = Pacing(limiter, key, jitter=lambda most_ms: most_ms, deadline_ms=deadline_ms)
    return Settings(
        urls,
        Clock(time.now_ms, time.now_ms),
        TIMEOUT_MS,
        server_time=TIME,
        sign=lambda call, timestamp_ms: REQUEST,
        pacing=pacing,
    )


class Begin:
    """Begins reads of one exchange, and takes back those that are not done when the test ends."""

    def __init__(self, time: Time, limiter: Limiter) -> None:
        self._time, self._limiter = time, limiter
        self.calls: list[Steps[str]] = []

    def __call__(self, **options: Any) -> tuple[Steps[str], Step]:
        """A read, and its first step."""
        steps = read(CALL, settings(self._time, self._limiter, **options))
        self.calls.append(steps)
        return steps, next(steps)


@pytest.fixture
def begin(time: Time, limiter: Limiter) -> Iterator[Begin]:
    beginning = Begin(time, limiter)
    yield beginning
    for steps in beginning.calls:
        steps.close()


def end(steps: Steps[Any], outcome: Any) -> Any:
    """The result of a call whose last step has this outcome."""
    with pytest.raises(StopIteration) as stop:
        steps.send(outcome)
    return stop.value.value


def answered(begin: Begin, count: int, **options: Any) -> None:
    """Reads that were sent and answered."""
    for _ in range(count):
        steps, _ = begin(**options)
        end(steps, FOUND)


ATTEMPT = Attempt(LIVE[0], REQUEST, TIMEOUT_MS)


def test_a_call_waits_for_those_before_it_to_be_answered_and_then_a_second(time: Time, begin: Begin) -> None:
    first, _ = begin()
    begin()
    third, step = begin()
    assert isinstance(step, Await)
    assert step.timeout_ms == TIMEOUT_MS
    assert not step.future.done()
    time.ms += 300
    end(first, FOUND)
    assert step.future.done()
    time.ms += 200
    assert third.send(None) == Sleep(801)
    assert third.send(None) == ATTEMPT
    assert end(third, FOUND) == "found"


@pytest.mark.parametrize(("passed_ms", "first"), [(400, Sleep(601)), (1000, Sleep(1)), (1001, ATTEMPT)])
def test_a_call_waits_a_second_after_the_answers_that_came(
    time: Time, begin: Begin, passed_ms: int, first: Step
) -> None:
    answered(begin, 2)
    time.ms += passed_ms
    _, step = begin()
    assert step == first


@pytest.mark.parametrize(
    ("key", "urls", "waits"),
    [("a", LIVE, True), ("b", LIVE, True), ("a", SIMULATED, True), ("b", SIMULATED, False)],
)
def test_what_counts_is_the_key_anywhere_and_anybody_at_one_exchange(
    begin: Begin, key: str, urls: tuple[str, ...], waits: bool
) -> None:
    answered(begin, 2, key="a", urls=LIVE)
    _, step = begin(key=key, urls=urls)
    assert isinstance(step, Sleep) is waits


def test_a_read_that_finds_the_exchange_busy_pauses_before_its_next_turn(begin: Begin) -> None:
    steps, _ = begin()
    assert steps.send(TOO_MANY) == Sleep(100)
    assert steps.send(None) == ATTEMPT


@pytest.mark.parametrize(("deadline_ms", "pauses"), [(99, False), (100, True)])
def test_a_pause_may_end_with_the_deadline_and_no_later(begin: Begin, deadline_ms: int, pauses: bool) -> None:
    steps, _ = begin(deadline_ms=deadline_ms)
    if pauses:
        assert steps.send(TOO_MANY) == Sleep(100)
    else:
        with pytest.raises(RateLimited):
            steps.send(TOO_MANY)


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (FOUND, "code 0"),
        (TOO_MANY, "code 100410"),
        (Answered(200, b'{"transferErrorMsg":"no"}'), "refused without a code"),
        (Failed(delivered=True, reason="closed without an answer"), "closed without an answer"),
        (KeyboardInterrupt(), "interrupted (KeyboardInterrupt)"),
    ],
)
@pytest.mark.parametrize("write", [False, True], ids=["read", "write"])
def test_each_attempt_leaves_one_line_in_the_log(
    time: Time, limiter: Limiter, caplog: pytest.LogCaptureFixture, outcome: Any, line: str, write: bool
) -> None:
    caplog.set_level(logging.INFO, "bingx_client")
    chosen = settings(time, limiter)
    steps: Steps[Any] = send_write(CALL, chosen, Doubt()) if write else read(CALL, chosen)
    next(steps)
    time.ms += 7
    with suppress(StopIteration, BingXError, KeyboardInterrupt):
        if isinstance(outcome, KeyboardInterrupt):
            steps.throw(outcome)
        steps.send(outcome)
    steps.close()
    assert [record.getMessage() for record in caplog.records] == [f"{LIVE[0]} GET {PATH}: {line}, 7 ms"]


def test_a_call_goes_on_waiting_for_one_that_is_itself_in_the_queue(time: Time, begin: Begin) -> None:
    first, _ = begin()
    second, _ = begin()
    third, _ = begin()
    begin()
    fifth, step = begin()
    for _ in range(3):
        assert isinstance(step, Await)
        time.ms += TIMEOUT_MS
        step = fifth.send(None)
    end(first, FOUND)
    end(second, FOUND)
    assert isinstance(fifth.send(None), Await)
    assert third.send(None) == Sleep(1001)
    time.ms += 1001
    assert third.send(None) == ATTEMPT
    end(third, FOUND)
    assert fifth.send(None) == Sleep(1001)


def test_a_call_that_is_given_up_in_the_queue_leaves_its_place_and_not_its_turn(
    time: Time, begin: Begin
) -> None:
    answered(begin, 2)
    given_up = [begin()[0], begin()[0]]
    for steps in given_up:
        with pytest.raises(KeyboardInterrupt):
            steps.throw(KeyboardInterrupt())
    time.ms += 300
    _, step = begin()
    assert step == Sleep(701)


@pytest.mark.parametrize("write", [False, True], ids=["read", "write"])
def test_a_call_that_ends_in_an_exception_of_its_driver_holds_nobody_back(
    time: Time, limiter: Limiter, begin: Begin, write: bool
) -> None:
    chosen = settings(time, limiter)
    for _ in range(2):
        steps: Steps[Any] = send_write(CALL, chosen, Doubt()) if write else read(CALL, chosen)
        next(steps)
        steps.close()
    _, step = begin()
    assert step == Sleep(1001)


@pytest.mark.parametrize("write", [False, True], ids=["read", "write"])
@pytest.mark.parametrize("readings", range(8))
def test_a_call_whose_clock_fails_before_it_is_sent_holds_nobody_back(
    time: Time, limiter: Limiter, begin: Begin, readings: int, write: bool
) -> None:
    left = readings

    def failing_ms() -> int:
        nonlocal left
        left -= 1
        if left < 0:
            raise RuntimeError("no time")
        return time.now_ms()

    chosen = replace(settings(time, limiter), clock=Clock(failing_ms, failing_ms))
    for _ in range(2):
        left = readings
        steps: Steps[Any] = send_write(CALL, chosen, Doubt()) if write else read(CALL, chosen)
        with suppress(RuntimeError):
            next(steps)
        with suppress(RuntimeError):
            steps.close()
    _, step = begin()
    assert step in (ATTEMPT, Sleep(1001))


def test_a_call_that_the_limits_let_go_only_after_its_deadline_is_not_sent(begin: Begin) -> None:
    answered(begin, 2)
    with pytest.raises(TransportError, match=r": the limits let it go only after the deadline$"):
        begin(deadline_ms=1000)
    _, step = begin(deadline_ms=1001)
    assert step == Sleep(1001)


def test_a_call_waits_for_those_before_it_until_its_deadline(time: Time, begin: Begin) -> None:
    begin()
    begin()
    third, step = begin(deadline_ms=4000)
    assert isinstance(step, Await)
    assert step.timeout_ms == 4000
    time.ms += 4000
    with pytest.raises(TransportError, match="the deadline passed before it was sent"):
        third.send(None)


def test_what_is_left_of_the_deadline_bounds_an_attempt(time: Time, begin: Begin) -> None:
    answered(begin, 2)
    steps, _ = begin(deadline_ms=4000)
    time.ms += 1001
    assert steps.send(None) == Attempt(LIVE[0], REQUEST, 2999)


def test_a_long_queue_that_was_given_up_costs_those_behind_it_nothing(time: Time, begin: Begin) -> None:
    answered(begin, 2)
    for _ in range(200):
        steps, _ = begin()
        with pytest.raises(KeyboardInterrupt):
            steps.throw(KeyboardInterrupt())
    time.ms += 300
    _, step = begin()
    assert step == Sleep(701)


def test_a_call_whose_pause_outlasts_its_deadline_holds_nobody_back(time: Time, begin: Begin) -> None:
    answered(begin, 2)
    late, step = begin(deadline_ms=1001)
    other, _ = begin(deadline_ms=1001)
    assert step == Sleep(1001)
    time.ms += 1002  # a sleep may take longer than it should
    for steps in (late, other):
        with pytest.raises(TransportError, match="the deadline passed before it was sent"):
            steps.send(None)
    _, step = begin()
    assert step == ATTEMPT


def test_a_write_waits_for_an_identical_one_that_is_being_settled_until_its_deadline_and_is_not_sent(
    time: Time, limiter: Limiter
) -> None:
    writes = Writes()
    writes.want_reading("identity", writes)
    assert writes.begin_reading("identity", writes) is None
    plan: Plan[str] = Plan(
        "identity",
        ids_of=lambda receipt: frozenset({receipt}),
        page=lambda since_ms, page: ROWS,
        page_size=100,
    )
    policy = Policy(reconcile=True, deadline_ms=4000, settle_ms=1000, recv_window_ms=5000)
    steps = carry_out(CALL, plan, settings(time, limiter), policy, writes, lambda: "this")
    step = next(steps)
    assert isinstance(step, Await)
    assert step.timeout_ms == 4000
    time.ms += 4000
    with pytest.raises(TransportError, match="an identical write was under way until the deadline"):
        steps.send(None)
