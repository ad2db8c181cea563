"""Deadlines end where no clock moves, as under a test library that freezes time."""

import asyncio
from unittest.mock import Mock

import pytest
from support.sender import NOW_MS

from bingx_client import AsyncClient, Client, OutcomeUnknown
from bingx_client.flow.clocks import Clock, Deadline, Stopwatch
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_fake import FakeExchange

CREDENTIALS = ("prod-vst", "alice-key", "alice-secret")


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    PROCESS_WRITES.clear()
    for module in ("client", "aio"):
        monkeypatch.setattr(f"bingx_client.{module}.monotonic_ms", lambda: 7)


@pytest.mark.clause("WRITE-6")
@pytest.mark.parametrize("deadline_s", [9, 30])
def test_pauses_count_towards_the_deadline_though_no_clock_moves(
    exchange: FakeExchange, deadline_s: int
) -> None:
    sleep = Mock()
    with (
        Client(*CREDENTIALS, base_urls=exchange.base_urls, clock=lambda: NOW_MS, sleep=sleep) as client,
        exchange.fault("*", "empty", phase="after"),
        pytest.raises(OutcomeUnknown, match="records cannot be read"),
    ):
        client.transfer("USDT", 1, type="FUND_PFUTURES", deadline=deadline_s)
    slept_s = sum(call.args[0] for call in sleep.call_args_list)
    assert deadline_s - 5 <= slept_s <= deadline_s


@pytest.mark.clause("WRITE-6")
def test_pauses_of_an_asynchronous_client_count_too(exchange: FakeExchange) -> None:
    slept_s = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal slept_s
        slept_s += seconds

    async def main() -> None:
        async with AsyncClient(
            *CREDENTIALS, base_urls=exchange.base_urls, clock=lambda: NOW_MS, sleep=sleep
        ) as client:
            await client.transfer("USDT", 1, type="FUND_PFUTURES", deadline=9)

    with exchange.fault("*", "empty", phase="after"), pytest.raises(OutcomeUnknown):
        asyncio.run(main())
    assert 4 <= slept_s <= 9


@pytest.mark.clause("WRITE-6")
def test_attempts_that_ran_out_of_time_count_too(exchange: FakeExchange) -> None:
    with (
        Client(
            *CREDENTIALS,
            base_urls=exchange.base_urls,
            clock=lambda: NOW_MS,
            sleep=lambda _: None,
            timeout=0.05,
            settle_ms=0,
            recv_window=1,
        ) as client,
        exchange.fault("*", "timeout"),
        pytest.raises(OutcomeUnknown),
    ):
        client.transfer("USDT", 1, type="FUND_PFUTURES", deadline=1)
    assert len(exchange.requests) <= 20


def test_a_stopwatch_counts_what_was_waited_where_its_clocks_stand_still() -> None:
    watch = Stopwatch(Clock(lambda: NOW_MS, lambda: 7))
    deadline = Deadline(watch, 100)
    watch.count(60)
    watch.count(30)
    assert (watch.elapsed_ms(), deadline.left_ms()) == (90, 10)


def test_what_was_waited_does_not_count_twice_where_clocks_move() -> None:
    now_ms = NOW_MS
    watch = Stopwatch(Clock(lambda: now_ms, lambda: 7))
    now_ms += 90
    watch.count(60)
    assert watch.elapsed_ms() == 90
