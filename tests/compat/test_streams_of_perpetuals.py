"""ccxt's pro class, unmodified, on the streams of perpetuals: what it watches is what there is."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import ccxt.pro
import pytest
from support.sender import ALICE

from bingx_fake import FakeExchange

PERP, SYMBOL = "BTC/USDT:USDT", "BTC-USDT"


@asynccontextmanager
async def connected(exchange: FakeExchange) -> AsyncIterator[Any]:
    """A ccxt that trades perpetuals, and is told where everything is."""
    keys = {"apiKey": "alice-key", "secret": "alice-secret"}
    client = ccxt.pro.bingx({**keys, "enableRateLimit": False, "options": {"defaultType": "swap"}})
    rest = {kind: f"{exchange.base_urls[0]}/openApi" for kind in client.urls["api"] if kind != "ws"}
    client.urls["api"] = {**rest, "ws": {"linear": f"{exchange.stream_url}/swap-market"}}
    try:
        await client.load_markets()
        yield client
    finally:
        client.options["listenKey"] = None  # or a renewal that is due later would open a session once more
        await client.close()


async def when_it_happens(
    exchange: FakeExchange, watch: Callable[[], Awaitable[Any]], happen: Callable[[], object]
) -> Any:
    """What a method gives of what happens once its topic is subscribed to."""

    def topics() -> int:
        return exchange.call(lambda inner: sum(len(it.topics) for it in inner.streams.sessions.values()))

    before = await asyncio.to_thread(topics)
    watching = asyncio.ensure_future(watch())
    while await asyncio.to_thread(topics) == before:
        await asyncio.sleep(0.01)
    await asyncio.to_thread(happen)
    return await asyncio.wait_for(watching, 20)


def watched(method: str, *arguments: Any) -> tuple[Any, Any]:
    """What ccxt gives of a method, and what it gives of the same over REST afterwards."""

    async def watch() -> tuple[Any, Any]:
        with FakeExchange(frozen_at_ms=int(time.time() * 1000)) as exchange:

            def happen() -> None:
                exchange.market(SYMBOL, "swap").move("61000")
                exchange.clock.advance(1_000)

            async with connected(exchange) as client:
                call = getattr(client, method.replace("fetch", "watch"))
                streamed = await when_it_happens(exchange, lambda: call(PERP, *arguments), happen)
                return streamed, await getattr(client, method)(PERP, *arguments)

    return asyncio.run(watch())


def test_the_ticker_is_the_one_of_rest() -> None:
    streamed, read = watched("fetch_ticker")
    names = ("symbol", "last", "open", "high", "low", "bid", "ask", "baseVolume", "quoteVolume")
    assert streamed["last"] == 61000
    assert {name: streamed[name] for name in names} == {name: read[name] for name in names}


def test_the_order_book_is_the_one_of_rest() -> None:
    streamed, read = watched("fetch_order_book")
    assert streamed["symbol"] == PERP
    assert len(read["asks"]) == 20
    assert (streamed["bids"], streamed["asks"]) == (read["bids"], read["asks"])


def test_trades_are_those_of_rest() -> None:
    streamed, read = watched("fetch_trades")
    (last,) = streamed
    names = ("symbol", "price", "amount", "timestamp")
    assert {name: last[name] for name in names} == {name: read[-1][name] for name in names}
    assert last["price"] == pytest.approx(61000, rel=0.001)


def test_the_candle_is_the_one_of_rest() -> None:
    streamed, read = watched("fetch_ohlcv", "1m")
    assert streamed[-1] in read
    assert streamed[-1][4] == 61000


def watched_account(method: str, *arguments: Any) -> tuple[Any, Any]:
    """What ccxt gives of an account's method when an order is filled, and the order."""

    async def watch() -> tuple[Any, Any]:
        with FakeExchange(frozen_at_ms=int(time.time() * 1000)) as exchange:
            exchange.credit(ALICE, "USDTMPerp", "USDT", 100_000)
            async with connected(exchange) as client:
                watching = asyncio.ensure_future(getattr(client, method)(*arguments))
                while not await asyncio.to_thread(
                    exchange.call, lambda inner: any(it.uid for it in inner.streams.sessions.values())
                ):
                    await asyncio.sleep(0.01)
                await asyncio.sleep(0)
                placed = await client.create_order(PERP, "market", "buy", 0.001)
                return await asyncio.wait_for(watching, 20), placed

    return asyncio.run(watch())


def test_an_order_is_told() -> None:
    orders, placed = watched_account("watch_orders", PERP)
    (told,) = [order for order in orders if order["id"] == placed["id"]]
    assert (told["symbol"], told["side"], told["amount"]) == (PERP, "buy", 0.001)
    assert told["status"] in ("open", "closed")


def test_a_fill_is_told() -> None:
    trades, placed = watched_account("watch_my_trades", PERP)
    (told,) = trades
    assert (told["order"], told["amount"]) == (placed["id"], 0.001)
    assert told["price"] == pytest.approx(60_000, rel=0.001)


def test_a_position_is_told() -> None:
    positions, _ = watched_account("watch_positions", [PERP])
    (told,) = positions
    assert (told["symbol"], told["side"], told["contracts"]) == (PERP, "long", 0.001)


def test_the_wallet_is_told() -> None:
    balance, _ = watched_account("watch_balance")
    assert 99_990 < balance["USDT"]["free"] <= 200_000
