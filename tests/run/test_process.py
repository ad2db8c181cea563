"""The program's process: its start, its signals, its end.

How a program is held makes no difference here, and the proxy works on every machine.
"""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from run.running import COMMAND, PATIENCE_S, PROXY, run, run_anew

from bingx_fake.running.program import ProgramError, find

TELLS_SIGNALS = """
import os, signal, sys
told = {signal.SIGINT: "INT", signal.SIGHUP: "HUP", signal.SIGUSR1: "USR1", signal.SIGTERM: "TERM"}
def tell(number, frame):
    os.write(1, told[number].encode() + b"\\n")
    if number == signal.SIGTERM:
        sys.exit(5)
for number in told:
    signal.signal(number, tell)
print("ready", flush=True)
while True:
    signal.pause()
"""


def test_the_exit_status_of_a_program_that_a_signal_ended_is_128_more() -> None:
    assert run_anew("sh", "-c", "kill -KILL $$", options=PROXY).status == 137


def test_a_signal_that_the_program_does_not_handle_ends_it() -> None:
    command = [COMMAND, "run", *PROXY, "--", "sh", "-c", "echo ready; exec cat"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(signal.SIGINT)
        assert running.wait(PATIENCE_S) == 128 + signal.SIGINT
        assert running.stderr is not None
        said = running.stderr.read().splitlines()
    assert said[-1].startswith("bingx-fake: 0 requests"), "the summary comes all the same"


def test_signals_are_passed_on_and_the_program_decides() -> None:
    command = [COMMAND, "run", *PROXY, "--", sys.executable, "-c", TELLS_SIGNALS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        said = [running.stdout.readline()]
        for name in ("INT", "HUP", "USR1", "INT", "TERM"):
            running.send_signal(signal.Signals[f"SIG{name}"])
            said.append(running.stdout.readline())
        status = running.wait(PATIENCE_S)
    assert said == ["ready\n", "INT\n", "HUP\n", "USR1\n", "INT\n", "TERM\n"]
    assert status == 5


@pytest.fixture
def at_a_terminal() -> Iterator[Callable[..., tuple[subprocess.Popen[bytes], int]]]:
    """Starts a command as a shell at a terminal does, and gives the terminal's other end."""
    ours, theirs = pty.openpty()

    def start(*command: str) -> tuple[subprocess.Popen[bytes], int]:
        attach = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
        become = "os.execv(sys.argv[1], sys.argv[1:])"
        process = subprocess.Popen(
            [sys.executable, "-c", attach + become, *command],
            stdin=theirs,
            stdout=theirs,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return process, ours

    yield start
    os.close(ours)
    os.close(theirs)


@pytest.mark.skipif(sys.platform != "linux", reason="did not run: only Linux says who sent a signal")
def test_ctrl_c_at_a_terminal_reaches_the_program_once(
    at_a_terminal: Callable[..., tuple[subprocess.Popen[bytes], int]],
) -> None:
    process, terminal = at_a_terminal(COMMAND, "run", *PROXY, "--", sys.executable, "-c", TELLS_SIGNALS)
    with process, os.fdopen(os.dup(terminal), "r", newline="\n") as lines:
        said = [lines.readline()]
        os.write(terminal, b"\x03")
        said.append(lines.readline())
        # A second one would come before these.
        for name in ("USR1", "INT", "TERM"):
            process.send_signal(signal.Signals[f"SIG{name}"])
            said.append(lines.readline())
        status = process.wait(PATIENCE_S)
    assert said == ["ready\r\n", "^CINT\r\n", "USR1\r\n", "INT\r\n", "TERM\r\n"]
    assert status == 5


GLIBCS_OWN = 0b11 << 31
"""Signals 32 and 33: no program sets them, but glibc's ``posix_spawn`` lets what it starts ignore them."""


def _masks(status: str) -> dict[str, int]:
    """The masks in lines of /proc/self/status, as far as programs have a say in them."""
    lines = (line.split() for line in status.splitlines())
    return {name: int(mask, 16) & ~GLIBCS_OWN for name, mask in lines}


@pytest.mark.skipif(sys.platform != "linux", reason="did not run: /proc tells it")
def test_the_program_inherits_no_blocked_and_no_ignored_signals() -> None:
    look = ["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]
    outside = subprocess.run(look, capture_output=True, text=True, check=True)
    assert _masks(run_anew(*look, options=PROXY).out) == _masks(outside.stdout)


def test_a_program_that_is_not_there_is_one_line_and_127() -> None:
    done = run("no-such-program")
    assert (done.status, done.out, done.err) == (127, "", "")
    assert done.said == ["bingx-fake: there is no program 'no-such-program' on PATH"]


@pytest.mark.parametrize(
    ("name", "message", "status"),
    [
        ("./nothing", "there is no program './nothing'", 127),
        ("./text", "./text is not executable: chmod +x makes it so", 126),
        ("./folder", "./folder is a directory, not a program", 126),
        ("text", "{folder}/text is not executable: chmod +x makes it so", 126),
        ("folder", "there is no program 'folder' on PATH", 127),
    ],
)
def test_a_program_that_cannot_be_one_is_told_apart(
    name: str, message: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text").write_text("echo hello\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramError) as caught:
        find(name)
    assert (str(caught.value), caught.value.status) == (message.format(folder=tmp_path), status)


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        ("#!/no/such/interpreter\n", 127, "the interpreter that its first line names is not there"),
        ("neither a script nor a binary\n", 126, "Exec format error"),
    ],
)
def test_what_the_kernel_does_not_execute_gets_no_summary_but_the_reason(
    tmp_path: Path, text: str, status: int, reason: str
) -> None:
    program = tmp_path / "program"
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    done = run(str(program), options=PROXY)
    assert (done.status, done.out, done.err) == (status, "", "")
    assert done.said[1:] == [f"bingx-fake: {program} cannot be executed: {reason}"]


def test_options_after_the_command_are_the_commands_own() -> None:
    command = [COMMAND, "run", *PROXY, "echo", "--json", "--", "-h"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "--json -- -h\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize(("program", "status"), [("true", 74), ("false", 1)])
def test_a_report_that_cannot_be_written_is_told_after_the_summary(program: str, status: int) -> None:
    done = run(program, options=[*PROXY, "--report", "/dev/full"])
    assert done.status == status
    assert done.said[-1] == "bingx-fake: the report could not be written: No space left on device"
    assert "0 requests" in done.said[-2]


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_a_program_runs_where_an_output_is_closed(closed: str, tmp_path: Path) -> None:
    command = f"{COMMAND} run --isolation proxy -- touch {tmp_path}/ran {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=PATIENCE_S)
    assert "Traceback" not in done.stderr
    assert (tmp_path / "ran").exists()
