"""Who may call the control API: programs of this machine, or whoever has the token."""

from base64 import b64decode
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import urlsplit

from aiohttp import web

from bingx_fake.control.calls import ControlError

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
CHALLENGE = (
    'Basic realm="the control port of bingx-fake: any name, and the token as password", charset="UTF-8"'
)
"""Has a browser ask for the token, and send it with whatever its page asks for."""
_SHORTEST = 16


class Token:
    """What somebody has to send in order to call the control API from anywhere.

    Only its digest is kept, so that it gets into no log, error or page.

    :param text: what the file of the token holds; white space around it does not count.
    :raises ValueError: where it is no token. It is not quoted.
    """

    __slots__ = ("_digest",)

    def __init__(self, text: str) -> None:
        token = text.strip()
        if len(token) < _SHORTEST:
            raise ValueError(f"a token has {_SHORTEST} characters or more, not {len(token)}")
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise ValueError("a token is one line of ASCII letters, digits and signs without spaces")
        self._digest = sha256(token.encode()).digest()

    def is_in(self, header: str | None) -> bool:
        """Whether it stands in an Authorization header: as ``Bearer``, or as the password of ``Basic``.

        The time that this takes says nothing about the token.
        """
        scheme, _, given = (header or "").partition(" ")
        match scheme.lower():
            case "bearer":
                sent = given.strip().encode("utf-8", "surrogateescape")
            case "basic":
                try:
                    sent = b64decode(given.strip(), validate=True).partition(b":")[2]
                except ValueError:
                    return False
            case _:
                return False
        return compare_digest(sha256(sent).digest(), self._digest)


def check_caller(request: web.Request, token: Token | None) -> None:
    """Refuse whoever has not the token; without one, a foreign Host (DNS rebinding). And a foreign Origin.

    :raises ControlError: saying what is missing.
    """
    if token is not None:
        header = request.headers.get("Authorization")
        if not token.is_in(header):
            what = (
                "the token of this control port is another one"
                if header
                else "this control port wants a token"
            )
            raise ControlError(f"{what}: send it as Authorization: Bearer TOKEN", 401)
    elif _hostname(f"//{request.host}") not in LOOPBACK_NAMES:
        raise ControlError(f"the control port answers to loopback names only, not to {request.host!r}", 403)
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        raise ControlError(f"the control port takes no requests from {origin!r}", 403)


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
