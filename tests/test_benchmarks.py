"""``make bench`` as a whole, with measurements that take no time."""

import json
from pathlib import Path

import pytest

from benchmarks.measuring import bench
from benchmarks.plan import Plan
from benchmarks.processes import BenchmarkError
from benchmarks.table import Row


def reads(plan: Plan) -> list[Row]:
    return [Row("signed reads", "one core", 1234, "1/s")]


def startup(plan: Plan) -> list[Row]:
    return [Row("FakeExchange()", "first one", 56, "ms")]


def suite(plan: Plan) -> list[Row]:
    raise BenchmarkError("make test failed:\n1 failed, 7 passed")


def scale(plan: Plan) -> list[Row]:
    return [Row("never told", "", 1 / (plan.rounds(1, 1) - 1), "")]


def interrupted(plan: Plan) -> list[Row]:
    raise KeyboardInterrupt


def test_a_measurement_that_fails_costs_no_other_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measurements = {"reads": reads, "suite": suite, "scale": scale, "startup": startup}
    assert bench(measurements, tmp_path / "results") == 1
    out, err = capsys.readouterr()
    assert "1,234 1/s" in out
    assert "56.0 ms" in out
    assert err.splitlines() == [
        "Error: suite could not be measured: make test failed: 1 failed, 7 passed",
        "Error: scale could not be measured: ZeroDivisionError: division by zero",
    ]
    [file] = tmp_path.glob("results/*.json")
    written = json.loads(file.read_text())
    assert [row["what"] for row in written["rows"]] == ["signed reads", "FakeExchange()"]
    assert list(written["failures"]) == ["suite", "scale"]


def test_an_interruption_costs_only_what_was_still_to_be_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        bench({"reads": reads, "suite": interrupted, "startup": startup}, tmp_path)
    [file] = tmp_path.glob("*.json")
    assert [row["what"] for row in json.loads(file.read_text())["rows"]] == ["signed reads"]
    assert "1,234 1/s" in capsys.readouterr().out


def test_the_json_form_is_the_whole_output_and_success_is_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench({"reads": reads}, tmp_path, as_json=True) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["failures"] == {}
    assert err == ""
