"""Public calls need no key and are sent none; what has to be signed says so before anything is sent."""

import asyncio
from typing import Any

import pytest
from support.sender import BOB

from bingx_client import AsyncClient, Client, ConfirmationRequired, ParameterError
from bingx_client.calls import common, spot_account
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.flow.call import Call
from bingx_client.flow.steps import Attempt, Outcome
from bingx_client.wire.decode import Node
from bingx_fake import FakeExchange

SIGNED: list[Call[Any]] = [
    spot_account.spot_balance(),
    spot_account.transfer("USDT", 1, type="FUND_PFUTURES"),
    spot_account.inner_transfer(coin="USDT", amount=1, user_account=BOB),
]


class Watching(RequestsDriver):
    """Keeps what it sends."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Attempt] = []

    def send(self, attempt: Attempt) -> Outcome:
        self.sent.append(attempt)
        return super().send(attempt)


def test_a_client_without_keys_makes_public_calls(exchange: FakeExchange) -> None:
    with Client("prod-live", base_urls=exchange.base_urls) as client:
        now_ms = client.server_time()
        assert client.send(common.server_time()) == now_ms
        assert client.call("common.server_time").data == {"serverTime": now_ms}


def test_so_does_the_asynchronous_one(exchange: FakeExchange) -> None:
    async def ask() -> int:
        async with AsyncClient("prod-live", base_urls=exchange.base_urls) as client:
            return await client.server_time()

    assert asyncio.run(ask()) == exchange.clock.now_ms()


@pytest.mark.parametrize("keys", [(), ("alice-key", "alice-secret")], ids=["no keys", "keys"])
def test_a_public_call_carries_no_key_whoever_makes_it(exchange: FakeExchange, keys: tuple[str, ...]) -> None:
    driver = Watching()
    with Client("prod-vst", *keys, base_urls=exchange.base_urls, driver=driver) as client:
        client.server_time()
    (attempt,) = driver.sent
    assert dict(attempt.request.headers) == {"X-SOURCE-KEY": "BX-AI-SKILL"}
    assert (attempt.request.query, attempt.request.body) == ("", None)


def test_the_parameters_of_a_public_call_go_unsigned_and_encoded(exchange: FakeExchange) -> None:
    driver = Watching()

    def whole(answer: Node) -> Any:
        return answer.value

    call = Call("GET", "/openApi/swap/v2/server/time", {"symbol": "BTC-USDT", "a": "{1}"}, whole, public=True)
    with Client(
        "prod-vst", "alice-key", "alice-secret", base_urls=exchange.base_urls, driver=driver
    ) as client:
        client.send(call)
    assert driver.sent[0].request.query == "a=%7B1%7D&symbol=BTC-USDT"


@pytest.mark.parametrize("call", SIGNED, ids=lambda call: call.path)
def test_a_signed_call_without_keys_says_what_is_missing(exchange: FakeExchange, call: Call[Any]) -> None:
    said = rf"^{call.endpoint} has to be signed, and this client has no keys: give it api_key and secret_key"
    with (
        Client("prod-vst", base_urls=exchange.base_urls) as client,
        pytest.raises(ParameterError, match=said),
    ):
        client.send(call)
    assert exchange.requests == []


def test_nobody_is_asked_to_confirm_what_cannot_be_signed() -> None:
    def confirm(sentence: str) -> str:
        raise AssertionError("nobody should be asked")

    with pytest.raises(ParameterError, match="has no keys"):
        Client("prod-live", confirm=confirm).transfer("USDT", 1, type="FUND_PFUTURES")
    with pytest.raises(ConfirmationRequired):
        Client("prod-live", "key", "secret").transfer("USDT", 1, type="FUND_PFUTURES")


@pytest.mark.parametrize(
    ("keys", "missing"), [({"api_key": "key"}, "secret_key"), ({"secret_key": "secret"}, "api_key")]
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_half_of_the_keys_is_a_mistake(kind: Any, keys: dict[str, str], missing: str) -> None:
    with pytest.raises(ParameterError, match=f"belong together; {missing} is missing") as error:
        kind("prod-vst", **keys)
    assert "secret_key='secret'" not in str(error.value)
