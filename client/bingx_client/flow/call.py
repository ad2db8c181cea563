"""A call: what is to be sent, and what to make of its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bingx_client.wire.decode import Node
from bingx_client.wire.signing import HttpRequest, Value

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent, before it is signed.

    :param endpoint: method and path, for messages.
    :param parameters: the business parameters.
    :param sign: makes the signed request of a timestamp in milliseconds.
    """

    endpoint: str
    parameters: dict[str, Value]
    sign: Callable[[int], HttpRequest]


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request, and what to make of its answer."""

    request: Request
    decode: Callable[[Node], T]
