"""Every endpoint has an example: a request that can be sent, and an answer that is as the contract says."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from support.direct import Direct
from support.entries import make_what_it_names
from support.sender import NOW_MS

from bingx_contracts import CONTRACT, ENDPOINTS
from bingx_contracts.facts.requests import Example
from bingx_contracts.rendering.openapi import document
from bingx_fake import FakeExchange

EXAMPLES = pytest.mark.parametrize(
    "example",
    CONTRACT.examples,
    ids=[f"{number} {example.endpoint}" for number, example in enumerate(CONTRACT.examples)],
)


@pytest.fixture(scope="module")
def answering() -> Iterator[FakeExchange]:
    """Begun again for each example, under the profile of that."""
    with FakeExchange(frozen_at_ms=NOW_MS) as exchange:
        yield exchange


@cache
def components(profile: str) -> Any:
    return document(profile)["components"]


def test_every_endpoint_has_one() -> None:
    assert {example.endpoint for example in CONTRACT.examples} == set(ENDPOINTS)


@EXAMPLES
def test_its_answer_is_as_the_contract_describes_it_under_its_profile(example: Example) -> None:
    success = {"$ref": f"#/components/schemas/{ENDPOINTS[example.endpoint].id}.success"}
    Draft202012Validator(success | {"components": components(example.profile)}).validate(example.answer)


@EXAMPLES
def test_its_request_is_carried_out(answering: FakeExchange, example: Example) -> None:
    endpoint = ENDPOINTS[example.endpoint]
    answering.reset(ids="restart")
    answering.change_profile(example.profile)
    make_what_it_names(answering, endpoint, example.request)
    reply = Direct(answering).ask(endpoint, example.request)
    (entry,) = answering.requests
    assert reply.status == 200
    assert entry["code"] in (0, None), "None: an answer without an envelope"
    assert reply.json.keys() == example.answer.keys()
