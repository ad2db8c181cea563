"""The README's tour, executed as written (only the ports are those of a free exchange)."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bingx_fake.faults.kinds import KINDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n(?:```(?:json|text)\n(.*?)^```)?", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """A block of the README and the output that it shows."""

    language: str
    text: str
    output: str


EXAMPLES = [Example(*(part or "" for part in found)) for found in BLOCK.findall(README)]
RUNNABLE = [example for example in EXAMPLES if example.language in ("sh", "python")]


def _pattern(output: str) -> str:
    """The shown output as a pattern in which … stands for anything."""
    return ".*".join(re.escape(part) for part in output.strip().split("…"))


@pytest.fixture
def ports() -> Iterator[dict[str, str]]:
    import json

    command = [str(Path(sys.executable).parent / "bingx-fake"), "serve", "--json"]
    command += ["--com-port", "0", "--pro-port", "0", "--control-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as serving:
        assert serving.stdout is not None
        ready = json.loads(serving.stdout.readline())
        yield {
            "http://127.0.0.1:8700": ready["com"],
            "http://127.0.0.1:8701": ready["pro"],
            "http://127.0.0.1:8702": ready["control"],
        }
        serving.terminate()


def _run(example: Example, ports: dict[str, str], folder: Path) -> str:
    text = example.text
    for shown, real in ports.items():
        text = text.replace(shown, real)
    if example.language == "sh":
        command = ["bash", "-euo", "pipefail", "-c", text]
    elif "def test_" in text:
        (folder / "test_example.py").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "test_example.py"]
    else:
        command = [sys.executable, "-c", text]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT / "examples")}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr + done.stdout


def test_every_command_of_the_tour_does_what_it_shows(
    ports: dict[str, str], tmp_path: Path, curl: str, openssl: str
) -> None:
    assert len(RUNNABLE) >= 10
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for example in RUNNABLE:
        printed = _run(example, ports, tmp_path)
        if example.output:
            assert re.fullmatch(_pattern(example.output), printed.strip(), re.DOTALL), printed


def test_every_fault_is_in_the_table() -> None:
    named = set(re.findall(r"^\| `([a-z-]+)` \|", README, re.MULTILINE))
    assert named >= set(KINDS)


def test_every_linked_file_is_there() -> None:
    for target in re.findall(r"(?:\]\(|src=\"|srcset=\")([^)#:\"]+)", README):
        assert (ROOT / target).exists(), target


def test_make_run_serves(tmp_path: Path) -> None:
    arguments = "ARGS=--com-port 0 --pro-port 0 --control-port 0 --json"
    command = ["make", "--no-print-directory", "run", arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline().startswith('{"com": "http://127.0.0.1:')
        run.terminate()


def test_the_tree_names_no_machine() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    private = re.compile(r"/(?:work|root|farm)/|/home/\w+/|tmp/bash_jobs")
    for name in files.split():
        path = ROOT / name
        if path != Path(__file__) and path.is_file():
            assert not private.search(path.read_text(encoding="utf-8", errors="replace")), name
