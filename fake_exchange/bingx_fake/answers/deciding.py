"""What decided an answer: of the register's variations and assumptions, by their ids.

Worked out when somebody asks, from what the journal keeps; answering costs nothing more for it.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from bingx_contracts import CONTRACT, ENDPOINTS
from bingx_contracts.facts.base import Conditional
from bingx_contracts.facts.register import Deciding
from bingx_fake.answers.dialect import Answers

_ENDPOINTS: dict[tuple[str, str], str] = {
    (endpoint.method, endpoint.path): endpoint.id for endpoint in CONTRACT.endpoints
}


def decided_by(
    answers: Answers,
    route: tuple[str, str],
    sent: Mapping[str, str],
    *,
    code: int | None,
    rule: str | None,
) -> list[str]:
    """The ids of what decided an answer: variations first, each kind by number.

    :param answers: how the exchange answered then.
    :param route: method and path of the request.
    :param sent: its parameters.
    :param code: what it was refused with; None where it was carried out.
    :param rule: the rule that a parameter broke, if that was why.
    """
    endpoint_id = _ENDPOINTS.get(route)
    named = _names(endpoint_id, sent)
    ids = {
        entry_id
        for entry_id, condition, deciding in _deciding(endpoint_id)
        if (condition is None or condition.holds(answers.given))
        and (code is None if not deciding.codes else code in deciding.codes)
        and (not deciding.rules or rule in deciding.rules)
        and all(name in named for name in deciding.given)
        and all(not values or named[name] in values for name, values in deciding.given.items())
        and not any(name in named for name in deciding.absent)
    }
    if endpoint_id is not None:
        ids.update(_by_data(answers, endpoint_id, code))
    return sorted(ids, key=lambda entry_id: (entry_id[0] == "A", int(entry_id[1:])))


@cache
def _deciding(endpoint_id: str | None) -> list[tuple[str, Conditional | None, Deciding]]:
    """What may have a say in an endpoint's answers: its id, its own condition, and in which it has one."""
    every: list[tuple[str, Conditional | None, Deciding]] = [
        *((it.id, None, deciding) for it in CONTRACT.variations for deciding in it.decides),
        *((it.id, it, deciding) for it in CONTRACT.assumptions for deciding in it.decides),
    ]
    return [it for it in every if not it[2].endpoints or endpoint_id in it[2].endpoints]


def _by_data(answers: Answers, endpoint_id: str, code: int | None) -> Iterator[str]:
    """The variations on which shapes, failures, statuses and requests depend."""
    yield from answers.shaped_by(endpoint_id, code)
    for departure in CONTRACT.departures:
        if departure.endpoint == endpoint_id and departure.holds(answers.given):
            yield from departure.when
    if code is None:
        return
    for failure in CONTRACT.failures:
        if endpoint_id in failure.endpoints and code in failure.codes:
            yield from failure.when
    for status in CONTRACT.statuses:
        if code in status.codes:
            yield from status.when


def _names(endpoint_id: str | None, sent: Mapping[str, str]) -> Mapping[str, str]:
    """What was sent, by the parameters' own names."""
    if endpoint_id is None:
        return sent
    own = {alias: known.name for known in ENDPOINTS[endpoint_id].parameters for alias in known.aliases}
    return {own.get(name, name): value for name, value in sent.items()}
