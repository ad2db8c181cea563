"""What a stream wants done, for whoever drives it, and how it is to be kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bingx_client.flow.call import Call


@dataclass(frozen=True, slots=True)
class Connect:
    """Connect, with this listen key."""

    listen_key: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Send:
    """Send this text."""

    text: str


@dataclass(frozen=True, slots=True)
class Disconnect:
    """End the connection; what still comes of it is not wanted."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for this over REST, and come back with ``answered`` or ``failed`` and the number."""

    number: int
    call: Call[Any] = field(repr=False)


Action = Connect | Send | Disconnect | Ask


@dataclass(frozen=True, slots=True)
class Options:
    """How a stream is kept.

    :param close_gaps: whether gaps are closed over REST.
    :param silent_ms: how long a connection may say nothing.
    :param most_waiting: how many events may wait for the reader.
    :param jitter: draws milliseconds from 0 to its argument.
    """

    close_gaps: bool
    silent_ms: int
    most_waiting: int
    jitter: Callable[[int], int] = field(repr=False)
