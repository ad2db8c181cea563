"""The documented hosts: what stands behind each name, and what the paths of streams lead to there."""

from typing import Literal
from urllib.parse import urlsplit

from bingx_contracts import ENVIRONMENTS, STREAMS
from bingx_fake.venue.instruments import Product

Site = Literal["com", "pro", "stream"]
"""What has host names and a listener of its own: a domain, or the streams of all products (ours, A133)."""

PATHS: dict[str, Product] = {"/market": "spot", "/swap-market": "swap", "/cswap-market": "coinm"}
"""Whose streams are where, at an address that is none of the documented ones."""


def _host_of(url: str) -> str:
    host = urlsplit(url).hostname
    assert host is not None, url
    return host


def _documented() -> dict[str, Site]:
    sites: dict[str, Site] = {}
    for environment in ENVIRONMENTS.values():
        sites[_host_of(environment.com)] = "com"
        sites[_host_of(environment.pro)] = "pro"
    return sites | {_host_of(stream.url): "stream" for stream in STREAMS.values()}


HOSTS = _documented()
"""Each documented host name's site, the domains' before those of streams."""

_DOCUMENTED_PATHS: dict[str, dict[str, Product]] = {
    _host_of(stream.url): {urlsplit(stream.url).path: stream.product} for stream in STREAMS.values()
}


def stream_paths(host: str) -> dict[str, Product]:
    """Whose streams are where at a host: a documented one's own path, or all paths of the stream port (A134).

    :param host: as a request names it, with or without a port.
    """
    return _DOCUMENTED_PATHS.get(host.partition(":")[0].lower().removesuffix("."), PATHS)
