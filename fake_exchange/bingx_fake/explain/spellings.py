"""Values written into the signed string otherwise than the exchange writes them."""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from urllib.parse import quote_from_bytes, unquote_to_bytes

from bingx_fake.explain.evidence import Evidence, Spell
from bingx_fake.explain.mistake import Mistake
from bingx_fake.gateway.wire import WireParameter

Spellings = Callable[[Evidence], Iterator[Spell]]

_SAFE = ("", "/", "-_.!~*'()", ";,/:@$-_.!~*'()", "/~@", "*")
"""What encoders leave as it is: strict ones, Python's, encodeURIComponent, encodeURI, requests', Java's."""

_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?", re.ASCII)
_PROTOCOL = (b"timestamp", b"recvWindow")
_PLACES = (1, 2, 3, 4, 6, 8)


def _encoded(evidence: Evidence) -> Iterator[Spell]:
    for safe in _SAFE:
        yield partial(_percent_encoded, safe=safe)
        yield partial(_percent_encoded, safe=safe, lower_case=True)


def _percent_encoded(parameter: WireParameter, *, safe: str, lower_case: bool = False) -> bytes:
    encoded = quote_from_bytes(parameter.value, safe).encode()
    if lower_case:
        return re.sub(rb"%[0-9A-F]{2}", lambda digits: digits[0].lower(), encoded)
    return encoded


def _plus_for_blank(evidence: Evidence) -> Iterator[Spell]:
    yield lambda parameter: parameter.value.replace(b" ", b"+")
    for safe in _SAFE:
        yield partial(_form_encoded, safe=safe)


def _form_encoded(parameter: WireParameter, *, safe: str) -> bytes:
    return quote_from_bytes(parameter.value, f"{safe} ").encode().replace(b" ", b"+")


def _blank_for_plus(evidence: Evidence) -> Iterator[Spell]:
    yield lambda parameter: unquote_to_bytes(parameter.raw.replace(b"+", b" "))


def _twice_encoded(evidence: Evidence) -> Iterator[Spell]:
    yield lambda parameter: unquote_to_bytes(parameter.value)
    for safe in _SAFE:
        yield lambda parameter, safe=safe: quote_from_bytes(  # type: ignore[misc]  # bound at once
            quote_from_bytes(parameter.value, safe).encode(), safe
        ).encode()


def _numbers(evidence: Evidence) -> Iterator[Spell]:
    """Every number in another form, and then each one alone."""
    numeric = [
        parameter.name
        for parameter in evidence.parameters
        if parameter.name not in _PROTOCOL and _as_number(parameter.value) is not None
    ]
    groups = [frozenset(numeric), *(frozenset((name,)) for name in numeric)] if numeric else []
    for names in groups:
        for write in _WRITERS:
            yield partial(_reformatted, names=names, write=write)


def _reformatted(
    parameter: WireParameter, *, names: frozenset[bytes], write: Callable[[Decimal], str]
) -> bytes:
    number = _as_number(parameter.value) if parameter.name in names else None
    return parameter.value if number is None else write(number).encode()


def _as_number(value: bytes) -> Decimal | None:
    text = value.decode("ascii", "replace")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _shortest(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _python_float(number: Decimal) -> str:
    return repr(float(number))


def _javascript_number(number: Decimal) -> str:
    value = float(number)
    if value and (abs(value) >= 1e21 or abs(value) < 1e-6):
        mantissa, _, exponent = repr(value).partition("e")
        return f"{mantissa.removesuffix('.0')}e{int(exponent or 0):+d}"
    return _shortest(Decimal(repr(value)))


_WRITERS: tuple[Callable[[Decimal], str], ...] = (
    _shortest,
    _python_float,
    _javascript_number,
    *(partial(lambda number, places: f"{number:.{places}f}", places=places) for places in _PLACES),
)


def _quoted(evidence: Evidence) -> Iterator[Spell]:
    yield lambda parameter: b'"%b"' % parameter.value
    yield lambda parameter: b"'%b'" % parameter.value
    yield (
        lambda parameter: (
            parameter.value if _as_number(parameter.value) is not None else b'"%b"' % parameter.value
        )
    )
    yield lambda parameter: json.dumps(parameter.value.decode("utf-8", "replace")).encode()


_WORDS = ({b"true": b"True", b"false": b"False", b"null": b"None"}, {b"null": b""}, {b"null": b"undefined"})
_WORDS_SENT: tuple[dict[bytes, bytes], ...] = (
    *_WORDS,
    *({theirs: ours for ours, theirs in words.items()} for words in _WORDS),
    {b"true": b"1", b"false": b"0"},
)


def _other_words(evidence: Evidence) -> Iterator[Spell]:
    for words in _WORDS_SENT:
        yield lambda parameter, words=words: words.get(parameter.value, parameter.value)  # type: ignore[misc]  # bound at once


def _trimmed(evidence: Evidence) -> Iterator[Spell]:
    yield lambda parameter: parameter.value.strip()
    yield lambda parameter: parameter.value.replace(b" ", b"")


def _other_case(evidence: Evidence) -> Iterator[Spell]:
    yield lambda parameter: parameter.value.lower()
    yield lambda parameter: parameter.value.upper()


_AS_THEY_ARE = "Sign values as they are, and percent-encode them only on the wire, blanks as %20."
_SAME_TEXT = (
    "Turn each value into text once, and put the same text into the signed string and into the request."
)

SPELLINGS: tuple[tuple[Mistake, Spellings], ...] = (
    (
        Mistake(
            "blank-for-plus",
            "A blank was signed, and sent as +; to the exchange a + is a plus sign.",
            "Send blanks as %20 (not as +, the way of HTML forms), and a + as %2B or as it is.",
            "O (SIGN-7); R (blanks as %20)",
        ),
        _blank_for_plus,
    ),
    (
        Mistake(
            "numbers-reformatted",
            "A number was signed in another form than it was sent, such as 1 and 1.0, or 100.5 and 100.50.",
            f"{_SAME_TEXT} Amounts are best kept as text, or as a decimal type, and never as a float.",
            "R (REQ-5: a JSON number counts by its own text)",
        ),
        _numbers,
    ),
    (
        Mistake(
            "double-encoded",
            "A value was percent-encoded twice, for the signature or on the wire.",
            f"{_AS_THEY_ARE} Most HTTP libraries encode by themselves: hand them plain values.",
            "S, R (SIGN-3)",
        ),
        _twice_encoded,
    ),
    (
        Mistake(
            "percent-encoded",
            "Values were percent-encoded before signing, and not sent in the same form.",
            _AS_THEY_ARE,
            "S, R (SIGN-3; SIGN-6: O, taken where they are sent as signed)",
        ),
        _encoded,
    ),
    (
        Mistake("plus-for-blank", "Blanks were signed as +.", _AS_THEY_ARE, "R (blanks as %20); O (SIGN-7)"),
        _plus_for_blank,
    ),
    (
        Mistake(
            "values-in-quotes",
            "Values were signed in quotation marks.",
            'Sign the values alone: asset=USDT, not asset="USDT".',
            "S, R (SIGN-2, SIGN-3)",
        ),
        _quoted,
    ),
    (
        Mistake(
            "other-words",
            "true, false or null were signed as other words, such as Python's True.",
            f"{_SAME_TEXT} In JSON these are true, false and null.",
            "R (REQ-5)",
        ),
        _other_words,
    ),
    (
        Mistake("blanks-trimmed", "Values were signed without their blanks.", _SAME_TEXT, "S, R (SIGN-3)"),
        _trimmed,
    ),
    (
        Mistake(
            "other-letter-case",
            "Values were signed in capitals or in small letters.",
            _SAME_TEXT,
            "S, R (SIGN-3)",
        ),
        _other_case,
    ),
)
