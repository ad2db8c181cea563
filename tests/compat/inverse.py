"""Every unified public method that ccxt offers for coin-margined perpetuals, and what is right to come."""

from typing import Any

from compat.market_data import MINUTE_MS, Method

from bingx_fake import FakeExchange

SYMBOL, MARKET = "BTC/USD:BTC", "BTC-USD"
PRICE, BID, ASK, MARK = 61234.5, 61234.4, 61234.6, 61000.0
"""Where the price is moved, one tick of 0.1 on either side, and where the mark is held."""
ALL = {f"{coin}/USD:{coin}" for coin in ("BTC", "ETH", "SOL", "LTC", "SHIB")}
INVERSE = {"type": "swap", "subType": "inverse"}
EIGHT_HOURS_MS = 8 * 3_600_000


def move(exchange: FakeExchange) -> None:
    """Have the price and the mark where the answers are right."""
    market = exchange.market(MARKET, "coinm")
    market.move(str(PRICE))
    market.mark(str(MARK))


def _differs(wanted: dict[str, object], got: Any) -> str | None:
    wrong = [name for name, value in wanted.items() if got.get(name) != value]
    return f"{', '.join(wrong)} {[got.get(name) for name in wrong]}" if wrong else None


def _markets(answer: Any, now_ms: int) -> str | None:
    if not ALL.issubset(answer):
        return "markets missing"
    sizes = {symbol: answer[symbol]["contractSize"] for symbol in ALL}
    if sizes != dict.fromkeys(ALL, 10.0) | {SYMBOL: 100.0}:
        return f"a contract of {sizes[SYMBOL]:g} USD"
    return _differs({"inverse": True, "settle": "BTC", "active": True}, answer[SYMBOL])


def _listed(answer: Any, now_ms: int) -> str | None:
    return _markets({market["symbol"]: market for market in answer}, now_ms)


def _ticker(answer: Any, now_ms: int) -> str | None:
    wanted = {"symbol": SYMBOL, "last": PRICE, "bid": BID, "ask": ASK}
    return _differs(wanted, answer) or (None if answer["baseVolume"] else "no volume")


def _tickers(answer: Any, now_ms: int) -> str | None:
    return _ticker(answer[SYMBOL], now_ms) if set(answer) == ALL else "tickers missing"


def _book(answer: Any, now_ms: int) -> str | None:
    prices = [[row[0] for row in answer[side]] for side in ("bids", "asks")]
    right = [
        [round(BID - step / 10, 1) for step in range(5)],
        [round(ASK + step / 10, 1) for step in range(5)],
    ]
    if prices != right:
        return f"{prices}"
    contracts = [row[1] for side in ("bids", "asks") for row in answer[side]]
    return None if all(50 <= it <= 200 and it == int(it) for it in contracts) else f"{contracts}"


def _candles(answer: Any, now_ms: int) -> str | None:
    minute_ms = now_ms - now_ms % MINUTE_MS
    if [row[0] for row in answer] != [minute_ms - 2 * MINUTE_MS, minute_ms - MINUTE_MS, minute_ms]:
        return "other minutes"
    return None if answer[-1][4] == PRICE else f"{answer[-1]}"


def _candles_since(answer: Any, now_ms: int) -> str | None:
    minute_ms = now_ms - now_ms % MINUTE_MS
    right = [minute_ms + ahead * MINUTE_MS for ahead in (-9, -8, -7)]
    return None if [row[0] for row in answer] == right else "other minutes"


def _rate(answer: Any, now_ms: int) -> str | None:
    next_ms = now_ms - now_ms % EIGHT_HOURS_MS + EIGHT_HOURS_MS
    return _differs({"symbol": SYMBOL, "markPrice": MARK, "nextFundingTimestamp": next_ms}, answer)


def _rates(answer: Any, now_ms: int) -> str | None:
    return _rate(answer.get(SYMBOL, {}), now_ms)


def _mark(answer: Any, now_ms: int) -> str | None:
    return _differs({"symbol": SYMBOL, "markPrice": MARK}, answer)


def _marks(answer: Any, now_ms: int) -> str | None:
    return _mark(answer.get(SYMBOL, {}), now_ms)


def _interest(answer: Any, now_ms: int) -> str | None:
    """Nobody holds anything: an amount all the same."""
    return _differs({"symbol": SYMBOL, "openInterestAmount": 0.0, "timestamp": now_ms}, answer)


METHODS = [
    Method("load_markets", (True,), _markets),
    Method("fetch_markets", (), _listed),
    Method("fetch_ticker", (SYMBOL,), _ticker),
    Method("fetch_tickers", (None, INVERSE), _tickers),
    Method("fetch_order_book", (SYMBOL, 5), _book),
    Method("fetch_ohlcv", (SYMBOL, "1m", None, 3), _candles),
    Method("fetch_ohlcv", (SYMBOL, "1m", None, 3), _candles_since, " from a time on", -9 * MINUTE_MS),
    Method("fetch_funding_rate", (SYMBOL,), _rate),
    Method("fetch_funding_rates", ([SYMBOL], INVERSE), _rates),
    Method("fetch_mark_price", (SYMBOL,), _mark),
    Method("fetch_mark_prices", ([SYMBOL], INVERSE), _marks),
    Method("fetch_open_interest", (SYMBOL,), _interest),
]
