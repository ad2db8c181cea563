"""The command ``bingx-fake``."""

import asyncio
import json
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bingx_fake.commands.contract import adopt_report, assumptions, groups, variations
from bingx_fake.commands.control_options import ControlOptions, control_options, refuse_no_host
from bingx_fake.commands.examples import examples
from bingx_fake.commands.explain import explain
from bingx_fake.commands.openapi import openapi
from bingx_fake.commands.options import PORT, ExchangeOptions, exchange_options
from bingx_fake.commands.progress import bar
from bingx_fake.commands.ready import ReadyFile
from bingx_fake.commands.replay import opened, replay
from bingx_fake.commands.run import run
from bingx_fake.edge.listener import PortError
from bingx_fake.exchange import Exchange
from bingx_fake.serving import Ports, Serving
from bingx_fake.state import files as state
from bingx_fake.state import saving

if TYPE_CHECKING:
    from bingx_fake.edge.tls import Certificates


_STREAM_PORT = 8703


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bingx-offline")
def main() -> None:
    """A fake BingX exchange: real checks, exact balances, outages on demand."""


main.add_command(openapi)
main.add_command(examples)
main.add_command(variations)
main.add_command(assumptions)
main.add_command(groups)
main.add_command(adopt_report)
main.add_command(explain)
main.add_command(run)
main.add_command(replay)


def _read_save_file(context: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    """Refuse at once what could not be written at the end."""
    if path is None:
        return None
    try:
        file = saving.lines_file(path)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from None
    if not file.parent.is_dir():
        raise click.BadParameter(f"there is no folder {file.parent}", context, parameter)
    return file


def _read_ready_file(
    context: click.Context, parameter: click.Parameter, path: Path | None
) -> ReadyFile | None:
    return None if path is None else ReadyFile(path)


@main.command(
    epilog="""
\b
Examples:
  bingx-fake serve
  bingx-fake serve --profile skill --vary V6=transferErrorMsg --strict
  bingx-fake serve --state state.toml --clock frozen:1700000000000 --seed 7
  bingx-fake serve --record session.jsonl
  bingx-fake serve --com-port 0 --pro-port 0 --control-port 0 --json
  bingx-fake serve --host 0.0.0.0 --control-host 0.0.0.0 --control-token-file token --ready-file ready.json
"""
)
@click.option("--com-port", type=PORT, default=8700, show_default=True, help="Port of .com; 0 picks one.")
@click.option("--pro-port", type=PORT, default=8701, show_default=True, help="Port of .pro; 0 picks one.")
@click.option("--control-port", type=PORT, default=8702, show_default=True, help="Port of the control API.")
@click.option(
    "--stream-port",
    type=PORT,
    show_default="8703, or a free one where that of .com is",
    help="Port of the streams; 0 picks one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    callback=refuse_no_host,
    help="Address on which the domains are served; the control API is on loopback whatever it is.",
)
@control_options
@exchange_options
@click.option("--tls", is_flag=True, help="Serve both domains over TLS, with a CA made for this run.")
@click.option(
    "--save-state",
    "save_file",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_read_save_file,
    metavar="FILE.jsonl",
    help="Write the state to this file when stopped; --state takes it again.",
)
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_read_ready_file,
    metavar="FILE",
    help="Write the line of --json to this file once every port listens, and remove it at the end.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON once ready, no banner.")
def serve(
    com_port: int,
    pro_port: int,
    stream_port: int | None,
    host: str,
    control: ControlOptions,
    options: ExchangeOptions,
    tls: bool,
    save_file: Path | None,
    ready_file: ReadyFile | None,
    as_json: bool,
) -> None:
    """Serve the exchange until Ctrl-C."""
    settings = options.settings(tls=tls, names=False)
    if stream_port is None:
        stream_port = _STREAM_PORT if com_port else 0
    ports = control.on(Ports(host, com_port, pro_port, stream=stream_port))
    with (
        opened(settings, options.record_file) as exchange,
        tempfile.TemporaryDirectory(prefix="bingx-fake-") as directory,
    ):
        ca_file = Path(directory, "ca.pem")
        certificates = _make_certificates(ca_file) if tls else None
        ca = str(ca_file) if tls else None
        try:
            asyncio.run(_serve(exchange, ports, certificates, ca, settings.form, as_json, ready_file))
        except PortError as error:
            raise click.ClickException(str(error)) from None
        if save_file is not None:
            _save(exchange, save_file)
    click.echo("stopped", err=True)


def _save(exchange: Exchange, file: Path) -> None:
    books, described = exchange.books, exchange.markets.described
    standings = books.floor.standings(exchange.clock.now_ms())
    try:
        with bar("writing the state") as note:
            taken = saving.snapshot(
                books.directory, books.ledger, described, books.desk, books.perps, standings
            )
            saving.write_lines(file, taken, note)
    except OSError as error:
        raise click.ClickException(f"the state could not be written to {file}: {error.strerror}") from None


def _make_certificates(ca_file: Path) -> "Certificates":
    from bingx_fake.edge.tls import Certificates  # its libraries take long to import

    certificates = Certificates()
    ca_file.write_bytes(certificates.ca_pem)
    return certificates


async def _serve(
    exchange: Exchange,
    ports: Ports,
    certificates: "Certificates | None",
    ca: str | None,
    form: state.StateForm,
    as_json: bool,
    ready_file: ReadyFile | None,
) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    serving = Serving(exchange, ports, certificates)
    await serving.start()
    line = json.dumps({**serving.urls, "ca": ca})
    try:
        if ready_file is not None:
            ready_file.announce(line)
        click.echo(line if as_json else _banner(serving.urls, ca, form))
        sys.stdout.flush()
        await stopped.wait()
    finally:
        if ready_file is not None:
            ready_file.withdraw()
        await serving.stop()


def _banner(urls: Mapping[str, str], ca: str | None, form: state.StateForm) -> str:
    lines = ["", "A fake BingX exchange. No money, no network, no real keys.", ""]
    com, control = urls["com"], urls["control"]
    lines += [f"  .com     {com}", f"  .pro     {urls['pro']}", f"  control  {control}"]
    lines += [f"  streams  {urls['stream']}", f"  console  {control}/  (for a browser)"]
    if ca is not None:
        lines.append(f"  CA       {ca}")
    keys = [(user, key) for user in form.users for key in user.keys]
    if keys:
        lines += ["", "  keys     (key, secret, what it may do, whose)"]
        lines += [
            f"           {key.key}  {key.secret}  {','.join(key.permissions)}  {user.email or user.uid}"
            for user, key in keys
        ]
        first = keys[0][1]
        lines += ["", "A signed request to paste into another terminal:", ""]
        lines += [f"  {line}" for line in sample_request(com, first.key, first.secret, ca)]
    return "\n".join([*lines, "", "Ctrl-C stops it.", ""])


def sample_request(com: str, key: str, secret: str, ca: str | None) -> list[str]:
    """Shell lines that read the spot balance, signed at the moment they run, on the exchange's clock."""
    curl = "curl -s" if ca is None else f"curl -s --cacert {ca}"
    time_url = f"{com}/openApi/swap/v2/server/time"
    url = f"{com}/openApi/spot/v1/account/balance?$query&signature=$signature"
    headers = f'-H "X-BX-APIKEY: {key}" -H "X-SOURCE-KEY: BX-AI-SKILL"'
    return [
        f"query=timestamp=$({curl} {time_url} | sed 's/.*serverTime\":\\([0-9]*\\).*/\\1/')",
        f"signature=$(printf %s \"$query\" | openssl dgst -sha256 -hmac {secret} -hex | sed 's/.* //')",
        f'{curl} {headers} "{url}"',
    ]
