"""On Windows: one line that says what cannot be had there, and nothing else in the way.

An interpreter that takes itself for one on Windows, without the functions that Python does not have there,
stands in for it; the standard library and what others wrote are imported before.
"""

import subprocess
import sys

AS_ON_WINDOWS = """
import sys, os, signal, socket, time
import asyncio, ctypes, getpass, http.client, multiprocessing, subprocess, tempfile
import aiohttp.web, click.testing, msgspec, requests, rich.console, rich.progress, trustme, pytest
sys.platform = "win32"
for name in ("fcntl", "grp", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None
for owner, names in (
    (os, ("fork", "getuid", "geteuid", "getgid", "waitpid", "pwrite", "sched_getaffinity")),
    (signal, ("SIGHUP", "SIGQUIT", "SIGCHLD", "SIGUSR1", "SIGUSR2", "pthread_sigmask", "sigwait")),
    (socket, ("AF_UNIX", "send_fds", "recv_fds")),
    (time, ("clock_gettime", "CLOCK_MONOTONIC")),
):
    for name in names:
        delattr(owner, name)

def outcome(main, *arguments):
    result = click.testing.CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result
"""


def on_windows(code: str) -> str:
    """What a program prints there."""
    done = subprocess.run(
        [sys.executable, "-c", AS_ON_WINDOWS + code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_command_that_would_serve_says_so_in_one_line() -> None:
    code = """
from bingx_fake.commands.serve import main
for arguments in (["serve"], ["serve", "--tls"], ["run", "--", "python", "bot.py"]):
    result = outcome(main, *arguments)
    print(result.exit_code, result.output.strip())
"""
    lines = on_windows(code).splitlines()
    assert len(lines) == 3
    for line in lines:
        assert line.startswith(
            "1 Error: on Windows itself no exchange can be served (bingx-fake serve and run, "
        )
        assert "Use WSL" in line


def test_an_exchange_and_an_interception_say_the_same_when_they_are_made() -> None:
    code = """
from bingx_fake import FakeExchange, intercept
for make in (FakeExchange, lambda: intercept().__enter__()):
    try:
        make()
    except RuntimeError as error:
        print(error)
"""
    lines = on_windows(code).splitlines()
    assert [line[:22] for line in lines] == ["on Windows itself no e"] * 2


def test_every_other_command_does_what_it_does_elsewhere() -> None:
    code = """
from bingx_fake.commands.serve import main
explain = ["explain", "/x?timestamp=1", "--secret-stdin"]
for arguments in (["variations"], ["openapi"], explain, ["serve", "--help"]):
    output = outcome(main, *arguments).output
    print(bool(output.strip()), "Windows itself" in output)
"""
    assert on_windows(code).splitlines() == ["True False"] * 4


def test_the_client_and_its_command_can_be_imported_and_the_plugin_too() -> None:
    code = "import bingx_client, bingx_client.aio, bingx_client.account.command, bingx_fake.pytest_plugin"
    assert on_windows(f"{code}\nprint('imported')") == "imported\n"
