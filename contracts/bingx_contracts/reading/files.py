"""Files as people have them, with what editors of all systems add: a mark of the byte order, CR before LF.

Everything that one of the packages is given to read as text comes in here.
"""

import codecs
from collections.abc import Iterable, Iterator


def without_mark(content: bytes) -> bytes:
    """What a file holds, without the mark that some editors put before UTF-8."""
    return content.removeprefix(codecs.BOM_UTF8)


def text_of(content: bytes) -> str:
    """What a file holds, as text with LF alone at the ends of its lines.

    :raises UnicodeDecodeError: when it is not UTF-8.
    """
    return without_mark(content).decode("utf-8").replace("\r\n", "\n")


def lines_of(content: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not blank, each with its number, counted from 1."""
    for number, line in enumerate(content, start=1):
        written = (without_mark(line) if number == 1 else line).rstrip()
        if written:
            yield number, written
