"""Our client under each fault of streams: what it told, in the end, is what the exchange says over REST."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from streaming.test_pair import BTC, PATIENCE_S, client_of, cut, listening, on, run, until
from support.sender import ALICE, NOW_MS

from bingx_client import streams
from bingx_client.calls import spot_account, spot_market, spot_trade
from bingx_fake import FakeExchange

KINDS: dict[str, dict[str, Any]] = {
    "ws-gap": {},
    "ws-drop": {"topic": "*@incrDepth", "times": 2},
    "ws-duplicate": {},
    "ws-delay": {"ms": 700, "times": 9},
    "ws-reorder": {"times": 9},
    "ws-close": {},
    "ws-reset": {},
    "ws-refuse": {},
    "key-expire": {"uid": ALICE},
}


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        running.credit(ALICE, "spot", "USDT", 100_000)
        yield running


class Told:
    """What a reader knows who believes every event: the book, trades, states of orders, balances."""

    def __init__(self) -> None:
        self.book: streams.Book | None = None
        self.trades: list[str] = []
        self.orders: dict[str, tuple[str, str]] = {}
        self.free: dict[str, str] = {}

    def take(self, event: streams.Event) -> None:
        match event:
            case streams.Book():
                self.book = event
            case streams.Trade(id=number):
                assert number not in self.trades, "no trade comes twice"
                self.trades.append(number)
            case streams.OrderReport(is_late=False):
                self.orders[event.order_id] = (event.status, f"{event.filled.normalize():f}")
            case streams.AccountUpdate(is_late=False, changes=changes):
                self.free |= {row.asset: f"{row.balance:f}" for row in changes}
            case streams.GapClosed(topic="ACCOUNT_UPDATE", answers=answers):
                for balances in answers:
                    self.free |= {asset: f"{held.free:f}" for asset, held in balances.items()}
            case streams.BrokenFrame() | streams.GapStays():
                raise AssertionError(event)

    def is_right(self, depth: Any, trades: Any, orders: Any, balances: Any) -> bool:
        """Whether it is what REST says; of trades, from the first one that was told on."""
        said = {row.order_id: (row.status, f"{row.filled.normalize():f}") for row in orders}
        numbers = sorted(self.trades, key=int)
        since = [row.id for row in trades if numbers and int(row.id) >= int(numbers[0])]
        return (
            self.book is not None
            and (self.book.bids, self.book.asks) == (depth.bids, depth.asks)
            and numbers == since
            and self.orders == said
            and all(self.free.get(asset) == f"{held.free:f}" for asset, held in balances.items())
        )


# The client signs by the exchange's clock, which stands: the same read, asked twice at one moment, has one
# signature, and the second may be under way while the clock is advanced.
@pytest.mark.departs("order-while-stream-down", "replayed-signature")
@pytest.mark.parametrize("kind", KINDS)
def test_after_each_fault_what_was_told_is_what_rest_says(exchange: FakeExchange, kind: str) -> None:
    market = exchange.market(BTC)

    async def live(client: Any, price: int) -> None:
        """Half a second of the exchange's in which something of everything happens."""
        order = spot_trade.place_order(BTC, "BUY", "LIMIT", quantity="0.001", price=str(price))
        resting = spot_trade.place_order(BTC, "BUY", "LIMIT", quantity="0.001", price="30000")
        await client.send(order)
        await client.send(resting)
        await on(exchange, market.move, price - 10)
        await on(exchange, exchange.clock.advance, 500)

    async def listen() -> None:
        topics = (streams.book(BTC), streams.trades(BTC), streams.orders(BTC), streams.balances())
        async with listening(exchange, *topics, close_gaps=True) as (client, stream):
            told = Told()
            told.take(await until(stream, streams.AccountUpdate))
            await live(client, 59_000)
            with exchange.fault("stream", kind, **KINDS[kind]):
                if kind == "ws-refuse":
                    await cut(exchange)
                for step in range(3):
                    await live(client, 58_900 - 100 * step)
            for step in range(3):  # what was missed shows by what comes after
                await live(client, 58_000 - 20 * step)
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    await on(exchange, exchange.clock.advance, 500)
                    while stream.waiting:
                        told.take(await anext(stream))
                    depth = await client.send(spot_market.depth(BTC, limit=1000))
                    trades = await client.send(spot_market.trades(BTC, limit=500))
                    orders = await client.send(spot_trade.open_orders())
                    done = await client.send(spot_trade.order_history(page_size=100))
                    held = await client.send(spot_account.spot_balance())
                    if told.is_right(depth, trades, (*orders.rows, *done.rows), held):
                        return

    run(listen())


@pytest.mark.parametrize("kind", ["ws-stall", "ws-silent"])
def test_a_stream_that_says_nothing_is_left_and_the_next_one_is_whole(kind: str) -> None:
    async def listen() -> None:
        with FakeExchange(market="walk") as exchange:
            topics = (streams.depth(BTC, 5), streams.book(BTC))
            client = client_of(exchange)
            stream = client.stream(*topics, silent_after=1, jitter=lambda most_ms: 10)
            async with client, stream:
                await until(stream, streams.Depth)
                with exchange.fault("stream", kind):
                    told = await until(stream, streams.Disconnected)
                assert told.reason == "for 1000 ms nothing came of what is pushed all the time"
                await until(stream, streams.Gap, lambda event: event.topic == "BTC-USDT@incrDepth")
                await until(stream, streams.GapClosed)
                book = await until(stream, streams.Book)
                assert book.bids[0].price < book.asks[0].price

    run(listen())
