"""Faults that act on connections, before any request is known. They also cut kept-alive connections.

``listener`` carries out ``refuse``, ``tls`` and ``blackhole``; ``dns`` is for whoever resolves names, and
exists only while names are intercepted. The listener of streams is a domain of its own for them.
"""

from bingx_fake.faults.fault import REST, STREAM, Kind

_ANYWHERE = REST | STREAM

REFUSE = Kind(name="refuse", fields=frozenset(), may_fall_back=True, acts_on="connection", domains=_ANYWHERE)
"""TCP connections are refused."""

DNS = Kind(name="dns", fields=frozenset(), may_fall_back=True, acts_on="connection", domains=_ANYWHERE)
"""The domain's name does not resolve."""

TLS = Kind(
    name="tls",
    fields=frozenset({"variant"}),
    may_fall_back=True,
    variants=("unknown-ca", "expired", "wrong-host", "plain-text"),
    acts_on="connection",
    domains=_ANYWHERE,
)
"""The handshake fails. A client that does not verify certificates notices ``plain-text`` only."""

BLACKHOLE = Kind(
    name="blackhole", fields=frozenset(), may_fall_back=True, acts_on="connection", domains=_ANYWHERE
)
"""Connects never complete."""
