"""Our client and our exchange, over sockets."""

import asyncio
import gc
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from support.sender import ALICE, NOW_MS

from bingx_client import AsyncClient, streams
from bingx_client.calls import spot_account, spot_market, spot_trade
from bingx_client.drivers.stream_driver import Stream
from bingx_client.errors import APIError, ParameterError
from bingx_fake import FakeExchange
from bingx_fake.edge import stream_server
from bingx_fake.streams.session import Session

T = TypeVar("T")
BTC = "BTC-USDT"
PATIENCE_S = 20.0
SECOND_MS = 1_000


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        running.credit(ALICE, "spot", "USDT", 100_000)
        yield running


def client_of(exchange: FakeExchange, **more: Any) -> AsyncClient:
    key = exchange.state["users"][0]["keys"][0]
    given = {
        "base_urls": exchange.base_urls,
        "stream_url": exchange.stream_url,
        "clock": exchange.clock.now_ms,
    }
    return AsyncClient("prod-vst", key["key"], key["secret"], **{**given, **more})


@asynccontextmanager
async def listening(
    exchange: FakeExchange, *topics: streams.Topic | str, **options: Any
) -> AsyncIterator[tuple[AsyncClient, Stream]]:
    """A stream whose subscriptions stand; what they told is read."""
    async with (
        client_of(exchange) as client,
        client.stream(*topics, **{"jitter": lambda most_ms: 10, **options}) as stream,
    ):
        for _ in topics:
            await until(stream, streams.Subscribed)
        yield client, stream


async def until(stream: Stream, kind: type[T], fits: Callable[[T], bool] = lambda _: True) -> T:
    """Read up to an event of a kind."""
    async with asyncio.timeout(PATIENCE_S):
        async for event in stream:
            assert not isinstance(event, streams.BrokenFrame), event
            if isinstance(event, kind) and fits(event):
                return event
    raise AssertionError("the stream has ended")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def on(exchange: FakeExchange, act: Callable[..., T], *arguments: Any) -> T:
    """Do something to the exchange, which may wait for its own loop."""
    return await asyncio.to_thread(act, *arguments)


async def cut(exchange: FakeExchange) -> None:
    """End every connection of streams."""
    await on(exchange, lambda: exchange.call(_close_all))


def _close_all(inner: Any) -> None:
    for session in [*inner.streams.sessions.values()]:
        session.close(1001)


# What is told


def test_every_topic_tells_what_rest_tells(exchange: FakeExchange) -> None:
    public = (
        streams.trades(BTC),
        streams.candles(BTC, "1m"),
        streams.depth(BTC, 5),
        streams.book(BTC),
        streams.ticker(BTC),
        streams.last_price(BTC),
        streams.book_ticker(BTC),
    )

    async def listen() -> None:
        async with listening(exchange, *public) as (client, stream):
            await on(exchange, exchange.market(BTC).move, "60500.50")
            await on(exchange, exchange.clock.advance, 3 * SECOND_MS)
            told: dict[type[Any], Any] = {}
            async with asyncio.timeout(PATIENCE_S):
                while len(told) < len(public) or told[streams.Ticker].close_ms < NOW_MS + 3 * SECOND_MS:
                    event = await anext(stream)
                    told[type(event)] = event
            (last,) = await client.send(spot_market.trades(BTC, limit=1))
            trade = told[streams.Trade]
            assert (trade.id, trade.price, trade.quantity) == (last.id, last.price, last.quantity)
            (candle,) = await client.send(spot_market.klines(BTC, "1m", limit=1))
            assert (told[streams.Candle].close, told[streams.Candle].volume) == (candle.close, candle.volume)
            depth = await client.send(spot_market.depth(BTC, limit=1000))
            assert (told[streams.Book].bids, told[streams.Book].asks) == (depth.bids, depth.asks)
            assert told[streams.Book].update_id == depth.update_id
            assert told[streams.Depth].bids == depth.bids[:5]
            assert told[streams.BookTicker].ask == depth.asks[0].price
            assert told[streams.LastPrice].price == Decimal("60500.50")
            (ticker,) = await client.send(spot_market.ticker(BTC))
            assert (told[streams.Ticker].high, told[streams.Ticker].volume) == (ticker.high, ticker.volume)

    run(listen())


def test_an_account_tells_of_its_orders_and_balances(exchange: FakeExchange) -> None:
    async def listen() -> None:
        async with listening(exchange, streams.orders(), streams.balances()) as (client, stream):
            first = await until(stream, streams.AccountUpdate)
            assert first.reason == "INIT"
            order = await client.send(
                spot_trade.place_order(
                    BTC, "BUY", "LIMIT", quantity="0.001", price="70000", client_order_id="mine"
                )
            )
            filled = await until(stream, streams.OrderReport, lambda event: event.status == "FILLED")
            assert (filled.order_id, filled.client_order_id) == (order.order_id, "mine")
            (fill,) = await client.send(spot_trade.fills(BTC))
            assert (filled.trade_id, filled.last_fee) == (fill.fill_id, fill.fee)
            update = await until(
                stream, streams.AccountUpdate, lambda event: any(row.asset == "BTC" for row in event.changes)
            )
            held = await client.send(spot_account.spot_balance())
            assert {row.asset: row.balance for row in update.changes}["BTC"] == held["BTC"].free

    run(listen())


def test_a_topic_that_the_exchange_does_not_have_is_refused_and_the_others_go_on(
    exchange: FakeExchange,
) -> None:
    async def listen() -> None:
        async with (
            client_of(exchange) as client,
            client.stream("NO-SUCH@trade", streams.trades(BTC)) as stream,
        ):
            refused = await until(stream, streams.Refused)
            assert (refused.topic, refused.code) == ("NO-SUCH@trade", 100400)
            await until(stream, streams.Subscribed)
            await on(exchange, exchange.market(BTC).move, "61000")
            await until(stream, streams.Trade)

    run(listen())


def test_many_topics_are_subscribed_to_within_the_exchanges_limits() -> None:
    async def listen() -> None:
        kinds = (streams.trades, streams.ticker, streams.last_price)
        topics = [kind(symbol) for kind in kinds for symbol in (BTC, "ETH-USDT", "SOL-USDT", "LTC-USDT")]
        with FakeExchange(rate_limits=True) as exchange:
            async with client_of(exchange) as client, client.stream(*topics) as stream:
                told: list[str] = []
                async with asyncio.timeout(PATIENCE_S):
                    while len(told) < len(topics):
                        event = await anext(stream)
                        assert not isinstance(event, streams.Refused | streams.Disconnected), event
                        told += [event.topic] if isinstance(event, streams.Subscribed) else []
            assert exchange.lint == []

    run(listen())


# Breaks


def test_what_happens_during_a_break_is_told_after_it(exchange: FakeExchange) -> None:
    async def listen() -> None:
        topics = (streams.trades(BTC), streams.orders())
        async with listening(exchange, *topics, close_gaps=True) as (client, stream):
            place = spot_trade.place_order(BTC, "BUY", "LIMIT", quantity="0.001", price="50000")
            resting = await client.send(place)
            await until(stream, streams.OrderReport)
            await cut(exchange)
            await on(exchange, exchange.market(BTC).move, "49000")
            seen: list[Any] = []
            async with asyncio.timeout(PATIENCE_S):
                while sum(isinstance(event, streams.GapClosed) for event in seen) < 2:
                    seen.append(await anext(stream))
            reports = [event for event in seen if isinstance(event, streams.OrderReport)]
            assert [(event.order_id, event.status) for event in reports] == [(resting.order_id, "FILLED")]
            trades = [event for event in seen if isinstance(event, streams.Trade)]
            listed = await client.send(spot_market.trades(BTC, limit=500))
            assert [event.id for event in trades] == [row.id for row in listed[-len(trades) :]]
            assert trades[-1].price == 49_000
            assert len({event.id for event in trades}) == len(trades)

    run(listen())


def test_a_book_is_right_again_after_a_break(exchange: FakeExchange) -> None:
    async def listen() -> None:
        async with listening(exchange, streams.book(BTC)) as (client, stream):
            await cut(exchange)
            await on(exchange, exchange.market(BTC).move, "58000")
            await until(stream, streams.Gap)
            await until(stream, streams.GapClosed)
            await on(exchange, exchange.clock.advance, SECOND_MS)
            depth = await client.send(spot_market.depth(BTC, limit=1000))
            book = await until(stream, streams.Book, lambda event: event.update_id == depth.update_id)
            assert (book.bids, book.asks) == (depth.bids, depth.asks)

    run(listen())


def test_a_listen_key_that_ends_is_replaced_and_reports_go_on(exchange: FakeExchange) -> None:
    async def listen() -> None:
        async with listening(exchange, streams.orders(), close_gaps=True) as (client, stream):
            await on(exchange, exchange.clock.advance, 3_600 * SECOND_MS)
            told = await until(stream, streams.Disconnected)
            assert told.reason == "the listen key has ended"
            await until(stream, streams.GapClosed)
            await client.send(spot_trade.place_order(BTC, "BUY", "LIMIT", quantity="0.001", price="50000"))
            await until(stream, streams.OrderReport)

    run(listen())


def test_a_stream_that_says_no_more_is_given_up_although_its_heartbeats_go_on(
    exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_server, "HEARTBEAT_S", 0.02)

    async def listen() -> None:  # the exchange's clock stands still, so that nothing is pushed
        async with listening(exchange, streams.trades(BTC), silent_after=0.2) as (_, stream):
            told = await until(stream, streams.Disconnected)
            assert told.reason.startswith("for 200 ms nothing came")
            gap = await until(stream, streams.Gap)
            assert gap.topic == "BTC-USDT@trade"

    run(listen())


def test_heartbeats_are_answered_while_nobody_reads(
    exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_server, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(stream_server, "ANSWER_WITHIN_S", 1e9)  # so that a busy machine may be late
    received: list[str] = []
    receive = Session.receive

    def noting(session: Session, text: str) -> None:
        received.append(text)
        receive(session, text)

    monkeypatch.setattr(Session, "receive", noting)

    async def listen() -> None:
        async with listening(exchange, streams.trades(BTC)) as (_, stream):
            async with asyncio.timeout(PATIENCE_S):
                while sum("pong" in text.lower() for text in received) < 20:
                    await asyncio.sleep(0.01)
            await on(exchange, exchange.market(BTC).move, "61000")
            assert isinstance(await anext(stream), streams.Trade), "on the first connection"

    run(listen())


def _sessions(inner: Any) -> list[Any]:
    return [*inner.streams.sessions.values()]


def test_an_exchange_that_is_away_is_waited_for(exchange: FakeExchange) -> None:
    async def listen() -> None:
        nowhere = "ws://127.0.0.1:9"  # where nothing listens
        async with client_of(exchange, stream_url=nowhere) as client:
            stream = client.stream(streams.trades(BTC), jitter=lambda most_ms: 1)
            reasons = [(await anext(stream)).reason for _ in range(3)]  # type: ignore[union-attr]  # of Disconnected
            assert reasons == ["no connection: connection refused"] * 3
            await stream.close()

    run(listen())


# Its beginning and its end


def test_a_stream_ends_with_its_reader_and_leaves_nothing_behind(exchange: FakeExchange) -> None:
    async def listen() -> None:
        async with listening(exchange, streams.trades(BTC), streams.orders()):
            pass
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(listen())
    gc.collect()
    until_s = time.monotonic() + PATIENCE_S
    while exchange.call(_sessions):
        assert time.monotonic() < until_s


def test_what_waits_when_a_stream_is_closed_can_still_be_read(exchange: FakeExchange) -> None:
    async def listen() -> list[Any]:
        async with client_of(exchange) as client:
            stream = client.stream(streams.trades(BTC))
            first = await anext(stream)
            await stream.close()
            return [first, *[event async for event in stream]]

    assert run(listen()) == [streams.Subscribed("BTC-USDT@trade")]


def test_a_reader_that_waits_is_let_go_when_the_stream_is_closed(exchange: FakeExchange) -> None:
    async def listen() -> None:
        async with listening(exchange, streams.trades(BTC)) as (_, stream):
            reading = asyncio.ensure_future(anext(stream, None))
            await asyncio.sleep(0)
            await stream.close()
            assert await reading is None

    run(listen())


def test_a_key_that_is_refused_is_raised_to_the_reader(exchange: FakeExchange) -> None:
    async def listen() -> None:
        async with AsyncClient(
            "prod-vst",
            "nobody-key",
            "nobody-secret",
            base_urls=exchange.base_urls,
            stream_url=exchange.stream_url,
            clock=exchange.clock.now_ms,
        ) as client:
            async for _ in client.stream(streams.orders()):
                pass

    with pytest.raises(APIError) as refused:
        run(listen())
    assert refused.value.code == 100413


def test_markets_are_listened_to_without_keys(exchange: FakeExchange) -> None:
    async def listen() -> None:
        async with AsyncClient(
            "prod-vst", base_urls=exchange.base_urls, stream_url=exchange.stream_url
        ) as client:
            with pytest.raises(ParameterError, match="listen key"):
                client.stream(streams.orders())
            async with client.stream(streams.trades(BTC)) as stream:
                await until(stream, streams.Subscribed)

    run(listen())


@pytest.mark.parametrize(
    ("env", "given", "says"),
    [
        ("prod-vst", {}, "no document names a stream"),
        ("prod-live", {"base_urls": ("http://127.0.0.1:1", "http://127.0.0.1:2")}, "give it stream_url"),
        ("prod-live", {"stream_url": "http://127.0.0.1:1"}, "no URL of a stream"),
        ("prod-live", {"stream_url": "ws://127.0.0.1:1/market?listenKey=1"}, "no URL of a stream"),
    ],
)
def test_where_to_listen_is_never_guessed(env: str, given: dict[str, Any], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        AsyncClient(env, **given).stream(streams.trades(BTC))


@pytest.mark.parametrize(
    ("topics", "options", "says"),
    [
        ((), {}, "1 to 200"),
        (tuple(f"A{number}-USDT@trade" for number in range(201)), {}, "1 to 200"),
        ((7,), {}, "dataType"),
        (("BTC-USDT@trade",), {"silent_after": 0}, "silent_after"),
        (("BTC-USDT@trade",), {"most_waiting": 0}, "most_waiting"),
    ],
)
def test_what_cannot_be_listened_to_is_refused_at_once(topics: Any, options: Any, says: str) -> None:
    client = AsyncClient("prod-live", stream_url="ws://127.0.0.1:1")
    with pytest.raises(ParameterError, match=says):
        client.stream(*topics, **options)


def test_the_documented_stream_is_that_of_the_environment() -> None:
    stream = AsyncClient("prod-live").stream(streams.trades(BTC))
    assert repr(stream) == "Stream('wss://open-api-ws.bingx.com/market')"


def test_two_loops_in_two_threads_listen_at_the_same_time(exchange: FakeExchange) -> None:
    client = client_of(exchange)
    seen: list[str] = []

    async def listen() -> None:
        async with client, client.stream(streams.orders()) as stream:
            seen.append((await until(stream, streams.Subscribed)).topic)

    threads = [threading.Thread(target=lambda: run(listen())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert seen == ["spot.executionReport"] * 2
