"""Our client finds the documented streams by itself, and under interception they are the fake."""

import asyncio
from collections.abc import Iterator

import pytest

from bingx_client import AsyncClient, streams
from bingx_fake import FakeExchange, intercept

PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(tls=True) as running:
        yield running


def test_a_client_that_is_told_no_url_listens_to_its_environment(exchange: FakeExchange) -> None:
    async def listen() -> None:
        async with (
            asyncio.timeout(PATIENCE_S),
            AsyncClient("prod-live", "alice-key", "alice-secret") as client,
            client.stream(streams.orders(), streams.ticker("BTC-USDT")) as stream,
        ):
            seen = [await anext(stream) for _ in range(3)]
            assert [type(event) for event in seen] == [streams.Subscribed] * 2 + [streams.Ticker]

    with intercept(exchange):
        asyncio.run(listen())
