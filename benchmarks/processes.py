"""Child processes that talk in lines of JSON, and where they run."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
_STOP_S = 5.0


class BenchmarkError(Exception):
    """A measurement could not be made; the message says why."""


class Child:
    """A process that is stopped when its ``with`` block ends, whatever happens inside.

    :param command: the program and its arguments; it runs in the repository root.
    :param core: the processor core to keep it on, where the system can do that.
    :param environment: variables that it gets besides ours.
    """

    def __init__(
        self, command: Sequence[str], core: int | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = list(command)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed in __exit__
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=os.environ | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        if core is not None:
            os.sched_setaffinity(self._process.pid, {core})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None, "both are pipes"
            with suppress(BrokenPipeError):  # the process left before it had read everything
                stream.close()
        self._errors.close()

    def send(self, message: Any) -> None:
        """Write one line of JSON to the process."""
        stdin = self._process.stdin
        assert stdin is not None, "stdin is a pipe"
        try:
            stdin.write(json.dumps(message).encode() + b"\n")
            stdin.flush()
        except BrokenPipeError:
            raise BenchmarkError(self._complaint("stopped reading")) from None

    def receive(self, timeout_s: float = 25.0) -> Any:
        """Read one line of JSON from the process.

        :raises BenchmarkError: when none comes in time, or it reports an ``error``.
        """
        stdout = self._process.stdout
        assert stdout is not None, "stdout is a pipe"
        watchdog = threading.Timer(timeout_s, self._process.kill)
        watchdog.start()
        try:
            line = stdout.readline()
        finally:
            watchdog.cancel()
        if not line:
            raise BenchmarkError(self._complaint("gave no answer"))
        message = json.loads(line)
        if "error" in message:
            raise BenchmarkError(message["error"])
        return message

    def cpu_seconds(self) -> float | None:
        """The processor time used so far; None where the system has no /proc."""
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text()
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _complaint(self, what: str) -> str:
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip()
        name = Path(self._command[0]).name
        return "\n".join([f"{name} {' '.join(self._command[1:])} {what}", *said.splitlines()[-15:]])


def module(name: str) -> list[str]:
    """The command that runs one of our modules with this interpreter."""
    return [sys.executable, "-m", f"benchmarks.{name}"]


def fake_command(*options: str) -> list[str]:
    """The command ``bingx-fake serve --json`` of this interpreter's environment, on free ports."""
    program = Path(sys.executable).with_name("bingx-fake")
    if not program.exists():
        raise BenchmarkError("bingx-fake is not installed beside this python; install the project first")
    ports = ["--com-port", "0", "--pro-port", "0", "--control-port", "0"]
    return [str(program), "serve", "--json", *ports, *options]


def two_cores() -> tuple[int | None, int | None]:
    """One core for servers and another for the load, or nothing where they cannot be had."""
    if not hasattr(os, "sched_setaffinity"):
        return None, None
    cores = sorted(os.sched_getaffinity(0))
    return (cores[0], cores[1]) if len(cores) > 1 else (None, None)
