"""Faults that leave the client without an answer."""

from bingx_fake.faults.fault import MATCHING, Close, Delivery, Fault, Hang, Kind


def _hang(fault: Fault, now_ms: int) -> Delivery:
    return Hang()


def _close(fault: Fault, now_ms: int) -> Delivery:
    return Close()


TIMEOUT = Kind("timeout", MATCHING | {"phase"}, _hang)
"""Accepted, read, never answered."""

EMPTY = Kind("empty", MATCHING | {"phase"}, _close)
"""Closed without a byte."""
