"""Frames as they go over the wire: gzip around JSON, everything included, heartbeats too (R, D, O)."""

import gzip
from typing import Any, NamedTuple

import msgspec

_encode = msgspec.json.Encoder().encode

_UNIX = b"\x03"


class Frame(NamedTuple):
    """A message that is ready to be sent.

    :param data: compressed, once for all its readers.
    :param latest_of: where a later one makes it worthless, such as a ticker's: what it shows. A reader that
        is too slow gets the last one of these only. None for what nobody may miss.
    :param topics: the names by which a push goes; none for answers and heartbeats.
    :param is_update: it tells what has changed of an order book since the one before.
    """

    data: bytes
    latest_of: str | None = None
    topics: tuple[str, ...] = ()
    is_update: bool = False


def frame(
    message: dict[str, Any] | str,
    latest_of: str | None = None,
    topics: tuple[str, ...] = (),
    *,
    is_update: bool = False,
) -> Frame:
    """Make one of a JSON object, or of plain text."""
    content = message.encode() if isinstance(message, str) else _encode(message)
    packed = gzip.compress(content, compresslevel=1, mtime=0)
    # The tenth byte names the system it was packed on, which Python 3.13 does not: the same bytes on all.
    return Frame(packed[:9] + _UNIX + packed[10:], latest_of, topics, is_update)
