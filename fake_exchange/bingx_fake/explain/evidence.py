"""What is known about a signed request when its signature is to be explained."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from bingx_contracts import HEADERS, Endpoint
from bingx_fake.gateway.signature import canonical_strings
from bingx_fake.gateway.wire import WireParameter, WireRequest, as_text, read_wire
from bingx_fake.journal.journal import Refused

Parameters = list[WireParameter]
Spell = Callable[[WireParameter], bytes]
"""How a client writes a parameter's value into the string that it signs."""

_SIGNATURE = b"signature"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One signed request, read.

    :param parameters: all but the signature, in the order received; the first ``in_query`` are the query's.
    :param key: the API key that was sent; ``secret`` is the one that belongs to it.
    :param secrets: the secret of every other key that the exchange knows, by key.
    :param endpoint: what was called, where the exchange has it.
    :param accepted: the strings of which the exchange takes the signature, the documented one first.
    :param sorted_verifies: whether one in sorted order is among them, as ``as_sent_verifies`` (V1).
    """

    request: WireRequest
    parameters: Parameters
    in_query: int
    signature: str
    key: str
    secret: bytes
    secrets: Mapping[str, bytes]
    endpoint: Endpoint | None
    accepted: tuple[bytes, ...]
    sorted_verifies: bool
    as_sent_verifies: bool

    @property
    def query(self) -> Parameters:
        """The parameters of the query."""
        return self.parameters[: self.in_query]

    @property
    def body(self) -> Parameters:
        """The parameters of the body."""
        return self.parameters[self.in_query :]


def gather(refused: Refused) -> Evidence:
    """Read a request that the exchange has read before.

    :raises Unreadable: when its parameters cannot be read.
    """
    request, rules = refused.request, refused.rules
    wire = read_wire(request)
    in_query = len(read_wire(msgspec.structs.replace(request, body=b"")))
    parameters = [parameter for parameter in wire if parameter.name != _SIGNATURE]
    if _SIGNATURE in [parameter.name for parameter in wire[:in_query]]:
        in_query -= 1
    key = request.headers.get(HEADERS.key.lower(), "")
    keys = refused.directory.keys
    accepted = canonical_strings(parameters, in_order=rules.sorted_verifies, as_sent=rules.as_sent_verifies)
    return Evidence(
        request=request,
        parameters=parameters,
        in_query=in_query,
        signature=next((as_text(sent.value) for sent in wire if sent.name == _SIGNATURE), ""),
        key=key,
        secret=keys[key][1].secret if key in keys else b"",
        secrets={name: known.secret for name, (_, known) in keys.items() if name != key},
        endpoint=rules.routes.get((request.method, request.path)),
        accepted=tuple(string for _, string in accepted),
        sorted_verifies=rules.sorted_verifies,
        as_sent_verifies=rules.as_sent_verifies,
    )


def decoded(parameter: WireParameter) -> bytes:
    """A value as it is: what S and R have clients sign."""
    return parameter.value


def as_sent(parameter: WireParameter) -> bytes:
    """A value as it stood on the wire."""
    return parameter.raw


def joined(parameters: Iterable[WireParameter], spell: Spell = decoded) -> bytes:
    """``k=v&k=v``."""
    return b"&".join([parameter.name + b"=" + spell(parameter) for parameter in parameters])


def added(name: str, value: str) -> WireParameter:
    """A parameter that was signed and not sent."""
    return WireParameter(name.encode(), value.encode(), value.encode())


def places(parameters: Sequence[WireParameter], extra: WireParameter) -> Iterable[Parameters]:
    """The parameters with one more, wherever a client would put it: sorted, last or first."""
    ordered = sorted(parameters)
    return (
        sorted([*parameters, extra]),
        [*ordered, extra],
        [*parameters, extra],
        [extra, *ordered],
        [extra, *parameters],
    )
