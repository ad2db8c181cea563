"""Users on perpetuals beside the naive account: whatever they do, in whatever order, both come to the same.

``BINGX_LONG=1`` makes up other histories on each run, and many more; ``make test-long`` sets it.
"""

import ast
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from perpetuals.machine import Machine

LONG = os.environ.get("BINGX_LONG") == "1"
EXAMPLES, STEPS_EACH = (1_000, 80) if LONG else (60, 50)


def test_the_naive_account_shares_nothing_with_what_it_is_compared_with() -> None:
    tree = ast.parse(Path(__file__).with_name("naive.py").read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported == {"fractions"}


@pytest.mark.timeout(3_600 if LONG else 300)
def test_any_history_comes_to_what_the_naive_account_says() -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS_EACH,
            deadline=None,
            derandomize=not LONG,
            suppress_health_check=list(HealthCheck),
        ),
    )
