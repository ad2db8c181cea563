"""Frames of the exchange's: gzip around JSON, or around the text of a heartbeat (V92)."""

import json
import zlib
from decimal import Decimal
from typing import Any, NoReturn

_GZIP = 31
"""How zlib calls gzip: the largest window, and 16."""
_MOST_BYTES = 32_000_000
"""A frame that unpacks to more is none of the exchange's."""


class Unreadable(ValueError):
    """A frame, or a field, that cannot be read. The message says why."""


def open_frame(data: bytes | str) -> dict[str, Any] | str:
    """What a frame says: a JSON object with exact numbers, or a heartbeat's text.

    :raises Unreadable: saying why.
    """
    text = data if isinstance(data, str) else _unpacked(data)
    if text[:1] != "{":
        if text.strip().lower() in ("ping", "pong"):
            return text.strip()
        raise Unreadable("it is neither a JSON object nor a heartbeat")
    try:
        message: dict[str, Any] = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Unreadable(f"it is no JSON ({error})") from None
    return message


def _unpacked(data: bytes) -> str:
    if data[:2] != b"\x1f\x8b":
        raise Unreadable("it is not gzip")
    unpacking = zlib.decompressobj(_GZIP)
    try:
        content = unpacking.decompress(data, _MOST_BYTES)
    except zlib.error as error:
        raise Unreadable(f"it is broken gzip ({error})") from None
    if not unpacking.eof:
        reason = "it is too large" if unpacking.unconsumed_tail else "it is gzip that breaks off"
        raise Unreadable(reason)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
