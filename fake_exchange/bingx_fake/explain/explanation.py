"""From a refused request to why it was refused. Pure: what it needs, the journal has kept.

No secret is shown, be it this key's, another's or one that came in the request; and of a signature the first
eight digits only, so that none that an exchange would take can be read here.
"""

import hmac
from collections.abc import Iterable

import msgspec

from bingx_contracts import ERRORS
from bingx_fake.books.directory import Directory
from bingx_fake.explain.causes import cause_of
from bingx_fake.explain.evidence import gather
from bingx_fake.explain.orders import ANOTHER_ORDER, ORDERS, advice
from bingx_fake.explain.search import MISTAKES, find
from bingx_fake.explain.secrecy import cover, visible
from bingx_fake.gateway.refusal import SIGNATURE_MISMATCH
from bingx_fake.journal.journal import JournalEntry, Refused

_DIGITS_SHOWN = 8
_LONGEST_PATH = 200
_LOOK_AT = "Print the very string that your program signs, and compare it with the exchange's."
_SIGN_BY_HAND = (
    "Then sign the exchange's by hand, with your secret in $SECRET. If that begins with {expected}, "
    "the strings differ; otherwise the secrets do."
)
_BY_HAND = """printf %s '{string}' | openssl dgst -sha256 -hmac "$SECRET" -hex"""
_WRONG_ORDERS = frozenset(mistake.id for mistake, _ in ORDERS) | {ANOTHER_ORDER.id}


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why one request was refused.

    :param request: its method and path; ``code`` and ``message`` are what it was answered.
    :param mistakes: the known mistakes that fit, by name; empty where none does.
    :param canonical: the string that the exchange signed.
    :param signed: the string that the client signed, where that is known.
    :param differs_at: the first character in which they differ, counted from 0.
    :param expected: the first digits of the signature of ``canonical``; ``got`` are those that came.
    :param look_at: where to look when no known mistake fits, with the shell command ``by_hand``.
    """

    request: str
    code: int
    message: str
    mistakes: tuple[str, ...]
    happened: str
    change: str
    source: str
    canonical: str | None = None
    signed: str | None = None
    differs_at: int | None = None
    expected: str | None = None
    got: str | None = None
    look_at: str | None = None
    by_hand: str | None = None


def explain(refused: Refused) -> Explanation:
    """Why a request was refused."""
    if refused.code == SIGNATURE_MISMATCH:
        explanation = _of_a_signature(refused)
    else:
        cause = cause_of(refused)
        explanation = Explanation(
            request=_named(refused.request.method, refused.request.path),
            code=refused.code,
            message=refused.message,
            mistakes=(cause.id,),
            happened=cause.happened,
            change=cause.change,
            source=cause.source,
        )
    return _without_secrets(explanation, refused.directory)


def explain_entry(entry: JournalEntry, refused: Refused | None, directory: Directory) -> Explanation | None:
    """Why a request in the journal was refused, or None where it was not.

    :param refused: what the journal has kept of the refusal.
    :param directory: whom the exchange knows now.
    """
    if refused is not None:
        return explain(refused)
    error = ERRORS.get(entry["code"] or 0)
    if error is None:
        return None
    if entry["fault"] is None:
        happened, change = "No more is kept of this request than its entry.", "Send it again."
    else:
        happened = f"It met the fault {entry['fault']}, whatever it asked for."
        change = "Nothing, while that is what you want to see: GET /faults lists what is in force."
    explanation = Explanation(
        request=_named(entry["method"], entry["path"]),
        code=error.code,
        message=error.meaning,
        mistakes=() if entry["fault"] is None else ("fault",),
        happened=happened,
        change=change,
        source=error.source,
    )
    return _without_secrets(explanation, directory)


def _named(method: str, path: str) -> str:
    return f"{method} {path[:_LONGEST_PATH]}"


def _of_a_signature(refused: Refused) -> Explanation:
    evidence = gather(refused)
    found = find(evidence)
    canonical = _nearest(evidence.accepted, found.string if found else None)
    expected = hmac.digest(evidence.secret, canonical, "sha256").hex()
    explanation = Explanation(
        request=_named(refused.request.method, refused.request.path),
        code=refused.code,
        message=refused.message,
        mistakes=(),
        happened=f"None of the {len(MISTAKES)} known mistakes reproduces this signature.",
        change="Sign the exchange's string with the secret of the key that is sent.",
        source="S, R (SIGN-1, SIGN-2)",
        canonical=visible(canonical),
        expected=expected[:_DIGITS_SHOWN],
        got=evidence.signature[:_DIGITS_SHOWN],
    )
    if found is None:
        look_at, by_hand = _where_to_look(canonical, expected[:_DIGITS_SHOWN])
        return msgspec.structs.replace(explanation, look_at=look_at, by_hand=by_hand)
    changes = [
        advice(evidence) if mistake.id in _WRONG_ORDERS else mistake.change for mistake in found.mistakes
    ]
    happened = [mistake.happened for mistake in found.mistakes]
    if found.string is None:
        happened.append("What string it is of, none of the known mistakes tells.")
    return msgspec.structs.replace(
        explanation,
        mistakes=tuple(mistake.id for mistake in found.mistakes),
        happened=" ".join(filter(None, [*happened, found.detail])),
        change=" ".join(dict.fromkeys(changes)),
        source="; ".join(dict.fromkeys(mistake.source for mistake in found.mistakes)),
        signed=None if found.string is None else visible(found.string),
    )


def _where_to_look(canonical: bytes, expected: str) -> tuple[str, str | None]:
    """What to look at when nothing is known, and a command where the string can be pasted into a shell."""
    shown = visible(canonical)
    if shown.encode() != canonical or "'" in shown:
        return _LOOK_AT, None
    return f"{_LOOK_AT} {_SIGN_BY_HAND.format(expected=expected)}", _BY_HAND.format(string=shown)


def _nearest(accepted: Iterable[bytes], signed: bytes | None) -> bytes:
    """The accepted string that a signed one goes along with the furthest; by default the documented one."""
    if signed is None:
        return next(iter(accepted))
    return max(accepted, key=lambda string: (string == signed, _first_difference(string, signed) or 0))


def _first_difference(one: str | bytes, other: str | bytes) -> int | None:
    if one == other:
        return None
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _without_secrets(explanation: Explanation, directory: Directory) -> Explanation:
    """The same with every secret covered, and the difference that is seen then."""
    hide = cover(directory.secrets)
    canonical = None if explanation.canonical is None else hide(explanation.canonical)
    signed = None if explanation.signed is None else hide(explanation.signed)
    return msgspec.structs.replace(
        explanation,
        request=hide(explanation.request),
        message=hide(explanation.message),
        happened=hide(explanation.happened),
        change=hide(explanation.change),
        canonical=canonical,
        signed=signed,
        differs_at=None if canonical is None or signed is None else _first_difference(canonical, signed),
        got=None if explanation.got is None else hide(explanation.got),
        by_hand=None if explanation.by_hand is None else hide(explanation.by_hand),
    )
