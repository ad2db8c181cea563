"""Orders for faults that make no sense: refused whole, with the reason, and nothing changes."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from bingx_fake import FakeExchange, FaultError
from bingx_fake.faults.kinds import KINDS, REST_KINDS

HOUR_MS = 3_600_000
END_OF_TIME_MS = 253_402_300_799_999
LASTING = {"for_ms": 1}
MATCHING = LASTING | {"method": "GET", "path": "/*", "skip": 1, "times": 1, "probability": 0.5}
PHASED = MATCHING | {"phase": "after"}
CONNECTION = LASTING | {"stream": "spot", "uid": 5}
COUNTED = CONNECTION | {"skip": 1, "times": 1, "probability": 0.5}
TOPIC = {"topic": "*@trade"}
TAKEN: dict[str, dict[str, Any]] = {
    "refuse": LASTING,
    "dns": LASTING,
    "tls": LASTING | {"variant": "expired"},
    "blackhole": LASTING,
    "timeout": PHASED,
    "reset": PHASED,
    "empty": PHASED,
    "truncate": PHASED | {"variant": "reset"},
    "dribble": PHASED | {"ms": 5},
    "latency": PHASED | {"ms": 5, "sigma": 1.5},
    "http-error": PHASED | {"status": 503, "body": "{}"},
    "html-error": PHASED | {"status": 503},
    "malformed": PHASED,
    "redirect": PHASED,
    "business-error": MATCHING | {"code": 100400},
    "rate-limit": MATCHING | {"ms": 5},
    "commit-delay": MATCHING | {"ms": 5},
    "stale": MATCHING | {"ms": 5},
    "empty-data": MATCHING,
    "ws-refuse": COUNTED | {"status": 503},
    "ws-close": COUNTED | {"close_code": 1012},
    "ws-reset": COUNTED,
    "ws-silent": CONNECTION,
    "ws-stall": CONNECTION | TOPIC,
    "ws-drop": COUNTED | TOPIC,
    "ws-duplicate": COUNTED | TOPIC,
    "ws-delay": COUNTED | TOPIC | {"ms": 5},
    "ws-reorder": COUNTED | TOPIC,
    "ws-gap": COUNTED | TOPIC,
    "key-expire": LASTING | {"uid": 5},
}
"""Every kind with every field that it takes."""

NEEDED = {"latency": {"ms": 5}, "commit-delay": {"ms": 5}, "stale": {"ms": 5}, "ws-delay": {"ms": 5}}
OWN = {"ms": 5, "sigma": 1, "status": 500, "code": 1, "close_code": 1012, "body": "{}"}
EVERY_FIELD: dict[str, Any] = PHASED | COUNTED | TOPIC | OWN


@pytest.fixture
def anything_goes(tls_exchange: FakeExchange) -> Iterator[FakeExchange]:
    """An exchange on which every kind can be had: with TLS, and its names intercepted."""
    tls_exchange.intercept_names(True)
    yield tls_exchange
    tls_exchange.intercept_names(False)


def faults(exchange: FakeExchange) -> list[dict[str, Any]]:
    return exchange.call(lambda inner: inner.faults.describe())


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_takes_its_fields_and_is_listed_with_them(anything_goes: FakeExchange, kind: str) -> None:
    order = {
        "domain": "pro" if kind in REST_KINDS else "stream",
        "kind": kind,
        **TAKEN[kind],
        "at_ms": 60_000,
    }
    (fault_id,) = anything_goes.play([order])
    now_ms = anything_goes.clock.now_ms()
    times = {"from": now_ms + 60_000, "until": now_ms + 60_001}
    assert faults(anything_goes) == [{"id": fault_id, **order, "hits": 0, **times}]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_refuses_every_other_field(anything_goes: FakeExchange, kind: str) -> None:
    domain, needed = "com" if kind in REST_KINDS else "stream", NEEDED.get(kind, {})
    for field, value in (EVERY_FIELD | {"variant": "fin"}).items():
        if field not in TAKEN[kind]:
            with pytest.raises(FaultError, match=rf"^0.{field}: a fault '{kind}' does not take this field"):
                anything_goes.play([{"domain": domain, "kind": kind, **needed, field: value}])
    assert faults(anything_goes) == []


@pytest.mark.parametrize("kind", NEEDED)
def test_some_kinds_cannot_do_without_a_field(exchange: FakeExchange, kind: str) -> None:
    domain = "com" if kind in REST_KINDS else "stream"
    with pytest.raises(FaultError, match=rf"^ms: a fault '{kind}' needs"), exchange.fault(domain, kind):
        pass


BAD: list[tuple[Any, str]] = [
    (None, "the body must be a JSON object"),
    ("refuse", "the body must be a JSON object"),
    ({"kind": "refuse"}, "missing required field `domain`"),
    ({"domain": "com"}, "missing required field `kind`"),
    ({"domain": "org", "kind": "refuse"}, "domain: Invalid enum value 'org'"),
    ({"domain": "com", "kind": "earthquake"}, "kind: there is no fault 'earthquake'; there are refuse, dns"),
    ({"domain": "com", "kind": 5}, "kind: Expected `str`, got `int`"),
    ({"domain": "com", "kind": "timeout", "colour": "red"}, "colour: Object contains unknown field"),
    ({"domain": "com", "kind": "tls"}, "kind: the domains are served without TLS"),
    ({"domain": "com", "kind": "dns"}, "kind: host names are not intercepted"),
    ({"domain": "com", "kind": "truncate", "variant": "half"}, "variant: 'half' is none of fin, reset"),
    ({"domain": "com", "kind": "refuse", "for_ms": 0}, "for_ms: 0 is not 1 to"),
    ({"domain": "com", "kind": "refuse", "for_ms": -1}, "for_ms: -1 is negative"),
    ({"domain": "com", "kind": "refuse", "for_ms": 1.5}, "for_ms: Expected"),
    ({"domain": "com", "kind": "refuse", "for_ms": END_OF_TIME_MS + 1}, "for_ms: 253402300800000 is not"),
    ({"domain": "com", "kind": "refuse", "at_ms": -1}, "at_ms: -1 is negative"),
    ({"domain": "com", "kind": "refuse", "at_ms": True}, "at_ms: Expected"),
    ({"domain": "com", "kind": "dribble", "ms": -1}, "ms: -1 is negative"),
    ({"domain": "com", "kind": "dribble", "ms": HOUR_MS + 1}, f"ms: {HOUR_MS + 1} is not 0 to {HOUR_MS}"),
    ({"domain": "com", "kind": "latency", "ms": -1}, "ms: -1 is negative"),
    ({"domain": "com", "kind": "latency", "ms": None}, "ms: a fault 'latency' needs this field"),
    ({"domain": "com", "kind": "latency", "ms": 5, "sigma": -0.1}, "sigma: -0.1 is not between 0 and 5"),
    ({"domain": "com", "kind": "latency", "ms": 5, "sigma": 5.1}, "sigma: 5.1 is not between 0 and 5"),
    ({"domain": "com", "kind": "commit-delay", "ms": -1}, "ms: -1 is negative"),
    ({"domain": "com", "kind": "commit-delay", "ms": END_OF_TIME_MS + 1}, "ms: 253402300800000 is not"),
    (
        {"domain": "com", "kind": "commit-delay", "ms": 5, "phase": "after"},
        "phase: a fault 'commit-delay' do",
    ),
    ({"domain": "com", "kind": "timeout", "phase": "during"}, "phase: Invalid enum value 'during'"),
    ({"domain": "com", "kind": "timeout", "probability": 1.1}, "probability: 1.1 is not between 0 and 1"),
    ({"domain": "com", "kind": "timeout", "probability": -0.1}, "probability: -0.1 is not between 0 and 1"),
    ({"domain": "com", "kind": "timeout", "probability": "1"}, "probability: Expected"),
    ({"domain": "com", "kind": "timeout", "times": 0}, "times: 0 is not 1 or more"),
    ({"domain": "com", "kind": "timeout", "skip": -1}, "skip: -1 is negative"),
    (
        {"domain": "com", "kind": "timeout", "method": "post"},
        "method: 'post' is no HTTP method in upper case",
    ),
    ({"domain": "com", "kind": "timeout", "method": ""}, "method: '' is no HTTP method"),
    ({"domain": "com", "kind": "timeout", "path": "openApi/*"}, "path: 'openApi/*' fits no path"),
    ({"domain": "com", "kind": "http-error", "status": 200}, "status: 200 is not an HTTP error status"),
    ({"domain": "com", "kind": "html-error", "status": 600}, "status: 600 is not an HTTP error status"),
    ({"domain": "com", "kind": "http-error", "body": "<html>"}, "body: is not JSON"),
    ({"domain": "com", "kind": "http-error", "body": "[" * 100_000}, "body: is not JSON"),
    ({"domain": "com", "kind": "business-error", "code": 0}, "code: 0 means success"),
    ({"domain": "com", "kind": "business-error", "phase": "after"}, "phase: a fault 'business-error' does"),
    ({"domain": "com", "kind": "rate-limit", "phase": "after"}, "phase: a fault 'rate-limit' does not take"),
    ([{"domain": "com", "kind": "empty"}, {"domain": "com", "kind": "nothing"}], "1.kind: there is no fault"),
    ([{"domain": "com", "kind": "empty"}, 5], "1: Expected `object`, got `int`"),
    ([{"domain": "com", "kind": "refuse"}, {"domain": "com", "kind": "dns"}], "1.kind: host names are not"),
]


@pytest.mark.parametrize(("order", "reason"), BAD, ids=lambda value: str(value)[:60])
def test_an_order_that_makes_no_sense_changes_nothing_and_says_why(
    exchange: FakeExchange, order: Any, reason: str
) -> None:
    exchange.play([{"domain": "pro", "kind": "empty"}])
    before = faults(exchange)
    answer = requests.post(f"{exchange.control_url}/faults", json=order, timeout=10)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]
    assert faults(exchange) == before
    assert requests.get(f"{exchange.base_urls[0]}/", timeout=10).json()["code"] == 100404


@pytest.mark.parametrize("probability", [float("nan"), float("inf")])
def test_a_probability_that_is_no_number_is_refused(exchange: FakeExchange, probability: float) -> None:
    with pytest.raises(FaultError, match=r"^0.probability: "):
        exchange.play([{"domain": "com", "kind": "empty", "probability": probability}])


def test_an_empty_list_is_no_fault(exchange: FakeExchange) -> None:
    assert exchange.play([]) == []


@pytest.mark.parametrize("value", [0, 1, 0.5])
def test_the_edges_of_a_probability_are_taken(exchange: FakeExchange, value: float) -> None:
    with exchange.fault("com", "empty", probability=value):
        assert faults(exchange)[0].get("probability", 1) == value


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "dribble", "ms": HOUR_MS},
        {"kind": "latency", "ms": 0, "sigma": 5},
        {"kind": "refuse", "for_ms": END_OF_TIME_MS},
        {"kind": "commit-delay", "ms": END_OF_TIME_MS},
        {"kind": "rate-limit", "ms": 0},
        {"kind": "timeout", "at_ms": 0},
    ],
    ids=str,
)
def test_the_edges_of_times_are_taken(exchange: FakeExchange, order: dict[str, Any]) -> None:
    with exchange.fault("com", **order) as fault_id:
        assert faults(exchange)[0]["id"] == fault_id
