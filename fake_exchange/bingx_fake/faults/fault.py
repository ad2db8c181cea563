"""What a fault is, and what can become of an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import msgspec

from bingx_fake.answers import Answer


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One order to fail, in the JSON form of ``POST /faults``.

    ``phase`` says whether the exchange applies the request before it fails. The first ``skip`` matching
    requests pass, then at most ``times`` are hit, each with ``probability``. Which other fields a kind
    takes stands with the kind.
    """

    domain: Literal["com", "pro", "*"]
    kind: str
    phase: Literal["before", "after"] = "before"
    method: str | None = None
    path: str | None = None
    skip: int = 0
    times: int | None = None
    probability: float = 1.0
    status: int | None = None
    code: int | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Hang:
    """Send nothing and keep the connection open until the client leaves."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection without a byte."""


Delivery = Answer | Hang | Close
"""What the edge does with a request's answer."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    :param fields: the fields that it takes besides domain and kind.
    :param deliver: from the fault and the exchange's time to what the client meets; None where the
        fault acts on connections, before any request is known.
    """

    name: str
    fields: frozenset[str]
    deliver: Callable[[Fault, int], Delivery] | None


MATCHING = frozenset({"method", "path", "skip", "times", "probability"})
"""Fields of every kind that acts on requests."""
