"""What the run found, as a page shows it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version

from compat import bingx_api, inverse, market_data, orders, perpetuals
from compat import bingx_python_perpetuals as python_perpetuals
from compat.failures import FAILURES
from compat.market_data import METHODS, NPM
from compat.running import LIBRARIES, PROFILE_SETTINGS, UNCOMMON_SETTINGS, Found, Setting

BEGIN = "<!-- published clients: written by `make compat` -->"
END = "<!-- end of published clients -->"


def rendered(found: Found) -> str:
    """The text between the two markers."""
    versions = [f"{library.name} {version(library.name)}" for library in LIBRARIES]
    for_node = json.loads((NPM / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return "\n".join(
        [
            f"Run with {versions[0]} and {versions[1]}, synchronous and asynchronous; where the two",
            f"differ, a cell says both. With {versions[2]}, which is synchronous, and for Node with ccxt",
            f"{for_node['ccxt']} and bingx-api {for_node['bingx-api']}.",
            "",
            *_calls(found),
            *_by_method({"bingx-api": found.others["bingx-api"]}, bingx_api.ROWS)[2:],
            "",
            "Market data of the spot markets, by clients that were told of no market, after a move:",
            "",
            *_by_method(found.prices, dict.fromkeys(method.title for method in METHODS)),
            "",
            "Orders on two spot markets, by two users who trade with each other and with the house:",
            "",
            *_by_method(found.orders, orders.ROWS),
            "",
            "Perpetuals, by two users who trade with each other and with the house:",
            "",
            *_by_method(found.perpetuals, perpetuals.ROWS),
            *_by_method({"bingx-python": found.others["bingx-python"]}, python_perpetuals.ROWS)[2:],
            *_by_method({"bingx-api": found.others["bingx-api"]}, bingx_api.PERPETUAL_ROWS)[2:],
            "",
            "Market data of coin-margined perpetuals, after a move and with a mark elsewhere:",
            "",
            *_by_method(found.inverse, dict.fromkeys(method.title for method in inverse.METHODS)),
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


def _by_method(found: Mapping[str, market_data.Found], shown: Iterable[str]) -> list[str]:
    """Methods that fare the same share a row, whosever they are."""
    rows: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for title in shown:
        for client, outcomes in found.items():
            cells = tuple(outcomes[title, setting.shown] for setting in PROFILE_SETTINGS)
            rows.setdefault(cells, {}).setdefault(client, []).append(title)
    header = ["client", "method", *(f"`{setting.shown}`" for setting in PROFILE_SETTINGS)]
    return _table(
        header,
        (
            [client, "; ".join(titles), *cells]
            for cells, by_client in rows.items()
            for client, titles in _alike(by_client)
        ),
    )


def _alike(by_client: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """Clients of which the same is to be said, together."""
    together: dict[tuple[str, ...], list[str]] = {}
    for client, titles in by_client.items():
        together.setdefault(tuple(titles), []).append(client)
    return [(", ".join(clients), list(titles)) for titles, clients in together.items()]


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
            outcome = found.calls.get((library.name, call.shown, setting.shown), usual)
            if outcome != usual:
                calls.setdefault(outcome, []).append(call.shown)
        cells.append(". ".join(f"{'; '.join(shown)}: {outcome}" for outcome, shown in calls.items()))
    return cells


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]
