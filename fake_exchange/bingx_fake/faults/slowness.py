"""Faults that take their time. They wait in real time: a socket does not know the exchange's clock."""

import math

from bingx_fake.faults.fault import PHASED, Delivery, Dribble, FaultMatch, Kind, Late

LONGEST_WAIT_MS = 3_600_000
_BETWEEN_BYTES_MS = 1000


def _dribble(met: FaultMatch) -> Delivery:
    return Dribble(met.answer, _BETWEEN_BYTES_MS if met.fault.ms is None else met.fault.ms)


def _late(met: FaultMatch) -> Delivery:
    median_ms, sigma = met.fault.ms, met.fault.sigma or 0.0
    assert median_ms is not None, "latency needs ms"
    if median_ms == 0 or sigma == 0:
        return Late(median_ms, met.later)
    drawn_ms = met.random.lognormvariate(math.log(median_ms), sigma)
    return Late(min(drawn_ms, LONGEST_WAIT_MS), met.later)


DRIBBLE = Kind(
    name="dribble", fields=PHASED | {"ms"}, may_fall_back=True, deliver=_dribble, shows_answer=True
)
"""A byte every ``ms``, from the first byte of the head on."""

LATENCY = Kind(
    name="latency",
    fields=PHASED | {"ms", "sigma"},
    needs=frozenset({"ms"}),
    may_fall_back=True,
    deliver=_late,
)
"""A whole answer, late by a median of ``ms`` (lognormal with ``sigma``; exact without).

``before``: the request is under way for that long and then carried out, unless its client has left.
``after``: it takes effect at once, and its answer is under way.
"""
