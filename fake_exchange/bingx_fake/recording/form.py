"""What stands in a recording: JSON lines, a header first, then each input with what became of it.

A digest stands for each output, so that a recording holds what the exchange was told, and little of what it
said.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from bingx_fake.answers.answer import Answer
from bingx_fake.faults.fault import Close, Delivery, Dribble, Fault, Hang, Late, Reset, Truncate
from bingx_fake.gateway.limits import Ban
from bingx_fake.gateway.wire import Domain
from bingx_fake.state.markets import MarketForm, SourceForm
from bingx_fake.venue.instruments import Product

FORMAT = 1
"""Is raised where an older version could not replay a newer one's recording."""

Moment = tuple[int, int]
"""The system's Unix time, and for how long the recording has gone on in real time, both in ms."""


class _Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class ClockForm(_Form, frozen=True, kw_only=True, omit_defaults=True):
    """The clock that the exchange starts with; one that runs when neither is given."""

    frozen_ms: int | None = None
    offset_ms: int = 0


class ProfileForm(_Form, frozen=True, kw_only=True):
    """A profile as it was chosen, with the answers that it had then."""

    name: str
    vary: dict[str, str]
    strict: bool
    answers: dict[str, str]


class Header(_Form, frozen=True, kw_only=True):
    """What the exchange started with.

    :param recording: ``FORMAT``.
    :param version: the version that made the recording.
    :param state: in the JSON form of the state file, with the secrets by which signatures verify.
    :param limits: None where none are in force.
    :param market: the source of markets that name none.
    :param markets: those that there are besides the state's.
    :param timeline: faults whose times count from the start.
    :param adopted: the answers of profiles that were made of live reports, by name.
    :param time: None where the clock stands still.
    """

    recording: int
    version: str
    seed: int
    clock: ClockForm
    profile: ProfileForm
    limits: Ban | None
    tls: bool
    journal_size: int
    market: SourceForm
    markets: list[MarketForm] = []
    timeline: list[Fault]
    adopted: dict[str, dict[str, str]]
    state: dict[str, Any]
    time: Moment | None


class Output(_Form, frozen=True, kw_only=True):
    """An output: what it was in a few words, and the digest of all of it."""

    what: str
    digest: str


class _Input(_Form, frozen=True, kw_only=True, omit_defaults=True, tag_field="input"):
    """``time`` is left out where nothing depends on it, because the exchange's clock stands still."""

    time: Moment | None = None
    output: Output | None = None


class Request(_Input, frozen=True, kw_only=True, tag="request"):
    """A request as it came over the wire, bytes that are no UTF-8 as lone surrogates."""

    domain: Domain
    method: str
    target: str
    headers: dict[str, str]
    body: str = ""
    address: str


class Arrival(_Input, frozen=True, kw_only=True, tag="arrival"):
    """The late answer to a request is asked for, which may be when the request is carried out.

    :param line: where the request stands.
    """

    line: int


class Control(_Input, frozen=True, kw_only=True, tag="control"):
    """A call of the control API, or something done in Python that is the same as one.

    The latter has no output.

    :param call: method and path.
    """

    call: str
    query: dict[str, str] = {}
    body: Any = None


class Due(_Input, frozen=True, kw_only=True, tag="due"):
    """What was due until then had been carried out when the clock was set back."""

    until_ms: int


class Names(_Input, frozen=True, kw_only=True, tag="names"):
    """From now on the documented names lead to the exchange, or no longer do."""

    intercepted: bool


class Handshake(_Input, frozen=True, kw_only=True, tag="handshake"):
    """Somebody wants to listen to streams."""

    product: Product
    listen_key: str | None = None
    address: str


class Connect(_Input, frozen=True, kw_only=True, tag="connect"):
    """There is a new connection, with this number."""

    product: Product
    listen_key: str | None = None
    address: str
    connection: int


class _OfStream(_Input, frozen=True, kw_only=True):
    """What happens on a connection. Its output is all that was sent there since the last of these."""

    connection: int


class Message(_OfStream, frozen=True, kw_only=True, tag="message"):
    """A client's message."""

    text: str


class Beat(_OfStream, frozen=True, kw_only=True, tag="beat"):
    """It is time for a heartbeat, of which ``most`` may stay without an answer."""

    most: float


class Leave(_OfStream, frozen=True, kw_only=True, tag="leave"):
    """The connection has ended."""


Input = Request | Arrival | Control | Due | Names | Handshake | Connect | Message | Beat | Leave


def encode(form: Header | Input) -> bytes:
    """A line. Text may hold lone surrogates, which only this way of writing JSON takes."""
    return json.dumps(msgspec.to_builtins(form), separators=(",", ":")).encode() + b"\n"


def output_of(delivery: Delivery) -> Output:
    """What the edge was given to send."""
    match delivery:
        case Answer():
            return _answer("", delivery)
        case Late(ms=ms):
            return _output(f"an answer that is {ms} ms late")
        case Truncate(answer=answer, reset=reset):
            return _answer(f"half of it, then {'a reset' if reset else 'the end'}: ", answer)
        case Dribble(answer=answer, ms=ms):
            return _answer(f"byte by byte, {ms} ms between them: ", answer)
        case Hang():
            return _output("nothing, on a connection left open")
        case Close():
            return _output("a connection closed")
        case Reset():
            return _output("a connection reset")


def _answer(how: str, answer: Answer) -> Output:
    code = "no code" if answer.code is None else f"code {answer.code}"
    kind = "" if answer.content_type == "application/json" else f" of {answer.content_type}"
    what = f"{how}HTTP {answer.http_status} with {code}, {len(answer.body)} bytes{kind}"
    return _output(what, answer.body, *(f"{name}: {value}".encode() for name, value in answer.headers))


def control_output(status: int, body: bytes) -> Output:
    """What a call of the control API was answered."""
    return _output(f"HTTP {status}, {len(body)} bytes", body)


def failed_output(error: Exception) -> Output:
    """The exchange itself failed over an input."""
    return _output(f"the fake failed: {type(error).__name__}")


def _output(what: str, *parts: bytes) -> Output:
    digest = blake2b(what.encode(), digest_size=8)
    for part in parts:
        digest.update(b"\n%d\n" % len(part))
        digest.update(part)
    return Output(what=what, digest=digest.hexdigest())


def first_of_each(values: Mapping[str, str]) -> dict[str, str]:
    """A mapping that may hold several values by a name, with the one that it gives when asked."""
    return {str(name): values[name] for name in values}
