"""What a call yields while it is carried out, and what it is sent: the language between calls and drivers.

Whatever is raised while a step is taken (a cancellation, Ctrl-C, a task queue's time limit, an error out of
an injected ``sleep``) is thrown into the call at that step, since only the call knows what it means: a write
that may have happened raises ``OutcomeUnknown`` from it, everything else lets it pass. No call goes on.
"""

from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from bingx_client.wire.signing import HttpRequest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Send this request to this domain, within this time from connecting to the last body byte."""

    base_url: str
    request: HttpRequest
    timeout_ms: int


@dataclass(frozen=True, slots=True)
class Sleep:
    """Let this time pass."""

    ms: int


@dataclass(frozen=True, slots=True)
class Await:
    """Wait until the future is done, but no longer than this."""

    future: Future[None]
    timeout_ms: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A complete HTTP answer."""

    http_status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """No complete answer.

    :param delivered: False where the failure came before a connection stood.
    :param waited_ms: the attempt's whole time where that passed; it counts even where no clock moves.
    """

    delivered: bool
    reason: str
    waited_ms: int = 0


Step = Attempt | Sleep | Await
Outcome = Answered | Failed | None
Steps = Generator[Step, Outcome, T]
