"""Whatever interrupts a write between sending and its answer, nobody is told that nothing happened."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest
from client.moving import left
from support.clients import make_async_client, make_client
from support.sender import NOW_MS, wait_until

import bingx_client
from bingx_client import Client, Limiter, OutcomeUnknown
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_fake import FakeExchange

EVERY = 1 if os.environ.get("BINGX_LONG") == "1" else 13
"""Of all lines that a call runs through, this one in so many is interrupted."""


AMOUNT = Decimal("0.5")


class TimeLimit(Exception):
    """What a task queue raises in a task that takes too long."""


def move(client: Any, **options: Any) -> Any:
    return client.transfer("USDT", AMOUNT, type="FUND_PFUTURES", **options)


def settled(exchange: FakeExchange, unknown: OutcomeUnknown) -> Any:
    with make_client(exchange) as other:
        return unknown.reconcile(other)


ERRORS = pytest.mark.parametrize("error", [TimeLimit, KeyboardInterrupt, TimeoutError, SystemExit])


@pytest.mark.clause("WRITE-9")
@ERRORS
def test_an_error_out_of_sleep_leaves_a_lost_write_unknown(
    exchange: FakeExchange, error: type[BaseException]
) -> None:
    with (
        make_client(exchange, sleep=Mock(side_effect=error)) as client,
        exchange.fault("com", "empty", phase="after", method="POST"),
        pytest.raises(OutcomeUnknown) as unknown,
    ):
        move(client)
    assert type(unknown.value.__cause__) is error
    assert settled(exchange, unknown.value).reconciled


@pytest.mark.clause("WRITE-9")
def test_a_sleep_that_is_used_up_is_no_result(exchange: FakeExchange) -> None:
    # What a mock raises that has no more side effects would end a loop over a generator.
    with (
        make_client(exchange, sleep=Mock(side_effect=[])) as client,
        exchange.fault("com", "empty", phase="after", method="POST"),
        pytest.raises(OutcomeUnknown) as unknown,
    ):
        move(client)
    assert settled(exchange, unknown.value).reconciled


@pytest.mark.clause("WRITE-9")
@ERRORS
def test_an_error_out_of_an_asynchronous_sleep_leaves_a_lost_write_unknown(
    exchange: FakeExchange, error: type[BaseException]
) -> None:
    async def main() -> None:
        async with make_async_client(exchange, sleep=AsyncMock(side_effect=error)) as client:
            with pytest.raises(OutcomeUnknown) as unknown:
                await move(client)
            assert type(unknown.value.__cause__) is error
            assert settled(exchange, unknown.value).reconciled

    with exchange.fault("com", "empty", phase="after", method="POST"):
        asyncio.run(main())


@contextmanager
def signalled(exchange: FakeExchange, error: type[BaseException]) -> Iterator[None]:
    """A signal handler that raises, called as soon as the exchange has seen a request."""

    def handle(*_: object) -> None:
        raise error

    def strike() -> None:
        wait_until(lambda: exchange.requests)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, handle)
    thread = threading.Thread(target=strike)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.clause("WRITE-9")
@pytest.mark.parametrize("error", [TimeLimit, KeyboardInterrupt])
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_signal_handler_that_raises_while_an_answer_is_awaited_leaves_the_write_unknown(
    exchange: FakeExchange, error: type[BaseException], phase: str
) -> None:
    with (
        make_client(exchange) as client,
        exchange.fault("com", "timeout", phase=phase),
        pytest.raises(OutcomeUnknown) as unknown,
        signalled(exchange, error),
    ):
        move(client)
    assert type(unknown.value.__cause__) is error
    assert len(exchange.requests) == 1, "nothing is sent afterwards"
    assert (settled(exchange, unknown.value) is not None) is (phase == "after")


@pytest.mark.clause("WRITE-9")
@ERRORS
def test_an_error_while_a_write_waits_for_its_turn_is_just_that_error(
    exchange: FakeExchange, error: type[BaseException]
) -> None:
    with make_client(exchange, sleep=Mock(side_effect=error), limiter=Limiter(clock=lambda: 0)) as client:
        before = left(exchange)
        sent = 0
        try:
            for sent in range(10_000):  # noqa: B007  # counted
                move(client)
        except error:
            pass
        assert 0 < sent < 10_000
        assert left(exchange) == before - sent * AMOUNT


class Interruption(BaseException):
    """Comes at any moment."""


_LOCKED = ("flow/writes.py", "flow/limiter.py")


@contextmanager
def interrupting_line(number: int) -> Iterator[list[str]]:
    """Raise at the so-and-so-many-th line that the client's package runs. What it was goes into the list.

    Two places are left out. Between the last line of a driver's loop and the caller's, a result is on its way
    that no code can hold any more. And tracing, unlike a signal, strikes between a block under a lock and the
    lock's release, which the registry of writes and the limiter are made of.
    """
    package, count, struck = str(Path(bingx_client.__file__).parent), 0, []

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        code = frame.f_code
        if not code.co_filename.startswith(package) or code.co_filename.endswith(_LOCKED):
            return None
        if code.co_name in ("drive", "__exit__", "close"):
            return None
        if event == "line":
            count += 1
            if count == number:
                struck.append(f"{code.co_filename}:{frame.f_lineno}")
                sys.settrace(None)
                raise Interruption
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield struck
    finally:
        sys.settrace(before)


@pytest.mark.clause("WRITE-9")
# A socket that was just made when the interruption struck is closed by its end.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.parametrize("fault", [None, "before", "after"])
def test_at_whatever_line_a_write_is_interrupted_nobody_is_misled(
    exchange: FakeExchange, fault: str | None
) -> None:
    for number in range(1, 100_000, EVERY):
        exchange.reset()
        exchange.clock.freeze(NOW_MS)
        PROCESS_WRITES.clear()
        if fault is not None:
            exchange.play([{"domain": "com", "kind": "empty", "phase": fault, "times": 1, "method": "POST"}])
        before = left(exchange)
        with make_client(exchange, limiter=Limiter(exchange.clock.now_ms)) as client:
            with interrupting_line(number) as struck:
                outcome = outcome_of(client)
            exchange.clear_faults()
            happened = None
            if isinstance(outcome, OutcomeUnknown):
                happened = outcome.reconcile(client) is not None
            exchange.clock.advance(10_000)  # what is still on its way is refused now
            moved = before - left(exchange)
            if outcome is None:
                assert moved == AMOUNT, struck
                if not struck:
                    return
            elif happened is not None:
                assert moved == (AMOUNT if happened else 0), struck
            else:
                assert moved == 0, f"money moved, and {outcome!r} from {struck} does not say so"
    raise AssertionError("the call never ran to its end")


def outcome_of(client: Client) -> BaseException | None:
    """What a transfer ends in; None for a success."""
    try:
        move(client)
    except BaseException as error:
        return error
    return None
