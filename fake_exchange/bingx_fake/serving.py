"""A running exchange: listeners of two domains and of streams, which follow the faults, and control."""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bingx_fake.control.access import Token
from bingx_fake.control.application import control_application
from bingx_fake.edge.addresses import loopback, reachable
from bingx_fake.edge.domain_server import DomainServer
from bingx_fake.edge.hosts import Site
from bingx_fake.edge.listener import Listener, bind
from bingx_fake.edge.stream_server import StreamServer
from bingx_fake.exchange import Exchange

if TYPE_CHECKING:
    from bingx_fake.edge.tls import Certificates

_LOOK_AGAIN_S = 0.01
"""How soon a change of the system's time is seen, by a test library above all: it tells nobody."""
_log = logging.getLogger("bingx_fake")


@dataclass(frozen=True, slots=True)
class Ports:
    """Where to listen; port 0 picks a free one.

    :param host: for the domains. The control API is on loopback whatever it says.
    :param control: None for no control API.
    :param control_host: where that is all the same.
    :param control_token: what every call of it has to bring; without one, it answers to loopback names only.
    :param stream: of the streams of all products.
    :param given: sockets to serve every site with instead, of another network namespace: all or none.
    :param outside: where the streams are on loopback as well, if they are, besides one of these sockets.
    """

    host: str = "127.0.0.1"
    com: int = 0
    pro: int = 0
    control: int | None = 0
    control_host: str | None = None
    control_token: Token | None = None
    stream: int = 0
    given: Mapping[Site, socket.socket] = field(default_factory=dict)
    outside: int | None = None


class Serving:
    """A running exchange: its listeners and their addresses.

    :param certificates: for every site, or None for plain HTTP.
    :param on_name: told when a site's names cease to resolve, and when they do again.
    """

    def __init__(
        self,
        exchange: Exchange,
        ports: Ports,
        certificates: "Certificates | None" = None,
        on_name: Callable[[Site, bool], None] | None = None,
    ) -> None:
        self._exchange, self._ports, self._certificates = exchange, ports, certificates
        self._on_name = on_name
        self._listeners: list[tuple[Site, Listener]] = []
        self._nameless: set[Site] = set()
        self._streams: StreamServer
        self._control: web.AppRunner | None = None
        self._following = asyncio.Lock()
        self._alarm: asyncio.TimerHandle | None = None
        self._alarmed: asyncio.Task[None] | None = None
        self._is_stopped = False
        self.urls: dict[str, str] = {}

    async def start(self) -> None:
        """Listen on all four ports.

        :raises PortError: when one is in use; nothing is left open then.
        """
        ports = self._ports
        try:
            self._listen("com", ports.com, DomainServer(self._exchange, "com"))
            self._listen("pro", ports.pro, DomainServer(self._exchange, "pro"))
            self._streams = StreamServer(self._exchange)
            self._listen("stream", ports.stream, self._streams)
            await self.follow_faults()
            self._exchange.agenda.on_sooner = self._set_alarm
            self.urls = {site: self._url_of(site, listener) for site, listener in self._listeners}
            if ports.outside is not None:
                await self._start_outside(bind(loopback(ports.host), ports.outside, "stream"))
            if ports.control is not None:
                host = loopback(ports.host if ports.given else self._listeners[0][1].host)
                await self._start_control(bind(ports.control_host or host, ports.control, "control"))
        except OSError:
            await self.stop()
            raise

    def _listen(self, site: Site, port: int, server: DomainServer) -> None:
        given = self._ports.given.get(site)
        holder = bind(self._ports.host, port, site) if given is None else given
        listener = Listener(server, holder, self._certificates, in_place=given is not None)
        self._listeners.append((site, listener))

    async def _start_outside(self, bound: socket.socket) -> None:
        listener = Listener(self._streams, bound, self._certificates)
        self._listeners.append(("stream", listener))
        await self.follow_faults()
        self.urls["outside"] = _url("wss" if self._certificates else "ws", listener.host, listener.port)

    def _url_of(self, site: Site, listener: Listener) -> str:
        protocol = "ws" if site == "stream" else "http"
        scheme = protocol if self._certificates is None else f"{protocol}s"
        address = reachable(listener.host)
        is_asked_for = address == listener.host and not self._ports.given
        return _url(scheme, self._ports.host if is_asked_for else address, listener.port)

    async def _start_control(self, bound: socket.socket) -> None:
        token = self._ports.control_token
        application = control_application(self._exchange, self._describe, self.follow_faults, token)
        self._control = web.AppRunner(application, access_log=None, shutdown_timeout=0)
        await self._control.setup()
        await web.SockSite(self._control, bound).start()
        host, port = bound.getsockname()[:2]
        self.urls["control"] = _url("http", reachable(host), port)

    @property
    def distrusted(self) -> int:
        """How many handshakes clients broke off because they do not trust the CA."""
        return sum(listener.distrusted for _, listener in self._listeners)

    async def finish_handshakes(self, timeout_s: float) -> None:
        """Wait until every handshake that is under way was done or broken off, but not longer than a time."""
        for _, listener in self._listeners:
            await listener.finish_handshakes(timeout_s)

    def descriptors(self) -> list[int]:
        """The sockets that ports are held with."""
        return [number for _, listener in self._listeners for number in listener.descriptors()]

    async def stop(self) -> None:
        """Close every port and connection."""
        async with self._following:
            self._is_stopped = True
            self._exchange.agenda.on_sooner = None
            self._silence()
            for _, listener in self._listeners:
                await listener.close()
        if self._control is not None:
            await self._control.cleanup()

    async def follow_faults(self) -> None:
        """Carry out what is due, and bring every port into the condition that the faults in force ask for.

        What is pushed meanwhile goes out between the steps.

        To be called after whatever may have changed the faults or the clock; in force on return. While the
        clock runs, it calls itself when something is due next.
        """
        async with self._following:
            if self._is_stopped:
                return
            for _ in self._exchange.due_steps():
                await self._streams.drain()
            self._exchange.keep_up()
            now_ms = self._exchange.clock.now_ms()
            for site, listener in self._listeners:
                self._follow_names(site, listener, now_ms)
                await listener.suffer(self._exchange.faults.on_listener(site, now_ms))
            self._set_alarm()

    def _follow_names(self, site: Site, listener: Listener, now_ms: int) -> None:
        """Cut a site's connections when its names cease to resolve, so that clients have to ask."""
        resolves = not self._exchange.faults.unresolvable(site, now_ms)
        if resolves is (site not in self._nameless):
            return
        if self._on_name is not None:
            self._on_name(site, resolves)
        if resolves:
            self._nameless.discard(site)
        else:
            self._nameless.add(site)
            listener.cut_connections()

    def _set_alarm(self) -> None:
        self._silence()
        next_ms = self._exchange.agenda.next_ms
        if next_ms is not None and self._exchange.clock.frozen_ms is None:
            wait_ms = next_ms - self._exchange.clock.now_ms()
            self._watch_the_clock(next_ms, asyncio.get_running_loop().time() + wait_ms / 1000)

    def _watch_the_clock(self, at_ms: int, at_s: float) -> None:
        """Ring when the exchange's clock or the loop's reaches a time; the first may be set meanwhile."""
        loop = asyncio.get_running_loop()
        left_s = at_s - loop.time()
        is_due = left_s <= 0 or self._exchange.clock.now_ms() >= at_ms
        if is_due and (self._alarmed is None or self._alarmed.done()):
            self._alarmed = asyncio.ensure_future(self._follow_by_itself())
        else:
            look_again_in_s = _LOOK_AGAIN_S if is_due else min(left_s, _LOOK_AGAIN_S)
            self._alarm = loop.call_later(look_again_in_s, self._watch_the_clock, at_ms, at_s)

    def _silence(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    async def _follow_by_itself(self) -> None:
        try:
            await self.follow_faults()
        except OSError:
            _log.exception("a port could not follow the schedule of faults")

    def _describe(self) -> dict[str, Any]:
        return {
            "status": "ok",
            "com": self.urls["com"],
            "pro": self.urls["pro"],
            "stream": self.urls["stream"],
            "profile": self._exchange.profile.name,
        }


def _url(scheme: str, host: str, port: int) -> str:
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
