"""Faults that act on connections, before any request is known. They also cut kept-alive connections.

``listener`` carries out ``refuse``, ``tls`` and ``blackhole``; ``dns`` is for whoever resolves names, and
exists only while names are intercepted.
"""

from bingx_fake.faults.fault import Kind

REFUSE = Kind(name="refuse", fields=frozenset(), may_fall_back=True, acts_on="connection")
"""TCP connections are refused."""

DNS = Kind(name="dns", fields=frozenset(), may_fall_back=True, acts_on="connection")
"""The domain's name does not resolve."""

TLS = Kind(
    name="tls",
    fields=frozenset({"variant"}),
    may_fall_back=True,
    variants=("unknown-ca", "expired", "wrong-host", "plain-text"),
    acts_on="connection",
)
"""The handshake fails. A client that does not verify certificates notices ``plain-text`` only."""

BLACKHOLE = Kind(name="blackhole", fields=frozenset(), may_fall_back=True, acts_on="connection")
"""Connects never complete."""
