"""A million transfers in one exchange: pages, memory, and the file that holds them."""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.plan import Plan
from benchmarks.processes import Child, module
from benchmarks.scale_probe import FEW
from benchmarks.table import Row, Target, median_row

_PAGES_WITHIN = Target("at most", 2)
_BYTES_WITHIN = Target("at most", 600)
_PATIENCE_S = 120.0
"""Between two signs of life."""


def million_transfers(plan: Plan) -> list[Row]:
    """Ask exchanges with a thousand and with a million transfers for the same pages, in turn."""
    many, rounds = plan.rounds(full=1_000_000, quick=100_000), plan.rounds(full=15, quick=5)
    with tempfile.TemporaryDirectory(prefix="bingx-bench-") as folder:
        found = _follow(
            plan, [*module("scale_probe"), str(many), str(rounds), str(Path(folder, "state.jsonl"))]
        )
    rows = [
        median_row(
            f"page of {many:,} transfers, {query}",
            f"the same of {FEW:,}",
            samples["ratios"],
            "x",
            _PAGES_WITHIN,
            f"{samples['us']:.0f} µs, {len(samples['ratios'])} rounds in turn; signed request to answer, "
            "without the socket",
        )
        for query, samples in found["pages"].items()
    ]
    rows += [
        Row(
            f"memory of {what}",
            f"resident memory per record at {many:,}",
            found["bytes"][what],
            "bytes",
            _BYTES_WITHIN,
        )
        for what in found["bytes"]
    ]
    size = f"{found['file_bytes'] / 1e6:.0f} MB"
    return [
        *rows,
        Row("state saved", f"{many:,} transfers, {size} of JSON lines", found["save_s"], "s"),
        Row("state loaded", "the same file, ready to serve", found["load_s"], "s"),
    ]


def _follow(plan: Plan, command: list[str]) -> Any:
    """Run the probe, show its progress, and give its last word."""
    with Child(command) as probe:
        task = plan.progress.add_task("scale")
        while "pages" not in (message := probe.receive(_PATIENCE_S)):
            plan.progress.update(
                task,
                description=message["doing"],
                completed=message["done"],
                total=message["total"],
            )
        plan.progress.update(task, completed=1, total=1)
        return message
