"""The contract suite as it will run live, against a fake that answers for BingX's simulated environment."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.prepared import Prepared, prepared

from bingx_contracts import ASSUMPTIONS, CLAUSES

ROOT = Path(__file__).parents[2]
KEYS = {"BINGX_API_KEY": "alice-key", "BINGX_SECRET_KEY": "alice-secret"}
USAGE_ERROR = 4
NOT_ASKED_OF_VST = {
    *(
        "REQ-11",
        "REQ-12",
        "ERR-4",
        "ERR-5",
        "ERR-6",
        "LIMIT-1",
        "LIMIT-2",
        "LIMIT-3",
        "LIMIT-4",
        "XFER-10",
        "REC-8",
    ),
    *(f"SPOT-{number}" for number in range(1, 19) if number not in (1, 6)),
    *("KEY-1", "KEY-2", "KEY-3"),
    *("INNER-1", "INNER-2", "INNER-3", "INNER-4", "INNER-5", "INNER-6", "INNER-8", "INNER-10"),
}


class Run(NamedTuple):
    """What a run left behind."""

    exit_code: int
    output: str
    report: dict[str, Any]


Rehearse = Callable[..., Run]

PREPARATION = f"""
import sys
sys.path[:0] = [{str(ROOT / "tests")!r}]
import hypothesis, pytest, requests, trustme, vcr
import bingx_client.aio, bingx_client.client
import bingx_fake.inprocess.fake_exchange, bingx_fake.inprocess.interception
"""


@pytest.fixture(scope="module")
def rehearse() -> Iterator[Rehearse]:
    """Runs the suite where what it needs is imported, which takes longer than most of these runs."""
    with prepared(PREPARATION) as interpreter:
        yield partial(_rehearse, interpreter)


def _rehearse(
    interpreter: Prepared,
    folder: Path,
    *arguments: str,
    tests: str = "tests/contract",
    keys: dict[str, str] | None = None,
    faults: tuple[dict[str, Any], ...] = (),
    record: bool = False,
) -> Run:
    report = folder / "report.json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= KEYS if keys is None else keys
    environment |= {
        "REHEARSAL_FAULTS": json.dumps(faults),
        "REHEARSAL_FOLDER": str(folder / "recorded"),
        "BINGX_RECORD": "1" if record else "",
    }
    options = ["-p", "support.rehearsal", "-p", "no:cacheprovider", "--bingx-env", "vst", "-rs"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what was imported before
    options += ["--rootdir", str(ROOT), "--bingx-report", str(report), str(ROOT / tests), *arguments]
    done = interpreter.run(
        "sys.exit(pytest.main())", "pytest", *options, environment=environment, limit_s=300
    )
    found = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    return Run(done.returncode, done.stdout + done.stderr, found)


@pytest.fixture(scope="module")
def whole(rehearse: Rehearse, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """The whole suite, writes included, with every report."""
    folder = tmp_path_factory.mktemp("whole")
    run = rehearse(
        folder,
        *("--bingx-allow-writes", "--bingx-allow-positions"),
        f"--junit-xml={folder / 'junit.xml'}",
        *("--bingx-report", str(folder / "report.md")),
        record=True,
    )
    return run, folder


def results(run: Run) -> dict[str, str]:
    return {clause["id"]: clause["result"] for clause in run.report["clauses"]}


class TestTheWholeSuite:
    def test_passes(self, whole: tuple[Run, Path]) -> None:
        assert whole[0].exit_code == 0, whole[0].output

    def test_reports_every_clause(self, whole: tuple[Run, Path]) -> None:
        assert set(results(whole[0])) == set(CLAUSES)

    def test_proves_every_clause_about_the_exchange_that_can_be_asked_live(
        self, whole: tuple[Run, Path]
    ) -> None:
        about_the_exchange = {clause.id for clause in CLAUSES.values() if clause.about == "exchange"}
        proved = {clause_id for clause_id, result in results(whole[0]).items() if result == "passed"}
        assert about_the_exchange - proved == NOT_ASKED_OF_VST

    def test_says_of_each_clause_that_it_does_not_ask_why(self, whole: tuple[Run, Path]) -> None:
        for clause in whole[0].report["clauses"]:
            if clause["id"] in NOT_ASKED_OF_VST:
                assert all(test["reason"].startswith("not asked of VST: ") for test in clause["tests"])
                assert clause["tests"], clause["id"]

    def test_reports_which_documented_answers_it_met(self, whole: tuple[Run, Path]) -> None:
        met = {entry["id"]: entry["met"] for entry in whole[0].report["register"]}
        assert met["V1"] == ["as-sent", "sorted"]
        assert met["V5"] == ["data.tranId+transferId", "transferId"]
        assert met["V17"] == ["separate"]
        assert met["V45"] == ["worst-first"]
        assert met["V47"] == ["utc+8"]
        assert len(met["V49"]) == 3
        not_asked_live = {"V14", "V15", "V16", "V22", "V23", "V25"}
        not_asked_live |= {"V28", *(f"V{number}" for number in range(33, 45) if number != 36)}  # of orders
        perpetuals = {f"V{number}" for number in (24, 30, 31, 32, *range(52, 91), 99, 102, 103)}
        asked_of_them = {f"V{number}" for number in (30, 32, 55, 66, 72, 76, 77, 78, 79, 88, 90)}
        not_asked_live |= perpetuals & met.keys() - asked_of_them
        assert met["V92"] == ["Ping, Pong", "ping and pong with time"]
        assert met["V95"] == ["code, id, msg SUCCESS, timestamp"]
        not_asked_live |= {"V27", "V36", *(f"V{number}" for number in (91, 93, 97, 98, 100, 101))}
        assert {variation for variation, answers in met.items() if not answers} == not_asked_live

    def test_reports_what_is_ours_and_turned_out_to_be_so(self, whole: tuple[Run, Path]) -> None:
        met = {entry["id"]: entry["met"] for entry in whole[0].report["assumptions"]}
        assert set(met) == set(ASSUMPTIONS)
        asked = {"A25", "A26", "A28", "A32", "A119"}
        assert {assumption: answers for assumption, answers in met.items() if answers} == {
            assumption: ["yes"] for assumption in asked
        }
        text = (whole[1] / "report.md").read_text(encoding="utf-8")
        assert "| A32 | maxMarketNotional is maxNotional | yes |" in text

    def test_shows_requests_and_answers_without_secrets(self, whole: tuple[Run, Path]) -> None:
        for name in ("report.json", "report.md", "junit.xml"):
            text = (whole[1] / name).read_text(encoding="utf-8")
            assert "openApi/spot/v1/account/balance" in text
            assert "alice-secret" not in text
            assert "signature=masked-signature" in text
            assert not any(uid in text for uid in ("16779999", "16780001"))

    def test_says_in_its_first_lines_what_became_of_it(self, whole: tuple[Run, Path]) -> None:
        title, _, summary = (whole[1] / "report.md").read_text(encoding="utf-8").splitlines()[:3]
        assert title.startswith("# BingX contract: vst, 20")
        counts = Counter(results(whole[0]).values())
        assert summary == (
            f"{counts['passed']} passed, {len(NOT_ASKED_OF_VST)} skipped, {counts['not asked']} not asked."
        )

    def test_records_masked_cassettes(self, whole: tuple[Run, Path]) -> None:
        recorded = sorted(path.name for path in (whole[1] / "recorded").iterdir())
        assert "transfers_a_transfer_by_type_moves_exactly_the_amount.yaml" in recorded
        for path in (whole[1] / "recorded").iterdir():
            text = path.read_text(encoding="utf-8")
            assert "alice" not in text
            assert "16779999" not in text


def test_a_run_with_reads_alone_says_which_tests_it_leaves_out(rehearse: Rehearse, tmp_path: Path) -> None:
    run = rehearse(tmp_path, tests="tests/contract/test_transfers.py")
    assert run.exit_code == 0
    assert "moves money: asked with --bingx-allow-writes" in run.output
    assert "passed" not in set(results(run).values())


def test_no_position_is_opened_unless_it_is_let(rehearse: Rehearse, tmp_path: Path) -> None:
    run = rehearse(tmp_path, "--bingx-allow-writes", tests="tests/contract/test_perpetuals_live.py")
    assert run.exit_code == 0, run.output
    assert "opens a position: asked with --bingx-allow-positions" in run.output
    assert (results(run)["SWAP-4"], results(run)["SWAP-5"]) == ("passed", "skipped")


@pytest.mark.parametrize("missing", [{"BINGX_API_KEY"}, {"BINGX_SECRET_KEY"}, set(KEYS)])
def test_missing_keys_are_named_in_one_line(rehearse: Rehearse, tmp_path: Path, missing: set[str]) -> None:
    keys = {name: "" if name in missing else value for name, value in KEYS.items()}
    run = rehearse(tmp_path, keys=keys)
    assert run.exit_code == USAGE_ERROR
    (line,) = filter(None, run.output.splitlines())
    assert all((name in line) == (name in missing) for name in KEYS)
    assert not run.report


@pytest.mark.parametrize(
    "fault",
    [
        {"domain": "com", "kind": "refuse"},
        {"domain": "com", "kind": "dns"},
        {"domain": "com", "kind": "tls", "variant": "wrong-host"},
        {"domain": "com", "kind": "tls", "variant": "unknown-ca"},
    ],
    ids=lambda fault: "-".join(fault.values()),
)
def test_an_unreachable_primary_leaves_the_reads_to_the_fallback_and_is_reported(
    rehearse: Rehearse, tmp_path: Path, fault: dict[str, Any]
) -> None:
    run = rehearse(tmp_path, tests="tests/contract/test_balances.py", faults=(fault,))
    assert run.exit_code == 0, run.output
    assert any("Served by .pro where .com could not be reached" in note for note in run.report["notes"])


def test_a_wrong_certificate_on_both_domains_ends_the_run_in_one_line(
    rehearse: Rehearse, tmp_path: Path
) -> None:
    run = rehearse(tmp_path, faults=({"domain": "*", "kind": "tls", "variant": "expired"},))
    assert run.exit_code == 3
    assert "the exchange cannot be reached: https://open-api-vst.bingx.com: " in run.output
    assert "certificate has expired" in run.report["stopped"]
    assert "Traceback" not in run.output


def test_a_rate_limit_in_spite_of_the_pace_ends_the_run_before_a_ban(
    rehearse: Rehearse, tmp_path: Path
) -> None:
    fault = {"domain": "com", "kind": "rate-limit", "skip": 3}
    run = rehearse(tmp_path, faults=(fault,))
    assert run.exit_code == 3
    assert "rate limit is exceeded (100410)" in run.report["stopped"]


def test_a_lost_answer_to_a_transfer_ends_the_run_and_says_so(rehearse: Rehearse, tmp_path: Path) -> None:
    fault = {"domain": "com", "kind": "reset", "phase": "after", "method": "POST"}
    run = rehearse(
        tmp_path, "--bingx-allow-writes", tests="tests/contract/test_transfers.py", faults=(fault,)
    )
    assert run.exit_code == 3
    assert "the answer to a write was lost, so look at the account" in run.output


def test_the_pace_holds_for_one_process_only(rehearse: Rehearse, tmp_path: Path) -> None:
    run = rehearse(tmp_path, "-n", "2", tests="tests/contract/test_time.py")
    assert run.exit_code == USAGE_ERROR
    assert "run it without -n" in run.output


def test_a_report_needs_a_name_that_says_its_form(rehearse: Rehearse, tmp_path: Path) -> None:
    run = rehearse(tmp_path, "--bingx-report", "report.txt", tests="tests/contract/test_time.py")
    assert run.exit_code == USAGE_ERROR
    assert "ends in .md or .json" in run.output
