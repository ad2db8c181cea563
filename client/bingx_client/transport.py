"""Sending one attempt with requests, within a deadline that covers the whole exchange.

requests and urllib3 bound single reads, so a server that sends a byte now and then is never late. Here
the connection reads through a socket whose timeout shrinks towards one deadline.
"""

import concurrent.futures
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from http.client import HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import Any, TypeVar

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from bingx_client.flow import Answered, Attempt, Await, Failed, Outcome, Sleep, Step, Steps
from bingx_client.signing import USER_AGENT

T = TypeVar("T")


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


class _Connection(HTTPConnection):
    response_class = _DeadlineResponse


class _TLSConnection(HTTPSConnection):
    response_class = _DeadlineResponse

    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLError as error:
            raise _HandshakeFailed(*error.args) from error
        except (ConnectionError, TimeoutError) as error:
            raise _HandshakeFailed(f"the TLS handshake broke off: {error}") from error


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
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """No redirect is followed, so a Location that makes no sense must not even be parsed."""


class RequestsDriver:
    """Carries calls through: sends attempts with requests, sleeps, waits. Keeps connections alive.

    :param sleep: lets seconds pass.
    """

    def __init__(self, sleep: Callable[[float], object] = time.sleep) -> None:
        self._sleep = sleep
        self.session = _Session()
        self.session.headers["User-Agent"] = USER_AGENT
        adapter = _DeadlineAdapter(max_retries=0)
        self.session.mount("http://", adapter)
        self.session.mount("https://", adapter)

    def drive(self, steps: Steps[T]) -> T:
        """Carry a call through to its result, step by step."""
        outcome: Outcome = None
        try:
            while True:
                outcome = self._take(steps.send(outcome))
        except StopIteration as finished:
            result: T = finished.value
            return result
        finally:
            steps.close()

    def close(self) -> None:
        """Close kept-alive connections."""
        self.session.close()

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
        try:
            response = self.session.request(
                request.method,
                request.url(attempt.base_url),
                data=request.body,
                headers=dict(request.headers),
                timeout=urllib3.Timeout(total=attempt.timeout_ms / 1000),  # type: ignore[arg-type]  # requests passes it on
                allow_redirects=False,
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            # Whatever the libraries raise, for an odd answer too: a write must not be forgotten over it.
            return Failed(delivered=not _before_connection(error), reason=_reason(error))
        return Answered(response.status_code, response.content)


def _before_connection(error: BaseException) -> bool:
    """Whether a failure came before a connection stood: DNS, refused, connect timeout, TLS handshake."""
    before = (NewConnectionError, NameResolutionError, ConnectTimeoutError, _HandshakeFailed)
    return any(isinstance(cause, before) for cause in _causes(error))


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (NameResolutionError, "the name does not resolve"),
    (ConnectionRefusedError, "connection refused"),
    (NewConnectionError, "no connection"),
    (ConnectTimeoutError, "no connection in time"),
    (_HandshakeFailed, "the TLS handshake failed"),
    (TimeoutError, "no complete answer in time"),
    (requests.Timeout, "no complete answer in time"),
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
