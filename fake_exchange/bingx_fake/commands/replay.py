"""``bingx-fake replay``, and how ``--record`` makes what it plays."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bingx_fake.commands.progress import bar
from bingx_fake.exchange import Exchange
from bingx_fake.recording.recorded import Recorded, RecordingExists, why
from bingx_fake.settings import Settings

if TYPE_CHECKING:
    from bingx_fake.recording.replay import Replayed

_DIFFERS = 1
_NOT_REPLAYED = 2


@contextmanager
def opened(settings: Settings, record_file: Path | None) -> Iterator[Exchange]:
    """An exchange for as long as a command serves it, recorded where a file is given.

    :raises click.ClickException: when the file cannot be written; where that shows while the exchange is
        served, at the end.
    """
    if record_file is None:
        yield Exchange(settings)
        return
    try:
        exchange = Recorded(settings, record_file)
    except RecordingExists as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{record_file} cannot be written: {why(error)}") from None
    try:
        yield exchange
    finally:
        exchange.close()
    if exchange.broken is not None:
        raise click.ClickException(
            f"the recording {record_file} could not be written to its end: {why(exchange.broken)}; "
            f"it holds {exchange.lines} lines"
        )


@click.command(
    epilog="""
\b
Examples:
  bingx-fake replay session.jsonl
  bingx-fake replay session.jsonl --json
"""
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as one line of JSON.")
def replay(file: Path, as_json: bool) -> None:
    """Play a recording to a fresh exchange and compare what it answers.

    FILE is what --record of serve and run has written, or FakeExchange(record=FILE). No port is opened and no
    time is waited for. The first output that differs is named with its line and what was answered.

    Exit status: 0 every output is the same; 1 one differs; 2 the file cannot be replayed.
    """
    from bingx_fake.recording.reading import (
        RecordingError,  # every command's start pays for what is imported above
    )
    from bingx_fake.recording.replay import replay as play

    try:
        with bar("replaying") as note:
            done = play(file, note)
    except RecordingError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_NOT_REPLAYED)
    if done.cut_line is not None:
        click.echo(f"{file} line {done.cut_line} is not whole, as after a crash, and was left out", err=True)
    click.echo(json.dumps({"file": str(file), **asdict(done)}) if as_json else _in_words(file, done))
    sys.exit(0 if done.difference is None else _DIFFERS)


def _in_words(file: Path, done: "Replayed") -> str:
    difference = done.difference
    if difference is None:
        return f"{file}: {done.inputs} inputs played, {done.outputs} outputs compared, all the same"
    lines = [
        f"{file} line {difference.line}: not the output that was recorded, as the {done.outputs - 1} before",
        f"  input     {difference.asked}",
        f"  recorded  {difference.recorded}",
        f"  replayed  {difference.replayed}",
    ]
    if difference.answer:
        lines += ["", difference.answer]
    from importlib.metadata import version  # takes long to import

    mine = version("bingx-offline")
    if done.version != mine:
        lines += ["", f"It was recorded by version {done.version}; this is {mine}."]
    return "\n".join(lines)
