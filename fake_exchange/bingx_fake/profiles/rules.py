"""What the gateway goes by under a profile: which requests are taken, and within which limits.

Requests are data in the contract, and so are a profile's departures (``variations.toml`` of each group): a
parameter that an exchange does not know is taken out, and what is unknown is ignored (O).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bingx_contracts import CONTRACT, WINDOW, Endpoint
from bingx_contracts.departures import endpoints_under, holding
from bingx_fake.profiles.quotas import Quotas

Route = tuple[str, str]
Answers = Mapping[str, str]
"""Variation id to the name of its answer."""


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
        """The rules that a profile's answers amount to; the same ones for the same answers."""
        return _of(tuple(sorted(answers.items())))


@lru_cache(maxsize=32)
def _of(answers_given: tuple[tuple[str, str], ...]) -> GatewayRules:
    """Kept, since every reset asks for them, and they are as many as there are endpoints."""
    answers = dict(answers_given)
    windows = holding(CONTRACT.windows, answers)
    largest_ms = [window.maximum_ms for window in windows if window.maximum_ms is not None]
    endpoints = endpoints_under(answers)
    return GatewayRules(
        routes={(endpoint.method, endpoint.path): endpoint for endpoint in endpoints},
        quotas={endpoint.id: Quotas.of(endpoint, answers["V25"]) for endpoint in endpoints},
        sorted_verifies=answers["V1"] != "as-sent",
        as_sent_verifies=answers["V1"] != "sorted",
        largest_window_ms=max(largest_ms, default=WINDOW.maximum_ms),
        zero_window_is_default=any(window.minimum_ms == 0 for window in windows),
        takes_future=answers["V18"] == "accepted",
    )
