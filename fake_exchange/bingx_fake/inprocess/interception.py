"""``intercept``: BingX's real host names, answered by a fake exchange in this process.

Three things happen between a program and a host, and each has one rule here:

- *A name is looked up.* Each documented host stands at a loopback address of its own on which nobody listens;
  the port stays as it is, since some libraries (anyio) drop the one that a lookup returns. A name that is
  neither one of ours nor loopback is refused before anybody is asked for it.
- *A connection is made.* Those addresses lead to the exchange's listeners. An address that is not loopback
  is refused, which also stops whoever kept one from before.
- *A handshake names its host.* For one of ours it runs in a context that trusts the exchange's throwaway CA
  and nothing else, and verifies what the program's own context verifies. That one stays as it is.

A proxy would go round all three: it is a host like others, often on loopback, and looks names up by itself.
So what asks one for a host of BingX's is refused before a byte of it is sent: a request line, a SOCKS request
or a handshake that names such a host, on a connection that does not lead to the exchange.

``patches`` puts the rules into the functions that every library ends in.
"""

import os
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from bingx_contracts import SPARE_DOMAIN
from bingx_fake.edge.hosts import HOSTS, Site
from bingx_fake.inprocess import patches
from bingx_fake.inprocess.fake_exchange import FakeExchange
from bingx_fake.inprocess.reach import OwnContext

_HTTPS_PORT = 443
# The empty name means any address of this machine.
_LOOPBACK_NAMES = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})


class TriedToLeave(RuntimeError):
    """A program under interception tried to reach something that is neither a documented host nor loopback.

    No OSError on purpose: code that survives network errors by trying again must not survive this one.
    """


@dataclass(frozen=True, slots=True)
class _Host:
    """A documented host, the site it belongs to, and the loopback address that stands for it."""

    name: str
    site: Site
    address: str


_BY_NAME = {
    name: _Host(name, site, f"127.77.0.{number}")
    for number, (name, site) in enumerate(HOSTS.items(), start=1)
}
_BY_ADDRESS = {host.address: host for host in _BY_NAME.values()}
# bingx.com and the like: what else is below them is the real exchange too.
_EXCHANGE_DOMAINS = {name.partition(".")[2] for name in (*_BY_NAME, str(urlsplit(SPARE_DOMAIN.url).hostname))}


class _Interception:
    """Where the documented hosts lead, and who else may be reached, during one ``intercept``."""

    def __init__(self, exchange: FakeExchange, *, allow_other_hosts: bool) -> None:
        if exchange.ca_file is None:
            raise ValueError(
                "the documented hosts speak https, so an exchange that answers for them needs TLS: "
                "FakeExchange(tls=True)"
            )
        self.exchange, self._allow_other_hosts = exchange, allow_other_hosts
        self._inner = exchange.call(lambda inner: inner)
        self._ca = exchange.ca_file.read_text(encoding="ascii")
        urls = dict(zip(("com", "pro", "stream"), (*exchange.base_urls, exchange.stream_url), strict=True))
        self._listeners = {site: (urlsplit(url).hostname, urlsplit(url).port) for site, url in urls.items()}

    def begin(self) -> None:
        """Let the exchange know that names lead to it, so that it takes ``dns`` faults."""
        self._inner.names_intercepted = True

    def end(self, remaining: Iterable["_Interception"]) -> None:
        """Let the exchange know, unless others still lead to it. It may be closed by now."""
        self._inner.names_intercepted = any(other.exchange is self.exchange for other in remaining)

    def look_up(self, host: Any) -> str | None:
        """The address that stands for a host, or None where it may be looked up as usual.

        :raises TriedToLeave: for a name elsewhere.
        :raises socket.gaierror: while a fault says that the name does not resolve.
        """
        name = _plain(host)
        documented = _BY_NAME.get(name)
        if documented is not None:
            self._check_resolves(documented)
            return documented.address
        # A numeric address asks nobody, and may be one to listen on; ``route`` judges it.
        if _numeric(name) is None and not _is_loopback_name(name):
            self._check_may_leave(name, name)
        return None

    def route(self, address: Any) -> Any:
        """The address to connect or send to instead of this one.

        :raises TriedToLeave: for an address elsewhere, and for a port of a documented host that is not 443.
        :raises socket.gaierror: while a fault says that the name behind it does not resolve: clients that
            keep addresses (aiohttp does, for 10 s) must meet the fault as soon as it is in force.
        """
        if not isinstance(address, tuple) or len(address) < 2:
            return address
        name, port = _plain(address[0]), address[1]
        documented = _BY_NAME.get(name) or _BY_ADDRESS.get(name)
        if documented is not None:
            if port != _HTTPS_PORT:
                raise TriedToLeave(
                    f"a test tried to reach {documented.name}:{port}, "
                    f"which the fake exchange answers on port {_HTTPS_PORT} (https) only"
                )
            self._check_resolves(documented)
            return self._listeners[documented.site]
        numeric = _numeric(name)
        if not (_is_here(numeric) if numeric is not None else _is_loopback_name(name)):
            self._check_may_leave(name, f"{name}:{port}")
        return address

    def context_for(self, context: ssl.SSLContext, host: Any) -> ssl.SSLContext:
        """The context for a handshake with a host: the program's own, or for ours one that trusts the CA.

        The CA does not go into the program's context: it would stay there and vouch for other names as well.
        """
        if _plain(host) not in _BY_NAME:
            return context
        twin = OwnContext(ssl.PROTOCOL_TLS_CLIENT)
        twin.check_hostname = context.check_hostname
        twin.verify_mode = context.verify_mode
        twin.verify_flags = context.verify_flags
        twin.load_verify_locations(cadata=self._ca)
        return twin

    def judge(self, host: Any, peer: Any) -> None:
        """Allow a connection to lead on to a host.

        :raises TriedToLeave: when it is one of BingX's, and the connection does not lead to the exchange.
        """
        name = _plain(host)
        documented = _BY_ADDRESS.get(name)
        name = name if documented is None else documented.name
        if is_of_bingx(name) and not any(other.answers_at(peer) for other in tuple(_active)):
            through = "a connection" if peer is None else f"the connection to {_shown(peer)}"
            raise TriedToLeave(
                f"a test tried to reach {name} through {through}, which is not the fake exchange; if that is "
                "a proxy, run the program without it (HTTPS_PROXY, proxies=, proxy=, httpsProxy)"
            )

    def answers_at(self, peer: Any) -> bool:
        """Whether the exchange answers there, under an address of its own or of the hosts it stands for."""
        if not isinstance(peer, tuple) or len(peer) < 2:
            return False
        name = _plain(peer[0])
        return name in _BY_NAME or name in _BY_ADDRESS or (name, peer[1]) in self._listeners.values()

    def _check_resolves(self, host: _Host) -> None:
        if not self.exchange.resolves(host.site):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def _check_may_leave(self, name: str, shown: str) -> None:
        if is_of_bingx(name):
            raise TriedToLeave(
                f"a test tried to leave for {shown}, which is the real exchange and not one of the hosts "
                f"that the fake answers ({', '.join(_BY_NAME)}); no option lets a test through to it"
            )
        if not self._allow_other_hosts:
            raise TriedToLeave(
                f"a test tried to leave for {shown}; while BingX's hosts are intercepted, only they and "
                "loopback can be reached, unless intercept(..., allow_other_hosts=True) lets others through"
            )


@contextmanager
def intercept(
    exchange: FakeExchange | None = None, *, allow_other_hosts: bool = False
) -> Iterator[FakeExchange]:
    """Answer BingX's documented hosts with a fake exchange, in this process, during a ``with`` block.

    Programs run as they are, with the real URLs, through requests, urllib3, urllib, aiohttp, httpx, ccxt and
    whatever else opens Python's own sockets; so do sessions and SSL contexts made earlier. Certificates are
    verified. Other hosts are refused with ``TriedToLeave``; loopback stays as it is.

    :param exchange: one made with ``tls=True``, which is left open; by default a new one, closed at the end.
    :param allow_other_hosts: let other hosts through, except more of the exchange's own.
    :return: the exchange that answers.
    :raises ValueError: for an exchange without TLS.

    It holds for the whole process: every thread, not only the one that enters. Of several, the one entered
    last is in force; after the last has ended, every function is again the one that was there before. It does
    not reach other processes and libraries with sockets of their own (pycurl, grpc). Encrypted connections to
    BingX that are already open, and proxies that would lead to it, are refused when they are used.
    """
    with ExitStack() as stack:
        if exchange is None:
            exchange = stack.enter_context(FakeExchange(tls=True))
        stack.enter_context(_in_force(_Interception(exchange, allow_other_hosts=allow_other_hosts)))
        yield exchange


# Patches belong to the process, and so does this: what is active, the last one in force.
_active: list[_Interception] = []
_patched = ExitStack()
# One that its holder may take again: a garbage collection may end an interception while another begins.
_changing = threading.RLock()


def _renew_lock() -> None:
    """In a forked process: whoever held the lock is not there to let it go."""
    global _changing
    _changing = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


@contextmanager
def _in_force(interception: _Interception) -> Iterator[None]:
    with _changing:
        if not _active:
            _patched.enter_context(patches.installed(_current, _BY_NAME))
        _active.append(interception)
        interception.begin()
    try:
        yield
    finally:
        with _changing:
            # Not the last one: threads need not leave in the order in which they came.
            _active.remove(interception)
            interception.end(_active)
            if not _active:
                _patched.close()


def _current() -> _Interception | None:
    """What is in force; None for a thread that was inside a patched function when the last one ended."""
    return next(reversed(_active), None)


def is_of_bingx(name: str) -> bool:
    """Whether a host, in small letters, is BingX's own: documented or not."""
    return any(name == domain or name.endswith(f".{domain}") for domain in _EXCHANGE_DOMAINS)


def _shown(address: Any) -> str:
    """An address for people: of the network, or of a Unix socket."""
    return ":".join(map(str, address[:2])) if isinstance(address, tuple) else str(address)


def _plain(host: Any) -> str:
    """A host in one spelling: libraries pass text or bytes, in any case, with or without the last dot."""
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("latin-1")
    return str(host or "").lower().removesuffix(".")


def _numeric(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _is_here(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_unspecified


def _is_loopback_name(name: str) -> bool:
    return name in _LOOPBACK_NAMES or name.endswith(".localhost")
