"""Whether a signature verifies, from the bytes received.

Documents and working clients sign one of four strings (V1 and "forms of request"): values decoded or as
sent, parameters sorted or as sent. All four are tried. That has a price, which the exchange itself would
pay too: a value that was signed undecoded and happens to be the percent-encoding of another value
verifies for both. The value used is always the wire text decoded once.
"""

import hmac
import re
from collections.abc import Iterator, Sequence

from bingx_fake.wire import WireParameter

_HEX = re.compile(r"[0-9a-f]{64}")
_UPPER_HEX = re.compile(r"[0-9A-F]{64}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{43}=?")


def canonical_strings(parameters: Sequence[WireParameter]) -> Iterator[bytes]:
    """The strings that a correct client may have signed; the documented one (sorted, decoded) first.

    :param parameters: all parameters in the order received, without the signature.
    """
    ordered = sorted(parameters)
    yield b"&".join([name + b"=" + value for name, _, value in ordered])
    if ordered != list(parameters):
        yield b"&".join([name + b"=" + value for name, _, value in parameters])
    if any(parameter.raw != parameter.value for parameter in parameters):
        yield b"&".join([name + b"=" + raw for name, raw, _ in ordered])
        yield b"&".join([name + b"=" + raw for name, raw, _ in parameters])


def verifies(secret: bytes, parameters: Sequence[WireParameter], signature: str) -> bool:
    """Whether ``signature`` is the lower-case hex HMAC-SHA256 of one of the canonical strings."""
    sent = signature.encode("utf-8", "replace")
    for string in canonical_strings(parameters):
        if hmac.compare_digest(hmac.digest(secret, string, "sha256").hex().encode(), sent):
            return True
    return False


def fault_of_form(signature: str) -> str | None:
    """What is wrong with a signature's form alone, in words, or None."""
    if _HEX.fullmatch(signature):
        return None
    if _UPPER_HEX.fullmatch(signature):
        return "the signature is upper-case hex; send it in lower case"
    if _BASE64.fullmatch(signature):
        return "the signature looks like base64; send lower-case hex"
    return "the signature is not 64 lower-case hex digits"
