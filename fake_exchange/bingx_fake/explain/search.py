"""Which of the known mistakes reproduces a signature: the likely and cheap ones first."""

import hmac
from collections.abc import Iterator

from bingx_fake.explain.evidence import Evidence, as_sent, decoded, joined
from bingx_fake.explain.keys import BASE64, DIGESTS, FORMS, SECRETS, read_digest
from bingx_fake.explain.mistake import Finding, Guess, Mistake
from bingx_fake.explain.orders import ANOTHER_ORDER, ORDERS, in_another_order
from bingx_fake.explain.selections import (
    ANOTHER_TIMESTAMP,
    SECONDS,
    SELECTIONS,
    around_timestamps,
    in_seconds,
    other_times,
    selected,
)
from bingx_fake.explain.spellings import SPELLINGS
from bingx_fake.explain.wholes import WHOLES, wholes

_SHA256_BYTES = 32

MISTAKES: tuple[Mistake, ...] = (
    *(mistake for mistake, _ in (*ORDERS, *SPELLINGS, *SELECTIONS, *WHOLES, *SECRETS, *DIGESTS)),
    ANOTHER_ORDER,
    SECONDS,
    ANOTHER_TIMESTAMP,
    *FORMS,
)
"""All that are known."""


def find(evidence: Evidence) -> Finding | None:
    """The mistakes that a signature was made with.

    A signature in another form than lower-case hex is read first, so that it may come with a second mistake;
    where no string fits it, its form is still one.

    :returns: None where none of the known mistakes fits.
    """
    form, digest = read_digest(evidence.signature)
    found = None if digest is None else _behind(evidence, digest)
    if form is None:
        return found
    if found is not None:
        return found._replace(mistakes=(form, *found.mistakes))
    if form is BASE64 and digest is not None and len(digest) != _SHA256_BYTES:
        return None  # many a word can be read as base64
    return Finding((form,), None)


def _behind(evidence: Evidence, digest: bytes) -> Finding | None:
    """What reproduces a digest; without any mistake where it is right."""
    if len(digest) == _SHA256_BYTES:
        for string, mistakes, detail in guesses(evidence):
            if hmac.digest(evidence.secret, string, "sha256") == digest:
                return Finding(mistakes, string, detail)
        for mistake, secrets in SECRETS:
            for secret, detail in secrets(evidence):
                for string in evidence.accepted:
                    if hmac.digest(secret, string, "sha256") == digest:
                        return Finding((mistake,), string, detail)
    for mistake, functions in DIGESTS:
        for function in functions:
            for string in evidence.accepted:
                if function(evidence.secret, string) == digest:
                    return Finding((mistake,), string)
    return _at_another_time(evidence, digest)


def guesses(evidence: Evidence) -> Iterator[Guess]:
    """Every string that is tried, each once, beginning with those that are right."""
    seen = set()
    for guess in _guesses(evidence):
        if guess.string not in seen:
            seen.add(guess.string)
            yield guess


def _guesses(evidence: Evidence) -> Iterator[Guess]:
    for string in evidence.accepted:
        yield Guess(string, ())
    yield from _ordered(evidence)
    yield from _spelled(evidence)
    yield from selected(evidence)
    yield from wholes(evidence)
    yield from in_seconds(evidence)
    yield from _ordered_and_spelled(evidence)
    yield from in_another_order(evidence)


def _ordered(evidence: Evidence) -> Iterator[Guess]:
    for spell in (decoded, as_sent):
        for mistake, arrange in ORDERS:
            for parameters in arrange(evidence):
                yield Guess(joined(parameters, spell), (mistake,))


def _spelled(evidence: Evidence) -> Iterator[Guess]:
    orders = []
    if evidence.sorted_verifies:
        orders.append(sorted(evidence.parameters))
    if evidence.as_sent_verifies:
        orders.append(evidence.parameters)
    for mistake, spellings in SPELLINGS:
        for spell in spellings(evidence):
            for parameters in orders:
                yield Guess(joined(parameters, spell), (mistake,))


def _ordered_and_spelled(evidence: Evidence) -> Iterator[Guess]:
    arranged = [(mistake, parameters) for mistake, arrange in ORDERS for parameters in arrange(evidence)]
    for spelling, spellings in SPELLINGS:
        for spell in spellings(evidence):
            for order, parameters in arranged:
                yield Guess(joined(parameters, spell), (order, spelling))


def _at_another_time(evidence: Evidence, digest: bytes) -> Finding | None:
    for before, sent_ms, after in around_timestamps(evidence):
        begun = hmac.new(evidence.secret, before, "sha256")
        for signed_ms in other_times(sent_ms):
            tail = b"%d%b" % (signed_ms, after)
            whole = begun.copy()
            whole.update(tail)
            if whole.digest() == digest:
                off_ms = signed_ms - sent_ms
                side = "later" if off_ms > 0 else "earlier"
                detail = f"Signed was {signed_ms}, {abs(off_ms)} ms {side} than what was sent."
                return Finding((ANOTHER_TIMESTAMP,), before + tail, detail)
    return None
