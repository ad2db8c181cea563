"""A running exchange: two domain listeners that follow the faults in force, one of streams, and control."""

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
from bingx_fake.edge.listener import Listener, bind
from bingx_fake.edge.stream_server import StreamServer
from bingx_fake.exchange import Exchange
from bingx_fake.gateway.wire import Domain

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
    :param given: sockets to serve the domains with instead, of another network namespace: both or none.
    """

    host: str = "127.0.0.1"
    com: int = 0
    pro: int = 0
    control: int | None = 0
    control_host: str | None = None
    control_token: Token | None = None
    stream: int = 0
    given: Mapping[Domain, socket.socket] = field(default_factory=dict)


class Serving:
    """A running exchange: its listeners and their addresses.

    :param certificates: for both domains, or None for plain HTTP.
    :param on_name: told when a domain's name ceases to resolve, and when it does again.
    """

    def __init__(
        self,
        exchange: Exchange,
        ports: Ports,
        certificates: "Certificates | None" = None,
        on_name: Callable[[Domain, bool], None] | None = None,
    ) -> None:
        self._exchange, self._ports, self._certificates = exchange, ports, certificates
        self._on_name = on_name
        self._listeners: dict[Domain, Listener] = {}
        self._nameless: set[Domain] = set()
        self._streams: StreamServer | None = None
        self._stream: Listener | None = None
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
            self._listeners["com"] = self._listener("com", ports.com)
            self._listeners["pro"] = self._listener("pro", ports.pro)
            await self.follow_faults()
            self._exchange.agenda.on_sooner = self._set_alarm
            self.urls = {domain: self._url_of(listener) for domain, listener in self._listeners.items()}
            await self._start_stream(ports)
            if ports.control is not None:
                host = loopback(ports.host if ports.given else self._listeners["com"].host)
                await self._start_control(bind(ports.control_host or host, ports.control, "control"))
        except OSError:
            await self.stop()
            raise

    def _listener(self, domain: Domain, port: int) -> Listener:
        given = self._ports.given.get(domain)
        holder = bind(self._ports.host, port, domain) if given is None else given
        server = DomainServer(self._exchange, domain)
        return Listener(server, holder, self._certificates, in_place=given is not None)

    async def _start_stream(self, ports: Ports) -> None:
        self._streams = StreamServer(self._exchange)
        host = loopback(ports.host) if ports.given else ports.host
        self._stream = Listener(self._streams, bind(host, ports.stream, "stream"), self._certificates)
        await self._follow_on_streams()
        self.urls["stream"] = self._url_of(self._stream, "ws")

    def _url_of(self, listener: Listener, protocol: str = "http") -> str:
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
        return sum(listener.distrusted for listener in self._listeners.values())

    async def finish_handshakes(self, timeout_s: float) -> None:
        """Wait until every handshake that is under way was done or broken off, but not longer than a time."""
        for listener in self._listeners.values():
            await listener.finish_handshakes(timeout_s)

    def descriptors(self) -> list[int]:
        """The sockets that ports are held with."""
        return [number for listener in self._listeners.values() for number in listener.descriptors()]

    async def stop(self) -> None:
        """Close every port and connection."""
        async with self._following:
            self._is_stopped = True
            self._exchange.agenda.on_sooner = None
            self._silence()
            for listener in self._listeners.values():
                await listener.close()
        if self._stream is not None:
            await self._stream.close()
        if self._control is not None:
            await self._control.cleanup()

    async def follow_faults(self) -> None:
        """Carry out what is due, and bring both ports into the condition that the faults in force ask for.

        What is pushed meanwhile goes out between the steps.

        To be called after whatever may have changed the faults or the clock; in force on return. While the
        clock runs, it calls itself when something is due next.
        """
        async with self._following:
            if self._is_stopped:
                return
            if self._streams is not None:
                for _ in self._exchange.due_steps():
                    await self._streams.drain()
            self._exchange.keep_up()
            now_ms = self._exchange.clock.now_ms()
            for domain, listener in self._listeners.items():
                self._follow_names(domain, listener, now_ms)
                await listener.suffer(self._exchange.faults.on_listener(domain, now_ms))
            await self._follow_on_streams()
            self._set_alarm()

    async def _follow_on_streams(self) -> None:
        if self._stream is not None:
            faults, now_ms = self._exchange.faults, self._exchange.clock.now_ms()
            await self._stream.suffer(faults.on_listener("stream", now_ms))

    def _follow_names(self, domain: Domain, listener: Listener, now_ms: int) -> None:
        """Cut a domain's connections when its name ceases to resolve, so that clients have to ask for it."""
        resolves = not self._exchange.faults.unresolvable(domain, now_ms)
        if resolves is (domain not in self._nameless):
            return
        if self._on_name is not None:
            self._on_name(domain, resolves)
        if resolves:
            self._nameless.discard(domain)
        else:
            self._nameless.add(domain)
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
