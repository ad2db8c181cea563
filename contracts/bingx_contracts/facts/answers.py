"""What answers look like: values, shapes, the answer of each endpoint, codes and statuses."""

from typing import Annotated, Literal

import msgspec

from bingx_contracts.facts.base import Conditional, Fact, Text
from bingx_contracts.facts.requests import WriteKind

Fields = dict[str, str]
"""Field name to the name of a value or shape; ``[name]`` is a list of them, ``{name}`` an object of them by
their key, ``name|[name]`` one or a list, by what was asked for. Brackets may stand in brackets."""

FactName = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]*$")]
Facts = dict[str, FactName]
"""Field name to the fact that it carries, for those whose fact is not called as they are, in snake case.

``now_ms`` is the time of the answer. A field that is an object of its own has the facts of the object that it
stands in, unless one is named here.
"""


class Value(Conditional, frozen=True, kw_only=True):
    """A field's value: as a rule of ``rules.toml`` says, or a JSON type with what narrows it.

    ``of`` is what a string spells, with ``places`` digits after the point where their number is fixed;
    ``spelled`` gives words that are written otherwise than the fact says. ``otherwise`` stands where no fact
    is named for the field.
    """

    name: Text
    rule: str | None = None
    type: Literal["string", "integer", "number", "boolean", "null"] | None = None
    nullable: bool = False
    values: tuple[str | int, ...] = ()
    pattern: str | None = None
    minimum: int | None = None
    says: str | None = None
    of: Literal["text", "decimal", "integer", "boolean"] = "text"
    places: int | None = None
    spelled: dict[str, str] = msgspec.field(default_factory=dict)
    otherwise: str | int | None = None


class Shape(Conditional, frozen=True, kw_only=True):
    """An object within an answer. All its fields are always there, and no others.

    ``key`` is the field by which there is one of many: its facts come by this one. The fields of a ``listed``
    shape stand in a list, in their order, without their names.
    """

    name: Text
    fields: Fields
    facts: Facts = msgspec.field(default_factory=dict)
    key: str | None = None
    listed: bool = False


class Envelope(Fact, frozen=True, kw_only=True):
    """The fields before the ``data`` of many answers."""

    name: Text
    fields: Fields
    facts: Facts = msgspec.field(default_factory=dict)


class AnswerShape(Conditional, frozen=True, kw_only=True):
    """The answer of one or several endpoints: ``fields``, or ``data`` in an ``envelope``."""

    endpoints: tuple[str, ...]
    fields: Fields = msgspec.field(default_factory=dict)
    facts: Facts = msgspec.field(default_factory=dict)
    envelope: str | None = None
    data: str | None = None


class FailureShape(AnswerShape, frozen=True, kw_only=True):
    """How endpoints answer, in place of an error with one of ``codes``."""

    codes: tuple[int, ...]


class ErrorShape(Fact, frozen=True, kw_only=True):
    """The fields of the error answer besides its code."""

    fields: Fields


class ErrorCode(Fact, frozen=True, kw_only=True):
    """A business error code.

    ``definite``: an answer with it proves that a write was not carried out, unless it is of a kind in
    ``indefinite_for``. ``proves_earlier``: it proves that the same write was sent before.

    ``looked_for`` is what published clients look for in its message, in any capitals, all of it.
    """

    code: int
    name: Text
    meaning: Text
    definite: bool = False
    indefinite_for: tuple[WriteKind, ...] = ()
    proves_earlier: bool = False
    looked_for: tuple[Text, ...] = ()

    def is_definite(self, kind: WriteKind) -> bool:
        """Whether it proves that a write of this kind was not carried out."""
        return self.definite and kind not in self.indefinite_for


class Status(Conditional, frozen=True, kw_only=True):
    """The HTTP status that answers with these codes have."""

    status: int
    codes: tuple[int, ...]


class GatewayStatus(Fact, frozen=True, kw_only=True):
    """An HTTP status that says nothing about an endpoint."""

    status: int
    meaning: Text
