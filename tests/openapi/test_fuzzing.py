"""What schemathesis makes of the document, sent to the fake: requests by schema, and requests against it.

A bounded run by default; ``make fuzz`` sends thousands under every profile.
"""

import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from openapi.plenty import STATE, with_known_values
from openapi.schemas import Schemas
from openapi.signing import Signing
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from support.sender import NOW_MS

from bingx_contracts import ENDPOINTS, PROFILES
from bingx_contracts.openapi import document
from bingx_fake import FakeExchange

EXAMPLES = int(os.environ.get("BINGX_FUZZ_EXAMPLES", "0"))
"""How many random examples each operation gets; 0 for the bounded run."""

IS_LONG = EXAMPLES > 0
BOUNDED_EXAMPLES = 12
LEAST_IN_LONG_RUN = 2_500
"""Of each of the five profiles, boundary values included: over 12,500 in all."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
NOT_SIGNED = {100001, 100412, 100413, 100421}
"""What the fake answers where key, timestamp or signature are not as they must be."""


Operation = APIOperation[Any, Any, Any, Any]


@dataclass
class Run:
    """What became of one profile's examples."""

    examples: int = 0
    failures: list[str] = field(default_factory=list)
    accepted: int = 0
    refused_although_signed: list[str] = field(default_factory=list)
    succeeded: Counter[str] = field(default_factory=Counter)
    unsigned: int = 0


def fuzz(profile: str) -> Run:
    """Send what schemathesis makes of one profile's document to an exchange of that profile."""
    whole = document(profile)
    run, schemas = Run(), Schemas(whole)
    signing = Signing("alice-key", "alice-secret", NOW_MS)
    with (
        FakeExchange(STATE, profile, frozen_at_ms=NOW_MS) as exchange,
        requests.Session() as session,
    ):
        session.trust_env = False
        schema, known = (
            schemathesis.openapi.from_dict(described) for described in (whole, with_known_values(whole))
        )
        for loaded in (schema, known):
            loaded.config.update(base_url=exchange.base_urls[0])

        def send(case: Case[Any]) -> None:
            signed_before = signing.signed
            response = case.call(auth=signing, session=session)
            run.examples += 1
            case.validate_response(response, checks=CHECKS)
            answer = response.json()
            code = answer.get("code")
            if signing.signed > signed_before:
                if code in NOT_SIGNED:
                    run.refused_although_signed.append(f"{response.request.url}: {answer}")
                else:
                    run.accepted += 1
            method, path = case.operation.method, case.operation.path
            if schemas.is_success(method, path, answer):
                run.succeeded[schemas.operation_id(method, path)] += 1

        for path, methods in whole["paths"].items():
            for method in methods:
                operation = schema[path][method.upper()]
                try:
                    for case in boundary_cases(operation):
                        send(case)
                    random_cases(profile, operation, known[path][method.upper()], send)()
                except (Exception, FailureGroup) as error:
                    run.failures.append("".join(traceback.format_exception_only(error)))
    run.unsigned = signing.unsigned
    return run


def boundary_cases(operation: Operation) -> Iterator[Case[Any]]:
    """Values at the edge of each parameter's schema, on both sides of it."""
    if IS_LONG:
        yield from operation.schema.iter_coverage_cases(
            operation,
            generation_modes=list(GenerationMode),
            generation_config=operation.schema.config.generation,
        )


def random_cases(
    profile: str, operation: Operation, known: Operation, send: Callable[[Case[Any]], None]
) -> Callable[[], None]:
    """A test that sends random cases, by schema and against it; the same every time in the bounded run.

    :param known: the operation narrowed to values that the exchange knows.
    """
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        known.as_strategy(generation_mode=GenerationMode.POSITIVE),
    )
    test: Callable[[], None] = given(cases)(send)
    if not IS_LONG:
        test = seed(f"{profile}: {operation.label}")(test)
    return settings(
        max_examples=EXAMPLES or BOUNDED_EXAMPLES,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )(test)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(profile, marks=pytest.mark.xdist_group(f"fuzzing {profile}"))
        for profile in (PROFILES if IS_LONG else ("documented", "observed"))
    ],
)
def run(request: pytest.FixtureRequest) -> Run:
    """One profile's run, for all tests of this module."""
    done = fuzz(request.param)
    print(  # noqa: T201  # make fuzz shows what it has done
        f"\n{request.param}: {done.examples} examples, {done.accepted} accepted as signed, "
        f"{done.unsigned} that cannot be signed, {done.succeeded.total()} carried out"
    )
    return done


def test_no_server_error_no_undocumented_status_and_no_answer_off_its_schema(run: Run) -> None:
    assert not run.failures


def test_whatever_can_be_signed_is_accepted_as_signed(run: Run) -> None:
    assert not run.refused_although_signed
    assert run.accepted > 0.7 * run.examples


def test_every_endpoint_is_carried_out_at_least_once(run: Run) -> None:
    assert set(run.succeeded) == set(ENDPOINTS)


def test_there_are_as_many_examples_as_promised(run: Run) -> None:
    assert run.examples >= (LEAST_IN_LONG_RUN if IS_LONG else 10 * len(ENDPOINTS))
