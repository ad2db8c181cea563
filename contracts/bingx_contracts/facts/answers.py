"""What answers look like: values, shapes, the answer of each endpoint, codes and statuses."""

from typing import Literal

from bingx_contracts.facts.base import Conditional, Fact, Text
from bingx_contracts.facts.requests import WriteKind

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
