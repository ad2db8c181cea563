"""Sending one attempt with requests and urllib3, within a deadline that covers the whole exchange."""

import concurrent.futures
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.client import IncompleteRead, RemoteDisconnected
from typing import Any, TypeVar

import requests
import urllib3
from requests.utils import select_proxy
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from bingx_client.drivers.connections import (
    DeadlineAdapter,
    DeadlineTimeout,
    HandshakeFailed,
    NoTunnel,
    abandon,
)
from bingx_client.drivers.originals import is_original
from bingx_client.drivers.proxies import ProxyUnclear, place_of, with_proxy
from bingx_client.flow.forks import of_one_process
from bingx_client.flow.steps import Answered, Attempt, Await, Failed, Outcome, Sleep, Step, Steps
from bingx_client.wire.environments import is_this_machine
from bingx_client.wire.signing import USER_AGENT

T = TypeVar("T")

_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept-Encoding": "gzip, deflate",
    "Accept": "*/*",
    "Connection": "keep-alive",
}
_RAISED = (requests.RequestException, urllib3.exceptions.HTTPError, ValueError, OverflowError, OSError)
"""Whatever the libraries raise, for an odd answer too, such as one of 10^22 bytes."""

_REPLACED = "requests' own transport is replaced, by a mock perhaps"


@dataclass(frozen=True, slots=True)
class _Host:
    """How to reach one base URL.

    :param prefix: stands before the path in a request's first line: the base URL for a proxy that is not
        tunnelled through, else nothing.
    :param proxy: the proxy's host and port; None without one.
    :param settings: proxies and certificates as requests takes them.
    """

    pool: HTTPConnectionPool
    prefix: str
    proxy: str | None
    settings: dict[str, Any]


class RequestsDriver:
    """Carries calls through: sends attempts, sleeps, waits. Keeps connections alive.

    requests finds proxies and certificates; what it does around each single request would take longer than
    sending it, so attempts go straight to urllib3's pools beneath. Proxies (``HTTP_PROXY``, ``HTTPS_PROXY``,
    ``ALL_PROXY``, ``NO_PROXY``) and certificates (``REQUESTS_CA_BUNDLE``, ``CURL_CA_BUNDLE``,
    ``SSL_CERT_FILE``, the first that is set) are read from the environment when a base URL is first used,
    and not again; nothing for this machine goes to a proxy. A ``.netrc`` is never read, since a request
    carries no credentials but the key; cookies are not kept.

    Where something has replaced requests' transport, as the mocks ``responses`` and ``requests-mock`` do,
    attempts go through requests, so that the replacement sees them.

    A child made by ``fork`` makes connections of its own.

    :param sleep: lets seconds pass.
    """

    def __init__(self, sleep: Callable[[float], object] = time.sleep) -> None:
        self._sleep = sleep
        self._begin()
        of_one_process(self)

    def _begin(self) -> None:
        self._adapter = DeadlineAdapter()
        self._hosts: dict[str, _Host] = {}

    def begin_in_child(self) -> None:
        """Let go of a parent's connections after a fork; none of them hears of it."""
        hosts = self._hosts
        self._begin()
        for host in hosts.values():
            abandon(host.pool)

    def drive(self, steps: Steps[T]) -> T:
        """Carry a call through to its result, step by step. What interrupts a step is told to the call."""
        outcome: Outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as finished:
                result: T = finished.value
                return result
            try:
                outcome = self._take(step)
            except BaseException as error:  # a StopIteration of somebody's sleep among them
                steps.throw(error)
                raise AssertionError("no call goes on after an interruption") from error

    def close(self) -> None:
        """Close kept-alive connections; the next call opens new ones."""
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
        timeout = DeadlineTimeout(attempt.timeout_ms / 1000)
        try:
            host = self._host(attempt.base_url)
        except _RAISED as error:
            # Not its text, which may hold a proxy's password; our own does not.
            said = str(error) if type(error) is ProxyUnclear else type(error).__name__
            reason = f"the environment's proxies or certificates cannot be used ({said})"
            return Failed(delivered=False, reason=reason)
        if self._is_replaced():
            return self._send_by_requests(attempt, host, timeout)
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
            return _failed(error, host.proxy, attempt.timeout_ms)
        return Answered(response.status, body)

    def _is_replaced(self) -> bool:
        """Whether what leads from a session of requests to its answer is not requests' own any more."""
        return not (
            is_original(getattr(self._adapter.send, "__func__", None), requests.adapters)
            and is_original(requests.Session.get_adapter, requests.sessions)
            and is_original(requests.Session.send, requests.sessions)
        )

    def _send_by_requests(self, attempt: Attempt, host: _Host, timeout: DeadlineTimeout) -> Outcome:
        request = attempt.request
        headers = {**_HEADERS, **request.headers}
        prepared = requests.Request(request.method, attempt.base_url, headers, data=request.body).prepare()
        prepared.url = request.url(attempt.base_url)  # as it was signed: requests would quote it anew
        session = requests.Session()
        session.trust_env = False
        session.mount("http://", self._adapter)
        session.mount("https://", self._adapter)
        try:
            response = session.send(prepared, allow_redirects=False, timeout=timeout, **host.settings)  # type: ignore[arg-type]  # an adapter takes urllib3's, too
            return Answered(response.status_code, response.content)
        except _RAISED as error:
            failed = _failed(error, host.proxy, attempt.timeout_ms)
            return replace(failed, reason=f"{failed.reason}; {_REPLACED}")

    def _host(self, base_url: str) -> _Host:
        host = self._hosts.get(base_url)
        if host is None:
            host = self._hosts[base_url] = self._find(base_url)
        return host

    def _find(self, base_url: str) -> _Host:
        """Do once what requests does for every request: environment, proxy, certificates, pool."""
        settings = requests.Session().merge_environment_settings(base_url, {}, None, None, None)
        proxies, verify = settings["proxies"], settings["verify"]
        if is_this_machine(base_url):
            proxies = {}
        if verify is True:
            verify = os.environ.get("SSL_CERT_FILE") or True
        proxy = select_proxy(base_url, proxies)
        place = place_of(proxy) if proxy else None
        probe = requests.Request("GET", base_url).prepare()
        pool = self._adapter.get_connection_with_tls_context(probe, verify, proxies)
        assert isinstance(pool, HTTPConnectionPool), "the ones for http and https both are"
        self._adapter.cert_verify(pool, base_url, verify, None)  # type: ignore[no-untyped-call]  # in its stubs
        is_tunnel = self._adapter.request_url(probe, proxies).startswith("/")
        return _Host(pool, "" if is_tunnel else base_url, place, {"proxies": proxies, "verify": verify})


def _failed(error: BaseException, proxy: str | None, timeout_ms: int) -> Failed:
    reason = _reason(error)
    delivered = not _before_connection(error)
    if not delivered:
        beyond = any(type(cause) is HandshakeFailed for cause in _causes(error))
        reason = with_proxy(proxy, reason, beyond=beyond)
    is_late = any(
        # exactly this one: that nobody listens is one of its kind in urllib3
        type(cause) is ConnectTimeoutError or isinstance(cause, TimeoutError | requests.Timeout)
        for cause in _causes(error)
    )
    return Failed(delivered=delivered, reason=reason, waited_ms=timeout_ms if is_late else 0)


def _before_connection(error: BaseException) -> bool:
    """Whether a failure came before a connection stood: DNS, refused, connect timeout, TLS handshake."""
    before = (
        NewConnectionError,
        NameResolutionError,
        ConnectTimeoutError,
        HandshakeFailed,
        requests.ConnectTimeout,
    )
    return any(isinstance(cause, before) for cause in _causes(error))


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (NameResolutionError, "the name does not resolve"),
    (ConnectionRefusedError, "connection refused"),
    (NewConnectionError, "no connection"),
    (ConnectTimeoutError, "no connection in time"),
    (requests.ConnectTimeout, "no connection in time"),
    (NoTunnel, "no tunnel"),
    (HandshakeFailed, "the TLS handshake failed"),
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
            return f"{words}: {found.args[-1]}" if isinstance(found, HandshakeFailed) else words
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
