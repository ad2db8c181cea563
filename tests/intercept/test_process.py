"""What interception does to the process, and that it leaves nothing behind."""

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import aiohttp.resolver
import pytest
import uvloop
from intercept.libraries import (
    HOSTS,
    LIBRARIES,
    LIVE_COM,
    LIVE_PRO,
    SERVER_TIME,
    STREAM_HOSTS,
    VST_COM,
    VST_PRO,
    failure,
)

from bingx_fake import FakeExchange, TriedToLeave, intercept
from bingx_fake.inprocess.loops import transports

TOUCHED: tuple[tuple[Any, str], ...] = (
    (socket, "getaddrinfo"),
    (socket, "gethostbyname"),
    (socket, "gethostbyname_ex"),
    (socket.socket, "connect"),
    (socket.socket, "connect_ex"),
    (socket.socket, "send"),
    (socket.socket, "sendall"),
    (socket.socket, "sendto"),
    (socket.socket, "sendmsg"),
    (ssl.SSLContext, "wrap_socket"),
    (ssl.SSLContext, "wrap_bio"),
    (ssl.SSLSocket, "send"),
    (ssl.SSLSocket, "write"),
    (ssl.SSLObject, "write"),
    (aiohttp.resolver.ThreadedResolver, "resolve"),
    (aiohttp.resolver.AsyncResolver, "resolve"),
    (aiohttp.ClientRequest, "send"),
    (asyncio.BaseEventLoop, "create_connection"),
    (asyncio.BaseEventLoop, "start_tls"),
    *((transport, name) for transport in transports() for name in ("write", "writelines")),
    (uvloop.Loop, "getaddrinfo"),
    (uvloop.Loop, "create_connection"),
    (uvloop.Loop, "start_tls"),
)


_get = LIBRARIES["requests"]


def _touched() -> list[Any]:
    """Every function that is replaced, and whether it stands on its owner or is inherited."""
    return [found for owner, name in TOUCHED for found in (getattr(owner, name), vars(owner).get(name))]


def _same(before: list[Any], after: list[Any]) -> bool:
    return all(one is other for one, other in zip(before, after, strict=True))


# As Python and the libraries have them: while tests are collected, none has intercepted anything yet.
UNTOUCHED = _touched()


@pytest.fixture(scope="module")
def _tls_exchange() -> Iterator[FakeExchange]:
    with FakeExchange(tls=True) as exchange:
        yield exchange


@pytest.fixture
def tls_exchange(_tls_exchange: FakeExchange) -> FakeExchange:
    _tls_exchange.reset()
    return _tls_exchange


# Entering and leaving


def test_every_function_is_the_one_that_was_there_before() -> None:
    environment = dict(os.environ)
    with intercept():
        during = _touched()
        assert not any(one is other for one, other in zip(UNTOUCHED[::2], during[::2], strict=True))
    assert _same(UNTOUCHED, _touched())
    assert dict(os.environ) == environment


def test_an_exception_passes_and_leaves_nothing_behind() -> None:
    with pytest.raises(KeyError, match="the test failed"), intercept():
        raise KeyError("the test failed")
    assert _same(UNTOUCHED, _touched())


def test_a_cancelled_coroutine_leaves_nothing_behind() -> None:
    async def cancelled_inside() -> None:
        inside = asyncio.Event()

        async def wait_forever() -> None:
            with intercept():
                inside.set()
                await asyncio.Event().wait()

        waiting = asyncio.create_task(wait_forever())
        await inside.wait()
        waiting.cancel()
        await waiting

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled_inside())
    assert _same(UNTOUCHED, _touched())


def test_nested_the_one_entered_last_answers(tls_exchange: FakeExchange) -> None:
    url = f"https://{LIVE_COM}{SERVER_TIME}"
    with intercept(tls_exchange) as outer:
        during = _touched()
        _get(url)
        with intercept() as inner:
            assert _same(during, _touched())
            _get(url)
            with intercept(outer):
                _get(url)
            _get(url)
            assert len(inner.requests) == 2
        _get(url)
        assert len(outer.requests) == 3
        assert _same(during, _touched())
    assert _same(UNTOUCHED, _touched())


def test_an_exception_in_a_nested_one_leaves_the_outer_one_in_force(tls_exchange: FakeExchange) -> None:
    with intercept(tls_exchange, allow_other_hosts=False):
        with pytest.raises(KeyError), intercept(tls_exchange, allow_other_hosts=True):
            raise KeyError
        _get(f"https://{LIVE_COM}{SERVER_TIME}")
        assert len(tls_exchange.requests) == 1
        with pytest.raises(TriedToLeave):
            socket.getaddrinfo("exchange.example", 443)
    assert _same(UNTOUCHED, _touched())


def test_threads_may_leave_in_another_order_than_they_came(tls_exchange: FakeExchange) -> None:
    first = intercept(tls_exchange)
    first.__enter__()
    with intercept() as second:
        first.__exit__(None, None, None)
        _get(f"https://{LIVE_COM}{SERVER_TIME}")
        assert len(second.requests) == 1
    assert _same(UNTOUCHED, _touched())


def test_many_threads_at_once_leave_nothing_behind(tls_exchange: FakeExchange) -> None:
    failed: list[BaseException] = []

    def use() -> None:
        try:
            for _ in range(20):
                with intercept(tls_exchange):
                    socket.getaddrinfo(LIVE_COM, 443)
                    with pytest.raises(TriedToLeave):
                        socket.getaddrinfo("exchange.example", 443)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert _same(UNTOUCHED, _touched())


def test_what_cannot_be_replaced_leaves_nothing_behind(
    tls_exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.delattr(aiohttp.resolver, "AsyncResolver")
        with pytest.raises(AttributeError, match="AsyncResolver"), intercept(tls_exchange):
            pass
    assert _same(UNTOUCHED, _touched())


def test_its_own_exchange_ends_with_it_and_a_given_one_does_not(tls_exchange: FakeExchange) -> None:
    with intercept() as own:
        pass
    with intercept(tls_exchange):
        pass
    address, port = own.base_urls[0].removeprefix("https://").split(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, int(port)))
    address, port = tls_exchange.base_urls[0].removeprefix("https://").split(":")
    socket.create_connection((address, int(port))).close()


def test_an_exchange_without_tls_is_refused_with_advice(bingx_exchange: FakeExchange) -> None:
    with pytest.raises(ValueError, match=r"FakeExchange\(tls=True\)"), intercept(bingx_exchange):
        pass
    assert _same(UNTOUCHED, _touched())


def test_after_the_exchange_has_closed_its_hosts_refuse_connections() -> None:
    with FakeExchange(tls=True) as exchange, intercept(exchange):
        exchange.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((LIVE_COM, 443))


# Names


@pytest.mark.parametrize(
    "spelling", ["open-api.bingx.com", "OPEN-API.BingX.com", "open-api.bingx.com.", b"open-api.bingx.com"]
)
def test_a_documented_host_is_known_in_every_spelling(tls_exchange: FakeExchange, spelling: Any) -> None:
    with intercept(tls_exchange):
        (found,) = socket.getaddrinfo(spelling, "https", type=socket.SOCK_STREAM)
        assert found[4] == ("127.77.0.1", 443)
        with socket.create_connection((spelling, 443)):
            pass


def test_each_host_has_a_loopback_address_of_its_own(tls_exchange: FakeExchange) -> None:
    with intercept(tls_exchange):
        addresses = [socket.gethostbyname(host) for host in HOSTS]
        assert [socket.gethostbyname_ex(host)[2] for host in HOSTS] == [[address] for address in addresses]
    assert len(set(addresses)) == 4
    assert all(address.startswith("127.77.") for address in addresses)


def test_a_connection_to_a_name_needs_no_lookup_before(tls_exchange: FakeExchange) -> None:
    with intercept(tls_exchange):
        for host, domain in HOSTS.items():
            with socket.socket() as direct:
                direct.connect((host, 443))
                port = tls_exchange.base_urls[["com", "pro"].index(domain)].rpartition(":")[2]
                assert direct.getpeername() == ("127.0.0.1", int(port))
            with socket.socket() as direct:
                assert direct.connect_ex((host, 443)) == 0


def test_aiohttp_with_aiodns_finds_the_same_addresses(tls_exchange: FakeExchange) -> None:
    # aiodns is not installed here, and its resolver cannot be made without it; the method is what counts.
    resolver = object.__new__(aiohttp.AsyncResolver)
    with intercept(tls_exchange):
        (found,) = asyncio.run(resolver.resolve(VST_PRO, 443))
        with pytest.raises(TriedToLeave):
            asyncio.run(resolver.resolve("exchange.example", 443))
        with tls_exchange.fault("pro", "dns"), pytest.raises(OSError, match="Name or service not known"):
            asyncio.run(resolver.resolve(VST_PRO, 443))
    assert (found["host"], found["port"]) == ("127.77.0.4", 443)


@pytest.mark.parametrize("name", ["gethostbyname", "gethostbyname_ex"])
def test_the_old_lookups_refuse_other_names_too(tls_exchange: FakeExchange, name: str) -> None:
    with intercept(tls_exchange), pytest.raises(TriedToLeave, match=r"leave for exchange\.example;"):
        getattr(socket, name)("exchange.example")


# Elsewhere


def test_nobody_is_asked_for_a_refused_name(
    tls_exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: asked.append(arguments))
    with intercept(tls_exchange), pytest.raises(TriedToLeave):
        socket.create_connection(("exchange.example", 443))
    assert asked == []


def test_a_name_looked_up_before_leads_nowhere(tls_exchange: FakeExchange) -> None:
    with intercept(tls_exchange), socket.socket() as direct:
        for reach in (direct.connect, direct.connect_ex):
            with pytest.raises(TriedToLeave, match=r"leave for 192\.0\.2\.1:443;"):
                reach(("192.0.2.1", 443))


def test_datagrams_do_not_leave_either(tls_exchange: FakeExchange) -> None:
    with intercept(tls_exchange), socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        elsewhere = ("192.0.2.1", 53)
        with pytest.raises(TriedToLeave, match=r"leave for 192\.0\.2\.1:53;"):
            datagrams.sendto(b"", elsewhere)
        with pytest.raises(TriedToLeave):
            datagrams.sendto(b"", 0, elsewhere)
        with pytest.raises(TriedToLeave):
            datagrams.sendmsg([b""], [], 0, elsewhere)


@pytest.mark.parametrize("url", ["https://open-api.bingx.io/", "https://bingx.com/"])
def test_no_option_lets_a_test_through_to_the_real_exchange(tls_exchange: FakeExchange, url: str) -> None:
    with intercept(tls_exchange, allow_other_hosts=True):
        message = failure(_get, url, TriedToLeave)
    assert url.split("/")[2] in message
    assert "no option" in message


def test_allowed_hosts_pass_through_to_the_functions_that_were_there(
    tls_exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network would tell little: there is none here. So the functions that were there are ours."""
    seen: list[Any] = []

    def look_up(host: str, *arguments: Any) -> Any:
        seen.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))]

    def connect(self: socket.socket, address: Any) -> None:
        seen.append(address)
        raise ConnectionRefusedError("so far and no further")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", connect, raising=False)
    with intercept(tls_exchange, allow_other_hosts=True), pytest.raises(ConnectionRefusedError):
        socket.create_connection(("exchange.example", 443))
    assert seen == ["exchange.example", ("192.0.2.1", 443)]


async def _pass_through(self: Any, host: str, *arguments: Any, **options: Any) -> Any:
    return f"looked up {host}"


def test_allowed_hosts_pass_through_to_the_resolvers_that_were_there(
    tls_exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", _pass_through)
    monkeypatch.setattr(uvloop.Loop, "getaddrinfo", _pass_through, raising=False)

    async def look_up() -> list[Any]:
        resolver, loop = aiohttp.ThreadedResolver(), asyncio.get_running_loop()
        host = "exchange.example"
        return [await resolver.resolve(host), await loop.getaddrinfo(host, 443)]

    with (
        intercept(tls_exchange, allow_other_hosts=True),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        assert runner.run(look_up()) == ["looked up exchange.example"] * 2


def test_the_documented_hosts_stay_answered_when_others_are_allowed(tls_exchange: FakeExchange) -> None:
    with intercept(tls_exchange, allow_other_hosts=True):
        _get(f"https://{VST_COM}{SERVER_TIME}")
        _get(f"https://{LIVE_PRO}{SERVER_TIME}")
    assert [entry["domain"] for entry in tls_exchange.requests] == ["com", "pro"]


# Loopback


@pytest.mark.parametrize(
    ("family", "address"),
    [
        (socket.AF_INET, "127.0.0.1"),
        (socket.AF_INET, "localhost"),
        (socket.AF_INET, ""),
        (socket.AF_INET, "0.0.0.0"),
        (socket.AF_INET6, "::1"),
        (socket.AF_INET6, "::ffff:127.0.0.1"),
    ],
)
def test_connections_to_loopback_stay_as_they_are(
    tls_exchange: FakeExchange, family: socket.AddressFamily, address: str
) -> None:
    with (
        intercept(tls_exchange),
        socket.socket(family) as server,
        socket.socket(family) as client,
        socket.socket(family, socket.SOCK_DGRAM) as receiver,
        socket.socket(family, socket.SOCK_DGRAM) as sender,
    ):
        server.bind((address, 0))
        server.listen()
        client.connect((address, server.getsockname()[1]))
        receiver.bind((address, 0))
        assert sender.sendto(b"datagram", (address, receiver.getsockname()[1])) == 8
        assert receiver.recv(16) == b"datagram"


def test_sockets_that_are_no_network_stay_as_they_are(
    tls_exchange: FakeExchange, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = str(tmp_path_factory.mktemp("s") / "s")
    one, other = socket.socketpair()
    with intercept(tls_exchange), one, other, socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            with pytest.raises(TypeError):  # Python's own, since this is no address of the network
                client.sendto(b"", ("192.0.2.1", 443))
        assert one.sendmsg((b"two", b"parts")) == 8
        assert other.recv(16) == b"twoparts"


def test_addresses_to_listen_on_are_found_as_before(tls_exchange: FakeExchange) -> None:
    with intercept(tls_exchange):
        assert socket.getaddrinfo(None, 0, flags=socket.AI_PASSIVE)
        assert socket.getaddrinfo("0.0.0.0", 0, flags=socket.AI_PASSIVE)
        with pytest.raises(socket.gaierror):
            socket.getaddrinfo("exchange.example", 443, flags=socket.AI_NUMERICHOST)


# A proxy of the environment


@pytest.mark.parametrize("before", [{}, {"NO_PROXY": "intra.example"}, {"no_proxy": "*"}])
def test_the_exceptions_of_a_proxy_are_kept_and_come_back(
    tls_exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch, before: dict[str, str]
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in before.items():
        monkeypatch.setenv(name, value)
    with intercept(tls_exchange):
        during = [os.environ.get(name) for name in ("no_proxy", "NO_PROXY")]
    if "*" in before.values():  # means every host only where it stands alone
        assert during == ["*", None]
    else:
        assert during == [",".join([*before.values(), *HOSTS, *STREAM_HOSTS])] * 2
    assert {name: os.environ[name] for name in ("no_proxy", "NO_PROXY") if name in os.environ} == before
