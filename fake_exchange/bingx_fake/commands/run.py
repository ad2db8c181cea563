"""``bingx-fake run``."""

import asyncio
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO

import click

from bingx_fake.commands.control_options import ControlOptions, control_options
from bingx_fake.commands.options import PORT, ExchangeOptions, exchange_options
from bingx_fake.commands.replay import opened
from bingx_fake.edge.listener import PortError
from bingx_fake.exchange import Exchange
from bingx_fake.journal.journal import JournalEntry
from bingx_fake.running.namespace import NamespaceError
from bingx_fake.running.program import ProgramError, find
from bingx_fake.running.session import Command, Place, attend, behind_proxy, in_namespace
from bingx_fake.running.summary import Summary
from bingx_fake.running.trust import Trust

_LINT_FOUND = 1
_REPORT_LOST = 74
"""EX_IOERR."""

_WEAKER = (
    "proxy mode, which guarantees less than a namespace: only what asks HTTPS_PROXY is led to the fake and "
    "kept from everything else; a program that does not ask reaches the network as always"
)


@click.command(
    context_settings={"allow_interspersed_args": False},
    epilog="""
\b
Examples:
  bingx-fake run -- python bot.py
  bingx-fake run --isolation namespace --fail-on-lint --report journal.json -- node bot.mjs
  bingx-fake run --schedule outage.toml -- make bot
""",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option(
    "--isolation",
    type=click.Choice(["auto", "namespace", "proxy"]),
    default="auto",
    show_default=True,
    help="What keeps the program from everything but the fake; auto is a namespace where there can be one.",
)
@click.option(
    "--report", type=click.File("w", encoding="utf-8", lazy=False), help="Write the journal there, as JSON."
)
@click.option("--fail-on-lint", is_flag=True, help="Exit with 1 when a request is marked with lint.")
@click.option("--control-port", type=PORT, help="Serve the control API, outside of the namespace.")
@click.option("--stream-port", type=PORT, help="Serve the streams there as well, outside of the namespace.")
@control_options
@exchange_options
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one line of JSON.")
@click.pass_context
def run(
    context: click.Context,
    command: tuple[str, ...],
    isolation: str,
    report: IO[str] | None,
    fail_on_lint: bool,
    stream_port: int | None,
    control: ControlOptions,
    options: ExchangeOptions,
    as_json: bool,
) -> None:
    """Run a program with BingX's host names answered by the fake.

    The program may be of any kind and need not know: it finds open-api.bingx.com and the other
    documented hosts, those of streams too, as always, and can reach nothing else. A summary goes to
    stderr; the exit status is the program's.
    """
    if not hasattr(os, "fork"):
        raise click.ClickException("this needs a system that has fork: Linux, macOS, WSL")
    try:
        program = find(command[0]), command
        summary, journal = _run(program, isolation, stream_port, control, options)
    except ProgramError as error:
        _say(str(error))
        context.exit(error.status)
    click.echo(json.dumps(summary.as_json()) if as_json else summary.as_line(), err=True)
    status = summary.outcome.exit_status
    if report is not None and not _write_report(journal, report):
        status = status or _REPORT_LOST
    context.exit(_LINT_FOUND if fail_on_lint and summary.lint_marks and status == 0 else status)


def _run(
    command: Command,
    isolation: str,
    stream_port: int | None,
    control: ControlOptions,
    options: ExchangeOptions,
) -> tuple[Summary, list[JournalEntry]]:
    from bingx_fake.edge.tls import Certificates  # its libraries take long to import

    certificates = Certificates()

    def announce(urls: Mapping[str, str]) -> None:
        if "outside" in urls:
            _say(f"the streams are at {urls['outside']}")
        if "control" in urls:
            _say(f"the control API is at {urls['control']}")

    settings = options.settings(tls=True, names=True)
    with (
        opened(settings, options.record_file) as exchange,
        tempfile.TemporaryDirectory(prefix="bingx-fake-") as name,
    ):
        folder = Path(name)
        trust = Trust.write(folder, certificates.ca_pem)
        place = _isolate(command, isolation, folder, trust, control.control_port, exchange)
        place = replace(place, ports=control.on(replace(place.ports, outside=stream_port)))
        try:
            outcome = asyncio.run(attend(place, exchange, certificates, announce))
        except PortError as error:
            raise click.ClickException(str(error)) from None
    journal = list(exchange.journal)
    return Summary.of(journal, outcome, place.isolation), journal


def _write_report(journal: list[JournalEntry], report: IO[str]) -> bool:
    """Whether it could be written; where not, the user is told why."""
    try:
        json.dump(journal, report, indent=1)
        report.write("\n")
        report.flush()
    except OSError as error:
        _say(f"the report could not be written: {error.strerror}")
        return False
    return True


def _isolate(
    command: Command,
    isolation: str,
    folder: Path,
    trust: Trust,
    control_port: int | None,
    exchange: Exchange,
) -> Place:
    if isolation != "proxy":
        try:
            return in_namespace(command, folder, trust, control_port)
        except NamespaceError as error:
            problem = f"no network namespace can be made here: {error}"
        if isolation == "namespace":
            raise click.ClickException(f"{problem}; or choose --isolation proxy, which guarantees less")
        _say(problem)
    _say(_WEAKER)
    return behind_proxy(command, trust, control_port, exchange)


def _say(text: str) -> None:
    click.echo(f"bingx-fake: {text}", err=True)
