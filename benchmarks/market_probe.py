"""Markets in this process, without a socket: days that pass, and pages of candles.

Prints lines of JSON: ``{"doing", "done", "total"}`` on the way, and the figures at the end.
"""

import json
import sys
import time
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

from benchmarks.sending import read
from bingx_fake.clock import ExchangeClock
from bingx_fake.exchange import Exchange
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form
from bingx_fake.venue.candles import INTERVALS
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOrder, OrderType

NOW_MS = 1_700_000_000_000
DAY_S = 86_400
ROWS = 1_440

_SYMBOL = "BTC-USDT"
_MARKET: MarketId = ("spot", _SYMBOL)
_MARKETS = {_SYMBOL: ("0.01", "0.00001", "60000"), "SHIB-USDT": ("0.00000001", "1", "0.00002")}
"""Tick, step and price of the markets of which pages are asked for: one has the least prices there are."""
_USER = 16779999
_FAR = Decimal(6_000)
"""From the price to an order that rests and is not reached: a tenth of it."""
_KLINES = "/openApi/spot/v2/market/kline"
_SINCE_MS = 1_577_836_800_000 + 86_400_000
"""From here on each market has candles of every length."""
_AGAIN = 10
_ELSEWHERE = 10


def _exchange(symbols: Mapping[str, tuple[str, str, str]]) -> Exchange:
    """Markets that walk every second, with a ladder of 20 levels."""
    markets = [
        {"symbol": symbol, "tick": tick, "step": step, "price": price, "source": "walk"}
        for symbol, (tick, step, price) in symbols.items()
    ]
    held = {"spot": {"BTC": "10", "USDT": "1000000"}}
    form = read_form({"markets": markets, "users": [{"uid": _USER, "balances": held}]})
    return Exchange(Settings(form, lambda: ExchangeClock(lambda: NOW_MS, NOW_MS), seed=1))


def _day(seconds: int, *, orders: int) -> float:
    """How many times as fast as real time a day passes, or the beginning of one."""
    exchange = _exchange({_SYMBOL: _MARKETS[_SYMBOL]})
    books, market = exchange.books, exchange.books.floor.stall(_MARKET).market
    opening = market.instrument.price(market.last)
    placed = []
    for number in range(orders):
        side, away = (Side.BUY, -_FAR - number) if number % 2 else (Side.SELL, _FAR + number)
        order = NewOrder(
            symbol=_SYMBOL,
            side=side,
            type=OrderType.LIMIT,
            quantity=Decimal("0.01"),
            price=opening + away,
        )
        placed.append(books.desk.place(_USER, order, NOW_MS))
    before = market.trades
    started = time.process_time()
    exchange.change_clock(lambda clock: clock.advance(1_000 * seconds))
    took_s = time.process_time() - started
    assert market.trades - before >= seconds, "the price has not moved every second"
    assert all(order.id in market.book for order in placed), "the users' orders were to rest"
    return seconds / took_s


def _page(exchange: Exchange, symbol: str, interval: str, end_ms: int | None = None) -> float:
    """Milliseconds for a page of candles."""
    bound = "" if end_ms is None else f"&endTime={end_ms}"
    target = f"{_KLINES}?symbol={symbol}&interval={interval}&limit={ROWS}{bound}"
    request = WireRequest("com", "GET", target, {"host": "127.0.0.1"}, b"", "127.0.0.1")
    started = time.process_time()
    delivery = exchange.receive(request)
    took_s = time.process_time() - started
    rows: Any = read(delivery)["data"]
    since = ROWS * INTERVALS[interval] < (end_ms or NOW_MS) - _SINCE_MS
    assert len(rows) == ROWS or (not since and len(rows) > 1), f"{len(rows)} candles of {interval}"
    return 1_000 * took_s


def _pages(rounds: int) -> dict[str, dict[str, list[float]]]:
    """Of each market and interval: an exchange's first page, the same again, and others of the past."""
    found: dict[str, dict[str, list[float]]] = {}
    chance = Random(3)
    kinds = [(symbol, interval) for symbol in _MARKETS for interval in INTERVALS]
    for number, (symbol, interval) in enumerate(kinds):
        first, again, elsewhere = [], [], []
        for _ in range(rounds):
            exchange = _exchange(_MARKETS)
            first.append(_page(exchange, symbol, interval))
            again += [_page(exchange, symbol, interval) for _ in range(_AGAIN)]
            ends = [NOW_MS - chance.randrange(1_440, 1_440 * 700) * 60_000 for _ in range(_ELSEWHERE)]
            elsewhere += [_page(exchange, symbol, interval, end_ms) for end_ms in ends]
        found[f"{interval} of {symbol}"] = {"first": first, "again": again, "elsewhere": elsewhere}
        _say("pages of candles", number + 1, len(kinds))
    return found


def _say(doing: str, done: int, total: int) -> None:
    print(json.dumps({"doing": doing, "done": done, "total": total}), flush=True)


def main(rounds: int, seconds: int) -> None:
    """Measure and print."""
    idle, resting = [], []
    for number in range(rounds):
        idle.append(_day(seconds, orders=0))
        resting.append(_day(seconds, orders=4))
        _say("days", number + 1, rounds)
    print(json.dumps({"idle": idle, "resting": resting, "pages": _pages(rounds)}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
