"""No proxy leads a program to BingX: nothing that names one of its hosts reaches any, nor can one answer.

The proxy here is one that would answer for every host, and the programs verify nothing, so that only the
interception can stop them.
"""

import socket
import ssl
import urllib.request
from collections.abc import Iterator

import pytest
from intercept.libraries import LIVE_COM, LIVE_PRO, SERVER_TIME
from intercept.proxies import OTHER_HOST, PROXIED, PROXIED_BY_TLS, Ask, Proxy, running_proxy, unverified

from bingx_fake import FakeExchange, TriedToLeave, intercept
from bingx_fake.inprocess.destinations import destination

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

EVERY_LIBRARY = pytest.mark.parametrize("ask", PROXIED.values(), ids=PROXIED)
STREAMS_HOST, SPARE_HOST = "open-api-ws.bingx.com", "open-api.bingx.io"


@pytest.fixture(scope="module")
def _servers() -> Iterator[dict[str, Proxy]]:
    with running_proxy() as plain, running_proxy(tls=True) as encrypted:
        yield {"http": plain, "https": encrypted}


@pytest.fixture
def plain_proxy(_servers: dict[str, Proxy]) -> Proxy:
    _servers["http"].received = b""
    return _servers["http"]


@pytest.fixture
def tls_proxy(_servers: dict[str, Proxy]) -> Proxy:
    _servers["https"].received = b""
    return _servers["https"]


# Every library


HOSTS = pytest.mark.parametrize("host", [LIVE_COM, STREAMS_HOST])
SCHEMES = pytest.mark.parametrize("scheme", ["https", "http"])


@EVERY_LIBRARY
@SCHEMES
@HOSTS
def test_nothing_that_names_a_host_of_bingx_reaches_a_proxy(
    bingx_intercept: FakeExchange, plain_proxy: Proxy, ask: Ask, scheme: str, host: str
) -> None:
    with pytest.raises(TriedToLeave) as refused:
        ask(f"{scheme}://{host}{SERVER_TIME}", plain_proxy.url)
    message = f"a test tried to reach {host} through the connection to 127.0.0.1:{plain_proxy.port}, which is"
    assert str(refused.value).startswith(message)
    assert "HTTPS_PROXY" in str(refused.value)
    assert plain_proxy.received == b""
    assert bingx_intercept.requests == []


@pytest.mark.parametrize("ask", PROXIED_BY_TLS.values(), ids=PROXIED_BY_TLS)
@SCHEMES
def test_nothing_that_names_a_host_of_bingx_reaches_a_proxy_that_speaks_tls(
    bingx_intercept: FakeExchange, tls_proxy: Proxy, ask: Ask, scheme: str
) -> None:
    with pytest.raises(TriedToLeave, match=f"a test tried to reach {LIVE_COM} through"):
        ask(f"{scheme}://{LIVE_COM}{SERVER_TIME}", tls_proxy.url)
    assert tls_proxy.received == b""


@EVERY_LIBRARY
@pytest.mark.parametrize("url", [f"https://{OTHER_HOST}/", f"http://{OTHER_HOST}/"])
def test_a_proxy_on_loopback_leads_to_every_other_host_as_before(
    bingx_intercept: FakeExchange, plain_proxy: Proxy, ask: Ask, url: str
) -> None:
    assert ask(url, plain_proxy.url) == {"code": 0}
    assert OTHER_HOST.encode() in plain_proxy.received


@EVERY_LIBRARY
def test_the_same_libraries_reach_the_proxy_without_interception(plain_proxy: Proxy, ask: Ask) -> None:
    """So that the tests above could fail: the proxy answers for the exchange."""
    assert ask(f"https://{LIVE_COM}{SERVER_TIME}", plain_proxy.url) == {"code": 0}
    assert LIVE_COM.encode() in plain_proxy.received


def test_other_hosts_through_a_proxy_are_no_way_round_when_they_are_allowed(plain_proxy: Proxy) -> None:
    with intercept(allow_other_hosts=True), pytest.raises(TriedToLeave):
        PROXIED["requests"](f"https://{LIVE_PRO}{SERVER_TIME}", plain_proxy.url)
    assert plain_proxy.received == b""


# Made earlier


def test_a_client_that_read_the_environment_before_is_refused(
    plain_proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx
    import requests
    import urllib3

    monkeypatch.setenv("HTTPS_PROXY", plain_proxy.url)
    session = requests.Session()
    session.proxies = urllib.request.getproxies()
    pool = urllib3.ProxyManager(plain_proxy.url, cert_reqs="CERT_NONE")
    with session, pool, httpx.Client(verify=False) as client, intercept():
        url = f"https://{LIVE_COM}{SERVER_TIME}"
        for get in (client.get, lambda url: pool.request("GET", url)):
            with pytest.raises(TriedToLeave):
                get(url)
        with pytest.raises(TriedToLeave):
            session.get(url, verify=False, timeout=10)
    assert plain_proxy.received == b""


def test_a_connection_that_a_proxy_opened_before_is_refused_as_soon_as_it_is_used(plain_proxy: Proxy) -> None:
    import httpx
    import requests

    url = f"https://{LIVE_COM}{SERVER_TIME}"
    session = requests.Session()
    session.proxies = {"https": plain_proxy.url}
    with session, httpx.Client(proxy=plain_proxy.url, verify=False) as client:
        assert session.get(url, verify=False, timeout=10).json() == {"code": 0}
        assert client.get(url).json() == {"code": 0}
        plain_proxy.received = b""
        with intercept():
            with pytest.raises(TriedToLeave):
                session.get(url, verify=False, timeout=10)
            with pytest.raises(TriedToLeave):
                client.get(url)
    assert plain_proxy.received == b""


@pytest.mark.parametrize("name", ["aiohttp", "aiohttp post", "httpx async"])
def test_an_asynchronous_connection_of_before_is_refused_too(plain_proxy: Proxy, name: str) -> None:
    import asyncio

    import aiohttp
    import httpx

    url = f"https://{LIVE_COM}{SERVER_TIME}"

    async def use_twice() -> None:
        async with (
            aiohttp.ClientSession() as session,
            httpx.AsyncClient(proxy=plain_proxy.url, verify=False) as client,
        ):

            async def ask() -> bytes:
                if name == "httpx async":
                    return (await client.get(url)).content
                method = "POST" if name.endswith("post") else "GET"
                data = b"a" if method == "POST" else None
                answer = session.request(method, url, proxy=plain_proxy.url, ssl=unverified(), data=data)
                async with answer as got:
                    return await got.read()

            assert await ask() == b'{"code": 0}'
            plain_proxy.received = b""
            with intercept(), pytest.raises(TriedToLeave):
                await ask()

    asyncio.run(use_twice())
    assert plain_proxy.received == b""


# Bytes of one's own


def _socks_5(host: str) -> bytes:
    return b"\x05\x01\x00\x03" + bytes([len(host)]) + host.encode() + b"\x01\xbb"


def _connect(host: str) -> bytes:
    return f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode()


ASKING = {
    "connect": _connect(LIVE_COM),
    "connect in other letters": b"connect OPEN-API.BingX.com.:443 HTTP/1.0\r\n\r\n",
    "connect to the address that stands for it": _connect("127.77.0.1"),
    "absolute": b"GET http://open-api.bingx.com/openApi HTTP/1.1\r\n\r\n",
    "absolute with a user": b"POST https://user:pass@open-api.bingx.com:443 HTTP/1.1\r\n\r\n",
    "a line that is not yet whole": b"\r\nCONNECT open-api.bingx.com:443",
    "spare domain": _connect(SPARE_HOST),
    "apex": _connect("bingx.com"),
    "socks 5": _socks_5(LIVE_COM),
    "socks 5 by address": b"\x05\x01\x00\x01\x7f\x4d\x00\x01\x01\xbb",
    "socks 4a": b"\x04\x01\x01\xbb\x00\x00\x00\x01me\x00open-api.bingx.com\x00",
    "socks 4 by address": b"\x04\x01\x01\xbb\x7f\x4d\x00\x01me\x00",
}
SENDING = {
    "send": lambda connection, data: connection.send(data),
    "sendall": lambda connection, data: connection.sendall(data),
    "sendall of a view": lambda connection, data: connection.sendall(memoryview(data)),
    "sendto": lambda connection, data: connection.sendto(data, connection.getpeername()),
    "sendmsg": lambda connection, data: connection.sendmsg([data[:5], data[5:]]),
    "a file": lambda connection, data: connection.makefile("wb", buffering=0).write(data),
}


@pytest.mark.parametrize("data", ASKING.values(), ids=ASKING)
@pytest.mark.parametrize("send", SENDING.values(), ids=SENDING)
def test_no_way_to_send_bytes_lets_them_ask_a_proxy_for_bingx(
    bingx_intercept: FakeExchange, plain_proxy: Proxy, send: object, data: bytes
) -> None:
    assert callable(send)
    with socket.create_connection(("127.0.0.1", plain_proxy.port)) as connection:
        with pytest.raises(TriedToLeave):
            send(connection, data)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert plain_proxy.received == b""


def test_a_name_that_a_program_looks_up_for_its_proxy_is_no_network_error(
    bingx_intercept: FakeExchange, plain_proxy: Proxy
) -> None:
    address = socket.inet_aton(socket.gethostbyname(LIVE_COM))
    with socket.create_connection(("127.0.0.1", plain_proxy.port)) as connection:
        connection.sendall(b"\x05\x01\x00")
        assert connection.recv(2) == b"\x05\x00"
        with pytest.raises(TriedToLeave, match=f"reach {LIVE_COM} through"):
            connection.sendall(b"\x05\x01\x00\x01" + address + b"\x01\xbb")


LEFT_ALONE = {
    "nothing": b"",
    "a body": b'{"url": "https://open-api.bingx.com", "text": "CONNECT open-api.bingx.com:443"}',
    "a request of the program's own server": b"GET /?next=http://open-api.bingx.com/ HTTP/1.1\r\n\r\n",
    "a line of a log": b"GET https://open-api.bingx.com/openApi took 3 ms\n",
    "another host": _connect("bingx.com.example"),
    "a host with a similar name": _connect("notbingx.com"),
    "another socks host": _socks_5("other.example"),
    "a socks greeting": b"\x05\x02\x00\x02",
    "half a socks request": b"\x05\x01\x00\x03",
    "another socks 4": b"\x04\x01\x01\xbb\x00\x00\x00\x00",
    "a broken handshake": b"\x16\x03\x01\x00\x05\x01\x00",
}


@pytest.mark.parametrize("data", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_bytes_that_ask_for_nothing_of_bingx_are_sent(bingx_intercept: FakeExchange, data: bytes) -> None:
    one, other = socket.socketpair()
    with one, other:
        assert one.sendmsg([data]) == len(data)
        one.sendall(data)
        one.shutdown(socket.SHUT_WR)
        received = b""
        while piece := other.recv(65536):
            received += piece
    assert received == data * 2


def test_what_is_no_bytes_is_refused_by_python_itself(bingx_intercept: FakeExchange) -> None:
    one, other = socket.socketpair()
    with one, other, pytest.raises(TypeError):
        one.send("CONNECT open-api.bingx.com:443")  # type: ignore[arg-type]


def test_a_unix_socket_may_have_a_proxy_behind_it(
    bingx_intercept: FakeExchange, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = str(tmp_path_factory.mktemp("s") / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)
        with pytest.raises(TriedToLeave, match="through the connection to /"):
            client.sendall(_connect(LIVE_COM))


# Handshakes


def _hello(name: str) -> bytes:
    outgoing = ssl.MemoryBIO()
    shaking = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        shaking.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("name", [LIVE_COM, STREAMS_HOST, OTHER_HOST])
def test_the_name_in_a_handshake_is_read(name: str) -> None:
    hello = _hello(name)
    assert destination(hello) == name
    assert {destination(hello[:length]) for length in range(len(hello))} <= {None, name}


def test_a_handshake_may_come_in_bytes_of_ones_own(bingx_intercept: FakeExchange, plain_proxy: Proxy) -> None:
    hello = _hello(LIVE_COM)
    address = ("127.0.0.1", plain_proxy.port)
    with socket.create_connection(address) as connection, pytest.raises(TriedToLeave):
        connection.sendall(hello)
    assert plain_proxy.received == b""


@pytest.mark.parametrize("connected", [True, False])
def test_a_handshake_with_somebody_else_is_refused(
    bingx_intercept: FakeExchange, plain_proxy: Proxy, connected: bool
) -> None:
    address = ("127.0.0.1", plain_proxy.port)
    with socket.socket() as plain:
        if connected:
            plain.connect(address)
        with pytest.raises(TriedToLeave):
            unverified().wrap_socket(plain, server_hostname=LIVE_COM).connect(address)
    assert plain_proxy.received == b""


@pytest.mark.parametrize("before", [True, False])
def test_a_handshake_with_the_exchange_is_none_with_somebody_else(
    bingx_intercept: FakeExchange, before: bool
) -> None:
    context = ssl.create_default_context()
    with socket.socket() as plain:
        if before:
            plain.connect((LIVE_COM, 443))
        with context.wrap_socket(plain, server_hostname=LIVE_COM) as encrypted:
            if not before:
                encrypted.connect((LIVE_COM, 443))
            encrypted.sendall(f"GET https://{LIVE_COM}{SERVER_TIME} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert encrypted.recv(12) == b"HTTP/1.1 200"
