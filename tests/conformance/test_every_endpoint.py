"""What the exchange does with each parameter, key and limit of every endpoint that the contract describes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from support.direct import Direct
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


@pytest.fixture
def sender(exchange: FakeExchange) -> Sender:
    """How requests come in is the same for all, and tested elsewhere."""
    return Direct(exchange)


def ask(sender: Sender, endpoint: Endpoint, sent: Mapping[str, str]) -> Reply:
    """Send a request to an exchange in which there is what it names."""
    make_what_it_names(sender.exchange, endpoint, sent)
    return sender.ask(endpoint, sent)


def every_with(has: Callable[[Parameter], object]) -> pytest.MarkDecorator:
    """Every endpoint that has such a parameter; each value of each parameter is tried in one test."""
    endpoints = [it for it in ENDPOINTS.values() if any(map(has, it.parameters))]
    return pytest.mark.parametrize("endpoint", endpoints, ids=lambda endpoint: endpoint.id)


def refusal(reply: Reply, *names: str) -> str:
    """What there is to say against a refusal that is to name parameters; nothing where it does."""
    if reply.code != 100400:
        return f"is answered {reply.code}"
    unnamed = [name for name in names if name not in reply.json["msg"]]
    return f"is refused without {' and '.join(unnamed)}" if unnamed else ""


def is_counted(parameter: Parameter) -> bool:
    return RULES[parameter.rule].kind == "integer"


# Parameters


@EVERY
def test_a_request_with_what_the_endpoint_needs_is_taken(sender: Sender, endpoint: Endpoint) -> None:
    assert ask(sender, endpoint, request_of(endpoint)).code == 0


@every_with(lambda parameter: parameter.required)
def test_a_parameter_that_is_missing_is_named(sender: Sender, endpoint: Endpoint) -> None:
    sent = request_of(endpoint)
    wrong = []
    for missing in (it.name for it in endpoint.parameters if it.required):
        without = {name: value for name, value in sent.items() if name != missing}
        assert without != sent
        if complaint := refusal(sender.ask(endpoint, without), missing):
            wrong.append(f"without {missing}, it {complaint}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "endpoint", [it for it in ENDPOINTS.values() if it.needs_one_of], ids=lambda endpoint: endpoint.id
)
def test_a_request_with_none_of_what_it_needs_one_of_is_told_all_of_them(
    sender: Sender, endpoint: Endpoint
) -> None:
    either = {name for group in endpoint.needs_one_of for name in group}
    sent = {name: value for name, value in request_of(endpoint).items() if name not in either}
    assert not refusal(sender.ask(endpoint, sent), *either)


@every_with(lambda _: True)
def test_a_value_that_breaks_its_rule_is_refused_and_its_parameter_named(
    sender: Sender, endpoint: Endpoint
) -> None:
    wrong = []
    for parameter in endpoint.parameters:
        sent = request_of(endpoint, parameter.name)
        del sent[parameter.name]
        for name in (parameter.name, *parameter.aliases):
            wrong += [
                f"{name}={value[:30]!r} {complaint}"
                for value in refused(RULES[parameter.rule])
                if (complaint := refusal(sender.ask(endpoint, sent | {name: value}), name))
            ]
    assert not wrong, "\n".join(wrong)


@every_with(is_counted)
def test_the_smallest_and_the_largest_number_of_a_rule_are_taken(sender: Sender, endpoint: Endpoint) -> None:
    wrong = []
    for name, rule in ((it.name, RULES[it.rule]) for it in endpoint.parameters if is_counted(it)):
        for value in (str(rule.minimum), str(rule.maximum)):
            sent = request_of(endpoint, name) | {name: value}
            if name in ("startTime", "endTime") and {"startTime", "endTime"} <= sent.keys():
                sent |= {"startTime": value, "endTime": value}  # for one is not after the other
            begin_again(sender.exchange)
            if code := ask(sender, endpoint, sent).code:
                wrong.append(f"{name}={value} is answered {code}")
    assert not wrong, "\n".join(wrong)


@every_with(lambda parameter: parameter.aliases)
def test_a_parameter_goes_by_its_other_name_as_well(sender: Sender, endpoint: Endpoint) -> None:
    wrong = []
    for parameter in endpoint.parameters:
        for alias in parameter.aliases:
            sent = request_of(endpoint, parameter.name)
            begin_again(sender.exchange)
            make_what_it_names(sender.exchange, endpoint, sent)
            sent[alias] = sent.pop(parameter.name)
            if code := sender.ask(endpoint, sent).code:
                wrong.append(f"with {alias} it is answered {code}")
    assert not wrong, "\n".join(wrong)


def begin_again(exchange: FakeExchange) -> None:
    """For a request that is not to meet what the one before it left."""
    exchange.reset(ids="restart")
    exchange.clock.freeze(NOW_MS)


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


@EVERY
def test_as_many_requests_as_the_limit_allows_are_taken_and_no_more(
    limited: Mapping[str, FakeExchange], endpoint: Endpoint
) -> None:
    wrong = []
    for answer, exchange in limited.items():
        sender = Direct(exchange)
        for limit in limits_of(endpoint, answer):
            exchange.reset()
            use_up(exchange, endpoint, limit, limit.count - 1)
            last = ask(sender, endpoint, request_of(endpoint)).code
            codes = (last, sender.ask(endpoint, request_of(endpoint)).code)
            if codes != (0, 100410):
                wrong.append(
                    f"{answer}: {limit.count} in {limit.window_ms} by {limit.scope} is answered {codes}"
                )
    assert not wrong, "\n".join(wrong)


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
