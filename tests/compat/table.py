"""What the run found, as a page shows it."""

from collections.abc import Iterable, Sequence
from importlib.metadata import version

from compat.failures import FAILURES
from compat.running import LIBRARIES, PROFILE_SETTINGS, UNCOMMON_SETTINGS, WORKS, Found, Setting

BEGIN = "<!-- published clients: written by `make compat` -->"
END = "<!-- end of published clients -->"


def rendered(found: Found) -> str:
    """The text between the two markers."""
    versions = " and ".join(f"{library.name} {version(library.name)}" for library in LIBRARIES)
    return "\n".join(
        [
            f"Run with {versions}, synchronous and asynchronous; where the two differ, a cell says both.",
            "",
            *_calls(found),
            "",
            "Does a program notice that a call has failed? Asked under `documented`:",
            "",
            *_failures(found),
            "",
            "Documented answers and forms of request that no profile has, each alone (`--vary`): what breaks",
            "",
            *_uncommon(found),
        ]
    )


def _calls(found: Found) -> list[str]:
    """Calls that fare the same share a row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for library in LIBRARIES:
        for call in library.calls:
            cells = [found.calls[library.name, call.shown, setting.shown] for setting in PROFILE_SETTINGS]
            rows.setdefault((library.name, *cells), []).append(call.shown)
    header = ["client", "call", *(f"`{setting.shown}`" for setting in PROFILE_SETTINGS)]
    return _table(header, ([name, "; ".join(calls), *cells] for (name, *cells), calls in rows.items()))


def _failures(found: Found) -> list[str]:
    rows = (
        [failure.shown, *(found.failures[library.name, failure.shown] for library in LIBRARIES)]
        for failure in FAILURES
    )
    return _table(["failure", *(library.name for library in LIBRARIES)], rows)


def _uncommon(found: Found) -> list[str]:
    rows = ([f"`{setting.shown}`", *_broken(found, setting)] for setting in UNCOMMON_SETTINGS)
    return _table(["answer", *(library.name for library in LIBRARIES)], (row for row in rows if any(row[1:])))


def _broken(found: Found, setting: Setting) -> list[str]:
    """For each library, what becomes of calls that work under ``documented``, by outcome."""
    cells = []
    for library in LIBRARIES:
        calls: dict[str, list[str]] = {}
        for call in library.calls:
            usual = found.calls[library.name, call.shown, "documented"]
            outcome = found.calls[library.name, call.shown, setting.shown]
            if usual.startswith(WORKS) and outcome != usual:
                calls.setdefault(outcome, []).append(call.shown)
        cells.append(". ".join(f"{'; '.join(shown)}: {outcome}" for outcome, shown in calls.items()))
    return cells


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]
