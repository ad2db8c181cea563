"""The fields of answers as the contract describes them, held against what documents and recordings show."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fields.derive import UNSAID, Fields

from bingx_contracts import CONTRACT, ENDPOINTS, Endpoint

_PLACES = re.compile(r"\[(\d+)\.\.(\d+)\]")


def _placed(fields: Mapping[str, str]) -> dict[str, str]:
    """Each place of a list that several are written for in one: ``bids[][0..1]``."""
    placed = {}
    for path, kind in fields.items():
        places = _PLACES.search(path)
        first, last = map(int, places.groups()) if places else (0, 0)
        for place in range(first, last + 1):
            placed[_PLACES.sub(f"[{place}]", path)] = kind
    return placed


SHOWN: Fields = {
    route: {letter: _placed(fields) for letter, fields in sources.items()}
    for route, sources in json.loads(
        Path(__file__).with_name("fields.json").read_text(encoding="utf-8")
    ).items()
}

OWN_SOURCE = {"skill": "S", "reference": "R", "docs-site": "D", "observed": "O"}
"""Whose answers a profile gives; any other gives those of all documents together."""


class Field(NamedTuple):
    """A field of an answer that holds no others."""

    path: str
    kinds: frozenset[str]
    source: str


def fields_of(document: Mapping[str, Any], method: str, path: str) -> Iterator[Field]:
    """The fields of an endpoint's answer in an OpenAPI document, success only."""
    name = document["paths"][path][method.lower()]["operationId"]
    yield from _fields(document, document["components"]["schemas"][f"{name}.success"], "", "")


def _fields(
    document: Mapping[str, Any], schema: Mapping[str, Any], path: str, source: str
) -> Iterator[Field]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for alternative in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _fields(document, alternative, path, source)
    kinds = schema.get("type", [])
    kinds = frozenset([kinds] if isinstance(kinds, str) else kinds)
    said = f"{schema.get('x-source', '')} {schema.get('description', '')}"
    if "array" in kinds:
        for index, item in enumerate(schema.get("prefixItems", ())):
            yield from _fields(document, item, f"{path}[{index}]", said)
        if schema.get("items"):
            yield from _fields(document, schema["items"], f"{path}[]", source)
    elif "object" in kinds and "properties" in schema:
        for name, inner in schema["properties"].items():
            yield from _fields(document, inner, f"{path}.{name}" if path else name, said)
    elif "object" in kinds:
        yield from _fields(document, schema["additionalProperties"], f"{path}{{}}", source)
    elif kinds:
        yield Field(path, kinds, f"{source} {said}")


def problems(document: Mapping[str, Any], shown: Fields = SHOWN) -> list[str]:
    """What an OpenAPI document says about answers that no document or recording shows.

    A field that the profile's own source has is of that source's type; one that only others have, of one of
    theirs. One that nobody shows, or whose type nobody shows, is marked as ours, at its value or its object.
    """
    profile = document["info"]["x-profile"]["name"]
    found = []
    for endpoint in ENDPOINTS.values():
        sources = shown_of(endpoint, shown)
        if not sources:
            found.append(f"{endpoint.id}: fields.json has nothing about {endpoint.method} {endpoint.path}")
            continue
        own = sources.get(OWN_SOURCE.get(profile, ""), {})
        for field in fields_of(document, endpoint.method, endpoint.path):
            kinds = _kinds(own, field.path)
            if not kinds or UNSAID in kinds:
                kinds |= set().union(*(_kinds(fields, field.path) for fields in sources.values()))
            shown_so = field.kinds <= kinds or kinds == {UNSAID}
            if not shown_so and "ours" not in field.source:
                shows = f"shown is {' or '.join(sorted(kinds))}" if kinds else "nobody shows it"
                found.append(f"{endpoint.id}: {field.path} is {' or '.join(sorted(field.kinds))}: {shows}")
    return found


def shown_of(endpoint: Endpoint, shown: Fields = SHOWN) -> Mapping[str, Mapping[str, str]]:
    """What is shown of an endpoint's answer, by the source's letter; nothing where nobody shows it."""
    return next(filter(None, map(shown.get, _routes(endpoint))), {})


def _routes(endpoint: Endpoint) -> list[str]:
    """An endpoint's own route, and for an older one those of the present one that answers the same."""
    alike = [
        ENDPOINTS[other]
        for answer in CONTRACT.answers
        if endpoint.old_route and endpoint.id in answer.endpoints
        for other in answer.endpoints
        if not ENDPOINTS[other].old_route
    ]
    return [f"{it.method} {it.path}" for it in (endpoint, *alike)]


def _kinds(fields: Mapping[str, str], path: str) -> set[str]:
    """The types that a source shows of a field; any field in what it names without a word is unsaid."""
    if path in fields:
        return set(fields[path].split(" or "))
    named = {known for known, kind in fields.items() if kind == UNSAID}
    return {UNSAID} if any(path.startswith(f"{known}.") for known in named) else set()
