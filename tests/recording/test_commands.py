"""``--record`` of the commands that serve an exchange."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from recording.sessions import lines_of
from run.running import COM, PROXY, run
from support.commands import BINGX_FAKE, bingx_fake

FREE_PORTS = ("--com-port", "0", "--pro-port", "0", "--control-port", "0")
SCHEDULE = '[[faults]]\ndomain = "com"\nkind = "http-error"\nat_ms = 10\npath = "*/time"\n'


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_what_was_served_is_in_it_however_the_exchange_ended(tmp_path: Path, end: signal.Signals) -> None:
    path, schedule = tmp_path / "session.jsonl", tmp_path / "schedule.toml"
    schedule.write_text(SCHEDULE)
    program = [BINGX_FAKE, "serve", *FREE_PORTS, "--json", "--record", str(path)]
    program += ["--schedule", str(schedule)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            requests.post(f"{ready['control']}/clock/advance", json={"ms": 1_000}, timeout=10)
            requests.get(f"{ready['com']}/openApi/swap/v2/server/time", timeout=10)
            requests.get(f"{ready['control']}/markets", timeout=10)
        finally:
            process.send_signal(end)
            _, said = process.communicate(timeout=30)
    assert said == ("stopped\n" if end is signal.SIGINT else "")
    asked = [(line["input"], line["output"]["what"].partition(",")[0]) for line in lines_of(path)[1:]]
    assert asked == [
        ("control", "HTTP 200"),
        ("request", "HTTP 500 with code 100500"),
        ("control", "HTTP 200"),
    ]
    assert bingx_fake("replay", str(path)).returncode == 0


def test_what_a_program_asked_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    asking = f"import requests; print(requests.get({COM!r}).status_code)"
    done = run(sys.executable, "-c", asking, options=[*PROXY, "--record", str(path)])
    assert (done.status, done.out) == (0, "200\n")
    assert [line["input"] for line in lines_of(path)[1:]] == ["names", "request"]
    assert bingx_fake("replay", str(path)).returncode == 0


@pytest.mark.parametrize("command", [["serve", *FREE_PORTS], ["run"]])
def test_a_file_that_is_no_recording_is_left_alone(tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "state.toml"
    path.write_text("[[users]]\nuid = 1\n")
    done = bingx_fake(*command, "--record", str(path), "--", *(["true"] if command == ["run"] else []))
    assert done == (
        1,
        "",
        f"Error: {path} is there already and is no recording: remove it, or name another file\n",
    )
    assert path.read_text() == "[[users]]\nuid = 1\n"


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("nowhere/session.jsonl", 1, "cannot be written: No such file or directory"),
        (".", 2, "is a directory"),
        ("/dev/full", 1, "cannot be written: No space left on device"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_is_served(
    tmp_path: Path, name: str, status: int, reason: str
) -> None:
    done = bingx_fake("serve", *FREE_PORTS, "--record", str(tmp_path / name))
    assert (done.returncode, done.stdout) == (status, "")
    assert reason in done.stderr
