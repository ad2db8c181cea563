"""Everything that people can ask of the exchange, in any order, is answered as the model answers it.

Hypothesis makes up histories: several users call through our client and by hand, at both domains, while time
passes, clocks are off, domains refuse, and whoever runs the exchange moves balances. After each step the
answer and every balance have to be the model's. A difference shrinks to the shortest history, printed as a
script of these rules, and before it the calls that they made.

``BINGX_LONG=1`` makes up other histories on each run, and many more; ``make test-long`` sets it.
"""

import ast
import logging
import os
import sys
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from model.histories import START
from model.machine import History
from model.pair import Pair
from support.sender import NOW_MS, Sender

from bingx_fake import FakeExchange

LONG = os.environ.get("BINGX_LONG") == "1"
EXAMPLES, STEPS_EACH = (400, 50) if LONG else (110, 25)
STEPS_AT_LEAST = 10_000 if LONG else 1_000


@pytest.mark.parametrize("module", ["model", "parameters"])
def test_the_model_shares_nothing_with_what_it_is_compared_with(module: str) -> None:
    tree = ast.parse(Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= {"re", "collections.abc", "dataclasses", "fractions", "typing", "model.parameters"}


@pytest.mark.timeout(3600)  # with the minutes that shrinking takes
@pytest.mark.departs("clock-off", "replayed-signature")  # its clock is off at times, and set back
def test_the_exchange_answers_as_the_model_does(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "bingx_client")  # its notices would bury the script of a failure
    Pair.steps = 0
    with FakeExchange(START, frozen_at_ms=NOW_MS) as exchange, requests.Session() as control:
        Pair.exchange, Pair.control = exchange, control
        Pair.senders = {domain: Sender(exchange, domain) for domain in ("com", "pro")}
        run_state_machine_as_test(
            History,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS_EACH,
                derandomize=not LONG,
                deadline=None,
                report_multiple_bugs=False,
                phases=[Phase.reuse, Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            ),
        )
    if LONG:
        with capsys.disabled():
            sys.stdout.write(f"\n{Pair.steps} steps answered as the model answers them\n")
    assert Pair.steps >= STEPS_AT_LEAST
