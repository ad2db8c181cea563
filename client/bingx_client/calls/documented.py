"""Calls of the endpoints that the contract describes: their parameters checked, before anything is signed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from bingx_client.flow.call import Call
from bingx_client.flow.plan import Named, Plan, Write
from bingx_client.wire.decode import Node
from bingx_client.wire.parameters import check_call
from bingx_client.wire.signing import Value
from bingx_contracts import ENDPOINTS

T = TypeVar("T")
Sent = Mapping[str, Value]


class Receipt(Protocol):
    """What a write returns.

    :ivar raw: the answer, or the record that settled it.
    :ivar reconciled: whether its answer was lost, and the exchange's records showed that it happened.
    """

    @property
    def raw(self) -> Any:
        """The answer, or the record."""

    @property
    def reconciled(self) -> bool:
        """Whether it is the record."""


R = TypeVar("R", bound=Receipt)


@dataclass(frozen=True, slots=True)
class Writing(Generic[R]):
    """How one kind of write is read, told to people and settled.

    :param read: makes the receipt of an answer.
    :param sentence: says of what is sent what it is about to do; raises ``ParameterError`` where that is
        contradictory.
    :param plan: makes of what was sent the way to find it in the records; None where nobody knows one.
    :param named: makes of what is given what one sending of it says, where one ``key`` is not enough.
    """

    read: Callable[[Node], R]
    sentence: Callable[[Sent], str]
    plan: Callable[[Sent], Plan[R]] | None = None
    named: Named | None = None


def read(endpoint_id: str, given: Mapping[str, object], reader: Callable[[Node], T]) -> Call[T]:
    """A call that changes nothing.

    :param given: values by wire name; None means absent.
    :raises ParameterError: for a value that breaks its rule.
    """
    endpoint = ENDPOINTS[endpoint_id]
    assert not endpoint.write, f"{endpoint_id} changes something"
    parameters = check_call(endpoint_id, given)
    return Call(endpoint.method, endpoint.path, parameters, reader, endpoint.id, endpoint.public)


def write(endpoint_id: str, given: Mapping[str, object], writing: Writing[R]) -> Write[R]:
    """A call that changes something, as ``writing`` says.

    :param given: values by wire name; None means absent.
    :raises ParameterError: for a value that breaks its rule.
    """
    return _write(endpoint_id, given, writing.read, writing.sentence, writing.plan, writing.named)


def unsettled_write(endpoint_id: str, given: Mapping[str, object], reader: Callable[[Node], T]) -> Write[T]:
    """A call that changes something in a way that nobody knows how to look up afterwards.

    :param given: values by wire name; None means absent.
    :raises ParameterError: for a value that breaks its rule.
    """
    endpoint = ENDPOINTS[endpoint_id]
    return _write(endpoint_id, given, reader, lambda sent: spelt(endpoint.method, endpoint.path, sent), None)


def _write(
    endpoint_id: str,
    given: Mapping[str, object],
    reader: Callable[[Node], T],
    sentence: Callable[[Sent], str],
    plan: Callable[[Sent], Plan[T]] | None,
    named: Named | None = None,
) -> Write[T]:
    endpoint = ENDPOINTS[endpoint_id]
    assert endpoint.write is not None, f"{endpoint_id} changes nothing"
    parameters = check_call(endpoint_id, given)
    return Write(
        endpoint.method,
        endpoint.path,
        parameters,
        reader,
        endpoint.id,
        endpoint.public,
        sentence=sentence(parameters),
        plan=plan,
        key=endpoint.write.key,
        named=named,
    )


def spelt(method: str, path: str, sent: Sent) -> str:
    """A write of which no more is known than what is sent, in words."""
    shown = ", ".join(f"{name}={value}" for name, value in sent.items())
    return f"{method} {path} with {shown}" if shown else f"{method} {path}"
