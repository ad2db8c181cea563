"""Whether a signature verifies, from the bytes received.

Documents and working clients sign one of four strings (V1 and "forms of request"): values decoded or as
sent, parameters sorted or as sent. All four are tried. That has a price, which the exchange itself would
pay too: a value that was signed undecoded and happens to be the percent-encoding of another value
verifies for both. The value used is always the wire text decoded once.
"""

import hmac
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from bingx_fake.gateway.wire import WireParameter

_HEX = re.compile(r"[0-9a-f]{64}")
_UPPER_HEX = re.compile(r"[0-9A-F]{64}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{43}=?")


Form = Literal["sorted", "as-sent", "sorted-encoded", "as-sent-encoded"]
"""What was signed: the order of the parameters, and whether their values were percent-encoded before."""


def canonical_strings(
    parameters: Sequence[WireParameter], *, in_order: bool = True, as_sent: bool = True
) -> Iterator[tuple[Form, bytes]]:
    """The strings that a correct client may have signed; the documented one (sorted, decoded) first.

    :param parameters: all parameters in the order received, without the signature.
    :param in_order: whether a sorted string counts, as ``as_sent`` for one in the order received (V1).
    """
    ordered = sorted(parameters)
    if in_order:
        yield "sorted", b"&".join([sent.name + b"=" + sent.value for sent in ordered])
    if as_sent and not (in_order and ordered == list(parameters)):
        yield "as-sent", b"&".join([sent.name + b"=" + sent.value for sent in parameters])
    if any(parameter.raw != parameter.value for parameter in parameters):
        if in_order:
            yield "sorted-encoded", b"&".join([sent.name + b"=" + sent.raw for sent in ordered])
        if as_sent:
            yield "as-sent-encoded", b"&".join([sent.name + b"=" + sent.raw for sent in parameters])


def verified_form(
    secret: bytes,
    parameters: Sequence[WireParameter],
    signature: str,
    *,
    in_order: bool = True,
    as_sent: bool = True,
) -> Form | None:
    """The form of the string of which ``signature`` is the lower-case hex HMAC-SHA256, or None.

    :param signature: as sent, in whatever form; ``fault_of_form`` says what may be wrong with that.
    """
    claimed = signature.encode()
    for form, string in canonical_strings(parameters, in_order=in_order, as_sent=as_sent):
        mac = _keyed(secret).copy()
        mac.update(string)
        if hmac.compare_digest(mac.hexdigest().encode(), claimed):
            return form
    return None


@lru_cache(maxsize=1024)
def _keyed(secret: bytes) -> hmac.HMAC:
    """An HMAC that has taken in its key, and is copied for each string."""
    return hmac.new(secret, digestmod="sha256")


def fault_of_form(signature: str) -> str | None:
    """What is wrong with a signature's form alone, in words, or None."""
    if _HEX.fullmatch(signature):
        return None
    if _UPPER_HEX.fullmatch(signature):
        return "the signature is upper-case hex; send it in lower case"
    if _BASE64.fullmatch(signature):
        return "the signature looks like base64; send lower-case hex"
    return "the signature is not 64 lower-case hex digits"
