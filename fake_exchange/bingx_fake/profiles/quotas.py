"""The limits of an endpoint as they are counted here."""

from dataclasses import dataclass

from bingx_contracts import LIMIT_RELEASE, Endpoint
from bingx_contracts.limits import limits_of


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit as it is counted here.

    :param name: requests of one caller under one name count together.
    :param says: the limit in words.
    :param release_ms: for how long it refuses once it is broken; 0 where a place is free as soon as the
        window has one.
    """

    name: str
    says: str
    count: int
    window_ms: int
    release_ms: int


@dataclass(frozen=True, slots=True)
class Quotas:
    """The limits of one endpoint, by whom they count."""

    address: tuple[Quota, ...]
    user: tuple[Quota, ...]

    @staticmethod
    def of(endpoint: Endpoint, answer: str) -> "Quotas":
        """An endpoint's limits under an answer of V25."""
        release_ms = LIMIT_RELEASE.after_ms if answer in LIMIT_RELEASE.under else 0
        quotas: dict[str, list[Quota]] = {"ip": [], "uid": []}
        for limit in limits_of(endpoint, answer):
            often = "a second" if limit.window_ms == 1000 else f"in {limit.window_ms / 1000:g} s"
            where = "" if limit.counted == endpoint.id else f" to {limit.counted} together"
            quotas[limit.scope].append(
                Quota(
                    f"{limit.counted} {limit.window_ms}",
                    f"{limit.count} requests {often}{where}",
                    limit.count,
                    limit.window_ms,
                    release_ms,
                )
            )
        return Quotas(tuple(quotas["ip"]), tuple(quotas["uid"]))
