"""What the Makefile says it can do, which interpreter it takes, and what it says where there is none."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TARGETS = set(
    re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[0].split()
)

Make = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def make_with(make: str, tmp_path: Path) -> Make:
    """Runs make where only these interpreters are found, by name: whether they are new enough."""

    def make_with(*options: str, found: dict[str, bool]) -> subprocess.CompletedProcess[str]:
        for name, is_new_enough in found.items():
            program = tmp_path / name
            program.write_text(f"#!/bin/sh\nexit {0 if is_new_enough else 1}\n")
            program.chmod(0o755)
        return subprocess.run(
            [make, "--no-print-directory", *options],
            cwd=ROOT,
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return make_with


@pytest.mark.parametrize(
    ("found", "taken"),
    [
        ({"python3": True, "python3.11": True}, "python3"),
        ({"python3": False, "python3.13": True, "python3.12": True}, "python3.13"),
        ({"python3.11": True}, "python3.11"),
    ],
)
def test_it_takes_python3_or_else_the_newest_that_is_new_enough(
    make_with: Make, found: dict[str, bool], taken: str
) -> None:
    done = make_with("--dry-run", "VENV=build/none", "build/none/bin/python", found=found)
    assert f"\n{taken} -m venv build/none\n" in f"\n{done.stdout}"


@pytest.mark.parametrize(
    ("found", "options", "culprit"),
    [
        ({"python3": False}, [], "no python3 that is found here"),
        ({"python3": True, "python3.10": False}, ["PYTHON=python3.10"], "python3.10"),
    ],
)
def test_it_says_in_one_line_that_there_is_no_python_that_is_new_enough(
    make_with: Make, found: dict[str, bool], options: list[str], culprit: str
) -> None:
    done = make_with("VENV=build/none", "build/none/bin/python", *options, found=found)
    said = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
    assert said == [
        f"{culprit} is not Python 3.11 or later: install one, or name it: make PYTHON=/path/to/python"
    ]
    assert done.returncode == 2
    assert not (ROOT / "build" / "none").exists()


def test_help_has_a_line_for_every_target_and_for_nothing_else(make: str) -> None:
    shown = subprocess.run([make, "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert set(re.findall(r"^make ([\w-]+)  ?\S?", shown.stdout, re.MULTILINE)) == TARGETS


def test_make_alone_starts_nothing_and_shows_the_help(make: str) -> None:
    alone, asked = (
        subprocess.run([make, *goal], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
        for goal in ([], ["help"])
    )
    assert alone == asked
