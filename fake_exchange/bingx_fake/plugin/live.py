"""``--bingx-env vst``: tests that talk to BingX's simulated environment, and to nothing else but streams.

Public topics of spot markets are pushed by the live exchange's hosts of streams alone, which take no orders.

Whether writes may be sent and which hosts may be reached is decided here, once for the fixtures and the
contract suite.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from bingx_contracts import ENDPOINTS, ENVIRONMENTS
from bingx_fake.edge.hosts import HOSTS
from bingx_fake.inprocess import patches
from bingx_fake.inprocess.interception import TriedToLeave, is_of_bingx

VST = ENVIRONMENTS["prod-vst"]
_SIMULATED = sorted(str(urlsplit(url).hostname) for url in (VST.com, VST.pro))
_HOSTS = frozenset(_SIMULATED) | {host for host, site in HOSTS.items() if site == "stream"}

_PERPETUALS = ("/openApi/swap/", "/openApi/cswap/")
_CHANGE_NONE = frozenset(
    (endpoint.method, endpoint.path)
    for endpoint in ENDPOINTS.values()
    if endpoint.write is None or endpoint.write.kind not in ("order", "batch")
)
_PLACE_ONE = ENDPOINTS["swap_trade.place_order"].path

LookUp = Callable[[str, int, int], list[Any]]


def may_change_positions(method: str, path: str, parameters: Mapping[str, object]) -> bool:
    """Whether a request may open or close a position in perpetuals, at once or when a price is reached.

    A single limit order that is never to take may not: it rests where it is put, until it is cancelled. Of
    every other order, and of what is not known, it is assumed.
    """
    if method == "GET" or not path.startswith(_PERPETUALS) or (method, path) in _CHANGE_NONE:
        return False
    rests = parameters.get("type") == "LIMIT" and parameters.get("timeInForce") == "PostOnly"
    carries = {"takeProfit", "stopLoss"} & parameters.keys()
    return path != _PLACE_ONE or not rests or bool(carries)


class OnlyTheSimulatedHosts:
    """Lets a process reach the two hosts of the simulated environment, the documented streams and loopback.

    :param look_up: ``socket.getaddrinfo``, or what stands for it.
    """

    def __init__(self, look_up: LookUp = socket.getaddrinfo) -> None:
        self._look_up = look_up
        self._known: set[str] = set()

    def look_up(self, host: Any) -> str | None:
        """The address of one of these hosts, which may be connected to from now on; None for loopback.

        :raises TriedToLeave: for every other name.
        """
        name = _plain(host)
        if name in _HOSTS:
            address = str(self._look_up(name, 443, socket.AF_INET)[0][4][0])
            self._known.add(address)
            return address
        if not _is_here(name) and name not in self._known:
            raise TriedToLeave(_refusal(name))
        return None

    def route(self, address: Any) -> Any:
        """The address itself.

        :raises TriedToLeave: when it is neither loopback nor one of these hosts.
        """
        if isinstance(address, tuple) and len(address) >= 2:
            name = _plain(address[0])
            if not (_is_here(name) or name in self._known or name in _HOSTS):
                raise TriedToLeave(_refusal(f"{name}:{address[1]}"))
        return address

    def context_for(self, context: Any, host: Any) -> Any:
        """The program's own context: certificates are verified as usual."""
        return context

    def judge(self, host: Any, peer: Any) -> None:
        """Allow a proxy to lead to a host.

        :raises TriedToLeave: when it is one of BingX's, but none of these.
        """
        name = _plain(host)
        if name not in _HOSTS and is_of_bingx(name):
            raise TriedToLeave(_refusal(name))


@contextmanager
def only_the_simulated_hosts() -> Iterator[None]:
    """Keep this process from reaching anything else during a ``with`` block."""
    rules = OnlyTheSimulatedHosts()
    with patches.installed(lambda: rules, ()):
        yield


def _refusal(shown: str) -> str:
    return (
        f"a test tried to leave for {shown}; with --bingx-env vst only {' and '.join(_SIMULATED)}, "
        "the documented hosts of streams and loopback may be reached"
    )


def _plain(host: Any) -> str:
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("latin-1")
    return str(host or "").lower().removesuffix(".")


def _is_here(name: str) -> bool:
    if name in ("", "localhost") or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
