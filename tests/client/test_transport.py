"""How attempts travel: proxies, what the environment says of certificates and credentials, one deadline."""

import asyncio
import contextlib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
import urllib3
from support.sender import SERVER_TIME

from bingx_client import AsyncClient, Client, TransportError
from bingx_client.drivers import connections
from bingx_client.drivers.proxies import place_of
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.flow.steps import Answered, Attempt, Failed
from bingx_client.wire.environments import ENVIRONMENTS
from bingx_client.wire.signing import public_request
from bingx_fake import FakeExchange

TIMEOUT_S = 0.3
"""Two domains, one timeout each, and room for a busy machine; what these tests guard against is longer."""
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

Serve = Callable[[socket.socket], None]


class Listener:
    """A port of this machine, and every first part of what was sent to it."""

    def __init__(self, serve: Serve | None = None) -> None:
        self._serve = serve
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self.port: int = self._listening.getsockname()[1]
        self.received: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._connections.append(connection)
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._serve is None:  # accepts, and never says a word
                return
            self.received.append(connection.recv(65536).decode())
            self._serve(connection)

    def close(self) -> None:
        self._listening.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    """Makes listeners, and closes them."""
    with contextlib.ExitStack() as stack:

        def make(serve: Serve | None = None) -> Listener:
            return stack.enter_context(contextlib.closing(Listener(serve)))

        yield make


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def dribble(connection: socket.socket) -> None:
    """A head that goes on far beyond the deadline, a byte now and then."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(300):  # six seconds: without a deadline a test fails, and does not hang
        connection.sendall(b"x")
        time.sleep(0.02)  # what is slow here is the other side; there is nothing to wait for
    connection.close()


def answer(connection: socket.socket) -> None:
    body = b'{"code":0,"msg":"","data":{"balances":[{"asset":"USDT","free":"1","locked":"0"}]}}'
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b"
        % (len(body), body)
    )
    connection.close()


def tunnel(connection: socket.socket) -> None:
    """What a CONNECT is told; then nothing, so that the handshake waits."""
    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")


def refuse_tunnel(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    connection.close()


def read_sync(base_urls: tuple[str, str], times: int = 1, **options: Any) -> None:
    with Client("prod-vst", "alice-key", "alice-secret", base_urls=base_urls, **options) as client:
        for _ in range(times):
            client.spot_balance()


def read_async(base_urls: tuple[str, str], times: int = 1, **options: Any) -> None:
    async def main() -> None:
        async with AsyncClient(
            "prod-vst", "alice-key", "alice-secret", base_urls=base_urls, **options
        ) as client:
            for _ in range(times):
                await client.spot_balance()

    asyncio.run(main())


BOTH = pytest.mark.parametrize("read", [read_sync, read_async])
PROGRAM_S_TESTS = """
import asyncio

def test_one(bingx_client):
    assert bingx_client.fund_balance("USDT")

def test_two(bingx_async_client):
    async def main():
        async with bingx_async_client as client:
            assert await client.fund_balance("USDT")

    asyncio.run(main())
"""
ELSEWHERE = ("http://one.example", "http://two.example")
"""Names that only a proxy could know."""


# The environment


@BOTH
def test_http_goes_through_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener], read: Callable[..., None]
) -> None:
    proxy = listen(answer)
    monkeypatch.setenv("HTTP_PROXY", f"http://user:word@127.0.0.1:{proxy.port}")
    read(ELSEWHERE)
    [request] = proxy.received
    assert request.startswith("GET http://one.example/openApi/spot/v1/account/balance?")
    assert "\r\nProxy-Authorization: Basic dXNlcjp3b3Jk\r\n" in request


@BOTH
def test_https_is_tunnelled_through_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener], read: Callable[..., None]
) -> None:
    proxy = listen(refuse_tunnel)
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:word@127.0.0.1:{proxy.port}")
    with pytest.raises(TransportError) as raised:
        read(("https://one.example", "https://two.example"))
    assert [request.split("\r\n")[0].split()[:2] for request in proxy.received] == [
        ["CONNECT", "one.example:443"],
        ["CONNECT", "two.example:443"],
    ]
    assert "word" not in str(raised.value)


@BOTH
def test_hosts_that_need_no_proxy_are_asked_directly(
    monkeypatch: pytest.MonkeyPatch,
    listen: Callable[..., Listener],
    read: Callable[..., None],
) -> None:
    proxy, server = listen(answer), listen(answer)
    resolve(monkeypatch, [server.port])
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "many.example")
    read(("http://many.example", "http://many.example"))
    assert (len(server.received), proxy.received) == (1, [])


@BOTH
@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "127.1", "localhost", "fake.localhost", "[::1]"])
def test_nothing_for_this_machine_goes_to_a_proxy(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener], read: Callable[..., None], host: str
) -> None:
    proxy = listen(answer)
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(TransportError):  # nobody listens there
        read((f"http://{host}:1", f"https://{host}:1"))
    assert proxy.received == []


def test_a_program_s_fixtures_reach_the_fake_whatever_proxy_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener]
) -> None:
    proxy = listen(answer)
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
    program = tmp_path / "test_program.py"
    program.write_text(PROGRAM_S_TESTS)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:schemathesis",
        "-p",
        "no:hypothesispytest",
        str(program),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, proxy.received) == (0, []), done.stdout


@pytest.mark.parametrize(
    ("proxy", "place"),
    [
        ("http://user:word@proxy.example:3128", "proxy.example:3128"),
        ("user:word@proxy.example:3128", "proxy.example:3128"),
        ("http://proxy.example", "proxy.example:80"),
        ("https://proxy.example", "proxy.example:443"),
        ("socks5h://user:word@[::2]", "[::2]:1080"),
    ],
)
def test_a_proxy_is_named_by_host_and_port(proxy: str, place: str) -> None:
    assert place_of(proxy) == place


@BOTH
@pytest.mark.parametrize("proxy", ["http://user:123/word@127.0.0.1:1", "http://user:wo#rd@127.0.0.1:1"])
def test_a_proxy_s_url_that_can_be_read_in_two_ways_is_not_used_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, read: Callable[..., None], proxy: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with pytest.raises(TransportError, match="percent-encoded") as raised:
        read(ELSEWHERE)
    assert not any(part in str(raised.value) for part in ("user:", "123", "wo#"))


@BOTH
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_to_blame(
    monkeypatch: pytest.MonkeyPatch, read: Callable[..., None], scheme: str
) -> None:
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", "http://user:word@127.0.0.1:1")
    with pytest.raises(TransportError) as raised:
        read((f"{scheme}://one.example", f"{scheme}://two.example"))
    assert {failure.reason for failure in raised.value.failures} == {
        "the proxy 127.0.0.1:1: connection refused"
    }


@BOTH
def test_a_proxy_that_refuses_a_tunnel_is_to_blame(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener], read: Callable[..., None]
) -> None:
    port = listen(refuse_tunnel).port
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:word@127.0.0.1:{port}")
    with pytest.raises(TransportError) as raised:
        read(("https://one.example", "https://two.example"))
    for failure in raised.value.failures:
        assert failure.reason.startswith(f"the proxy 127.0.0.1:{port}: no tunnel: ")
        assert failure.reason.endswith("407 Proxy Authentication Required")


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-nobody\r\n"], ids=["nothing", "another protocol"])
def test_a_write_whose_tunnel_never_stood_was_not_delivered(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener], said: bytes
) -> None:
    def other(connection: socket.socket) -> None:
        connection.sendall(said)
        connection.close()

    port = listen(other).port
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    outcome = RequestsDriver().send(Attempt("https://one.example", public_request("POST", "/"), 1000))
    assert isinstance(outcome, Failed)
    assert not outcome.delivered
    assert outcome.reason.startswith(f"the proxy 127.0.0.1:{port}: no tunnel: ")


@BOTH
def test_a_handshake_that_fails_behind_a_proxy_names_it(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener], read: Callable[..., None]
) -> None:
    with FakeExchange(tls=True) as secured:  # whose certificate nobody trusts
        port = listen(relay_to(secured)).port
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        with pytest.raises(TransportError) as raised:
            read(("https://one.example", "https://two.example"))
    for failure in raised.value.failures:
        assert failure.reason.startswith("the TLS handshake failed")
        assert failure.reason.endswith(f", through the proxy 127.0.0.1:{port}")


def test_the_environment_is_read_once_for_each_host(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener]
) -> None:
    first, second = listen(answer), listen(answer)
    with Client("prod-vst", "alice-key", "alice-secret", base_urls=ELSEWHERE) as client:
        for proxy in (first, second):
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
            client.spot_balance()
    assert (len(first.received), second.received) == (2, [])


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_of_the_environment_are_trusted(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    with FakeExchange(tls=True) as secured:
        assert secured.ca_file is not None
        monkeypatch.setenv(variable, str(secured.ca_file))
        read_sync(secured.base_urls)
        assert len(secured.requests) == 1


def test_without_them_the_certificate_is_refused_before_anything_is_sent() -> None:
    with FakeExchange(tls=True) as secured:
        with pytest.raises(TransportError, match="the TLS handshake failed"):
            read_sync(secured.base_urls)
        assert secured.requests == []


def test_certificates_that_are_missing_are_named_and_nothing_is_delivered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    driver = RequestsDriver()
    outcome = driver.send(Attempt("https://one.example", public_request("GET", "/"), 1000))
    assert outcome == Failed(
        delivered=False, reason="the environment's proxies or certificates cannot be used (OSError)"
    )


@BOTH
def test_a_netrc_adds_no_credentials(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    listen: Callable[..., Listener],
    read: Callable[..., None],
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = listen(answer)
    read((f"http://127.0.0.1:{server.port}", "http://127.0.0.1:1"))
    [request] = server.received
    assert "authorization" not in request.lower()


@BOTH
def test_cookies_are_not_kept(listen: Callable[..., Listener], read: Callable[..., None]) -> None:
    server = listen(answer)
    read((f"http://localhost:{server.port}", "http://127.0.0.1:1"), times=2)
    assert len(server.received) == 2
    assert not any("cookie" in request.lower() for request in server.received)


# The deadline


def given_up(base_urls: tuple[str, str]) -> str:
    """What a read says that fails, from servers that would never let it end."""
    with pytest.raises(TransportError) as raised:
        read_sync(base_urls, timeout=TIMEOUT_S)
    return str(raised.value)


def test_a_proxy_that_dribbles_its_answer_is_given_up_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener]
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{listen(dribble).port}")
    assert "no complete answer in time" in given_up(ELSEWHERE)


@pytest.mark.parametrize("serve", [dribble, tunnel], ids=["the proxy dribbles", "the handshake waits"])
def test_a_tunnel_that_never_stands_is_given_up_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener], serve: Serve
) -> None:
    port = listen(serve).port
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    said = f"the proxy 127.0.0.1:{port}: no tunnel" if serve is dribble else "the TLS handshake failed"
    assert said in given_up(("https://one.example", "https://two.example"))


def test_a_handshake_without_an_answer_is_given_up_at_the_deadline(listen: Callable[..., Listener]) -> None:
    silent = listen()
    url = f"https://127.0.0.1:{silent.port}"
    assert "the TLS handshake failed" in given_up((url, url))


@pytest.mark.parametrize("kind", ["timeout", "dribble"])
def test_an_answer_over_tls_that_does_not_end_is_given_up_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with FakeExchange(tls=True) as secured, secured.fault("*", kind):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secured.ca_file))
        assert "no complete answer in time" in given_up(secured.base_urls)


BEYOND = ENVIRONMENTS["prod-vst"]
"""What nobody reaches but through a proxy; no proxy is asked for what is on this machine."""


def test_a_tunnelled_answer_that_does_not_end_is_given_up_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener]
) -> None:
    with FakeExchange(tls=True) as secured, secured.fault("*", "dribble"):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listen(relay_to(secured)).port}")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secured.ca_file))
        assert "no complete answer in time" in given_up(BEYOND)
        assert len(secured.requests) == 2


def test_time_that_a_tunnel_took_is_not_given_to_the_answer_again(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Listener]
) -> None:
    now_s = 1000.0
    allowed_s: list[float] = []

    def take_20_s() -> None:
        nonlocal now_s
        now_s += 20

    def note(sock: socket.socket, seconds: float) -> None:
        allowed_s.append(seconds)
        socket.socket.settimeout(sock, seconds)

    monkeypatch.setattr(connections, "time", SimpleNamespace(monotonic=lambda: now_s))
    monkeypatch.setattr(ssl.SSLSocket, "settimeout", note)
    with FakeExchange(tls=True) as secured:
        proxy = listen(relay_to(secured, before=take_20_s))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secured.ca_file))
        attempt = Attempt(BEYOND[0], public_request("GET", SERVER_TIME), 30_000)
        with contextlib.closing(RequestsDriver()) as driver:
            outcome = driver.send(attempt)
    assert isinstance(outcome, Answered)
    assert allowed_s[-1] == 10


def relay_to(exchange: FakeExchange, before: Callable[[], object] = lambda: None) -> Serve:
    """A proxy's tunnel to the exchange, whichever host was asked for.

    :param before: is called before the tunnel stands.
    """

    def relay(connection: socket.socket) -> None:
        before()
        tunnel(connection)
        with socket.create_connection(("127.0.0.1", port_of(exchange, "com"))) as onwards:
            threading.Thread(target=copy, args=(connection, onwards), daemon=True).start()
            copy(onwards, connection)

    return relay


def copy(source: socket.socket, to: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            to.sendall(data)


def test_several_dead_addresses_share_one_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeExchange() as exchange, exchange.fault("com", "blackhole"):
        resolve(monkeypatch, [port_of(exchange, "com")] * 8)
        message = given_up(("http://many.example", "http://many.example"))
    assert "no connection in time" in message


@pytest.mark.departs("plain-http", "clock-off")
def test_a_dead_address_leaves_time_for_a_live_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeExchange() as exchange, exchange.fault("com", "blackhole"):
        resolve(monkeypatch, [port_of(exchange, "com"), port_of(exchange, "pro")])
        read_sync(("http://many.example", "http://many.example"), timeout=1.5)
        assert len(exchange.requests) == 1


@pytest.mark.parametrize("secured", [False, True], ids=["plain", "TLS"])
def test_socket_options_may_name_the_protocol_that_they_are_for(
    monkeypatch: pytest.MonkeyPatch, secured: bool
) -> None:
    # As the defaults of urllib3.future do, which takes urllib3's place in an environment.
    seen: list[tuple[int, ...]] = []

    class Noting(socket.socket):
        def setsockopt(self, *option: Any) -> None:
            seen.append(option)
            super().setsockopt(*option)

    options = [
        (socket.SOL_SOCKET, socket.SO_SNDBUF, 65_001, "tcp"),
        (socket.SOL_SOCKET, socket.SO_SNDBUF, 65_002),
        (socket.SOL_SOCKET, socket.SO_SNDBUF, 65_003, "udp"),
    ]
    for kind in (urllib3.connection.HTTPConnection, urllib3.connection.HTTPSConnection):
        monkeypatch.setitem(cast("Any", kind.__init__).__kwdefaults__, "socket_options", options)
    with FakeExchange(tls=secured) as exchange:
        monkeypatch.setenv("SSL_CERT_FILE", str(exchange.ca_file))
        monkeypatch.setattr(socket, "socket", Noting)
        read_sync(exchange.base_urls)
        assert len(exchange.requests) == 1
    assert [option[2] for option in seen if option[1] == socket.SO_SNDBUF] == [65_001, 65_002]


def port_of(exchange: FakeExchange, domain: str) -> int:
    return urlsplit(exchange.base_urls[0 if domain == "com" else 1]).port or 0


def resolve(monkeypatch: pytest.MonkeyPatch, ports: list[int]) -> None:
    """Let ``many.example`` have an address for each of these ports of this machine."""
    usual = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if host != "many.example":
            return usual(host, *arguments, **options)
        kind, tcp = socket.SOCK_STREAM, socket.IPPROTO_TCP
        return [(socket.AF_INET, kind, tcp, "", ("127.0.0.1", port)) for port in ports]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
