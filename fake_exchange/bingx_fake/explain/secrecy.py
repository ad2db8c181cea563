"""Shows bytes as text, and covers secrets in it."""

import json
from collections.abc import Callable, Iterable
from urllib.parse import quote

COVER = "****"
_SHORTEST = 4
"""A shorter secret cannot be told from ordinary text."""
_TELLTALE = 8
"""This many of a longer secret's first characters are covered too, and as many more as follow of it."""


def visible(string: bytes) -> str:
    """A signed string as text: what is no UTF-8, and what does not print, as an escape."""
    text = string.decode("utf-8", "backslashreplace")
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def cover(secrets: Iterable[bytes]) -> Callable[[str], str]:
    """A function that covers these secrets in a text, in each form in which they may stand there."""
    forms = {
        form
        for secret in secrets
        for text in (secret.decode("utf-8", "replace"), visible(secret))
        if len(text) >= _SHORTEST
        for plain in (text, text.lower(), text.upper())
        for form in (plain, quote(plain), quote(plain, safe=""), json.dumps(plain)[1:-1], repr(plain)[1:-1])
    }
    longest_first = sorted(forms, key=len, reverse=True)

    def covered(text: str) -> str:
        text = visible(text.encode("utf-8", "surrogateescape"))
        for form in longest_first:
            text = _without(text, form)
        return text

    return covered


def _without(text: str, secret: str) -> str:
    """A text in which a secret, or a beginning of it that tells, is covered."""
    head = secret[:_TELLTALE]
    parts = []
    while (place := text.find(head)) >= 0:
        end = place + len(head)
        while end < len(text) and end - place < len(secret) and text[end] == secret[end - place]:
            end += 1
        parts += [text[:place], COVER]
        text = text[end:]
    return "".join([*parts, text])
