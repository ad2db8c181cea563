"""What may be shown of a key and a secret, and of text that others wrote."""

import os

KEY_VARIABLE, SECRET_VARIABLE = "BINGX_API_KEY", "BINGX_SECRET_KEY"

_HIDDEN = "***"
_SHORTEST_RECOGNISED = 8
"""A shorter key would be found in words that have nothing to do with it."""


def from_environment(variable: str) -> str:
    """A key or secret from the environment, or nothing."""
    return os.environ.get(variable, "").strip()


def masked_key(key: str) -> str:
    """A key's first 5 and last 4 characters (R); nothing of one that these would show the half of."""
    return f"{key[:5]}{_HIDDEN}{key[-4:]}" if len(key) >= 18 else _HIDDEN


def masked_secret(secret: str) -> str:
    """A secret's last 5 characters (R); nothing of one that these would show the half of."""
    return f"{_HIDDEN}{secret[-5:]}" if len(secret) >= 10 else _HIDDEN


def without_secrets(text: str) -> str:
    """A message with the environment's key and secret masked, wherever they got into it."""
    for variable, masked in ((SECRET_VARIABLE, masked_secret), (KEY_VARIABLE, masked_key)):
        value = from_environment(variable)
        if len(value) >= _SHORTEST_RECOGNISED:
            text = text.replace(value, masked(value))
    return text


def one_line(text: str) -> str:
    """Text from elsewhere, in which nothing steers the terminal: what is not printable is escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
