"""The decisions of one call, without I/O: which domain, when to fall back, when to give up.

A call is a generator. It yields an ``Attempt``, is sent the ``Outcome``, and returns the answer or
raises. Whoever drives it only moves bytes.

What happens after each outcome:

====================  ===============================  =================================
outcome               a read                           a write
====================  ===============================  =================================
JSON answer           return it, or raise its error    return it, or raise its error
any other answer      ``ProtocolError``                ``OutcomeUnknown``
not delivered         next domain, signed afresh       next domain, signed afresh
lost                  next domain, signed afresh       ``OutcomeUnknown``
no domain left        ``TransportError``               ``TransportError``
====================  ===============================  =================================

*Not delivered*: the failure came before a connection stood, so the exchange cannot have the request.
*Lost*: anything later; the request may have arrived, and a write must not be sent again. An answer to a
write is final only if it says yes or carries a code that proves that nothing happened.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from bingx_client.decode import Node, read_answer
from bingx_client.environments import BaseUrls
from bingx_client.errors import APIError, DomainFailure, OutcomeUnknown, ProtocolError, TransportError
from bingx_client.signing import HttpRequest, Value
from bingx_contracts import ERRORS

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to one domain."""

    base_url: str
    request: HttpRequest


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


Outcome = Answered | Failed
Steps = Generator[Attempt, Outcome, T]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent, before it is signed.

    :param sign: makes the signed request of a timestamp in milliseconds.
    :param parameters: the business parameters, for error messages.
    """

    endpoint: str
    write: bool
    parameters: dict[str, Value]
    sign: Callable[[int], HttpRequest]


def perform(
    request: Request, base_urls: BaseUrls, clock: Callable[[], int], decode: Callable[[Node], T]
) -> Steps[T]:
    """One call from first attempt to result.

    :param clock: gives Unix milliseconds; each attempt is signed with its own timestamp.
    :param decode: makes the result of a successful answer.
    :raises APIError: the exchange refused.
    :raises ProtocolError: a read's answer is of no documented shape.
    :raises TransportError: no domain answered, and for a write: none got the request.
    :raises OutcomeUnknown: a write may or may not have happened.
    """
    failures: list[DomainFailure] = []
    for base_url in base_urls:
        timestamp_ms = clock()
        outcome = yield Attempt(base_url, request.sign(timestamp_ms))
        match outcome:
            case Answered(http_status, body):
                try:
                    return decode(read_answer(request.endpoint, http_status, body))
                except (APIError, ProtocolError) as error:
                    if not request.write or proves_nothing_happened(error):
                        raise
                    seen = DomainFailure(base_url, str(error))
                    failed = [*failures, seen]
                    raise OutcomeUnknown(
                        request.endpoint, request.parameters, timestamp_ms, failed
                    ) from error
            case Failed(delivered, reason):
                failures.append(DomainFailure(base_url, reason))
                if request.write and delivered:
                    raise OutcomeUnknown(request.endpoint, request.parameters, timestamp_ms, failures)
    raise TransportError(request.endpoint, failures)


def proves_nothing_happened(error: APIError | ProtocolError) -> bool:
    """Whether an answer to a write rules out that the write took effect."""
    if isinstance(error, ProtocolError):
        return False
    return error.code is None or (error.code in ERRORS and ERRORS[error.code].definite)
