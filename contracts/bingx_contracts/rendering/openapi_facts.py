"""The facts that only the OpenAPI document needs: what answers look like."""

from typing import Literal

import msgspec

from bingx_contracts.departures import Conditional
from bingx_contracts.facts import Fact, Text
from bingx_contracts.reading.checking import check
from bingx_contracts.reading.loading import SPECIFICATION, load

Fields = dict[str, str]
"""Field name to the name of a value or shape; ``[name]`` is a list of them, ``{name}`` one for each asset."""


class Value(Conditional, frozen=True, kw_only=True):
    """A field's value: as a rule of ``rules.toml`` says, or a JSON type with what narrows it."""

    name: Text
    rule: str | None = None
    type: Literal["string", "integer", "number", "null"] | None = None
    nullable: bool = False
    values: tuple[str | int, ...] = ()
    pattern: str | None = None
    minimum: int | None = None
    says: str | None = None


class Shape(Conditional, frozen=True, kw_only=True):
    """An object within an answer. All its fields are always there, and no others."""

    name: Text
    fields: Fields


class AnswerShape(Conditional, frozen=True, kw_only=True):
    """The answer of one or several endpoints."""

    endpoints: tuple[str, ...]
    fields: Fields


class ErrorShape(Fact, frozen=True, kw_only=True):
    """The fields of the error answer besides its code."""

    fields: Fields


class Status(Conditional, frozen=True, kw_only=True):
    """The HTTP status that answers with these codes have."""

    status: int
    codes: tuple[int, ...]


class GatewayStatus(Fact, frozen=True, kw_only=True):
    """An HTTP status that says nothing about an endpoint."""

    status: int
    meaning: Text


class _Answers(msgspec.Struct, forbid_unknown_fields=True):
    values: tuple[Value, ...]
    shapes: tuple[Shape, ...]
    answers: tuple[AnswerShape, ...]
    failures: tuple[AnswerShape, ...]
    error: ErrorShape
    statuses: tuple[Status, ...]
    gateway: tuple[GatewayStatus, ...]


ANSWERS = load("answers.toml", _Answers)
check(SPECIFICATION)
