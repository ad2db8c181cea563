"""How long ``make test`` takes: linting, type-checking and every test."""

import os
import subprocess
import time

from benchmarks.plan import Plan
from benchmarks.processes import ROOT, BenchmarkError
from benchmarks.table import Row, Target


def whole_suite(plan: Plan) -> list[Row]:
    """Run it once. Not in a quick run, in which it would take longest by far."""
    if plan.quick:
        return []
    plan.progress.add_task("make test", total=None)
    started = time.perf_counter()
    done = subprocess.run(["make", "test"], cwd=ROOT, capture_output=True, text=True)
    minutes = (time.perf_counter() - started) / 60
    said = done.stdout.splitlines()
    if done.returncode:
        failed = [line for line in said if line.startswith(("FAILED ", "ERROR "))]
        raise BenchmarkError("make test failed: " + "; ".join([*said[-1:], *failed]))
    return [
        Row(
            "make test",
            f"everything, once, on {os.cpu_count()} cores",
            minutes,
            "min",
            Target("at most", 4),
            notes=next((line for line in reversed(said) if " passed" in line), ""),
        )
    ]
