"""Facts to JSON: one renderer, over what the contract says about the shape of answers.

For each endpoint the shapes that hold under a profile are put together, once, into one Python expression, as
a hand would write it: ``{'code': 0, 'msg': '', 'timestamp': now_ms, 'data': {'tranId': str(facts.id)}}``. So
an answer costs what a function of its own would cost; going through the shapes again for each row costs half
as much more.

What data cannot say stands with the group's facts, as a property of theirs: a record's direction, for one.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from bingx_contracts.facts.answers import AnswerShape, Facts, FailureShape, Fields, Shape, Value
from bingx_contracts.facts.base import Answers
from bingx_fake.answers.answer import Json
from bingx_fake.books.money import plain
from bingx_fake.groups.lasting import LastingRows

_encode = msgspec.json.Encoder().encode
_ROOT = "facts"
_NOW = "now_ms"
_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class AnswerFacts(Protocol):
    """What the contract says about answers."""

    @property
    def values(self) -> Iterable[Value]:
        """What fields carry."""

    @property
    def shapes(self) -> Iterable[Shape]:
        """The objects in answers."""

    @property
    def answers(self) -> Iterable[AnswerShape]:
        """What endpoints answer."""

    @property
    def failures(self) -> Iterable[FailureShape]:
        """What they answer in place of some errors."""


class Form(NamedTuple):
    """How one endpoint answers.

    :param write: facts, and the time of the answer in milliseconds, to JSON.
    :param decided_by: the variations that had a say in it.
    :param source: ``write`` as it reads.
    """

    write: Callable[[Any, int], Json]
    decided_by: tuple[str, ...]
    source: str


class Renderer:
    """The forms of all answers under one profile. Each is made when it is first asked for.

    :param contract: what there is to answer.
    :param answers: variation id to answer.
    """

    def __init__(self, contract: AnswerFacts, answers: Answers) -> None:
        self._named: dict[str, Value | Shape] = {}
        self._named |= {value.name: value for value in contract.values if value.holds(answers)}
        self._named |= {shape.name: shape for shape in contract.shapes if shape.holds(answers)}
        self._successes = _by_endpoint(contract.answers, answers)
        self._failures = _by_endpoint(contract.failures, answers)
        self._made_successes: dict[str, Form] = {}
        self._made_failures: dict[str, Form] = {}

    def success(self, endpoint_id: str) -> Form:
        """How an endpoint answers that a request was carried out."""
        form = self._made_successes.get(endpoint_id)
        if form is None:
            form = self._made_successes[endpoint_id] = self._form(self._successes[endpoint_id])
        return form

    def failure(self, endpoint_id: str, code: int) -> Form | None:
        """How it answers that it was not; None where this code gets the error answer."""
        shape = self._failures.get(endpoint_id)
        if shape is None or code not in shape.codes:
            return None
        form = self._made_failures.get(endpoint_id)
        if form is None:
            form = self._made_failures[endpoint_id] = self._form(shape)
        return form

    def _form(self, answer: AnswerShape) -> Form:
        expression = _Expression(self._named)
        source = expression.object(answer.fields, answer.facts, _ROOT)
        write = _function(source, answer.endpoints[0])
        return Form(write, tuple(sorted(expression.decided_by | answer.when.keys())), source)


# Most answers are the same under most profiles, and compiling takes longer than all else about a form.
@lru_cache(maxsize=512)
def _function(source: str, endpoint_id: str) -> Callable[[Any, int], Json]:
    """What makes an answer of facts and a time, in milliseconds."""
    code = compile(f"lambda {_ROOT}, {_NOW}: {source}", f"<answer of {endpoint_id}>", "eval")
    # Made of the contract's own names only, which are held to be names when they are read.
    function: Callable[[Any, int], Json] = eval(  # noqa: S307
        code, {"plain": plain, "by": _by, "rows": _rows, "number": _number}
    )
    return function


AnyAnswer = TypeVar("AnyAnswer", bound=AnswerShape)


def _by_endpoint(shapes: Iterable[AnyAnswer], answers: Answers) -> dict[str, AnyAnswer]:
    return {endpoint: shape for shape in shapes if shape.holds(answers) for endpoint in shape.endpoints}


def _by(key: str | int, rows: list[Any]) -> Json:
    return {row[key]: row for row in rows}


def _rows(rows: Iterable[Any], write: Callable[[Any], Any]) -> Any:
    """A list's rows as they are written, of which those that last are put together once."""
    if not isinstance(rows, LastingRows):
        return [write(row) for row in rows]
    text = rows.kept.get(write.__code__)
    if text is None:
        text = _encode([write(rows.row(item)) for item in rows.lasting])[1:-1]
        rows.kept[write.__code__] = text
    fresh = _encode([write(row) for row in rows.fresh])[1:-1]
    return msgspec.Raw(b"[%b%b%b]" % (fresh, b"," if fresh and text else b"", text))


def _number(amount: Decimal | float | msgspec.Raw) -> float | msgspec.Raw:
    """An amount as a JSON number; what is no ``Decimal`` is one, as whoever made it has seen to."""
    return msgspec.Raw(plain(amount).encode()) if isinstance(amount, Decimal) else amount


class _Expression:
    """What makes one answer out of its facts, as Python writes it.

    ``decided_by`` gathers the variations that chose among its parts.
    """

    def __init__(self, named: Mapping[str, Value | Shape]) -> None:
        self._named = named
        self._shared: dict[tuple[str, str], str] = {}
        self._rows = 0
        self.decided_by: set[str] = set()

    def object(self, fields: Fields, facts: Facts, of: str, given: Facts | None = None) -> str:
        """An object.

        :param facts: the facts that its fields carry, as the contract gives them.
        :param of: what has these facts.
        :param given: what stands for the fact of a field instead.
        """
        written = self._fields(fields, facts, of, given or {})
        return f"{{{', '.join(f'{field!r}: {text}' for field, text in zip(fields, written, strict=True))}}}"

    def _fields(self, fields: Fields, facts: Facts, of: str, given: Facts) -> list[str]:
        texts = []
        for field, reference in fields.items():
            fact = facts.get(field)
            place = given.get(field) or _place(fact or _snake_case(field), of)
            one, _, many = reference.partition("|")
            if many:
                either = self._many(many, place), self._one(self._shape(one), place, {})
                texts.append(f"({either[0]} if isinstance({place}, list) else {either[1]})")
            elif reference[0] in "[{":
                texts.append(self._many(reference, place))
            elif isinstance(named := self._find(reference), Shape):
                texts.append(self._one(named, of if fact is None else place, {}))
            else:
                fixed = _fixed(named) if fact is None and field not in given else None
                texts.append(fixed or _written(named, place))
        return texts

    def _one(self, shape: Shape, of: str, given: Facts) -> str:
        if shape.listed:
            return f"[{', '.join(self._fields(shape.fields, shape.facts, of, given))}]"
        return self.object(shape.fields, shape.facts, of, given)

    def _many(self, reference: str, place: str) -> str:
        """A list, or an object by key. One that an answer shows in several places is made once."""
        known = self._shared.get((reference, place))
        if known is not None:
            return known
        if reference[0] == "[":
            text = self._list(reference[1:-1], place)
        else:
            inner = reference[1:-1]
            text = f"by({self._key(inner)!r}, {self._many(f'[{inner}]', place)})"
        if not place.startswith(f"{_ROOT}."):
            return text  # of one row, so that no other place can show it
        name = self._shared[reference, place] = f"shared_{len(self._shared)}"
        return f"({name} := {text})"

    def _list(self, inner: str, place: str) -> str:
        self._rows += 1
        row = f"row_{self._rows}"
        if inner[0] in "[{":
            return f"[{self._many(inner, row)} for {row} in {place}]"
        named = self._find(inner)
        if isinstance(named, Value):
            return f"[{_written(named, row)} for {row} in {place}]"
        if named.key is None:
            one = self._one(named, row, {})
            if named.listed and place.startswith(f"{_ROOT}."):  # as market data is, page after page
                return f"rows({place}, lambda {row}: {one})"
            return f"[{one} for {row} in {place}]"
        key = f"key_{self._rows}"
        return f"[{self._one(named, row, {named.key: key})} for {key}, {row} in {place}.items()]"

    def _key(self, inner: str) -> str | int:
        shape = self._shape(inner)
        assert shape.key is not None
        return list(shape.fields).index(shape.key) if shape.listed else shape.key

    def _shape(self, name: str) -> Shape:
        shape = self._find(name)
        assert isinstance(shape, Shape)
        return shape

    def _find(self, name: str) -> Value | Shape:
        named = self._named[name]
        self.decided_by |= named.when.keys()
        return named


def _place(fact: str, of: str) -> str:
    return fact if fact == _NOW else f"{of}.{fact}"


def _snake_case(field: str) -> str:
    return _WORD_BEGINS.sub("_", field).lower()


def _fixed(value: Value) -> str | None:
    """What a field carries that no fact is named for, if that is always the same."""
    if value.otherwise is not None:
        return repr(value.otherwise)
    if value.type == "null":
        return "None"
    if len(value.values) == 1 and not value.nullable:
        return repr(value.values[0])
    return None


def _written(value: Value, fact: str) -> str:
    """A fact as the value of a field."""
    match value.type or "string", value.of:
        case "number", _:
            text = f"({fact} if {fact}.__class__ is float else number({fact}))"
        case "string", "decimal":
            text = f"plain({fact})" if value.places is None else f"format({fact}, '.{value.places}f')"
        case "string", "integer":
            text = f"str({fact})"
        case "string", "boolean":
            text = f"('true' if {fact} else 'false')"
        case _:
            text = fact
    if value.spelled:
        text = f"{value.spelled!r}.get({text}, {text})"
    return f"(None if {fact} is None else {text})" if value.nullable and text != fact else text
