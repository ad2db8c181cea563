"""A session in which everything happens: whoever replays it gets the same outputs, byte for byte."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from recording.sessions import lines_of, record_everything
from support.commands import BINGX_FAKE

from bingx_contracts import ENDPOINTS
from bingx_fake.control.application import CONTROL_ROUTES
from bingx_fake.faults.kinds import KINDS
from bingx_fake.recording.replay import find_call

ROOT = Path(__file__).parents[2]
SOURCES = os.pathsep.join(str(ROOT / folder) for folder in ("contracts", "client", "fake_exchange"))
IN_NO_SESSION = {"refuse", "dns", "tls", "blackhole"}
"""They keep requests from coming, so there is nothing to be written down."""


class Done(NamedTuple):
    status: int
    outputs: int
    said: str


def replay_with(*program: str, path: Path, **environment: str) -> Done:
    """Replay in a process of its own."""
    done = subprocess.run(
        [*program, "replay", str(path), "--json"],
        env={"PATH": os.environ["PATH"], "LANG": "C", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout, done.stderr
    return Done(done.returncode, json.loads(done.stdout)["outputs"], done.stdout)


def test_it_asks_every_endpoint_with_success_and_meets_every_fault_on_requests(everything: Path) -> None:
    lines = lines_of(everything)
    asked = {
        (line["method"], line["target"].partition("?")[0])
        for line in lines
        if line.get("input") == "request"
        and re.match(r"HTTP 200 with (code 0|no code),", line["output"]["what"])
    }
    assert asked == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS.values()}
    ordered = {line["body"]["kind"] for line in lines if line.get("call") == "POST /faults"}
    assert ordered == KINDS.keys() - IN_NO_SESSION


def test_it_makes_every_call_of_the_control_api_with_success(everything: Path) -> None:
    made = {
        tuple(line["call"].split(" "))
        for line in lines_of(everything)
        if line.get("input") == "control" and line["output"]["what"].startswith("HTTP 200")
    }
    found = [find_call(method, path) for method, path in made]
    functions = {function for _, path, function in CONTROL_ROUTES if not path.startswith("/console/")}
    assert {it[0] for it in found if it is not None} == functions


def test_the_same_session_is_recorded_byte_for_byte_the_same(everything: Path, tmp_path: Path) -> None:
    record_everything(tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == everything.read_bytes()


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_a_new_process_gives_the_same_outputs_whatever_its_hash_seed(everything: Path, seed: str) -> None:
    done = replay_with(BINGX_FAKE, path=everything, PYTHONHASHSEED=seed)
    assert (done.status, done.outputs > 400) == (0, True), done.said


def other_python() -> str:
    """A Python of another version that has what the fake needs, as ``make PYTHON=…`` sets one up.

    Skips the test that asks where there is none.
    """
    version = "print(*__import__('sys').version_info[:2])"
    probe = f"import aiohttp, click, msgspec, rich, sortedcontainers, xlsxwriter; {version}"
    mine = "{} {}".format(*sys.version_info)
    for python in sorted(ROOT.glob(".venv*/bin/python")):
        asked = subprocess.run([python, "-c", probe], capture_output=True, text=True, timeout=60)
        if asked.returncode == 0 and asked.stdout.strip() != mine:
            return str(python)
    pytest.skip("no other Python has our libraries here: make PYTHON=python3.12 test sets one up")


def test_another_version_of_python_gives_the_same_outputs(everything: Path) -> None:
    program = "from bingx_fake.commands.serve import main; main()"
    done = replay_with(other_python(), "-c", program, path=everything, PYTHONPATH=SOURCES)
    assert (done.status, done.outputs > 400) == (0, True), done.said


def test_secrets_stand_in_states_and_nowhere_else(everything: Path) -> None:
    secrets = ("alice-secret", "alice-read-secret", "bob-secret", "carol-secret")
    telling = {
        line.get("call", "the header")
        for line in lines_of(everything)
        if any(secret in json.dumps(line) for secret in secrets)
    }
    assert telling == {"the header", "PUT /state"}
