"""A request as it came over the wire, and its parameters from the raw bytes.

The fake rebuilds everything from what it received. Nothing here is shared with the client, so that
neither can hide the other's mistake.
"""

import json
import re
from collections.abc import Mapping
from typing import Literal, NoReturn
from urllib.parse import unquote_to_bytes

import msgspec

from bingx_contracts import ENDPOINTS

Domain = Literal["com", "pro"]

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
_NO_FORM = frozenset({"", "*/*", "application/octet-stream"})
"""Content types that working clients send along with an empty body (contract: forms of request)."""


METHODS_WITH_A_BODY = frozenset({"POST", "PUT", "DELETE"})
"""Those whose body is read: a GET has its parameters in the query alone (S; releases of D's site of 2024)."""

PROTOCOL_PARAMETERS = frozenset({"timestamp", "recvWindow", "signature"})
"""What every signed request may carry besides its endpoint's parameters."""

_NAME = re.compile(rb"[A-Za-z0-9_.-]+")
_DOCUMENTED = {
    name.encode(): name
    for endpoint in ENDPOINTS.values()
    for name in PROTOCOL_PARAMETERS | endpoint.parameter_names
}
"""Names that need no look at their letters."""


class Unreadable(ValueError):
    """The parameters of a request cannot be read; the message says why."""


class WireRequest(msgspec.Struct):
    """One request, unchanged: the target as in the request line; headers are found by lower-case name."""

    domain: Domain
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    address: str

    @property
    def path(self) -> str:
        """The target's path, not decoded."""
        return self.target.partition("?")[0]


class WireParameter(msgspec.Struct, frozen=True, order=True):
    """One parameter: its name, its value as sent, and its value percent-decoded once (a + stays a +)."""

    name: bytes
    raw: bytes
    value: bytes


class _Number(str):
    """A JSON number by its raw text."""


def read_wire(request: WireRequest) -> list[WireParameter]:
    """Every parameter in the order received: the query's, then the body's.

    GET carries parameters in the query string, POST, PUT and DELETE there, in a form body or in a JSON body;
    both at once is allowed, and they are signed together (S, R, O). A parameter of the body whose name is in
    the query as well is dropped here: the query's counts (releases of D's site of 2024), and what does not
    count is not signed either (ours, A2).

    :raises Unreadable: when the body is of another kind or cannot be parsed, or a name occurs twice in one
        place.
    """
    query = request.target.partition("?")[2].encode("utf-8", "surrogateescape")
    parameters = _read_pairs(query)
    if request.body and request.method in METHODS_WITH_A_BODY:
        in_body = _read_body(request)
        if parameters:
            in_query = {parameter.name for parameter in parameters}
            in_body = [parameter for parameter in in_body if parameter.name not in in_query]
        parameters += in_body
    names = [parameter.name for parameter in parameters]
    distinct = set(names)
    if len(distinct) != len(names) or not distinct <= _DOCUMENTED.keys():
        _check_names(names)
    return parameters


def _check_names(names: list[bytes]) -> None:
    """Refuse a name that occurs twice or cannot be one, whichever comes first."""
    seen: set[bytes] = set()
    for name in names:
        if name in seen:
            raise Unreadable(f"parameter {_show(name)} is given more than once")
        if not _NAME.fullmatch(name):
            # An encoded & or = in a name would let a string be split otherwise than it was signed.
            raise Unreadable(f"{_show(name)} cannot be the name of a parameter")
        seen.add(name)


def name_of(name: bytes) -> str:
    """A parameter's name as text."""
    return _DOCUMENTED.get(name) or as_text(name)


def as_text(value: bytes) -> str:
    """A value as text; bytes that are not UTF-8 become the replacement character."""
    return value.decode("utf-8", "replace")


def _read_body(request: WireRequest) -> list[WireParameter]:
    content_type = request.headers.get("content-type", "")
    if content_type != FORM:
        content_type = content_type.partition(";")[0].strip().lower()
    if content_type == JSON:
        return _read_json(request.body)
    if content_type == FORM or content_type in _NO_FORM:
        return _read_pairs(request.body)
    raise Unreadable(f"content type {content_type[:80]!r} is not taken; send {FORM} or {JSON}")


def _read_pairs(text: bytes) -> list[WireParameter]:
    decoded = unquote_to_bytes if b"%" in text else bytes
    parameters = []
    for pair in text.split(b"&"):
        name, _, raw = pair.partition(b"=")
        if pair:
            parameters.append(WireParameter(name, raw, decoded(raw)))
    return parameters


def _read_json(body: bytes) -> list[WireParameter]:
    try:
        document = json.loads(
            body.decode("utf-8"),
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refuse_constant,
            object_pairs_hook=list,
        )
    except (ValueError, RecursionError):
        raise Unreadable("the body is not valid JSON") from None
    if not isinstance(document, list) or not body.lstrip().startswith(b"{"):
        raise Unreadable("the JSON body must be an object")
    return [_json_parameter(name, value) for name, value in document]


def _json_parameter(name: str, value: object) -> WireParameter:
    match value:
        case str():
            text = value
        case True:
            text = "true"
        case False:
            text = "false"
        case None:
            text = "null"
        case _:
            raise Unreadable(f"parameter {_show(name.encode('utf-8', 'replace'))} is not a plain value")
    wire = text.encode("utf-8", "surrogatepass")
    return WireParameter(name.encode("utf-8", "surrogatepass"), wire, wire)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _show(name: bytes) -> str:
    return repr(as_text(name[:40]))
