"""Where requests go, and which hosts move real money."""

import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv6Address
from types import MappingProxyType
from urllib.parse import urlsplit

from bingx_client.errors import ParameterError
from bingx_contracts import ENVIRONMENTS as _DOCUMENTED
from bingx_contracts import SPARE_DOMAIN, STREAMS, Product

BaseUrls = tuple[str, str]

ENVIRONMENTS: Mapping[str, BaseUrls] = MappingProxyType(
    {name: (environment.com, environment.pro) for name, environment in _DOCUMENTED.items()}
)
"""Environment name to (primary, fallback) base URL, as S lists them."""

STREAM_URLS: Mapping[str, Mapping[Product, str]] = MappingProxyType(
    {
        name: MappingProxyType(
            {product: stream.url for (env, product), stream in STREAMS.items() if env == name}
        )
        for name in _DOCUMENTED
    }
)
"""Environment name to the websocket URL of each product, as far as documents name one (R, D, O).

There is none of the simulated environment but of ``swap``.
"""

_STREAM_PATHS: Mapping[Product, str] = {"spot": "/market", "swap": "/swap-market", "coinm": "/cswap-market"}
"""Where each product is behind one address that serves all of them, such as a fake's."""
_CALLED: Mapping[Product, str] = {
    "spot": "spot markets",
    "swap": "perpetuals",
    "coinm": "coin-margined perpetuals",
}

_SIMULATED_HOSTS = frozenset(
    urlsplit(url).hostname
    for name, environment in _DOCUMENTED.items()
    if not environment.live
    for url in (environment.com, environment.pro, *STREAM_URLS[name].values())
)
_PLAIN_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.?|[0-9a-f:.]+")
"""HTTP libraries decode, split and normalise other spellings, so that a live host could hide behind one."""

_EXCHANGE_DOMAINS = tuple(
    f".{'.'.join((urlsplit(url).hostname or '').split('.')[-2:])}"
    for url in (
        *(url for environment in _DOCUMENTED.values() for url in (environment.com, environment.pro)),
        SPARE_DOMAIN.url,
    )
)


def choose_base_urls(env: str, base_urls: tuple[str, str] | None) -> BaseUrls:
    """The two base URLs to use.

    :param env: ``prod-live`` or ``prod-vst``.
    :param base_urls: (primary, fallback) instead of the environment's own.
    :raises ParameterError: for an unknown environment, where S's function would quietly take prod-live,
        and for base URLs that are none.
    """
    if env not in ENVIRONMENTS:
        raise ParameterError(f"env must be one of {', '.join(ENVIRONMENTS)}, not {env!r}")
    if base_urls is None:
        return ENVIRONMENTS[env]
    urls: object = base_urls
    if not isinstance(urls, tuple | list) or len(urls) != 2 or not all(isinstance(url, str) for url in urls):
        raise ParameterError(f"base_urls must be two URLs, primary and fallback, not {urls!r}")
    return _checked(urls[0]), _checked(urls[1])


def choose_stream_url(
    env: str, base_urls: BaseUrls, stream_url: str | None, product: Product = "spot"
) -> str:
    """The URL of the stream to use, without a query.

    :param base_urls: where requests go; a stream of the environment's belongs to its own alone.
    :param stream_url: to use instead of the environment's; one without a path gets the documented one.
    :raises ParameterError: where no document names one, and none is given.
    """
    if stream_url is not None:
        return _checked_stream(stream_url, product)
    if base_urls != ENVIRONMENTS[env]:
        raise ParameterError(
            "this client has base_urls of its own: give it stream_url as well, such as FakeExchange's, or "
            "it would listen to another exchange than it talks to"
        )
    if product not in STREAM_URLS[env]:
        raise ParameterError(
            f"no document names a stream of the {_CALLED[product]} of {env}: give stream_url"
        )
    return STREAM_URLS[env][product]


def _checked_stream(url: str, product: Product) -> str:
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except (ValueError, AttributeError, TypeError) as error:
        raise ParameterError(f"{url!r} is no URL of a stream: {error}") from None
    if (
        parts.scheme not in ("ws", "wss")
        or not parts.hostname
        or not port_is_fine
        or parts.query
        or parts.fragment
        or parts.username is not None
        or not _PLAIN_HOST.fullmatch(parts.hostname)
    ):
        raise ParameterError(f"{url!r} is no URL of a stream: give ws:// or wss://, host, port and path only")
    path = _STREAM_PATHS[product] if parts.path in ("", "/") else parts.path
    return f"{parts.scheme}://{parts.netloc}{path}"


def moves_real_money(base_urls: BaseUrls) -> bool:
    """Whether any of the hosts is the live exchange's, whatever the environment is called.

    Every host under the exchange's domains counts as live, except the two simulated ones.
    """
    return any(_is_live(url) for url in base_urls)


def is_simulated(base_urls: BaseUrls) -> bool:
    """Whether any of the hosts is the simulated environment's."""
    return any(_host(url) in _SIMULATED_HOSTS for url in base_urls)


def is_loopback(base_urls: BaseUrls) -> bool:
    """Whether both hosts are this machine."""
    return all(is_this_machine(url) for url in base_urls)


def is_this_machine(base_url: str) -> bool:
    """Whether a host is this machine: ``localhost``, names below it, 127.0.0.0/8 in any spelling, ``::1``."""
    host = _host(base_url)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    with suppress(OSError):
        return socket.inet_aton(host)[0] == 127  # 127.1 and the like, as whoever connects reads them
    with suppress(ValueError):
        address = IPv6Address(host)
        return (address.ipv4_mapped or address).is_loopback
    return False


def notice(env: str) -> str | None:
    """What S wants people told about an environment, if anything."""
    return _DOCUMENTED[env].notice


def _is_live(url: str) -> bool:
    host = _host(url)
    return host not in _SIMULATED_HOSTS and f".{host}".endswith(_EXCHANGE_DOMAINS)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ParameterError(f"{url!r} is no base URL: {error}") from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or not port_is_fine
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
        or parts.username is not None
        or not _PLAIN_HOST.fullmatch(parts.hostname)
    ):
        raise ParameterError(f"{url!r} is no base URL: give scheme, host and port only")
    return f"{parts.scheme}://{parts.netloc}"
