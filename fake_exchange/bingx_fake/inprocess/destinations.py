"""What the first bytes of a message say about the host that they are to be led on to.

Whoever asks a proxy for a host has to name it: in an HTTP request line, in a SOCKS request, or in the TLS
handshake that follows either. Only these places count. The same name in a body, a log line or a database's
protocol is nobody's destination.
"""

import re
from ipaddress import IPv4Address, IPv6Address

MOST_READ = 4096
"""Bytes; a ClientHello with post-quantum key shares has 2,000."""

_REQUEST_LINE = re.compile(
    rb"[\r\n]*(?:connect +|\S{1,32} +[a-z][a-z0-9+.-]*://)"
    rb"(?:[^\s/?#@]*@)?(\[[^\]\s]*\]|[^\s:/?#]+)"
    rb"[^\r\n]*(?: HTTP/|\Z)",  # a line that goes on in the next message is a request's, too
    re.IGNORECASE,
)
_SOCKS_COMMANDS = (1, 2, 3)
_IPV4, _NAME, _IPV6 = 1, 3, 4  # RFC 1928 5
_CLIENT_HELLO, _SERVER_NAME = 1, 0


def destination(data: object) -> str | None:
    """The host that a message asks to be led on to.

    :param data: what a program sends, in any form that a socket takes.
    :return: a name, or an address in its usual form; None where it names none, which is nearly always.
    """
    try:
        start = bytes(memoryview(data).cast("B")[:MOST_READ])  # type: ignore[arg-type]  # any buffer
    except TypeError:  # no bytes: whoever is to send it says so
        return None
    if not start:
        return None
    try:
        match start[0]:
            case 4:  # each protocol's first byte
                return _socks_4(start)
            case 5:
                return _socks_5(start)
            case 22:
                return _server_name(start)
            case _:
                return _request_line(start)
    except (IndexError, ValueError):  # it only looked like one
        return None


def _request_line(start: bytes) -> str | None:
    found = _REQUEST_LINE.match(start)
    return None if found is None else found[1].decode("latin-1").strip("[]")


def _socks_4(start: bytes) -> str | None:
    if start[1] not in _SOCKS_COMMANDS:
        return None
    address = IPv4Address(start[4:8])
    if int(address) >= 256 or int(address) == 0:
        return str(address)
    # SOCKS 4a: 0.0.0.x stands for a name, which follows the user's.
    _, name, *_ = start[8:].split(b"\0")
    return name.decode("latin-1")


def _socks_5(start: bytes) -> str | None:
    if start[1] not in _SOCKS_COMMANDS or start[2] != 0:
        return None
    kind, rest = start[3], start[4:]
    if kind == _IPV4:
        return str(IPv4Address(rest[:4]))
    if kind == _IPV6:
        return str(IPv6Address(rest[:16]))
    return _piece(rest, 1, rest[0]) if kind == _NAME else None


def _server_name(start: bytes) -> str | None:
    """The name in a TLS ClientHello (RFC 8446 4.1.2, RFC 6066 3)."""
    if start[1] != 3 or start[5] != _CLIENT_HELLO:
        return None
    at = 5 + 4 + 2 + 32  # the record's head, the message's head, the version, the random
    at += 1 + start[at]  # session id
    at += 2 + _number(start, at)  # cipher suites
    at += 1 + start[at]  # compression methods
    at += 2
    while True:
        kind, length = _number(start, at), _number(start, at + 2)
        if kind == _SERVER_NAME:
            at += 4 + 2 + 1  # the list's length, the kind of name
            return _piece(start, at + 2, _number(start, at))
        at += 4 + length


def _number(start: bytes, at: int) -> int:
    return start[at] << 8 | start[at + 1]


def _piece(start: bytes, at: int, length: int) -> str:
    if at + length > len(start):
        raise IndexError(at + length)
    return start[at : at + length].decode("latin-1")
