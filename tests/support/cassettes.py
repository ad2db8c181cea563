"""Cassettes: what went over the wire, in order, recorded and played with vcrpy.

vcrpy keeps answers only. Here a request that got none belongs to the conversation as well: in the file its
response is null, and when the cassette is played it goes through to a listener that really fails. A cassette
is played to the end and in order, or it fails.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import vcr
import yaml  # type: ignore[import-untyped]  # what vcrpy reads and writes with; it ships no types
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer
from vcr.stubs import VCRHTTPConnection, VCRHTTPSConnection

from support import sender
from support.masking import Masks, leaks

FOLDER = Path(__file__).parents[2] / "cassettes"
FAKE, DOCUMENTED, VST = FOLDER / "fake", FOLDER / "documented", FOLDER / "vst"

COM, PRO = "http://com.bingx.test", "http://pro.bingx.test"
"""What base URLs are called in cassettes. Names under .test never resolve."""

_REQUEST_HEADERS = ("X-BX-APIKEY", "X-SOURCE-KEY", "Content-Type")
_RESPONSE_HEADERS = ("Content-Type", "X-RateLimit-Requests-Remain", "X-RateLimit-Requests-Expire")

Prepare = Callable[[Any], Any]
"""Makes of a request what stands in the cassette."""
Match = Callable[[Any, Any], str | None]
"""How a request that was sent differs from one that stands in the cassette; None when it does not."""


@dataclass(slots=True)
class Turn:
    """A request as vcrpy holds one, and its answer, or None where none came."""

    request: Any
    response: dict[str, Any] | None = None


class Cassette(NamedTuple):
    """A file's conversation, and what the file says about itself."""

    turns: list[Turn]
    metadata: dict[str, Any]


def read(path: Path) -> Cassette:
    """Read a cassette.

    :raises FileNotFoundError: when there is none.
    """
    requests, responses, *metadata = deserialize(path.read_text(encoding="utf-8"), yamlserializer)
    turns = [Turn(request, response) for request, response in zip(requests, responses, strict=True)]
    return Cassette(turns, metadata[0] if metadata else {})


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # yaml ships no types
    """Writes a text of several lines as such."""


def _write_text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)


def _written(document: dict[str, Any]) -> str:
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=float("inf"))
    return text


def render(turns: Sequence[Turn], metadata: dict[str, Any] | None = None) -> str:
    """A cassette as text. The same conversation gives the same text."""
    return _written(_as_document(turns, metadata))


def _as_document(turns: Sequence[Turn], metadata: dict[str, Any] | None) -> dict[str, Any]:
    document: dict[str, Any] = {"metadata": metadata} if metadata else {}
    document["interactions"] = [_as_interaction(turn) for turn in turns]
    document["version"] = 1
    return document


def _as_interaction(turn: Turn) -> dict[str, Any]:
    request, response = turn.request, turn.response
    return {
        "request": {
            "method": request.method,
            "uri": request.uri,
            "headers": {name: _text(request.headers[name]) for name in request.headers},
            "body": None if request.body is None else _body(request.body),
        },
        "response": response
        and {
            "status": response["status"],
            "headers": response["headers"],
            "body": {"string": _body(response["body"]["string"])},
        },
    }


def _body(content: bytes) -> str | bytes:
    """Text where it is some; other bytes as they are, which YAML marks (``!!binary``) and has in base64."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content


def _bodies(interaction: dict[str, Any]) -> Iterator[str | bytes | None]:
    yield interaction["request"]["body"]
    yield interaction["response"] and interaction["response"]["body"]["string"]


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


# Recording


class _Nowhere:
    """Where vcrpy finds no cassette and leaves none: the conversation is written by whoever recorded it."""

    @staticmethod
    def load_cassette(path: object, serializer: object) -> Any:
        raise CassetteNotFoundError

    @staticmethod
    def save_cassette(path: object, cassette: object, serializer: object) -> None:
        pass


@contextmanager
def recording(prepare: Prepare) -> Iterator[list[Turn]]:
    """Record everything that requests, aiohttp and the tests' own sender do within the block.

    Requests have to follow one another. Two equal ones in a row that get no answer count as one.
    """
    turns: list[Turn] = []

    def sees(request: Any) -> Any:
        # vcrpy asks several times about one request.
        prepared = prepare(request)
        if not turns or turns[-1].response is not None or _differ(turns[-1].request, prepared):
            turns.append(Turn(prepared))
        return prepared

    def hears(response: dict[str, Any]) -> dict[str, Any]:
        by_name = {name.lower(): values for name, values in response["headers"].items()}
        kept = {name: by_name[name.lower()] for name in _RESPONSE_HEADERS if name.lower() in by_name}
        turns[-1].response = {**response, "headers": kept}
        return response

    recorder = _vcr("all", _Nowhere, sees)
    with recorder.use_cassette("not written", before_record_response=hears):
        yield turns


def _vcr(record_mode: str, persister: object, before_record_request: Prepare) -> Any:
    recorder = vcr.VCR(
        record_mode=record_mode,
        before_record_request=before_record_request,
        decode_compressed_response=True,
        # vcrpy patches the classes where http.client and urllib3 keep them; our sender has names of its own.
        custom_patches=(
            (sender, "HTTPConnection", VCRHTTPConnection),
            (sender, "HTTPSConnection", VCRHTTPSConnection),
        ),
    )
    recorder.register_persister(persister)
    return recorder


# Playing


@contextmanager
def playing(path: Path, prepare: Prepare, match: Match) -> Iterator[None]:
    """Answer from a cassette within the block, and from nowhere else.

    A request that the cassette does not hold is an error of vcrpy's. One that it holds without an answer goes
    out for real. On leaving the block, every turn must have been played, and in order.

    :raises FileNotFoundError: when there is no such cassette. It is never recorded here.
    """
    turns = read(path).turns
    answered = [turn for turn in turns if turn.response is not None]
    unanswered = [turn.request for turn in turns if turn.response is None]
    sent: list[Any] = []

    class Loaded(_Nowhere):
        @staticmethod
        def load_cassette(path: object, serializer: object) -> Any:
            return [turn.request for turn in answered], [deepcopy(turn.response) for turn in answered]

    def sees(request: Any) -> Any:
        prepared = prepare(request)
        if not sent or _differ(sent[-1], prepared):
            sent.append(prepared)
        goes_out = any(match(lost, prepared) is None for lost in unanswered)
        return None if goes_out else prepared

    def the_request(prepared: Any, recorded: Any) -> None:
        difference = match(recorded, prepared)
        assert difference is None, difference

    recorder = _vcr("none", Loaded, sees)
    recorder.register_matcher("cassette", the_request)
    with recorder.use_cassette(str(path), match_on=["method", "cassette"]) as tape:
        sent.clear()  # what vcrpy loads, it shows us as well
        yield
        complete = bool(tape.all_played)
    held = [turn.request for turn in turns]
    # Equal requests in a row look like one from here; vcrpy has counted them.
    held = [
        request for number, request in enumerate(held) if not number or _differ(held[number - 1], request)
    ]
    in_order = len(sent) == len(held) and all(
        match(recorded, prepared) is None for recorded, prepared in zip(held, sent, strict=True)
    )
    assert complete, f"{path.name} holds answers that were not asked for\n{_listing(held, sent)}"
    assert in_order, f"not what {path.name} holds, in its order\n{_listing(held, sent)}"


def _listing(held: Sequence[Any], sent: Sequence[Any]) -> str:
    lines = ["the cassette holds:"] + [f"  {request.method} {request.uri}" for request in held]
    return "\n".join(lines + ["sent was:"] + [f"  {request.method} {request.uri}" for request in sent])


def _parts(request: Any) -> dict[str, Any]:
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    contract = {f"header {name}": headers.get(name.lower()) for name in _REQUEST_HEADERS}
    return {"method": request.method, "URI": request.uri, "body": request.body, **contract}


def _differ(one: Any, other: Any) -> bool:
    return bool(_parts(one) != _parts(other))


def _with_our_headers(request: Any) -> Any:
    """Without what is the HTTP library's own: its name, what it accepts, the body's length."""
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    request.headers = {name: headers[name.lower()] for name in _REQUEST_HEADERS if name.lower() in headers}
    return request


def under_lasting_names(base_urls: tuple[str, str]) -> Prepare:
    """Requests to these base URLs, with names in place of ports that change from run to run."""

    def prepare(request: Any) -> Any:
        for url, name in zip(base_urls, (COM, PRO), strict=True):
            request.uri = request.uri.replace(url, name)
        return _with_our_headers(request)

    return prepare


def byte_for_byte(recorded: Any, sent: Any) -> str | None:
    """The whole request: method, URI, body and the headers of the contract."""
    theirs, ours = _parts(recorded), _parts(sent)
    for name, held in theirs.items():
        if held != ours[name]:
            where = f"         {_first_difference(held, ours[name])}"
            return f"{name}\nrecorded {held!r}\n    sent {ours[name]!r}\n{where}"
    return None


def _first_difference(held: Any, sent: Any) -> str:
    one, other = repr(held), repr(sent)
    same = next(
        (number for number, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    return f"{' ' * same}^ first difference"


_OURS_ALONE = frozenset({"timestamp", "signature", "recvWindow"})
"""The documents' keys are unknown and their clock is past; their recvWindow is mostly over S's limit (V2)."""


def by_documented_parts(also_ours: Sequence[str] = ()) -> Match:
    """Method, URI without its query, documented headers, and every parameter, wherever it is carried.

    :param also_ours: parameters that the client sends on top of the documented ones.
    """
    ours = _OURS_ALONE.union(also_ours)

    def parts(request: Any) -> dict[str, Any]:
        uri = urlsplit(request.uri)
        carried = uri.query or (request.body or b"").decode()
        parameters = dict(parse_qsl(carried, keep_blank_values=True, strict_parsing=bool(carried)))
        return {
            "method": request.method,
            "URI": f"{uri.scheme}://{uri.netloc}{uri.path}",
            "parameters": {name: value for name, value in sorted(parameters.items()) if name not in ours},
        }

    def match(documented: Any, sent: Any) -> str | None:
        theirs, ours = parts(documented), parts(sent)
        theirs |= {name: _text(value) for name, value in documented.headers.items()}
        ours |= {name: _text(sent.headers.get(name, "")) for name in documented.headers}
        for name, held in theirs.items():
            if held != ours[name]:
                return f"{name}\ndocumented {held}\n      sent {ours[name]}"
        return None

    return match


# Live recordings


class NotWritten(Exception):
    """A live recording must not be kept; nothing was written."""


@contextmanager
def live_recorder(
    path: Path, *, api_key: str, secret_key: str, provenance: dict[str, str] | None = None
) -> Iterator[None]:
    """Record what a block exchanges with a live exchange, and write it masked when the block ends.

    It hears requests, aiohttp, and the tests' own sender. A block that ends with an error is kept as well;
    one that sends nothing writes nothing.

    :param path: of the cassette, which is replaced.
    :param api_key: the key in use, which must not get into the cassette, as ``secret_key``.
    :param provenance: kept in the cassette, such as the date and the environment.
    :raises NotWritten: when the masked recording still holds the key, the secret, or something that looks
        private, or when it cannot be searched.
    """
    turns: list[Turn] = []
    try:
        with recording(_with_our_headers) as turns:
            yield
    finally:
        if turns:
            write_live(path, turns, api_key=api_key, secret_key=secret_key, provenance=provenance)


def write_live(
    path: Path,
    turns: Sequence[Turn],
    *,
    api_key: str,
    secret_key: str,
    provenance: dict[str, str] | None = None,
) -> None:
    """Write a live conversation, masked, or not at all.

    :raises NotWritten: see ``live_recorder``.
    """
    document = _as_document(turns, provenance)
    if any(isinstance(body, bytes) for it in document["interactions"] for body in _bodies(it)):
        raise NotWritten(f"{path.name} was not written: a body is no text and cannot be searched for secrets")
    masked = Masks.of(document).apply(document)
    text = _written(masked)
    found = leaks(text, masked, secrets={"API key": api_key, "secret key": secret_key})
    if found:
        raise NotWritten(f"{path.name} was not written: it still contains {found[0]}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
