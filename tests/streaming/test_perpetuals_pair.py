"""Our client and our exchange on the stream of perpetuals, over sockets, and under each fault of streams."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from streaming.test_pair import BTC, PATIENCE_S, client_of, cut, listening, on, run, until
from support.sender import ALICE, NOW_MS

from bingx_client import AsyncClient, streams
from bingx_client.calls import swap_account, swap_market, swap_trade
from bingx_client.errors import ParameterError
from bingx_fake import FakeExchange

swap = streams.swap


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        running.credit(ALICE, "USDTMPerp", "USDT", 100_000)
        yield running


def market(side: str = "BUY", quantity: str = "0.01") -> Any:
    return swap_trade.place_order(BTC, side, "MARKET", quantity=quantity)


# What is told


def test_every_topic_tells_what_rest_tells(exchange: FakeExchange) -> None:
    public = (
        swap.trades(BTC),
        swap.candles(BTC, "1m"),
        swap.depth(BTC, 5),
        swap.book(BTC),
        swap.ticker(BTC),
        swap.last_price(BTC),
        swap.mark_price(BTC),
        swap.book_ticker(BTC),
    )

    async def listen() -> None:
        async with listening(exchange, *public) as (client, stream):
            place = exchange.market(BTC, "swap")
            await on(exchange, place.move, "60500.5")
            await on(exchange, place.mark, "60400")
            await on(exchange, exchange.clock.advance, 3_000)
            told: dict[type[Any], Any] = {}
            async with asyncio.timeout(PATIENCE_S):
                while len(told) < len(public) or told[streams.Ticker].close_ms < NOW_MS + 3_000:
                    event = await anext(stream)
                    told[type(event)] = event
            (last,) = await client.send(swap_market.trades(BTC, limit=1))
            trade = told[swap.Trade]
            assert (trade.price, trade.quantity, trade.time_ms) == (last.price, last.quantity, last.time_ms)
            (candle,) = await client.send(swap_market.klines(BTC, "1m", limit=1))
            assert (told[swap.Candle].close, told[swap.Candle].volume) == (candle.close, candle.volume)
            depth = await client.send(swap_market.depth(BTC, limit=1000))
            assert (told[streams.Book].bids, told[streams.Book].asks) == (depth.bids, depth.asks)
            assert told[streams.Depth].bids == depth.bids[:5]
            assert told[streams.BookTicker].ask == depth.asks[0].price
            assert told[streams.LastPrice].price == Decimal("60500.5")
            (premium,) = await client.send(swap_market.premium_index(BTC))
            assert told[swap.MarkPrice].price == premium.mark_price == 60400
            (ticker,) = await client.send(swap_market.ticker(BTC))
            assert (told[streams.Ticker].high, told[streams.Ticker].volume) == (ticker.high, ticker.volume)

    run(listen())


def test_an_account_tells_of_its_orders_its_position_and_its_choices(exchange: FakeExchange) -> None:
    async def listen() -> None:
        async with listening(exchange, swap.orders(), swap.account(), swap.choices()) as (client, stream):
            choice = await until(stream, swap.Choice, lambda event: event.symbol == BTC)
            assert (choice.long_leverage, choice.short_leverage, choice.is_isolated) == (5, 5, False)
            order = await client.send(market())
            filled = await until(stream, swap.OrderReport, lambda event: event.status == "FILLED")
            assert (filled.order_id, filled.client_order_id) == (order.order_id, order.client_order_id)
            (fill,) = await client.send(swap_trade.fills(start_ms=NOW_MS - 1, end_ms=NOW_MS + 1_000))
            assert (filled.last_price, filled.last_quantity) == (fill.price, fill.quantity)
            update = await until(stream, swap.AccountUpdate)
            (position,) = await client.send(swap_account.positions())
            (told,) = update.positions
            assert (told.symbol, told.side, told.quantity) == (BTC, position.side, position.quantity)
            assert (told.entry_price, told.is_one_way) == (position.average_price, position.is_one_way)
            await client.send(swap_trade.set_leverage(BTC, 20))
            await on(exchange, exchange.clock.advance, 5_000)
            changed = await until(stream, swap.Choice, lambda event: event.long_leverage == 20)
            assert changed.symbol == BTC

    run(listen())


def test_a_liquidation_is_told(exchange: FakeExchange) -> None:
    async def listen() -> None:
        async with listening(exchange, swap.orders(), swap.account()) as (client, stream):
            await client.send(swap_trade.set_margin_type(BTC, "ISOLATED"))
            await client.send(market())
            await until(stream, swap.AccountUpdate)
            await on(exchange, exchange.market(BTC, "swap").mark, "40000")
            report = await until(stream, swap.OrderReport, lambda event: event.execution == "CALCULATED")
            assert (report.side, report.status, report.last_quantity) == ("SELL", "FILLED", Decimal("0.01"))
            update = await until(stream, swap.AccountUpdate)
            assert [position.quantity for position in update.positions] == [0]

    run(listen())


# Where it connects


def test_a_stream_is_of_one_product() -> None:
    client = AsyncClient("prod-live", "k", "s")
    with pytest.raises(ParameterError, match="one product, not of spot and swap"):
        client.stream(streams.trades(BTC), swap.trades(BTC))
    with pytest.raises(ParameterError, match="one product"):
        client.stream(swap.trades(BTC), product="spot")


@pytest.mark.parametrize(
    ("env", "url"),
    [
        ("prod-live", "wss://open-api-swap.bingx.com/swap-market"),
        ("prod-vst", "wss://vst-open-api-ws.bingx.com/swap-market"),
    ],
)
def test_perpetuals_have_a_documented_stream_in_each_environment(env: str, url: str) -> None:
    assert repr(AsyncClient(env).stream(swap.trades(BTC))) == f"Stream('{url}')"
    assert repr(AsyncClient(env).stream("BTC-USDT@trade", product="swap")) == f"Stream('{url}')"


# Faults

KINDS: dict[str, dict[str, Any]] = {
    "ws-gap": {},
    "ws-drop": {"topic": "*@incrDepth", "times": 2},
    "ws-delay": {"ms": 700, "times": 9},
    "ws-reorder": {"times": 9},
    "ws-close": {},
    "ws-reset": {},
    "ws-refuse": {},
    "key-expire": {"uid": ALICE},
}
DUPLICATES = {"ws-duplicate": {"topic": "account"}}
"""Public trades have no ids, so that one which comes twice cannot be told from two."""


class Told:
    """What a reader knows who believes every event: the book, trades, orders, wallet and position."""

    def __init__(self) -> None:
        self.book: streams.Book | None = None
        self.trades: list[tuple[int, Decimal, Decimal]] = []
        self.orders: dict[str, tuple[str, str]] = {}
        self.balance: Decimal | None = None
        self.position: Decimal | None = None

    def take(self, event: streams.Event) -> None:
        match event:
            case streams.Book():
                self.book = event
            case swap.Trade():
                self.trades.append((event.time_ms, event.price, event.quantity))
            case swap.OrderReport(is_late=False):
                self.orders[event.order_id] = (event.status, f"{event.filled.normalize():f}")
            case swap.AccountUpdate(is_late=False):
                for wallet in event.wallets:
                    self.balance = wallet.balance
                for position in event.positions:
                    self.position = position.quantity
            case streams.GapClosed(topic="ACCOUNT_UPDATE", answers=(balances, positions)):
                self.balance = next(row.balance for row in balances if row.asset == "USDT")
                self.position = next((row.quantity for row in positions), Decimal(0))
            case streams.BrokenFrame() | streams.GapStays():
                raise AssertionError(event)

    def is_right(self, depth: Any, trades: Any, orders: Any, balances: Any, positions: Any) -> bool:
        """Whether it is what REST says; of trades, from the first one that was told on."""
        said = {row.order_id: (_word(row.status), f"{row.filled.normalize():f}") for row in orders}
        told = sorted(self.trades)
        rows = sorted((row.time_ms, row.price, row.quantity) for row in trades)
        usdt = next(row.balance for row in balances if row.asset == "USDT")
        return (
            self.book is not None
            and (self.book.bids, self.book.asks) == (depth.bids, depth.asks)
            and told == [row for row in rows if told and row[0] >= told[0][0]]
            and self.orders == said
            and self.balance is not None
            and abs(self.balance - usdt) < Decimal("0.0001")
            and self.position == sum(row.quantity for row in positions)
        )


def _word(status: str) -> str:
    return "NEW" if status == "PENDING" else status


# The client signs by the exchange's clock, which stands: the same read, asked twice at one moment, has one
# signature, and the second may be under way while the clock is advanced.
@pytest.mark.departs("order-while-stream-down", "replayed-signature")
@pytest.mark.parametrize("kind", [*KINDS, *DUPLICATES])
def test_after_each_fault_what_was_told_is_what_rest_says(exchange: FakeExchange, kind: str) -> None:
    place = exchange.market(BTC, "swap")

    async def live(client: Any, price: int) -> None:
        """Half a second of the exchange's in which something of everything happens."""
        for limit in (str(price), "30000"):
            await client.send(swap_trade.place_order(BTC, "BUY", "LIMIT", price=limit, quantity="0.001"))
        await on(exchange, place.move, price - 10)
        await on(exchange, exchange.clock.advance, 500)

    async def listen() -> None:
        topics = (swap.book(BTC), swap.trades(BTC), swap.orders(), swap.account())
        async with listening(exchange, *topics, close_gaps=True) as (client, stream):
            told = Told()
            await live(client, 59_000)
            with exchange.fault("stream", kind, **{**KINDS, **DUPLICATES}[kind]):
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
                    depth = await client.send(swap_market.depth(BTC, limit=1000))
                    trades = await client.send(swap_market.trades(BTC, limit=1000))
                    orders = await client.send(swap_trade.all_orders(limit=100))
                    balances = await client.send(swap_account.balances())
                    positions = await client.send(swap_account.positions())
                    if told.is_right(depth, trades, orders, balances, positions):
                        return

    run(listen())


def test_a_stalled_account_is_left_and_its_gap_told() -> None:
    async def listen() -> None:
        with FakeExchange(market="walk") as exchange:
            client = client_of(exchange)
            stream = client.stream(swap.orders(), silent_after=2, jitter=lambda most_ms: 10)
            async with client, stream:
                await until(stream, streams.Subscribed)
                with exchange.fault("stream", "ws-stall"):
                    told = await until(stream, streams.Disconnected)
                assert told.reason == "for 2000 ms nothing came of what is pushed all the time"
                gap = await until(stream, streams.Gap)
                assert gap.topic == "ORDER_TRADE_UPDATE"

    run(listen())
