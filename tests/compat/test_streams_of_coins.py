"""ccxt's pro class, unmodified, on streams of coin-margined perpetuals: it watches what there is."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import ccxt.pro
import pytest
from compat.test_streams_of_perpetuals import when_it_happens

from bingx_fake import FakeExchange

PERP, SYMBOL = "BTC/USD:BTC", "BTC-USD"
ARGUMENTS: dict[str, tuple[str, ...]] = {"ticker": (), "order_book": (), "trades": (), "ohlcv": ("1m",)}
"""What is asked for, and with what besides the symbol; ccxt has no trades of it over REST."""


@asynccontextmanager
async def connected(exchange: FakeExchange) -> AsyncIterator[Any]:
    """A ccxt that is told where everything is."""
    options = {"defaultType": "swap", "defaultSubType": "inverse"}
    client = ccxt.pro.bingx({"enableRateLimit": False, "options": options})
    rest = {kind: f"{exchange.base_urls[0]}/openApi" for kind in client.urls["api"] if kind != "ws"}
    client.urls["api"] = {**rest, "ws": {"inverse": f"{exchange.stream_url}/cswap-market"}}
    try:
        await client.load_markets()
        yield client
    finally:
        await client.close()


@pytest.fixture(scope="module")
def watched() -> dict[str, tuple[Any, Any]]:
    """By what it is of: what ccxt gives of it, and what over REST afterwards, if ccxt offers that."""

    async def watch() -> dict[str, tuple[Any, Any]]:
        found: dict[str, tuple[Any, Any]] = {}
        with FakeExchange(frozen_at_ms=int(time.time() * 1000)) as exchange:

            def happen() -> None:
                exchange.market(SYMBOL, "coinm").move("61000")
                exchange.clock.advance(1_000)

            async with connected(exchange) as client:
                for name, arguments in ARGUMENTS.items():
                    watch_one = partial(getattr(client, f"watch_{name}"), PERP, *arguments)
                    streamed = await when_it_happens(exchange, watch_one, happen)
                    read = getattr(client, f"fetch_{name}")
                    found[name] = streamed, None if name == "trades" else await read(PERP, *arguments)
        return found

    return asyncio.run(watch())


def test_the_ticker_is_the_one_of_rest(watched: dict[str, tuple[Any, Any]]) -> None:
    streamed, read = watched["ticker"]
    names = ("symbol", "last", "open", "high", "low", "bid", "ask", "change")
    assert streamed["last"] == 61000
    assert {name: streamed[name] for name in names} == {name: read[name] for name in names}
    assert streamed["baseVolume"] == pytest.approx(read["quoteVolume"], abs=0.01), "coins, as ccxt has it"
    assert streamed["quoteVolume"] == pytest.approx(read["baseVolume"] * 100), "USD"


def test_the_order_book_is_the_one_of_rest_with_coins_for_contracts(
    watched: dict[str, tuple[Any, Any]],
) -> None:
    streamed, read = watched["order_book"]
    for side in ("bids", "asks"):
        assert len(streamed[side]) == 20
        coins = [[price, round(contracts * 100 / price, 6)] for price, contracts in read[side]]
        assert [list(level) for level in streamed[side]] == coins


def test_a_trade_is_told_in_contracts(watched: dict[str, tuple[Any, Any]]) -> None:
    (trade,), _ = watched["trades"]
    assert (trade["symbol"], trade["price"], trade["amount"]) == (PERP, 61000, 1)


def test_the_candle_is_the_one_of_rest(watched: dict[str, tuple[Any, Any]]) -> None:
    streamed, read = watched["ohlcv"]
    assert streamed[-1] in read
    assert streamed[-1][4] == 61000
