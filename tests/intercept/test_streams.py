"""Every websocket library, at the documented hosts of streams, as programs write them."""

import asyncio
import json
import re
import socket
import ssl
from typing import Any

import ccxt.pro
import pytest
import requests
from intercept.libraries import LIVE_COM, SERVER_TIME, failure, refusal
from intercept.stream_libraries import LIBRARIES, Meet
from support.loops import connections_ended

from bingx_fake import FakeExchange, intercept

SPOT = "wss://open-api-ws.bingx.com/market"
DOCUMENTED = {
    SPOT: "spot",
    "wss://open-api-swap.bingx.com/swap-market": "swap",
    "wss://open-api-cswap-ws.bingx.com/market": "coinm",
    "wss://vst-open-api-ws.bingx.com/swap-market": "swap",
}
EVERY_LIBRARY = pytest.mark.parametrize("meet", LIBRARIES.values(), ids=LIBRARIES)


def nothing() -> None:
    return None


@EVERY_LIBRARY
@pytest.mark.parametrize(("url", "product"), DOCUMENTED.items())
def test_every_library_reaches_every_documented_stream(
    bingx_intercept: FakeExchange, meet: Meet, url: str, product: str
) -> None:
    def connected() -> Any:
        return requests.get(f"{bingx_intercept.control_url}/streams", timeout=10).json()

    answered, seen = meet(url, connected)
    assert json.loads(answered)["code"] == 80014
    assert [stream["product"] for stream in seen] == [product]


@EVERY_LIBRARY
def test_a_certificate_of_an_unknown_ca_is_refused(meet: Meet) -> None:
    with FakeExchange(tls=True) as exchange, FakeExchange(tls=True) as other:
        exchange.ca_file = other.ca_file
        with intercept(exchange):
            message = failure(lambda url: meet(url, nothing), SPOT, ssl.SSLCertVerificationError)
    assert "certificate verify failed" in message


@EVERY_LIBRARY
def test_another_host_of_the_exchanges_is_refused(bingx_intercept: FakeExchange, meet: Meet) -> None:
    message = refusal(lambda url: meet(url, nothing), "wss://open-api-ws2.bingx.com/market")
    assert re.match("a test tried to (leave for|reach) open-api-ws2.bingx.com", message)


@pytest.mark.parametrize("path", ["/swap-market", "/cswap-market", "/"])
def test_a_host_of_streams_has_the_path_of_its_own_product_only(
    bingx_intercept: FakeExchange, path: str
) -> None:
    answer = requests.get(f"https://open-api-ws.bingx.com{path}", timeout=10)
    assert answer.status_code == 400
    assert answer.json()["msg"] == f"{path} is no path of streams here: /market"


def test_an_outage_of_a_domain_leaves_the_streams_alone(bingx_intercept: FakeExchange) -> None:
    with bingx_intercept.fault("*", "dns"):
        url = f"https://{LIVE_COM}{SERVER_TIME}"
        failure(lambda url: requests.get(url, timeout=10), url, socket.gaierror)
        answered, _ = LIBRARIES["websocket-client"](SPOT, nothing)
    assert json.loads(answered)["code"] == 80014


@pytest.mark.parametrize(
    ("kind", "error", "message"),
    [
        ("refuse", ConnectionRefusedError, "Errno 111"),
        ("dns", socket.gaierror, "Name or service not known"),
        ("tls", ssl.SSLCertVerificationError, "unable to get local issuer certificate"),
    ],
)
def test_an_outage_of_the_streams_is_met_at_their_hosts_and_no_others(
    bingx_intercept: FakeExchange, kind: str, error: type[BaseException], message: str
) -> None:
    with bingx_intercept.fault("stream", kind):
        for url in DOCUMENTED:
            assert message in failure(lambda url: LIBRARIES["aiohttp"](url, nothing), url, error)
        assert requests.get(f"https://{LIVE_COM}{SERVER_TIME}", timeout=10).json()["code"] == 0


def test_ccxts_pro_class_needs_no_setting(bingx_intercept: FakeExchange) -> None:
    async def watch() -> None:
        bot = ccxt.pro.bingx({"apiKey": "alice-key", "secret": "alice-secret"})
        try:
            book = await bot.watch_order_book("BTC/USDT")
            assert book["bids"][0][0] < 60000 < book["asks"][0][0]
            traded = asyncio.ensure_future(bot.watch_trades("BTC/USDT"))
            heard = asyncio.ensure_future(bot.watch_orders("BTC/USDT"))
            while not (traded.done() and heard.done()):  # nothing of before is told
                await asyncio.to_thread(bingx_intercept.market("BTC-USDT").trade, "BUY", "0.1")
                await bot.create_order("BTC/USDT", "limit", "buy", 0.001, 30000)
                await asyncio.wait([traded, heard], timeout=0.2)
            assert traded.result()[0]["symbol"] == "BTC/USDT"
            assert heard.result()[0]["price"] == 30000
        finally:
            await bot.close()
            await connections_ended()

    asyncio.run(watch())
