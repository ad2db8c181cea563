"""Holds answers against the schemas of an OpenAPI document."""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from jsonschema_rs import Draft202012Validator
from support.sender import Reply


class Schemas:
    """The answer schemas of one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._texts: dict[tuple[str, ...], str] = {}

    def operation_id(self, method: str, path: str) -> str:
        """The id of a method and path."""
        return str(self.document["paths"][path][method.lower()]["operationId"])

    def complaint(self, method: str, path: str, reply: Reply) -> str | None:
        """What an answer has that its schema has not, or the other way round; None where it fits."""
        responses = self.document["paths"][path][method.lower()]["responses"]
        if str(reply.status) not in responses:
            return f"{method} {path}: HTTP {reply.status} is not documented"
        content_type = _media(reply)
        if content_type not in responses[str(reply.status)]["content"]:
            return f"{method} {path}: {content_type} is not documented"
        validator = _validator(self._of_answer(method, path, reply))
        errors = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(exact(reply))]
        return f"{method} {path}: {errors}\n{reply.text.decode()}" if errors else None

    def unnoticed(self, method: str, path: str, reply: Reply) -> tuple[str, ...]:
        """What can be wrong with one field of this answer and still fit its schema."""
        return _unnoticed(self._of_answer(method, path, reply), reply.text)

    def is_success(self, method: str, path: str, document: Any) -> bool:
        """Whether an answer has the shape of a request that was carried out."""
        name = f"{self.operation_id(method, path)}.success"
        return bool(_validator(self._text(("components", "schemas", name))).is_valid(document))

    def _of_answer(self, method: str, path: str, reply: Reply) -> str:
        media = _media(reply)
        steps = ("paths", path, method.lower(), "responses", str(reply.status), "content", media)
        return self._text((*steps, "schema" if media == "application/json" else "x-rows"))

    def _text(self, steps: tuple[str, ...]) -> str:
        if steps not in self._texts:
            self._texts[steps] = json.dumps(self._whole(self._at(steps)))
        return self._texts[steps]

    def _at(self, steps: tuple[str, ...]) -> Any:
        found: Any = self.document
        for step in steps:
            found = found[step]
        return found

    def _whole(self, schema: Any) -> Any:
        """A schema with what it refers to in place, which is validated ten times as fast."""
        match schema:
            case {"$ref": str(reference)}:
                return self._whole(self._at(tuple(reference.removeprefix("#/").split("/"))))
            case dict():
                return {name: self._whole(value) for name, value in schema.items()}
            case list():
                return [self._whole(value) for value in schema]
        return schema


def exact(reply: Reply) -> Any:
    """The answer's JSON with every number as it is written."""
    return _exact(reply.text)


def _media(reply: Reply) -> str:
    return reply.headers["Content-Type"].partition(";")[0]


def _exact(body: bytes) -> Any:
    return json.loads(body, parse_float=Decimal)


# Most documents have most schemas, and most answers, in common: what is said of one is said of all.


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema))


@cache
def _unnoticed(schema: str, body: bytes) -> tuple[str, ...]:
    validator = _validator(schema)
    wrong = with_one_field_wrong(_exact(body))
    return tuple(f"{it.what}: {it.document}" for it in wrong if validator.is_valid(it.document))


class Wrong(NamedTuple):
    """A document with one field too few or one of another name."""

    what: str
    document: Any


def with_one_field_wrong(document: Any) -> Iterator[Wrong]:
    """The document with each of its fields removed, and with each renamed.

    Objects that have one field for each asset are left out: assets may come and go.
    """
    for way, replace in _wrong(document, "$"):
        yield Wrong(way, replace)


def _wrong(document: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(document, list):
        for number, element in enumerate(document[:1]):
            for what, changed in _wrong(element, f"{place}[{number}]"):
                yield what, [changed, *document[1:]]
    elif isinstance(document, dict):
        by_asset = place.endswith(".balance")
        for name, value in document.items():
            others = {other: kept for other, kept in document.items() if other != name}
            if not by_asset:
                yield f"{place}.{name} removed", others
                yield f"{place}.{name} renamed", {**others, f"{name}_": value}
            for what, changed in _wrong(value, f"{place}.{name}"):
                yield what, {**others, name: changed}
