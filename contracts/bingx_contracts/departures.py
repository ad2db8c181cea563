"""What each answer of the register changes about requests."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from bingx_contracts import CONTRACT, ENDPOINTS
from bingx_contracts.facts.base import Answers, Conditional
from bingx_contracts.facts.requests import Endpoint, EndpointDeparture

AnyConditional = TypeVar("AnyConditional", bound=Conditional)


def holding(facts: Iterable[AnyConditional], answers: Answers) -> list[AnyConditional]:
    """Those of ``facts`` that hold under these answers."""
    return [fact for fact in facts if fact.holds(answers)]


def endpoints_under(answers: Answers) -> list[Endpoint]:
    """Every endpoint as it is under these answers."""
    endpoints = dict(ENDPOINTS)
    for departure in holding(CONTRACT.departures, answers):
        endpoints[departure.endpoint] = _changed(endpoints[departure.endpoint], departure)
    return list(endpoints.values())


def _changed(endpoint: Endpoint, departure: EndpointDeparture) -> Endpoint:
    parameters = []
    for parameter in endpoint.parameters:
        if parameter.name in departure.without:
            continue
        rule = departure.rules.get(parameter.name, parameter.rule)
        name = departure.names.get(parameter.name)
        if name is not None:
            parameter = msgspec.structs.replace(parameter, name=name, aliases=())
        parameters.append(msgspec.structs.replace(parameter, rule=rule))
    return msgspec.structs.replace(
        endpoint,
        parameters=tuple(parameters),
        needs_one_of=endpoint.needs_one_of if departure.needs_one_of is None else departure.needs_one_of,
        source=f"{endpoint.source}; {departure.source}",
    )
