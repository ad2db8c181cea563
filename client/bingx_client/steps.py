"""What a call yields while it is carried out, and what it is sent: the language between calls and drivers."""

from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from bingx_client.signing import HttpRequest

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
    """

    delivered: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The caller gave up during the step."""


Step = Attempt | Sleep | Await
Outcome = Answered | Failed | Cancelled | None
Steps = Generator[Step, Outcome, T]


class Interrupted(Exception):
    """The caller gave up; whoever drives the call turns this back into the cancellation."""


def wait(step: Sleep | Await) -> Steps[None]:
    """Wait while nothing is under way.

    :raises Interrupted: when the caller cancels meanwhile.
    """
    if isinstance((yield step), Cancelled):
        raise Interrupted
