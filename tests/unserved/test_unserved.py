"""What published clients call and the exchange does not serve is answered with 100404, and never fails."""

import json
from pathlib import Path

import pytest
from support.sender import NOW_MS, Sender

from bingx_contracts import ENDPOINTS, ERRORS, PROFILES
from bingx_fake.answers.answer import Answer
from bingx_fake.clock import ExchangeClock
from bingx_fake.exchange import Exchange
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.profiles.choice import choose
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form

CALLED = Path(__file__).with_name("paths.txt").read_text(encoding="utf-8").split()
"""By published clients (derive.py)."""
ROUTES = {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS.values()}
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "FROBNICATE", "get")
BASES = (
    "spot/v1/trade",
    "spot/v2/market",
    "swap/v2/trade",
    "swap/v3/user",
    "cswap/v1/market",
    "cswap/v1/trade",
)
NOWHERE = [
    *(f"/openApi/{base}/nothing" for base in BASES),
    *(f"/openApi/{base}" for base in BASES),
    *("/", "/openApi", "/openApi/", "/openapi/spot/v1/trade/order", "/openApi/spot/v9/trade/order"),
    *("/openApi//spot/v1/trade/order", "/openApi/spot/v1/trade/order/", "/openApi/spot/v1/trade/ORDER"),
    "/openApi/spot/v1/trade/order%2F",
]


@pytest.fixture(scope="module")
def exchange_alone() -> Exchange:
    return Exchange(Settings(read_form(None), lambda: ExchangeClock(lambda: NOW_MS, NOW_MS)))


def ask(exchange: Exchange, method: str, path: str) -> Answer:
    answer = exchange.receive(WireRequest("com", method, path, {"host": "x"}, b"", "127.0.0.1"))
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize("path", [*CALLED, *NOWHERE])
def test_a_path_is_served_or_answered_with_100404(exchange_alone: Exchange, path: str) -> None:
    answers = {method: ask(exchange_alone, method, path) for method in METHODS}
    assert {answer.http_status for answer in answers.values()} == {200}
    served = {method for method, answer in answers.items() if answer.code != 100404}
    assert served == {method for method in METHODS if (method, path) in ROUTES}


@pytest.mark.parametrize("profile", PROFILES)
def test_under_every_profile_it_is_an_answer_like_any_other_refusal(
    exchange_alone: Exchange, profile: str
) -> None:
    exchange_alone.change_profile(choose(profile))
    answer = ask(exchange_alone, "POST", "/openApi/swap/v2/trade/nothing?symbol=BTC-USDT")
    assert (answer.http_status, json.loads(answer.body)) == (
        200,
        {
            "code": 100404,
            "msg": "POST /openApi/swap/v2/trade/nothing does not exist",
            "timestamp": NOW_MS,
            "data": None,
        },
    )


def test_it_reads_like_no_refusal_of_an_order_for_which_clients_look(exchange_alone: Exchange) -> None:
    looked_for = [text for error in ERRORS.values() for text in error.looked_for]
    assert looked_for
    for path in CALLED:
        message = json.loads(ask(exchange_alone, "FROBNICATE", path).body)["msg"].lower()
        assert not [text for text in looked_for if text.lower() in message]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PROPFIND"])
@pytest.mark.parametrize("product", ["spot", "swap", "cswap"])
def test_over_a_socket_as_well(sender: Sender, product: str, method: str) -> None:
    reply = sender.raw(
        method, f"/openApi/{product}/v1/nothing", headers={"X-BX-APIKEY": "alice-key"}, body=b"{"
    )
    assert (reply.status, reply.code) == (200, 100404)
