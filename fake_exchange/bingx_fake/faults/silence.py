"""Faults that leave the client without an answer, or without a whole one."""

from bingx_fake.faults.fault import PHASED, Close, Delivery, FaultMatch, Hang, Kind, Reset, Truncate


def _hang(met: FaultMatch) -> Delivery:
    return Hang()


def _close(met: FaultMatch) -> Delivery:
    return Close()


def _reset(met: FaultMatch) -> Delivery:
    return Reset()


def _truncate(met: FaultMatch) -> Delivery:
    return Truncate(met.answer, reset=met.fault.variant == "reset")


TIMEOUT = Kind(name="timeout", fields=PHASED, may_fall_back=True, deliver=_hang)
"""Accepted, read, never answered."""

EMPTY = Kind(name="empty", fields=PHASED, may_fall_back=True, deliver=_close)
"""Closed without a byte."""

RESET = Kind(name="reset", fields=PHASED, may_fall_back=True, deliver=_reset)
"""TCP RST instead of an answer."""

TRUNCATE = Kind(
    name="truncate",
    fields=PHASED | {"variant"},
    may_fall_back=True,
    variants=("fin", "reset"),
    deliver=_truncate,
    shows_answer=True,
)
"""Half a body, then closed (``fin``) or reset."""
