"""Certificates for the real host names, from a CA that is made at start and thrown away."""

import ssl
from datetime import UTC, datetime

import trustme

from bingx_fake.edge.hosts import HOSTS

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
_SOMEBODY_ELSE = "somebody-else.example"


class Certificates:
    """A CA, a server context for the documented hosts and for loopback, and contexts that are wrong.

    Nothing is kept beyond this process.
    """

    def __init__(self) -> None:
        self._names = (*HOSTS, *LOCAL_NAMES)
        self._authority = trustme.CA()
        self._wrong: dict[str, ssl.SSLContext] = {}
        self.context = _context(self._authority.issue_cert(*self._names))

    @property
    def ca_pem(self) -> bytes:
        """The CA to trust."""
        return self._authority.cert_pem.bytes()

    def wrong(self, variant: str) -> ssl.SSLContext:
        """A context that a client which verifies refuses: ``expired``, ``wrong-host`` or ``unknown-ca``."""
        if variant not in self._wrong:
            self._wrong[variant] = _context(self._wrong_certificate(variant))
        return self._wrong[variant]

    def _wrong_certificate(self, variant: str) -> trustme.LeafCert:
        if variant == "expired":
            not_before, not_after = _LONG_AGO
            return self._authority.issue_cert(*self._names, not_before=not_before, not_after=not_after)
        if variant == "wrong-host":
            return self._authority.issue_cert(_SOMEBODY_ELSE)
        assert variant == "unknown-ca", variant
        return trustme.CA().issue_cert(*self._names)


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # A resumed session would skip the certificate, and with it a fault of the certificate.
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    certificate.configure_cert(context)
    return context
