"""Where hosts are: what ``patches`` asks whenever the process is about to reach one."""

import ssl
from collections.abc import Callable
from typing import Any, Protocol

Function = Callable[..., Any]


class Rules(Protocol):
    """Where hosts are. Each method may raise to refuse."""

    def look_up(self, host: Any) -> str | None:
        """The address that stands for a host, or None where it may be looked up as usual."""

    def route(self, address: Any) -> Any:
        """The address to connect or send to instead of this one."""

    def context_for(self, context: ssl.SSLContext, host: Any) -> ssl.SSLContext:
        """The context for a handshake with a host, in place of the program's own."""


Replacement = tuple[Any, str, Callable[[Function, Callable[[], Rules]], Function]]
"""What has a function, its name, and what makes another of it that asks the rules in force."""
