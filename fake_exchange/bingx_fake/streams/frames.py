"""Frames as they go over the wire: gzip around JSON, everything included, heartbeats too (R, D, O)."""

import gzip
from typing import Any, NamedTuple

import msgspec

_encode = msgspec.json.Encoder().encode


class Frame(NamedTuple):
    """A message that is ready to be sent.

    :param data: compressed, once for all its readers.
    :param latest_of: where a later one makes it worthless, such as a ticker's: what it shows. A reader that
        is too slow gets the last one of these only. None for what nobody may miss.
    """

    data: bytes
    latest_of: str | None = None


def frame(message: dict[str, Any] | str, latest_of: str | None = None) -> Frame:
    """Make one of a JSON object, or of plain text."""
    content = message.encode() if isinstance(message, str) else _encode(message)
    return Frame(gzip.compress(content, compresslevel=1, mtime=0), latest_of)
