"""Market data in every documented form becomes the same models; everything else is an error with a place."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from support.sender import NOW_MS

from bingx_client import Client, ParameterError, ProtocolError
from bingx_client.calls import spot_market
from bingx_client.calls.spot_market import readers
from bingx_client.calls.spot_market.models import Level, Trade
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.flow.call import Call
from bingx_client.flow.steps import Attempt, Outcome
from bingx_client.wire.decode import Node, read_answer
from bingx_contracts import ENDPOINTS, PROFILES, VARIATIONS
from bingx_fake import FakeExchange

SYMBOL = "BTC-USDT"
EIGHT = {
    "symbol": SYMBOL,
    "minQty": 0.00008,
    "maxQty": 8,
    "minNotional": 5,
    "maxNotional": 500000,
    "status": 1,
    "tickSize": 0.01,
    "stepSize": 1e-05,
}
STATES = EIGHT | {
    "displayName": SYMBOL,
    "maxMarketNotional": 400000,
    "apiStateBuy": True,
    "apiStateSell": False,
    "timeOnline": 5,
    "offTime": 0,
    "maintainTime": 7,
}
TICKER = {
    "symbol": SYMBOL,
    "openPrice": 9.5,
    "highPrice": 11,
    "lowPrice": 9,
    "lastPrice": 10,
    "volume": 3,
    "quoteVolume": 30.5,
    "openTime": 1,
    "closeTime": 2,
    "bidPrice": 9.99,
    "bidQty": 4,
    "askPrice": 10.01,
    "askQty": 5,
    "priceChangePercent": "-5.26%",
}
CALLS: dict[str, Call[Any]] = {
    "symbols": spot_market.symbols(SYMBOL),
    "depth": spot_market.depth(SYMBOL, limit=5),
    "aggregated_depth": spot_market.aggregated_depth(SYMBOL, depth=5, step=2),
    "trades": spot_market.trades(SYMBOL, limit=5),
    "old_trades": spot_market.old_trades(SYMBOL, limit=5),
    "klines": spot_market.klines(SYMBOL, "1h", limit=5),
    "old_klines": spot_market.old_klines(SYMBOL, "1w", limit=2, time_zone=0),
    "ticker": spot_market.ticker(SYMBOL),
    "price": spot_market.price(SYMBOL),
    "book_ticker": spot_market.book_ticker(SYMBOL),
}
ALIKE = [
    (variation, answer.name)
    for variation in ("V29", "V45", "V48", "V50", "V51")
    for answer in VARIATIONS[variation].answers
]
"""Variations that change how market data looks, and nothing that it says."""


def read(data: object, **beside: object) -> Node:
    return read_answer("GET /p", 200, json.dumps({"code": 0, "data": data, **beside}).encode())


def row(reader: Callable[[Node], list[Any]], data: object) -> Any:
    (only,) = reader(read([data]))
    return only


class Watching(RequestsDriver):
    """Keeps what it sends."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Attempt] = []

    def send(self, attempt: Attempt) -> Outcome:
        self.sent.append(attempt)
        return super().send(attempt)


def test_every_endpoint_of_the_group_has_its_call() -> None:
    current = {it.path for it in ENDPOINTS.values() if it.group == "spot_market" and not it.old_route}
    assert {call.path for call in CALLS.values()} == current


@pytest.mark.clause("MARKET-11")
@pytest.mark.parametrize("name", CALLS)
def test_a_call_carries_neither_key_nor_signature(exchange: FakeExchange, name: str) -> None:
    driver = Watching()
    with Client("prod-live", "key", "secret", base_urls=exchange.base_urls, driver=driver) as client:
        client.send(CALLS[name])
    (attempt,) = driver.sent
    assert dict(attempt.request.headers) == {"X-SOURCE-KEY": "BX-AI-SKILL"}
    assert "signature" not in str(attempt.request.query)
    assert exchange.requests[-1]["code"] == 0


@pytest.mark.clause("MARKET-11")
@pytest.mark.parametrize(("variation", "answer"), ALIKE)
def test_each_documented_form_is_read_as_the_same_values(
    exchange: FakeExchange, variation: str, answer: str
) -> None:
    def everything(client: Client) -> dict[str, Any]:
        return {name: client.send(call) for name, call in CALLS.items()}

    with Client("prod-vst", base_urls=exchange.base_urls) as client:
        usual = everything(client)
        exchange.change_profile(vary={variation: answer})
        varied = everything(client)
    if (variation, answer) == ("V29", "eight"):
        usual["symbols"] = varied["symbols"] = [(it.symbol, it.tick, it.step) for it in usual["symbols"]]
    if (variation, answer) == ("V51", "tid-s"):  # of the seconds, no more can be read
        usual["old_trades"] = [it.time_ms // 1000 for it in usual["old_trades"]]
        varied["old_trades"] = [it.time_ms // 1000 for it in varied["old_trades"]]
    assert varied == usual


@pytest.mark.parametrize("profile", PROFILES)
def test_every_call_reads_what_the_market_is(exchange: FakeExchange, profile: str) -> None:
    exchange.change_profile(profile)
    market = exchange.market(SYMBOL)
    market.move("61234.56")
    with Client("prod-vst", base_urls=exchange.base_urls) as client:
        (price,) = client.send(spot_market.price(SYMBOL))
        (ticker,) = client.send(spot_market.ticker(SYMBOL))
        (best,) = client.send(spot_market.book_ticker(SYMBOL))
        book = client.send(spot_market.depth(SYMBOL))
        candle = client.send(spot_market.klines(SYMBOL, "1m", limit=1))[-1]
        trade = client.send(spot_market.trades(SYMBOL, limit=3))[-1]
        old_trade = client.send(spot_market.old_trades(SYMBOL, limit=3))[-1]
    moved_to = Decimal("61234.56")
    assert [price.price, ticker.last, candle.close, trade.price, old_trade.price] == 5 * [moved_to]
    assert (best.bid, best.ask) == (book.bids[0].price, book.asks[0].price) == (ticker.bid, ticker.ask)
    assert book.bids[0].price < moved_to < book.asks[0].price
    assert trade.id == old_trade.id
    assert trade.time_ms // 1000 == old_trade.time_ms // 1000


def test_a_symbol_of_eight_fields_counts_as_open() -> None:
    (symbol,) = readers.symbols(read({"symbols": [EIGHT]}))
    assert (symbol.tick, symbol.step, symbol.status) == (Decimal("0.01"), Decimal("0.00001"), 1)
    assert symbol.is_open
    assert (symbol.max_market_notional, symbol.online_ms, symbol.display_name) == (None, None, None)


def test_a_symbol_with_states_says_who_may_do_what() -> None:
    (symbol,) = readers.symbols(read({"symbols": [STATES]}))
    assert (symbol.may_buy, symbol.may_sell, symbol.is_open) == (True, False, False)
    assert symbol.max_market_notional == Decimal(400000)
    assert (symbol.online_ms, symbol.off_ms, symbol.maintain_ms) == (5, 0, 7)


@pytest.mark.parametrize("status", [0, 5, 25])
def test_a_symbol_that_is_not_online_is_not_open(status: int) -> None:
    (symbol,) = readers.symbols(read({"symbols": [EIGHT | {"status": status}]}))
    assert not symbol.is_open


@pytest.mark.parametrize("asks", [[["3", "1"], ["2", "5"]], [["2", "5"], ["3", "1"]]])
def test_the_best_prices_come_first_whichever_way_they_were_listed(asks: list[list[str]]) -> None:
    depth = readers.depth(read({"bids": [["1", "7"], ["0.5", "8"]], "asks": asks, "ts": 9}))
    assert depth.asks == (Level(Decimal(2), Decimal(5)), Level(Decimal(3), Decimal(1)))
    assert depth.bids[0] == Level(Decimal(1), Decimal(7))
    assert (depth.time_ms, depth.update_id) == (9, None)


def test_prices_are_sorted_as_numbers_and_not_as_texts() -> None:
    depth = readers.depth(read({"bids": [["9", "1"], ["10", "1"]], "asks": [], "ts": 9, "lastUpdateId": 4}))
    assert [level.price for level in depth.bids] == [10, 9]
    assert depth.update_id == 4


def test_an_amount_keeps_every_digit() -> None:
    text = '{"code":0,"data":[[0,0.123456789012345678901,1,1,1,1e-8,59999,2.50]]}'
    (candle,) = readers.candles(read_answer("GET /p", 200, text.encode()))
    assert str(candle.open) == "0.123456789012345678901"
    assert (candle.volume, candle.quote_volume) == (Decimal("0.00000001"), Decimal("2.5"))


@pytest.mark.parametrize(("side", "was_sold"), [(1, False), (2, True)])
def test_an_old_trade_says_who_came_in(side: int, was_sold: bool) -> None:
    old = {"tid": "170891918044290305561", "t": NOW_MS, "ms": side, "s": SYMBOL, "p": 5.5, "v": 2}
    trade = row(readers.old_trades, old)
    assert (trade.id, trade.time_ms, trade.is_buyer_maker) == ("170891918044290305561", NOW_MS, was_sold)


@pytest.mark.parametrize(("time", "time_ms"), [(1_700_000_000, 1_700_000_000_000), (NOW_MS, NOW_MS)])
def test_a_time_in_seconds_is_told_from_one_in_milliseconds(time: int, time_ms: int) -> None:
    old = {"tid": "1", "t": time, "ms": 1, "s": SYMBOL, "p": 5.5, "v": 2}
    assert row(readers.old_trades, old).time_ms == time_ms


def test_an_old_trade_of_the_other_form_is_read_as_well() -> None:
    other = {"id": 7, "price": 5.5, "qty": 2, "time": NOW_MS, "buyerMaker": True}
    assert row(readers.old_trades, other) == Trade("7", Decimal("5.5"), Decimal(2), NOW_MS, True, other)


def test_trades_come_oldest_first_and_those_of_one_time_by_their_ids() -> None:
    rows = [
        {"id": number, "price": 1, "qty": 1, "time": 5, "buyerMaker": False} for number in (12, 10, 9, 11)
    ]
    assert [trade.id for trade in readers.trades(read(rows))] == ["9", "10", "11", "12"]


def test_candles_come_oldest_first() -> None:
    rows = [[at_ms, 1, 1, 1, 1, 1, at_ms + 9, 1] for at_ms in (20, 10)]
    assert [candle.open_ms for candle in readers.candles(read(rows))] == [10, 20]


@pytest.mark.parametrize("percent", ["-5.26%", "-5.26"])
def test_a_ticker_of_numbers_and_one_of_texts_say_the_same(percent: str) -> None:
    texts = {name: value if name.endswith("Time") else str(value) for name, value in TICKER.items()}
    for form in (TICKER, texts):
        ticker = row(readers.tickers, form | {"priceChangePercent": percent})
        assert (ticker.last, ticker.change_percent) == (Decimal(10), Decimal("-5.26"))
        assert (ticker.change, ticker.count, ticker.close_ms) == (None, None, 2)


@pytest.mark.parametrize("names", [("bidVolume", "askVolume"), ("bidQty", "askQty")])
def test_what_is_left_at_the_best_price_has_either_name(names: tuple[str, str]) -> None:
    best = {"symbol": "BTC_USDT", "time": 5, "bidPrice": "1", "askPrice": "2"} | dict(
        zip(names, "34", strict=True)
    )
    book = row(readers.book_tickers, best)
    assert (book.symbol, book.bid_quantity, book.ask_quantity) == (SYMBOL, 3, 4)


def test_a_market_in_which_nothing_was_traded_has_no_price() -> None:
    assert row(readers.prices, {"symbol": SYMBOL, "trades": []}).price is None


@pytest.mark.parametrize(
    ("reader", "data", "place"),
    [
        (readers.symbols, {}, r"\$\.data\.symbols should be a list"),
        (readers.symbols, {"symbols": [EIGHT | {"apiStateBuy": 1}]}, "apiStateBuy should be true or false"),
        (readers.depth, {"bids": [["1"]], "asks": [], "ts": 5}, r"bids\[0\] should be a list of 2"),
        (readers.candles, [[1, 2, 3]], r"\$\.data\[0\] should be a list of 8"),
        (readers.trades, [{"id": 1}], "price should be an amount"),
        (readers.old_trades, [{"tid": "1", "t": 5, "ms": 3, "p": 1, "v": 1}], "ms should be 1 or 2"),
        (
            readers.tickers,
            [TICKER | {"priceChangePercent": "much"}],
            "priceChangePercent should be an amount",
        ),
        (
            readers.book_tickers,
            [{"symbol": SYMBOL, "bidPrice": 1}],
            "bidVolume or .*bidQty should be an amount",
        ),
        (readers.prices, [{"symbol": SYMBOL}], "trades should be a list"),
    ],
)
def test_what_no_document_shows_is_an_error_with_its_place(
    reader: Callable[[Node], Any], data: object, place: str
) -> None:
    with pytest.raises(ProtocolError, match=place):
        reader(read(data))


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: spot_market.depth("btc-usdt"), "symbol"),
        (lambda: spot_market.depth(SYMBOL, limit=1001), "limit"),
        (lambda: spot_market.aggregated_depth(SYMBOL, step=6), "type"),
        (lambda: spot_market.klines(SYMBOL, "2m"), "interval"),
        (lambda: spot_market.klines(SYMBOL, "1d", time_zone=1), "timeZone"),
        (lambda: spot_market.old_trades(SYMBOL, from_id="x"), "fromId"),
    ],
)
def test_what_breaks_a_rule_is_refused_before_it_is_sent(make: Callable[[], object], name: str) -> None:
    with pytest.raises(ParameterError, match=rf"\b{name}\b"):
        make()


def test_a_symbol_is_sent_with_an_underscore_where_the_documents_ask_for_it() -> None:
    assert spot_market.aggregated_depth(SYMBOL).parameters["symbol"] == "BTC_USDT"
