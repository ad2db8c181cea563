"""What the client refuses to send, for every endpoint that the contract describes."""

import re
from collections.abc import Mapping

import pytest
from support.entries import refused, request_of

from bingx_client import Client, ParameterError
from bingx_contracts import ENDPOINTS, RULES, Endpoint
from bingx_fake import FakeExchange


def refuses(client: Client, endpoint: Endpoint, name: str, parameters: Mapping[str, str | None]) -> bool:
    """Whether the client refuses to send these, and names the parameter that is wrong."""
    try:
        client.call(endpoint.id, **parameters)
    except ParameterError as error:
        return re.search(rf"\b{name}\b", str(error)) is not None
    return False


@pytest.mark.clause("PARAM-1")
@pytest.mark.parametrize(
    "endpoint",
    [it for it in ENDPOINTS.values() if any(parameter.required for parameter in it.parameters)],
    ids=lambda endpoint: endpoint.id,
)
def test_a_call_without_a_parameter_that_is_needed_is_not_sent(
    bingx_exchange: FakeExchange, bingx_client: Client, endpoint: Endpoint
) -> None:
    sent = request_of(endpoint)
    needed = [it.name for it in endpoint.parameters if it.required]
    unmissed = [name for name in needed if not refuses(bingx_client, endpoint, name, sent | {name: None})]
    assert not unmissed, "\n".join(unmissed)
    assert bingx_exchange.requests == []


@pytest.mark.clause("PARAM-1")
@pytest.mark.parametrize(
    "endpoint", [it for it in ENDPOINTS.values() if it.parameters], ids=lambda endpoint: endpoint.id
)
def test_a_call_with_a_value_that_breaks_its_rule_is_not_sent(
    bingx_exchange: FakeExchange, bingx_client: Client, endpoint: Endpoint
) -> None:
    taken = [
        f"{it.name}={value[:30]!r}"
        for it in endpoint.parameters
        for sent in [request_of(endpoint, it.name)]
        for value in refused(RULES[it.rule])
        if not refuses(bingx_client, endpoint, it.name, sent | {it.name: value})
    ]
    assert not taken, "\n".join(taken)
    assert bingx_exchange.requests == []


@pytest.mark.clause("PARAM-1")
@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=lambda endpoint: endpoint.id)
def test_a_call_with_a_parameter_that_no_document_knows_is_not_sent(
    bingx_exchange: FakeExchange, bingx_client: Client, endpoint: Endpoint
) -> None:
    assert refuses(bingx_client, endpoint, "colour", request_of(endpoint) | {"colour": "blue"})
    assert bingx_exchange.requests == []
