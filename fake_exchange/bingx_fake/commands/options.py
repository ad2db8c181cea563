"""The options that every command which serves an exchange has, and the settings that they make."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from bingx_fake.clock import ExchangeClock, system_ms
from bingx_fake.commands.progress import bar
from bingx_fake.edge.systems import UnsupportedSystem, check_system
from bingx_fake.faults.kinds import unavailable
from bingx_fake.faults.schedule import ScheduleError, read_schedule
from bingx_fake.gateway.limits import Ban
from bingx_fake.profiles.adoption import AdoptionError, adopted_profiles
from bingx_fake.profiles.choice import DEFAULT_PROFILE, ProfileError, choose, read_vary
from bingx_fake.settings import DEFAULT_JOURNAL_SIZE, Settings
from bingx_fake.state import files as state
from bingx_fake.state.listed import read_market

PORT = click.IntRange(0, 65535)


@dataclass(frozen=True, slots=True)
class ExchangeOptions:
    """What was asked for on the command line."""

    state_file: Path | None
    no_rate_limits: bool
    ban_after: int
    ban_ms: int
    clock: tuple[str, int] | None
    seed: int
    market: str
    journal_size: int
    schedule_file: Path | None
    profile: str
    vary: tuple[str, ...]
    strict: bool
    record_file: Path | None

    def settings(self, *, tls: bool, names: bool) -> Settings:
        """Read the files and check the choices.

        :param tls: whether the domains are served over TLS.
        :param names: whether the documented host names lead to the exchange.
        :raises click.ClickException: for the first that cannot be used.
        """
        try:
            profile = choose(self.profile, read_vary(self.vary), strict=self.strict, adopted=adopted_profiles)
            with bar("reading the state") as note:
                form = state.read_form(self.state_file, note)
            source, markets = read_market(self.market, form, otherwise="walk")
            missing = unavailable(tls=tls, names=names)
            file = self.schedule_file
            schedule = () if file is None else tuple(read_schedule(file, missing=missing))
        except (state.StateError, ScheduleError, ProfileError, AdoptionError) as error:
            raise click.ClickException(str(error)) from None
        return Settings(
            form=form,
            clock=lambda: _clock(self.clock),
            seed=self.seed,
            market=source,
            markets=markets,
            rate_limits=not self.no_rate_limits,
            ban=Ban(after=self.ban_after, for_ms=self.ban_ms),
            journal_size=self.journal_size,
            tls=tls,
            schedule=schedule,
            profile=profile,
            adopted=adopted_profiles,
        )


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


def _read_market(context: click.Context, parameter: click.Parameter, text: str) -> str:
    """Refuse at once what is neither a source nor the name of a file."""
    if text not in ("constant", "walk") and not text.lower().endswith(".toml"):
        raise click.BadParameter(
            f"{text!r} is neither constant nor walk, nor a file named like markets.toml", context, parameter
        )
    return text


def _clock(option: tuple[str, int] | None) -> ExchangeClock:
    clock = ExchangeClock(system_ms)
    match option:
        case ("frozen", at_ms):
            clock.freeze(at_ms)
        case ("offset", offset_ms):
            clock.run(offset_ms)
    return clock


_OPTIONS = (
    click.option(
        "--state",
        "state_file",
        type=click.Path(path_type=Path),
        help="State file, TOML or JSON lines (.jsonl); default: an example.",
    ),
    click.option("--no-rate-limits", is_flag=True, help="Do not enforce the documented rate limits."),
    click.option(
        "--ban-after",
        type=click.IntRange(1, 1_000_000),
        default=Ban().after,
        show_default=True,
        help="After how many requests refused for a limit within 10 s an address is banned.",
    ),
    click.option(
        "--ban-ms",
        type=click.IntRange(1, 10**9),
        default=Ban().for_ms,
        show_default=True,
        help="How long a ban lasts.",
    ),
    click.option(
        "--clock", callback=_read_clock, help="frozen:MS (Unix time) or offset:MS; default: the system's."
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Decides over ids and chance."),
    click.option(
        "--market",
        default="walk",
        show_default=True,
        metavar="constant|walk|FILE.toml",
        callback=_read_market,
        help="What prices do where the state does not say: stay, or walk a little every second; or a file of "
        "[[markets]], which there are besides those of the state.",
    ),
    click.option(
        "--journal-size",
        type=click.IntRange(1, 10_000_000),
        default=DEFAULT_JOURNAL_SIZE,
        show_default=True,
        help="How many requests the journal keeps; the oldest go earlier where those kept come to more than "
        "64 MiB, or 1 KiB each if that is more.",
    ),
    click.option(
        "--schedule",
        "schedule_file",
        type=click.Path(path_type=Path),
        help="TOML file of [[faults]], whose at_ms count from the start.",
    ),
    click.option(
        "--profile",
        default=DEFAULT_PROFILE,
        show_default=True,
        help="Whose answers, where documents disagree.",
    ),
    click.option(
        "--vary",
        multiple=True,
        metavar="V=ANSWER",
        help="One departure from the profile, such as V7=data.assets; may be given again.",
    ),
    click.option("--strict", is_flag=True, help="Refuse what S does not allow, instead of marking it."),
    click.option(
        "--record",
        "record_file",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Write down there what the exchange is asked, with the state and its secrets; see bingx-fake "
        "replay.",
    ),
)


def exchange_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which gets them as one argument, ``options``.

    On a system on which no exchange can be served, the command says so instead.
    """

    @wraps(function)
    def gathered(**arguments: Any) -> Any:
        try:
            check_system()
        except UnsupportedSystem as error:
            raise click.ClickException(str(error)) from None
        mine = {field.name: arguments.pop(field.name) for field in fields(ExchangeOptions)}
        return function(options=ExchangeOptions(**mine), **arguments)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered
