"""Schedules: faults that begin and end by themselves, on the exchange's clock."""

import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

import pytest
import requests
from support.sender import NOW_MS, SERVER_TIME, Sender

from bingx_fake import FakeExchange
from bingx_fake.clock import ExchangeClock
from bingx_fake.exchange import Exchange
from bingx_fake.faults.kinds import read_orders
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form

MINUTE_MS = 60_000
Play = Callable[[FakeExchange, list[dict[str, Any]]], object]


def play_in_python(exchange: FakeExchange, orders: list[dict[str, Any]]) -> None:
    assert len(exchange.play(orders)) == len(orders)


def play_over_http(exchange: FakeExchange, orders: list[dict[str, Any]]) -> None:
    answer = requests.post(f"{exchange.control_url}/faults", json=orders, timeout=10)
    assert len(answer.json()) == len(orders)


@pytest.fixture(params=[play_in_python, play_over_http], ids=["python", "http"])
def play(request: pytest.FixtureRequest) -> Play:
    """Both ways to hand a schedule to an exchange that runs."""
    player: Play = request.param
    return player


def state_of(exchange: FakeExchange, domain: str = "com") -> str:
    """How a domain is: ``up``, ``down``, or the code that it answers."""
    try:
        code = Sender(exchange, domain).raw("GET", SERVER_TIME).code
    except (OSError, HTTPException):
        return "down"
    return str(code or "up")


def every_10_s(exchange: FakeExchange, steps: int, domain: str = "com") -> list[str]:
    """How a domain is now, and after each 10 s on the exchange's clock."""
    states = []
    for _ in range(steps):
        states.append(state_of(exchange, domain))
        exchange.clock.advance(10_000)
    return states


def test_an_outage_of_com_for_ninety_seconds(served: FakeExchange, play: Play) -> None:
    play(served, [{"domain": "com", "kind": "refuse", "at_ms": 10_000, "for_ms": 90_000}])
    assert state_of(served) == "up"
    served.clock.advance(9_999)
    assert state_of(served) == "up"
    served.clock.advance(1)
    assert [state_of(served), state_of(served, "pro")] == ["down", "up"]
    served.clock.advance(89_999)
    assert state_of(served) == "down"
    served.clock.advance(1)
    assert state_of(served) == "up"


def test_a_flapping_primary(served: FakeExchange, play: Play) -> None:
    play(
        served,
        [
            {"domain": "com", "kind": "refuse", "at_ms": start, "for_ms": 10_000}
            for start in range(0, 60_000, 20_000)
        ],
    )
    assert every_10_s(served, 8) == ["down", "up", "down", "up", "down", "up", "up", "up"]


def test_a_brown_out(exchange: FakeExchange, play: Play) -> None:
    brown_out = {"kind": "http-error", "status": 503, "at_ms": MINUTE_MS, "for_ms": MINUTE_MS}
    play(exchange, [{"domain": "*", **brown_out, "probability": 0.5}])

    def minute() -> list[str]:
        return [state_of(exchange, domain) for _ in range(20) for domain in ("com", "pro")]

    assert set(minute()) == {"up"}
    exchange.clock.advance(MINUTE_MS)
    states = minute()
    assert set(states) == {"up", "100500"}
    assert 5 <= states.count("100500") <= 35
    exchange.clock.advance(MINUTE_MS)
    assert set(minute()) == {"up"}


def test_a_clock_that_jumps_over_an_outage_has_not_seen_it(served: FakeExchange) -> None:
    served.play([{"domain": "com", "kind": "refuse", "at_ms": 10_000, "for_ms": 10_000}])
    served.clock.advance(30_000)
    assert state_of(served) == "up"


def test_a_clock_that_is_set_back_sees_it_again(served: FakeExchange) -> None:
    served.play([{"domain": "com", "kind": "refuse", "at_ms": 10_000, "for_ms": 10_000}])
    served.clock.freeze(NOW_MS + 15_000)
    assert state_of(served) == "down"
    served.clock.freeze(NOW_MS + 25_000)
    assert state_of(served) == "up"
    served.clock.freeze(NOW_MS + 10_000)
    assert state_of(served) == "down"


def test_a_schedule_plays_by_itself_while_the_clock_runs(served: FakeExchange) -> None:
    served.clock.run()
    start_ms = served.clock.now_ms()
    served.play([{"domain": "com", "kind": "refuse", "at_ms": 300, "for_ms": 1000}])
    while state_of(served) == "up":
        assert served.clock.now_ms() - start_ms < MINUTE_MS
    while state_of(served) == "down":
        assert served.clock.now_ms() - start_ms < MINUTE_MS
    assert served.clock.now_ms() - start_ms >= 1300


def test_times_count_from_the_moment_the_order_is_taken(served: FakeExchange) -> None:
    order = {"domain": "com", "kind": "refuse", "at_ms": 10_000, "for_ms": 10_000}
    served.play([order])
    served.clock.advance(20_000)
    served.play([order])
    assert every_10_s(served, 3) == ["up", "down", "up"]


def test_requests_before_its_time_are_not_counted(exchange: FakeExchange) -> None:
    exchange.play([{"domain": "com", "kind": "business-error", "at_ms": 10_000, "skip": 1, "times": 1}])
    assert [state_of(exchange) for _ in range(3)] == ["up"] * 3
    exchange.clock.advance(10_000)
    assert [state_of(exchange) for _ in range(3)] == ["up", "100500", "up"]


def test_a_scheduled_fault_can_be_taken_back_before_it_begins(served: FakeExchange) -> None:
    (fault_id,) = served.play([{"domain": "com", "kind": "refuse", "at_ms": 10_000}])
    requests.delete(f"{served.control_url}/faults/{fault_id}", timeout=10)
    assert every_10_s(served, 3) == ["up"] * 3


def test_everything_can_be_taken_back_at_once(served: FakeExchange) -> None:
    served.play([{"domain": "*", "kind": "refuse", "at_ms": start} for start in (0, 10_000)])
    served.clear_faults()
    assert every_10_s(served, 2) == ["up"] * 2


def test_the_listing_says_from_when_until_when(exchange: FakeExchange) -> None:
    exchange.play(
        [
            {"domain": "com", "kind": "refuse", "at_ms": 10_000, "for_ms": 90_000},
            {"domain": "com", "kind": "timeout", "at_ms": 10_000},
            {"domain": "com", "kind": "refuse", "for_ms": 5},
        ]
    )
    listed = requests.get(f"{exchange.control_url}/faults", timeout=10).json()
    assert [(fault["from"] - NOW_MS, fault["until"]) for fault in listed] == [
        (10_000, NOW_MS + 100_000),
        (10_000, None),
        (0, NOW_MS + 5),
    ]


def test_an_exchange_that_starts_with_a_schedule_starts_it_again_on_reset() -> None:
    orders = [{"domain": "com", "kind": "refuse", "at_ms": 10_000}]
    settings = Settings(
        form=read_form(None),
        clock=lambda: ExchangeClock(lambda: NOW_MS, frozen_ms=NOW_MS),
        schedule=tuple(read_orders(orders, missing={})),
    )
    exchange = Exchange(settings)
    for _ in range(2):
        assert exchange.faults.on_listener("com", exchange.clock.now_ms()) is None
        exchange.change_clock(lambda clock: clock.advance(10_000))
        assert exchange.faults.on_listener("com", exchange.clock.now_ms()) is not None
        exchange.clear_faults()
        exchange.reset()


def test_a_long_schedule_costs_little(exchange: FakeExchange) -> None:
    exchange.play(
        [
            {"domain": "com", "kind": "refuse", "at_ms": start, "for_ms": 500}
            for start in range(1000, 2_001_000, 1000)
        ]
    )
    start = time.perf_counter()
    for _ in range(100):
        exchange.clock.advance(1000)
        assert exchange.call(lambda inner: inner.faults.on_listener("com", inner.clock.now_ms())) is not None
    assert time.perf_counter() - start < 5
