"""Finding values in the files of a specification: where they stand, and what they may be."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

from bingx_contracts.reading.loading import Folder
from bingx_contracts.reading.toml_lines import Path


class Found(NamedTuple):
    """A value and where it stands."""

    file: str
    path: Path
    value: Any


def refuse_unknown(folder: Folder, found: Found, what: str, known: Iterable[Any]) -> None:
    """Refuse a name that is none of those known.

    :raises SpecificationError: naming file, line, key and the nearest name.
    """
    if found.value not in known:
        names = sorted(str(name) for name in known)
        near = get_close_matches(str(found.value), names, 1) or names
        hint = f"; perhaps {near[0]!r}" if len(near) == 1 else f"; there are {', '.join(near)}"
        folder.refuse(found.file, found.path, f"there is no {what} {found.value!r}{hint}")


def values_at(folder: Folder, places: Iterable[str]) -> set[Any]:
    """The values at several places."""
    return {found.value for found in found_at(folder, places)}


def found_at(folder: Folder, places: Iterable[str]) -> Iterator[Found]:
    """Every value at several places, in every file."""
    for place in places:
        yield from found_in(folder, place)


def found_in(folder: Folder, place: str) -> Iterator[Found]:
    """Every value at a place, in every file."""
    keys = place.split(".")
    for file, document in folder.documents.items():
        if keys[0] in document:
            yield from walk(file, (), document, keys)


def walk(file: str, path: Path, value: Any, keys: list[str]) -> Iterator[Found]:
    """Every value that keys lead to from a value, through arrays as well."""
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(file, (*path, index), inner, keys)
    elif not keys:
        yield Found(file, path, value)
    elif isinstance(value, dict) and keys[0] in value:
        yield from walk(file, (*path, keys[0]), value[keys[0]], keys[1:])
