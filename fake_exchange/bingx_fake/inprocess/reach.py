"""Where hosts are: what ``patches`` asks whenever the process is about to reach one."""

import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from bingx_fake.inprocess.destinations import MOST_READ, destination

Function = Callable[..., Any]


class Rules(Protocol):
    """Where hosts are. Each method may raise to refuse."""

    def look_up(self, host: Any) -> str | None:
        """The address that stands for a host, or None where it may be looked up as usual."""

    def route(self, address: Any) -> Any:
        """The address to connect or send to instead of this one."""

    def context_for(self, context: ssl.SSLContext, host: Any) -> ssl.SSLContext:
        """The context for a handshake with a host, in place of the program's own."""

    def judge(self, host: Any, peer: Any) -> None:
        """Allow a connection to lead on to a host.

        :param host: whom a handshake on it names, or a request to a proxy.
        :param peer: the address that it is made to; None where nobody knows.
        """


class OwnContext(ssl.SSLContext):
    """One that rules gave in place of a program's own: what it encrypts goes where they led it."""


Replacement = tuple[Any, str, Callable[[Function, Callable[[], Rules]], Function]]
"""What has a function, its name, and what makes another of it that asks the rules in force."""


def judge_named(rules: Rules, host: str | None, find_peer: Callable[[], Any]) -> None:
    """Refuse a host that is named on a connection which the rules do not let lead to it.

    :param host: None where none is named, and all is well.
    :param find_peer: gives the peer's address; an OSError means that there is none, so that nothing is sent.
    """
    if host is None:
        return
    try:
        peer = find_peer()
    except OSError:
        return
    rules.judge(host, peer)


def judge_sent(rules: Rules, data: Any, find_peer: Callable[[], Any]) -> None:
    """The same for a host to which bytes ask to be led on."""
    judge_named(rules, destination(data), find_peer)


def judge_encrypted(rules: Rules, secured: ssl.SSLSocket | ssl.SSLObject, data: Any) -> None:
    """The same for bytes that are about to be encrypted, on connections of before the rules as well."""
    if secured.server_side or isinstance(secured.context, OwnContext):
        return
    find_peer = secured.getpeername if isinstance(secured, socket.socket) else _nobody_knows
    judge_named(rules, secured.server_hostname, find_peer)
    judge_sent(rules, data, find_peer)


def first_bytes(pieces: Iterable[Any]) -> bytes:
    """As many of the bytes in several pieces as ``judge_sent`` looks at."""
    start = bytearray()
    for piece in pieces:
        start += memoryview(piece).cast("B")[:MOST_READ]
        if len(start) >= MOST_READ:
            break
    return bytes(start)


def _nobody_knows() -> None:
    return None
