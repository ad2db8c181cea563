"""What the client refuses to send, for every endpoint that the contract describes."""

import pytest
from support.entries import refused, request_of

from bingx_client import Client, ParameterError
from bingx_contracts import ENDPOINTS, RULES, Endpoint
from bingx_fake import FakeExchange

PARAMETERS = [(endpoint, it) for endpoint in ENDPOINTS.values() for it in endpoint.parameters]
NEEDED = [(endpoint, it.name) for endpoint, it in PARAMETERS if it.required]


@pytest.mark.clause("PARAM-1")
@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        pytest.param(endpoint, it.name, id=f"{endpoint.id} {it.name}")
        for endpoint, it in PARAMETERS
        if it.required
    ],
)
def test_a_call_without_a_parameter_that_is_needed_is_not_sent(
    bingx_exchange: FakeExchange, bingx_client: Client, endpoint: Endpoint, name: str
) -> None:
    with pytest.raises(ParameterError, match=rf"\b{name}\b"):
        bingx_client.call(endpoint.id, **request_of(endpoint) | {name: None})
    assert bingx_exchange.requests == []


@pytest.mark.clause("PARAM-1")
@pytest.mark.parametrize(
    ("endpoint", "name", "rule"),
    [pytest.param(endpoint, it.name, it.rule, id=f"{endpoint.id} {it.name}") for endpoint, it in PARAMETERS],
)
def test_a_call_with_a_value_that_breaks_its_rule_is_not_sent(
    bingx_exchange: FakeExchange, bingx_client: Client, endpoint: Endpoint, name: str, rule: str
) -> None:
    sent = request_of(endpoint, name)
    for value in refused(RULES[rule]):
        with pytest.raises(ParameterError, match=rf"\b{name}\b"):
            bingx_client.call(endpoint.id, **sent | {name: value})
    assert bingx_exchange.requests == []


@pytest.mark.clause("PARAM-1")
@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=lambda endpoint: endpoint.id)
def test_a_call_with_a_parameter_that_no_document_knows_is_not_sent(
    bingx_exchange: FakeExchange, bingx_client: Client, endpoint: Endpoint
) -> None:
    with pytest.raises(ParameterError, match=r"\bcolour\b"):
        bingx_client.call(endpoint.id, **request_of(endpoint), colour="blue")
    assert bingx_exchange.requests == []
