"""How soon an exchange is ready: in Python, as a command, and again after a reset."""

import time

from benchmarks.plan import Plan
from benchmarks.processes import Child, fake_command, module
from benchmarks.table import Row, Target, median_row


def exchange_ready(plan: Plan) -> list[Row]:
    """``FakeExchange()`` and ``reset()``, each process making its first exchange right after the import."""
    constructed: list[float] = []
    resets: list[float] = []
    for _ in plan.progress.track(range(plan.rounds(full=9, quick=3)), description="FakeExchange()"):
        with Child(module("startup_probe")) as probe:
            times = probe.receive()
        constructed.append(times["constructor_ms"])
        resets += times["reset_ms"]
    return [
        median_row(
            "FakeExchange()",
            "first one of a process, once imported",
            constructed,
            "ms",
            Target("at most", 60),
            f"{len(constructed)} processes",
        ),
        median_row(
            "reset()",
            "example state, five markets",
            resets,
            "ms",
            Target("at most", 2),
            f"{len(resets)} calls from Python",
        ),
    ]


def command_ready(plan: Plan) -> list[Row]:
    """``bingx-fake serve --json``: from the start of the process to the line that says it is ready."""
    samples: list[float] = []
    with Child(fake_command()) as first:  # fills the caches; not counted
        first.receive()
    for _ in plan.progress.track(range(plan.rounds(full=7, quick=3)), description="bingx-fake serve"):
        command = fake_command()
        started = time.perf_counter()
        with Child(command) as server:
            server.receive()
            samples.append(time.perf_counter() - started)
    return [
        median_row(
            "bingx-fake serve --json",
            "process start to first line",
            samples,
            "s",
            Target("at most", 1),
            f"{len(samples)} starts after one that is not counted",
        )
    ]
