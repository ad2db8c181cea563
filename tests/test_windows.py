"""On Windows: one line that says what cannot be had there, and nothing else in the way.

An interpreter that takes itself for one on Windows, without the functions that Python does not have there,
stands in for it; the standard library and what others wrote are imported before.
"""

import subprocess
import sys

import pytest

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


@pytest.mark.parametrize("arguments", ["'serve'", "'serve', '--tls'", "'run', '--', 'python', 'bot.py'"])
def test_a_command_that_would_serve_says_so_in_one_line(arguments: str) -> None:
    code = (
        f"from bingx_fake.command import main\nr = outcome(main, {arguments})\nprint(r.exit_code, r.output)"
    )
    printed = on_windows(code).strip()
    assert printed.startswith(
        "1 Error: on Windows itself no exchange can be served (bingx-fake serve and run, "
    )
    assert "Use WSL" in printed
    assert printed.count("\n") == 0


@pytest.mark.parametrize(
    "code",
    [
        "from bingx_fake import FakeExchange\ntry: FakeExchange()\n",
        "from bingx_fake import intercept\ntry:\n  with intercept(): pass\n",
    ],
)
def test_an_exchange_says_the_same_when_it_is_made(code: str) -> None:
    assert on_windows(f"{code}except RuntimeError as error: print(error)").startswith("on Windows itself no ")


@pytest.mark.parametrize(
    "arguments",
    ["'variations'", "'openapi'", "'explain', '/x?timestamp=1', '--secret-stdin'", "'serve', '--help'"],
)
def test_every_other_command_does_what_it_does_elsewhere(arguments: str) -> None:
    code = f"from bingx_fake.command import main\nr = outcome(main, {arguments})\nprint(r.output)"
    printed = on_windows(code)
    assert printed.strip()
    assert "Windows itself" not in printed


def test_the_client_and_its_command_can_be_imported_and_the_plugin_too() -> None:
    code = "import bingx_client, bingx_client.aio, bingx_client.account.command, bingx_fake.pytest_plugin"
    assert on_windows(f"{code}\nprint('imported')") == "imported\n"
