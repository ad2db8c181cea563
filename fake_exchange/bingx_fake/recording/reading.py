"""Reads a recording line by line, and says what is wrong with a file that is none."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from bingx_contracts.reading.loading import explain
from bingx_fake.recording.form import FORMAT, Header, Input

Note = Callable[[int, int], None]
"""Is told how many bytes are done, and of how many."""
_NOTED_EVERY = 500


class RecordingError(ValueError):
    """A file cannot be replayed. The message names the file, the line and the reason."""


class Reading:
    """A recording that is being read.

    :param note: is told how far it is, now and then.
    :raises RecordingError: when the file cannot be read, or does not begin as a recording does.

    ``cut_line`` is the number of its last line where that is not whole, as after a crash; it is left out.
    """

    def __init__(self, path: Path, note: Note | None = None) -> None:
        self._path, self._note = path, note
        self._lines = self._read()
        self.cut_line: int | None = None
        first = next(self._lines, None)
        if first is None:
            raise RecordingError(f"{path} is no recording: it has no whole line")
        self.header = self._read_header(first[1])

    def __iter__(self) -> Iterator[tuple[int, Input]]:
        """The number of each line and what stands in it.

        :raises RecordingError: for a line that no version so far has written.
        """
        for number, line in self._lines:
            yield number, self._convert(number, self._parse(number, line), Input)

    def _read(self) -> Iterator[tuple[int, bytes]]:
        done = 0
        try:
            with self._path.open("rb") as file:
                total = self._path.stat().st_size
                for number, line in enumerate(file, start=1):
                    if not line.endswith(b"\n"):
                        self.cut_line = number
                        return
                    yield number, line
                    done += len(line)
                    if self._note is not None and number % _NOTED_EVERY == 0:
                        self._note(done, total)
        except OSError as error:
            raise RecordingError(f"{self._path} cannot be read: {error.strerror or error}") from None

    def _read_header(self, line: bytes) -> Header:
        try:
            document = self._parse(1, line)
        except RecordingError:
            document = None
        if not isinstance(document, dict) or "recording" not in document:
            raise RecordingError(f"{self._path} is no recording: bingx-fake serve --record FILE makes one")
        if document["recording"] != FORMAT:
            made_by = document.get("version")
            raise RecordingError(
                f"{self._path} was recorded by version {made_by}, in a form that this version does not know"
            )
        header: Header = self._convert(1, document, Header)
        return header

    def _parse(self, number: int, line: bytes) -> Any:
        try:
            return json.loads(line)
        except (ValueError, RecursionError) as error:
            raise RecordingError(f"{self._path} line {number} is not JSON: {error}") from None

    def _convert(self, number: int, document: Any, kind: Any) -> Any:
        try:
            return msgspec.convert(document, kind)
        except msgspec.ValidationError as error:
            reason, path = explain(error)
            key = ".".join(str(part) for part in path) or "the line"
            raise RecordingError(f"{self._path} line {number}: {key}: {reason}") from None
