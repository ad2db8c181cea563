"""What runs by itself, on every push and before every commit: the targets that everybody uses."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types
from support.pages import PAGES
from test_makefile import TARGETS

ROOT = Path(__file__).parent.parent
WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
HOOKS: dict[str, Any] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SETS_UP_THE_MACHINE = {"Allow namespaces"}


def targets_of(command: str) -> list[str]:
    """What a line asks make for; not what is no call of make's."""
    program, *words = command.split()
    return (
        [word for word in words if "=" not in word and not word.startswith("$")] if program == "make" else []
    )


@pytest.mark.parametrize("job", WORKFLOW["jobs"])
def test_each_job_runs_targets_of_the_makefile_and_nothing_else(job: str) -> None:
    steps = [step for step in WORKFLOW["jobs"][job]["steps"] if "run" in step]
    commands = [
        step["run"].replace("}}", "").replace("${{ ", "$")
        for step in steps
        if step["name"] not in SETS_UP_THE_MACHINE
    ]
    assert commands
    for command in commands:
        assert targets_of(command)
        assert set(targets_of(command)) <= TARGETS


def test_every_declared_python_is_tested_and_no_other() -> None:
    declared = [
        classifier.rpartition(" ")[2]
        for classifier in PROJECT["classifiers"]
        if re.search(r":: 3\.\d+$", classifier)
    ]
    assert WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["python"] == declared


def test_it_needs_no_secret_and_may_only_read() -> None:
    assert "secrets." not in str(WORKFLOW)
    assert WORKFLOW["permissions"] == {"contents": "read"}


def test_what_runs_before_a_commit_is_what_runs_in_continuous_integration() -> None:
    entries = [hook["entry"] for repository in HOOKS["repos"] for hook in repository["hooks"]]
    assert entries == ["make check"]


def test_every_target_that_a_page_names_is_one() -> None:
    named = {name for text in PAGES.values() for name in re.findall(r"`make ([a-z][\w-]*)", text)}
    assert {"run", "test", "check"} <= named <= TARGETS
