"""The documented hosts, where they stand inside a namespace, and the hosts file that says so."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from bingx_contracts import ENVIRONMENTS
from bingx_fake.gateway.wire import Domain

HTTPS_PORT = 443
ADDRESSES: dict[Domain, str] = {"com": "127.77.0.1", "pro": "127.77.0.2"}
"""Loopback addresses that nothing else uses, one for each domain."""


def _documented() -> dict[str, Domain]:
    domains: dict[str, Domain] = {}
    for environment in ENVIRONMENTS.values():
        domains[urlsplit(environment.com).hostname or ""] = "com"
        domains[urlsplit(environment.pro).hostname or ""] = "pro"
    return domains


DOMAINS = _documented()
"""Each documented host name's domain."""


class HostsFile:
    """A hosts file in which the documented names lead to the fake; all else stands as in the system's own.

    A name stops resolving by one byte: ``127.77.0.1 …`` becomes the comment ``#27.77.0.1 …``, so that no
    reader ever meets half a file.

    :param path: where it is written.
    :param system: the one to copy from.
    """

    def __init__(self, path: Path, system: Path = Path("/etc/hosts")) -> None:
        self.path = path
        self._places: dict[Domain, int] = {}
        text = b""
        for domain, address in ADDRESSES.items():
            self._places[domain] = len(text)
            names = " ".join(name for name, belongs in DOMAINS.items() if belongs == domain)
            text += f"{address} {names}\n".encode()
        try:
            lines = system.read_bytes().splitlines(keepends=True)
        except OSError:
            lines = [b"127.0.0.1 localhost\n"]
        text += b"".join(line for line in lines if not any(name.encode() in line.lower() for name in DOMAINS))
        path.write_bytes(text)
        path.chmod(0o644)

    def set_resolves(self, domain: Domain, resolves: bool) -> None:
        """Make a domain's names resolve or not, from now on."""
        descriptor = os.open(self.path, os.O_WRONLY)
        try:
            os.pwrite(descriptor, b"1" if resolves else b"#", self._places[domain])
        finally:
            os.close(descriptor)
