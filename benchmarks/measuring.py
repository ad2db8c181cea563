"""Takes every measurement, keeps what each one found, and says which could not be made."""

import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from benchmarks import machine
from benchmarks.plan import Plan
from benchmarks.processes import BenchmarkError
from benchmarks.table import Report, Row

Measurement = Callable[[Plan], list[Row]]

_LONGEST_REASON = 300


def bench(
    measurements: Mapping[str, Measurement], results: Path, *, quick: bool = False, as_json: bool = False
) -> int:
    """Take each measurement in turn; print the report and write it to a new file.

    One that fails costs its own rows only, and an interruption those that were still to come: what was
    measured is printed and written all the same.

    :param measurements: by the name that a failure is told under.
    :param results: the folder for the file.
    :returns: the exit status: 1 where something could not be measured.
    """
    errors = Console(stderr=True)
    started = datetime.now(UTC)
    rows: list[Row] = []
    failures: dict[str, str] = {}
    try:
        progress = Progress(console=errors, transient=True, refresh_per_second=2)
        with progress if errors.is_terminal else nullcontext():
            for name, measure in measurements.items():
                try:
                    rows += measure(Plan(quick, progress))
                except Exception as error:  # whatever it is, the other figures are worth having
                    failures[name] = _reason(error)
    finally:
        report = Report(started.isoformat(timespec="seconds"), quick, machine.describe(), rows, failures)
        _publish(report, results / f"{started:%Y%m%dT%H%M%S.%f}Z.json", as_json=as_json)
        for name, reason in failures.items():
            click.echo(f"Error: {name} could not be measured: {reason}", err=True)
    return 1 if failures else 0


def _publish(report: Report, file: Path, *, as_json: bool) -> None:
    text = json.dumps(report.as_json(), indent=2) + "\n"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    if as_json:
        click.echo(text, nl=False)
    else:
        console = Console()
        if not console.is_terminal:
            console = Console(width=140)
        console.print(report.render())


def _reason(error: Exception) -> str:
    """Why it failed, in one line. What is no ``BenchmarkError`` was not expected: its type says the most."""
    said = " ".join(str(error).split())
    if not isinstance(error, BenchmarkError):
        said = f"{type(error).__name__}: {said}"
    return said if len(said) <= _LONGEST_REASON else said[:_LONGEST_REASON] + "…"
