"""Certificates for the real host names, from a CA that is made at start and thrown away."""

import ssl
from dataclasses import dataclass

import trustme

from bingx_contracts import ENVIRONMENTS

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Certificates:
    """A server context for the documented hosts and for loopback, and the CA that vouches for it."""

    context: ssl.SSLContext
    ca_pem: bytes


def make_certificates() -> Certificates:
    """Make a CA and one certificate from it. Nothing is kept beyond this process."""
    urls = [url for environment in ENVIRONMENTS.values() for url in (environment.com, environment.pro)]
    names = [url.removeprefix("https://") for url in urls]
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, *LOCAL_NAMES).configure_cert(context)
    return Certificates(context, authority.cert_pem.bytes())
