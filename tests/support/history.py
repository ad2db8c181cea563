"""What histories start from and consist of, wherever one is played: users' keys, requests and answers."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from support.sender import Reply, Sender

EVERYTHING = ("read", "transfer", "inner_transfer", "trade")
"""Permissions for all that histories ask for."""


def key(name: str, *permissions: str, ips: tuple[str, ...] = ()) -> dict[str, Any]:
    """A user's key in a state, as a ``Sender`` signs with it.

    :param name: of its user; or more, such as ``alice-read``.
    :param permissions: ``EVERYTHING``, unless some are given.
    """
    return {
        "key": f"{name}-key",
        "secret": f"{name}-secret",
        "permissions": list(permissions or EVERYTHING),
        "ips": list(ips),
    }


class Met(NamedTuple):
    """A request and its answer."""

    method: str
    path: str
    reply: Reply
    name: str = ""


class History:
    """Requests that are sent one after another, and what came of them."""

    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self.met: list[Met] = []

    def call(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        name: str = "",
        **options: Any,
    ) -> None:
        """Send a signed request, by alice unless the options say otherwise.

        :param name: what it is found by.
        :param options: of ``Sender.call``.
        """
        reply = self.sender.call(method, path, dict(parameters or {}), **options)
        self.met.append(Met(method, path, reply, name))

    def raw(self, method: str, path: str, **options: Any) -> None:
        """Send a request that nobody signed. ``options`` are of ``Sender.raw``."""
        self.met.append(Met(method, path.partition("?")[0], self.sender.raw(method, path, **options)))
