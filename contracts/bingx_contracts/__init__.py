"""What BingX documents about the spot account API, as data with sources.

The facts live in the files under ``spec/`` and are read once, strictly, at import. Nothing here signs, sends
or checks a request: the client and the fake each do that in code of their own, from these facts.
"""

from collections.abc import Mapping

from bingx_contracts.facts.answers import ErrorCode
from bingx_contracts.facts.base import Account, Product
from bingx_contracts.facts.protocol import Environment, SigningVector, Stream
from bingx_contracts.facts.register import Assumption, Clause, LintRule, Profile, Variation, VariationAnswer
from bingx_contracts.facts.requests import (
    Endpoint,
    GroupLimit,
    InnerStatus,
    OrderType,
    OverviewType,
    Parameter,
    Permission,
    Rule,
    TransferType,
    WalletType,
)
from bingx_contracts.facts.streams import StreamMessage, StreamRules, Topic, TopicInterval
from bingx_contracts.reading.compiled import contract
from bingx_contracts.reading.loading import SpecificationError

__all__ = [
    "ASSUMPTIONS",
    "CLAUSES",
    "CONTRACT",
    "ENDPOINTS",
    "ENVIRONMENTS",
    "ERRORS",
    "GROUP_LIMITS",
    "HEADERS",
    "INNER_STATUSES",
    "LIMIT_RELEASE",
    "LINT_RULES",
    "ORDER_PARAMETERS",
    "ORDER_TYPES",
    "OVERVIEW_TYPES",
    "PROFILES",
    "REFUSALS",
    "RULES",
    "SETTLING_READS",
    "SIGNING_VECTORS",
    "SOURCES",
    "SPARE_DOMAIN",
    "STREAMS",
    "STREAM_MESSAGES",
    "STREAM_RULES",
    "TIMEOUT",
    "TOPICS",
    "TOPIC_INTERVALS",
    "TRANSFER_TYPES",
    "VALUES",
    "VARIATIONS",
    "WALLET_TYPES",
    "WINDOW",
    "Account",
    "Assumption",
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
    "Product",
    "Profile",
    "Rule",
    "SigningVector",
    "SpecificationError",
    "Stream",
    "StreamMessage",
    "StreamRules",
    "Topic",
    "TopicInterval",
    "TransferType",
    "Variation",
    "VariationAnswer",
    "WalletType",
    "present_answers",
    "present_id",
    "transfer_type_between",
]


CONTRACT = contract()
"""Everything that the specification says; what follows are its tables as they are looked up."""

ENDPOINTS = {endpoint.id: endpoint for endpoint in CONTRACT.endpoints}
_PRESENT_IDS = {earlier: endpoint.id for endpoint in CONTRACT.endpoints for earlier in endpoint.earlier_ids}
_WRITES = [endpoint.write for endpoint in CONTRACT.endpoints]
SETTLING_READS = frozenset(
    {write.settled_by for write in _WRITES if write is not None and write.settled_by is not None}
    | {endpoint.id for endpoint in CONTRACT.endpoints if endpoint.tells_time}
)
"""The endpoints by which a lost write is settled: the records, and the exchange's clock."""

RULES = {rule.name: rule for rule in CONTRACT.rules}
ERRORS = {error.code: error for error in CONTRACT.errors}
REFUSALS = CONTRACT.refusals
VARIATIONS = {variation.id: variation for variation in CONTRACT.variations}
ASSUMPTIONS = {assumption.id: assumption for assumption in CONTRACT.assumptions}
PROFILES = {
    profile.name: Profile(
        name=profile.name,
        source=profile.source,
        answers={
            variation.id: variation.profiles.get(profile.name, variation.profiles["documented"])
            for variation in CONTRACT.variations
            if variation.is_switchable
        },
    )
    for profile in CONTRACT.profiles
}
LINT_RULES = {rule.id: rule for rule in CONTRACT.lint}
SOURCES = CONTRACT.sources
CLAUSES = {clause.id: clause for clause in CONTRACT.clauses}
SIGNING_VECTORS = CONTRACT.vectors

ORDER_PARAMETERS = {parameter.name: parameter for parameter in CONTRACT.order_parameters}
ORDER_TYPES = {order_type.type: order_type for order_type in CONTRACT.order_types}

TRANSFER_TYPES = {transfer_type.name: transfer_type for transfer_type in CONTRACT.transfer_types}
WALLET_TYPES = {wallet_type.value: wallet_type for wallet_type in CONTRACT.wallet_types}
OVERVIEW_TYPES = {overview_type.name: overview_type for overview_type in CONTRACT.overview_types}
INNER_STATUSES = {status.value: status for status in CONTRACT.inner_statuses}

ENVIRONMENTS = {environment.name: environment for environment in CONTRACT.environments}
STREAMS = {(stream.environment, stream.product): stream for stream in CONTRACT.streams}
"""Where streams are, by environment and product; what has no document saying where it is, is not here."""
STREAM_RULES = CONTRACT.stream_rules
STREAM_MESSAGES = {(message.product, message.id): message for message in CONTRACT.stream_messages}
TOPICS = {topic.id: topic for topic in CONTRACT.topics}
TOPIC_INTERVALS = CONTRACT.topic_intervals

SPARE_DOMAIN = CONTRACT.spare_domain
HEADERS = CONTRACT.headers
WINDOW = CONTRACT.window
TIMEOUT = CONTRACT.timeout
VALUES = CONTRACT.parameter_values
LIMIT_RELEASE = CONTRACT.release
GROUP_LIMITS = CONTRACT.limits

_TYPE_BETWEEN: dict[tuple[str, str], str] = {
    (transfer_type.from_account, transfer_type.to_account): transfer_type.name
    for transfer_type in TRANSFER_TYPES.values()
}


def transfer_type_between(from_account: str, to_account: str) -> str | None:
    """The TransferType that names this direction, or None where S has no name for it."""
    return _TYPE_BETWEEN.get((from_account, to_account))


def present_id(endpoint_id: str) -> str:
    """The id that an endpoint has now, for one of this version or an earlier one; any other text as it is.

    What other versions wrote names endpoints by the ids of then: a pickled ``OutcomeUnknown``, a report.
    """
    return _PRESENT_IDS.get(endpoint_id, endpoint_id)


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
