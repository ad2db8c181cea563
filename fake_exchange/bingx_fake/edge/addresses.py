"""Addresses of this machine."""

_ANY = frozenset({"0.0.0.0", "::"})


def loopback(host: str) -> str:
    """The loopback address of the same family as ``host``."""
    return "::1" if ":" in host else "127.0.0.1"


def reachable(host: str) -> str:
    """Where whoever is on this machine reaches what is bound to ``host``: every address is none to go to."""
    return loopback(host) if host in _ANY else host
