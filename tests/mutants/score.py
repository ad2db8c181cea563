"""The end of ``make mutants``: every survivor, the score of each module, and whether it is enough.

Reads ``mutmut results --all true`` from standard input, in the directory that mutmut ran in.
"""

import subprocess
import sys
from collections import Counter, defaultdict

ENOUGH = 0.90
KILLED = {"killed", "timeout"}
# A mutant that no test reaches lives as surely as one that no test notices.
SURVIVED = {"survived", "no tests"}


def main() -> str | None:
    """Print the survivors and the score; what is wrong, if anything, for ``sys.exit``."""
    outcomes: dict[str, Counter[bool]] = defaultdict(Counter)
    for line in sys.stdin:
        name, _, status = line.strip().partition(": ")
        if status in KILLED | SURVIVED:
            outcomes[name.rpartition(".")[0]][status in KILLED] += 1
            if status in SURVIVED:
                mutmut = [sys.executable, "-m", "mutmut", "show", name]
                sys.stdout.write(subprocess.run(mutmut, capture_output=True, check=True, text=True).stdout)
        elif status and status != "not checked":
            return f"{name} is neither killed nor alive: {status}"
    if not outcomes:
        return "there are no mutants"
    for module, outcome in outcomes.items():
        sys.stdout.write(_line(f"`{module}`", outcome))
    total = sum(outcomes.values(), Counter())
    sys.stdout.write(_line("together", total))
    return None if total[True] >= ENOUGH * total.total() else f"the score is under {ENOUGH:.0%}"


def _line(name: str, outcome: Counter[bool]) -> str:
    """A row of the table in tests/MUTANTS.md."""
    share = 100 * outcome[True] / outcome.total()
    return f"| {name} | {outcome[True]} | {outcome.total()} | {share:.1f} % |\n"


if __name__ == "__main__":
    sys.exit(main())
