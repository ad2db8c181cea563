"""The limits of an endpoint: its own numbers and those of its group, as one answer of V25 has them."""

from bingx_contracts import GROUP_LIMITS
from bingx_contracts.facts.requests import Endpoint, Limit, Scope


def limits_of(endpoint: Endpoint, answer: str) -> tuple[Limit, ...]:
    """Every limit that a request of an endpoint counts for.

    :param answer: of V25: ``reference`` for R's numbers, ``docs-site`` for D's groups and, by UID, the larger
        of R's and D's numbers (ours).
    """
    if answer == "reference":
        return _own(endpoint, "uid", "R") + _own(endpoint, "ip", "R")
    by_user = _own(endpoint, "uid", "R") + _own(endpoint, "uid", "D")
    groups = {limit.group for limit in endpoint.limits if limit.scope == "group"}
    return tuple(sorted(by_user, key=_rate)[-1:]) + tuple(
        Limit(limit.count, limit.window_ms, limit.scope, endpoint.id if limit.each else limit.group)
        for limit in GROUP_LIMITS
        if limit.group in groups
    )


def _own(endpoint: Endpoint, scope: Scope, document: str) -> tuple[Limit, ...]:
    """What a document says about an endpoint alone."""
    return tuple(
        Limit(limit.count or 0, limit.window_ms or 0, scope, endpoint.id)  # loading sees that both are given
        for limit in endpoint.limits
        if limit.scope == scope and document in limit.by
    )


def _rate(limit: Limit) -> float:
    return limit.count / limit.window_ms
