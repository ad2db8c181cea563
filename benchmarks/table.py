"""The rows that every measurement returns, and their two forms: a table for people, JSON for programs."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich.console import Group
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Target:
    """A bound that a measured value should keep."""

    bound: Literal["at least", "at most"]
    value: float

    def holds(self, measured: float) -> bool:
        """Whether a value keeps the bound."""
        return measured >= self.value if self.bound == "at least" else measured <= self.value


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    :param what: what was measured.
    :param against: what it is compared with, or how it was measured where it stands alone.
    :param measured: the value, in ``unit``; a median where there are ``samples``.
    :param target: None where the value is given for information only.
    :param samples: the single values, in the order they were taken.
    """

    what: str
    against: str
    measured: float
    unit: str
    target: Target | None = None
    samples: tuple[float, ...] = ()
    notes: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        return None if self.target is None else self.target.holds(self.measured)

    def as_json(self) -> dict[str, Any]:
        """The row for the results file."""
        return {
            "what": self.what,
            "against": self.against,
            "target": None if self.target is None else {self.target.bound: self.target.value},
            "measured": _rounded(self.measured),
            "unit": self.unit,
            "holds": self.holds,
            "samples": [_rounded(sample) for sample in self.samples],
            "notes": self.notes,
        }


def median_row(
    what: str,
    against: str,
    samples: Sequence[float],
    unit: str,
    target: Target | None = None,
    notes: str = "",
) -> Row:
    """A row whose value is the median of its samples."""
    return Row(what, against, statistics.median(samples), unit, target, tuple(samples), notes)


@dataclass(frozen=True, slots=True)
class Report:
    """One run: when, on what, with which results.

    :param run_at: UTC time in ISO form.
    :param machine: what the numbers depend on, by name.
    :param failures: why a measurement could not be made, by its name.
    """

    run_at: str
    quick: bool
    machine: dict[str, str]
    rows: list[Row]
    failures: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """The form of the results file."""
        return {
            "run_at": self.run_at,
            "quick": self.quick,
            "machine": self.machine,
            "rows": [row.as_json() for row in self.rows],
            "failures": self.failures,
        }

    def render(self) -> Group:
        """The form for a terminal: the machine, then the table, then the notes."""
        heading = "bingx-offline benchmarks, " + self.run_at + (" (quick)" if self.quick else "")
        machine = "\n".join(f"{name:<8} {value}" for name, value in self.machine.items())
        table = Table(title_justify="left", expand=False)
        table.add_column("measured thing")
        table.add_column("against, or how")
        for name in ("target", "measured", "min to max"):
            table.add_column(name, justify="right")
        table.add_column("")
        for row in self.rows:
            table.add_row(row.what, row.against, _target(row), _value(row), _range(row), _verdict(row))
        notes = "\n".join(f"- {row.what}: {row.notes}" for row in self.rows if row.notes)
        return Group(Text(heading, style="bold"), Text(machine), table, Text(notes))


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _value(row: Row) -> str:
    return f"{_number(row.measured)} {row.unit}".strip()


def _target(row: Row) -> str:
    return "" if row.target is None else f"{row.target.bound} {_number(row.target.value)} {row.unit}".strip()


def _range(row: Row) -> str:
    if not row.samples:
        return ""
    return f"{_number(min(row.samples))} to {_number(max(row.samples))}"


def _verdict(row: Row) -> Text:
    match row.holds:
        case True:
            return Text("met", style="green")
        case False:
            return Text("not met", style="bold red")
        case None:
            return Text("")
