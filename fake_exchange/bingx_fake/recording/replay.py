"""Plays a recording to a fresh exchange, and finds the first output that is another one than was recorded."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from bingx_fake.answers.answer import Answer
from bingx_fake.clock import ExchangeClock
from bingx_fake.control.application import CONTROL_ROUTES, ControlFunction
from bingx_fake.control.calls import ControlCall, ControlError
from bingx_fake.exchange import Exchange
from bingx_fake.explain.secrecy import cover
from bingx_fake.faults.fault import Delivery, Dribble, Late, Truncate
from bingx_fake.gateway.limits import Ban
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.profiles.choice import Profile
from bingx_fake.recording.form import (
    Arrival,
    Beat,
    Connect,
    Control,
    Due,
    Handshake,
    Header,
    Input,
    Leave,
    Message,
    Names,
    Output,
    Request,
    control_output,
    failed_output,
    output_of,
)
from bingx_fake.recording.reading import Note, Reading, RecordingError
from bingx_fake.recording.streams import Tap, refused
from bingx_fake.recording.time import InputTime
from bingx_fake.settings import Settings
from bingx_fake.state import files as state
from bingx_fake.streams.session import Session

_LONGEST_SHOWN = 2_000
"""Characters of an answer."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first output that is another one.

    :param asked: what it answers, such as ``GET /openApi/… at com``.
    :param recorded: what it was, in a few words.
    :param replayed: what it is now.
    :param answer: all of it as text, cut where it is long, secrets covered; empty where it has no bytes.
    """

    line: int
    asked: str
    recorded: str
    replayed: str
    answer: str


@dataclass(slots=True)
class Replayed:
    """What came of a replay.

    :param version: the version that made the recording.
    :param inputs: how many were played, up to the first difference.
    :param outputs: how many were compared.
    :param cut_line: the last line of the file, where it is not whole, as after a crash; it was left out.
    """

    version: str
    inputs: int = 0
    outputs: int = 0
    difference: Difference | None = None
    cut_line: int | None = None


def replay(path: Path, note: Note | None = None) -> Replayed:
    """Play a recording to a fresh exchange, until the first output that differs.

    :param note: is told how many bytes have been played, and of how many, now and then.
    :raises RecordingError: when the file is no recording, or none that can be played.
    """
    reading = Reading(path, note)
    player = _Player(reading.header, path)
    done = Replayed(reading.header.version)
    for number, given in reading:
        found = player.play(number, given)
        done.inputs += 1
        if given.output is not None:
            done.outputs += 1
            if found is None or found.output != given.output:
                done.difference = player.difference(number, given, given.output, found)
                break
    done.cut_line = reading.cut_line
    return done


class _Found(msgspec.Struct):
    output: Output
    body: bytes = b""


class _Player:
    """A fresh exchange, and what is needed to give it one input after the other."""

    def __init__(self, header: Header, path: Path) -> None:
        self._path = path
        self._streams: dict[int, tuple[Session, Tap]] = {}
        self._late: dict[int, Callable[[], Delivery]] = {}
        self._time = InputTime(lambda: (0, 0), held=header.time or (0, 0))
        try:
            self._exchange = Exchange(_settings(header, lambda: self._time.clock(header.clock)))
        except ValueError as error:  # a file that somebody has changed
            raise RecordingError(f"{path} line 1: {error}") from None
        # Once more at the end: a state that is loaded meanwhile brings secrets of its own.
        self._secrets = self._known_secrets()

    def play(self, number: int, given: Input) -> _Found | None:
        """Give the exchange an input, and say what it gave; None for one that is not answered.

        :raises RecordingError: for a call that there is none of.
        """
        if given.time is not None:
            self._time.held = given.time
        match given:
            case Names(intercepted=intercepted):
                self._exchange.names_intercepted = intercepted
            case Due(until_ms=until_ms):
                self._exchange.agenda.run(until_ms)
            case Request():
                delivery = self._give(lambda: self._exchange.receive(_wire(given)))
                if isinstance(delivery, Late):
                    self._late[number] = delivery.answer
                return _found(delivery)
            case Arrival(line=line):
                if line not in self._late:
                    raise RecordingError(
                        f"{self._path} line {number}: no answer of line {line} is under way, though one was"
                    )
                return _found(self._give(self._late[line]))
            case Control():
                return self._control(number, given)
            case Handshake():
                asked = given.product, given.listen_key, given.address
                return _Found(refused(self._exchange.door.refusal(*asked)))
            case Connect() | Message() | Beat() | Leave():
                return self._on_stream(number, given)
        return None

    def _on_stream(self, number: int, given: Connect | Message | Beat | Leave) -> _Found:
        door = self._exchange.door
        if isinstance(given, Connect):
            tap = Tap()
            session = door.connect(given.product, tap, listen_key=given.listen_key, address=given.address)
            self._streams[given.connection] = session, tap
            return _Found(tap.output())
        if given.connection not in self._streams:
            raise RecordingError(
                f"{self._path} line {number}: there is no connection {given.connection}, though there was one"
            )
        session, tap = self._streams[given.connection]
        match given:
            case Message(text=text):
                door.receive(session, text)
            case Beat(most=most):
                door.beat(session, most)
            case Leave():
                door.leave(session)
                del self._streams[given.connection]
        return _Found(tap.output())

    def difference(self, number: int, given: Input, recorded: Output, found: _Found | None) -> Difference:
        """What there is to say about an output that is not the one that was recorded."""
        hide = cover(self._secrets | self._known_secrets())
        text = hide("" if found is None else found.body.decode("utf-8", "replace"))
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}… ({len(text)} characters)"
        return Difference(
            line=number,
            asked=hide(_asked(given)),
            recorded=recorded.what,
            replayed="nothing" if found is None else found.output.what,
            answer=shown,
        )

    def _known_secrets(self) -> set[bytes]:
        return self._exchange.books.directory.secrets

    def _give(self, act: Callable[[], Delivery]) -> Delivery | Exception:
        try:
            return act()
        except Exception as error:
            return error

    def _control(self, number: int, given: Control) -> _Found:
        method, _, path = given.call.partition(" ")
        found = find_call(method, path)
        if found is None:
            raise RecordingError(
                f"{self._path} line {number}: this version has no call {given.call} of the control API"
            )
        function, names = found
        try:
            status, result = 200, function(self._exchange, ControlCall(names, given.query, given.body))
        except ControlError as error:
            status, result = error.status, {"error": str(error)}
        except Exception as error:
            return _Found(failed_output(error))
        body = msgspec.json.encode(result)
        return _Found(control_output(status, body), body)


def _settings(header: Header, clock: Callable[[], ExchangeClock]) -> Settings:
    profile = header.profile
    return Settings(
        form=state.read_form(header.state),
        clock=clock,
        seed=header.seed,
        rate_limits=header.limits is not None,
        ban=header.limits or Ban(),
        journal_size=header.journal_size,
        tls=header.tls,
        schedule=tuple(header.timeline),
        profile=Profile(profile.name, profile.vary, profile.strict, profile.answers),
        adopted=lambda: header.adopted,
        market=header.market,
        markets=tuple(header.markets),
    )


def _wire(given: Request) -> WireRequest:
    return WireRequest(
        domain=given.domain,
        method=given.method,
        target=given.target,
        headers=given.headers,
        body=given.body.encode("utf-8", "surrogateescape"),
        address=given.address,
    )


def _found(delivery: Delivery | Exception) -> _Found:
    match delivery:
        case Exception():
            return _Found(failed_output(delivery))
        case Answer() | Truncate() | Dribble():
            answer = delivery if isinstance(delivery, Answer) else delivery.answer
            return _Found(output_of(delivery), answer.body)
    return _Found(output_of(delivery))


def _asked(given: Input) -> str:
    match given:
        case Request():
            return f"{given.method} {given.target} at {given.domain}"
        case Arrival(line=line):
            return f"the late answer to the request of line {line}"
        case Control():
            return f"{given.call} at the control API"
        case Handshake():
            return f"a handshake for the streams of {given.product}"
        case Connect() | Message() | Beat() | Leave():
            return f"what was pushed to connection {given.connection}"
    return "nothing"


def find_call(method: str, path: str) -> tuple[ControlFunction, Mapping[str, str]] | None:
    """What a call of the control API does, and the names in its path; None where there is no such call."""
    for its_method, pattern, function in _patterns():
        if its_method == method and (match := pattern.fullmatch(path)):
            return function, match.groupdict()
    return None


@cache
def _patterns() -> list[tuple[str, re.Pattern[str], ControlFunction]]:
    """Every call's path, as aiohttp reads it: ``{name}`` is a part of it, ``{name:a|b}`` one of these."""
    return [
        (
            method,
            re.compile(
                re.sub(r"\{(\w+)(?::([^}]*))?\}", lambda part: f"(?P<{part[1]}>{part[2] or '[^/]+'})", path)
            ),
            function,
        )
        for method, path, function in CONTROL_ROUTES
    ]
