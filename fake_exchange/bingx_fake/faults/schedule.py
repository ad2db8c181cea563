"""A schedule of faults in a TOML file: ``[[faults]]`` tables in the form of ``POST /faults``."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from bingx_contracts.reading.files import text_of
from bingx_contracts.reading.toml_lines import line_of
from bingx_fake.faults.fault import Fault
from bingx_fake.faults.kinds import FaultError, read_orders


class ScheduleError(ValueError):
    """A schedule cannot be used. The message names the file, the line, the key and the reason."""


def read_schedule(source: Path, *, missing: Mapping[str, str]) -> list[Fault]:
    """Read a schedule and check all of it.

    :param missing: kinds that cannot be had here, and why.
    :raises ScheduleError: naming file, line, key and reason.
    """
    try:
        text = text_of(source.read_bytes())
        document = tomllib.loads(text)
    except OSError as error:
        raise ScheduleError(f"{source}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ScheduleError(f"{source}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ScheduleError(f"{source}: {error}") from None
    try:
        for name in document:
            if name != "faults":
                raise FaultError("unknown key; a schedule has [[faults]] only", (name,))
        orders = document.get("faults")
        if not isinstance(orders, list):
            raise FaultError("there are no [[faults]]")
        try:
            return read_orders(orders, missing=missing)
        except FaultError as error:
            raise FaultError(error.reason, ("faults", *error.path)) from None
    except FaultError as error:
        raise ScheduleError(f"{source}: line {line_of(text, error.path)}: {error}") from None
