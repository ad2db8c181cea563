"""Outages to send a transfer through, drawn from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

Order = dict[str, Any]

CONNECTION_KINDS = ("refuse", "blackhole", "tls", "dns")
PHASED_KINDS = (
    *("timeout", "reset", "empty", "truncate", "dribble", "latency"),
    *("http-error", "html-error", "malformed", "redirect"),
)
ANSWER_KINDS = ("business-error", "rate-limit")
LOSING_KINDS = ("timeout", "reset", "empty", "truncate")
DOMAINS = ("com", "com", "pro", "*")
TLS_VARIANTS = ("expired", "wrong-host", "unknown-ca", "plain-text")
SLOW_MS = 1000
"""Longer than any strategy waits for real."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One transfer and what it meets."""

    amount: str
    orders: list[Order]


def scenarios(seed: int, count: int) -> Iterator[Scenario]:
    """The same scenarios for the same seed. Few different amounts, so that many transfers are identical."""
    random = Random(seed)
    for _ in range(count):
        amount = str(random.randint(1, 5))
        chance = random.random()
        if chance < 0.25:
            yield Scenario(amount, [])
        elif chance < 0.30:
            yield Scenario(amount, _blackout(random))
        else:
            orders = [_order(random) for _ in range(random.randint(1, 3))]
            if random.random() < 0.3:
                orders.append({"domain": "*", "kind": "commit-delay", "ms": random.randint(0, 1000)})
            yield Scenario(amount, orders)


def _order(random: Random) -> Order:
    kind = random.choice((*CONNECTION_KINDS, *PHASED_KINDS, *ANSWER_KINDS))
    order: Order = {"domain": random.choice(DOMAINS), "kind": kind}
    if kind in CONNECTION_KINDS:
        order["for_ms"] = random.randint(1, 15_000)
        if kind == "tls":
            order["variant"] = random.choice(TLS_VARIANTS)
        return order
    order["times"] = random.randint(1, 3)
    if random.random() < 0.6:
        order["method"] = "POST"
    if kind in PHASED_KINDS:
        order["phase"] = random.choice(("before", "after"))
    if kind == "latency":
        order["ms"] = random.choice((1, SLOW_MS))
    if kind == "dribble":
        order["ms"] = SLOW_MS
    if kind == "rate-limit":
        order["ms"] = 5000
    if kind == "truncate":
        order["variant"] = random.choice(("fin", "reset"))
    if kind == "business-error":
        order["code"] = random.choice((100500, 100410, 100421, 100202))
    return order


def _blackout(random: Random) -> list[Order]:
    """The transfer's answer is lost, and afterwards nothing can be read."""
    lost = {"domain": "*", "kind": random.choice(LOSING_KINDS), "method": "POST", "times": 1}
    return [
        {**lost, "phase": random.choice(("before", "after"))},
        {"domain": "*", "kind": "empty", "method": "GET"},
    ]
