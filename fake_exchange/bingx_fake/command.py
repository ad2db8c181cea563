"""The command ``bingx-fake``."""

import asyncio
import json
import re
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bingx_fake import state
from bingx_fake.adoption import AdoptionError, adopted_profiles
from bingx_fake.clock import ExchangeClock
from bingx_fake.contract_commands import adopt_report, variations
from bingx_fake.exchange import Exchange, Settings
from bingx_fake.faults.kinds import unavailable
from bingx_fake.faults.schedule import ScheduleError, read_schedule
from bingx_fake.listener import PortError
from bingx_fake.openapi_command import openapi
from bingx_fake.profile import DEFAULT_PROFILE, ProfileError, choose, read_vary
from bingx_fake.server import DEFAULT_JOURNAL_SIZE, system_ms
from bingx_fake.serving import Ports, Serving

if TYPE_CHECKING:
    from bingx_fake.tls import Certificates

_PORT = click.IntRange(0, 65535)


def _read_clock(
    context: click.Context, parameter: click.Parameter, text: str | None
) -> tuple[str, int] | None:
    """Read ``frozen:MS`` or ``offset:MS``."""
    if text is None:
        return None
    mode, _, number = text.partition(":")
    if mode not in ("frozen", "offset") or not re.fullmatch(r"-?[0-9]{1,15}", number):
        raise click.BadParameter(f"{text!r} is neither frozen:MS nor offset:MS", context, parameter)
    try:
        _clock((mode, int(number)))
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from None
    return mode, int(number)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bingx-offline")
def main() -> None:
    """A fake BingX exchange: real checks, exact balances, outages on demand."""


main.add_command(openapi)


main.add_command(variations)
main.add_command(adopt_report)


@main.command()
@click.option("--com-port", type=_PORT, default=8700, show_default=True, help="Port of .com; 0 picks one.")
@click.option("--pro-port", type=_PORT, default=8701, show_default=True, help="Port of .pro; 0 picks one.")
@click.option("--control-port", type=_PORT, default=8702, show_default=True, help="Port of the control API.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--state", "state_file", type=click.Path(path_type=Path), help="State file; default: an example."
)
@click.option("--tls", is_flag=True, help="Serve both domains over TLS, with a CA made for this run.")
@click.option("--no-rate-limits", is_flag=True, help="Do not enforce the documented rate limits.")
@click.option(
    "--clock", callback=_read_clock, help="frozen:MS (Unix time) or offset:MS; default: the system's."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Decides over ids and chance.")
@click.option(
    "--journal-size",
    type=click.IntRange(1, 10_000_000),
    default=DEFAULT_JOURNAL_SIZE,
    show_default=True,
    help="How many requests the journal keeps.",
)
@click.option(
    "--schedule",
    "schedule_file",
    type=click.Path(path_type=Path),
    help="TOML file of [[faults]], whose at_ms count from the start.",
)
@click.option(
    "--profile", default=DEFAULT_PROFILE, show_default=True, help="Whose answers, where documents disagree."
)
@click.option(
    "--vary",
    multiple=True,
    metavar="V=ANSWER",
    help="One departure from the profile, such as V7=data.assets; may be given again.",
)
@click.option("--strict", is_flag=True, help="Refuse what S does not allow, instead of marking it.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON once ready, no banner.")
def serve(
    com_port: int,
    pro_port: int,
    control_port: int,
    host: str,
    state_file: Path | None,
    tls: bool,
    no_rate_limits: bool,
    clock: tuple[str, int] | None,
    seed: int,
    journal_size: int,
    schedule_file: Path | None,
    profile: str,
    vary: tuple[str, ...],
    strict: bool,
    as_json: bool,
) -> None:
    """Serve the exchange until Ctrl-C."""
    try:
        chosen = choose(profile, read_vary(vary), strict=strict, adopted=adopted_profiles)
        form = state.read_form(state_file)
        missing = unavailable(tls=tls, names=False)
        schedule = () if schedule_file is None else tuple(read_schedule(schedule_file, missing=missing))
    except (state.StateError, ScheduleError, ProfileError, AdoptionError) as error:
        raise click.ClickException(str(error)) from None
    settings = Settings(
        form=form,
        clock=lambda: _clock(clock),
        seed=seed,
        rate_limits=not no_rate_limits,
        journal_size=journal_size,
        tls=tls,
        schedule=schedule,
        profile=chosen,
        adopted=adopted_profiles,
    )
    ports = Ports(host, com_port, pro_port, control_port)
    with tempfile.TemporaryDirectory(prefix="bingx-fake-") as directory:
        ca_file = Path(directory, "ca.pem")
        certificates = _make_certificates(ca_file) if tls else None
        ca = str(ca_file) if tls else None
        try:
            asyncio.run(_serve(Exchange(settings), ports, certificates, ca, form, as_json))
        except PortError as error:
            raise click.ClickException(str(error)) from None


def _make_certificates(ca_file: Path) -> "Certificates":
    from bingx_fake.tls import Certificates  # its libraries take long to import

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
) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    serving = Serving(exchange, ports, certificates)
    await serving.start()
    try:
        if as_json:
            click.echo(json.dumps({**serving.urls, "ca": ca}))
        else:
            click.echo(_banner(serving.urls["com"], serving.urls["pro"], serving.urls["control"], ca, form))
        sys.stdout.flush()
        await stopped.wait()
    finally:
        await serving.stop()
    click.echo("stopped", err=True)


def _clock(option: tuple[str, int] | None) -> ExchangeClock:
    clock = ExchangeClock(system_ms)
    match option:
        case ("frozen", at_ms):
            clock.freeze(at_ms)
        case ("offset", offset_ms):
            clock.run(offset_ms)
    return clock


def _banner(com: str, pro: str, control: str, ca: str | None, form: state.StateForm) -> str:
    lines = ["", "A fake BingX exchange. No money, no network, no real keys.", ""]
    lines += [f"  .com     {com}", f"  .pro     {pro}", f"  control  {control}"]
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
