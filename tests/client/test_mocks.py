"""Libraries that take the place of requests' and aiohttp's inside in tests: our clients get what they say."""

import asyncio
import functools
import json
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import requests
import requests_mock
import responses
from support.clients import make_client
from support.sender import ALICE

from bingx_client import AsyncClient, Client, OutcomeUnknown, ProtocolError, TransportError
from bingx_client.drivers.originals import is_original
from bingx_client.wire.signing import USER_AGENT
from bingx_fake import FakeExchange

COM, PRO = "https://one.example", "https://two.example"
BALANCE = "/openApi/spot/v1/account/balance"
TRANSFER = "/openApi/api/asset/v1/transfer"
ONE_USDT = {"code": 0, "msg": "", "data": {"balances": [{"asset": "USDT", "free": "1", "locked": "0"}]}}

MOVED = {"code": 0, "msg": "", "data": {"tranId": "7", "transferId": "7"}}


class Responses:
    """What the tests below need of ``responses``."""

    unregistered: type[Exception] = TransportError  # it raises requests' own ConnectionError

    def __init__(self) -> None:
        self._mock = responses.RequestsMock(assert_all_requests_are_fired=False)

    def active(self) -> AbstractContextManager[Any]:
        return self._mock

    def answer(self, method: str, url: str, json: Any, status: int = 200, **headers: str) -> None:
        self._mock.add(method, url, json=json, status=status, headers=headers)

    def fail(self, method: str, url: str, error: Exception) -> None:
        self._mock.add(method, url, body=error)

    def let_through(self, url: str) -> None:
        self._mock.add_passthru(url)

    def seen(self) -> list[requests.PreparedRequest]:
        return [call.request for call in self._mock.calls]


class RequestsMock:
    """The same of ``requests-mock``."""

    unregistered: type[Exception] = requests_mock.NoMockAddress  # which is no error of requests

    def __init__(self) -> None:
        self._mock = requests_mock.Mocker()

    def active(self) -> AbstractContextManager[Any]:
        return self._mock

    def answer(self, method: str, url: str, json: Any, status: int = 200, **headers: str) -> None:
        self._mock.register_uri(method, url, json=json, status_code=status, headers=headers)

    def fail(self, method: str, url: str, error: Exception) -> None:
        self._mock.register_uri(method, url, exc=error)

    def let_through(self, url: str) -> None:
        self._mock.register_uri(requests_mock.ANY, requests_mock.ANY, real_http=True)

    def seen(self) -> list[Any]:
        return [request._request for request in self._mock.request_history]


@pytest.fixture(params=[Responses, RequestsMock])
def library(request: pytest.FixtureRequest) -> Iterator[Responses | RequestsMock]:
    """Each library, at work."""
    made: Responses | RequestsMock = request.param()
    with made.active():
        yield made


def client_of(base_urls: tuple[str, str] = (COM, PRO), **options: Any) -> Client:
    return Client("prod-vst", "alice-key", "alice-secret", base_urls=base_urls, **options)


def test_a_registered_answer_is_the_client_s(library: Responses | RequestsMock) -> None:
    library.answer("GET", f"{COM}{BALANCE}", ONE_USDT)
    with client_of() as client:
        assert client.spot_balance()["USDT"].free == Decimal(1)
    [request] = library.seen()
    assert request.headers["X-BX-APIKEY"] == "alice-key"
    assert request.headers["User-Agent"] == USER_AGENT
    assert set(parse_qs(urlsplit(request.url).query)) == {"timestamp", "recvWindow", "signature"}


def test_a_write_s_body_is_the_one_that_was_signed(library: Responses | RequestsMock) -> None:
    library.answer("POST", f"{COM}{TRANSFER}", MOVED)
    with client_of() as client:
        assert client.transfer("USDT", 5, type="FUND_PFUTURES").transfer_id == "7"
    [request] = library.seen()
    body = request.body or b""
    sent = parse_qs(urlsplit(request.url).query) | parse_qs(body if isinstance(body, str) else body.decode())
    assert (sent["amount"], len(sent["signature"])) == (["5"], 1)


def test_a_redirect_is_not_followed(library: Responses | RequestsMock) -> None:
    library.answer("GET", f"{COM}{BALANCE}", {}, status=302, Location=f"{PRO}{BALANCE}")
    library.answer("GET", f"{PRO}{BALANCE}", ONE_USDT)
    with client_of() as client, pytest.raises(ProtocolError):
        client.spot_balance()
    assert len(library.seen()) == 1


def test_a_read_whose_registered_connection_breaks_goes_to_the_second_domain(
    library: Responses | RequestsMock,
) -> None:
    library.fail("GET", f"{COM}{BALANCE}", requests.ConnectionError("broken"))
    library.answer("GET", f"{PRO}{BALANCE}", ONE_USDT)
    with client_of() as client:
        assert client.spot_balance()["USDT"].free == 1


@pytest.mark.parametrize(
    "error",
    [requests.ConnectionError("broken"), requests.ReadTimeout("late"), ConnectionResetError(104, "gone")],
)
def test_a_write_whose_registered_connection_breaks_is_unknown(
    library: Responses | RequestsMock, error: Exception
) -> None:
    library.fail("POST", f"{COM}{TRANSFER}", error)
    library.answer("POST", f"{PRO}{TRANSFER}", MOVED)
    with client_of() as client, pytest.raises(OutcomeUnknown, match="requests' own transport is replaced"):
        client.transfer("USDT", 5, type="FUND_PFUTURES", on_unknown="raise")


def test_a_write_that_could_not_connect_goes_to_the_second_domain(library: Responses | RequestsMock) -> None:
    library.fail("POST", f"{COM}{TRANSFER}", requests.ConnectTimeout("late"))
    library.answer("POST", f"{PRO}{TRANSFER}", MOVED)
    with client_of() as client:
        assert client.transfer("USDT", 5, type="FUND_PFUTURES").transfer_id == "7"


def test_what_is_not_registered_does_not_leave(library: Responses | RequestsMock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        here = f"http://127.0.0.1:{server.getsockname()[1]}"
        with client_of((here, here)) as client, pytest.raises(library.unregistered) as raised:
            client.spot_balance()
        with pytest.raises(BlockingIOError):
            server.accept()
    if isinstance(raised.value, TransportError):
        assert "requests' own transport is replaced" in str(raised.value)
        assert "signature" not in str(raised.value)


def test_what_is_let_through_reaches_the_exchange_and_keeps_the_deadline(
    library: Responses | RequestsMock, exchange: FakeExchange
) -> None:
    for base_url in exchange.base_urls:
        library.let_through(base_url)
    with make_client(exchange) as client:
        client.transfer("USDT", 100, type="FUND_PFUTURES")
        assert exchange.balance(ALICE, "fund", "USDT").free == 900
    with make_client(exchange) as client, exchange.fault("com", "refuse"):
        client.transfer("USDT", 100, type="FUND_PFUTURES")
        assert exchange.requests[-1]["domain"] == "pro"
    with (
        make_client(exchange, timeout=0.3) as client,
        exchange.fault("*", "dribble"),
        pytest.raises(TransportError, match="no complete answer in time"),
    ):
        client.spot_balance()


@pytest.mark.parametrize("make", [Responses, RequestsMock])
def test_a_client_notices_at_each_call_whether_a_mock_is_at_work(
    exchange: FakeExchange, make: type[Responses | RequestsMock]
) -> None:
    with make_client(exchange) as client:
        before = client.spot_balance()
        library = make()
        with library.active():
            library.answer("GET", f"{exchange.base_urls[0]}{BALANCE}", ONE_USDT)
            assert client.spot_balance()["USDT"].free == 1
        assert client.spot_balance() == before
    assert len(exchange.requests) == 2


def test_a_replacement_is_told_from_the_original_whatever_it_copies() -> None:
    send = requests.adapters.HTTPAdapter.send
    wrapped = functools.wraps(send)(lambda *arguments, **options: None)
    assert is_original(send, requests.adapters)
    for other in (wrapped, mock.create_autospec(send), mock.MagicMock(), functools.partial(send), None):
        assert not is_original(other, requests.adapters)


# aiohttp


@contextmanager
def in_place_of_aiohttp(*answers: object) -> Iterator[list[str]]:
    """What ``aioresponses`` does, which knows no answers of the aiohttp that is installed.

    :param answers: an exception, or the JSON of an answer, for each request in turn.
    """
    asked: list[str] = []
    left = list(answers)

    async def request(_: aiohttp.ClientSession, method: str, url: Any, **__: object) -> Any:
        asked.append(url.host)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        body = json.dumps(answer).encode()
        response = mock.MagicMock(status=200, read=mock.AsyncMock(return_value=body))
        response.__aenter__.return_value = response
        return response

    with mock.patch.object(aiohttp.ClientSession, "_request", autospec=True, side_effect=request):
        yield asked


def transfer_async(**options: Any) -> Any:
    async def main() -> Any:
        async with AsyncClient("prod-vst", "alice-key", "alice-secret", base_urls=(COM, PRO)) as client:
            return await client.transfer("USDT", 5, type="FUND_PFUTURES", **options)

    return asyncio.run(main())


@pytest.mark.parametrize("error", [aiohttp.ServerDisconnectedError(), TimeoutError(), ConnectionResetError()])
def test_a_write_whose_connection_breaks_in_place_of_aiohttp_is_unknown(error: Exception) -> None:
    with in_place_of_aiohttp(error, MOVED) as asked, pytest.raises(OutcomeUnknown):
        transfer_async(on_unknown="raise")
    assert asked == ["one.example"]


def test_a_write_that_could_not_connect_in_place_of_aiohttp_goes_to_the_second_domain() -> None:
    refused = aiohttp.ClientConnectorError(mock.Mock(), ConnectionRefusedError(111, "refused"))
    with in_place_of_aiohttp(refused, MOVED) as asked:
        assert transfer_async().transfer_id == "7"
    assert asked == ["one.example", "two.example"]
