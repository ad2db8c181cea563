"""Sockets: two domain listeners and a control listener, opened and closed as the faults ask."""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bingx_fake import control
from bingx_fake.app import DomainServer, control_application
from bingx_fake.exchange import Exchange

DOMAINS = ("com", "pro")


class PortError(OSError):
    """A port cannot be had. The message says which, and why."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where to listen; port 0 picks a free one."""

    host: str = "127.0.0.1"
    com: int = 0
    pro: int = 0
    control: int = 0


class Listener:
    """One domain's port, which can refuse connections and come back.

    The port stays reserved while it refuses: a second socket is bound to it that never listens.
    """

    def __init__(self, server: DomainServer, host: str, port: int, name: str) -> None:
        self._server, self._host = server, host
        self._holder = _bind(host, port, name)
        self.port: int = self._holder.getsockname()[1]
        self._listening: asyncio.Server | None = None

    async def open(self, tls: ssl.SSLContext | None) -> None:
        """Accept connections; nothing happens where the port is open already."""
        if self._listening is None:
            bound = _bind(self._host, self.port, "reopened")
            loop = asyncio.get_running_loop()
            self._listening = await loop.create_server(self._server, sock=bound, ssl=tls, backlog=1024)

    def refuse(self) -> None:
        """Refuse connections from now on, and cut the open ones."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        self._server.cut_connections()

    async def close(self) -> None:
        """Stop for good."""
        self.refuse()
        await self._server.shutdown(0)
        self._holder.close()


class Serving:
    """A running exchange: its listeners and their addresses.

    :param tls: certificates for both domains, or None for plain HTTP.
    """

    def __init__(self, exchange: Exchange, ports: Ports, tls: ssl.SSLContext | None = None) -> None:
        self._exchange, self._ports, self._tls = exchange, ports, tls
        self._listeners: dict[str, Listener] = {}
        self._control: web.AppRunner | None = None
        self.urls: Mapping[str, str] = {}

    async def start(self) -> None:
        """Listen on all three ports.

        :raises PortError: when one is in use; nothing is left open then.
        """
        ports, exchange = self._ports, self._exchange
        try:
            self._listeners["com"] = Listener(DomainServer(exchange, "com"), ports.host, ports.com, "com")
            self._listeners["pro"] = Listener(DomainServer(exchange, "pro"), ports.host, ports.pro, "pro")
            await self.follow_faults()
            control_socket = _bind(ports.host, ports.control, "control")
        except OSError:
            await self.stop()
            raise
        application = control_application(exchange, self._describe, self.follow_faults)
        self._control = web.AppRunner(application, access_log=None, shutdown_timeout=0)
        await self._control.setup()
        await web.SockSite(self._control, control_socket).start()
        scheme = "http" if self._tls is None else "https"
        host = f"[{ports.host}]" if ":" in ports.host else ports.host
        self.urls = {
            "com": f"{scheme}://{host}:{self._listeners['com'].port}",
            "pro": f"{scheme}://{host}:{self._listeners['pro'].port}",
            "control": f"http://{host}:{control_socket.getsockname()[1]}",
        }

    async def stop(self) -> None:
        """Close every port and connection."""
        for listener in self._listeners.values():
            await listener.close()
        if self._control is not None:
            await self._control.cleanup()

    async def follow_faults(self) -> None:
        """Refuse connections where a fault says so, accept them elsewhere. In force on return."""
        for domain, listener in self._listeners.items():
            if self._exchange.faults.refused(domain):
                listener.refuse()
            else:
                await listener.open(self._tls)

    def _describe(self) -> dict[str, Any]:
        return {
            "status": "ok",
            "com": self.urls["com"],
            "pro": self.urls["pro"],
            "profile": control.PROFILE,
        }


def _bind(host: str, port: int, name: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise PortError(f"the {name} port {host}:{port} cannot be opened: {error.strerror}") from None
    return bound
