"""The clocks that a client uses unless it is given others."""

import time


def system_ms() -> int:
    """The system's Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


def monotonic_ms() -> int:
    """Milliseconds of a clock that nobody sets."""
    return time.monotonic_ns() // 1_000_000
