"""The systems on which an exchange can be served."""

import sys

_NOT_ON_WINDOWS = (
    "on Windows itself no exchange can be served (bingx-fake serve and run, FakeExchange, intercept, the "
    "pytest fixtures): its faults need the sockets and signals of Linux or macOS. Use WSL; bingx-account, "
    "bingx_client and the other commands of bingx-fake need none of that"
)


class UnsupportedSystem(RuntimeError):
    """What was asked for cannot be had on this system. The message says what can."""


def check_system() -> None:
    """Say so at once where no exchange can be served, in place of an error from somewhere inside.

    :raises UnsupportedSystem: on Windows.
    """
    if sys.platform == "win32":
        raise UnsupportedSystem(_NOT_ON_WINDOWS)
