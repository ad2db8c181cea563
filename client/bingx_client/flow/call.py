"""A call: what is to be asked of the exchange, and what to make of its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bingx_client.wire.decode import Node
from bingx_client.wire.signing import HttpRequest, Value

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """What is to be asked of the exchange: checked, and not signed.

    So it is a value like any other: it can be compared, pickled, kept, and sent by any client, any number of
    times. Whose it is, where it goes and when belongs to who sends it.

    :param endpoint_id: the contract's name of it; None for what the contract does not describe.
    :param parameters: by wire name, without those of the protocol.
    :param read: makes the result of an answer.
    :param public: whether it goes without key and signature.
    :param json_body: whether its parameters go in a JSON object instead of a form.
    """

    method: str
    path: str
    parameters: Mapping[str, Value] = field(hash=False)
    read: Callable[[Node], T] = field(repr=False)
    endpoint_id: str | None = None
    public: bool = False
    json_body: bool = False

    @property
    def endpoint(self) -> str:
        """Method and path, for messages."""
        return f"{self.method} {self.path}"

    def read_as(self, make: Callable[[T], U]) -> "Call[U]":
        """The same call, whose result is what ``make`` makes of this one's."""
        return Call(
            self.method,
            self.path,
            self.parameters,
            lambda answer: make(self.read(answer)),
            self.endpoint_id,
            self.public,
            self.json_body,
        )


Sign = Callable[[Call[T], int], HttpRequest]
"""Makes the signed request of a call and a timestamp in milliseconds."""
