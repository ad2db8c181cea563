"""What is told of coin-margined perpetuals: each documented push as an event, and what closes a gap."""

import json
from decimal import Decimal
from typing import Any

from streaming.wire import NOW_MS, Wire, streams

from bingx_client.calls.cswap_market import models
from bingx_client.calls.spot_market.models import Depth, Level
from bingx_client.streaming.actions import Ask
from bingx_contracts import TOPICS

coinm = streams.coinm
BTC = "BTC-USD"
PUBLIC = {
    "coinm.trade": coinm.trades(BTC),
    "coinm.kline": coinm.candles(BTC, "1m"),
    "coinm.depth": coinm.depth(BTC, 5),
    "coinm.ticker": coinm.ticker(BTC),
    "coinm.lastPrice": coinm.last_price(BTC),
    "coinm.markPrice": coinm.mark_price(BTC),
    "coinm.bookTicker": coinm.book_ticker(BTC),
}
ACCOUNT = {
    "coinm.orders": coinm.orders(),
    "coinm.wallets": coinm.account(),
    "coinm.choices": coinm.choices(),
}


def told(topic_id: str) -> Any:
    """The event of the push that the contract has of a topic."""
    wire = Wire({**PUBLIC, **ACCOUNT}[topic_id]).begin()
    wire.frame(json.loads(TOPICS[topic_id].push))
    (event,) = wire.events()
    return event


def text(*amounts: Decimal | None) -> list[str]:
    return [str(amount) for amount in amounts]


def test_every_topic_is_spelt_as_the_contract_pushes_it_and_read_back() -> None:
    assert {**PUBLIC, **ACCOUNT}.keys() == {it.id for it in TOPICS.values() if it.product == "coinm"}
    for topic_id, topic in {**PUBLIC, **ACCOUNT}.items():
        pushed = json.loads(TOPICS[topic_id].push)
        assert topic.name == pushed.get("dataType", pushed.get("e"))
        assert streams.named(topic.name, "coinm") == topic


def test_a_trade_has_its_id_and_counts_contracts() -> None:
    trade = told("coinm.trade")
    assert isinstance(trade, streams.Trade)
    assert (trade.id, *text(trade.price, trade.quantity)) == ("42", "60000.1", "3")
    assert trade.is_buyer_maker


def test_a_candle_that_is_one_and_in_numbers_is_exact() -> None:
    candle = told("coinm.kline")
    assert isinstance(candle, coinm.Candle)
    assert (candle.interval, candle.open_ms) == ("1m", 1735689600000)
    assert text(candle.open, candle.high, candle.low, candle.close, candle.volume) == [
        *("60000.1", "60010.1", "59990.1", "60000.1"),
        "109",
    ]


def test_levels_of_the_book_are_in_contracts() -> None:
    depth = told("coinm.depth")
    assert isinstance(depth, streams.Depth)
    assert depth.bids == (Level(Decimal("60000.0"), Decimal("1787.0")),)
    assert depth.asks == (Level(Decimal("60000.1"), Decimal("304.0")),)
    assert depth.time_ms == 1735689600500


def test_a_ticker_is_in_contracts_and_coins() -> None:
    ticker = told("coinm.ticker")
    assert isinstance(ticker, coinm.Ticker)
    assert text(ticker.change, ticker.change_percent) == ["-313.5", "-0.5198"]
    assert text(ticker.volume, ticker.coins, ticker.last_quantity) == ["220573.00", "367.621054", "3"]
    assert text(ticker.bid, ticker.bid_quantity, ticker.ask, ticker.ask_quantity) == [
        *("60000.0", "148"),
        *("60000.2", "83"),
    ]
    assert ticker.close_ms == 1735689600000


def test_prices_are_told_one_by_one() -> None:
    last, mark, best = told("coinm.lastPrice"), told("coinm.markPrice"), told("coinm.bookTicker")
    assert (type(last), str(last.price)) == (streams.LastPrice, "60000.1")
    assert (type(mark), str(mark.price)) == (coinm.MarkPrice, "60000.1")
    assert isinstance(best, streams.BookTicker)
    assert text(best.bid, best.bid_quantity, best.ask, best.ask_quantity) == [
        "60000.0",
        "148",
        "60000.2",
        "83",
    ]


def test_a_fill_its_wallet_its_position_and_what_was_chosen_are_those_of_other_perpetuals() -> None:
    report, update, choice = told("coinm.orders"), told("coinm.wallets"), told("coinm.choices")
    assert isinstance(report, streams.swap.OrderReport)
    assert (report.fee_asset, *text(report.last_fee, report.last_quantity)) == (
        "BTC",
        *("-8.3E-7", "1.00000000"),
    )
    assert isinstance(update, streams.swap.AccountUpdate)
    assert [(it.asset, it.balance, it.cross_balance) for it in update.wallets] == [
        ("BTC", Decimal("0.1"), None)
    ]
    assert [(it.symbol, it.side, it.quantity) for it in update.positions] == [(BTC, "LONG", Decimal(1))]
    assert isinstance(choice, streams.swap.Choice)
    assert (choice.symbol, choice.long_leverage) == (BTC, 5)


# After a gap


def asked_after_a_break(topic: streams.Topic) -> tuple[Wire, list[Ask]]:
    wire = Wire(topic, close_gaps=True).begin()
    wire.reconnect()
    wire.events()
    return wire, wire.taken(Ask)


def test_a_gap_is_closed_by_the_calls_of_coin_margined_perpetuals() -> None:
    wanted = {
        "coinm.kline": ["cswap_market.klines"],
        "coinm.depth": ["cswap_market.depth"],
        "coinm.ticker": ["cswap_market.ticker"],
        "coinm.lastPrice": ["cswap_market.ticker"],
        "coinm.markPrice": ["cswap_market.premium_index"],
        "coinm.bookTicker": ["cswap_market.depth"],
        "coinm.orders": ["coinm_trade.open_orders", "coinm_trade.order_history"],
        "coinm.wallets": ["coinm_trade.balance", "coinm_trade.positions"],
        "coinm.choices": [],
    }
    for topic_id, endpoint_ids in wanted.items():
        _, asked = asked_after_a_break({**PUBLIC, **ACCOUNT}[topic_id])
        assert [ask.call.endpoint_id for ask in asked] == endpoint_ids, topic_id


def test_trades_that_were_missed_cannot_be_asked_for_and_that_is_said() -> None:
    wire = Wire(PUBLIC["coinm.trade"], close_gaps=True).begin()
    wire.reconnect()
    *_, gap, stays = wire.events()
    assert (type(gap), gap.calls) == (streams.Gap, ())
    assert (stays.gap, stays.reason) == (gap, "no call tells what was missed")


def row(**more: Any) -> models.Ticker:
    values: dict[str, Any] = dict.fromkeys(models.Ticker.__dataclass_fields__, Decimal(1))
    told = {"symbol": BTC, "close_ms": NOW_MS, "raw": {}, "bid": None}
    return models.Ticker(**values | told | more)


def found(topic: streams.Topic, answer: Any) -> Any:
    wire, (ask,) = asked_after_a_break(topic)
    wire.core.answered(wire.at_ms, ask.number, answer)
    event, closed = wire.events()
    assert (event.from_rest, type(closed)) == (True, streams.GapClosed)
    return event


def test_what_rest_says_of_a_market_comes_as_the_event_of_its_topic() -> None:
    ticker = found(PUBLIC["coinm.ticker"], [row(quote_volume=Decimal("2.5"), last=Decimal(7))])
    assert (type(ticker), ticker.coins, ticker.last, ticker.bid) == (coinm.Ticker, Decimal("2.5"), 7, None)
    last = found(PUBLIC["coinm.lastPrice"], [row(last=Decimal(7))])
    assert (type(last), last.price) == (streams.LastPrice, 7)
    sides = (Level(Decimal(1), Decimal(2)),), (Level(Decimal(3), Decimal(4)),)
    best = found(PUBLIC["coinm.bookTicker"], Depth(*sides, NOW_MS, None, {}))
    assert (best.bid, best.bid_quantity, best.ask, best.ask_quantity, best.time_ms) == (1, 2, 3, 4, NOW_MS)


def test_the_sign_of_life_of_an_account_is_a_market_that_there_is() -> None:
    wire = Wire(coinm.orders())
    wire.core.begin(wire.at_ms)
    wire.core.answered(wire.at_ms, wire.taken(Ask)[0].number, "ab")
    wire.take()
    wire.core.connected(wire.at_ms)
    assert [request["dataType"] for request in wire.sent()] == ["BTC-USD@ticker"]
