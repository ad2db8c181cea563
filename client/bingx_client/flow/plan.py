"""How a lost write is looked for in the exchange's records."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Generic, TypeVar

from bingx_client.flow.call import Call
from bingx_client.wire.signing import Value

T = TypeVar("T")

Named = Callable[[Mapping[str, Value], Callable[[], str]], dict[str, Value]]
"""Gives what is sent the names by which the exchange tells it apart, each made by the second argument."""

MARGIN_MS = 1000
"""How much further back records are looked for than they can be."""


class Verdict(Enum):
    """What a record says about the write that it belongs to."""

    HAPPENED = "happened"
    OPEN = "open"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    """One record.

    :param ids: every id that it has, one at least.
    :param receipt: None where the record belongs to some other write.
    :param at_ms: the exchange's time at which it took the write; None where the record does not say.
    :param is_named: whether it carries the write's own id, so that it can be nobody else's.
    """

    ids: frozenset[str]
    receipt: T | None
    verdict: Verdict
    status: str
    at_ms: int | None
    is_named: bool = False

    @property
    def name(self) -> str:
        """The record in messages."""
        return " and ".join(sorted(self.ids))

    def is_within(self, since_ms: int, until_ms: int) -> bool:
        """Whether the exchange can have taken it between two times, both inclusive."""
        return self.at_ms is None or since_ms <= self.at_ms <= until_ms


@dataclass(frozen=True, slots=True)
class Plan(Generic[T]):
    """How to find out whether a write happened.

    :param identity: equal for writes that the records cannot tell apart.
    :param ids_of: the record's ids in the write's own receipt.
    :param page: the call that reads a page of records from a time on; pages count from 0.
    :param page_size: rows of a full page.
    :param owner: equal for writes whose records are certainly the same account's.
    """

    identity: Hashable = field(repr=False)
    ids_of: Callable[[T], frozenset[str]]
    page: Callable[[int, int], Call[Sequence[Row[T]]]]
    page_size: int
    owner: Hashable = field(default=None, repr=False)

    def of(self, owner: Hashable, base_urls: Iterable[str]) -> "Plan[T]":
        """The same for whoever sends the write, and the exchange that it goes to."""
        # The identity has no owner: two keys of one account share its records, and other accounts' ids never
        # match.
        return replace(self, identity=(frozenset(base_urls), self.identity), owner=owner)


@dataclass(frozen=True, slots=True)
class Policy:
    """How far to go.

    :param reconcile: whether to settle lost writes, or to raise at once.
    :param deadline_ms: how long a write may take in all.
    :param settle_ms: how long after accepting a request the exchange may take to show it in the records.
    """

    reconcile: bool
    deadline_ms: int
    settle_ms: int
    recv_window_ms: int

    def span(self, timestamp_ms: int) -> tuple[int, int]:
        """Between which times the exchange can have taken a write that was signed with a timestamp."""
        return (
            timestamp_ms - self.recv_window_ms - MARGIN_MS,
            timestamp_ms + self.recv_window_ms + self.settle_ms,
        )


@dataclass(frozen=True, slots=True)
class Write(Call[T]):
    """A call that changes something: sent at most once, and confirmed where it has to be.

    :param sentence: what it is about to do, for the person who confirms it; to be followed by where.
    :param plan: makes of what is sent the way to settle it when its answer is lost; None where there is none.
    :param key: the parameter by which the exchange tells this write from another. Each sending gets one where
        none is given.
    :param named: does the same where there is more to be named than one parameter says.
    """

    sentence: str = ""
    plan: "Callable[[Mapping[str, Value]], Plan[T]] | None" = field(default=None, repr=False)
    key: str | None = None
    named: Named | None = field(default=None, repr=False)
