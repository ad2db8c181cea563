"""Connections that keep one deadline from connecting to the last byte, for requests and urllib3.

They bound single reads, so a server that sends a byte now and then is never late. Here the connection
reads through a socket whose timeout shrinks towards one deadline. Only the lookup of a name is the
system's, and takes as long as the system lets it.
"""

import io
import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from http.client import HTTPException, HTTPResponse
from queue import LifoQueue
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import allowed_gai_family

_SHORTEST_S = 0.001
"""A socket with a timeout of 0 would not wait at all, and say so in another way."""


class HandshakeFailed(ssl.SSLError):
    """TLS failed before the connection stood, so nothing was sent over it."""


class NoTunnel(HandshakeFailed):
    """A proxy did not let a tunnel through, so nothing was sent beyond it."""


class _ShrinkingReader(io.RawIOBase):
    """Reads a socket within what is left until the deadline, however slowly bytes come."""

    _raw: io.RawIOBase | None = None  # for whoever closes it, were it interrupted while made

    def __init__(self, sock: socket.socket, deadline_s: float) -> None:
        self._sock, self._deadline_s = sock, deadline_s
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_s = self._deadline_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("no complete answer in time")
        self._sock.settimeout(left_s)
        assert self._raw is not None, "it was made whole"
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        if self._raw is not None and not self.closed:
            self._raw.close()
        super().close()


class _DeadlineSocket:
    """What ``HTTPResponse`` needs of a socket: a file to read from."""

    def __init__(self, sock: socket.socket, deadline_s: float) -> None:
        self._sock, self._deadline_s = sock, deadline_s

    def makefile(self, *_: object) -> io.BufferedReader:
        return io.BufferedReader(_ShrinkingReader(self._sock, self._deadline_s))


class _DeadlineResponse(HTTPResponse):
    fp = None  # type: ignore[assignment]  # which http.client asks for as it goes, were it interrupted while made

    def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
        left_s = sock.gettimeout()
        deadline_s = time.monotonic() + (left_s if left_s is not None else float("inf"))
        super().__init__(_DeadlineSocket(sock, deadline_s), *arguments, **options)  # type: ignore[arg-type]  # it only calls makefile


def _connect(connection: HTTPConnection) -> socket.socket:
    """Try a host's addresses in turn, each for its share of the time that is left.

    urllib3 gives every address the whole timeout, so that several dead ones add up.
    """
    assert connection.timeout is not None, "every attempt has a timeout"
    deadline_s = time.monotonic() + connection.timeout
    try:
        found = socket.getaddrinfo(
            connection.host.strip("[]"), connection.port, allowed_gai_family(), socket.SOCK_STREAM
        )
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    failure: OSError = TimeoutError("no time left to connect in")
    for index, (family, kind, protocol, _, address) in enumerate(found):
        left_s = deadline_s - time.monotonic()
        if left_s <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        try:
            _set_options(sock, connection.socket_options or ())
            sock.settimeout(left_s / (len(found) - index))
            sock.connect(address)
            sock.settimeout(max(deadline_s - time.monotonic(), _SHORTEST_S))  # for a tunnel and the handshake
        except OSError as error:
            sock.close()
            failure = error
        except BaseException:  # an interruption
            sock.close()
            raise
        else:
            return sock
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, "no connection in time") from failure
    raise NewConnectionError(connection, "no connection") from failure


def _set_options(sock: socket.socket, options: Iterable[Sequence[Any]]) -> None:
    """Set a connection's options. Another urllib3 in this one's place adds to each the protocol it is for."""
    for level, name, value, *protocol in options:
        if protocol in ([], ["tcp"]):
            sock.setsockopt(level, name, value)


class _Connection(HTTPConnection):
    response_class = _DeadlineResponse

    # Private to urllib3; were it no longer called, urllib3's own would connect, and a test would notice.
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _TLSConnection(HTTPSConnection):
    response_class = _DeadlineResponse

    def _new_conn(self) -> socket.socket:
        return _connect(self)

    # Private to urllib3 and http.client; were it no longer called, ``connect`` would say less of the proxy.
    def _tunnel(self) -> None:
        try:
            super()._tunnel()
        except (OSError, HTTPException) as error:
            raise NoTunnel(str(error)) from error

    def connect(self) -> None:
        try:
            super().connect()
        except NoTunnel:
            raise
        except ssl.SSLError as error:
            raise HandshakeFailed(*error.args) from error
        except OSError as error:
            raise HandshakeFailed(f"it broke off: {error}") from error


# A recorder such as vcrpy puts its own ConnectionCls on urllib3's pools. A class attribute on a subclass
# would bypass it without a word, so ours is used only while the base class is untouched.


class _Pool(HTTPConnectionPool):
    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802  # urllib3's name
        base = HTTPConnectionPool.ConnectionCls
        return _Connection if base is HTTPConnection else base


class _TLSPool(HTTPSConnectionPool):
    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802  # urllib3's name
        base = HTTPSConnectionPool.ConnectionCls
        return _TLSConnection if base is HTTPSConnection else base


def abandon(pool: HTTPConnectionPool) -> None:
    """Close a pool's idle connections in a child made by ``fork``, which sends nothing over any of them.

    The queue that holds them gets new locks: a thread that the child does not have may hold the old ones,
    and whoever closed the pool, as urllib3 does when nobody needs it any more, would wait for ever.
    """
    idle = pool.pool
    if isinstance(idle, LifoQueue):  # or the pool is closed, or another urllib3's
        for connection in idle.queue:
            if connection is not None:
                connection.close()
        idle.__init__(idle.maxsize)  # type: ignore[misc]  # the same object: urllib3's finalizer has it, too


_POOLS = {"http": _Pool, "https": _TLSPool}


class DeadlineAdapter(HTTPAdapter):
    """An adapter of requests whose pools make connections that keep a ``DeadlineTimeout``."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Have direct connections made by our pools."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Have connections through a proxy made by our pools, too."""
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            # SOCKS is spoken by that manager's own connections, without our deadline.
            manager.pool_classes_by_scheme = _POOLS
        return manager


class DeadlineTimeout(urllib3.Timeout):
    """A moment by which everything is over; urllib3's own counts anew once a proxy's tunnel stands.

    :param seconds: how far away it is.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(total=seconds)
        self._deadline_s = time.monotonic() + seconds

    def clone(self) -> "DeadlineTimeout":
        """The same moment."""
        return self

    def start_connect(self) -> float:
        """Nothing is counted from here; urllib3 wants to know when it was called."""
        return time.monotonic()

    @property
    def connect_timeout(self) -> float:
        """Seconds left to connect in."""
        return max(self._deadline_s - time.monotonic(), _SHORTEST_S)

    @property
    def read_timeout(self) -> float:
        """Seconds left for the answer."""
        return max(self._deadline_s - time.monotonic(), 0.0)
