"""Our client and our exchange on the stream of coin-margined perpetuals, over sockets."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from streaming.test_pair import PATIENCE_S, cut, listening, on, run, until
from support.sender import ALICE, NOW_MS

from bingx_client import AsyncClient, streams
from bingx_client.calls import coinm_trade, cswap_market
from bingx_client.errors import ParameterError
from bingx_fake import FakeExchange

coinm = streams.coinm
BTC = "BTC-USD"


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        running.credit(ALICE, "coinMPerp", "BTC", 1)
        yield running


def market(contracts: str) -> Any:
    return coinm_trade.place_order(BTC, "BUY", "MARKET", quantity=contracts)


def test_every_topic_tells_what_rest_tells(exchange: FakeExchange) -> None:
    public = (
        coinm.trades(BTC),
        coinm.candles(BTC, "1m"),
        coinm.depth(BTC, 5),
        coinm.ticker(BTC),
        coinm.last_price(BTC),
        coinm.mark_price(BTC),
        coinm.book_ticker(BTC),
    )

    async def listen() -> None:
        async with listening(exchange, *public) as (client, stream):
            place = exchange.market(BTC, "coinm")
            await on(exchange, place.move, "60500.5")
            await on(exchange, place.mark, "60400")
            await on(exchange, exchange.clock.advance, 3_000)
            told: dict[type[Any], Any] = {}
            async with asyncio.timeout(PATIENCE_S):
                while len(told) < len(public) or told[coinm.Ticker].close_ms < NOW_MS + 3_000:
                    event = await anext(stream)
                    told[type(event)] = event
            (ticker,) = await client.send(cswap_market.ticker(BTC))
            seen = told[coinm.Ticker]
            assert (seen.high, seen.volume, seen.last_quantity) == (
                *(ticker.high, ticker.volume),
                ticker.last_quantity,
            )
            assert ticker.quote_volume is not None
            assert abs(seen.coins - ticker.quote_volume) < Decimal("0.01"), "told with other places"
            trade = told[streams.Trade]
            assert (trade.price, trade.quantity) == (ticker.last, ticker.last_quantity)
            (candle,) = await client.send(cswap_market.klines(BTC, "1m", limit=1))
            assert (told[coinm.Candle].close, told[coinm.Candle].volume) == (candle.close, candle.volume)
            depth = await client.send(cswap_market.depth(BTC, limit=5))
            assert (told[streams.Depth].bids, told[streams.Depth].asks) == (depth.bids, depth.asks)
            assert told[streams.BookTicker].ask == depth.asks[0].price
            assert told[streams.LastPrice].price == Decimal("60500.5")
            (premium,) = await client.send(cswap_market.premium_index(BTC))
            assert told[coinm.MarkPrice].price == premium.mark_price == 60400

    run(listen())


def test_an_account_tells_of_its_orders_its_position_its_choices_and_its_liquidation(
    exchange: FakeExchange,
) -> None:
    async def listen() -> None:
        async with listening(exchange, coinm.orders(), coinm.account(), coinm.choices()) as (client, stream):
            choice = await until(stream, coinm.Choice, lambda event: event.symbol == BTC)
            assert (choice.long_leverage, choice.short_leverage, choice.is_isolated) == (5, 5, False)
            await client.send(coinm_trade.set_margin_type(BTC, "ISOLATED"))
            order = await client.send(market("3"))
            filled = await until(stream, coinm.OrderReport, lambda event: event.status == "FILLED")
            assert filled.order_id == order.order_id
            (fill,) = await client.send(coinm_trade.fills(order.order_id))
            assert (filled.last_price, filled.last_quantity) == (fill.price, fill.quantity)
            assert (filled.last_fee, filled.fee_asset) == (fill.fee, "BTC")
            update = await until(stream, coinm.AccountUpdate)
            (wallet,), (told,) = update.wallets, update.positions
            (position,) = await client.send(coinm_trade.positions())
            (balance,) = await client.send(coinm_trade.balances())
            assert (told.symbol, told.side, told.quantity) == (BTC, position.side, position.contracts)
            assert (told.entry_price, told.is_isolated) == (position.average_price, True)
            assert (wallet.asset, round(wallet.balance, 8)) == ("BTC", balance.balance)
            await on(exchange, exchange.market(BTC, "coinm").mark, "40000")
            report = await until(stream, coinm.OrderReport, lambda event: event.execution == "CALCULATED")
            assert (report.side, report.status, report.last_quantity) == ("SELL", "FILLED", Decimal(3))
            update = await until(stream, coinm.AccountUpdate)
            assert [position.quantity for position in update.positions] == [0]

    run(listen())


def test_what_happened_while_the_stream_was_down_is_told_from_rest(exchange: FakeExchange) -> None:
    async def listen() -> None:
        topics = (coinm.orders(), coinm.account(), coinm.last_price(BTC), coinm.trades(BTC))
        async with listening(exchange, *topics, close_gaps=True) as (client, stream):
            with exchange.fault("stream", "ws-refuse"):
                await cut(exchange)
                order = await client.send(market("3"))
                await on(exchange, exchange.market(BTC, "coinm").move, "60500.5")
            told: dict[str, list[Any]] = {topic.name: [] for topic in topics}
            async with asyncio.timeout(PATIENCE_S):
                while not all(_is_settled(events) for events in told.values()):
                    event = await anext(stream)
                    if not isinstance(event, streams.Disconnected):
                        told[str(event.topic)].append(event)
            reports = [it for it in told["ORDER_TRADE_UPDATE"] if isinstance(it, coinm.OrderReport)]
            assert [(it.order_id, it.status, it.filled) for it in reports] == [
                (order.order_id, "FILLED", Decimal(3))
            ]
            closed = told["ACCOUNT_UPDATE"][-1]
            _, (position,) = closed.answers
            assert position.contracts == 3
            prices = [it for it in told[topics[2].name] if isinstance(it, streams.LastPrice)]
            assert [(it.price, it.from_rest) for it in prices] == [(Decimal("60500.5"), True)]
            assert isinstance(told[topics[3].name][-1], streams.GapStays), "no endpoint has trades"

    run(listen())


def _is_settled(events: list[Any]) -> bool:
    return bool(events) and isinstance(events[-1], streams.GapClosed | streams.GapStays)


def test_a_stream_of_coin_margined_perpetuals_is_documented_of_the_live_environment_alone() -> None:
    url = "wss://open-api-cswap-ws.bingx.com/market"
    assert repr(AsyncClient("prod-live").stream(coinm.trades(BTC))) == f"Stream('{url}')"
    with pytest.raises(ParameterError, match="no document names a stream"):
        AsyncClient("prod-vst").stream(coinm.trades(BTC))
