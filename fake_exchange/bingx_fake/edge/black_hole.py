"""Making a listening socket swallow connects: the client's SYN gets no answer, not even a refusal."""

import contextlib
import ctypes
import select
import socket
import struct
import sys
from collections.abc import Callable

from bingx_fake.edge.addresses import reachable

_ATTACH_FILTER, _DETACH_FILTER = 26, 27  # SO_ATTACH_FILTER and SO_DETACH_FILTER, which Python does not name
_RETURN_0 = struct.pack("HBBI", 0x06, 0, 0, 0)
"""A packet filter of one instruction: keep 0 bytes of every packet, that is, drop it."""

_ATTEMPTS = 100


def swallow_connects(listening: socket.socket) -> Callable[[], None]:
    """Let no connect to a socket complete from now on.

    A filter on the socket drops every packet. Where that is not to be had, the queue of connections that
    nobody has accepted is made as short as it can be and then filled by one of our own.

    :param listening: bound; it listens afterwards.
    :returns: what ends it. The socket listens then with the shortest queue: call ``listen`` on it.
    """
    try:
        attach_filter(listening)
    except OSError:
        return _fill_queue(listening)
    listening.listen(0)
    _drop_waiting(listening)
    return lambda: listening.setsockopt(socket.SOL_SOCKET, _DETACH_FILTER, 0)


def attach_filter(listening: socket.socket) -> None:
    """Drop every packet to a socket.

    :raises OSError: where the system has no such filter, or does not allow one.
    """
    if sys.platform != "linux":
        raise OSError("packet filters on sockets are Linux's")
    program = ctypes.create_string_buffer(_RETURN_0)
    fprog = struct.pack("HP", 1, ctypes.addressof(program))
    listening.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, fprog)


def _fill_queue(listening: socket.socket) -> Callable[[], None]:
    listening.listen(0)
    for _ in range(_ATTEMPTS):
        _drop_waiting(listening)
        filler = socket.socket(listening.family, socket.SOCK_STREAM)
        filler.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            filler.connect(_own_address(listening))
        if select.select([], [filler], [], 0)[1]:
            return filler.close
        filler.close()  # somebody else was quicker: their connection is dropped, and we try again
    raise OSError("the queue of the listening socket cannot be filled: others keep connecting")


def _own_address(listening: socket.socket) -> tuple[str, int]:
    host, port = listening.getsockname()[:2]
    return reachable(host), port


def _drop_waiting(listening: socket.socket) -> None:
    """Close the connections that nobody has accepted."""
    listening.setblocking(False)
    with contextlib.suppress(BlockingIOError, ConnectionError):
        while True:
            listening.accept()[0].close()
