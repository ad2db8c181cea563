"""Every endpoint has an example: a request that can be sent, and an answer that is as the contract says."""

import pytest
from jsonschema import Draft202012Validator
from support.entries import make_what_it_names
from support.sender import NOW_MS, Sender

from bingx_contracts import CONTRACT, ENDPOINTS
from bingx_contracts.facts.requests import Example
from bingx_contracts.rendering.openapi import document
from bingx_fake import FakeExchange

EXAMPLES = pytest.mark.parametrize(
    "example",
    CONTRACT.examples,
    ids=[f"{number} {example.endpoint}" for number, example in enumerate(CONTRACT.examples)],
)


def test_every_endpoint_has_one() -> None:
    assert {example.endpoint for example in CONTRACT.examples} == set(ENDPOINTS)


@EXAMPLES
def test_its_answer_is_as_the_contract_describes_it_under_its_profile(example: Example) -> None:
    whole = document(example.profile)
    endpoint = ENDPOINTS[example.endpoint]
    success = {"$ref": f"#/components/schemas/{endpoint.id}.success"}
    Draft202012Validator(success | {"components": whole["components"]}).validate(example.answer)


@EXAMPLES
def test_its_request_is_carried_out(example: Example) -> None:
    endpoint = ENDPOINTS[example.endpoint]
    with FakeExchange(profile=example.profile) as exchange:
        exchange.clock.freeze(NOW_MS)
        sender = Sender(exchange)
        make_what_it_names(exchange, endpoint, example.request)
        reply = sender.ask(endpoint, example.request)
        (entry,) = exchange.requests
    assert reply.status == 200
    assert entry["code"] in (0, None), "None: an answer without an envelope"
    assert reply.json.keys() == example.answer.keys()
