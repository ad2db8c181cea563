"""Every endpoint has an example: a request that can be sent, and an answer that is as the contract says."""

from collections.abc import Iterator

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


def test_every_endpoint_has_one() -> None:
    assert {example.endpoint for example in CONTRACT.examples} == set(ENDPOINTS)


@pytest.mark.parametrize("profile", sorted({example.profile for example in CONTRACT.examples}))
def test_their_answers_are_as_the_contract_describes_them_under_their_profile(profile: str) -> None:
    components = document(profile)["components"]
    wrong = [
        f"{example.endpoint}: {error.instance_path}: {error.message}"
        for example in CONTRACT.examples
        if example.profile == profile
        for schema in [{"$ref": f"#/components/schemas/{example.endpoint}.success", "components": components}]
        for error in Draft202012Validator(schema).iter_errors(example.answer)
    ]
    assert not wrong, "\n".join(wrong)


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
