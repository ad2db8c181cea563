"""Where namespaces are not to be had: an HTTPS proxy that leads the documented names to the fake.

It refuses everything else. Unlike a namespace it holds only programs that ask it.
"""

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from collections.abc import Callable, Mapping

from bingx_fake.edge.hosts import HOSTS, Site
from bingx_fake.running.hosts import HTTPS_PORT

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_PIECE = 65536
_MOST_NAMED = 1000

_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_NODE_USES_IT = "NODE_USE_ENV_PROXY"  # Node 24 and 22.21
_NODE_TRUSTS_NO_OTHERS = "--use-openssl-ca"  # for earlier ones, whose fetch knows no proxy

Address = tuple[str, int]


def without_proxies(present: Mapping[str, str]) -> dict[str, str]:
    """An environment that names no proxy: nobody's can be reached from a namespace."""
    return {name: value for name, value in present.items() if name.upper() not in _VARIABLES}


def proxy_environment(present: Mapping[str, str], address: Address) -> dict[str, str]:
    """A program's environment: the present one, with the proxy for everything.

    :param address: the proxy's host and port.
    """
    url = f"http://{address[0]}:{address[1]}"
    names = [spelling for name in _VARIABLES for spelling in (name, name.lower()) if name != "NO_PROXY"]
    node_options = " ".join(filter(None, (present.get("NODE_OPTIONS"), _NODE_TRUSTS_NO_OTHERS)))
    return {
        **without_proxies(present),
        **dict.fromkeys(names, url),
        _NODE_USES_IT: "1",
        "NODE_OPTIONS": node_options,
    }


class Proxy:
    """A proxy for CONNECT alone.

    :param bound: what to listen on.
    :param resolves: whether a site's names are to resolve.

    ``asked`` counts the connections that programs made to it, ``refused`` what they wanted and did not get.
    """

    def __init__(self, bound: socket.socket, resolves: Callable[[Site], bool]) -> None:
        self._bound, self._resolves = bound, resolves
        self._listeners: Mapping[Site, Address] = {}
        self._server: asyncio.Server | None = None
        self._tunnels: set[asyncio.Task[None]] = set()
        self.asked = 0
        self.refused: Counter[str] = Counter()

    async def start(self, listeners: Mapping[Site, Address]) -> None:
        """Begin.

        :param listeners: where each site is served.
        """
        self._listeners = listeners
        self._server = await asyncio.start_server(self._meet, sock=self._bound)

    async def stop(self) -> None:
        """Accept nobody any more, and let nobody through."""
        if self._server is not None:
            self._server.close()
        for tunnel in self._tunnels:
            tunnel.cancel()
        if self._tunnels:
            await asyncio.wait(self._tunnels)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        tunnel = asyncio.current_task()
        assert tunnel is not None, "asyncio's server runs this in a task"
        self._tunnels.add(tunnel)
        tunnel.add_done_callback(self._tunnels.discard)
        # A client may leave at any moment, and one that sends no request head gets no answer. Nobody but
        # ``stop`` cancels, and asyncio's server (3.11) shows a traceback for a task that says so.
        with contextlib.suppress(
            OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError
        ):
            head = await reader.readuntil(b"\r\n\r\n")
            method, _, rest = head.decode("latin-1").partition(" ")
            target = rest.partition(" ")[0]
            upstream = await self._open(method, target, writer)
            if upstream is not None:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await asyncio.gather(_pass_on(reader, upstream[1]), _pass_on(upstream[0], writer))
                upstream[1].close()
        writer.close()

    async def _open(
        self, method: str, target: str, writer: asyncio.StreamWriter
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection to where a target leads, or None, and the client is told why."""
        host, _, port = target.rpartition(":")
        site = HOSTS.get(host.lower().removesuffix("."))
        if method != "CONNECT" or site is None or port != str(HTTPS_PORT):
            shown = _host_of(target)
            self._note(shown)
            _refuse(writer, "403 Forbidden", f"{shown} is none of the hosts that the fake answers by https")
            return None
        if not self._resolves(site):
            _refuse(writer, "502 Bad Gateway", f"{host} does not resolve, by order of a fault")
            return None
        try:
            return await asyncio.open_connection(*self._listeners[site])
        except OSError as error:
            _refuse(writer, "502 Bad Gateway", f"{host}: {error.strerror}")
            return None

    def _note(self, host: str) -> None:
        if host in self.refused or len(self.refused) < _MOST_NAMED:
            self.refused[host] += 1


def _host_of(target: str) -> str:
    """The host and port of a target; what else is in a URL may be nobody's business."""
    return target.partition("://")[2].partition("/")[0].rpartition("@")[2] or target


def _refuse(writer: asyncio.StreamWriter, status: str, reason: str) -> None:
    body = f"bingx-fake run: {reason}\n".encode("latin-1", "replace")
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Hand bytes on until there are no more. A close is handed on as a close, a reset as a reset."""
    try:
        while piece := await source.read(_PIECE):
            sink.write(piece)
            await sink.drain()
        sink.write_eof()
    except ConnectionError:
        connection: socket.socket = sink.get_extra_info("socket")
        with contextlib.suppress(OSError):  # it may be closed by now
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        sink.transport.abort()
