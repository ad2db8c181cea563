"""What a fault is, what a kind of fault says about itself, and what can become of an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

import msgspec

from bingx_fake.answers.answer import Answer
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.venue.instruments import Product

ActsOn = Literal["connection", "request", "commit", "read", "handshake", "stream", "silence", "push", "key"]
"""What a kind of fault strikes; see ``Kind``."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One order to fail, in the JSON form of ``POST /faults``.

    ``phase`` says whether the exchange applies the request before it fails. The first ``skip`` matching
    requests pass, then at most ``times`` are hit, each with ``probability``. ``at_ms`` is when the fault
    begins, counted from the moment the order is taken, and ``for_ms`` how long it stays, both on the
    exchange's clock, for every kind. Which other fields a kind takes stands with the kind.

    On streams, which ``*`` never means, what matches is a connection or what is pushed to one: ``stream`` is
    its product, ``topic`` a glob over topics, ``account`` for all of an account, and ``uid`` whose it is.
    """

    domain: Literal["com", "pro", "*", "stream"]
    kind: str
    phase: Literal["before", "after"] = "before"
    variant: str | None = None
    method: str | None = None
    path: str | None = None
    stream: Product | None = None
    topic: str | None = None
    uid: int | None = None
    skip: int = 0
    times: int | None = None
    probability: float = 1.0
    ms: int | None = None
    sigma: float | None = None
    status: int | None = None
    code: int | None = None
    close_code: int | None = None
    body: str | None = None
    at_ms: int | None = None
    for_ms: int | None = None

    def concerns(self, domain: str) -> bool:
        """Whether the fault is one of this domain's."""
        return self.domain == domain or (self.domain == "*" and domain != "stream")


@dataclass(frozen=True, slots=True)
class Hang:
    """Send nothing and keep the connection open until the client leaves."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection without a byte."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset the connection (TCP RST) without a byte."""


@dataclass(frozen=True, slots=True)
class Truncate:
    """Send the head and half of the body, then close the connection, or reset it."""

    answer: Answer
    reset: bool


@dataclass(frozen=True, slots=True)
class Dribble:
    """Send the whole answer, head included, byte by byte with ``ms`` between them, then close."""

    answer: Answer
    ms: int


@dataclass(frozen=True, slots=True)
class Late:
    """Wait ``ms``, then ask for the answer and send it. A client that leaves before that ends the wait."""

    ms: float
    answer: Callable[[], Answer]


Delivery = Answer | Hang | Close | Reset | Truncate | Dribble | Late
"""What the edge does with a request's answer."""


@dataclass(frozen=True, slots=True)
class FaultMatch:
    """A request that met a fault: everything that a kind may need to say what the client gets.

    :param answer: the request's own answer where it was carried out, otherwise one that says that it was not.
    :param later: carries the request out if that has not happened yet, and gives its own answer.
    :param again: whether the fault has been met before.
    :param random: the exchange's chance.
    """

    fault: Fault
    request: WireRequest
    now_ms: int
    answer: Answer
    later: Callable[[], Answer]
    again: bool
    random: Random


REST = frozenset({"com", "pro", "*"})
STREAM = frozenset({"stream"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of fault.

    :param fields: the fields that it takes besides domain, kind and those of a schedule.
    :param may_fall_back: whether a client that meets it may go to the other domain with a read.
    :param lets_settle: whether a read that settles a lost write may go to the other domain all the same.
    :param needs: fields that it cannot do without.
    :param variants: the values of ``variant``; the first is the default.
    :param acts_on: ``connection``: before any request is known. ``request``: ``deliver`` says what the
        client gets. ``commit``: the answer is as usual, and what it promises comes later.
        ``read``: what is shown is less than there is. Of streams:
        ``handshake``: before there is one; ``stream``: all that there are, and each new one; ``silence``:
        everything that is sent; ``push``: what is pushed of topics, one by one; ``key``: listen keys.
    :param domains: where it can be.
    :param times: how often it strikes where an order does not say.
    :param deliver: from the match to what the client gets; kinds that act on requests have one.
    :param shows_answer: part of the request's own answer reaches the client, so a read, which changes
        nothing, is carried out in either phase.
    :param holds_ms: once met, every matching request meets it for this long, and later ones do not.
    """

    name: str
    fields: frozenset[str]
    may_fall_back: bool
    lets_settle: bool = False
    needs: frozenset[str] = frozenset()
    variants: tuple[str, ...] = ()
    acts_on: ActsOn = "request"
    domains: frozenset[str] = REST
    times: int | None = None
    deliver: Callable[[FaultMatch], Delivery] | None = None
    shows_answer: bool = False
    holds_ms: Callable[[Fault], int] | None = None


MATCHING = frozenset({"method", "path", "skip", "times", "probability"})
"""Fields of every kind that acts on requests."""

PHASED = MATCHING | {"phase"}
"""Fields of every kind that acts on requests and is not itself an answer of the exchange."""
