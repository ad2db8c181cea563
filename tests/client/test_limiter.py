"""Keeping under the limits by waiting, pausing while the exchange is busy, a line in the log per attempt."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.clients import make_async_client, make_client
from support.sender import COINS, NOW_MS, SERVER_TIME, SPOT_BALANCE, TRANSFER

from bingx_client import APIError, Busy, Client, Limiter, ParameterError, RateLimited
from bingx_client.flow.attempts import Backoff, Pacing
from bingx_client.flow.clocks import Clock, Stopwatch
from bingx_client.flow.limiter import Turn, _rates
from bingx_contracts import ENDPOINTS
from bingx_contracts.limits import limits_of
from bingx_fake import FakeExchange

EXCHANGE = ("https://com", "https://pro")
READ = f"GET {COINS}"
SPOT = f"GET {SPOT_BALANCE}"
TIME = f"GET {SERVER_TIME}"
KEPT_MS = 1001


def take_turn(limiter: Limiter, key: str, base_urls: tuple[str, ...], endpoint: str) -> Turn:
    turn = Turn()
    limiter.take_turn(turn, key, base_urls, endpoint)
    return turn


@pytest.fixture(params=["docs-site", "reference"])
def limited(request: pytest.FixtureRequest) -> Iterator[FakeExchange]:
    """An exchange with the limits of either document (V25)."""
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True, vary={"V25": request.param}) as exchange:
        yield exchange


class Times:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now_ms = 0

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def times() -> Times:
    return Times()


def go(limiter: Limiter, times: Times, key: str = "a", endpoint: str = READ, answer_ms: int = 0) -> int:
    """Wait for a turn, be answered, and say when the request went."""
    turn = take_turn(limiter, key, EXCHANGE, endpoint)
    times.now_ms += max(limiter.wait_ms(turn), 0)
    went_ms = times.now_ms
    times.now_ms += answer_ms
    limiter.finish(turn)
    return went_ms


def test_as_many_requests_as_are_allowed_go_at_once_and_the_next_ones_a_second_later(times: Times) -> None:
    limiter = Limiter(times)
    assert [go(limiter, times) for _ in range(5)] == [0, 0, KEPT_MS, KEPT_MS, 2 * KEPT_MS]


def test_a_second_counts_from_the_answer(times: Times) -> None:
    limiter = Limiter(times)
    assert [go(limiter, times, answer_ms=300) for _ in range(3)] == [0, 300, 300 + KEPT_MS]


def test_a_request_waits_for_those_before_it_to_be_answered(times: Times) -> None:
    limiter = Limiter(times)
    first, second, third = (take_turn(limiter, "a", EXCHANGE, READ) for _ in range(3))
    assert [limiter.waiting_for(turn) for turn in (first, second, third)] == [None, None, first]
    assert not first.done.done()
    limiter.finish(first)
    assert first.done.done()
    assert limiter.waiting_for(third) is None


def test_turns_do_not_pile_up(times: Times) -> None:
    limiter = Limiter(times)
    turns = [take_turn(limiter, "a", EXCHANGE, READ) for _ in range(5)]
    for turn in turns:
        limiter.finish(turn)
        limiter.wait_ms(turn)
    assert not any(turn.after for turn in turns)


def test_a_request_that_comes_late_enough_does_not_wait(times: Times) -> None:
    limiter = Limiter(times)
    go(limiter, times)
    go(limiter, times)
    times.now_ms = 5000
    assert go(limiter, times) == 5000


def test_endpoints_do_not_wait_for_each_other(times: Times) -> None:
    limiter = Limiter(times)
    assert [go(limiter, times), go(limiter, times), go(limiter, times, endpoint=SPOT)] == [0, 0, 0]


def test_two_keys_share_the_limit_of_their_address(times: Times) -> None:
    limiter = Limiter(times)  # 5 a UID, 3 an address
    assert [go(limiter, times, key, SPOT) for key in "aabb"] == [0, 0, 0, KEPT_MS]


def test_a_path_without_a_documented_limit_never_waits(times: Times) -> None:
    limiter = Limiter(times)
    assert {go(limiter, times, endpoint="GET /elsewhere") for _ in range(50)} == {0}


def test_five_hundred_requests_of_market_data_go_at_once_and_the_next_ones_ten_seconds_later(
    times: Times,
) -> None:
    limiter = Limiter(times)
    went_ms = [go(limiter, times, endpoint=TIME) for _ in range(1001)]
    assert went_ms == 500 * [0] + 500 * [10_001] + [60_001]


def test_r_s_limits_alone_are_kept_where_they_are_asked_for(times: Times) -> None:
    limiter = Limiter(times, limits="reference")
    assert {go(limiter, times, endpoint=TIME) for _ in range(1001)} == {0}
    assert [go(limiter, times, key, SPOT) for key in "aabb"] == [0, 0, 0, KEPT_MS]


def test_other_limits_are_refused() -> None:
    with pytest.raises(ParameterError, match="limits must be 'documented' or 'reference', not 'docs-site'"):
        Limiter(limits="docs-site")  # type: ignore[arg-type]  # what is refused


def test_keys_and_turns_are_forgotten_once_their_windows_have_passed(times: Times) -> None:
    limiter = Limiter(times)
    for number in range(500):
        go(limiter, times, key=f"key {number}", endpoint=SPOT)
        go(limiter, times, endpoint=TIME)
        times.now_ms += 100
    kept = limiter._windows.values()
    assert sum(len(window.turns) for window in kept) < 1300, "what 50 s of calls left"
    times.now_ms += 60_001
    go(limiter, times, endpoint=TIME)
    assert [len(window.turns) for window in limiter._windows.values()] == [1, 1]
    assert "key 7" not in str(list(limiter._windows))


def test_a_limiter_that_is_never_idle_keeps_no_turn_longer_than_its_window(times: Times) -> None:
    limiter = Limiter(times)
    for _ in range(300):
        go(limiter, times, endpoint=TIME)
        times.now_ms += 1000
    lengths = {window.ms: len(window.turns) for window in limiter._windows.values()}
    assert lengths == {10_001: 11, 60_001: 61}


def test_turns_that_were_given_up_are_not_kept(times: Times) -> None:
    limiter = Limiter(times)
    for _ in range(300):
        limiter.give_up(take_turn(limiter, "a", EXCHANGE, TIME))
    assert max(len(window.turns) for window in limiter._windows.values()) == 1


# A clock that fails


class Failing(Times):
    """A clock that fails when a test says so."""

    fails: BaseException | None = None

    def __call__(self) -> int:
        if self.fails is not None:
            raise self.fails
        return super().__call__()


@pytest.mark.parametrize("failure", [RuntimeError("no time"), KeyboardInterrupt()])
def test_a_clock_that_fails_at_the_answer_holds_nobody_back(failure: BaseException) -> None:
    times = Failing()
    times.now_ms = 5000
    limiter = Limiter(times)
    turns = [take_turn(limiter, "a", EXCHANGE, READ) for _ in range(2)]
    times.fails = failure
    with suppress(KeyboardInterrupt):  # what asks for the end of the process is not kept from it
        limiter.finish(turns[0])
    times.fails = None
    limiter.finish(turns[1])
    assert go(limiter, times) == 5000 + KEPT_MS


def test_a_clock_that_fails_before_a_turn_leaves_none_behind() -> None:
    times = Failing()
    limiter = Limiter(times)
    times.fails = RuntimeError("no time")
    for _ in range(2):
        with pytest.raises(RuntimeError):
            take_turn(limiter, "a", EXCHANGE, READ)
    times.fails = None
    assert [go(limiter, times) for _ in range(3)] == [0, 0, KEPT_MS]


# Beside a model that keeps every request and looks through it

KEPT_LIMITS = {  # by endpoint: how many, in how many milliseconds, and whether by key or by address
    READ: [(2, 1001, "key"), (2, 1001, "address")],
    SPOT: [(5, 1001, "key"), (3, 1001, "address")],
}


def soonest(sent: list[tuple[str, str, int]], key: str, endpoint: str, now_ms: int) -> int:
    """When a request may go after those that were sent: key, endpoint and when they were answered."""
    while True:
        for count, window_ms, whose in KEPT_LIMITS[endpoint]:
            within = [
                answered_ms
                for sender, asked, answered_ms in sent
                if asked == endpoint and (whose == "address" or sender == key)
                if answered_ms + window_ms > now_ms
            ]
            if len(within) >= count:
                break
        else:
            return now_ms
        now_ms += 1


@given(
    calls=st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.sampled_from([READ, SPOT]),
            st.sampled_from([0, 0, 0, 1, 300, 1000]),
            st.sampled_from([0, 0, 1, 500, 999, 1001]),
        ),
        max_size=25,
    )
)
@example(calls=[("a", READ, 0, 0)] * 6)
def test_a_request_goes_as_soon_as_a_model_that_looks_through_everything_lets_it(
    calls: list[tuple[str, str, int, int]],
) -> None:
    times = Times()
    limiter = Limiter(times)
    sent: list[tuple[str, str, int]] = []
    for key, endpoint, answer_ms, idle_ms in calls:
        expected_ms = soonest(sent, key, endpoint, times.now_ms)
        assert go(limiter, times, key, endpoint, answer_ms) == expected_ms
        sent.append((key, endpoint, times.now_ms))
        times.now_ms += idle_ms


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("take"), st.sampled_from("ab"), st.sampled_from([READ, SPOT])),
            st.tuples(st.sampled_from(["answer", "give up"]), st.integers(0, 5), st.just("")),
            st.tuples(st.just("pass"), st.sampled_from([1, 400, 1001]), st.just("")),
        ),
        max_size=50,
    )
)
def test_however_many_are_under_way_and_given_up_no_window_holds_too_many(
    steps: list[tuple[str, Any, str]],
) -> None:
    times = Times()
    limiter = Limiter(times)
    waiting: list[tuple[str, str, Turn]] = []
    under_way: list[tuple[str, str, Turn]] = []
    sent: list[tuple[str, str, int]] = []
    for what, which, endpoint in steps:
        if what == "take":
            waiting.append((which, endpoint, take_turn(limiter, which, EXCHANGE, endpoint)))
        elif what == "give up" and which < len(waiting):
            limiter.give_up(waiting.pop(which)[2])
        elif what == "answer" and which < len(under_way):
            key, asked, turn = under_way.pop(which)
            limiter.finish(turn)
            sent.append((key, asked, times.now_ms))
        elif what == "pass":
            times.now_ms += which
        for place in [place for place in waiting if is_free(limiter, place[2])]:
            key, asked, _ = place
            waiting.remove(place)
            others = [(sender, path, times.now_ms) for sender, path, _ in under_way]
            assert soonest(sent + others, key, asked, times.now_ms) == times.now_ms
            under_way.append(place)
    for _, _, turn in under_way:
        limiter.finish(turn)
    times.now_ms += 100_000
    for _, _, turn in waiting:  # in order: nobody waits for somebody behind
        assert is_free(limiter, turn)
        limiter.finish(turn)
        times.now_ms += 100_000


def is_free(limiter: Limiter, turn: Turn) -> bool:
    return limiter.waiting_for(turn) is None and limiter.wait_ms(turn) <= 0


def test_on_the_account_endpoints_the_limits_of_both_documents_are_kept() -> None:
    (transfer,) = (endpoint for endpoint in ENDPOINTS.values() if endpoint.path == TRANSFER)
    kept = _rates(transfer, "documented")
    assert {(rate.window_ms, rate.by_key) for rate in kept} == {(1000, True), (1000, False), (10_000, False)}
    assert {rate.counted for rate in kept} == {transfer.id, "account-2"}
    assert {(rate.window_ms, rate.counted) for rate in _rates(transfer, "reference")} == {(1000, transfer.id)}


def test_a_limiter_shows_only_limits_that_are_not_the_usual_ones() -> None:
    assert repr(Limiter()) == "Limiter()"
    assert repr(Limiter(limits="reference")) == "Limiter(limits='reference')"


def test_a_limiter_shows_no_key(times: Times) -> None:
    limiter = Limiter(times)
    go(limiter, times, "secret-key")
    assert "secret-key" not in repr(limiter) + repr(Pacing(limiter, "secret-key", int, 1))


def test_only_a_limiter_is_taken_for_one() -> None:
    with pytest.raises(ParameterError, match="limiter must be a Limiter, such as PROCESS_LIMITER, not True"):
        Client("prod-vst", "k", "s", limiter=True)  # type: ignore[arg-type]  # what is refused


Kept = Literal["documented", "reference"]

CALLS: list[tuple[str, Callable[[Client], object]]] = [
    ("spot_account.spot_balance", Client.spot_balance),
    ("spot_account.fund_balance", Client.fund_balance),
    ("spot_account.transfers", lambda client: client.transfers(type="FUND_PFUTURES")),
    ("spot_account.transfer", lambda client: client.transfer("USDT", "0.00000001", type="FUND_PFUTURES")),
]


@pytest.mark.parametrize("kept", ["documented", "reference"])
@pytest.mark.parametrize(("endpoint_id", "call"), CALLS, ids=[name for name, _ in CALLS])
def test_thirty_seconds_of_calls_meet_no_limit_and_use_what_is_allowed(
    limited: FakeExchange, endpoint_id: str, call: Callable[[Client], object], kept: Kept
) -> None:
    per_second = {limit.scope: limit.count for limit in limits_of(ENDPOINTS[endpoint_id], "reference")}
    allowed = 30 * min(per_second["uid"], per_second["ip"])
    clock = limited.clock
    with make_client(limited, timeout=30, limiter=Limiter(clock.now_ms, limits=kept)) as client:
        while clock.now_ms() < NOW_MS + 30_000:
            call(client)
    codes = [entry["code"] for entry in limited.requests]
    assert set(codes) == {0}
    assert 0.95 * allowed <= len(codes) <= allowed + per_second["ip"]


def test_seventy_seconds_of_reads_and_the_exchange_s_time_meet_no_limit(limited: FakeExchange) -> None:
    clock = limited.clock
    with make_client(limited, timeout=30, limiter=Limiter(clock.now_ms)) as client:
        while clock.now_ms() < NOW_MS + 70_000:
            for _ in range(20):
                client.server_time()
            client.spot_balance()
            client.fund_balance()
            client.account_overview()
            client.transferable_coins()
            clock.advance(ms=50)
    assert {entry["code"] for entry in limited.requests} == {0}


def test_clients_that_share_a_limiter_keep_under_the_limit_together(limited: FakeExchange) -> None:
    limiter = Limiter(limited.clock.now_ms)
    clients = [make_client(limited, timeout=30, limiter=limiter) for _ in range(3)]
    for _ in range(4):
        for client in clients:
            client.transferable_coins()
    assert {entry["code"] for entry in limited.requests} == {0}


def test_the_asynchronous_client_keeps_under_the_limit_too(limited: FakeExchange) -> None:
    async def main() -> None:
        async with make_async_client(limited, timeout=30, limiter=Limiter(limited.clock.now_ms)) as client:
            for _ in range(10):
                await client.spot_balance()

    asyncio.run(main())
    assert {entry["code"] for entry in limited.requests} == {0}
    assert limited.clock.now_ms() >= NOW_MS + 3 * 1000


# Busy all the same


@pytest.fixture
def patient(exchange: FakeExchange) -> Iterator[Client]:
    with make_client(exchange, timeout=30, limiter=Limiter(exchange.clock.now_ms)) as client:
        yield client


@pytest.mark.parametrize("code", [100410, 100500])
def test_a_read_is_tried_again_five_times_after_a_pause(
    exchange: FakeExchange, patient: Client, code: int
) -> None:
    with exchange.fault("com", "business-error", code=code, times=5):
        assert patient.spot_balance()
    assert len(exchange.requests) == 6


@pytest.mark.parametrize(("code", "kind"), [(100410, RateLimited), (100500, Busy)])
def test_the_sixth_refusal_is_raised(
    exchange: FakeExchange, patient: Client, code: int, kind: type[APIError]
) -> None:
    with exchange.fault("com", "business-error", code=code), pytest.raises(kind):
        patient.spot_balance()
    assert len(exchange.requests) == 6


@pytest.mark.parametrize("code", [100001, 100202, 100400, 100421])
def test_other_refusals_are_raised_without_a_pause(
    exchange: FakeExchange, patient: Client, code: int
) -> None:
    with exchange.fault("com", "business-error", code=code), pytest.raises(APIError):
        patient.spot_balance()
    assert {entry["received_at"] for entry in exchange.requests} == {NOW_MS}


@pytest.mark.clause("ERR-2")
def test_without_a_limiter_a_refusal_is_raised_at_once(exchange: FakeExchange) -> None:
    with (
        make_client(exchange, timeout=30) as client,
        exchange.fault("com", "business-error", code=100410),
        pytest.raises(RateLimited),
    ):
        client.spot_balance()
    assert len(exchange.requests) == 1


def test_a_write_that_met_the_limit_is_tried_again_since_nothing_happened(
    exchange: FakeExchange, patient: Client
) -> None:
    with exchange.fault("com", "business-error", code=100410, method="POST", times=3):
        assert not patient.transfer("USDT", 1, type="FUND_PFUTURES").reconciled
    assert [entry["applied"] for entry in exchange.requests] == [False, False, False, True]


def test_a_write_that_found_the_exchange_busy_is_looked_up_and_not_simply_sent_again(
    exchange: FakeExchange, patient: Client
) -> None:
    with exchange.fault("com", "http-error", phase="after", status=500, method="POST", times=1):
        assert patient.transfer("USDT", 1, type="FUND_PFUTURES").reconciled
    assert [entry["applied"] for entry in exchange.requests if entry["path"] == TRANSFER] == [True]


def backoff(most_ms: Callable[[int], int], deadline_ms: int = 60_000) -> Backoff:
    clock = Clock(lambda: 0, lambda: 0)
    return Backoff(Pacing(Limiter(), "k", most_ms, deadline_ms), Stopwatch(clock), deadline_ms)


def test_pauses_are_drawn_from_nothing_to_twice_as_long_each_time() -> None:
    drawn = backoff(lambda most_ms: most_ms)
    assert [drawn.pause_ms() for _ in range(6)] == [100, 200, 400, 800, 1600, None]
    none_at_all = backoff(lambda most_ms: 0)
    assert [none_at_all.pause_ms() for _ in range(6)] == [0, 0, 0, 0, 0, None]


def test_no_pause_goes_beyond_the_deadline() -> None:
    drawn = backoff(lambda most_ms: most_ms, deadline_ms=300)
    assert [drawn.pause_ms() for _ in range(3)] == [100, 200, None]


# The log


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.INFO]


def test_each_attempt_is_one_line_with_domain_endpoint_outcome_and_duration(
    exchange: FakeExchange, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bingx_client")
    com, pro = exchange.base_urls
    with make_client(exchange, timeout=30) as client:
        with exchange.fault("com", "empty"):
            client.spot_balance()
        with exchange.fault("com", "business-error", code=100202), pytest.raises(APIError):
            client.transfer("USDT", 1, type="FUND_PFUTURES")
        with exchange.fault("com", "malformed"), pytest.raises(Exception, match="no JSON"):
            client.fund_balance()
    patterns = [
        rf"{com} GET {SPOT_BALANCE}: closed without an answer, \d+ ms",
        rf"{pro} GET {SPOT_BALANCE}: code 0, \d+ ms",
        rf"{com} POST {TRANSFER}: code 100202, \d+ ms",
        rf"{com} GET /openApi/fund/v1/account/balance: HTTP 200 without a documented answer, \d+ ms",
    ]
    assert len(lines(caplog)) == len(patterns)
    for line, pattern in zip(lines(caplog), patterns, strict=True):
        assert re.fullmatch(pattern, line), line


def test_the_log_holds_no_key_no_secret_and_no_signature(
    exchange: FakeExchange, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bingx_client")
    with make_client(exchange, timeout=30) as client:
        client.transfer("USDT", 1, type="FUND_PFUTURES")
        client.fund_balance("USDT")
    text = "\n".join(record.getMessage() for record in caplog.records if record.name == "bingx_client")
    assert text
    assert not re.search(r"alice|[0-9a-f]{64}|signature", text)
