"""From the bytes of an answer to places in it, whichever documented shape it comes in.

``read_answer`` decides between success and failure in every documented dialect; the readers of ``calls`` find
their fields in every documented place. What fits no documented shape is a ``ProtocolError`` that names the
endpoint and the JSON path.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn, TypeVar

from bingx_client.errors import APIError, ProtocolError

T = TypeVar("T")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_WORKBOOK = b"PK\x03\x04"  # what every .xlsx file begins with
_MISSING = object()


class Node(NamedTuple):
    """A place in an answer, which knows its JSON path for the sake of messages."""

    value: Any
    path: str
    endpoint: str
    http_status: int

    def fail(self, expected: str) -> NoReturn:
        """Raise the error that this place is not what was documented.

        :raises ProtocolError: always.
        """
        shown = "nothing" if self.value is _MISSING else _describe(self.value)
        detail = f"{self.path} should be {expected}, and is {shown}"
        raise ProtocolError(self.endpoint, detail, self.http_status)

    def get(self, name: str) -> "Node":
        """A field of an object, which may be missing; this place itself may be anything."""
        value = self.value.get(name, _MISSING) if isinstance(self.value, dict) else _MISSING
        return Node(value, f"{self.path}.{name}", self.endpoint, self.http_status)

    @property
    def is_there(self) -> bool:
        """Whether there is a value here that is not null."""
        return self.value is not _MISSING and self.value is not None

    def items(self) -> Iterator["Node"]:
        """The places of a list."""
        if not isinstance(self.value, list):
            self.fail("a list")
        for index, value in enumerate(self.value):
            yield Node(value, f"{self.path}[{index}]", self.endpoint, self.http_status)

    def values(self) -> Iterator["Node"]:
        """The places of an object's values."""
        if not isinstance(self.value, dict):
            self.fail("an object")
        for name, value in self.value.items():
            yield Node(value, f"{self.path}.{name}", self.endpoint, self.http_status)

    def text(self) -> str:
        """A non-empty text."""
        if not isinstance(self.value, str) or not self.value:
            self.fail("text")
        return self.value

    def id(self) -> str:
        """An id, which documents show as text and as integers; always text here."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | str) or self.value == "":
            self.fail("an id")
        return str(self.value)

    def integer(self) -> int:
        """An integer, or the text of one."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        if isinstance(self.value, str) and re.fullmatch(r"-?[0-9]{1,30}", self.value):
            return int(self.value)
        return self.fail("an integer")

    def workbook(self) -> bytes:
        """The bytes of a workbook (.xlsx), which is a whole answer."""
        if not isinstance(self.value, bytes):
            self.fail("a workbook")
        return self.value

    def boolean(self) -> bool:
        """A boolean."""
        if not isinstance(self.value, bool):
            self.fail("true or false")
        return self.value

    def amount(self) -> Decimal:
        """An amount: decimal text, or a JSON number, exact either way."""
        if isinstance(self.value, Decimal):
            return self.value
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return Decimal(self.value)
        if isinstance(self.value, str) and _DECIMAL.fullmatch(self.value):
            return Decimal(self.value)
        return self.fail("an amount")

    def optional(self, read: Callable[["Node"], T]) -> T | None:
        """What ``read`` makes of this place, or None where it is missing, null or empty."""
        return read(self) if self.is_there and self.value != "" else None


def read_answer(endpoint: str, http_status: int, body: bytes) -> Node:
    """Decide between success and failure.

    Failure is a ``code`` other than 0, be it a number or text, or a ``transferErrorMsg``, at top level or
    in ``data`` (V6). Bare answers without a ``code`` (V5, V9) are success, and so is a workbook.

    :returns: the whole answer; of a workbook, its bytes.
    :raises APIError: when the exchange refused.
    :raises ProtocolError: when the bytes are no JSON object, or say neither yes nor no.
    """
    if http_status == 200 and body.startswith(_WORKBOOK):
        return Node(body, "$", endpoint, http_status)
    try:
        value = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError) as error:
        kind = "empty" if not body.strip() else f"no JSON ({error})"
        raise ProtocolError(endpoint, f"the body is {kind}", http_status) from None
    answer = Node(value, "$", endpoint, http_status)
    if not isinstance(value, dict):
        answer.fail("an object")
    code = _read_code(answer.get("code"))
    message = answer.get("msg").value
    msg = message if isinstance(message, str) else ""
    if code not in (None, 0):
        raise APIError.of(code=code, msg=msg, endpoint=endpoint, http_status=http_status)
    for place in (answer, answer.get("data")):
        refusal = place.get("transferErrorMsg")
        if refusal.is_there and refusal.value != "":
            raise APIError.of(code=None, msg=refusal.text(), endpoint=endpoint, http_status=http_status)
    if http_status != 200:
        raise ProtocolError(endpoint, "an HTTP error without an error code", http_status)
    return answer


def _read_code(code: Node) -> int | None:
    if code.value is _MISSING:
        return None
    return code.integer()


def first(expected: str, *places: Node) -> Node:
    """The first documented place that holds something."""
    found = next((place for place in places if place.is_there), None)
    if found is None:
        names = " or ".join(place.path for place in places)
        _nowhere(places[0], names, expected)
    return found


def first_list(*places: Node) -> Node:
    """The first documented place that holds a list."""
    found = next((place for place in places if isinstance(place.value, list)), None)
    if found is None:
        names = " or ".join(place.path for place in places)
        _nowhere(places[0], names, "a list")
    return found


def total_of(*places: Node) -> int | None:
    """How many rows there are in all, in the first documented place that says so."""
    found = next((place for place in places if place.is_there and place.value != ""), None)
    return None if found is None else found.integer()


def says_empty(total: int | None, *places: Node) -> bool:
    """Whether a page has no rows and says so: null, or nothing, in every place where they could be."""
    return total == 0 and not any(place.is_there for place in places)


def _nowhere(place: Node, names: str, expected: str) -> NoReturn:
    shown = "nothing" if place.value is _MISSING else _describe(place.value)
    detail = f"{names} should be {expected}; {place.path} is {shown}"
    raise ProtocolError(place.endpoint, detail, place.http_status)


def _describe(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Mapping():
            return "an object"
        case bytes():
            return "a workbook"
        case str():
            return f"the text {value[:60]!r}"
        case Sequence():
            return "a list"
        case _:
            return f"the number {str(value)[:60]}"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
