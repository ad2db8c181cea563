"""What the gateway goes by under a profile: which requests are taken, and within which limits.

Requests are data in the contract, so a profile's departures are made on that data: a parameter that an
exchange does not know is taken out, and what is unknown is ignored (O).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from bingx_contracts import ENDPOINTS, WINDOW, Endpoint, Parameter
from bingx_fake.limits import Quotas

Route = tuple[str, str]
Answers = Mapping[str, str]
"""Variation id to the name of its answer."""

_TRANSFERS = "transfer"
_RECORDS = "transfer_records"
_COINS = "transferable_coins"
_INNER = "inner_transfer"
_LONGER_WINDOW_MS = 60_000
_WALLET_RULES = {
    "1,2": "walletType12",
    "1,2,3": "walletType123",
    "1,2,3,15": "walletType12315",
    "4-for-spot": "walletType1234",
}


@dataclass(frozen=True, slots=True)
class GatewayRules:
    """What the guards ask.

    :param routes: the endpoints as this profile knows them.
    :param quotas: the limits of each endpoint, by its id (V25).
    :param sorted_verifies: whether a string signed in sorted order verifies (V1), as ``as_sent_verifies``.
    :param largest_window_ms: the largest recvWindow (V2).
    :param zero_window_is_default: whether recvWindow=0 means the default (V3).
    :param takes_future: whether a timestamp may be ahead by more than recvWindow (V18).
    """

    routes: Mapping[Route, Endpoint]
    quotas: Mapping[str, Quotas]
    sorted_verifies: bool
    as_sent_verifies: bool
    largest_window_ms: int
    zero_window_is_default: bool
    takes_future: bool

    @staticmethod
    def of(answers: Answers) -> "GatewayRules":
        """The rules that a profile's answers amount to."""
        endpoints = [_varied(endpoint, answers) for endpoint in ENDPOINTS.values()]
        return GatewayRules(
            routes={(endpoint.method, endpoint.path): endpoint for endpoint in endpoints},
            quotas={endpoint.id: Quotas.of(endpoint, answers["V25"]) for endpoint in endpoints},
            sorted_verifies=answers["V1"] != "as-sent",
            as_sent_verifies=answers["V1"] != "sorted",
            largest_window_ms=_LONGER_WINDOW_MS if answers["V2"] == "60000" else WINDOW.maximum_ms,
            zero_window_is_default=answers["V3"] == "default",
            takes_future=answers["V18"] == "accepted",
        )


def _varied(endpoint: Endpoint, answers: Answers) -> Endpoint:
    """An endpoint as a profile knows it."""
    change = _CHANGES.get(endpoint.id)
    return endpoint if change is None else change(endpoint, answers)


def _transfer(endpoint: Endpoint, answers: Answers) -> Endpoint:
    """V4."""
    if answers["V4"] == "type":
        return _with(endpoint, unknown=("fromAccount", "toAccount"), needs_one_of=(("type",),))
    if answers["V4"] == "accounts":
        return _with(endpoint, unknown=("type",), needs_one_of=(("fromAccount", "toAccount"),))
    return endpoint


def _transfer_records(endpoint: Endpoint, answers: Answers) -> Endpoint:
    """V12."""
    accounts = ("fromAccount", "toAccount")
    match answers["V12"]:
        case "type":
            return _with(endpoint, unknown=(*accounts, "transferId"))
        case "accounts-or-transferId":
            return _with(
                endpoint, unknown=("type",), only="transferId", needs_one_of=(accounts, ("transferId",))
            )
        case "accounts-or-tranId":
            return _with(endpoint, unknown=("type",), only="tranId", needs_one_of=(accounts, ("tranId",)))
    return endpoint


def _coins(endpoint: Endpoint, answers: Answers) -> Endpoint:
    """V11."""
    accounts = ("fromAccount", "toAccount")
    if answers["V11"] == "none":
        return _with(endpoint, unknown=accounts)
    if answers["V11"] == "accounts":
        return _with(endpoint, needs_one_of=(accounts,))
    return endpoint


def _inner_transfer(endpoint: Endpoint, answers: Answers) -> Endpoint:
    """V15."""
    rule = _WALLET_RULES.get(answers["V15"])
    if rule is None:
        return endpoint
    parameters = tuple(
        msgspec.structs.replace(parameter, rule=rule) if parameter.name == "walletType" else parameter
        for parameter in endpoint.parameters
    )
    return msgspec.structs.replace(endpoint, parameters=parameters)


_CHANGES: Mapping[str, Callable[[Endpoint, Answers], Endpoint]] = {
    _TRANSFERS: _transfer,
    _RECORDS: _transfer_records,
    _COINS: _coins,
    _INNER: _inner_transfer,
}


def _with(
    endpoint: Endpoint,
    *,
    unknown: tuple[str, ...] = (),
    only: str | None = None,
    needs_one_of: tuple[tuple[str, ...], ...] = (),
) -> Endpoint:
    """An endpoint without some parameters, and with an id that goes by one name alone."""
    parameters: list[Parameter] = []
    for parameter in endpoint.parameters:
        if parameter.name in unknown:
            continue
        if only is not None and only in (parameter.name, *parameter.aliases):
            parameter = msgspec.structs.replace(parameter, name=only, aliases=())
        parameters.append(parameter)
    return msgspec.structs.replace(endpoint, parameters=tuple(parameters), needs_one_of=needs_one_of)
