"""What decided an answer: of the register's variations and assumptions, by their ids.

Worked out when somebody asks, from what the journal keeps; answering costs nothing more for it.
"""

from collections.abc import Iterator, Mapping

from bingx_contracts import CONTRACT, ENDPOINTS
from bingx_contracts.departures import holding
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
        for entry_id, deciding in _deciding(answers)
        if (not deciding.endpoints or endpoint_id in deciding.endpoints)
        and (code is None if not deciding.codes else code in deciding.codes)
        and (not deciding.rules or rule in deciding.rules)
        and all(name in named for name in deciding.given)
        and all(not values or named[name] in values for name, values in deciding.given.items())
        and not any(name in named for name in deciding.absent)
    }
    if endpoint_id is not None:
        ids.update(_by_data(answers, endpoint_id, code))
    return sorted(ids, key=lambda entry_id: (entry_id[0] == "A", int(entry_id[1:])))


def _deciding(answers: Answers) -> Iterator[tuple[str, Deciding]]:
    for variation in CONTRACT.variations:
        yield from ((variation.id, deciding) for deciding in variation.decides)
    for assumption in holding(CONTRACT.assumptions, answers.given):
        yield from ((assumption.id, deciding) for deciding in assumption.decides)


def _by_data(answers: Answers, endpoint_id: str, code: int | None) -> Iterator[str]:
    """The variations on which shapes, failures, statuses and requests depend."""
    yield from answers.shaped_by(endpoint_id, code)
    for departure in holding(CONTRACT.departures, answers.given):
        if departure.endpoint == endpoint_id:
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
