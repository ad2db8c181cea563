"""Whose keys ``--bingx-env vst`` uses, once for the fixtures, the contract suite and the report.

Apart from what keeps a process from reaching other hosts, which imports the whole exchange.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

KEY_VARIABLE, SECRET_VARIABLE = "BINGX_API_KEY", "BINGX_SECRET_KEY"  # the names, from R


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key and its secret; the repr shows neither."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


def read_credentials(environment: Mapping[str, str] = os.environ) -> Credentials:
    """The credentials for the simulated environment, from where R says that they are kept.

    :raises ValueError: one line that names the variables that are missing.
    """
    missing = [name for name in (KEY_VARIABLE, SECRET_VARIABLE) if not environment.get(name, "").strip()]
    if missing:
        raise ValueError(
            f"--bingx-env vst needs {' and '.join(missing)} in the environment: "
            "a key of BingX's simulated environment and its secret"
        )
    return Credentials(environment[KEY_VARIABLE].strip(), environment[SECRET_VARIABLE].strip())
