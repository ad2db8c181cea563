"""How a check or a handler says no."""

from collections.abc import Mapping
from typing import NamedTuple

from bingx_contracts import ERRORS

_MOST_SHOWN = 80
"""Characters."""


class Because(NamedTuple):
    """Why a handler was told no, for whoever explains it.

    :param reason: the name of it.
    :param facts: the numbers behind it, by their names.
    :param source: who says which code and which words it gets.
    """

    reason: str
    facts: Mapping[str, object]
    source: str


class Refusal(Exception):
    """A documented error code with a message for the person who meets it. It changes nothing.

    :param message: a sentence without its full stop; values that a client chose are in it by ``shown``.
    :param http_status: for one that comes with an HTTP status of its own whatever the profile says.
    :param parameter: the parameter that it is about, by the name that was sent, or is missing.
    :param rule: the rule of the contract (``RULES``) that the parameter breaks.
    :param because: what was found out besides, where the message does not say all of it.
    :param departure: the lint rule (``LINT_RULES``) that the request breaks, where the profile is strict.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        http_status: int | None = None,
        parameter: str | None = None,
        rule: str | None = None,
        departure: str | None = None,
        because: Because | None = None,
    ) -> None:
        assert code in ERRORS, f"{code} is not a documented code"
        super().__init__(message)
        self.code, self.message, self.http_status = code, message, http_status
        self.parameter, self.rule, self.departure = parameter, rule, departure
        self.because = because


def shown(value: str) -> str:
    """A value or a name that a client chose as it stands in a message: no longer than people read."""
    return repr(cut(value))


def cut(text: str) -> str:
    """The same without quotation marks."""
    return text[:_MOST_SHOWN]


SIGNATURE_MISMATCH = 100001
PERMISSION_MISSING = 100004
INSUFFICIENT_BALANCE = 100202
UNKNOWN_SYMBOL = 100204
BAD_PARAMETER = 100400
NOT_MAIN_ACCOUNT = 100403
NOT_FOUND = 100404
RATE_LIMITED = 100410
SIGNATURE_MISSING = 100412
KEY_WRONG = 100413
ADDRESS_NOT_ALLOWED = 100419
TIMESTAMP_REFUSED = 100421
UNKNOWN_COIN = 100437
ACCOUNT_WRONG = 100450
BUSY = 100500
