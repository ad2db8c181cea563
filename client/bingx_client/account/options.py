"""What the options of ``bingx-account`` take. Every value passes its documented rule before it is used."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click

from bingx_client.account.showing import EPOCH
from bingx_client.errors import ParameterError
from bingx_client.wire.environments import ENVIRONMENTS, BaseUrls, choose_base_urls
from bingx_client.wire.parameters import check_value
from bingx_client.wire.signing import Value
from bingx_contracts import RULES, WALLET_TYPES

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
Callback = Callable[[click.Context, click.Parameter, str | None], T | None]

RECEIVERS: Mapping[str, int] = {"uid": 1, "phone": 2, "email": 3}
"""How the receiver of an internal transfer is named, and the userAccountType that says so."""
WALLETS: Mapping[str, int] = {
    WALLET_TYPES[int(value)].account: int(value) for value in RULES["walletType"].values
}
"""The account that pays for an internal transfer, and the walletType that says so."""


def usage_error(message: str) -> click.UsageError:
    """A wrong use of the present command."""
    return click.UsageError(message, click.get_current_context(silent=True))


# Checks of single values


def follows(rule: str) -> Callable[[str], Value]:
    """The check by a rule of the contract.

    :param rule: its name.
    """
    return lambda text: check_value(RULES[rule], rule, text)


def numbered(numbers: Mapping[str, int]) -> Callable[[str], int]:
    """The check for a name, or for the number by which the documents call the same.

    :param numbers: each name's number.
    """
    known = {**numbers, **{str(number): number for number in numbers.values()}}
    says = ", ".join(f"{name} ({number})" for name, number in numbers.items())

    def check(text: str) -> int:
        if text not in known:
            raise ParameterError(f"{text!r} is none of {says}")
        return known[text]

    return check


def read_time(text: str) -> int:
    """Read Unix milliseconds or ISO 8601. Without a time zone it is UTC; a date alone is its first moment.

    :returns: Unix milliseconds; of a finer time, the millisecond that it lies in.
    :raises ParameterError: for anything else, seconds for milliseconds among them.
    """
    wrong = ParameterError(
        "give Unix milliseconds, such as 1700000000000, or ISO 8601, such as 2026-01-31T12:00:00Z "
        f"(UTC unless it names another zone), not {text[:80]!r}"
    )
    if re.fullmatch(r"0|[0-9]{12,16}", text, re.ASCII):
        return int(check_value(RULES["time"], "time", text))
    if text.isdecimal() or not text.isascii():  # seconds, or a date without dashes: who knows which
        raise wrong
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        at_ms = (moment - EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        raise wrong from None
    if at_ms < 0:
        raise ParameterError(f"{text!r} is before 1970")
    return at_ms


def read_urls(text: str) -> BaseUrls:
    """Read a primary and a fallback base URL with a comma between them.

    :raises ParameterError: when they are no two base URLs.
    """
    com, comma, pro = text.partition(",")
    if not comma:
        raise ParameterError("give two base URLs, primary and fallback, with a comma between them")
    return choose_base_urls("prod-vst", (com.strip(), pro.strip()))


def checked(check: Callable[[str], T]) -> Callback[T]:
    """An option's callback by a check that raises ``ParameterError``: the message names the option."""

    def callback(context: click.Context, parameter: click.Parameter, text: str | None) -> T | None:
        try:
            return None if text is None else check(text)
        except ParameterError as error:
            raise click.BadParameter(str(error), context, parameter) from None

    return callback


# Options of several commands


def _kept(check: Callable[[str], Any]) -> Callback[Any]:
    """An option that may stand before the subcommand or after it, and is kept for the session."""
    read = checked(check)

    def callback(context: click.Context, parameter: click.Parameter, text: str | None) -> None:
        value = read(context, parameter, text)
        if value and context.obj.given.setdefault(parameter.name, value) != value:
            raise click.BadParameter("given twice, and not the same", context, parameter)

    return callback


def everywhere(command: F) -> F:
    """Add the options that the command itself and all its subcommands take."""
    options = (
        click.option(
            "--json",
            "as_json",
            is_flag=True,
            expose_value=False,
            callback=_kept(bool),
            help="Print one JSON document: amounts and ids as texts, times as Unix milliseconds.",
        ),
        click.option(
            "--base-urls",
            metavar="COM,PRO",
            expose_value=False,
            callback=_kept(read_urls),
            help="Two base URLs to use instead of the environment's, such as a fake exchange's.",
        ),
        click.option(
            "--env",
            type=click.Choice(list(ENVIRONMENTS)),
            expose_value=False,
            callback=_kept(str),
            help="Which exchange. No default, so that nothing is live by accident; "
            "base URLs say it themselves.",
        ),
    )
    for option in options:
        command = option(command)
    return command


def direction(command: F) -> F:
    """Add ``--type``, ``--from`` and ``--to``."""
    return by_type(by_accounts(command))


by_type = click.option(
    "--type", "type_", type=click.Choice(RULES["type"].values), help="The direction, by its TransferType."
)


def by_accounts(command: F) -> F:
    """Add ``--from`` and ``--to``."""
    accounts = click.Choice(RULES["account"].values)
    source = click.option("--from", "source", type=accounts, help="The account that it leaves.")
    target = click.option("--to", "target", type=accounts, help="The account that it arrives in.")
    return source(target(command))


def time_range(command: F) -> F:
    """Add ``--since`` and ``--until``."""
    time = checked(read_time)
    since = click.option(
        "--since",
        metavar="TIME",
        callback=time,
        help="From this time on: Unix ms, or ISO 8601 (UTC unless it names another zone).",
    )
    until = click.option("--until", metavar="TIME", callback=time, help="Up to this time, likewise.")
    return since(until(command))


deadline = click.option(
    "--deadline",
    type=click.FloatRange(0, 86_400, min_open=True, max_open=True),
    metavar="SECONDS",
    help="How long it may take in all, finding out about a lost answer included; 60 by default.",
)


# Checks of several options


def missing(*options: tuple[str, object]) -> list[str]:
    """The names of those options that were not given."""
    return [name for name, value in options if value is None]


def check_direction(type_: str | None, source: str | None, target: str | None) -> None:
    """Check that a direction, if any, is given in one way.

    :raises click.UsageError: when it is not.
    """
    if type_ is not None and (source is not None or target is not None):
        raise usage_error("give either --type or --from and --to")
    if (source is None) != (target is None):
        raise usage_error("--from and --to belong together")
    if source is not None and source == target:
        raise usage_error(f"--from and --to are both {source}")


def check_times(since: int | None, until: int | None) -> None:
    """Check that a time range does not end before it begins.

    :raises click.UsageError: when it does.
    """
    if since is not None and until is not None and until < since:
        raise usage_error("--until is before --since")
