"""One domain's port: open, closed, or worse, and back, always under the same number."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from bingx_fake.app import DomainServer, Opening
from bingx_fake.faults.black_hole import swallow_connects
from bingx_fake.faults.fault import Fault

if TYPE_CHECKING:
    from bingx_fake.tls import Certificates

_BACKLOG = 1024
_NOT_TLS = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class PortError(OSError):
    """A port cannot be had. The message says which, and why."""


class Listener:
    """One domain's port and what it suffers.

    The number stays reserved while connections are refused: a second socket is bound to it that never
    listens. asyncio accepts on a duplicate of the listening socket, so that it can be replaced (for other
    certificates, say) while the port itself goes on listening.

    :param certificates: for TLS, or None for plain HTTP.
    """

    def __init__(
        self, server: DomainServer, host: str, port: int, name: str, certificates: "Certificates | None"
    ) -> None:
        self._server, self._host, self._certificates = server, host, certificates
        self._holder = bind(host, port, name)
        self.port: int = self._holder.getsockname()[1]
        self._socket: socket.socket | None = None
        self._accepting: asyncio.Server | None = None
        self._opening = Opening()
        self._plain_connections: set[asyncio.Transport] = set()
        self._end_black_hole: Callable[[], None] | None = None
        self._condition: tuple[str, str | None] | None = None
        self._is_started = False

    async def suffer(self, fault: Fault | None) -> None:
        """Bring the port into the condition that a fault on connections asks for; None heals it.

        In force on return. Open connections are cut when the condition changes.
        """
        condition = None if fault is None else (fault.kind, fault.variant)
        if self._is_started and condition == self._condition:
            return
        self._stop_accepting()
        if condition is None:
            await self._accept()
        elif condition[0] == "refuse":
            self._stop_listening()
        elif condition[0] == "blackhole":
            self._end_black_hole = swallow_connects(self._bound())
        else:
            await self._accept(condition[1] or "unknown-ca")
        self._condition, self._is_started = condition, True

    def cut_connections(self) -> None:
        """Cut every open connection; new ones are welcome."""
        self._server.cut_connections()

    async def close(self) -> None:
        """Stop for good."""
        self._stop_accepting()
        self._stop_listening()
        await self._server.shutdown(0)
        self._holder.close()

    async def _accept(self, wrong_tls: str | None = None) -> None:
        """Serve; with a variant of the ``tls`` fault, in a way that no handshake survives."""
        self._opening = Opening()
        tls = None if self._certificates is None else self._certificates.context
        factory: Callable[[], asyncio.BaseProtocol] = partial(self._server.protocol, self._opening)
        if wrong_tls == "plain-text":
            tls, factory = None, partial(_PlainText, self._plain_connections)
        elif wrong_tls is not None:
            assert self._certificates is not None, "tls faults are ordered on TLS listeners only"
            tls = self._certificates.wrong(wrong_tls)
        listening = self._bound()
        listening.listen(_BACKLOG)
        loop = asyncio.get_running_loop()
        self._accepting = await loop.create_server(factory, sock=listening.dup(), ssl=tls, backlog=_BACKLOG)

    def _bound(self) -> socket.socket:
        if self._socket is None:
            self._socket = bind(self._host, self.port, "reopened")
        return self._socket

    def _stop_accepting(self) -> None:
        self._opening.is_over = True
        if self._accepting is not None:
            self._accepting.close()
            self._accepting = None
        if self._end_black_hole is not None:
            self._end_black_hole()
            self._end_black_hole = None
        for connection in self._plain_connections:
            connection.abort()
        self._server.cut_connections()

    def _stop_listening(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class _PlainText(asyncio.Protocol):
    """Answers a TLS greeting in plain HTTP, as a port does that somebody forgot to give a certificate.

    :param connections: where open connections of this kind are found.
    """

    def __init__(self, connections: set[asyncio.Transport]) -> None:
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the greeting: closing with bytes unread would reset the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(transport)

    def data_received(self, data: bytes) -> None:
        """Answer and close."""
        self._transport.write(_NOT_TLS)
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection that is closed."""
        self._connections.discard(self._transport)


def bind(host: str, port: int, name: str) -> socket.socket:
    """A socket bound to a port; 0 picks a free one.

    :raises PortError: when it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise PortError(f"the {name} port {host}:{port} cannot be opened: {error.strerror}") from None
    return bound
