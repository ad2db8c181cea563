"""Calls for market data are held to what the documents print, as the others in ``test_documented``."""

from decimal import Decimal

import pytest

from bingx_client import APIError, Client
from bingx_client.calls import spot_market
from bingx_client.calls.spot_market.models import Depth, Level, Trade

pytestmark = pytest.mark.clause("MARKET-11")


def prices(levels: tuple[Level, ...]) -> list[str]:
    return [str(level.price) for level in levels]


def told(trades: list[Trade]) -> list[tuple[str, str, str, int, bool]]:
    return [(it.id, str(it.price), str(it.quantity), it.time_ms, it.is_buyer_maker) for it in trades]


@pytest.mark.clause("MARKET-1")
def test_the_symbols(documented_client: Client) -> None:
    (symbol,) = documented_client.send(spot_market.symbols("BTC-USDT"))
    assert (symbol.tick, symbol.step) == (Decimal("0.01"), Decimal("0.00001"))
    assert (symbol.min_notional, symbol.max_notional) == (Decimal(5), Decimal(500000))
    assert symbol.is_open


@pytest.mark.clause("MARKET-1")
def test_the_symbols_with_their_states(documented_client: Client) -> None:
    (symbol,) = documented_client.send(spot_market.symbols())
    assert (symbol.symbol, symbol.tick, symbol.step) == ("GEAR-USDT", Decimal("0.000001"), Decimal(1))
    assert (symbol.may_buy, symbol.may_sell, symbol.online_ms) == (True, True, 0)


def check_the_printed_book(book: Depth) -> None:
    assert prices(book.bids) == ["42182.22", "42182.19", "42182.17", "42182.10", "42182.08"]
    assert prices(book.asks) == ["42183.17", "42183.19", "42183.20", "42183.22", "42183.23"]
    assert book.asks[0].quantity == Decimal("4.14752")
    assert (book.time_ms, book.update_id) == (1702720487674, None)


@pytest.mark.clause("MARKET-2")
def test_the_order_book(documented_client: Client) -> None:
    check_the_printed_book(documented_client.send(spot_market.depth("BTC-USDT", limit=5)))


@pytest.mark.clause("MARKET-2")
def test_the_order_book_with_the_best_asks_first(documented_client: Client) -> None:
    check_the_printed_book(documented_client.send(spot_market.depth("BTC-USDT", limit=5)))


@pytest.mark.clause("MARKET-2")
def test_the_order_book_with_its_update_id(documented_client: Client) -> None:
    book = documented_client.send(spot_market.depth("BTC-USDT"))
    assert book.update_id == 13565639906
    assert book.asks[0] == Level(Decimal("83975.70"), Decimal("0.000061000000000000005"))


@pytest.mark.clause("MARKET-3")
def test_the_aggregated_order_book(documented_client: Client) -> None:
    book = documented_client.send(spot_market.aggregated_depth("BTC-USDT", depth=20, step=0))
    assert prices(book.bids) == ["43340.92", "43340.88", "43340.85"]
    assert prices(book.asks) == ["43341.79", "43341.86", "43341.88"]


@pytest.mark.clause("MARKET-4")
def test_the_trades(documented_client: Client) -> None:
    assert told(documented_client.send(spot_market.trades("BTC-USDT", limit=5))) == [
        ("76909152", "42195.48", "0.00177", 1702720325552, False),
        ("76909153", "42195.31", "0.00139", 1702720325552, True),
        ("76909154", "42195.21", "0.00195", 1702720325553, True),
    ]


@pytest.mark.clause("MARKET-4")
def test_the_old_trades(documented_client: Client) -> None:
    assert told(documented_client.send(spot_market.old_trades("BTC-USDT", limit=5))) == [
        ("170891917942490305559", "51496.159", "0.00075", 1708919179424, False),
        ("170891917959890305560", "51495.89", "0.00188", 1708919179598, False),
        ("170891918044290305561", "51496.35", "0.00063", 1708919180442, True),
    ]


@pytest.mark.clause("MARKET-4")
def test_the_old_trades_with_their_seconds(documented_client: Client) -> None:
    trades = documented_client.send(spot_market.old_trades("BTC-USDT", limit=5))
    assert [trade.time_ms for trade in trades] == [1708919179000, 1708919179000, 1708919180000]


@pytest.mark.clause("MARKET-4")
def test_the_old_trades_as_the_table_names_them(documented_client: Client) -> None:
    trades = documented_client.send(spot_market.old_trades("BTC-USDT", limit=5))
    assert told(trades)[-1] == ("76909154", "42195.21", "0.00195", 1702720325553, True)


@pytest.mark.clause("MARKET-5")
def test_the_candles(documented_client: Client) -> None:
    candles = documented_client.send(spot_market.klines("BTC-USDT", "1m", limit=5))
    assert [candle.open_ms for candle in candles] == [1702720500000, 1702720560000, 1702720620000]
    last = candles[-1]
    assert (last.open, last.high, last.low, last.close) == (
        *(Decimal("42216.29"), Decimal("42216.94"), Decimal("42216.29"), Decimal("42216.72")),
    )
    assert (last.volume, last.quote_volume) == (Decimal("0.2"), Decimal("8548.46"))
    assert last.close_ms == 1702720679999


@pytest.mark.clause("MARKET-5")
def test_the_old_candles(documented_client: Client) -> None:
    candles = documented_client.send(spot_market.old_klines("BTC-USDT", "1m", limit=5))
    assert [candle.close for candle in candles][-1] == Decimal("42216.72")


@pytest.mark.clause("MARKET-6")
def test_the_ticker(documented_client: Client) -> None:
    (ticker,) = documented_client.send(spot_market.ticker("BTC-USDT"))
    assert (ticker.last, ticker.change, ticker.change_percent) == (
        *(Decimal("42215.15"), Decimal("1244.85"), Decimal("2.91")),
    )
    assert (ticker.bid, ticker.bid_quantity) == (Decimal("42214.65"), Decimal("0.8962"))
    assert (ticker.open_ms, ticker.close_ms, ticker.count) == (1702634423624, 1702720823624, None)


@pytest.mark.clause("MARKET-6")
def test_the_ticker_in_texts(documented_client: Client) -> None:
    (ticker,) = documented_client.send(spot_market.ticker("BTC-USDT"))
    assert (ticker.open, ticker.volume) == (Decimal("42827.65"), Decimal("5099.21"))


@pytest.mark.clause("MARKET-7")
def test_the_last_price(documented_client: Client) -> None:
    (price,) = documented_client.send(spot_market.price("BTC-USDT"))
    assert (price.symbol, price.price) == ("BTC-USDT", Decimal("42902.61"))
    assert told(list(price.trades)) == [("86521463", "42902.61", "0.11689", 1707147142579, False)]


@pytest.mark.clause("MARKET-8")
def test_the_best_prices(documented_client: Client) -> None:
    (best,) = documented_client.send(spot_market.book_ticker("BTC_USDT"))
    assert (best.bid, best.bid_quantity) == (Decimal("42738.64"), Decimal("5.19530"))
    assert (best.ask, best.ask_quantity, best.time_ms) == (
        *(Decimal("42739.50"), Decimal("5.72867"), 1707147866623),
    )


@pytest.mark.clause("MARKET-8")
def test_the_best_prices_as_the_newer_path_names_them(documented_client: Client) -> None:
    (best,) = documented_client.send(spot_market.book_ticker("BTC-USDT"))
    assert (best.bid_quantity, best.ask_quantity) == (Decimal("8.994776"), Decimal("0.000037"))


@pytest.mark.clause("MARKET-10", "ERR-2")
def test_a_symbol_that_does_not_exist(documented_client: Client) -> None:
    with pytest.raises(APIError) as refused:
        documented_client.send(spot_market.depth("NOPE-USDT"))
    assert (refused.value.code, refused.value.msg) == (100204, "no data found")
