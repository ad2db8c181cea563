"""Signatures made with another secret, by another function, or written in another form."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import unquote

from bingx_fake.explain.evidence import Evidence
from bingx_fake.explain.mistake import Mistake

Secrets = Callable[[Evidence], Iterator[tuple[bytes, str]]]
"""Secrets that may have been used, each with a sentence that does not show it."""

Digest = Callable[[bytes, bytes], bytes]
"""From secret and string to a digest."""

_SIGN = "The signature is the HMAC-SHA256 of the string, keyed with the secret, in lower-case hex."
_SOURCE = "S, R (SIGN-1)"


# Other secrets


def _another_keys(evidence: Evidence) -> Iterator[tuple[bytes, str]]:
    for name, secret in evidence.secrets.items():
        yield secret, f"It is the secret of {name!r}; the header X-BX-APIKEY says {evidence.key!r}."


def _key_itself(evidence: Evidence) -> Iterator[tuple[bytes, str]]:
    yield evidence.key.encode("utf-8", "surrogateescape"), ""


def _with_blanks(evidence: Evidence) -> Iterator[tuple[bytes, str]]:
    secret = evidence.secret
    for before, after, what in (
        (b"", b"\n", "a line end behind it"),
        (b"", b"\r\n", "a line end behind it"),
        (b"", b"\r", "a line end behind it"),
        (b"", b" ", "a blank behind it"),
        (b" ", b"", "a blank before it"),
        (b"", b"\t", "a tab behind it"),
        (b'"', b'"', "quotation marks around it"),
        (b"'", b"'", "quotation marks around it"),
        (b"\xef\xbb\xbf", b"", "a byte order mark before it"),
        (b"", b"\0", "a zero byte behind it"),
    ):
        yield before + secret + after, f"It had {what}."
    if secret.strip() != secret:
        yield secret.strip(), "The exchange's secret has blanks around it, and the client's has none."


def _no_secret(evidence: Evidence) -> Iterator[tuple[bytes, str]]:
    yield b"", "It was empty."
    for word in ("None", "undefined", "null", "nil", "[object Object]"):
        yield word.encode(), f"It was the word {word}."


def _decoded_secret(evidence: Evidence) -> Iterator[tuple[bytes, str]]:
    secret = evidence.secret
    for name, decode in (("base64", _from_base64), ("hex", _from_hex)):
        value = decode(secret.decode("utf-8", "replace"))
        if value is not None:
            yield value, f"It was decoded from {name} first."
    yield base64.b64encode(secret), "It was encoded in base64 first."
    yield secret.hex().encode(), "It was encoded in hex first."


def _other_case(evidence: Evidence) -> Iterator[tuple[bytes, str]]:
    yield evidence.secret.lower(), ""
    yield evidence.secret.upper(), ""


_USE_ITS_OWN = "Sign with the secret that belongs to the key in X-BX-APIKEY, as it is, byte for byte."

SECRETS: tuple[tuple[Mistake, Secrets], ...] = (
    (
        Mistake("another-keys-secret", "The secret of another key was used.", _USE_ITS_OWN, _SOURCE),
        _another_keys,
    ),
    (
        Mistake("key-as-secret", "The API key was used as the secret.", _USE_ITS_OWN, _SOURCE),
        _key_itself,
    ),
    (
        Mistake(
            "blanks-around-secret",
            "The secret was used with something around it.",
            f"{_USE_ITS_OWN} A file that is read whole ends in a line end: strip it.",
            _SOURCE,
        ),
        _with_blanks,
    ),
    (
        Mistake(
            "no-secret",
            "There was no secret: whatever the program signed with, it was not set.",
            "Look at how the program comes by its secret; an environment variable may be missing.",
            _SOURCE,
        ),
        _no_secret,
    ),
    (
        Mistake("secret-decoded", "The secret was decoded or encoded before use.", _USE_ITS_OWN, _SOURCE),
        _decoded_secret,
    ),
    (
        Mistake("secret-case-changed", "The secret was used in other capitals.", _USE_ITS_OWN, _SOURCE),
        _other_case,
    ),
)


# Other functions


def _hmac(secret: bytes, string: bytes, *, name: str) -> bytes:
    return hmac.digest(secret, string, name)


def _swapped(secret: bytes, string: bytes) -> bytes:
    return hmac.digest(string, secret, "sha256")


def _plain(secret: bytes, string: bytes, *, name: str, write: Callable[[bytes, bytes], bytes]) -> bytes:
    return hashlib.new(name, write(secret, string), usedforsecurity=False).digest()


def _hashed_first(secret: bytes, string: bytes, *, as_hex: bool) -> bytes:
    hashed = hashlib.sha256(string)
    return hmac.digest(secret, hashed.hexdigest().encode() if as_hex else hashed.digest(), "sha256")


_NAMES = ("sha256", "md5", "sha1", "sha512", "sha384", "sha224", "sha3_256")
_CONCATENATIONS: tuple[Callable[[bytes, bytes], bytes], ...] = (
    lambda secret, string: secret + string,
    lambda secret, string: string + secret,
    lambda secret, string: secret + string + secret,
    lambda secret, string: string + b"&" + secret,
    lambda secret, string: secret + b"&" + string,
    *(
        partial(lambda secret, string, word: string + word + secret, word=word)
        for word in (b"&secret=", b"&secretKey=", b"&secret_key=", b"&apiSecret=", b"&key=")
    ),
)

DIGESTS: tuple[tuple[Mistake, tuple[Digest, ...]], ...] = (
    (
        Mistake("other-hash", "The HMAC was made with another hash than SHA-256.", _SIGN, _SOURCE),
        tuple(partial(_hmac, name=name) for name in _NAMES if name != "sha256"),
    ),
    (
        Mistake("key-and-string-swapped", "Secret and string were swapped in the HMAC.", _SIGN, _SOURCE),
        (_swapped,),
    ),
    (
        Mistake("plain-hash", "A plain hash of secret and string was made, not an HMAC.", _SIGN, _SOURCE),
        tuple(partial(_plain, name=name, write=write) for name in _NAMES for write in _CONCATENATIONS),
    ),
    (
        Mistake(
            "hash-without-secret", "A plain hash of the string was made, without the secret.", _SIGN, _SOURCE
        ),
        tuple(partial(_plain, name=name, write=lambda _, string: string) for name in _NAMES),
    ),
    (
        Mistake(
            "string-hashed-first", "The string was hashed before the HMAC was made of it.", _SIGN, _SOURCE
        ),
        (partial(_hashed_first, as_hex=True), partial(_hashed_first, as_hex=False)),
    ),
)


# Other forms

_DIGEST_BYTES = frozenset({16, 20, 28, 32, 48, 64})
_HEX = re.compile(r"[0-9a-fA-F]+")
_HEX_INSIDE = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])")
_FEWEST_WITHOUT_ZEROS = 57
_WORDS = frozenset({"undefined", "null", "none", "nan", "true", "false", "nil"})

UPPER_CASE = Mistake(
    "upper-case", "The signature is in upper-case hex.", "Send it in lower case.", f"{_SOURCE}; SIGN-8"
)
BASE64 = Mistake(
    "base64",
    "The signature is in base64.",
    "Send the digest in lower-case hex, 64 digits.",
    f"{_SOURCE}; SIGN-8",
)
EXTRA_TEXT = Mistake(
    "text-around-signature",
    "There is other text around the signature's digits.",
    "Send the 64 digits alone; openssl prints a name before them, and echo a line end behind.",
    _SOURCE,
)
ZEROS_LOST = Mistake(
    "leading-zeros-lost",
    "The signature lost its leading zeros: the digest was turned into a number on its way to hex.",
    "Write each byte of the digest as two digits.",
    _SOURCE,
)
NO_SIGNATURE = Mistake(
    "no-signature-computed",
    "What came as signature is what a language prints for something that is no text.",
    "Look at how the program comes by its signature: it may not be awaited, or not be set.",
    _SOURCE,
)
FORMS = (UPPER_CASE, BASE64, EXTRA_TEXT, ZEROS_LOST, NO_SIGNATURE)


def read_digest(signature: str) -> tuple[Mistake | None, bytes | None]:
    """What is wrong with a signature's form, and the digest that it stands for, where that can be read."""
    if signature.lower() in _WORDS or signature.startswith(("[object", "<", "function")):
        return NO_SIGNATURE, None
    if _HEX.fullmatch(signature):
        digest = _from_hex(signature)
        if digest is not None and len(digest) in _DIGEST_BYTES:
            return (None if signature == signature.lower() else UPPER_CASE), digest
        if _FEWEST_WITHOUT_ZEROS <= len(signature) < 64:
            return ZEROS_LOST, bytes.fromhex(signature.zfill(64))
    inside = _HEX_INSIDE.findall(signature)
    if len(inside) == 1:
        return EXTRA_TEXT, bytes.fromhex(inside[0])
    digest = _from_base64(unquote(signature).replace(" ", "+"))
    if digest is not None:
        # Some languages hand out the hex text where the digest itself is asked for.
        inner = _from_hex(digest.decode("ascii", "replace"))
        for candidate in (inner, digest):
            if candidate is not None and len(candidate) in _DIGEST_BYTES:
                return BASE64, candidate
    return None, None


def _from_hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text) if _HEX.fullmatch(text) else None
    except ValueError:
        return None


def _from_base64(text: str) -> bytes | None:
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
