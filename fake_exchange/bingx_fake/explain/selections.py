"""Strings of other parameters than were sent: some left out, some put in, and another timestamp."""

import re
from collections.abc import Callable, Iterator
from itertools import combinations

from bingx_fake.explain.evidence import Evidence, Parameters, added, as_sent, decoded, joined, places
from bingx_fake.explain.mistake import Guess, Mistake
from bingx_fake.gateway.wire import as_text

Select = Callable[[Evidence], Iterator[tuple[Parameters, str]]]
"""Parameters in the order in which they were signed, and a sentence about them, or none."""

_MOST_LEFT_OUT_OF = 10
"""1,024 selections."""

_KEY_NAMES = ("apiKey", "api_key", "apikey", "X-BX-APIKEY", "accessKey", "key")
_WINDOWS = ("5000", "60000", "10000", "3000", "1000", "0")
_UNSET = ("", "None", "null", "undefined", "nil")


def _orders(parameters: Parameters) -> Iterator[Parameters]:
    yield sorted(parameters)
    yield parameters


def _body_left_out(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    if evidence.body:
        for parameters in _orders(evidence.query):
            yield parameters, ""


def _query_left_out(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    if evidence.query and evidence.body:
        for parameters in _orders(evidence.body):
            yield parameters, ""


def _nothing(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    yield [], ""


def _only_the_timestamp(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    yield [parameter for parameter in evidence.parameters if parameter.name == b"timestamp"], ""


def _window_left_out(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    yield from _all_but(evidence, b"recvWindow")


def _timestamp_left_out(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    yield from _all_but(evidence, b"timestamp")


def _all_but(evidence: Evidence, name: bytes) -> Iterator[tuple[Parameters, str]]:
    for parameters in _orders([parameter for parameter in evidence.parameters if parameter.name != name]):
        yield parameters, ""


def _empty_left_out(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    for parameters in _orders([parameter for parameter in evidence.parameters if parameter.value]):
        yield parameters, ""


def _some_left_out(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    everything = evidence.parameters
    if len(everything) > _MOST_LEFT_OUT_OF:
        return
    for count in range(1, len(everything)):
        for out in combinations(everything, count):
            names = ", ".join(as_text(parameter.name) for parameter in out)
            for parameters in _orders([parameter for parameter in everything if parameter not in out]):
                yield parameters, f"Not signed: {names}."


def _empty_signature_put_in(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    for parameters in places(evidence.parameters, added("signature", "")):
        yield parameters, ""


def _window_put_in(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    for value in _WINDOWS:
        for parameters in places(evidence.parameters, added("recvWindow", value)):
            yield parameters, f"It was recvWindow={value}."


def _key_put_in(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    for name in _KEY_NAMES if evidence.key else ():
        for parameters in places(evidence.parameters, added(name, evidence.key)):
            yield parameters, f"It was signed as {name}."


def _unset_put_in(evidence: Evidence) -> Iterator[tuple[Parameters, str]]:
    endpoint = evidence.endpoint
    sent = {as_text(parameter.name) for parameter in evidence.parameters}
    names = ["recvWindow", *(known.name for known in endpoint.parameters)] if endpoint else ["recvWindow"]
    for name in names:
        for value in _UNSET if name not in sent else ():
            for parameters in places(evidence.parameters, added(name, value)):
                yield parameters, f"It was {name}={value}."


_EVERYTHING = (
    "Sign every parameter that you send, of query and body, but signature; and send every one that you sign."
)
_ALL_SOURCE = "S, R (SIGN-2)"

SELECTIONS: tuple[tuple[Mistake, Select], ...] = (
    (
        Mistake(
            "body-left-out",
            "The body was left out: only the query was signed.",
            "Sign the parameters of the body together with those of the query.",
            "R (SIGN-4)",
        ),
        _body_left_out,
    ),
    (
        Mistake(
            "query-left-out",
            "The query was left out: only the body was signed.",
            "Sign the parameters of the query together with those of the body.",
            "R (SIGN-4)",
        ),
        _query_left_out,
    ),
    (
        Mistake(
            "nothing-signed",
            "Nothing was signed: the signature is of an empty string.",
            _EVERYTHING,
            _ALL_SOURCE,
        ),
        _nothing,
    ),
    (
        Mistake("only-timestamp-signed", "Only the timestamp was signed.", _EVERYTHING, _ALL_SOURCE),
        _only_the_timestamp,
    ),
    (
        Mistake("recv-window-left-out", "recvWindow was sent and not signed.", _EVERYTHING, _ALL_SOURCE),
        _window_left_out,
    ),
    (
        Mistake("timestamp-left-out", "The timestamp was sent and not signed.", _EVERYTHING, _ALL_SOURCE),
        _timestamp_left_out,
    ),
    (
        Mistake(
            "empty-values-left-out",
            "Parameters with an empty value were sent and not signed.",
            _EVERYTHING,
            _ALL_SOURCE,
        ),
        _empty_left_out,
    ),
    (
        Mistake(
            "empty-signature-signed",
            "An empty parameter signature was among what was signed.",
            "Compute the signature over all other parameters, and add signature after that.",
            _ALL_SOURCE,
        ),
        _empty_signature_put_in,
    ),
    (
        Mistake(
            "unset-parameter-signed",
            "A parameter without a value was signed, and not sent.",
            _EVERYTHING,
            _ALL_SOURCE,
        ),
        _unset_put_in,
    ),
    (
        Mistake("recv-window-not-sent", "recvWindow was signed, and not sent.", _EVERYTHING, _ALL_SOURCE),
        _window_put_in,
    ),
    (
        Mistake(
            "key-signed",
            "The API key was among what was signed.",
            "Send the key in the header X-BX-APIKEY alone, and do not sign it.",
            "S, R (REQ-1, SIGN-2)",
        ),
        _key_put_in,
    ),
    (
        Mistake("parameters-left-out", "Some parameters were sent and not signed.", _EVERYTHING, _ALL_SOURCE),
        _some_left_out,
    ),
)


def selected(evidence: Evidence) -> Iterator[Guess]:
    """Every string of other parameters."""
    for mistake, select in SELECTIONS:
        for parameters, detail in select(evidence):
            yield Guess(joined(parameters), (mistake,), detail)
            if any(parameter.raw != parameter.value for parameter in parameters):
                yield Guess(joined(parameters, as_sent), (mistake,), detail)


# Another timestamp

SECONDS = Mistake(
    "seconds-signed",
    "The timestamp was signed in seconds and sent in milliseconds.",
    "Make the timestamp once, in milliseconds, and use it for the signature and for the request.",
    "S, R (TIME-1)",
)
ANOTHER_TIMESTAMP = Mistake(
    "another-timestamp",
    "The timestamp that was sent is not the one that was signed.",
    "Read the clock once for each attempt, and use that number for the signature and for the request.",
    "S (its function makes the timestamp once)",
)
_NEAR_MS = 10_000
_FAR_S = 600
_DIGITS = re.compile(rb"[0-9]{1,16}")


def in_seconds(evidence: Evidence) -> Iterator[Guess]:
    """The timestamp that was sent, as seconds of several spellings."""
    for before, sent_ms, after in around_timestamps(evidence):
        for text in {
            f"{sent_ms // 1000}",
            f"{sent_ms / 1000}",
            f"{sent_ms // 1000}.0",
            f"{sent_ms / 1000:.3f}",
        }:
            yield Guess(before + text.encode() + after, (SECONDS,), f"Signed was {text}.")


def around_timestamps(evidence: Evidence) -> Iterator[tuple[bytes, int, bytes]]:
    """The strings that may be right, cut in three: before the timestamp, it in milliseconds, after it."""
    seen = set()
    for parameters in _orders(evidence.parameters):
        names = [parameter.name for parameter in parameters]
        place = names.index(b"timestamp") if b"timestamp" in names else None
        if place is None or not _DIGITS.fullmatch(parameters[place].value):
            continue
        before, after = parameters[:place], parameters[place + 1 :]
        for spell in (decoded, as_sent):
            head = joined(before, spell) + (b"&" if before else b"") + b"timestamp="
            tail = (b"&" if after else b"") + joined(after, spell)
            if (head, tail) not in seen:
                seen.add((head, tail))
                yield head, int(parameters[place].value), tail


def other_times(sent_ms: int) -> Iterator[int]:
    """Timestamps that may have been signed instead: the nearest by milliseconds, then whole seconds off."""
    for off_ms in range(1, _NEAR_MS + 1):
        yield sent_ms - off_ms
        yield sent_ms + off_ms
    for off_ms in range(_NEAR_MS + 1000, _FAR_S * 1000 + 1, 1000):
        yield sent_ms - off_ms
        yield sent_ms + off_ms
