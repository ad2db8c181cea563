"""Runs ``bingx-account``: in this process, as a process, and at a pseudo-terminal with a person's answers."""

import codecs
import os
import pty
import select
import signal
import subprocess
import termios
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from support.commands import BINGX_ACCOUNT, bingx_account

COMMAND = BINGX_ACCOUNT
KEY, SECRET = "Zk3vQ9xW2mL7pR5tY8uB", "hN4cD6fG1jK0sA3eX9wV"
ALICE_UID = 16779999
CREDENTIALS = {"BINGX_API_KEY": KEY, "BINGX_SECRET_KEY": SECRET}
PATIENCE_S = 30
TESTS = Path(__file__).parent.parent


class Done(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str


def run_process(*arguments: str, environment: Mapping[str, str] = CREDENTIALS) -> Done:
    """Run the command away from any terminal."""
    return Done(*bingx_account(*arguments, environment=_environment(environment)))


class Terminal:
    """A program at a pseudo-terminal.

    :param data: where its stdout goes instead, as with ``> FILE`` in a shell.
    """

    def __init__(
        self, *command: str, environment: Mapping[str, str] = CREDENTIALS, data: Path | None = None
    ) -> None:
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (50, 200))
        with open(data or os.devnull, "wb") as file:
            self.process = subprocess.Popen(
                command,
                stdin=slave,
                stdout=slave if data is None else file,
                stderr=slave,
                env=_environment({**environment, "TERM": "xterm", "PYTHONPATH": str(TESTS)}),
                start_new_session=True,
            )
        os.close(slave)
        self.seen = ""
        self._read_to = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read_until(self, text: str) -> None:
        """Wait until the program has shown a text after what was waited for before."""
        while (at := self.seen.find(text, self._read_to)) < 0:
            assert self._receive(), f"it ended without showing {text!r}:\n{self.seen}"
        self._read_to = at + len(text)

    def answer(self, question: str, answer: str) -> None:
        """Wait for a question and type an answer and Enter."""
        self.read_until(question)
        self.type(f"{answer}\n".encode())

    def type(self, keys: bytes) -> None:
        """Type these bytes."""
        os.write(self._master, keys)

    def press_end_of_input(self) -> None:
        """Type Ctrl-D."""
        self.type(b"\x04")

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)

    def finish(self) -> int:
        """Wait for the end; the exit code."""
        while self._receive():
            pass
        return self.process.wait(PATIENCE_S)

    def close(self) -> None:
        """End whatever is still running."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE_S)
        os.close(self._master)

    def _receive(self) -> bool:
        assert select.select([self._master], [], [], PATIENCE_S)[0], self.seen
        try:
            received = os.read(self._master, 65536)
        except OSError:  # how Linux says that nobody holds the other end any more
            return False
        self.seen += self._decoder.decode(received)
        return bool(received)


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BINGX_")}
    return kept | dict(extra)
