"""An exchange in a process whose time a test library holds or moves, as tests of bots do."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from http.client import HTTPException

import freezegun
import pytest
import time_machine
from support.sender import NOW_MS, SERVER_TIME, Sender

from bingx_fake import FakeExchange
from bingx_fake.clock import ExchangeClock
from bingx_fake.exchange import Exchange
from bingx_fake.faults.kinds import KINDS, REST_KINDS
from bingx_fake.real_time import real_s
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form

LONG_AGO = "2020-02-02T12:00:00+00:00"
LONG_AGO_MS = 1_580_644_800_000
NEEDED = {key: {"ms": 5} for key in ("latency", "commit-delay", "stale", "ws-delay")}

Move = Callable[[float], object]
"""Moves the time that is held, by seconds."""
Held = Callable[[], AbstractContextManager[Move]]


@contextmanager
def held_by_freezegun() -> Iterator[Move]:
    with freezegun.freeze_time(LONG_AGO) as held:
        yield lambda seconds: held.tick(timedelta(seconds=seconds))


@contextmanager
def held_by_time_machine() -> Iterator[Move]:
    with time_machine.travel(LONG_AGO, tick=False) as traveller:
        yield traveller.shift


@pytest.fixture(params=[held_by_freezegun, held_by_time_machine], ids=["freezegun", "time-machine"])
def held(request: pytest.FixtureRequest, exchange: FakeExchange) -> Held:
    """Holds the time that the exchange's clock runs with, in the test alone, since pytest measures, too."""
    exchange.clock.run()
    hold: Held = request.param
    return hold


def answers(exchange: FakeExchange, *, timeout_s: float = 5) -> bool:
    try:
        return Sender(exchange).raw("GET", SERVER_TIME, timeout=timeout_s).code == 0
    except (OSError, HTTPException):
        return False


def is_down(exchange: FakeExchange, kind: str) -> bool:
    """Whether ``com`` cannot be reached; a connect into a black hole is not waited for for long."""
    return not answers(exchange, timeout_s=0.2 if kind == "blackhole" else 5)


def happens(condition: Callable[[], bool]) -> bool:
    """Wait for something, in time that nobody holds."""
    end_s = real_s() + 30
    while not condition():
        if real_s() > end_s:
            return False
    return True


def test_the_exchange_believes_the_library_as_the_bot_does(exchange: FakeExchange, held: Held) -> None:
    with held():
        assert exchange.clock.now_ms() == LONG_AGO_MS
        assert Sender(exchange).raw("GET", SERVER_TIME).data["serverTime"] == LONG_AGO_MS


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_late_answer_comes_as_late_as_it_was_ordered(
    exchange: FakeExchange, held: Held, phase: str
) -> None:
    with held(), exchange.fault("com", "latency", ms=300, phase=phase):
        start_s = real_s()
        assert answers(exchange)
        assert real_s() - start_s >= 0.3


def test_an_answer_that_dribbles_comes_whole(exchange: FakeExchange, held: Held) -> None:
    with held(), exchange.fault("com", "dribble", ms=1):
        assert answers(exchange)


@pytest.mark.parametrize("kind", ["refuse", "blackhole"])
def test_a_fault_on_connections_heals_as_real_time_passes(
    exchange: FakeExchange, held: Held, kind: str
) -> None:
    with held():
        start_s = real_s()
        with exchange.fault("com", kind, for_ms=400):
            assert is_down(exchange, kind)
            assert happens(lambda: answers(exchange))
            assert real_s() - start_s >= 0.4


@pytest.mark.parametrize("kind", ["refuse", "blackhole"])
def test_a_fault_on_connections_heals_when_the_library_moves_time_past_its_end(
    exchange: FakeExchange, held: Held, kind: str
) -> None:
    with held() as move, exchange.fault("com", kind, for_ms=3_600_000):
        assert is_down(exchange, kind)
        move(3600)
        assert happens(lambda: answers(exchange))


def test_a_fault_on_connections_begins_as_real_time_passes(exchange: FakeExchange, held: Held) -> None:
    with held():
        exchange.play([{"domain": "com", "kind": "refuse", "at_ms": 200}])
        assert happens(lambda: is_down(exchange, "refuse"))


@pytest.mark.parametrize("kind", ["refuse", "blackhole"])
def test_where_the_exchange_holds_its_clock_nothing_but_that_clock_heals(
    exchange: FakeExchange, held: Held, kind: str
) -> None:
    exchange.clock.freeze(NOW_MS)
    with held() as move, exchange.fault("com", kind, for_ms=50):
        move(3600)
        end_s = real_s() + 0.3
        while real_s() < end_s:
            assert is_down(exchange, kind)
        exchange.clock.advance(49)
        assert is_down(exchange, kind)
        exchange.clock.advance(1)
        assert answers(exchange)


# Every kind


class Times:
    """The system's time, and the time that passes for real."""

    system_ms, real_s = LONG_AGO_MS, 5.0


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def inner(times: Times) -> Exchange:
    """An exchange without sockets, on which every kind of fault can be had."""
    clock = ExchangeClock(lambda: times.system_ms, real_s=lambda: times.real_s)
    exchange = Exchange(Settings(read_form(None), lambda: clock, tls=True))
    exchange.names_intercepted = True
    return exchange


def stage(exchange: Exchange, kind: str, *, at_ms: int | None = None) -> Callable[[], str]:
    """Order a fault of a kind for a second, and give what says how far it is."""
    domain = "com" if kind in REST_KINDS else "stream"
    order = {"domain": domain, "kind": kind, **NEEDED.get(kind, {}), "for_ms": 1000}
    exchange.order_faults(order if at_ms is None else {**order, "at_ms": at_ms})
    return lambda: exchange.faults.stages(exchange.clock.now_ms())[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_ends_when_real_time_has_passed(inner: Exchange, times: Times, kind: str) -> None:
    stage_now = stage(inner, kind, at_ms=500)
    times.real_s += 0.499
    assert stage_now() == "waiting"
    times.real_s += 0.25
    assert stage_now() == "in force"
    times.real_s += 0.75
    assert stage_now() == "in force"
    times.real_s += 0.01
    assert stage_now() == "over"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_ends_when_the_systems_time_is_moved(inner: Exchange, times: Times, kind: str) -> None:
    stage_now = stage(inner, kind)
    times.system_ms += 999
    assert stage_now() == "in force"
    times.system_ms += 1
    assert stage_now() == "over"


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_frozen_clock_every_kind_ends_when_it_is_advanced_and_not_before(
    inner: Exchange, times: Times, kind: str
) -> None:
    inner.change_clock(lambda clock: clock.freeze())
    stage_now = stage(inner, kind)
    times.system_ms += 1_000_000
    times.real_s += 1000
    inner.change_clock(lambda clock: clock.advance(999))
    assert stage_now() == "in force"
    inner.change_clock(lambda clock: clock.advance(1))
    assert stage_now() == "over"


def test_real_time_counts_while_the_clock_runs_only(inner: Exchange, times: Times) -> None:
    stage_now = stage(inner, "refuse")
    for _ in range(2):
        times.real_s += 0.4
        inner.change_clock(lambda clock: clock.freeze())
        times.real_s += 1000
        assert stage_now() == "in force"
        inner.change_clock(lambda clock: clock.run())
    times.real_s += 0.2
    assert stage_now() == "over"


def test_it_is_known_when_a_fault_ends_as_real_time_brings_that_nearer(inner: Exchange, times: Times) -> None:
    inner.order_faults({"domain": "com", "kind": "refuse", "at_ms": 300, "for_ms": 50})
    assert [item.at_ms - LONG_AGO_MS for item in inner.agenda] == [300, 350]
    times.real_s += 0.3125
    inner.keep_up()
    assert [item.at_ms - LONG_AGO_MS for item in inner.agenda] == [38]
    times.system_ms += 345
    inner.keep_up()
    assert [item.at_ms - LONG_AGO_MS for item in inner.agenda] == [350]


# Imports


IMPORTED_MEANWHILE = """
import {library}
with {hold}:
    from bingx_fake import FakeExchange
    from bingx_client import Client
    with FakeExchange() as exchange, exchange.fault("*", "latency", ms=100):
        with Client("prod-vst", "key", "secret", base_urls=exchange.base_urls) as client:
            print(client.server_time())
"""


@pytest.mark.parametrize(
    ("library", "hold"),
    [
        ("freezegun", f"freezegun.freeze_time({LONG_AGO!r})"),
        ("time_machine", f"time_machine.travel({LONG_AGO!r}, tick=False)"),
    ],
)
def test_an_exchange_that_is_imported_while_time_is_held_answers_too(library: str, hold: str) -> None:
    code = IMPORTED_MEANWHILE.format(library=library, hold=hold)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == str(LONG_AGO_MS), done.stderr
