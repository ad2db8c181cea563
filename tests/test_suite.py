"""What the suite promises about itself: no test depends on the others, on who started it, or for ever."""

import select
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.distributing import APART, FIRST, unit_of
from support.prepared import Prepared
from support.surroundings import IGNORING_INTERRUPTS

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[1]


def test_a_run_in_this_process_takes_away_no_module_but_its_own(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "zipapp", raising=False)
    pytester.makepyfile(test_theirs="import zipapp\nfrom helper_of_theirs import test_nothing")
    pytester.makepyfile(helper_of_theirs="def test_nothing():\n    pass")
    pytester.syspathinsert()
    pytester.runpytest_inprocess().assert_outcomes(passed=1)
    assert "zipapp" in sys.modules, "imported twice, what has compiled parts no longer works"
    assert "helper_of_theirs" not in sys.modules


def test_interrupts_reach_the_programs_under_test_also_where_the_suite_is_started_ignoring_them() -> None:
    tests = ["tests/run/test_process.py", "-k", "signal_that_the_program_does_not_handle"]
    run = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *tests, "--timeout=20"]
    done = subprocess.run(
        [*IGNORING_INTERRUPTS, *run, "--random-order-seed=7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "1 passed" in done.stdout, done.stdout
    assert "order: --random-order-seed=7" in done.stdout.splitlines()


HYPOTHESIS_SHRINKS_FOR_S = 300


def test_every_test_has_a_limit(pytestconfig: pytest.Config) -> None:
    assert 0 < float(pytestconfig.getini("timeout")) <= 300


@given(st.booleans())
def test_a_limit_leaves_time_to_show_drawn_input_that_fails(
    request: pytest.FixtureRequest, drawn: bool
) -> None:
    limit = request.node.get_closest_marker("timeout")
    assert limit is not None
    assert limit.args[0] >= 2 * HYPOTHESIS_SHRINKS_FOR_S


def test_a_program_that_has_ended_before_anybody_looked_has_ended(tmp_path: Path) -> None:
    ended = "import os, sys; os.write(1, b'%d\\n7\\n' % os.getpid()); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", ended], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as interpreter:
        assert interpreter.stdout is not None
        select.select([interpreter.stdout], [], [])
        assert Prepared(interpreter, tmp_path).run("", limit_s=1) == (7, "", "")
        interpreter.communicate()


@pytest.mark.parametrize(
    ("nodeid", "unit"),
    [
        ("tests/a/test_b.py::test_c[one::two-3]", "tests/a/test_b.py"),
        ("tests/a/test_b.py::TestC::test_d", "tests/a/test_b.py::TestC"),
        (f"{APART[0]}::test_c[1]", f"{APART[0]}::test_c[1]"),
        (f"{APART[0]}::TestC::test_d", f"{APART[0]}::TestC"),
    ],
)
def test_a_worker_gets_a_module_or_a_class_whole_or_one_test_that_takes_long(nodeid: str, unit: str) -> None:
    assert unit_of(nodeid) == unit


@pytest.mark.parametrize("module", APART + FIRST)
def test_modules_whose_tests_take_long_are_where_they_are_said_to_be(module: str) -> None:
    assert (ROOT / module).is_file()
