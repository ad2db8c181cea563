"""Proxies of the environment: which one a base URL is reached through, and what part it had in a failure."""

import urllib.request
from urllib.parse import urlsplit

from bingx_client.wire.environments import is_this_machine

_PORTS = {"http": 80, "https": 443}
_SOCKS_PORT = 1080


class ProxyUnclear(ValueError):
    """A proxy's URL can be read in two ways. The text holds nothing of it."""


def environment_proxy(base_url: str) -> str | None:
    """The proxy that ``HTTP_PROXY``, ``HTTPS_PROXY`` and ``NO_PROXY`` name for a base URL, with its scheme.

    None where they name none, and for this machine: a proxy would look for it on its own.
    """
    parts = urlsplit(base_url)
    if is_this_machine(base_url) or (parts.hostname and urllib.request.proxy_bypass(parts.hostname)):
        return None
    proxy = urllib.request.getproxies().get(parts.scheme)
    return None if not proxy else _with_scheme(proxy)


def place_of(proxy: str) -> str:
    """Host and port of a proxy, for messages; never its user or password.

    :raises ProxyUnclear: when they cannot be told for certain.
    """
    parts = urlsplit(_with_scheme(proxy))
    if not parts.hostname or any("@" in beyond for beyond in parts[2:]):
        raise ProxyUnclear("user or password hold characters that have to be percent-encoded in a URL")
    try:
        port = parts.port
    except ValueError:
        raise ProxyUnclear("the port is no number") from None  # it may be part of a password
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{host}:{port or _PORTS.get(parts.scheme, _SOCKS_PORT)}"


def with_proxy(place: str | None, reason: str, *, beyond: bool) -> str:
    """A failure's reason, saying what part the proxy had in it.

    :param place: its host and port; None where there is no proxy.
    :param beyond: whether what failed may be what is behind it.
    """
    if place is None:
        return reason
    return f"{reason}, through the proxy {place}" if beyond else f"the proxy {place}: {reason}"


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"
