"""Gathers a test run's outcomes for ``contract_report``. The one place that reads the date."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bingx_fake.plugin.contract_report import Outcome, Report, Result, write
from bingx_fake.plugin.credentials import KEY_VARIABLE, SECRET_VARIABLE

_LONGEST_REASON = 300


class Reporter:
    """A pytest plugin of the process that has the terminal. Writes the reports when the run ends."""

    def __init__(self, environment: str, paths: list[Path]) -> None:
        self._report = Report(environment, datetime.now(UTC).isoformat(timespec="seconds"))
        self._paths = paths

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome of a call, and of a setup or teardown that went wrong."""
        if report.when != "call" and report.outcome == "passed":
            return
        outcome = Outcome.of(report.nodeid, _result(report), _reason(report), report.user_properties)
        if outcome is not None:
            self._report.outcomes.append(outcome)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note why the run ended early."""
        self._report.stopped = _masked(str(excinfo.value)) or "interrupted"

    def pytest_sessionfinish(self) -> None:
        """Write the reports."""
        for path in self._paths:
            write(self._report, path)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where they are."""
        for path in self._paths:
            terminalreporter.write_line(f"report of the contract: {path}")


def _result(report: pytest.TestReport) -> Result:
    return "failed" if report.failed else "skipped" if report.skipped else "passed"


def _reason(report: pytest.TestReport) -> str:
    """Why a test failed or did not run, in one line without credentials."""
    if report.passed:
        return ""
    if isinstance(report.longrepr, tuple):
        return _masked(report.longrepr[2].removeprefix("Skipped: "))
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(report.longrepr) if crash is None else str(crash.message)
    return _masked(text.strip().partition("\n")[0])[:_LONGEST_REASON]


def _masked(text: str) -> str:
    for variable in (KEY_VARIABLE, SECRET_VARIABLE):
        secret = os.environ.get(variable, "").strip()
        if secret:
            text = text.replace(secret, "***")
    return text
