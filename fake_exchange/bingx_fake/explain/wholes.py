"""Strings that are wrong as a whole: something around the right one, or another kind of text altogether."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_from_bytes

from bingx_contracts import ENVIRONMENTS
from bingx_fake.explain.evidence import Evidence, Parameters, joined
from bingx_fake.explain.mistake import Guess, Mistake
from bingx_fake.gateway.wire import as_text

Write = Callable[[Evidence], Iterator[bytes]]

_SEPARATORS = (b"", b",", b", ", b";", b"|", b"\n", b" ")
_SIGNATURE_MEMBER = rb'"signature"\s*:\s*"[^"]*"'
_JSON_FORMS: tuple[dict[str, Any], ...] = (
    {"separators": (",", ":")},
    {},
    {"separators": (",", ":"), "ensure_ascii": False},
    {"ensure_ascii": False},
    {"indent": 2},
    {"indent": 4},
)


def _question_mark(evidence: Evidence) -> Iterator[bytes]:
    for string in evidence.accepted:
        yield b"?" + string


def _ampersand(evidence: Evidence) -> Iterator[bytes]:
    for string in evidence.accepted:
        yield b"&" + string
        yield string + b"&"
        yield string + b"&signature"


def _path(evidence: Evidence) -> Iterator[bytes]:
    path = _wire(evidence.request.path)
    for string in evidence.accepted:
        for between in (b"?", b"", b"&", b"\n"):
            yield path + between + string


def _method(evidence: Evidence) -> Iterator[bytes]:
    method, path = evidence.request.method.encode(), _wire(evidence.request.path)
    for string in evidence.accepted:
        for between in (b"", b" ", b"\n"):
            yield method + between + path + b"?" + string
            yield method + between + path + between + string
            yield method + between + string
    for time in (parameter.value for parameter in evidence.parameters if parameter.name == b"timestamp"):
        for string in evidence.accepted:
            yield time + method + path + b"?" + string
            yield time + method + path + string


def _host(evidence: Evidence) -> Iterator[bytes]:
    path = _wire(evidence.request.path)
    hosts = [
        f"https://{evidence.request.headers.get('host', '')}",
        f"http://{evidence.request.headers.get('host', '')}",
    ]
    hosts += [url for environment in ENVIRONMENTS.values() for url in (environment.com, environment.pro)]
    for string in evidence.accepted:
        for host in hosts:
            yield host.encode() + path + b"?" + string


def _line_end(evidence: Evidence) -> Iterator[bytes]:
    for string in evidence.accepted:
        yield string + b"\n"
        yield string + b"\r\n"
        yield string + b" "


def _encoded_whole(evidence: Evidence) -> Iterator[bytes]:
    for string in evidence.accepted:
        yield quote_from_bytes(string, "").encode()
        yield quote_from_bytes(string, "/").encode()


def _other_case(evidence: Evidence) -> Iterator[bytes]:
    for string in evidence.accepted:
        yield string.lower()
        yield string.upper()


def _quoted(evidence: Evidence) -> Iterator[bytes]:
    for string in evidence.accepted:
        yield b'"%b"' % string
        yield b"'%b'" % string


def _json_text(evidence: Evidence) -> Iterator[bytes]:
    """The body as it came, without its signature, or written anew; and all that behind other text."""
    texts = list(dict.fromkeys(_json_texts(evidence)))
    query = joined(evidence.query)
    times = [parameter.value for parameter in evidence.parameters if parameter.name == b"timestamp"]
    for text in texts:
        yield text
    for text in texts:
        for before in (query, query + b"&", b"?" + query, *times, *(b"timestamp=" + time for time in times)):
            yield before + text


def _json_texts(evidence: Evidence) -> Iterator[bytes]:
    body = evidence.request.body
    if body.lstrip().startswith(b"{"):
        yield body
        yield re.sub(rb",\s*" + _SIGNATURE_MEMBER, b"", body, count=1)
        yield re.sub(_SIGNATURE_MEMBER + rb"\s*,\s*", b"", body, count=1)
    for document in _documents(evidence):
        for form in _JSON_FORMS:
            for sort in (False, True):
                yield json.dumps(document, sort_keys=sort, **form).encode("utf-8", "replace")


def _documents(evidence: Evidence) -> Iterator[dict[str, Any]]:
    """The parameters as JSON objects: with the body's own types, all as text, and with numbers as numbers."""
    try:
        document = json.loads(evidence.request.body)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict) and not any(isinstance(value, (dict, list)) for value in document.values()):
        yield {name: value for name, value in document.items() if name != "signature"}
    for parameters in _parts(evidence):
        texts = {as_text(parameter.name): as_text(parameter.value) for parameter in parameters}
        yield texts
        yield {name: int(value) if _is_whole(value) else value for name, value in texts.items()}
        yield {
            name: int(value) if name == "timestamp" and _is_whole(value) else value
            for name, value in texts.items()
        }


def _is_whole(text: str) -> bool:
    return re.fullmatch(r"0|[1-9][0-9]{0,20}", text, re.ASCII) is not None


def _parts(evidence: Evidence) -> Iterator[Parameters]:
    yield evidence.parameters
    if evidence.query and evidence.body:
        yield evidence.body


def _object_text(evidence: Evidence) -> Iterator[bytes]:
    yield b"[object Object]"
    yield b"[object URLSearchParams]"
    for document in _documents(evidence):
        yield str(document).encode("utf-8", "replace")
        yield str(dict(sorted(document.items()))).encode("utf-8", "replace")


def _separators(evidence: Evidence) -> Iterator[bytes]:
    for parameters in (sorted(evidence.parameters), evidence.parameters):
        pairs = [(parameter.name, parameter.value) for parameter in parameters]
        for between in _SEPARATORS:
            for equals in (b"=", b"", b":"):
                yield between.join([name + equals + value for name, value in pairs])
            yield between.join([value for _, value in pairs])
        yield b"&".join([value for _, value in pairs])


def _wire(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


_ALONE = "Sign the parameters alone, joined as k=v with & between them: asset=USDT&timestamp=1700000000000."
_SOURCE = "S, R (SIGN-2)"

WHOLES: tuple[tuple[Mistake, Write], ...] = (
    (
        Mistake(
            "question-mark-signed", "The string was signed with a question mark before it.", _ALONE, _SOURCE
        ),
        _question_mark,
    ),
    (Mistake("ampersand-signed", "The string was signed with a & too many.", _ALONE, _SOURCE), _ampersand),
    (
        Mistake(
            "line-end-signed",
            "The string was signed with a line end or a blank behind it.",
            'Sign the string alone; in a shell printf %s "$query", where echo adds a line end.',
            _SOURCE,
        ),
        _line_end,
    ),
    (Mistake("path-signed", "The path was signed along with the parameters.", _ALONE, _SOURCE), _path),
    (Mistake("method-signed", "The method was signed along with the parameters.", _ALONE, _SOURCE), _method),
    (Mistake("url-signed", "The whole URL was signed.", _ALONE, _SOURCE), _host),
    (
        Mistake(
            "json-signed",
            "The parameters were signed as JSON text.",
            f"{_ALONE} That holds for a JSON body too: its members are signed as k=v, not its text.",
            "S, R (SIGN-2, REQ-5)",
        ),
        _json_text,
    ),
    (
        Mistake(
            "object-signed",
            "What was signed is what a language prints for an object, not its parameters.",
            _ALONE,
            _SOURCE,
        ),
        _object_text,
    ),
    (
        Mistake(
            "other-separators", "The parameters were joined otherwise than as k=v with &.", _ALONE, _SOURCE
        ),
        _separators,
    ),
    (
        Mistake(
            "string-encoded",
            "The joined string was percent-encoded as a whole, its = and & too.",
            "Sign the joined string as it is.",
            "S, R (SIGN-2, SIGN-3)",
        ),
        _encoded_whole,
    ),
    (
        Mistake(
            "string-case-changed",
            "The string was signed in capitals or in small letters.",
            "Sign the string as it is.",
            _SOURCE,
        ),
        _other_case,
    ),
    (
        Mistake(
            "string-in-quotes",
            "The string was signed in quotation marks.",
            "Sign the string as it is.",
            _SOURCE,
        ),
        _quoted,
    ),
)


def wholes(evidence: Evidence) -> Iterator[Guess]:
    """Every string of another kind."""
    for mistake, write in WHOLES:
        for string in write(evidence):
            yield Guess(string, (mistake,))
