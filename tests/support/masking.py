"""What must not stand in a recording: masks for it, and a search for what the masks have missed.

Masks go by the names of fields first, and then take the same value away wherever else it stands. The search
looks at texts in more ways than the masks do, so that it can find what they overlook.
"""

import base64
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

MASKED_KEY, MASKED_SIGNATURE, MASKED_ADDRESS = "masked-key", "masked-signature", "0.0.0.0"

_KEYS = "apiKey|api_key|secretKey|secret_key|X-BX-APIKEY"
_SIGNATURES = "signature|sign"
_PHONES = "phone|phoneNumber|mobile|mobileNumber|telephone"
_UIDS = "uid|fromUid|toUid|userId|receiver|sender|inviterSid|superiorsUid|referrerUid|currentAgentUid|lastUid"
_RECEIVERS = "userAccount|targetAccount"
"""A UID, a phone number or an e-mail address, as userAccountType says."""


def _fields(names: str) -> re.Pattern[str]:
    """Fields of JSON, of JSON within JSON, of a form and of a query."""
    lead = rf'\\*"(?:{names})\\*"\s*:\s*\\*"?|(?:^|[?&])(?:{names})='
    return re.compile(rf'(?P<lead>{lead})(?P<value>[^"\\&,\s\]}}]+)', re.IGNORECASE)


_KEY_FIELD, _SIGNATURE_FIELD = _fields(_KEYS), _fields(_SIGNATURES)
_PHONE_FIELD, _UID_FIELD, _RECEIVER_FIELD = _fields(_PHONES), _fields(_UIDS), _fields(_RECEIVERS)
_BY_PHONE = re.compile(r'userAccountType\\*"?\s*[:=]\s*\\*"?2\b', re.IGNORECASE)
_HEX_SIGNATURE = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{64}(?![0-9A-Za-z])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+*-]+(?P<at>@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_UID_IN_WORDS = re.compile(r"\buid\b\D{0,3}(?P<value>\d{5,20})\b", re.IGNORECASE)
_PHONE_IN_WORDS = re.compile(r"(?P<value>\+\d{1,3}[ -]?\d{6,14})\b")
_ADDRESS = re.compile(r"(?<![\d.])(?!127\.|0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_LONG_TOKEN = re.compile(r"[A-Za-z0-9]{40,}")
_BASE64 = re.compile(r"!!binary \|\n(?:\s*[A-Za-z0-9+/=]+\n)+")
"""Bytes in YAML, which are searched as what they are."""

_FIRST_MASK = {"uid": 9_000_000_000, "phone": 7_000_000_000}
_MASKED_NUMBER = re.compile(r"[79]000000\d{3}")
_FEWEST_DIGITS = 5
"""No UID and no phone number is shorter."""


def _is_personal(value: str) -> bool:
    return sum(map(str.isdigit, value)) >= _FEWEST_DIGITS


def _strings(node: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a document, with the name it stands under."""
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from _strings(inner, str(key))
    elif isinstance(node, list):
        for inner in node:
            yield from _strings(inner, name)
    elif isinstance(node, str):
        yield name, node
    elif isinstance(node, bytes):
        yield name, node.decode("latin-1")


def _changed(node: Any, change: Callable[[str, str], str], name: str = "") -> Any:
    """A document with every text changed."""
    if isinstance(node, dict):
        return {key: _changed(inner, change, str(key)) for key, inner in node.items()}
    if isinstance(node, list):
        return [_changed(inner, change, name) for inner in node]
    return change(name, node) if isinstance(node, str) else node


@dataclass(slots=True)
class Masks:
    """The masks of one recording: the same value gets the same mask, numbered in order of appearance."""

    _by_value: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @staticmethod
    def of(document: Any) -> "Masks":
        """Masks for everything private in a document."""
        masks = Masks()
        for _, text in _strings(document):
            masks._note(text)
        return masks

    def apply(self, document: Any) -> Any:
        """The document, masked."""
        return _changed(document, self._masked)

    def _note(self, text: str) -> None:
        for found in _RECEIVER_FIELD.finditer(text):
            self._number("phone" if _BY_PHONE.search(text) else "uid", found["value"])
        for kind, pattern in (
            ("uid", _UID_FIELD),
            ("phone", _PHONE_FIELD),
            ("uid", _UID_IN_WORDS),
            ("phone", _PHONE_IN_WORDS),
        ):
            for found in pattern.finditer(text):
                self._number(kind, found["value"])
        for found in _EMAIL.finditer(text):
            self._email(found[0])

    def _number(self, kind: str, value: str) -> str:
        if _EMAIL.fullmatch(value) or not _is_personal(value):
            return value
        if value not in self._by_value:
            self._counts[kind] += 1
            self._by_value[value] = str(_FIRST_MASK[kind] + self._counts[kind])
        return self._by_value[value]

    def _email(self, address: str) -> str:
        plain = unquote(address).lower()
        if plain not in self._by_value:
            self._counts["email"] += 1
            self._by_value[plain] = f"masked-{self._counts['email']}@example.invalid"
        mask = self._by_value[plain]
        return mask if "@" in address else mask.replace("@", "%40")

    def _masked(self, name: str, text: str) -> str:
        if re.fullmatch(_KEYS, name, re.IGNORECASE):
            return MASKED_KEY
        text = _KEY_FIELD.sub(rf"\g<lead>{MASKED_KEY}", text)
        text = _SIGNATURE_FIELD.sub(rf"\g<lead>{MASKED_SIGNATURE}", text)
        text = _HEX_SIGNATURE.sub(MASKED_SIGNATURE, text)
        text = _EMAIL.sub(lambda found: self._email(found[0]), text)
        for pattern in (_RECEIVER_FIELD, _UID_FIELD, _PHONE_FIELD):
            text = pattern.sub(
                lambda found: found["lead"] + self._by_value.get(found["value"], found["value"]), text
            )
        for value, mask in self._by_value.items():
            # As a whole word, and not as the digits before or after a decimal point.
            text = re.sub(rf"(?<![0-9A-Za-z])(?<!\d\.){re.escape(value)}(?!\.?[0-9A-Za-z])", mask, text)
        return _ADDRESS.sub(MASKED_ADDRESS, text)


# The search


@dataclass(frozen=True, slots=True)
class Known:
    """What may stand in a cassette besides masks, since it is nobody's."""

    keys: frozenset[str] = frozenset({MASKED_KEY})
    signatures: bool = False
    numbers: frozenset[str] = frozenset()
    email_domains: frozenset[str] = frozenset({"example.invalid"})


MASKS_ONLY = Known()


def leaks(
    text: str, document: Any, *, known: Known = MASKS_ONLY, secrets: Mapping[str, str] | None = None
) -> list[str]:
    """What should not be there, in words that do not repeat it.

    :param text: the file as it is written; comments count.
    :param document: the same, parsed.
    :param secrets: texts that must not be there in any form, by what to call them.
    """
    found: dict[str, None] = {}
    for name, string in (("file", _BASE64.sub("", text)), *_strings(document)):
        for reading in _readings(string):
            found |= dict.fromkeys(_secrets_in(reading, secrets or {}))
            found |= dict.fromkeys(f"{leak} in {name}" for leak in _leaks_in(name, reading, known))
    return list(found)


def _readings(text: str, depth: int = 3) -> Iterator[str]:
    """A text as it is, percent-decoded, and as JSON with its escapes undone."""
    yield text
    if (decoded := unquote(text)) != text:
        yield decoded
    try:
        parsed = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return
    if isinstance(parsed, dict | list) and depth:
        yield json.dumps(parsed, ensure_ascii=False)
        for _, inner in _strings(parsed):
            yield from _readings(inner, depth - 1)


def _secrets_in(text: str, secrets: Mapping[str, str]) -> Iterator[str]:
    for name, secret in secrets.items():
        encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
        if any(form in text for form in (secret, quote(secret, safe=""), encoded)):
            yield f"the {name} in use"


def _leaks_in(name: str, text: str, known: Known) -> Iterator[str]:
    if name.upper() == "X-BX-APIKEY" and text not in known.keys:
        yield "an API key"
    for found in _KEY_FIELD.finditer(text):
        if found["value"] not in known.keys:
            yield "an API key or secret"
    if not known.signatures:
        if any(found["value"] != MASKED_SIGNATURE for found in _SIGNATURE_FIELD.finditer(text)):
            yield "a signature"
        if _HEX_SIGNATURE.search(text):
            yield "what looks like a signature"
    for found in _EMAIL.finditer(text):
        if found[0].lower().rpartition(found["at"])[2] not in known.email_domains:
            yield "an e-mail address"
    for what, pattern in (
        ("a UID", _UID_FIELD),
        ("a UID", _UID_IN_WORDS),
        ("a phone number", _PHONE_FIELD),
        ("a phone number", _PHONE_IN_WORDS),
        ("a receiver", _RECEIVER_FIELD),
    ):
        for found in pattern.finditer(text):
            value = found["value"]
            is_known = value in known.numbers or _MASKED_NUMBER.fullmatch(value) or _EMAIL.fullmatch(value)
            if _is_personal(value) and not is_known:
                yield what
    if _ADDRESS.search(text):
        yield "an IP address"
    for found in _LONG_TOKEN.finditer(text):
        if _looks_random(found[0]) and not (known.signatures and _HEX_SIGNATURE.fullmatch(found[0])):
            yield "what looks like a key"


def _looks_random(token: str) -> bool:
    return len(set(token)) >= 16 and any(map(str.isdigit, token)) and not token.isdigit()
