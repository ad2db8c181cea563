"""Market data of the spot markets, which everybody may read. Nothing here leans on what prices do."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from contract import shapes
from contract.conftest import Meet, Settle
from contract.target import Target
from support.sender import Reply

SYMBOLS = "/openApi/spot/v1/common/symbols"
DEPTH = "/openApi/spot/v1/market/depth"
WIDE_DEPTH = "/openApi/spot/v2/market/depth"
TRADES = "/openApi/spot/v1/market/trades"
OLD_TRADES = "/openApi/market/his/v1/trade"
KLINES = "/openApi/spot/v2/market/kline"
TICKER = "/openApi/spot/v1/ticker/24hr"
BOOK_TICKER = "/openApi/spot/v1/ticker/bookTicker"
SYMBOL = "BTC-USDT"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def public(target: Target, path: str, **parameters: object) -> Reply:
    """An unsigned read without a key."""
    return target.raw("GET", path, "&".join(f"{name}={value}" for name, value in parameters.items()))


def decimals(rows: list[Any]) -> list[Decimal]:
    """The prices of a side."""
    return [Decimal(price) for price, _ in rows]


@pytest.mark.clause("MARKET-1")
def test_symbols_are_listed_with_their_steps(target: Target, meets: Meet, settles: Settle) -> None:
    (row,) = public(target, SYMBOLS, symbol=SYMBOL).data["symbols"]
    assert row["symbol"] == SYMBOL
    assert row["status"] in (0, 1, 5, 10, 25, 29, 30)
    assert all(row[name] > 0 for name in ("tickSize", "stepSize", "minNotional", "maxNotional"))
    meets("V29", *shapes.symbol_fields(row))
    if "maxMarketNotional" in row:
        settles("A32", row["maxMarketNotional"] == row["maxNotional"])


@pytest.mark.clause("MARKET-1")
def test_without_a_symbol_every_one_is_listed(target: Target) -> None:
    names = [row["symbol"] for row in public(target, SYMBOLS).data["symbols"]]
    assert SYMBOL in names
    assert len(set(names)) == len(names)


@pytest.mark.clause("MARKET-2")
def test_an_order_book_has_so_many_prices_a_side_the_best_bid_first(target: Target, meets: Meet) -> None:
    reply = public(target, DEPTH, symbol=SYMBOL, limit=5)
    bids, asks = reply.data["bids"], reply.data["asks"]
    assert all(isinstance(text, str) for row in (*bids, *asks) for text in row)
    assert max(len(bids), len(asks)) <= 5
    assert decimals(bids) == sorted(decimals(bids), reverse=True)
    assert max(decimals(bids)) < min(decimals(asks))
    assert isinstance(reply.data["ts"], int)
    assert isinstance(reply.json["timestamp"], int)
    meets("V45", *shapes.order_of_asks(asks))


@pytest.mark.clause("MARKET-3")
def test_an_aggregated_order_book_has_wider_steps(target: Target, meets: Meet) -> None:
    fine = public(target, WIDE_DEPTH, symbol="BTC_USDT", depth=20, type="step0").data
    wide = public(target, WIDE_DEPTH, symbol="BTC_USDT", depth=20, type="step3").data
    meets("V46", "v2/market/depth with depth and BASE_QUOTE")
    for data in (fine, wide):
        assert decimals(data["asks"]) == sorted(decimals(data["asks"]))
        assert decimals(data["bids"]) == sorted(decimals(data["bids"]), reverse=True)
    fewest = [
        min(above - below for below, above in pairwise(decimals(it["asks"])))
        for it in (fine, wide)
        if len(it["asks"]) > 1
    ]
    assert fewest == sorted(fewest)


@pytest.mark.clause("MARKET-3")
def test_the_other_path_of_the_aggregated_order_book(target: Target, meets: Meet, settles: Settle) -> None:
    reply = public(target, "/openApi/spot/v2/quote/depth", symbol=SYMBOL, limit=5)
    if reply.code == 0:
        meets("V46", "v2/quote/depth with limit and BASE-QUOTE")
        assert len(reply.data["bids"]) <= 5
    settles("A28", reply.code == 0)


@pytest.mark.clause("MARKET-4")
def test_trades_come_newest_first(target: Target) -> None:
    rows = public(target, TRADES, symbol=SYMBOL, limit=10).data
    assert len(rows) <= 10
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    assert all(isinstance(row["buyerMaker"], bool) for row in rows)
    assert all(row["price"] > 0 and row["qty"] > 0 for row in rows)


@pytest.mark.clause("MARKET-4")
def test_trades_of_any_age_go_on_from_the_id_that_was_seen_last(target: Target, meets: Meet) -> None:
    rows = public(target, OLD_TRADES, symbol=SYMBOL, limit=10).data
    meets("V51", *shapes.old_trade_fields(rows[0]))
    name = "tid" if "tid" in rows[0] else "id"
    seen = int(rows[-1][name])
    after = public(target, OLD_TRADES, symbol=SYMBOL, limit=10, fromId=seen).data
    assert after
    assert all(int(row[name]) > seen for row in after)


@pytest.mark.clause("MARKET-5")
def test_candles_come_newest_first_and_close_before_the_next_opens(target: Target, settles: Settle) -> None:
    before_ms = target.now_ms()
    rows = public(target, KLINES, symbol=SYMBOL, interval="1h", limit=5).data
    assert len(rows) == 5
    for opened, *prices, closed, _ in rows:
        first, high, low, last, volume = (Decimal(str(price)) for price in prices)
        assert closed == opened + HOUR_MS - 1
        assert low <= min(first, last) <= max(first, last) <= high
        assert volume >= 0
    assert all(newer[0] == older[6] + 1 for newer, older in pairwise(rows))
    settles("A25", rows[0][6] >= before_ms - 1500)


@pytest.mark.clause("MARKET-5")
def test_candles_between_two_times(target: Target, settles: Settle) -> None:
    newest = public(target, KLINES, symbol=SYMBOL, interval="1h", limit=5).data
    start_ms, end_ms = newest[3][0], newest[1][0]
    rows = public(target, KLINES, symbol=SYMBOL, interval="1h", startTime=start_ms, endTime=end_ms).data
    opened = [row[0] for row in rows]
    assert all(start_ms <= at_ms <= end_ms for at_ms in opened)
    settles("A25", opened == [end_ms, end_ms - HOUR_MS, start_ms])


@pytest.mark.clause("MARKET-5")
def test_the_days_of_candles_begin_by_the_clock_that_was_asked_for(target: Target, meets: Meet) -> None:
    day = {"symbol": SYMBOL, "interval": "1d", "limit": 2}
    assert {row[0] % DAY_MS for row in public(target, KLINES, **day, timeZone=0).data} == {0}
    (at_ms,) = {row[0] % DAY_MS for row in public(target, KLINES, **day).data}
    meets("V47", *{0: ["utc"], 16 * HOUR_MS: ["utc+8"]}.get(at_ms, []))


@pytest.mark.clause("MARKET-5")
def test_weeks_begin_on_mondays(target: Target, settles: Settle) -> None:
    rows = public(target, KLINES, symbol=SYMBOL, interval="1w", limit=2, timeZone=0).data
    assert rows[0][0] - rows[1][0] == 7 * DAY_MS
    settles("A26", rows[0][0] % (7 * DAY_MS) == 4 * DAY_MS)  # 1 January 1970 was a Thursday


@pytest.mark.clause("MARKET-6")
def test_a_ticker_is_a_list_about_24_hours(target: Target, meets: Meet) -> None:
    (row,) = public(target, TICKER, symbol=SYMBOL).data
    meets("V48", *shapes.ticker_numbers(row))
    assert row["symbol"] == SYMBOL
    assert row["priceChangePercent"].endswith("%")
    assert row["closeTime"] - row["openTime"] == DAY_MS
    low, last, high = (Decimal(str(row[name])) for name in ("lowPrice", "lastPrice", "highPrice"))
    assert low <= last <= high


@pytest.mark.clause("MARKET-7")
@pytest.mark.parametrize(
    ("path", "symbol", "answer"),
    [
        ("/openApi/spot/v2/ticker/price", "BTC-USDT", "v2/ticker/price with BASE-QUOTE"),
        ("/openApi/spot/v1/ticker/price", "BTC_USDT", "v1/ticker/price with BASE_QUOTE"),
        ("/openApi/spot/v2/quote/price", "BTC-USDT", "v2/quote/price"),
    ],
)
def test_the_last_price(target: Target, meets: Meet, path: str, symbol: str, answer: str) -> None:
    reply = public(target, path, symbol=symbol)
    if reply.code != 0 and target.is_live:
        pytest.skip(f"it is not under this path: {reply.code}")
    meets("V49", answer)
    (row,) = reply.data
    assert row["symbol"] in ("BTC-USDT", "BTC_USDT")
    assert all(Decimal(trade["price"]) > 0 and trade["type"] in (1, 2) for trade in row["trades"])


@pytest.mark.clause("MARKET-8")
@pytest.mark.parametrize(
    ("path", "symbol"), [(BOOK_TICKER, "BTC_USDT"), ("/openApi/spot/v2/quote/bookTicker", "BTC-USDT")]
)
def test_the_best_prices(target: Target, meets: Meet, path: str, symbol: str) -> None:
    (row,) = public(target, path, symbol=symbol).data
    names = shapes.book_ticker_names(row)
    meets("V50", *names)
    assert row["symbol"] == SYMBOL
    assert Decimal(row["bidPrice"]) < Decimal(row["askPrice"])
    assert all(Decimal(row[name]) > 0 for name in names)


@pytest.mark.clause("MARKET-9")
@pytest.mark.parametrize("path", [DEPTH, TICKER])
def test_a_key_a_time_and_a_signature_are_ignored(target: Target, path: str) -> None:
    assert public(target, path, symbol=SYMBOL).code == 0
    query = f"symbol={SYMBOL}&timestamp=1&recvWindow=1&signature=none"
    headers = {"X-BX-APIKEY": target.account.key}
    assert target.raw("GET", path, query, headers=headers).code == 0


@pytest.mark.clause("MARKET-10")
def test_an_unknown_symbol_is_told(target: Target) -> None:
    assert public(target, DEPTH, symbol="NOPE-USDT").code == 100204


@pytest.mark.clause("MARKET-10")
@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        (KLINES, {"symbol": SYMBOL, "interval": "2m"}),
        (DEPTH, {"symbol": SYMBOL, "limit": "1001"}),
        (DEPTH, {"symbol": "btc"}),
        (TICKER, {"symbol": "btc"}),
    ],
)
def test_a_value_of_a_wrong_form_is_refused(target: Target, path: str, parameters: dict[str, str]) -> None:
    assert public(target, path, **parameters).code == 100400
