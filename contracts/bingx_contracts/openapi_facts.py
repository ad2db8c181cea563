"""The facts that only the OpenAPI document needs.

They say what answers look like, and what each answer of the register changes about requests.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

import msgspec

from bingx_contracts.facts import Fact, Text
from bingx_contracts.loading import load

Answers = Mapping[str, str]
"""Variation id to the name of its answer."""

Fields = dict[str, str]
"""Field name to the name of a value or shape; ``[name]`` is a list of them, ``{name}`` one for each asset."""


class Conditional(Fact, frozen=True, kw_only=True):
    """A fact that holds where each variation in ``when`` has one of the answers listed there."""

    when: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)

    def holds(self, answers: Answers) -> bool:
        """Whether the fact holds under these answers."""
        return all(answers[variation] in names for variation, names in self.when.items())


class Source(Fact, frozen=True, kw_only=True):
    """What a letter in ``source`` stands for."""

    letter: Text
    title: Text
    released: str | None = None


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


class EndpointDeparture(Conditional, frozen=True, kw_only=True):
    """What is different about an endpoint's request.

    ``without`` lists parameters that it does not know, ``names`` gives others the one name that they go by,
    ``rules`` other rules. None leaves ``needs_one_of`` as it is.
    """

    endpoint: Text
    without: tuple[str, ...] = ()
    names: dict[str, str] = msgspec.field(default_factory=dict)
    rules: dict[str, str] = msgspec.field(default_factory=dict)
    needs_one_of: tuple[tuple[str, ...], ...] | None = None


class WindowDeparture(Conditional, frozen=True, kw_only=True):
    """What is different about recvWindow."""

    minimum_ms: int | None = None
    maximum_ms: int | None = None
    says: str | None = None


class Note(Conditional, frozen=True, kw_only=True):
    """What there is to say about a parameter that a schema cannot."""

    about: Literal["signature", "timestamp", "transferClientId"]
    says: Text


class _Sources(msgspec.Struct, forbid_unknown_fields=True):
    sources: tuple[Source, ...]


class _Answers(msgspec.Struct, forbid_unknown_fields=True):
    values: tuple[Value, ...]
    shapes: tuple[Shape, ...]
    answers: tuple[AnswerShape, ...]
    failures: tuple[AnswerShape, ...]
    error: ErrorShape
    statuses: tuple[Status, ...]
    gateway: tuple[GatewayStatus, ...]


class _Departures(msgspec.Struct, forbid_unknown_fields=True):
    endpoints: tuple[EndpointDeparture, ...]
    windows: tuple[WindowDeparture, ...]
    notes: tuple[Note, ...]


SOURCES = load("sources.toml", _Sources).sources
ANSWERS = load("answers.toml", _Answers)
DEPARTURES = load("departures.toml", _Departures)

AnyConditional = TypeVar("AnyConditional", bound=Conditional)


def holding(facts: Iterable[AnyConditional], answers: Answers) -> list[AnyConditional]:
    """Those of ``facts`` that hold under these answers."""
    return [fact for fact in facts if fact.holds(answers)]
