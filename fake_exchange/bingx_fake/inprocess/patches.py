"""The functions through which a process reaches a host, replaced while somebody says where hosts are.

They are the few in which the libraries meet: name lookup, ``connect``, the TLS handshake, and what sends
bytes, since these may ask a proxy for a host. They are replaced where they are defined, not on instances, so
that sessions and contexts made earlier take part.
"""

import os
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

from bingx_fake.inprocess import loops
from bingx_fake.inprocess.reach import (
    Function,
    Replacement,
    Rules,
    first_bytes,
    judge_encrypted,
    judge_named,
    judge_sent,
)

_PROXY_EXCEPTIONS = ("no_proxy", "NO_PROXY")


class _NoRules:
    """For a thread that is inside a replaced function while the last rules end."""

    def look_up(self, host: Any) -> None:
        return None

    def route(self, address: Any) -> Any:
        return address

    def context_for(self, context: ssl.SSLContext, host: Any) -> ssl.SSLContext:
        return context

    def judge(self, host: Any, peer: Any) -> None:
        return None


@contextmanager
def installed(current: Callable[[], Rules | None], names: Iterable[str]) -> Iterator[None]:
    """Replace the functions, and put back exactly what was there.

    :param current: gives the rules in force, at each call.
    :param names: hosts for which no proxy of the environment is to be asked.
    """
    no_rules = _NoRules()

    def rules() -> Rules:
        return current() or no_rules

    with ExitStack() as stack:
        for owner, name, replace in _replacements():
            original = getattr(owner, name)
            _set(stack, owner, name, wraps(original)(replace(original, rules)))
        _spare_the_proxy(stack, names)
        yield


def _replacements() -> Iterator[Replacement]:
    yield socket, "getaddrinfo", _getaddrinfo
    yield socket, "gethostbyname", _gethostbyname
    yield socket, "gethostbyname_ex", _gethostbyname
    yield socket.socket, "connect", _connect
    yield socket.socket, "connect_ex", _connect
    yield socket.socket, "send", _send
    yield socket.socket, "sendall", _send
    yield socket.socket, "sendto", _sendto
    yield socket.socket, "sendmsg", _sendmsg
    yield ssl.SSLContext, "wrap_socket", _wrap_socket
    yield ssl.SSLContext, "wrap_bio", _wrap_bio
    yield ssl.SSLSocket, "send", _send_encrypted
    yield ssl.SSLSocket, "write", _send_encrypted
    yield ssl.SSLObject, "write", _send_encrypted
    yield from loops.replacements()


def _set(stack: ExitStack, owner: Any, name: str, value: Any) -> None:
    own = vars(owner)
    if name in own:
        stack.callback(setattr, owner, name, own[name])
    else:  # inherited: a copy left behind would hide later changes of the real one
        stack.callback(delattr, owner, name)
    setattr(owner, name, value)


def _spare_the_proxy(stack: ExitStack, names: Iterable[str]) -> None:
    before = {variable: os.environ.get(variable) for variable in _PROXY_EXCEPTIONS}
    exceptions = next(filter(None, before.values()), "")
    if exceptions.strip() == "*":  # means every host only where it stands alone
        return
    for variable, value in before.items():
        if value is None:
            stack.callback(os.environ.pop, variable, None)
        else:
            stack.callback(os.environ.__setitem__, variable, value)
        os.environ[variable] = ",".join(filter(None, (exceptions, *names)))


# Names


def _getaddrinfo(original: Function, rules: Callable[[], Rules]) -> Function:
    def getaddrinfo(
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,  # noqa: A002  the name that callers use
        proto: int = 0,
        flags: int = 0,
    ) -> Any:
        # Without a host it is about addresses to listen on; AI_NUMERICHOST asks nobody.
        if host is not None and not flags & socket.AI_NUMERICHOST:
            host = rules().look_up(host) or host
        return original(host, port, family, type, proto, flags)

    return getaddrinfo


def _gethostbyname(original: Function, rules: Callable[[], Rules]) -> Function:
    def gethostbyname(hostname: Any) -> Any:
        return original(rules().look_up(hostname) or hostname)

    return gethostbyname


# Connections


def _route(rules: Callable[[], Rules], family: int, address: Any) -> Any:
    return rules().route(address) if family in (socket.AF_INET, socket.AF_INET6) else address


def _connect(original: Function, rules: Callable[[], Rules]) -> Function:
    def connect(self: socket.socket, address: Any) -> Any:
        try:
            address = _route(rules, self.family, address)
            if isinstance(self, ssl.SSLSocket) and self.server_hostname is not None:
                rules().judge(self.server_hostname, address)  # its handshake comes next
        except OSError:
            raise
        except Exception:
            self.close()  # libraries do so after an OSError only
            raise
        return original(self, address)

    return connect


def _sendto(original: Function, rules: Callable[[], Rules]) -> Function:
    def sendto(self: socket.socket, data: Any, *flags_and_address: Any) -> Any:
        *flags, address = flags_and_address or (None,)
        address = _route(rules, self.family, address)
        judge_sent(rules(), data, lambda: address)
        return original(self, data, *flags, address)

    return sendto


def _send(original: Function, rules: Callable[[], Rules]) -> Function:
    def send(self: socket.socket, data: Any, *flags: Any) -> Any:
        judge_sent(rules(), data, self.getpeername)
        return original(self, data, *flags)

    return send


def _sendmsg(original: Function, rules: Callable[[], Rules]) -> Function:
    def sendmsg(self: socket.socket, buffers: Any, *options: Any) -> Any:
        buffers, find_peer = tuple(buffers), self.getpeername
        if len(options) == 3:
            ancillary, flags, address = options
            address = _route(rules, self.family, address)
            options, find_peer = (ancillary, flags, address), lambda: address
        judge_sent(rules(), first_bytes(buffers), find_peer)
        return original(self, buffers, *options)

    return sendmsg


# Handshakes


def _wrap_socket(original: Function, rules: Callable[[], Rules]) -> Function:
    def wrap_socket(
        self: ssl.SSLContext,
        sock: socket.socket,
        server_side: bool = False,
        do_handshake_on_connect: bool = True,
        suppress_ragged_eofs: bool = True,
        server_hostname: Any = None,
        session: ssl.SSLSession | None = None,
    ) -> Any:
        judge_named(rules(), server_hostname, sock.getpeername)
        context = rules().context_for(self, server_hostname)
        return original(
            context,
            sock,
            server_side,
            do_handshake_on_connect,
            suppress_ragged_eofs,
            server_hostname,
            session if context is self else None,  # a session is good in its own context only
        )

    return wrap_socket


def _wrap_bio(original: Function, rules: Callable[[], Rules]) -> Function:
    def wrap_bio(
        self: ssl.SSLContext,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: Any = None,
        session: ssl.SSLSession | None = None,
    ) -> Any:
        context = rules().context_for(self, server_hostname)
        session = session if context is self else None
        return original(context, incoming, outgoing, server_side, server_hostname, session)

    return wrap_bio


def _send_encrypted(original: Function, rules: Callable[[], Rules]) -> Function:
    def send(self: ssl.SSLSocket | ssl.SSLObject, data: Any, *flags: Any) -> Any:
        judge_encrypted(rules(), self, data)
        return original(self, data, *flags)

    return send
