"""What the exchange does with each parameter, key and limit of every endpoint that the contract describes."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from support.entries import make_what_it_names, refused, request_of
from support.sender import ALICE, NOW_MS, Reply, Sender

from bingx_contracts import CONTRACT, ENDPOINTS, RULES, Endpoint, Parameter
from bingx_contracts.facts.requests import Example, Limit
from bingx_contracts.limits import limits_of
from bingx_fake import FakeExchange

LIMITS = ("reference", "docs-site")
"""Answers of V25: whose limits hold."""

EVERY = pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=lambda endpoint: endpoint.id)
SIGNED = pytest.mark.parametrize(
    "endpoint", [it for it in ENDPOINTS.values() if not it.public], ids=lambda endpoint: endpoint.id
)


def ask(sender: Sender, endpoint: Endpoint, sent: Mapping[str, str]) -> Reply:
    """Send a request to an exchange in which there is what it names."""
    make_what_it_names(sender.exchange, endpoint, sent)
    return sender.ask(endpoint, sent)


def parameters() -> Iterator[tuple[Endpoint, Parameter]]:
    for endpoint in ENDPOINTS.values():
        for parameter in endpoint.parameters:
            yield endpoint, parameter


# Parameters


@EVERY
def test_a_request_with_what_the_endpoint_needs_is_taken(sender: Sender, endpoint: Endpoint) -> None:
    assert ask(sender, endpoint, request_of(endpoint)).code == 0


@pytest.mark.parametrize(
    ("endpoint", "parameter"),
    [
        pytest.param(endpoint, parameter, id=f"{endpoint.id} {parameter.name}")
        for endpoint, parameter in parameters()
        if parameter.required
    ],
)
def test_a_parameter_that_is_missing_is_named(
    sender: Sender, endpoint: Endpoint, parameter: Parameter
) -> None:
    sent = request_of(endpoint)
    del sent[parameter.name]
    assert_refused(sender.ask(endpoint, sent), parameter.name)


@pytest.mark.parametrize(
    "endpoint", [it for it in ENDPOINTS.values() if it.needs_one_of], ids=lambda endpoint: endpoint.id
)
def test_a_request_with_none_of_what_it_needs_one_of_is_told_all_of_them(
    sender: Sender, endpoint: Endpoint
) -> None:
    either = {name for group in endpoint.needs_one_of for name in group}
    sent = {name: value for name, value in request_of(endpoint).items() if name not in either}
    assert_refused(sender.ask(endpoint, sent), *either)


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        pytest.param(endpoint, name, id=f"{endpoint.id} {name}")
        for endpoint, parameter in parameters()
        for name in (parameter.name, *parameter.aliases)
    ],
)
def test_a_value_that_breaks_its_rule_is_refused_and_its_parameter_named(
    sender: Sender, endpoint: Endpoint, name: str
) -> None:
    (parameter,) = (it for it in endpoint.parameters if name in (it.name, *it.aliases))
    sent = request_of(endpoint, parameter.name)
    del sent[parameter.name]
    for value in refused(RULES[parameter.rule]):
        assert_refused(sender.ask(endpoint, sent | {name: value}), name)


@pytest.mark.parametrize(
    ("endpoint", "name", "value"),
    [
        pytest.param(endpoint, parameter.name, str(bound), id=f"{endpoint.id} {parameter.name}={bound}")
        for endpoint, parameter in parameters()
        if RULES[parameter.rule].kind == "integer"
        for bound in (RULES[parameter.rule].minimum, RULES[parameter.rule].maximum)
    ],
)
def test_the_smallest_and_the_largest_number_of_a_rule_are_taken(
    sender: Sender, endpoint: Endpoint, name: str, value: str
) -> None:
    sent = request_of(endpoint, name) | {name: value}
    if name in ("startTime", "endTime") and {"startTime", "endTime"} <= sent.keys():
        sent |= {"startTime": value, "endTime": value}  # for one is not after the other
    assert ask(sender, endpoint, sent).code == 0


@pytest.mark.parametrize(
    ("endpoint", "parameter", "alias"),
    [
        pytest.param(endpoint, parameter, alias, id=f"{endpoint.id} {alias}")
        for endpoint, parameter in parameters()
        for alias in parameter.aliases
    ],
)
def test_a_parameter_goes_by_its_other_name_as_well(
    sender: Sender, endpoint: Endpoint, parameter: Parameter, alias: str
) -> None:
    sent = request_of(endpoint, parameter.name)
    make_what_it_names(sender.exchange, endpoint, sent)
    sent[alias] = sent.pop(parameter.name)
    assert sender.ask(endpoint, sent).code == 0


@SIGNED
def test_a_parameter_that_no_document_knows_is_not_looked_at(sender: Sender, endpoint: Endpoint) -> None:
    assert ask(sender, endpoint, request_of(endpoint) | {"colour": "blue"}).code == 0


def form(value: Any) -> Any:
    """What JSON looks like, whatever it says: objects with their keys, the form of a list's first element."""
    match value:
        case dict():
            return {name: form(inner) for name, inner in value.items()}
        case list():
            return [form(inner) for inner in value[:1]]
        case bool():
            return "bool"
        case int() | float():
            return "number"  # JSON has one kind of them: a price may have no places
    return type(value).__name__


@pytest.mark.parametrize(
    ("number", "example"),
    list(enumerate(CONTRACT.examples)),
    ids=[f"{number} {example.endpoint}" for number, example in enumerate(CONTRACT.examples)],
)
def test_the_documented_request_has_an_answer_of_the_documented_form(
    sender: Sender, number: int, example: Example
) -> None:
    for earlier in CONTRACT.examples[:number]:  # what there is to be read
        if ENDPOINTS[earlier.endpoint].write:
            assert ask(sender, ENDPOINTS[earlier.endpoint], earlier.request).code == 0
    sender.exchange.change_profile(example.profile)
    assert form(ask(sender, ENDPOINTS[example.endpoint], example.request).json) == form(example.answer)


def assert_refused(reply: Reply, *names: str) -> None:
    assert reply.code == 100400
    assert [name for name in names if name not in reply.json["msg"]] == []


# Keys


def give_alices_key(exchange: FakeExchange, *permissions: str) -> None:
    state = exchange.state
    state["users"][0]["keys"][0]["permissions"] = list(permissions)
    exchange.load(state)


@SIGNED
def test_its_permission_is_the_one_that_is_needed(sender: Sender, endpoint: Endpoint) -> None:
    others = {it.permission for it in ENDPOINTS.values() if it.permission} - {endpoint.permission}
    give_alices_key(sender.exchange, *sorted(others))
    refusal = sender.ask(endpoint, request_of(endpoint))
    assert (refusal.code, refusal.json["msg"].partition(";")[0]) == (
        100004,
        f"Permission denied: the key lacks the permission {endpoint.permission}",
    )
    assert endpoint.permission is not None
    give_alices_key(sender.exchange, endpoint.permission)
    assert ask(sender, endpoint, request_of(endpoint)).code == 0


@pytest.mark.parametrize(
    "endpoint", [it for it in ENDPOINTS.values() if it.main_account_only], ids=lambda endpoint: endpoint.id
)
def test_a_sub_account_is_refused_where_only_main_accounts_may_ask(
    sender: Sender, endpoint: Endpoint
) -> None:
    request = dict(request_of(endpoint))
    assert sender.call(endpoint.method, endpoint.path, request, key="carol-key").code == 100403


# Limits


@pytest.fixture(scope="module")
def limited() -> Iterator[Mapping[str, FakeExchange]]:
    """An exchange under each answer of V25."""
    first, second = (
        FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True, vary={"V25": answer}) for answer in LIMITS
    )
    with first, second:
        yield dict(zip(LIMITS, (first, second), strict=True))


def each_limit() -> Iterator[Any]:
    for endpoint in ENDPOINTS.values():
        for answer in LIMITS:
            for limit in limits_of(endpoint, answer):
                words = f"{endpoint.id} {answer} {limit.count} in {limit.window_ms} by {limit.scope}"
                yield pytest.param(endpoint, answer, limit, id=words)


@pytest.mark.parametrize(("endpoint", "answer", "limit"), list(each_limit()))
def test_as_many_requests_as_the_limit_allows_are_taken_and_no_more(
    limited: Mapping[str, FakeExchange], endpoint: Endpoint, answer: str, limit: Limit
) -> None:
    exchange = limited[answer]
    exchange.reset()
    use_up(exchange, endpoint, limit, limit.count - 1)
    sender = Sender(exchange)
    assert ask(sender, endpoint, request_of(endpoint)).code == 0
    assert sender.ask(endpoint, request_of(endpoint)).code == 100410


def use_up(exchange: FakeExchange, endpoint: Endpoint, limit: Limit, count: int) -> None:
    """As if by requests that count for this limit alone."""

    def use(inner: Any) -> None:
        quotas = inner._rules.quotas[endpoint.id]
        (quota,) = (
            quota
            for quota in (quotas.user if limit.scope == "uid" else quotas.address)
            if (quota.count, quota.window_ms) == (limit.count, limit.window_ms)
        )
        for _ in range(count):
            inner._limits.admit((quota,), ALICE if limit.scope == "uid" else "127.0.0.1", NOW_MS)

    exchange.call(use)
