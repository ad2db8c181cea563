"""One run: the program in its place, the exchange beside it, until the program ends."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bingx_fake.edge.hosts import Site
from bingx_fake.edge.listener import bind
from bingx_fake.exchange import Exchange
from bingx_fake.running.hosts import ADDRESSES, HostsFile
from bingx_fake.running.namespace import enter, prepare_view
from bingx_fake.running.program import Program
from bingx_fake.running.proxy import Address, Proxy, proxy_environment, without_proxies
from bingx_fake.running.trust import Trust
from bingx_fake.serving import Ports, Serving

if TYPE_CHECKING:
    from bingx_fake.edge.tls import Certificates

_LAST_WORDS_S = 1
"""An ended program's handshakes end at once; this is for one that left a child behind in the middle of it."""

Command = tuple[str, Sequence[str]]
"""A program's path, and its arguments beginning with its name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a program waits to be let go, and how the exchange is served to it.

    :param isolation: what keeps the program from everything else, ``namespace`` or ``proxy``.
    :param on_name: makes a site's names resolve or not.
    """

    isolation: str
    program: Program
    ports: Ports
    on_name: Callable[[Site, bool], None] | None = None
    proxy: Proxy | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run, apart from what stands in the journal.

    :param exit_status: the program's.
    :param distrusted: how many handshakes the program broke off because it does not trust the CA.
    :param asked: how many connections the program made to the proxy; None where there is none.
    :param refused: what the proxy refused, and how often.
    """

    exit_status: int
    distrusted: int = 0
    asked: int | None = None
    refused: Mapping[str, int] = field(default_factory=dict)


def in_namespace(command: Command, folder: Path, trust: Trust, control_port: int | None) -> Place:
    """Put a program into a network namespace of its own.

    :param folder: where files that the namespace needs are kept.
    :raises NamespaceError: when there cannot be one.
    """
    hosts = HostsFile(folder / "hosts")
    view = prepare_view(folder, hosts, trust.ca_file)
    environment = trust.environment(without_proxies(os.environ))
    program = Program(command, environment, lambda: enter(view))
    given = dict(zip(ADDRESSES, program.sockets, strict=True))
    return Place("namespace", program, Ports(control=control_port, given=given), hosts.set_resolves)


def behind_proxy(command: Command, trust: Trust, control_port: int | None, exchange: Exchange) -> Place:
    """Put a program into an environment that names a proxy."""
    bound = bind("127.0.0.1", 0, "proxy")
    environment = proxy_environment(trust.environment(os.environ), bound.getsockname())
    program = Program(command, environment)

    def resolves(site: Site) -> bool:
        return not exchange.faults.unresolvable(site, exchange.clock.now_ms())

    return Place("proxy", program, Ports(control=control_port), proxy=Proxy(bound, resolves))


async def attend(
    place: Place,
    exchange: Exchange,
    certificates: "Certificates",
    on_ready: Callable[[Mapping[str, str]], None],
) -> Outcome:
    """Serve an exchange to a program until it ends.

    :param on_ready: told the exchange's URLs just before the program begins.
    :raises PortError: when the control port is in use.
    :raises ProgramError: when the program cannot be executed.
    """
    exchange.names_intercepted = True
    serving = Serving(exchange, place.ports, certificates, place.on_name)
    try:
        await serving.start()
    except OSError:
        place.program.abandon()
        raise
    try:
        if place.proxy is not None:
            await place.proxy.start({site: _address(serving.urls[site]) for site in ADDRESSES})
        on_ready(serving.urls)
        place.program.go()
        status = await asyncio.to_thread(place.program.wait)
        await serving.finish_handshakes(_LAST_WORDS_S)  # what it broke off at last is to be counted, too
    finally:
        if place.proxy is not None:
            await place.proxy.stop()
        await serving.stop()
    if place.proxy is None:
        return Outcome(status, serving.distrusted)
    return Outcome(status, serving.distrusted, place.proxy.asked, place.proxy.refused)


def _address(url: str) -> Address:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 0
