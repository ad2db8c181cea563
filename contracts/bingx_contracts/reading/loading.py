"""Reading files under ``spec/`` strictly: an unknown key, a missing source or a wrong type is an error."""

import re
import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, NoReturn, TypeVar

import msgspec

from bingx_contracts.reading.files import text_of
from bingx_contracts.reading.toml_lines import Path, line_of

T = TypeVar("T")

_SUFFIX = ".toml"


class SpecificationError(Exception):
    """The contract's data is malformed. The message names file, line, key and reason."""


class Folder:
    """A folder of specification files, and of folders of them: its groups.

    ``documents`` are those read so far, by filename, for whoever holds them against each other. A file of a
    group goes by ``group/filename``.
    """

    def __init__(self, place: Traversable) -> None:
        self._place = place
        self.documents: dict[str, dict[str, Any]] = {}

    def files(self) -> list[str]:
        """The names of all files: those beside the groups first, then group by group."""
        beside, grouped = [], []
        for entry in self._place.iterdir():
            if entry.is_dir():
                grouped += [f"{entry.name}/{file.name}" for file in entry.iterdir()]
            else:
                beside.append(entry.name)
        return [name for name in sorted(beside) + sorted(grouped) if name.endswith(_SUFFIX)]

    def load(self, filename: str, shape: type[T]) -> T:
        """Read one file into its type.

        :raises SpecificationError: when the file does not fit.
        """
        text = self._read(filename)
        document = _decode(text, filename)
        loaded = _convert(document, shape, text, filename)
        self.documents[filename] = document
        return loaded

    def line_of(self, filename: str, path: Path) -> int:
        """The line of a key in one of the files."""
        return line_of(self._read(filename), path)

    def refuse(self, filename: str, path: Path, reason: str) -> NoReturn:
        """Say what is wrong with the value of a key.

        :raises SpecificationError: always.
        """
        raise _error(filename, self._read(filename), path, reason)

    def _read(self, filename: str) -> str:
        return text_of(self._place.joinpath(*filename.split("/")).read_bytes())


def specification() -> Folder:
    """``bingx_contracts/spec``."""
    return Folder(resources.files("bingx_contracts").joinpath("spec"))


def parse(text: str, shape: type[T], filename: str) -> T:
    """Turn TOML text into ``shape``; ``filename`` is for the message only.

    :raises SpecificationError: naming file, line, key and reason.
    """
    return _convert(_decode(text, filename), shape, text, filename)


def _decode(text: str, filename: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecificationError(f"{filename}: {error}") from None


def _convert(document: dict[str, Any], shape: type[T], text: str, filename: str) -> T:
    try:
        return msgspec.convert(document, shape)
    except msgspec.ValidationError as error:
        reason, path = explain(error)
        raise _error(filename, text, path, reason) from None


def _error(filename: str, text: str, path: Path, reason: str) -> SpecificationError:
    place = ".".join(str(part) for part in path) or "the document"
    return SpecificationError(f"{filename}: line {line_of(text, path)}: {place}: {reason}")


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
