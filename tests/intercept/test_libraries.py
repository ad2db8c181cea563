"""Every library, to every documented host, and to none else."""

import asyncio
import json
import re
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from intercept.libraries import (
    HOSTS,
    LIBRARIES,
    LIVE_COM,
    LIVE_PRO,
    SERVER_TIME,
    VST_COM,
    Get,
    failure,
    refusal,
)

from bingx_fake import FakeExchange, FaultError, intercept

EVERY_LIBRARY = pytest.mark.parametrize("get", LIBRARIES.values(), ids=LIBRARIES)


@EVERY_LIBRARY
@pytest.mark.parametrize(("host", "domain"), HOSTS.items())
def test_every_library_reaches_every_documented_host(
    bingx_intercept: FakeExchange, get: Get, host: str, domain: str
) -> None:
    assert get(f"https://{host}{SERVER_TIME}")["data"]["serverTime"] > 0
    assert [entry["domain"] for entry in bingx_intercept.requests] == [domain]


# Certificates


@pytest.fixture(scope="module")
def _exchange_with_another_ca() -> Iterator[FakeExchange]:
    with FakeExchange(tls=True) as exchange, FakeExchange(tls=True) as other:
        exchange.ca_file = other.ca_file
        yield exchange


@pytest.fixture
def exchange_with_another_ca(_exchange_with_another_ca: FakeExchange) -> FakeExchange:
    _exchange_with_another_ca.reset()
    return _exchange_with_another_ca


@EVERY_LIBRARY
def test_a_certificate_of_an_unknown_ca_is_refused(exchange_with_another_ca: FakeExchange, get: Get) -> None:
    with intercept(exchange_with_another_ca) as exchange:
        message = failure(get, f"https://{LIVE_COM}{SERVER_TIME}", ssl.SSLCertVerificationError)
    assert "certificate verify failed" in message
    assert exchange.requests == []


@EVERY_LIBRARY
@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        ("unknown-ca", "unable to get local issuer certificate"),
        ("expired", "certificate has expired"),
        ("wrong-host", f"certificate is not valid for '{LIVE_COM}'"),
    ],
)
def test_every_library_sees_what_is_wrong_with_a_certificate(
    bingx_intercept: FakeExchange, get: Get, variant: str, reason: str
) -> None:
    with bingx_intercept.fault("com", "tls", variant=variant):
        assert reason in failure(get, f"https://{LIVE_COM}{SERVER_TIME}", ssl.SSLCertVerificationError)
        assert get(f"https://{LIVE_PRO}{SERVER_TIME}")["code"] == 0
    assert get(f"https://{LIVE_COM}{SERVER_TIME}")["code"] == 0


def test_a_program_that_verifies_nothing_goes_on_verifying_nothing(
    exchange_with_another_ca: FakeExchange,
) -> None:
    import requests
    from urllib3.exceptions import InsecureRequestWarning

    with intercept(exchange_with_another_ca), pytest.warns(InsecureRequestWarning):
        assert requests.get(f"https://{LIVE_COM}{SERVER_TIME}", verify=False, timeout=10).ok


def test_a_program_that_ignores_host_names_still_wants_the_ca(bingx_intercept: FakeExchange) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    with bingx_intercept.fault("com", "tls", variant="wrong-host"):
        assert _handshake(context, LIVE_COM) == "TLSv1.3"
    with (
        bingx_intercept.fault("com", "tls", variant="unknown-ca"),
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        _handshake(context, LIVE_COM)


def test_a_program_that_wants_a_revocation_list_still_wants_it(bingx_intercept: FakeExchange) -> None:
    context = ssl.create_default_context()
    context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get certificate CRL"):
        _handshake(context, LIVE_COM)


def test_a_program_that_offers_an_earlier_session_gets_a_new_one(bingx_intercept: FakeExchange) -> None:
    context = ssl.create_default_context()
    with socket.create_connection((LIVE_COM, 443)) as plain:
        encrypted = context.wrap_socket(plain, server_hostname=LIVE_COM)
        earlier = encrypted.session
        encrypted.close()
    assert earlier is not None
    with socket.create_connection((LIVE_COM, 443)) as plain:
        context.wrap_socket(plain, server_hostname=LIVE_COM, session=earlier).close()
    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=LIVE_COM, session=earlier)


def test_the_throwaway_ca_vouches_for_no_other_name(bingx_intercept: FakeExchange) -> None:
    context = ssl.create_default_context()
    assert _handshake(context, LIVE_COM) == "TLSv1.3"
    # The certificate names localhost too, and comes from the same CA.
    host, port = bingx_intercept.base_urls[0].removeprefix("https://").split(":")
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        _handshake(context, "localhost", (host, int(port)))


def _handshake(context: ssl.SSLContext, name: str, address: tuple[str, int] | None = None) -> str | None:
    with (
        socket.create_connection(address or (name, 443)) as plain,
        context.wrap_socket(plain, server_hostname=name) as encrypted,
    ):
        return encrypted.version()


# Names that do not resolve


@EVERY_LIBRARY
def test_a_dns_fault_is_a_name_that_does_not_resolve(bingx_intercept: FakeExchange, get: Get) -> None:
    with bingx_intercept.fault("com", "dns"):
        for host in (LIVE_COM, VST_COM):
            assert "Name or service not known" in failure(
                get, f"https://{host}{SERVER_TIME}", socket.gaierror
            )
        assert get(f"https://{LIVE_PRO}{SERVER_TIME}")["code"] == 0
    assert get(f"https://{LIVE_COM}{SERVER_TIME}")["code"] == 0


def test_a_dns_fault_can_be_had_while_names_are_intercepted_and_not_otherwise() -> None:
    with FakeExchange(tls=True) as exchange:
        for _ in range(2):
            with pytest.raises(FaultError, match="not intercepted"), exchange.fault("com", "dns"):
                pass
            with intercept(exchange):
                with intercept(exchange), exchange.fault("com", "dns"):
                    pass
                with exchange.fault("com", "dns"):
                    pass


# Elsewhere


@EVERY_LIBRARY
@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://exchange.example/", "exchange.example"),
        ("http://exchange.example/", "exchange.example"),
        ("https://192.0.2.1/", "192.0.2.1:443"),
        ("https://[2001:db8::1]:8443/", "2001:db8::1:8443"),
    ],
)
def test_every_other_host_is_refused_with_a_message(
    bingx_intercept: FakeExchange, get: Get, url: str, shown: str
) -> None:
    message = refusal(get, url)
    assert re.match(rf"a test tried to leave for {re.escape(shown)}(:\d+)?;", message)
    assert "allow_other_hosts=True" in message


@EVERY_LIBRARY
@pytest.mark.parametrize("url", [f"http://{LIVE_COM}/", f"https://{LIVE_COM}:8443/"])
def test_another_port_of_a_documented_host_is_refused(
    bingx_intercept: FakeExchange, get: Get, url: str
) -> None:
    port = 80 if url.startswith("http:") else 8443
    assert refusal(get, url).startswith(f"a test tried to reach {LIVE_COM}:{port}, which")


@EVERY_LIBRARY
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_not_touched(
    bingx_intercept: FakeExchange, bingx_exchange: FakeExchange, get: Get, host: str
) -> None:
    url = bingx_exchange.base_urls[0].replace("127.0.0.1", host)
    assert get(f"{url}{SERVER_TIME}")["code"] == 0
    assert len(bingx_exchange.requests) == 1
    assert bingx_intercept.requests == []


# Made earlier


def test_sessions_made_earlier_take_part(bingx_exchange: FakeExchange) -> None:
    import ccxt
    import httpx
    import requests
    import urllib3

    opener, bot = urllib3.PoolManager(), ccxt.bingx()
    with opener, requests.Session() as session, httpx.Client() as client, bot.session:
        session.get(f"{bingx_exchange.base_urls[0]}{SERVER_TIME}", timeout=10)
        with intercept() as exchange:
            url = f"https://{LIVE_COM}{SERVER_TIME}"
            assert session.get(url, timeout=10).ok
            assert client.get(url).is_success
            assert opener.request("GET", url).status == 200
            assert bot.fetch(url)["code"] == 0
            assert len(exchange.requests) == 4


def test_an_aiohttp_session_made_earlier_takes_part_and_keeps_no_address() -> None:
    import aiohttp

    url = f"https://{LIVE_COM}{SERVER_TIME}"

    async def outlive_two_exchanges() -> None:
        async with aiohttp.ClientSession() as session:
            for _ in range(2):
                with intercept() as exchange:
                    async with session.get(url) as answer:
                        assert json.loads(await answer.read())["code"] == 0
                    assert len(exchange.requests) == 1
                    with exchange.fault("com", "dns"), pytest.raises(aiohttp.ClientConnectionError) as failed:
                        await session.get(url)
                    assert isinstance(failed.value.__cause__, socket.gaierror)

    asyncio.run(outlive_two_exchanges())


def test_ssl_contexts_made_earlier_take_part_and_stay_as_they_are() -> None:
    context = ssl.create_default_context()
    before = context.cert_store_stats()
    with intercept():
        assert _handshake(context, LIVE_COM) == "TLSv1.3"
    assert context.cert_store_stats() == before


def test_threads_started_earlier_take_part() -> None:
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(int).result()
        with intercept() as exchange:
            pool.submit(LIBRARIES["requests"], f"https://{LIVE_COM}{SERVER_TIME}").result()
            assert len(exchange.requests) == 1


def test_no_proxy_of_the_environment_is_asked_for_a_documented_host(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        monkeypatch.setenv("HTTPS_PROXY", address)
        with intercept() as exchange:
            for get in LIBRARIES.values():
                get(f"https://{LIVE_COM}{SERVER_TIME}")
            assert len(exchange.requests) == len(LIBRARIES)
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()
