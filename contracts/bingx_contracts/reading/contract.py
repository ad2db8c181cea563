"""The contract as it is read: every table of the specification, and the files in which each may stand."""

from collections.abc import Iterator, Mapping
from typing import Any, get_origin, get_type_hints

import msgspec

from bingx_contracts.facts.answers import (
    AnswerShape,
    Envelope,
    ErrorCode,
    ErrorShape,
    FailureShape,
    GatewayStatus,
    Shape,
    Status,
    Value,
)
from bingx_contracts.facts.base import Source
from bingx_contracts.facts.protocol import (
    Environment,
    Headers,
    SigningVector,
    SpareDomain,
    Stream,
    Timeout,
    Values,
    Window,
)
from bingx_contracts.facts.refusals import RefusalText
from bingx_contracts.facts.register import Assumption, Clause, LintRule, ProfileName, Variation
from bingx_contracts.facts.requests import (
    Endpoint,
    EndpointDeparture,
    Example,
    GroupLimit,
    InnerStatus,
    LimitRelease,
    Note,
    OrderType,
    OverviewType,
    Parameter,
    Rule,
    TransferType,
    WalletType,
    WindowDeparture,
)
from bingx_contracts.facts.streams import StreamMessage, StreamRules, Topic, TopicInterval
from bingx_contracts.reading.checking import check
from bingx_contracts.reading.loading import Folder, SpecificationError


class Contract(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the specification says. A field is a table of its files, of the same name."""

    endpoints: tuple[Endpoint, ...]
    rules: tuple[Rule, ...]
    transfer_types: tuple[TransferType, ...]
    wallet_types: tuple[WalletType, ...]
    overview_types: tuple[OverviewType, ...]
    inner_statuses: tuple[InnerStatus, ...]
    values: tuple[Value, ...]
    shapes: tuple[Shape, ...]
    envelopes: tuple[Envelope, ...]
    answers: tuple[AnswerShape, ...]
    failures: tuple[FailureShape, ...]
    refusals: tuple[RefusalText, ...]
    error: ErrorShape
    statuses: tuple[Status, ...]
    gateway: tuple[GatewayStatus, ...]
    variations: tuple[Variation, ...]
    assumptions: tuple[Assumption, ...]
    departures: tuple[EndpointDeparture, ...]
    windows: tuple[WindowDeparture, ...]
    notes: tuple[Note, ...]
    profiles: tuple[ProfileName, ...]
    clauses: tuple[Clause, ...]
    examples: tuple[Example, ...]
    errors: tuple[ErrorCode, ...]
    lint: tuple[LintRule, ...]
    sources: tuple[Source, ...]
    vectors: tuple[SigningVector, ...]
    order_parameters: tuple[Parameter, ...]
    order_types: tuple[OrderType, ...]
    release: LimitRelease
    limits: tuple[GroupLimit, ...]
    environments: tuple[Environment, ...]
    streams: tuple[Stream, ...]
    stream_rules: StreamRules
    topics: tuple[Topic, ...]
    topic_intervals: tuple[TopicInterval, ...]
    stream_messages: tuple[StreamMessage, ...]
    spare_domain: SpareDomain
    headers: Headers
    window: Window
    timeout: Timeout
    parameter_values: Values


IN_GROUPS = {
    "endpoints.toml": ("endpoints",),
    "answers.toml": ("values", "shapes", "envelopes", "answers", "failures", "error", "statuses", "gateway"),
    "rules.toml": ("rules", "transfer_types", "wallet_types", "overview_types", "inner_statuses"),
    "variations.toml": ("variations", "departures", "windows", "notes"),
    "assumptions.toml": ("assumptions",),
    "refusals.toml": ("refusals",),
    "clauses.toml": ("clauses",),
    "examples.toml": ("examples",),
    "topics.toml": ("topics", "topic_intervals", "stream_messages", "stream_rules"),
}
"""The files that a group may have, and the tables in each. What belongs to no group stands in files of the
same names beside the groups."""

ALONE = {
    "errors.toml": ("errors",),
    "lint.toml": ("lint",),
    "limits.toml": ("release", "limits"),
    "orders.toml": ("order_parameters", "order_types"),
    "profiles.toml": ("profiles",),
    "requests.toml": (
        *("environments", "streams", "spare_domain"),
        *("headers", "window", "timeout", "parameter_values"),
    ),
    "signing_vectors.toml": ("vectors",),
    "sources.toml": ("sources",),
}
"""The files that stand beside the groups only."""

_HINTS = get_type_hints(Contract)


def read(folder: Folder) -> Contract:
    """Read a folder of specification files and the groups, which are folders in it; hold all against all.

    :raises SpecificationError: naming file, line, key and what is wrong.
    """
    tables: dict[str, Any] = {}
    for filename in folder.files():
        for table, content in _tables(folder, filename):
            if get_origin(_HINTS[table]) is tuple:
                tables[table] = tables.get(table, ()) + content
            elif content is not None:
                if table in tables:
                    folder.refuse(filename, (table,), f"[{table}] is given before, and there is one of them")
                tables[table] = content
    for table in _HINTS:
        if table not in tables:
            raise SpecificationError(f"no file of the specification has a table {table!r}")
    check(folder)
    envelopes = {envelope.name: envelope for envelope in tables["envelopes"]}
    for table in ("answers", "failures"):
        tables[table] = tuple(_out_of_envelope(answer, envelopes) for answer in tables[table])
    for table in ("variations", "assumptions"):
        tables[table] = tuple(sorted(tables[table], key=lambda entry: int(entry.id[1:])))
    return Contract(**tables)


def _tables(folder: Folder, filename: str) -> Iterator[tuple[str, Any]]:
    """The tables of one file; one that is left out is empty, or None."""
    group, _, name = filename.rpartition("/")
    expected = IN_GROUPS if group else {**IN_GROUPS, **ALONE}
    if name not in expected:
        names = ", ".join(sorted(expected))
        raise SpecificationError(f"{filename}: nothing reads a file of this name here, only {names}")
    loaded = folder.load(filename, _shape_of(name, expected[name]))
    for table in expected[name]:
        yield table, getattr(loaded, table)


def _shape_of(name: str, tables: tuple[str, ...]) -> type[Any]:
    """The type of one file: its tables, of which any may be left out."""
    fields: list[tuple[str, Any, Any]] = []
    for table in tables:
        hint = _HINTS[table]
        fields.append((table, hint, ()) if get_origin(hint) is tuple else (table, hint | None, None))
    return msgspec.defstruct(name.removesuffix(".toml"), fields, forbid_unknown_fields=True)


def _out_of_envelope(answer: AnswerShape, envelopes: Mapping[str, Envelope]) -> AnswerShape:
    """An answer with all of its fields: only who writes one down cares that many begin alike."""
    if answer.envelope is None or answer.data is None:
        return answer
    envelope = envelopes[answer.envelope]
    return msgspec.structs.replace(
        answer, fields={**envelope.fields, "data": answer.data}, facts={**envelope.facts, **answer.facts}
    )
