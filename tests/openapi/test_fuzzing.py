"""What schemathesis makes of the document, sent to the fake by ``openapi.fuzzing``, a process of its own.

A bounded run under one profile by default; ``make fuzz`` sends tens of thousands under each.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openapi.outcome import Outcome

from bingx_contracts import ENDPOINTS, PROFILES

EXAMPLES = os.environ.get("BINGX_FUZZ_EXAMPLES")
"""How many random examples each operation gets; unset for the bounded run."""

IS_LONG = EXAMPLES is not None
LEAST_IN_LONG_RUN = 20_000
"""Of each of the five profiles, boundary values included."""

pytestmark = [
    pytest.mark.random_order(disabled=True),  # of each profile one run, for tests side by side
    pytest.mark.timeout(1800),
]


@pytest.fixture(
    scope="module",
    params=list(PROFILES) if IS_LONG else ["documented"],
)
def outcome(request: pytest.FixtureRequest) -> Outcome:
    """One profile's run, for all tests of this module."""
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-m",
            "openapi.fuzzing",
            request.param,
            *([EXAMPLES] if EXAMPLES else []),
        ],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert done.returncode == 0, done.stderr
    found = Outcome(**json.loads(done.stdout.splitlines()[-1]))
    print(  # noqa: T201  # make fuzz shows what it has done
        f"\n{request.param}: {found.examples} examples, {found.accepted} accepted as signed, "
        f"{found.unsigned} that cannot be signed, {len(found.succeeded)} endpoints carried out, "
        f"{found.orders} orders with {found.fills} fills"
    )
    return found


def test_no_server_error_no_undocumented_status_and_no_answer_off_its_schema(outcome: Outcome) -> None:
    assert not outcome.failures, "\n".join(outcome.failures)


def test_whatever_can_be_signed_is_accepted_as_signed(outcome: Outcome) -> None:
    assert not outcome.refused_although_signed
    assert outcome.accepted > 0.7 * outcome.examples


def test_every_endpoint_is_carried_out_at_least_once(outcome: Outcome) -> None:
    assert set(outcome.succeeded) == set(ENDPOINTS)


def test_orders_are_taken_and_filled(outcome: Outcome) -> None:
    assert outcome.orders > 20
    assert outcome.fills


def test_there_are_as_many_examples_as_promised(outcome: Outcome) -> None:
    assert outcome.examples >= (LEAST_IN_LONG_RUN if IS_LONG else 10 * len(ENDPOINTS))
