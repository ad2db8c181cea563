"""Where the control API listens, and whom it answers: the options of every command that serves it."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import Any

import click

from bingx_contracts.reading.files import text_of
from bingx_fake.control.access import LOOPBACK_NAMES, Token
from bingx_fake.serving import Ports


@dataclass(frozen=True, slots=True)
class ControlOptions:
    """What was asked for on the command line."""

    control_port: int | None
    control_host: str | None
    control_token: Token | None

    def __post_init__(self) -> None:
        if self.control_port is None and (self.control_host, self.control_token) != (None, None):
            raise click.UsageError(
                "there is no control API to be reached or kept: give --control-port as well"
            )
        if self.control_token is None and self.control_host not in (None, *LOOPBACK_NAMES):
            raise click.UsageError(
                f"--control-host {self.control_host} lets others than this machine steer the exchange and "
                "read its keys: give --control-token-file FILE with a token that they have to send"
            )

    def on(self, ports: Ports) -> Ports:
        """The same ports, with the control API where and for whom it was asked for."""
        return replace(
            ports,
            control=self.control_port,
            control_host=self.control_host,
            control_token=self.control_token,
        )


def refuse_no_host(context: click.Context, parameter: click.Parameter, host: str | None) -> str | None:
    """Refuse an empty text, as of an unset variable: it would mean every address of this machine."""
    if host == "":
        raise click.BadParameter("it is empty; 0.0.0.0 means every address", context, parameter)
    return host


def _read_token(context: click.Context, parameter: click.Parameter, path: Path | None) -> Token | None:
    """Read the token, and say nothing of what it is."""
    if path is None:
        return None
    try:
        return Token(text_of(path.read_bytes()))
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}", context, parameter) from None
    except UnicodeDecodeError:
        raise click.BadParameter(f"{path}: is not UTF-8 text", context, parameter) from None
    except ValueError as error:
        raise click.BadParameter(f"{path}: {error}", context, parameter) from None


_OPTIONS = (
    click.option(
        "--control-host",
        callback=refuse_no_host,
        metavar="HOST",
        help="Address of the control API, as in a container; one that others can reach needs a token.",
    ),
    click.option(
        "--control-token-file",
        "control_token",
        type=click.Path(path_type=Path, dir_okay=False),
        callback=_read_token,
        metavar="FILE",
        help="File with a token: every call of the control API has to bring it, as Authorization: Bearer.",
    ),
)


def control_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command that has ``--control-port``; it gets all three as one, ``control``."""

    @wraps(function)
    def gathered(**arguments: Any) -> Any:
        mine = {field.name: arguments.pop(field.name) for field in fields(ControlOptions)}
        return function(control=ControlOptions(**mine), **arguments)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered
