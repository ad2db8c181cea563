"""An exchange that writes its inputs down while it takes them."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bingx_fake.control.calls import ControlError
from bingx_fake.exchange import Exchange, no_body
from bingx_fake.faults.fault import Delivery, Late
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.profiles.adoption import AdoptionError
from bingx_fake.recording.form import (
    FORMAT,
    Arrival,
    ClockForm,
    Control,
    Due,
    Header,
    Input,
    Moment,
    Names,
    Output,
    ProfileForm,
    Request,
    control_output,
    encode,
    failed_output,
    first_of_each,
    output_of,
)
from bingx_fake.recording.streams import RecordedDoor
from bingx_fake.recording.time import InputTime
from bingx_fake.settings import Settings
from bingx_fake.state import saving

T = TypeVar("T")

_FIRST_KEY = b'{"recording":'
_OF_THE_PAGE = "GET /console/"
"""What the console's page asks by itself, several times a second, and what changes nothing."""
_NOT_OURS = frozenset({"authorization", "proxy-authorization", "cookie"})
"""Headers that the exchange does not read, and that may hold a password to something else."""
_log = logging.getLogger("bingx_fake")


class RecordingExists(Exception):
    """There is a file of that name, and it is something else than a recording."""


class Recorded(Exchange):
    """An exchange, and a file into which every input goes with the digest of its output.

    What is asked of it in any other way than ``receive`` and ``obey`` is not written down.

    :param path: a recording that is there already is replaced.
    :raises RecordingExists: where something else would be.
    :raises OSError: when the file cannot be written.

    ``broken`` is what was in the way where it could not be written any longer; the exchange goes on without.
    """

    def __init__(self, settings: Settings, path: Path) -> None:
        clock = settings.clock()
        began_s = clock.real_s()
        self._time = InputTime(lambda: (clock.system_ms(), int(1000 * (clock.real_s() - began_s))))
        form = ClockForm(frozen_ms=clock.frozen_ms, offset_ms=clock.offset_ms)
        self._path, self._file = path, _open(path)
        self._lines = 0
        self._is_noting = False
        self._noted_names = False
        self._noted_due_ms: int | None = None
        self.broken: OSError | None = None
        moment = self._time.hold()
        try:
            super().__init__(replace(settings, clock=lambda: self._time.clock(form)))
            self.door = RecordedDoor(self.streams, self.keep_up, self._note)
            self._write(_header(settings, form, moment))
            if self.broken is not None:
                raise self.broken
        except BaseException:
            self._file.close()
            raise
        finally:
            self._time.release()

    @property
    def lines(self) -> int:
        """How many lines have been written."""
        return self._lines

    def close(self) -> None:
        """Write no more. Safe to call twice."""
        self._file.close()

    def receive(self, request: WireRequest) -> Delivery:
        """Take one request, and note it with what its client gets."""
        headers = {
            name.lower(): _shown(name, value) for name, value in first_of_each(request.headers).items()
        }
        noted = Request(
            domain=request.domain,
            method=request.method,
            target=request.target,
            headers=headers,
            body=request.body.decode("utf-8", "surrogateescape"),
            address=request.address,
        )
        taken = msgspec.structs.replace(request, headers=headers)  # it sees no more than a replay does
        delivery = self._note(lambda: super(Recorded, self).receive(taken), lambda: noted, output_of)
        if not isinstance(delivery, Late):
            return delivery
        line, answer = self._lines, delivery.answer
        arrival = Arrival(line=line)
        return replace(delivery, answer=lambda: self._note(answer, lambda: arrival, output_of))

    def obey(
        self,
        call: str,
        act: Callable[[], T],
        *,
        body: Callable[[], Any] = no_body,
        query: Mapping[str, str] | None = None,
        is_answered: bool = False,
    ) -> T:
        """Do what the control API is asked for, or the same in Python, and note it."""
        if call.startswith(_OF_THE_PAGE):
            return act()

        def noted() -> Control:
            return Control(call=call, query=first_of_each(query or {}), body=body())

        output = _answered if is_answered else _unanswered
        return self._note(act, noted, output)

    def _note(
        self, act: Callable[[], T], noted: Callable[[], Input], output: Callable[[Any], Output | None]
    ) -> T:
        """Do something while time stands still, and write it down with what came of it."""
        if self._is_noting:  # it is part of an input that is noted already
            return act()
        moment = self._time.hold()
        self._is_noting, was_frozen = True, self.clock.frozen_ms is not None
        self._note_what_came_between(moment)

        def write(found: Output | None) -> None:
            is_frozen = was_frozen and self.clock.frozen_ms is not None
            time = None if is_frozen else moment
            self._write(msgspec.structs.replace(noted(), time=time, output=found))

        try:
            result = act()
        except Exception as error:
            if output is not _unanswered:  # in Python, what raises has changed nothing
                write(_refused(error) if isinstance(error, ControlError) else failed_output(error))
            raise
        else:
            write(output(result))
            return result
        finally:
            self._is_noting = False
            self._time.release()

    def _note_what_came_between(self, moment: Moment) -> None:
        """What no input did and an input depends on.

        Work that was due is carried out before an input anyway, unless the clock has been set back since.
        """
        if self.names_intercepted != self._noted_names:
            self._noted_names = self.names_intercepted
            self._write(Names(intercepted=self._noted_names))
        due_ms = self.agenda.latest_ms
        if due_ms is not None and due_ms > self.clock.now_ms() and due_ms != self._noted_due_ms:
            self._noted_due_ms = due_ms
            self._write(Due(until_ms=due_ms, time=moment))

    def _write(self, form: Header | Input) -> None:
        """Write a line. Where that fails the exchange goes on without its recording, and says so once."""
        if self.broken is not None or self._file.closed:
            return
        line = encode(form)
        try:
            if self._file.write(line) != len(line):
                raise OSError("there is no room for a whole line")
        except OSError as error:
            self.broken = error
            _log.error("the recording %s ends after line %d: %s", self._path, self._lines, why(error))
            return
        self._lines += 1


def why(error: OSError) -> str:
    """What is wrong with a file, in the system's words."""
    return error.strerror or str(error)


def _open(path: Path) -> FileIO:
    """Open a file for a new recording; a line is in it once it is written."""
    if path.is_file():
        with path.open("rb") as there:
            if there.read(len(_FIRST_KEY)) not in (_FIRST_KEY, b""):
                raise RecordingExists(
                    f"{path} is there already and is no recording: remove it, or name another file"
                )
    return FileIO(path, "wb")


def _header(settings: Settings, clock: ClockForm, moment: Moment) -> Header:
    from importlib.metadata import version  # takes long to import

    profile = settings.profile
    try:
        adopted = {name: dict(answers) for name, answers in settings.adopted().items()}
    except AdoptionError:  # they cannot be changed to either
        adopted = {}
    return Header(
        recording=FORMAT,
        version=version("bingx-offline"),
        seed=settings.seed,
        clock=clock,
        profile=ProfileForm(
            name=profile.name, vary=dict(profile.vary), strict=profile.strict, answers=dict(profile.answers)
        ),
        limits=settings.ban if settings.rate_limits else None,
        tls=settings.tls,
        journal_size=settings.journal_size,
        market=settings.market,
        markets=list(settings.markets),
        timeline=list(settings.schedule),
        adopted=adopted,
        state=saving.document_of(settings.form),
        time=None if clock.frozen_ms is not None else moment,
    )


def _shown(name: str, value: str) -> str:
    """A header's value. One that is none of the exchange's business is covered; its length is kept."""
    return "*" * len(value) if name.lower() in _NOT_OURS else value


def _answered(result: Any) -> Output | None:
    return control_output(200, msgspec.json.encode(result))


def _unanswered(result: Any) -> Output | None:
    return None


def _refused(error: ControlError) -> Output:
    return control_output(error.status, msgspec.json.encode({"error": str(error)}))
