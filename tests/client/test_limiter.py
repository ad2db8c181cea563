"""Keeping under the limits by waiting, pausing while the exchange is busy, a line in the log per attempt."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator

import pytest
from support.clients import make_async_client, make_client
from support.sender import COINS, NOW_MS, SPOT_BALANCE, TRANSFER

from bingx_client import APIError, Busy, Client, Limiter, ParameterError, RateLimited
from bingx_client.clocks import Clock, Stopwatch
from bingx_client.flow import Backoff, Manners
from bingx_contracts import ENDPOINTS
from bingx_fake import FakeExchange

EXCHANGE = ("https://com", "https://pro")
READ = f"GET {COINS}"
SPOT = f"GET {SPOT_BALANCE}"
KEPT_MS = 1001


@pytest.fixture
def limited() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True) as exchange:
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
    turn = limiter.take_turn(key, EXCHANGE, endpoint)
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
    first, second, third = (limiter.take_turn("a", EXCHANGE, READ) for _ in range(3))
    assert (first.after, second.after, third.after) == ((), (), (first, first))
    assert not first.done.done()
    limiter.finish(first)
    assert first.done.done()


def test_turns_do_not_pile_up(times: Times) -> None:
    limiter = Limiter(times)
    turns = [limiter.take_turn("a", EXCHANGE, READ) for _ in range(5)]
    for turn in turns:
        limiter.finish(turn)
        limiter.wait_ms(turn)
    assert all(turn.after == () for turn in turns)


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


def test_a_limiter_shows_no_key(times: Times) -> None:
    limiter = Limiter(times)
    go(limiter, times, "secret-key")
    assert "secret-key" not in repr(limiter) + repr(Manners(limiter, "secret-key", int, 1))


def test_only_a_limiter_is_taken_for_one() -> None:
    with pytest.raises(ParameterError, match="limiter must be a Limiter, such as PROCESS_LIMITER, not True"):
        Client("prod-vst", "k", "s", limiter=True)  # type: ignore[arg-type]  # what is refused


CALLS: list[tuple[str, Callable[[Client], object]]] = [
    ("spot_balance", Client.spot_balance),
    ("fund_balance", Client.fund_balance),
    ("transfers", lambda client: client.transfers(type="FUND_PFUTURES")),
    ("transfer", lambda client: client.transfer("USDT", "0.00000001", type="FUND_PFUTURES")),
]


@pytest.mark.parametrize(("endpoint_id", "call"), CALLS, ids=[name for name, _ in CALLS])
def test_thirty_seconds_of_calls_meet_no_limit_and_use_what_is_allowed(
    limited: FakeExchange, endpoint_id: str, call: Callable[[Client], object]
) -> None:
    endpoint = ENDPOINTS[endpoint_id]
    assert endpoint.limit_per_uid is not None
    assert endpoint.limit_per_ip is not None
    allowed = 30 * min(endpoint.limit_per_uid, endpoint.limit_per_ip)
    clock = limited.clock
    with make_client(limited, timeout=30, limiter=Limiter(clock.now_ms)) as client:
        while clock.now_ms() < NOW_MS + 30_000:
            call(client)
    codes = [entry["code"] for entry in limited.requests]
    assert set(codes) == {0}
    assert 0.95 * allowed <= len(codes) <= allowed + endpoint.limit_per_ip


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
    return Backoff(Manners(Limiter(), "k", most_ms, deadline_ms), Stopwatch(clock), deadline_ms)


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
