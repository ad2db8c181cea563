"""Recorded sessions of streams: played byte for byte, they tell what they told."""

import asyncio
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from support.cassettes import FAKE
from support.sender import ALICE, NOW_MS

from bingx_client import AsyncClient, streams
from bingx_client.calls import spot_trade, swap_trade
from bingx_fake import FakeExchange

HERE = FAKE.parent / "streams"
BTC = "BTC-USDT"
swap = streams.swap
PATIENCE_S = 20.0
TOPICS: dict[str, tuple[Any, ...]] = {
    "the_markets": (
        streams.trades(BTC),
        streams.candles(BTC, "1m"),
        streams.depth(BTC, 5),
        streams.book(BTC),
        streams.ticker(BTC),
        streams.last_price(BTC),
        streams.book_ticker(BTC),
    ),
    "an_account": (streams.orders(BTC), streams.balances()),
    "the_markets_of_perpetuals": (
        swap.trades(BTC),
        swap.candles(BTC, "1m"),
        swap.depth(BTC, 5),
        swap.book(BTC),
        swap.ticker(BTC),
        swap.last_price(BTC),
        swap.mark_price(BTC),
        swap.book_ticker(BTC),
    ),
    "an_account_with_perpetuals": (swap.orders(), swap.account(), swap.choices()),
}


def of_markets(name: str) -> bool:
    return name.startswith("the_markets")


def of_perpetuals(name: str) -> bool:
    return name.endswith("perpetuals")


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        running.credit(ALICE, "spot", "USDT", 100_000)
        running.credit(ALICE, "USDTMPerp", "USDT", 100_000)
        yield running


async def session(exchange: FakeExchange, name: str, lines: list[str]) -> list[Any]:
    """A session with everything in it: pushes, a gap in the book, a key that ends, and a new connection."""
    client = AsyncClient(
        "prod-vst",
        "alice-key",
        "alice-secret",
        base_urls=exchange.base_urls,
        stream_url=exchange.stream_url,
        clock=exchange.clock.now_ms,
    )
    stream = client.stream(*TOPICS[name], record=lines.append, jitter=lambda most_ms: 5)
    told: list[Any] = []

    async def until(kind: type[Any], count: int = 1) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while count:
                told.append(await anext(stream))
                count -= isinstance(told[-1], kind)

    market = exchange.market(BTC, "swap" if of_perpetuals(name) else "spot")
    bid: dict[str, Any] = {"quantity": "0.001", "price": "70000", "client_order_id": "mine"}
    place = swap_trade.place_order if of_perpetuals(name) else spot_trade.place_order

    def act() -> None:
        market.move("61000.5")
        exchange.clock.advance(1_000)

    async with client, stream:
        await until(streams.Subscribed, len(TOPICS[name]))
        if of_markets(name):
            await asyncio.to_thread(act)
            await until(streams.Ticker)
            with exchange.fault("stream", "ws-gap"):
                await asyncio.to_thread(market.move, 60_000)
                await asyncio.to_thread(exchange.clock.advance, 500)
                await asyncio.to_thread(market.move, 60_100)
                await asyncio.to_thread(exchange.clock.advance, 500)
                await until(streams.GapClosed)
        else:
            order: Any = place(BTC, "BUY", "LIMIT", **bid)
            await client.send(order)
            if of_perpetuals(name):
                await until(swap.AccountUpdate)
            else:
                await until(streams.AccountUpdate, 2)
            with exchange.fault("stream", "key-expire", uid=ALICE):
                await until(streams.Gap, len(TOPICS[name]))
    return [*told, *[event async for event in stream]]


@pytest.mark.parametrize("name", TOPICS)
def test_a_session_that_is_played_tells_what_it_told(exchange: FakeExchange, name: str) -> None:
    lines: list[str] = []
    told = asyncio.run(session(exchange, name, lines))
    assert [*streams.replay(lines)] == told
    kept = {type(event).__name__ for event in told}
    assert kept >= ({"Trade", "Book", "Gap"} if of_markets(name) else {"OrderReport", "Disconnected"})


@pytest.mark.skipif(not os.environ.get("BINGX_RECORD"), reason="BINGX_RECORD=1 records them anew")
@pytest.mark.parametrize("name", TOPICS)
def test_fake_sessions_are_recorded(exchange: FakeExchange, name: str) -> None:
    lines: list[str] = []
    asyncio.run(session(exchange, name, lines))
    HERE.mkdir(exist_ok=True)
    (HERE / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@pytest.mark.parametrize("name", TOPICS)
def test_the_sessions_that_are_kept_can_be_played(name: str) -> None:
    told = [*streams.replay((HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())]
    if of_markets(name):
        (gap,) = [event for event in told if isinstance(event, streams.Gap)]
        assert gap.reason == "the update after 1 of the order book is 3"
        prices = [str(event.price) for event in told if isinstance(event, streams.LastPrice)]
        assert prices[:1] == ["61000.5" if of_perpetuals(name) else "61000.50"]
    else:
        reports = streams.OrderReport, swap.OrderReport
        statuses = [event.status for event in told if isinstance(event, reports)]
        assert statuses == ["NEW" if of_perpetuals(name) else "PENDING", "FILLED"]
        (left,) = [event for event in told if isinstance(event, streams.Disconnected)]
        assert left.reason == "the listen key has ended"


def test_every_session_that_is_kept_is_played_and_holds_no_key() -> None:
    assert {path.name for path in HERE.iterdir()} == {f"{name}.jsonl" for name in TOPICS}
    for name in ("an_account", "an_account_with_perpetuals"):
        text = (HERE / f"{name}.jsonl").read_text(encoding="utf-8")
        keys = [step["answered"] for step in map(json.loads, text.splitlines()) if step.get("answered")]
        assert set(keys) == {"0" * 64}
        assert "alice-secret" not in text


def kept(name: str = "the_markets") -> list[str]:
    return (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "line 1: a session begins with its topics"),
        ([*kept()[:1], "nonsense"], "line 2: it is no JSON"),
        ([*kept()[:1], "[]"], "line 2: it is no line of a session"),
        (["{}"], "line 1: it is no line"),
    ],
)
def test_a_session_that_cannot_be_played_is_refused_by_its_line(lines: list[str], says: str) -> None:
    with pytest.raises(streams.CassetteError, match=says):
        [*streams.replay(lines)]


def test_a_client_that_would_answer_otherwise_is_noticed() -> None:
    lines = [line.replace('\\"reqType\\": \\"sub\\"', '\\"reqType\\": \\"SUB\\"') for line in kept()]
    with pytest.raises(streams.CassetteError, match=r"^line \d+: .* is sent, and then it was"):
        [*streams.replay(lines)]


def test_a_session_is_recorded_without_what_rest_says() -> None:
    client = AsyncClient("prod-live", stream_url="ws://127.0.0.1:1")
    with pytest.raises(ValueError, match="without close_gaps"):
        client.stream(streams.trades(BTC), record=print, close_gaps=True)
