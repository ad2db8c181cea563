"""Sending one attempt with requests and urllib3, within a deadline that covers the whole exchange.

They bound single reads, so a server that sends a byte now and then is never late. Here the connection
reads through a socket whose timeout shrinks towards one deadline. Only the lookup of a name is the
system's, and takes as long as the system lets it.
"""

import concurrent.futures
import io
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import Any, TypeVar

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import allowed_gai_family

from bingx_client.signing import USER_AGENT
from bingx_client.steps import Answered, Attempt, Await, Failed, Outcome, Sleep, Step, Steps

T = TypeVar("T")

_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept-Encoding": "gzip, deflate",
    "Accept": "*/*",
    "Connection": "keep-alive",
}
_RAISED = (requests.RequestException, urllib3.exceptions.HTTPError, ValueError, OverflowError, OSError)
"""Whatever the libraries raise, for an odd answer too, such as one of 10^22 bytes."""

_SHORTEST_S = 0.001
"""A socket with a timeout of 0 would not wait at all, and say so in another way."""


class _HandshakeFailed(ssl.SSLError):
    """TLS failed before the connection stood, so nothing was sent over it."""


class _ShrinkingReader(io.RawIOBase):
    """Reads a socket within what is left until the deadline, however slowly bytes come."""

    def __init__(self, sock: socket.socket, deadline_s: float) -> None:
        self._sock, self._deadline_s = sock, deadline_s
        self._raw: io.RawIOBase = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_s = self._deadline_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("no complete answer in time")
        self._sock.settimeout(left_s)
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _DeadlineSocket:
    """What ``HTTPResponse`` needs of a socket: a file to read from."""

    def __init__(self, sock: socket.socket, deadline_s: float) -> None:
        self._sock, self._deadline_s = sock, deadline_s

    def makefile(self, *_: object) -> io.BufferedReader:
        return io.BufferedReader(_ShrinkingReader(self._sock, self._deadline_s))


class _DeadlineResponse(HTTPResponse):
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
            for option in connection.socket_options or ():
                sock.setsockopt(*option)
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


class _Connection(HTTPConnection):
    response_class = _DeadlineResponse

    # Private to urllib3; were it no longer called, urllib3's own would connect, and a test would notice.
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _TLSConnection(HTTPSConnection):
    response_class = _DeadlineResponse

    def _new_conn(self) -> socket.socket:
        return _connect(self)

    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLError as error:
            raise _HandshakeFailed(*error.args) from error
        except OSError as error:  # a proxy that refuses to tunnel among them
            raise _HandshakeFailed(f"it broke off: {error}") from error


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


_POOLS = {"http": _Pool, "https": _TLSPool}


class _DeadlineAdapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            # SOCKS is spoken by that manager's own connections, without our deadline.
            manager.pool_classes_by_scheme = _POOLS
        return manager


class _Deadline(urllib3.Timeout):
    """A moment by which everything is over; urllib3's own counts anew once a proxy's tunnel stands."""

    def __init__(self, seconds: float) -> None:
        super().__init__(total=seconds)
        self._deadline_s = time.monotonic() + seconds

    def clone(self) -> "_Deadline":
        return self

    def start_connect(self) -> float:
        return time.monotonic()

    @property
    def connect_timeout(self) -> float:
        return max(self._deadline_s - time.monotonic(), _SHORTEST_S)

    @property
    def read_timeout(self) -> float:
        return max(self._deadline_s - time.monotonic(), 0.0)


@dataclass(frozen=True, slots=True)
class _Host:
    """How to reach one base URL.

    :param prefix: stands before the path in a request's first line: the base URL for a proxy that is not
        tunnelled through, else nothing.
    """

    pool: HTTPConnectionPool
    prefix: str


class RequestsDriver:
    """Carries calls through: sends attempts, sleeps, waits. Keeps connections alive.

    requests finds proxies and certificates; what it does around each single request would take longer than
    sending it, so attempts go straight to urllib3's pools beneath. Proxies (``HTTP_PROXY``, ``HTTPS_PROXY``,
    ``ALL_PROXY``, ``NO_PROXY``) and certificates (``REQUESTS_CA_BUNDLE``, ``CURL_CA_BUNDLE``,
    ``SSL_CERT_FILE``, the first that is set) are read from the environment when a base URL is first used,
    and not again. A ``.netrc`` is never read, since a request carries no credentials but the key; cookies
    are not kept.

    :param sleep: lets seconds pass.
    """

    def __init__(self, sleep: Callable[[float], object] = time.sleep) -> None:
        self._sleep = sleep
        self._adapter = _DeadlineAdapter()
        self._hosts: dict[str, _Host] = {}

    def drive(self, steps: Steps[T]) -> T:
        """Carry a call through to its result, step by step. What interrupts a step is told to the call."""
        outcome: Outcome = None
        while True:
            try:
                outcome = self._take(steps.send(outcome))
            except StopIteration as finished:
                result: T = finished.value
                return result
            except BaseException as error:
                steps.throw(error)  # one that has ended raises it again
                raise AssertionError("no call goes on after an interruption") from error

    def close(self) -> None:
        """Close kept-alive connections."""
        self._hosts.clear()
        self._adapter.close()

    def _take(self, step: Step) -> Outcome:
        match step:
            case Attempt():
                return self.send(step)
            case Sleep(ms):
                self._sleep(ms / 1000)
            case Await(future, timeout_ms):
                concurrent.futures.wait([future], timeout_ms / 1000)
        return None

    def send(self, attempt: Attempt) -> Outcome:
        """Send one attempt and say what became of it. Redirects are not followed."""
        request = attempt.request
        timeout = _Deadline(attempt.timeout_ms / 1000)
        try:
            host = self._host(attempt.base_url)
        except _RAISED as error:
            kind = type(error).__name__  # its text may hold a proxy's password
            reason = f"the environment's proxies or certificates cannot be used ({kind})"
            return Failed(delivered=False, reason=reason)
        try:
            response = host.pool.urlopen(
                request.method,
                request.url(host.prefix),
                body=request.body,
                headers={**_HEADERS, **request.headers},
                retries=False,
                redirect=False,
                assert_same_host=False,  # a proxy is asked for other hosts than its own
                timeout=timeout,
            )
            body: bytes = response.data
        except _RAISED as error:
            # A write must not be forgotten over it.
            reason = _reason(error)
            waited_ms = attempt.timeout_ms if reason in _TOO_LATE else 0
            return Failed(delivered=not _before_connection(error), reason=reason, waited_ms=waited_ms)
        return Answered(response.status, body)

    def _host(self, base_url: str) -> _Host:
        host = self._hosts.get(base_url)
        if host is None:
            host = self._hosts[base_url] = self._find(base_url)
        return host

    def _find(self, base_url: str) -> _Host:
        """Do once what requests does for every request: environment, proxy, certificates, pool."""
        settings = requests.Session().merge_environment_settings(base_url, {}, None, None, None)
        proxies, verify = settings["proxies"], settings["verify"]
        if verify is True:
            verify = os.environ.get("SSL_CERT_FILE") or True
        probe = requests.Request("GET", base_url).prepare()
        pool = self._adapter.get_connection_with_tls_context(probe, verify, proxies)
        assert isinstance(pool, HTTPConnectionPool), "the ones for http and https both are"
        self._adapter.cert_verify(pool, base_url, verify, None)  # type: ignore[no-untyped-call]  # in its stubs
        is_tunnel = self._adapter.request_url(probe, proxies).startswith("/")
        return _Host(pool, "" if is_tunnel else base_url)


def _before_connection(error: BaseException) -> bool:
    """Whether a failure came before a connection stood: DNS, refused, connect timeout, TLS handshake."""
    before = (NewConnectionError, NameResolutionError, ConnectTimeoutError, _HandshakeFailed)
    return any(isinstance(cause, before) for cause in _causes(error))


_NO_CONNECTION_IN_TIME, _NO_ANSWER_IN_TIME = "no connection in time", "no complete answer in time"
_TOO_LATE = (_NO_CONNECTION_IN_TIME, _NO_ANSWER_IN_TIME)
_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (NameResolutionError, "the name does not resolve"),
    (ConnectionRefusedError, "connection refused"),
    (NewConnectionError, "no connection"),
    (ConnectTimeoutError, _NO_CONNECTION_IN_TIME),
    (_HandshakeFailed, "the TLS handshake failed"),
    (TimeoutError, _NO_ANSWER_IN_TIME),
    (requests.Timeout, _NO_ANSWER_IN_TIME),
    (RemoteDisconnected, "closed without an answer"),
    (ConnectionResetError, "connection reset"),
    (IncompleteRead, "the answer broke off"),
    (urllib3.exceptions.IncompleteRead, "the answer broke off"),
)
"""The first that is found among a failure's causes says what happened."""


def _reason(error: BaseException) -> str:
    """A failure in words, without the URL, which holds the signature."""
    causes = list(_causes(error))
    for kind, words in _REASONS:
        found = next((cause for cause in causes if isinstance(cause, kind)), None)
        if found is not None:
            return f"{words}: {found.args[-1]}" if isinstance(found, _HandshakeFailed) else words
    return f"no complete answer ({type(causes[-1]).__name__})"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and everything wrapped in it, outermost first.

    Not ``__context__``: the caller may be handling some other connection's refusal, and taking that for
    ours would call a write that arrived undelivered.
    """
    seen: set[int] = set()
    queue: list[object] = [error]
    while queue:
        cause = queue.pop(0)
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            queue += [cause.__cause__, getattr(cause, "reason", None), *cause.args]
