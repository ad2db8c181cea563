"""An interpreter that has imported what many programs need, of which each program gets a copy of its own.

A program runs in a process all the same, with its own arguments, environment, output, signals and end. What
it shares with the others is what importing did, which for most of them is nearly all that a process costs.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

LIMIT_S = 60
"""A program that has not ended by then is killed, with all that it started."""

_WAITING = """
import gc as _gc, json as _json, os as _os, sys as _sys
{preparation}
_gc.freeze()  # a copy need not go through all that was imported in order to end
while _line := _sys.stdin.readline():
    _order = _json.loads(_line)
    if "ended" in _order:
        print(_os.waitstatus_to_exitcode(_os.waitpid(_order["ended"], 0)[1]), flush=True)
        continue
    _child = _os.fork()
    if _child == 0:
        break
    print(_child, flush=True)
else:
    _sys.exit()
_os.setsid()
for _number, _path in enumerate(_order["streams"]):
    _file = _os.open(_path, _os.O_RDONLY if _number == 0 else _os.O_WRONLY)
    _os.dup2(_file, _number)
    _os.close(_file)
_os.chdir(_order["folder"])
_os.environ.clear()
_os.environ.update(_order["environment"])
_sys.argv[:] = _order["arguments"]
exec(_order["program"])
"""


class Done(NamedTuple):
    """How a program ended, as ``subprocess`` says it, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


class Prepared:
    """Runs programs, and is asked by one thread."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process = process
        self._heard = b""
        self._folder = folder
        self._started = 0

    def run(
        self,
        program: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        stdin: str = "",
        folder: Path | None = None,
        limit_s: float = LIMIT_S,
    ) -> Done:
        """Run a program to its end.

        :param program: Python; it finds what the preparation left as its own globals.
        :param arguments: ``sys.argv``, from the program's name on.
        :param environment: all of it; None for that of the tests.
        :param folder: where it runs; None for where the tests do.
        :raises subprocess.TimeoutExpired: it did not end in time.
        """
        streams = [self._folder / name for name in ("stdin", "stdout", "stderr")]
        for stream, text in zip(streams, (stdin, "", ""), strict=True):
            stream.write_text(text, encoding="utf-8")
        child = self._begin(program, arguments, streams, environment, folder)
        code = self.end_of(child, limit_s)
        out, err = (stream.read_text(encoding="utf-8") for stream in streams[1:])
        if code is None:
            raise subprocess.TimeoutExpired(program, limit_s, out, err)
        return Done(code, out, err)

    def start(self, program: str, *arguments: str) -> "Running":
        """Start a program that goes on until it is ended. What it reads is empty; the others are as above."""
        self._started += 1
        streams = [self._folder / f"{self._started}.{name}" for name in ("stdout", "stderr")]
        for stream in streams:
            os.mkfifo(stream)
        child = self._begin(program, arguments, [Path(os.devnull), *streams], None, None)
        return Running(self, child, *(stream.open(encoding="utf-8") for stream in streams))

    def end_of(self, child: int, limit_s: float) -> int | None:
        """What a program ends with; None when it had to be ended, with all that it started."""
        self._say({"ended": child})
        code = self._number(limit_s)
        if code is None:
            os.killpg(child, signal.SIGKILL)
            self._number(LIMIT_S)
        return code

    def _begin(
        self,
        program: str,
        arguments: Sequence[str],
        streams: Sequence[Path],
        environment: Mapping[str, str] | None,
        folder: Path | None,
    ) -> int:
        self._say(
            {
                "program": program,
                "arguments": arguments or ["-c"],
                "folder": str(folder or Path.cwd()),
                "environment": dict(os.environ if environment is None else environment),
                "streams": [str(stream) for stream in streams],
            }
        )
        child = self._number(LIMIT_S)
        assert child is not None, "the interpreter starts no program"
        return child

    def _say(self, order: Mapping[str, object]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def _number(self, limit_s: float) -> int | None:
        """The next line that the interpreter says, of which it may say two at once; None if none in time."""
        told = self._process.stdout
        assert told is not None
        while b"\n" not in self._heard:
            if not select.select([told], [], [], limit_s)[0]:
                return None
            heard = os.read(told.fileno(), 100)
            assert heard, "the interpreter has ended"
            self._heard += heard
        line, _, self._heard = self._heard.partition(b"\n")
        return int(line)


class Running:
    """A program that goes on: as much of ``subprocess.Popen`` as tests of it need."""

    def __init__(self, interpreter: Prepared, pid: int, stdout: IO[str], stderr: IO[str]) -> None:
        self._interpreter = interpreter
        self.pid, self.stdout, self.stderr = pid, stdout, stderr
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless its end is known."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float = LIMIT_S) -> tuple[str, str]:
        """What it has written when it has ended, which it must do in time; once."""
        if self.returncode is not None:
            return "", ""
        code = self._interpreter.end_of(self.pid, timeout)
        self.returncode = -signal.SIGKILL if code is None else code
        with self.stdout, self.stderr:
            written = self.stdout.read(), self.stderr.read()
        assert code is not None, f"it had not ended within {timeout} s: {written}"
        return written


@contextmanager
def prepared(preparation: str, options: Sequence[str] = ()) -> Iterator[Prepared]:
    """An interpreter that has run this.

    :param preparation: imports, and what the programs share; it must start no thread.
    :param options: of the interpreter.
    """
    command = [sys.executable, *options, "-c", _WAITING.format(preparation=preparation)]
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process,
    ):
        yield Prepared(process, Path(folder))
        sending: IO[str] | None = process.stdin
        assert sending is not None
        sending.close()
