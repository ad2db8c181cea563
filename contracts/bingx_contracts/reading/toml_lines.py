"""Where in a TOML text a key stands, so that an error can name its line.

No TOML reader for Python reports positions, and a person who mends a file wants a line number.
"""

import re

_PART = r'(?:[A-Za-z0-9_-]+|"[^"]*"|\'[^\']*\')'
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=")

Path = tuple[str | int, ...]


def line_of(text: str, path: Path) -> int:
    """The line, counted from 1, of the statement that holds ``path``.

    :param text: the TOML document.
    :param path: keys, and indexes of arrays of tables: ``("users", 0, "balances", "fund")``.
    :returns: the line of the longest part of the path that has a statement of its own: a value inside
        an inline table is found at the line of that table. 1 where nothing fits.
    """
    best_line, best_length = 1, 0
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        statement = table
        if header := _HEADER.match(line):
            table = statement = _table_path(header[2], header[1] == "[[", counts)
        elif key := _KEY.match(line):
            statement = table + _parts(key[1])
        else:
            continue
        length = _common_length(statement, path)
        if length in (len(statement), len(path)) and length > best_length:
            best_line, best_length = number, length
    return best_line


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _table_path(dotted: str, is_array: bool, counts: dict[Path, int]) -> Path:
    path: Path = ()
    parts = _parts(dotted)
    for position, part in enumerate(parts):
        path = (*path, part)
        if is_array and position == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _common_length(one: Path, other: Path) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length
