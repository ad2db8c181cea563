"""The workflow of ``examples/ci``: its commands as they stand, and with them the tests of every example.

Executed, in a copy of the examples: the three steps that test and run the bots. Not executed: the actions
of ``uses``, which only exist there; what installs (``tests/test_distribution.py`` installs the package);
what changes a setting of the kernel. Where the kernel forbids namespaces, what needs one is left out.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types
from examples.conftest import EXAMPLES
from run.conftest import namespaces_refused

WORKFLOW = EXAMPLES / "ci" / "github-actions.yml"
(JOB,) = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values()
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in JOB["steps"] if "run" in step}
PYTHON, NODE, RUN = "Test the bots in Python", "Test the bot in Node", "Run the bot"
NOT_EXECUTED = {"Install", "Allow namespaces"}


def execute(name: str, project: Path, environment: Mapping[str, str]) -> str:
    """Run a step as the runner does; what it printed."""
    done = subprocess.run(
        ["bash", "-e", "-c", STEPS[name]["run"]],
        cwd=project,
        env={**environment, **STEPS[name].get("env", {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def outcomes(report: Path) -> dict[str, bool]:
    """Each test of a JUnit report, and whether it passed."""
    cases = ElementTree.parse(report).getroot().iter("testcase")
    return {f"{case.get('classname')}.{case.get('name')}": len(case) == 0 for case in cases}


def test_every_command_is_executed_or_known_not_to_be() -> None:
    assert set(STEPS) == {PYTHON, NODE, RUN} | NOT_EXECUTED


def test_the_bots_in_python_are_tested_four_ways(project: Path, environment: Mapping[str, str]) -> None:
    reason = namespaces_refused()
    ways = {"fixture", "interception", "against_serve"}
    if reason is None:
        ways.add("run")
        execute(PYTHON, project, environment)
    else:
        fewer = f"{environment['PYTEST_ADDOPTS']} -k 'not test_run'"
        execute(PYTHON, project, {**environment, "PYTEST_ADDOPTS": fewer})
    passed = outcomes(project / "report" / "python.xml")
    assert passed.keys() >= {f"test_{bot}_bot.test_{way}" for bot in ("requests", "ccxt") for way in ways}
    assert all(passed.values())


def test_the_bot_in_node_is_tested_by_node(
    project: Path, environment: Mapping[str, str], node: str, namespaces: None
) -> None:
    execute(NODE, project, environment)
    passed = outcomes(project / "report" / "node.xml")
    assert {re.sub(r"^test\.|:.*", "", name) for name in passed} == {"interception", "run", "against serve"}
    assert all(passed.values())


def test_the_bot_runs_without_lint_and_its_journal_is_kept(
    project: Path, environment: Mapping[str, str], namespaces: None
) -> None:
    printed = execute(RUN, project, environment)
    assert re.search(r"^moved 400 USDT, transfer \d+$", printed, re.MULTILINE), printed
    journal = json.loads((project / "report" / "journal.json").read_text(encoding="utf-8"))
    assert [entry["code"] for entry in journal] == [0, 0, 0]


def test_what_is_uploaded_is_where_the_steps_write(project: Path) -> None:
    (uploaded,) = (step["with"]["path"] for step in JOB["steps"] if "upload" in step.get("uses", ""))
    written = re.findall(r"report/[a-z]+\.[a-z]+", " ".join(step["run"] for step in STEPS.values()))
    assert sorted(written) == ["report/journal.json", "report/node.xml", "report/python.xml"]
    assert all(name.startswith(uploaded) for name in written)


def test_it_needs_no_secret() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    assert "secrets." not in text
    credentials = {
        value
        for step in STEPS.values()
        for name, value in step.get("env", {}).items()
        if name.startswith("BINGX_")
    }
    assert credentials == {"alice-key", "alice-secret"}


@pytest.mark.parametrize("bot", ["requests_bot.py", "ccxt_bot.py", "node_bot.mjs"])
def test_each_bot_has_tests_beside_it(bot: str) -> None:
    stem, suffix = bot.split(".")
    beside = f"{stem}.test.mjs" if suffix == "mjs" else f"test_{bot}"
    assert (EXAMPLES / beside).is_file()
