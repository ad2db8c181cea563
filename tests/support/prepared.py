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
    _child = _os.fork()
    if _child == 0:
        break
    print(_child, flush=True)
    print(_os.waitstatus_to_exitcode(_os.waitpid(_child, 0)[1]), flush=True)
else:
    _sys.exit()
_order = _json.loads(_line)
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
    """Runs programs, one at a time."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process = process
        self._heard = b""
        self._streams = [folder / name for name in ("stdin", "stdout", "stderr")]

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
        for stream, text in zip(self._streams, (stdin, "", ""), strict=True):
            stream.write_text(text, encoding="utf-8")
        order = {
            "program": program,
            "arguments": arguments or ["-c"],
            "folder": str(folder or Path.cwd()),
            "environment": dict(os.environ if environment is None else environment),
            "streams": [str(stream) for stream in self._streams],
        }
        sending = self._process.stdin
        assert sending is not None
        sending.write(json.dumps(order) + "\n")
        sending.flush()
        child = self._number(LIMIT_S)
        assert child is not None, "the interpreter starts no program"
        code = self._number(limit_s)
        if code is None:
            os.killpg(child, signal.SIGKILL)  # and what it started
            self._number(LIMIT_S)
            raise subprocess.TimeoutExpired(program, limit_s, *self._written())
        return Done(code, *self._written())

    def _number(self, limit_s: float) -> int | None:
        """The next line that the interpreter says; it may have said two by the time that one is read."""
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

    def _written(self) -> tuple[str, str]:
        out, err = (stream.read_text(encoding="utf-8") for stream in self._streams[1:])
        return out, err


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
