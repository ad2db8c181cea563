"""How late an answer is: drawn from the exchange's seed, around a median."""

import statistics
from typing import Any

import pytest
from support.sender import NOW_MS, SERVER_TIME

from bingx_fake.clock import ExchangeClock
from bingx_fake.exchange import Exchange
from bingx_fake.faults.fault import Late
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form

REQUEST = WireRequest(
    domain="com", method="GET", target=SERVER_TIME, headers={}, body=b"", address="127.0.0.1"
)


def delays_ms(count: int, *, seed: int = 0, **order: float | None) -> list[float]:
    """How late each of a number of answers would be."""
    settings = Settings(read_form(None), lambda: ExchangeClock(lambda: NOW_MS, frozen_ms=NOW_MS), seed=seed)
    exchange = Exchange(settings)
    exchange.order_faults({"domain": "com", "kind": "latency", **order})
    delays = []
    for _ in range(count):
        delivery = exchange.receive(REQUEST)
        assert isinstance(delivery, Late)
        delays.append(delivery.ms)
    return delays


@pytest.mark.parametrize("order", [{}, {"sigma": 0}, {"sigma": None}], ids=str)
def test_without_sigma_every_answer_is_exactly_as_late_as_ordered(order: dict[str, Any]) -> None:
    assert delays_ms(5, ms=250, **order) == [250] * 5


def test_with_sigma_delays_are_lognormal_around_their_median() -> None:
    delays = delays_ms(4000, ms=250, sigma=0.5)
    below, median, above = statistics.quantiles(delays, n=4)
    assert median == pytest.approx(250, rel=0.05)
    # The quartiles of a lognormal distribution lie 0.6745 sigma to either side, as factors.
    assert median / below == pytest.approx(1.401, rel=0.05)
    assert above / median == pytest.approx(1.401, rel=0.05)


def test_the_same_seed_gives_the_same_delays() -> None:
    assert delays_ms(20, ms=100, sigma=1, seed=3) == delays_ms(20, ms=100, sigma=1, seed=3)
    assert delays_ms(20, ms=100, sigma=1, seed=3) != delays_ms(20, ms=100, sigma=1, seed=4)


def test_no_answer_is_more_than_an_hour_late() -> None:
    assert max(delays_ms(500, ms=3_600_000, sigma=5)) == 3_600_000


def test_a_median_of_nothing_is_nothing_whatever_sigma() -> None:
    assert delays_ms(3, ms=0, sigma=2) == [0, 0, 0]
