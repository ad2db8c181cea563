"""The limits of an endpoint: its own numbers and those of its group, as one answer of V25 has them."""

from bingx_contracts import GROUP_LIMITS, LIMIT_WINDOW
from bingx_contracts.facts.requests import Endpoint, Limit, Scope


def limits_of(endpoint: Endpoint, answer: str) -> tuple[Limit, ...]:
    """Every limit that a request of an endpoint counts for.

    :param answer: of V25: ``reference`` for R's numbers, ``docs-site`` for D's groups and, by UID, the larger
        of R's and D's numbers (ours).
    """
    if answer == "reference":
        return _own(endpoint, "uid", endpoint.limit_per_uid) + _own(endpoint, "ip", endpoint.limit_per_ip)
    numbers = [n for n in (endpoint.limit_per_uid, endpoint.limit_per_uid_docs_site) if n is not None]
    return _own(endpoint, "uid", max(numbers, default=None)) + tuple(
        Limit(limit.count, limit.window_ms, limit.scope, endpoint.id if limit.each else limit.group)
        for limit in GROUP_LIMITS
        if limit.group == endpoint.limit_group
    )


def _own(endpoint: Endpoint, scope: Scope, count: int | None) -> tuple[Limit, ...]:
    return () if count is None else (Limit(count, LIMIT_WINDOW.window_ms, scope, endpoint.id),)
