"""Where the documented hosts stand inside a namespace, and the hosts file that says so."""

import os
from pathlib import Path

from bingx_fake.edge.hosts import HOSTS, Site

HTTPS_PORT = 443
ADDRESSES: dict[Site, str] = {"com": "127.77.0.1", "pro": "127.77.0.2", "stream": "127.77.0.3"}
"""Loopback addresses that nothing else uses, one for each site."""


class HostsFile:
    """A hosts file in which the documented names lead to the fake; all else stands as in the system's own.

    A name stops resolving by one byte: ``127.77.0.1 …`` becomes the comment ``#27.77.0.1 …``, so that no
    reader ever meets half a file.

    :param path: where it is written.
    :param system: the one to copy from.
    """

    def __init__(self, path: Path, system: Path = Path("/etc/hosts")) -> None:
        self.path = path
        self._places: dict[Site, int] = {}
        text = b""
        for site, address in ADDRESSES.items():
            self._places[site] = len(text)
            names = " ".join(name for name, belongs in HOSTS.items() if belongs == site)
            text += f"{address} {names}\n".encode()
        try:
            lines = system.read_bytes().splitlines(keepends=True)
        except OSError:
            lines = [b"127.0.0.1 localhost\n"]
        text += b"".join(line for line in lines if not any(name.encode() in line.lower() for name in HOSTS))
        path.write_bytes(text)
        path.chmod(0o644)

    def set_resolves(self, site: Site, resolves: bool) -> None:
        """Make a site's names resolve or not, from now on."""
        descriptor = os.open(self.path, os.O_WRONLY)
        try:
            os.pwrite(descriptor, b"1" if resolves else b"#", self._places[site])
        finally:
            os.close(descriptor)
