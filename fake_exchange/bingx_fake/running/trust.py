"""What makes a program of any language take the throwaway CA's certificates: its environment.

Programs are left to verify as they always do; they only find other CAs. Nearly all libraries let a variable
say where CAs are. The exception that matters is Python's ``certifi``, which always gives its own file, and
which some libraries (ccxt) ask although the environment says otherwise: a module of the same name stands
before it on ``PYTHONPATH`` and gives ours.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_CA_FILE_VARIABLES = (
    "SSL_CERT_FILE",  # OpenSSL, and with it Python's ssl, Ruby, PHP, .NET; Go; Rust's native certificates
    "REQUESTS_CA_BUNDLE",  # requests
    "CURL_CA_BUNDLE",  # curl
    "NODE_EXTRA_CA_CERTS",  # Node, Bun
    "DENO_CERT",  # Deno
)

_CERTIFI = '''"""Stands in for certifi under `bingx-fake run`: the throwaway CA in place of the world's."""

from pathlib import Path


def where() -> str:
    return str(Path(__file__).with_name("cacert.pem"))


def contents() -> str:
    return Path(where()).read_text(encoding="ascii")
'''
_CERTIFI_PACKAGE = """from .core import contents, where

__all__ = ["contents", "where"]
__version__ = "2999.01.01"
"""


@dataclass(frozen=True, slots=True)
class Trust:
    """Files that a program is pointed at."""

    ca_file: Path
    no_others: Path
    python_path: Path

    @classmethod
    def write(cls, folder: Path, ca_pem: bytes) -> "Trust":
        """Write them into a folder. A CA's certificate is no secret: everybody may read it."""
        folder.chmod(0o755)
        ca_file, no_others, certifi = folder / "ca.pem", folder / "no-cas", folder / "python" / "certifi"
        ca_file.write_bytes(ca_pem)
        ca_file.chmod(0o644)
        no_others.mkdir(mode=0o755)
        certifi.mkdir(mode=0o755, parents=True)
        (certifi / "__init__.py").write_text(_CERTIFI_PACKAGE, encoding="ascii")
        (certifi / "core.py").write_text(_CERTIFI, encoding="ascii")
        (certifi / "cacert.pem").write_bytes(ca_pem)
        return cls(ca_file, no_others, certifi.parent)

    def environment(self, present: Mapping[str, str]) -> dict[str, str]:
        """A program's environment: the present one, in which the throwaway CA is the only one."""
        python_path = os.pathsep.join(filter(None, (str(self.python_path), present.get("PYTHONPATH"))))
        return {
            **present,
            **dict.fromkeys(_CA_FILE_VARIABLES, str(self.ca_file)),
            "SSL_CERT_DIR": str(self.no_others),
            "PYTHONPATH": python_path,
        }
