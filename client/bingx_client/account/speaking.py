"""Messages to stderr and data to stdout, and nothing that fails with a traceback."""

import errno
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bingx_client.account.masking import without_secrets


class OutputFailed(Exception):
    """The result could not be written to stdout.

    :ivar is_closed_pipe: whoever read it has gone, which nobody needs to be told.
    """

    def __init__(self, reason: str, *, is_closed_pipe: bool) -> None:
        super().__init__(reason)
        self.is_closed_pipe = is_closed_pipe


def say(text: str, *, end: str = "\n") -> None:
    """Write a message to stderr, without key and secret. One that cannot be written is lost."""
    with suppress(OSError, ValueError, AttributeError):  # closed, full, or not there at all
        sys.stderr.write(without_secrets(text) + end)
        sys.stderr.flush()


def write(text: str) -> None:
    """Write data to stdout, whole.

    :raises OutputFailed: when it cannot be written.
    """
    stdout = sys.stdout
    if stdout is None:
        raise OutputFailed("standard output is closed", is_closed_pipe=False)
    encoding = stdout.encoding or "utf-8"
    try:
        stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stdout.flush()
    except OSError as error:
        abandon_stdout()
        is_closed_pipe = error.errno == errno.EPIPE
        raise OutputFailed(error.strerror or str(error), is_closed_pipe=is_closed_pipe) from error
    except BaseException:  # interrupted while nobody reads: at exit, Python would wait for that reader
        abandon_stdout()
        raise


def abandon_stdout() -> None:
    """Let what stdout still holds go nowhere, or Python would fail over it once more at exit."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


class _Plainly(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


@contextmanager
def the_clients_warnings() -> Iterator[None]:
    """Show what the client logs as plain messages: the notice of the simulated environment, a wrong clock."""
    log, handler = logging.getLogger("bingx_client"), _Plainly(logging.WARNING)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
