"""Time that passes whatever a test library says the time is.

Tests of a bot freeze or move ``time`` (freezegun, time-machine) in the process in which the exchange runs.
What a bot and the exchange say to each other is then as late as the library says. How long an answer is
under way, and when a wait on a socket ends, is not: sockets live in real time, and an event loop whose clock
stands still never wakes up again.
"""

import asyncio
import time
from functools import partial

# freezegun replaces functions of ``time`` wherever a module has one under a name, which is why this one is
# wrapped; time-machine replaces some inside. Neither touches ``clock_gettime`` of a clock that cannot be set.
if hasattr(time, "clock_gettime"):
    real_s = partial(time.clock_gettime, time.CLOCK_MONOTONIC)
else:
    real_s = partial(time.perf_counter)
"""Seconds that have passed since some moment in the past; a call's difference to another one counts."""


class RealTimeLoop(asyncio.SelectorEventLoop):
    """An event loop on that clock: what is due in a second is due in a second.

    One that waits for sockets to become ready, on Windows too, since listeners need ``add_reader``.
    """

    def time(self) -> float:
        """The loop's clock, in seconds."""
        return real_s()
