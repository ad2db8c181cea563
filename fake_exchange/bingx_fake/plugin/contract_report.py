"""The report of a test run, clause by clause: ``--bingx-report FILE.md`` or ``FILE.json``.

Tests say what they prove with ``@pytest.mark.clause``; the contract suite adds which documented answers
it met and what it sent and got. Those travel as the tests' user properties, so that the report is the same
under xdist. Rendering is pure: the date is an argument.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bingx_contracts import ASSUMPTIONS, CLAUSES, VARIATIONS

CLAUSE, MET, EXCHANGE, NOTE = "clause", "met", "exchange", "note"
"""User properties: a clause id; ``V7=data.assets``, ``A25=yes``; a request with its answer; a sentence."""

FORMAT = 1
SUFFIXES = (".md", ".json")

Result = Literal["passed", "failed", "skipped"]

_RESULTS = ("failed", "passed", "skipped", "not asked")
_NOT_ASKED = {
    "client": "the client's own behaviour, proved offline",
    "exchange": "no test of this run proves it",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one test. ``reason`` says why it failed or did not run."""

    test: str
    result: Result
    reason: str
    clauses: tuple[str, ...]
    met: tuple[str, ...]
    exchanges: tuple[dict[str, Any], ...]
    notes: tuple[str, ...] = ()

    @staticmethod
    def of(
        test: str, result: Result, reason: str, properties: Iterable[tuple[str, object]]
    ) -> "Outcome | None":
        """From a test's user properties; None for a test that proves no clause and met no answer."""
        by_name: dict[str, list[str]] = defaultdict(list)
        for name, value in properties:
            by_name[name].append(str(value))
        if not (by_name[CLAUSE] or by_name[MET]):
            return None
        return Outcome(
            test,
            result,
            reason,
            clauses=tuple(by_name[CLAUSE]),
            met=tuple(by_name[MET]),
            exchanges=tuple(json.loads(text) for text in by_name[EXCHANGE]),
            notes=tuple(by_name[NOTE]),
        )


@dataclass(slots=True)
class Report:
    """Everything that a run found out. ``environment`` is ``fake`` or ``vst``; ``date`` is ISO 8601."""

    environment: str
    date: str
    outcomes: list[Outcome] = field(default_factory=list)
    stopped: str | None = None

    def document(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "format": FORMAT,
            "environment": self.environment,
            "date": self.date,
            "stopped": self.stopped,
            "notes": sorted({note for outcome in self.outcomes for note in outcome.notes}),
            "clauses": [self._clause(clause_id) for clause_id in CLAUSES],
            "register": [self._variation(variation_id) for variation_id in VARIATIONS],
            "assumptions": [self._assumption(assumption_id) for assumption_id in ASSUMPTIONS],
        }

    def _clause(self, clause_id: str) -> dict[str, Any]:
        clause = CLAUSES[clause_id]
        outcomes = [outcome for outcome in self.outcomes if clause_id in outcome.clauses]
        return {
            "id": clause.id,
            "about": clause.about,
            "statement": clause.statement,
            "source": clause.source,
            "result": _result(outcomes),
            "tests": [_test(outcome) for outcome in outcomes],
        }

    def _variation(self, variation_id: str) -> dict[str, Any]:
        variation = VARIATIONS[variation_id]
        met = self._met(variation_id)
        return {
            "id": variation.id,
            "question": variation.question,
            "answers": [{"name": answer.name, "source": answer.source} for answer in variation.answers],
            "met": sorted(met),
            "tests": sorted({test for tests in met.values() for test in tests}),
        }

    def _assumption(self, assumption_id: str) -> dict[str, Any]:
        met = self._met(assumption_id)
        return {
            "id": assumption_id,
            "says": ASSUMPTIONS[assumption_id].says,
            "met": sorted(met),
            "tests": sorted({test for tests in met.values() for test in tests}),
        }

    def _met(self, entry_id: str) -> dict[str, list[str]]:
        """The answers met to a question of the register, and by which tests."""
        prefix = f"{entry_id}="
        met: dict[str, list[str]] = defaultdict(list)
        for outcome in self.outcomes:
            for text in outcome.met:
                if text.startswith(prefix):
                    met[text.removeprefix(prefix)].append(outcome.test)
        return met


def write(report: Report, path: Path) -> None:
    """Write the report in the form that the file's name asks for."""
    document = report.document()
    text = markdown(document) if path.suffix == ".md" else json.dumps(document, indent=1) + "\n"
    path.write_text(text, encoding="utf-8")


def markdown(document: dict[str, Any]) -> str:
    """The report for people and for a CI job's page: summary, failures, clauses, register, exchanges."""
    clauses = document["clauses"]
    lines = [f"# BingX contract: {document['environment']}, {document['date']}", ""]
    counts = Counter(clause["result"] for clause in clauses)
    lines.append(", ".join(f"{counts[result]} {result}" for result in _RESULTS if counts[result]) + ".")
    if document["stopped"]:
        lines += ["", f"**The run stopped early: {document['stopped']}**"]
    lines += [f"\n{note}" for note in document["notes"]]
    failed = [test for clause in clauses for test in clause["tests"] if test["result"] == "failed"]
    if failed:
        lines += ["", "## Failures", ""]
        unique = {test["test"]: test["reason"] for test in failed}
        lines += [f"- `{test}`: {_cell(reason)}" for test, reason in unique.items()]
    lines += ["", "## Clauses", "", "| clause | result | statement | source | why |", "|---|---|---|---|---|"]
    for clause in clauses:
        reasons = dict.fromkeys(test["reason"] for test in clause["tests"] if test["reason"])
        why = "; ".join(reasons) if clause["tests"] else _NOT_ASKED[clause["about"]]
        cells = [clause["id"], clause["result"], clause["statement"], clause["source"], why]
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    lines += [
        "",
        "## Where the documents disagree",
        "",
        "| id | question | met | documented |",
        "|---|---|---|---|",
    ]
    for variation in document["register"]:
        answers = " · ".join(f"{answer['name']} ({answer['source']})" for answer in variation["answers"])
        met = ", ".join(variation["met"]) or "not met"
        cells = [variation["id"], variation["question"], met, answers]
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    lines += ["", "## What is ours", "", "| id | assumed | is so |", "|---|---|---|"]
    for assumption in document["assumptions"]:
        met = ", ".join(assumption["met"]) or "not asked"
        lines.append(f"| {assumption['id']} | {_cell(assumption['says'])} | {met} |")
    lines += ["", "## Requests and answers", ""]
    shown: set[str] = set()
    for clause in clauses:
        for test in clause["tests"]:
            if test["exchanges"] and test["test"] not in shown:
                shown.add(test["test"])
                lines += _exchanges(test)
    return "\n".join(lines) + "\n"


def _exchanges(test: dict[str, Any]) -> list[str]:
    lines = ["<details>", f"<summary><code>{test['test']}</code>: {test['result']}</summary>", "", "```text"]
    for exchange in test["exchanges"]:
        lines.append(f"{exchange['domain']}: {exchange['request']}")
        lines.append(f"  {exchange['http_status']} {exchange['answer']}")
    return [*lines, "```", "", "</details>", ""]


def _test(outcome: Outcome) -> dict[str, Any]:
    return {
        "test": outcome.test,
        "result": outcome.result,
        "reason": outcome.reason,
        "exchanges": list(outcome.exchanges),
    }


def _result(outcomes: list[Outcome]) -> str:
    results = {outcome.result for outcome in outcomes}
    return next((result for result in _RESULTS if result in results), "not asked")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
