"""The file that says that an exchange is ready, and where."""

import json
from pathlib import Path

import click

from bingx_contracts.reading.files import text_of


class ReadyFile:
    """A file that is there while every port listens, with the line that ``--json`` prints.

    :param path: in a folder that is there. What an exchange that did not end by itself has left there goes.
    :raises click.BadParameter: where that cannot be, or something else stands there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._line = ""
        if not path.parent.is_dir():
            raise click.BadParameter(f"there is no folder {path.parent}")
        try:
            if path.exists() and not _is_ready_file(path):
                raise click.BadParameter(
                    f"{path} is there already and is no ready file: remove it, or name another file"
                )
            path.unlink(missing_ok=True)
        except OSError as error:
            raise click.BadParameter(f"{path}: {error.strerror}") from None

    def announce(self, line: str) -> None:
        """Write the file, whole from the moment at which it is there.

        :raises click.ClickException: when it cannot be written.
        """
        self._line = f"{line}\n"
        unfinished = self._path.with_name(f"{self._path.name}.unfinished")
        try:
            unfinished.write_text(self._line, encoding="utf-8")
            unfinished.replace(self._path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise click.ClickException(
                f"the ready file could not be written to {self._path}: {error.strerror}"
            ) from None

    def withdraw(self) -> None:
        """Remove the file, unless another exchange has put its own in its place."""
        try:
            if self._line and text_of(self._path.read_bytes()) == self._line:
                self._path.unlink()
        except (OSError, UnicodeDecodeError):
            return


def _is_ready_file(path: Path) -> bool:
    try:
        there = json.loads(text_of(path.read_bytes()))
    except ValueError:
        return False
    return isinstance(there, dict) and {"com", "pro", "control", "stream"} <= there.keys()
