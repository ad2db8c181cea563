"""The program that is run: found, forked early, let go when everything is ready, waited for.

It has this process's own standard streams, folder, environment and terminal, and is in its process group, so
that Ctrl-C and Ctrl-Z at the terminal reach it without us. Signals that were sent to us alone are passed on.
"""

import os
import signal
import socket
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NoReturn

from bingx_fake.running.namespace import NamespaceError

NOT_FOUND, NOT_EXECUTABLE = 127, 126
"""Exit statuses by which shells say that they could not start a program."""

_READY, _FAILED, _GO = b"+", b"-", b"!"
_LONGEST_MESSAGE = 4096
_SENT_BY_THE_KERNEL = 0x80  # si_code SI_KERNEL: a key at the terminal, which signals its whole process group

Sockets = Sequence[socket.socket]
_MOST_SOCKETS = 8


class ProgramError(Exception):
    """A program cannot be started.

    :param status: the exit status that shells have for it.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def find(name: str) -> str:
    """The path of a program, found as a shell finds it.

    :raises ProgramError: when there is none, or one that cannot be executed.
    """
    if os.sep in name:
        candidates = [name]
    else:
        folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
        candidates = [os.path.join(folder or os.curdir, name) for folder in folders]
    for candidate in candidates:
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    for candidate in candidates:
        if os.path.isfile(candidate):
            raise ProgramError(f"{candidate} is not executable: chmod +x makes it so", NOT_EXECUTABLE)
    if os.sep in name and os.path.isdir(name):
        raise ProgramError(f"{name} is a directory, not a program", NOT_EXECUTABLE)
    place = "" if os.sep in name else " on PATH"
    raise ProgramError(f"there is no program {name!r}{place}", NOT_FOUND)


def watched_signals() -> set[signal.Signals]:
    """The signals that are passed on, and the one that says that a child changed."""
    names = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGCHLD")
    return {signal.Signals[name] for name in names}


class Program:
    """A process that will be a program, once it is let go.

    :param command: the program's path, and its arguments beginning with its name.
    :param environment: the program's.
    :param enter: what the process does first, in itself; the sockets that it returns are handed over.
    :raises NamespaceError: when ``enter`` does. Nothing is left of the process.

    To be called while this process has one thread. From then on the watched signals are blocked here, for
    good: ``wait`` takes them.
    """

    def __init__(
        self,
        command: tuple[str, Sequence[str]],
        environment: Mapping[str, str],
        enter: Callable[[], Sockets] = list,
    ) -> None:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # closed by whoever started us
                stream.flush()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored, there would be nobody to wait for
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, watched_signals())
        self._channel, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self._channel.close()  # so that theirs ends with the parent
            _become(command, environment, enter, theirs, mask)
        theirs.close()
        message, descriptors, _, _ = socket.recv_fds(self._channel, _LONGEST_MESSAGE, _MOST_SOCKETS)
        self.sockets = [socket.socket(fileno=number) for number in descriptors]
        if not message.startswith(_READY):
            self.abandon()
            raise NamespaceError(message.removeprefix(_FAILED).decode() or "the process ended at once")

    def go(self) -> None:
        """Let the program begin."""
        self._channel.sendall(_GO)

    def abandon(self) -> None:
        """End the process before it has become the program."""
        self._channel.close()
        os.waitpid(self.pid, 0)

    def wait(self) -> int:
        """Wait for the program's end, passing signals on.

        :returns: its exit status, as a shell gives it: 128 + n when signal n ended it.
        :raises ProgramError: when it did not become the program.
        """
        while True:
            number, from_terminal = _next_signal()
            if number != signal.SIGCHLD:
                if not from_terminal:
                    os.kill(self.pid, number)
                continue
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                reason = self._channel.recv(_LONGEST_MESSAGE)
                self._channel.close()
                if reason:
                    raise ProgramError(reason.decode(), code)
                return 128 - code if code < 0 else code


def _next_signal() -> tuple[int, bool]:
    """The next signal, and whether it came from the terminal, which then sent it to the program as well."""
    if sys.platform == "linux":
        info = signal.sigwaitinfo(watched_signals())
        number, from_terminal = info.si_signo, info.si_code == _SENT_BY_THE_KERNEL
    else:  # nobody says who sent it; where there is a terminal, its keys are likelier than ``kill``
        number = signal.sigwait(watched_signals())
        from_terminal = number in (signal.SIGINT, signal.SIGQUIT) and sys.stdin.isatty()
    return number, from_terminal


def _become(*how: Any) -> NoReturn:
    """Be the program, or end. Runs in the forked process, which must not return into its parent's code."""
    status = 1
    try:
        status = _enter_and_execute(*how)
    finally:
        os._exit(status)


def _enter_and_execute(
    command: tuple[str, Sequence[str]],
    environment: Mapping[str, str],
    enter: Callable[[], Sockets],
    channel: socket.socket,
    mask: Collection[int],
) -> int:
    """Become the program, as soon as the parent says so.

    :returns: the exit status of a process that did not.
    """
    try:
        sockets = enter()
    except NamespaceError as error:
        channel.sendall(_FAILED + str(error).encode())
        return 1
    if sockets:
        socket.send_fds(channel, [_READY], [bound.fileno() for bound in sockets])
    else:
        channel.sendall(_READY)
    for bound in sockets:
        bound.close()
    if channel.recv(1) != _GO:
        return 1
    _restore_signals(mask)
    path, arguments = command
    try:
        os.execve(path, tuple(arguments), environment)  # noqa: S606  what it is for
    except OSError as error:
        reason, status = error.strerror, NOT_EXECUTABLE
        if isinstance(error, FileNotFoundError):
            reason, status = "the interpreter that its first line names is not there", NOT_FOUND
        channel.sendall(f"{path} cannot be executed: {reason}".encode())
        return status


def _restore_signals(mask: Collection[int]) -> None:
    """Undo what Python and we changed; a new program inherits what is ignored and what is blocked."""
    for name in ("SIGPIPE", "SIGXFSZ"):
        signal.signal(signal.Signals[name], signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
