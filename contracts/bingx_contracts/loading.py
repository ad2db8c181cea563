"""Reading ``spec/*.toml`` strictly: an unknown key, a missing source or a wrong type stops the import."""

import re
import tomllib
from importlib import resources
from typing import TypeVar

import msgspec

from bingx_contracts.toml_lines import Path, line_of

T = TypeVar("T")


class SpecificationError(Exception):
    """The contract's data is malformed. The message names file, line, key and reason."""


def load(filename: str, shape: type[T]) -> T:
    """Read one file of ``bingx_contracts/spec`` into its type.

    :raises SpecificationError: when the file does not fit.
    """
    text = resources.files("bingx_contracts").joinpath("spec", filename).read_text(encoding="utf-8")
    return parse(text, shape, filename)


def parse(text: str, shape: type[T], filename: str) -> T:
    """Turn TOML text into ``shape``; ``filename`` is for the message only.

    :raises SpecificationError: naming file, line, key and reason.
    """
    try:
        return msgspec.convert(tomllib.loads(text), shape)
    except tomllib.TOMLDecodeError as error:
        raise SpecificationError(f"{filename}: {error}") from None
    except msgspec.ValidationError as error:
        reason, path = explain(error)
        place = ".".join(str(part) for part in path) or "the document"
        raise SpecificationError(f"{filename}: line {line_of(text, path)}: {place}: {reason}") from None


def explain(error: msgspec.ValidationError) -> tuple[str, Path]:
    """Split msgspec's message into the reason and the path of the value that it is about."""
    reason, _, place = str(error).partition(" - at ")
    place = place.partition("$")[2]
    path: Path = tuple(
        int(index) if index else name for name, index in re.findall(r"\.?([^.\[\]`]+)|\[(\d+)\]", place)
    )
    if unknown := re.search(r"unknown field `([^`]*)`", reason):
        path = (*path, unknown[1])
    return reason, path
