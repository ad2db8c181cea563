"""What is said about a run: the summary, the report, the exit status for lint; and wrong options."""

import json
from pathlib import Path
from typing import Any

import pytest
from run.running import COM, PROXY, read_report, run

from bingx_fake.commands.serve import main
from bingx_fake.journal.journal import JournalEntry
from bingx_fake.running.session import Outcome
from bingx_fake.running.summary import Summary

NOTHING = "0 requests, 0 errors, 0 lint marks"
UNTRUSTED = (
    "it does not trust the CA in the file that SSL_CERT_FILE names; "
    "name that file where the program is told its CAs"
)


def entry(
    number: int, code: int | None, *rules: str, status: int | None = None, fault: str | None = None
) -> JournalEntry:
    return JournalEntry(
        id=f"r{number}",
        domain="com",
        method="GET",
        path="/",
        parameters={},
        received_at=0,
        code=code,
        http_status=status if code is None else 200,
        fault=fault,
        applied=False,
        lint=[{"rule": rule, "message": "", "source": ""} for rule in rules],
    )


def summary(*journal: JournalEntry, **facts: Any) -> Summary:
    return Summary.of(journal, Outcome(**{"exit_status": 0, **facts}), "proxy")


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (summary(), NOTHING),
        (summary(entry(1, 0)), "1 request, 0 errors, 0 lint marks"),
        (summary(entry(1, 0), entry(2, None), entry(3, 100001)), "3 requests, 2 errors, 0 lint marks"),
        # A listen key comes without a code; an outage's page may have the status of a success, too.
        (summary(entry(1, None, status=200)), "1 request, 0 errors, 0 lint marks"),
        (summary(entry(1, None, status=200, fault="html")), "1 request, 1 error, 0 lint marks"),
        (summary(entry(1, None, status=503)), "1 request, 1 error, 0 lint marks"),
        (summary(entry(1, None, status=101), entry(2, 0)), "1 request, 1 stream, 0 errors, 0 lint marks"),
        (summary(entry(1, 0, "a", "b"), entry(2, 0, "b")), "2 requests, 0 errors, 3 lint marks (b, a)"),
        (summary(entry(1, 0, "a", "b", "c", "d")), "1 request, 0 errors, 4 lint marks (a, b, c, …)"),
        (
            summary(entry(8, 100001), entry(9, 0)),
            "9 requests, 1 error, 0 lint marks (errors and lint among the latest 2 only)",
        ),
        (
            summary(entry(1, 0), asked=3, refused={"example.com:443": 2}),
            "1 request, 0 errors, 0 lint marks; the proxy refused 2 requests (example.com:443)",
        ),
        (
            summary(asked=0),
            f"{NOTHING}; nothing asked the proxy, so whatever the program reached was not the fake",
        ),
        (
            summary(distrusted=1),
            f"{NOTHING}; 1 handshake was refused by the program: {UNTRUSTED}",
        ),
    ],
)
def test_the_line_says_what_happened_and_no_more(told: Summary, line: str) -> None:
    assert told.as_line() == f"bingx-fake: {line}"


def test_the_object_has_the_same_facts() -> None:
    told = summary(entry(3, 100001, "a"), exit_status=4, distrusted=1, refused={"example.com:443": 1})
    assert told.as_json() == {
        "streams": 0,
        "requests": 3,
        "forgotten": 2,
        "errors": 1,
        "lint": 1,
        "rules": {"a": 1},
        "refused_handshakes": 1,
        "refused_by_proxy": {"example.com:443": 1},
        "isolation": "proxy",
        "exit_status": 4,
    }


def test_the_report_is_the_journal_and_lint_fails_a_run_that_asks_for_it(curl: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    options = [*PROXY, "--report", str(report), "--fail-on-lint", "--json"]
    done = run("curl", "-s", "-o", "/dev/null", COM, f"{COM}?x=1", options=options)
    entries = read_report(report)
    assert [entry["id"] for entry in entries] == ["r1", "r2"]
    assert entries[0].keys() >= {"domain", "method", "path", "parameters", "code", "applied", "lint"}
    assert [mark["rule"] for mark in entries[0]["lint"]] == ["source-key-missing"]
    told = json.loads(done.said[-1])
    assert (told["requests"], told["rules"], told["exit_status"]) == (2, {"source-key-missing": 2}, 0)
    assert done.status == 1


def test_the_exchanges_options_are_those_of_serve_and_lint_leaves_a_failed_programs_status(
    curl: str, tmp_path: Path
) -> None:
    state = tmp_path / "state.toml"
    state.write_text("[[users]]\nuid = 7\n", encoding="utf-8")
    options = [*PROXY, "--state", str(state), "--clock", "frozen:1700000000000", "--strict"]
    done = run("sh", "-c", f"curl -s {COM}; exit 4", options=[*options, "--fail-on-lint"])
    answer = json.loads(done.out)
    assert answer["code"] == 100400, "strict refuses a request without X-SOURCE-KEY"
    assert answer["timestamp"] == 1700000000000
    assert done.status == 4


@pytest.mark.parametrize(
    ("arguments", "said", "status"),
    [
        (["--state", "nowhere.toml", "echo"], "Error: nowhere.toml: cannot be read", 1),
        (["--profile", "nobody's", "echo"], "Error: there is no profile", 1),
        (["--schedule", "nowhere.toml", "echo"], "Error: nowhere.toml: cannot be read", 1),
        (
            ["--market", "nowhere.toml", "--stream-port", "0", "echo"],
            "Error: nowhere.toml: cannot be read",
            1,
        ),
        (["--report", "nowhere/report.json", "echo"], "Error: Invalid value for '--report'", 2),
        (["--isolation", "hope", "echo"], "Error: Invalid value for '--isolation'", 2),
        (["--seed", "1"], "Error: Missing argument 'COMMAND...'", 2),
    ],
)
def test_a_wrong_option_is_said_before_anything_runs(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str, status: int
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", *arguments])
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (status, "")
    assert err.splitlines()[-1].startswith(said)
