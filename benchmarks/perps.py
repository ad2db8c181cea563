"""Positions in perpetuals in process: a mark that moves, and a month of funding."""

from benchmarks.market import follow
from benchmarks.perp_probe import DAYS, FUNDED, MARKED
from benchmarks.plan import Plan
from benchmarks.processes import module
from benchmarks.table import Row, Target, median_row

_MOST_MS = 50
_MOST_S = 2


def positions(plan: Plan) -> list[Row]:
    """Value every position of a market anew, and fund them."""
    steps, months = plan.rounds(full=50, quick=10), plan.rounds(full=5, quick=1)
    found = follow(plan, [*module("perp_probe"), str(steps), str(months)], last="ms")
    return [
        median_row(
            f"a mark step over {MARKED:,} positions",
            "of one market, a user each, in cross margin; half of them lose by it",
            found["ms"],
            "ms",
            Target("at most", _MOST_MS),
            f"{steps} steps, nobody is liquidated; processor time",
        ),
        median_row(
            f"{DAYS} days of funding over {FUNDED:,} positions",
            "the clock advanced past every boundary",
            found["s"],
            "s",
            Target("at most", _MOST_S),
            f"{DAYS * 3} settlements, {months} times; processor time",
        ),
    ]
