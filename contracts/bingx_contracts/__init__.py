"""What BingX documents about the spot account API, as data with sources.

The facts live in ``spec/*.toml`` and are read once, strictly, at import. Nothing here signs, sends or
checks a request: the client and the fake each do that in code of their own, from these facts.
"""

from collections.abc import Mapping

import msgspec

from bingx_contracts.facts.answers import ErrorCode
from bingx_contracts.facts.base import Account, Source
from bingx_contracts.facts.protocol import (
    Environment,
    Headers,
    SigningVector,
    SpareDomain,
    Timeout,
    Values,
    Window,
)
from bingx_contracts.facts.register import Clause, LintRule, Profile, Variation, VariationAnswer
from bingx_contracts.facts.requests import (
    Endpoint,
    GroupLimit,
    InnerStatus,
    LimitRelease,
    LimitWindow,
    OrderType,
    OverviewType,
    Parameter,
    Permission,
    Rule,
    TransferType,
    WalletType,
)
from bingx_contracts.reading.checking import check
from bingx_contracts.reading.loading import SPECIFICATION, SpecificationError, load

__all__ = [
    "CLAUSES",
    "ENDPOINTS",
    "ENVIRONMENTS",
    "ERRORS",
    "GROUP_LIMITS",
    "HEADERS",
    "INNER_STATUSES",
    "LIMIT_RELEASE",
    "LIMIT_WINDOW",
    "LINT_RULES",
    "ORDER_PARAMETERS",
    "ORDER_TYPES",
    "OVERVIEW_TYPES",
    "PROFILES",
    "RULES",
    "SETTLING_READS",
    "SIGNING_VECTORS",
    "SOURCES",
    "SPARE_DOMAIN",
    "TIMEOUT",
    "TRANSFER_TYPES",
    "VALUES",
    "VARIATIONS",
    "WALLET_TYPES",
    "WINDOW",
    "Account",
    "Clause",
    "Endpoint",
    "Environment",
    "ErrorCode",
    "GroupLimit",
    "InnerStatus",
    "LintRule",
    "OrderType",
    "OverviewType",
    "Parameter",
    "Permission",
    "Profile",
    "Rule",
    "SigningVector",
    "SpecificationError",
    "TransferType",
    "Variation",
    "VariationAnswer",
    "WalletType",
    "present_answers",
    "transfer_type_between",
]


class _Endpoints(msgspec.Struct, forbid_unknown_fields=True):
    endpoints: tuple[Endpoint, ...]


class _Rules(msgspec.Struct, forbid_unknown_fields=True):
    rules: tuple[Rule, ...]


class _Orders(msgspec.Struct, forbid_unknown_fields=True):
    parameters: tuple[Parameter, ...]
    types: tuple[OrderType, ...]


class _Enumerations(msgspec.Struct, forbid_unknown_fields=True):
    transfer_types: tuple[TransferType, ...]
    wallet_types: tuple[WalletType, ...]
    overview_types: tuple[OverviewType, ...]
    inner_statuses: tuple[InnerStatus, ...]


class _Requests(msgspec.Struct, forbid_unknown_fields=True):
    environments: tuple[Environment, ...]
    spare_domain: SpareDomain
    headers: Headers
    window: Window
    timeout: Timeout
    values: Values


class _Limits(msgspec.Struct, forbid_unknown_fields=True):
    per_second: LimitWindow
    release: LimitRelease
    limits: tuple[GroupLimit, ...]


class _Errors(msgspec.Struct, forbid_unknown_fields=True):
    errors: tuple[ErrorCode, ...]


class _Variations(msgspec.Struct, forbid_unknown_fields=True):
    variations: tuple[Variation, ...]


class _Profiles(msgspec.Struct, forbid_unknown_fields=True):
    profiles: tuple[Profile, ...]


class _Vectors(msgspec.Struct, forbid_unknown_fields=True):
    vectors: tuple[SigningVector, ...]


class _Lint(msgspec.Struct, forbid_unknown_fields=True):
    lint: tuple[LintRule, ...]


class _Sources(msgspec.Struct, forbid_unknown_fields=True):
    sources: tuple[Source, ...]


class _Clauses(msgspec.Struct, forbid_unknown_fields=True):
    clauses: tuple[Clause, ...]


_ENDPOINT_FILES = ("balances.toml", "transfers.toml", "inner_transfers.toml", "server_time.toml")
_enumerations = load("enumerations.toml", _Enumerations)
_requests = load("requests.toml", _Requests)
_orders = load("orders.toml", _Orders)
_limits = load("limits.toml", _Limits)

ENDPOINTS = {
    endpoint.id: endpoint for filename in _ENDPOINT_FILES for endpoint in load(filename, _Endpoints).endpoints
}
SETTLING_READS = frozenset(
    {endpoint.settled_by for endpoint in ENDPOINTS.values() if endpoint.settled_by is not None}
    | {endpoint.id for endpoint in load("server_time.toml", _Endpoints).endpoints}
)
"""The endpoints by which a lost write is settled: the records, and the exchange's clock."""

RULES = {rule.name: rule for rule in load("rules.toml", _Rules).rules}
ERRORS = {error.code: error for error in load("errors.toml", _Errors).errors}
VARIATIONS = {variation.id: variation for variation in load("variations.toml", _Variations).variations}
PROFILES = {profile.name: profile for profile in load("profiles.toml", _Profiles).profiles}
LINT_RULES = {rule.id: rule for rule in load("lint.toml", _Lint).lint}
SOURCES = load("sources.toml", _Sources).sources
CLAUSES = {clause.id: clause for clause in load("clauses.toml", _Clauses).clauses}
SIGNING_VECTORS = load("signing_vectors.toml", _Vectors).vectors

ORDER_PARAMETERS = {parameter.name: parameter for parameter in _orders.parameters}
ORDER_TYPES = {order_type.type: order_type for order_type in _orders.types}

TRANSFER_TYPES = {transfer_type.name: transfer_type for transfer_type in _enumerations.transfer_types}
WALLET_TYPES = {wallet_type.value: wallet_type for wallet_type in _enumerations.wallet_types}
OVERVIEW_TYPES = {overview_type.name: overview_type for overview_type in _enumerations.overview_types}
INNER_STATUSES = {status.value: status for status in _enumerations.inner_statuses}

ENVIRONMENTS = {environment.name: environment for environment in _requests.environments}
SPARE_DOMAIN = _requests.spare_domain
HEADERS = _requests.headers
WINDOW = _requests.window
TIMEOUT = _requests.timeout
VALUES = _requests.values
LIMIT_WINDOW = _limits.per_second
LIMIT_RELEASE = _limits.release
GROUP_LIMITS = _limits.limits

check(SPECIFICATION)

_TYPE_BETWEEN: dict[tuple[str, str], str] = {
    (transfer_type.from_account, transfer_type.to_account): transfer_type.name
    for transfer_type in TRANSFER_TYPES.values()
}


def transfer_type_between(from_account: str, to_account: str) -> str | None:
    """The TransferType that names this direction, or None where S has no name for it."""
    return _TYPE_BETWEEN.get((from_account, to_account))


def present_answers(answers: Mapping[str, str]) -> dict[str, str]:
    """Answers by variation id; one to a question that another variation took in stands under that one's id.

    :raises ValueError: when both are given, and differ.
    """
    present: dict[str, str] = {}
    for variation_id, answer in answers.items():
        variation = VARIATIONS.get(variation_id)
        asked = variation_id if variation is None else variation.taken_in_by or variation_id
        if present.setdefault(asked, answer) != answer:
            raise ValueError(f"{asked} is given two answers, {present[asked]} and {answer}")
    return present
