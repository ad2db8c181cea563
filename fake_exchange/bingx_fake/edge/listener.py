"""One domain's port: open, closed, or worse, and back, always under the same number."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from bingx_fake.edge.black_hole import swallow_connects
from bingx_fake.edge.domain_server import DomainServer
from bingx_fake.faults.fault import Fault

if TYPE_CHECKING:
    from bingx_fake.edge.tls import Certificates

_BACKLOG = 1024
_ACCEPTS_AT_ONCE = 128
_PAUSE_S = 0.1
_DISTRUST = frozenset(
    {
        "TLSV1_ALERT_UNKNOWN_CA",
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
    }
)
"""How libraries say that they do not trust a certificate's CA; OpenSSL's names of the alerts."""
_log = logging.getLogger("bingx_fake")


class PortError(OSError):
    """A port cannot be had. The message says which, and why."""


class Listener:
    """One domain's port and what it suffers.

    It accepts connections itself, since asyncio's server does not let go of those whose TLS handshake is
    under way, and stops listening when it stops accepting. The number stays reserved while connections are
    refused: a second socket is bound to it that never listens.

    :param holder: bound to the port, and closed in the end.
    :param certificates: for TLS, or None for plain HTTP.
    :param in_place: serve with the holder itself, since no other socket can be had: it is one of another
        network namespace. Linux only: elsewhere a socket that stopped listening cannot begin again.

    ``distrusted`` counts the handshakes that clients broke off because of the certificate, without a fault.
    """

    def __init__(
        self,
        server: DomainServer,
        holder: socket.socket,
        certificates: "Certificates | None",
        *,
        in_place: bool = False,
    ) -> None:
        self._server, self._holder, self._certificates = server, holder, certificates
        self._in_place = in_place
        self.host: str
        self.port: int
        self.host, self.port = holder.getsockname()[:2]
        self.distrusted = 0
        self._socket: socket.socket | None = None
        self._greetings: set[asyncio.Task[None]] = set()
        self._plain_connections: set[asyncio.Transport] = set()
        self._pause: asyncio.TimerHandle | None = None
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
        await self._stop_accepting()
        match condition:
            case None:
                self._accept()
            case ("refuse", _):
                self._stop_listening()
            case ("blackhole", _):
                self._end_black_hole = swallow_connects(self._bound())
            case (_, variant):
                self._accept(variant or "unknown-ca")
        self._condition, self._is_started = condition, True

    def cut_connections(self) -> None:
        """Cut every open connection; new ones are welcome."""
        for greeting in self._greetings:
            greeting.cancel()
        for connection in self._plain_connections:
            connection.abort()
        self._server.cut_connections()

    async def finish_handshakes(self, timeout_s: float) -> None:
        """Wait until no handshake is under way, for as long as that may take."""
        if self._greetings:
            await asyncio.wait(self._greetings, timeout=timeout_s)

    def descriptors(self) -> list[int]:
        """The sockets that the port is held with, open ones only."""
        numbers = (held.fileno() for held in (self._holder, self._socket) if held is not None)
        return [number for number in numbers if number >= 0]

    async def close(self) -> None:
        """Stop for good."""
        await self._stop_accepting()
        self._stop_listening()
        await self._server.shutdown(0)
        self._holder.close()

    def _accept(self, wrong_tls: str | None = None) -> None:
        """Serve; with a variant of the ``tls`` fault, in a way that no handshake survives."""
        tls = None if self._certificates is None else self._certificates.context
        factory: Callable[[], asyncio.BaseProtocol] = self._server
        if wrong_tls == "plain-text":
            tls, factory = None, partial(_PlainText, self._plain_connections, self._server.answer_to_tls)
        elif wrong_tls is not None:
            assert self._certificates is not None, "tls faults are ordered on TLS listeners only"
            tls = self._certificates.wrong(wrong_tls)
        listening = self._bound()
        listening.setblocking(False)
        listening.listen(_BACKLOG)
        self._watch(listening, partial(self._welcome, listening, factory, tls))

    def _watch(self, listening: socket.socket, welcome: Callable[[], None]) -> None:
        asyncio.get_running_loop().add_reader(listening, welcome)

    def _welcome(
        self,
        listening: socket.socket,
        factory: Callable[[], asyncio.BaseProtocol],
        tls: ssl.SSLContext | None,
    ) -> None:
        """Accept the connections that wait."""
        loop = asyncio.get_running_loop()
        for _ in range(_ACCEPTS_AT_ONCE):
            try:
                connection, _ = listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError:
                # Most likely too many files are open, and trying again at once would only burn time.
                _log.exception("a connection could not be accepted; the next try is in %s s", _PAUSE_S)
                loop.remove_reader(listening)
                again = partial(self._welcome, listening, factory, tls)
                self._pause = loop.call_later(_PAUSE_S, self._watch, listening, again)
                return
            connection.setblocking(False)
            greeting = loop.create_task(_greet(connection, factory, tls))
            self._greetings.add(greeting)
            greeting.add_done_callback(partial(self._greeted, connection))

    def _greeted(self, connection: socket.socket, greeting: asyncio.Task[None]) -> None:
        self._greetings.discard(greeting)
        error = None if greeting.cancelled() else greeting.exception()
        if greeting.cancelled() or error is not None:
            connection.close()
        if isinstance(error, ssl.SSLError) and error.reason in _DISTRUST and self._condition is None:
            self.distrusted += 1

    def _bound(self) -> socket.socket:
        if self._socket is None:
            self._socket = self._holder if self._in_place else bind(self.host, self.port, "reopened")
        return self._socket

    async def _stop_accepting(self) -> None:
        """Let nobody in any more, and cut who is in or at the door. The socket goes on listening."""
        if self._pause is not None:
            self._pause.cancel()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
        if self._end_black_hole is not None:
            self._end_black_hole()
            self._end_black_hole = None
        self.cut_connections()
        if self._greetings:
            await asyncio.wait(self._greetings)
            self.cut_connections()  # a handshake may have been done at the very moment

    def _stop_listening(self) -> None:
        if self._socket is None:
            return
        # Refused until the next ``listen``, also by a copy that a forked child has not closed yet.
        with suppress(OSError):  # where only Linux can do so
            self._socket.shutdown(socket.SHUT_RD)
        if not self._in_place:
            self._socket.close()
        self._socket = None


async def _greet(
    connection: socket.socket, factory: Callable[[], asyncio.BaseProtocol], tls: ssl.SSLContext | None
) -> None:
    """Hand a new connection to a protocol, once its TLS handshake is done."""
    await asyncio.get_running_loop().connect_accepted_socket(factory, connection, ssl=tls)


class _PlainText(asyncio.Protocol):
    """Answers a TLS greeting in plain HTTP, as a port does that somebody forgot to give a certificate.

    :param connections: where open connections of this kind are found.
    :param answer: gives what to answer.
    """

    def __init__(self, connections: set[asyncio.Transport], answer: Callable[[], bytes]) -> None:
        self._connections, self._answer = connections, answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the greeting: closing with bytes unread would reset the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(transport)

    def data_received(self, data: bytes) -> None:
        """Answer and close."""
        self._transport.write(self._answer())
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
    except (OSError, TypeError, UnicodeError) as error:
        bound.close()
        reason = error.strerror if isinstance(error, OSError) else f"{host!r} is no address"
        raise PortError(f"the {name} port {host}:{port} cannot be opened: {reason}") from None
    return bound
