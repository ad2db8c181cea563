"""Every unified public method that ccxt offers for spot markets, and what is right to come back.

The price of one market is moved before each call, so that what is right can be written down by hand. Methods
are named as Python's ccxt names them; Node's has the same in camel case, with the same arguments and answers.
"""

import inspect
import json
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bingx_contracts import PROFILES
from bingx_fake import FakeExchange, TriedToLeave

NPM = Path(__file__).parent / "npm"
"""Where Node's ccxt is installed, by ``npm ci``."""

SYMBOL, MARKET = "BTC/USDT", "BTC-USDT"
PRICE, BID, ASK = 61234.5, 61234.49, 61234.51
"""Where the price is moved, and one tick of 0.01 on either side."""
ALL = {"BTC/USDT", "ETH/USDT", "SOL/USDT", "LTC/USDT", "SHIB/USDT"}
MINUTE_MS, DAY_MS = 60_000, 86_400_000


Judge = Callable[[Any, int], str | None]
"""What is wrong with an answer that was given at a time, in a few words, or None."""


class Method(NamedTuple):
    """A call of a method.

    :param shown: what the arguments say, for the table.
    :param since_ms: what goes in third place, relative to the running minute.
    """

    name: str
    arguments: tuple[Any, ...]
    judge: Judge
    shown: str = ""
    since_ms: int | None = None

    @property
    def title(self) -> str:
        """How the table names it."""
        return f"`{self.name}`{self.shown}"

    def arguments_at(self, now_ms: int) -> list[Any]:
        """The arguments, at a time."""
        arguments = list(self.arguments)
        if self.since_ms is not None:
            arguments[2] = _minute(now_ms) + self.since_ms
        return arguments

    @property
    def name_for_node(self) -> str:
        """Its name in Node's ccxt, and among what Python's says it has."""
        first, *rest = self.name.split("_")
        return first + "".join("OHLCV" if word == "ohlcv" else word.capitalize() for word in rest)

    def form(self) -> dict[str, Any]:
        """The same as JSON; what depends on the time is told apart."""
        before, after = self.arguments[:2], self.arguments[3:]
        whole = {"method": self.name, "name": self.name_for_node, "since": self.since_ms, "after": after}
        return whole | {"before": self.arguments if self.since_ms is None else before}


@asynccontextmanager
async def synchronous(key: str, secret: str) -> AsyncIterator[Any]:
    """``ccxt.bingx``, which has been told of no market."""
    import ccxt

    exchange = ccxt.bingx({"apiKey": key, "secret": secret, "enableRateLimit": False})
    try:
        yield exchange
    finally:
        exchange.session.close()


@asynccontextmanager
async def asynchronous(key: str, secret: str) -> AsyncIterator[Any]:
    """``ccxt.async_support.bingx``, likewise."""
    import ccxt.async_support

    exchange = ccxt.async_support.bingx({"apiKey": key, "secret": secret, "enableRateLimit": False})
    try:
        yield exchange
    finally:
        await exchange.close()


def move(exchange: FakeExchange) -> None:
    """Have the price where the answers are right."""
    exchange.market(MARKET).move(str(PRICE))


def _minute(now_ms: int) -> int:
    return now_ms - now_ms % MINUTE_MS


def _same(wanted: Mapping[str, object], got: Mapping[str, Any], lacking: str = "") -> str | None:
    wrong = [name for name, value in wanted.items() if got.get(name) != value]
    if not wrong:
        return None
    return lacking or f"{', '.join(wrong)} {[got.get(name) for name in wrong]}"


def _markets(answer: Any, now_ms: int) -> str | None:
    market = answer[SYMBOL]
    steps = {"price": 0.01, "amount": 0.00001}, {"min": 5, "max": 500000}
    if not ALL.issubset(answer):
        return "markets missing"
    if (market["precision"], market["limits"]["cost"]) != steps:
        return "other steps"
    return None if market["active"] else "every pair inactive"


def _listed(answer: Any, now_ms: int) -> str | None:
    return _markets({market["symbol"]: market for market in answer}, now_ms)


def _currencies(answer: Any, now_ms: int) -> str | None:
    coins = {"USDT", "BTC", "ETH", "SOL", "LTC", "SHIB"}
    return None if coins <= set(answer) and answer["SOL"]["networks"] else "coins missing"


def _ticker(answer: Any, now_ms: int) -> str | None:
    wrong = _same({"symbol": SYMBOL, "last": PRICE, "close": PRICE, "bid": BID, "ask": ASK}, answer)
    return wrong or _quantities(answer)


def _quantities(ticker: Any) -> str | None:
    return None if ticker["bidVolume"] and ticker["askVolume"] else "no quantities"


def _tickers(answer: Any, now_ms: int) -> str | None:
    return _ticker(answer[SYMBOL], now_ms) if set(answer) == ALL else "tickers missing"


def _best(answer: Any, now_ms: int) -> str | None:
    return _same({"bid": BID, "ask": ASK}, answer[SYMBOL]) or _quantities(answer[SYMBOL])


def _book(answer: Any, now_ms: int) -> str | None:
    prices = [[row[0] for row in answer[side]] for side in ("bids", "asks")]
    right = [
        [round(BID - step / 100, 2) for step in range(5)],
        [round(ASK + step / 100, 2) for step in range(5)],
    ]
    return None if prices == right else f"{prices}"


def _trades(answer: Any, now_ms: int) -> str | None:
    if len(answer) != 5 or any(trade["side"] not in ("buy", "sell") for trade in answer):
        return "other trades"
    if not 0 <= now_ms - answer[-1]["timestamp"] < DAY_MS:
        return "other times"
    return _same({"price": PRICE, "symbol": SYMBOL}, answer[-1])


def _candles(answer: Any, now_ms: int) -> str | None:
    minute_ms = _minute(now_ms)
    if [row[0] for row in answer] != [minute_ms - 2 * MINUTE_MS, minute_ms - MINUTE_MS, minute_ms]:
        return "other minutes"
    return None if answer[-1][4] == PRICE else f"{answer[-1]}"


def _candles_since(answer: Any, now_ms: int) -> str | None:
    minute_ms = _minute(now_ms)
    right = [minute_ms + ahead * MINUTE_MS for ahead in (-9, -8, -7)]
    return None if [row[0] for row in answer] == right else "other minutes"


def _days(answer: Any, now_ms: int) -> str | None:
    today_ms = now_ms - now_ms % DAY_MS
    right = [today_ms - DAY_MS, today_ms]
    return None if [row[0] for row in answer] == right else "other days"


def _time(answer: Any, now_ms: int) -> str | None:
    return None if answer == now_ms else "another time"


METHODS = [
    Method("fetch_time", (), _time),
    Method("load_markets", (True,), _markets),
    Method("fetch_markets", (), _listed),
    Method("fetch_currencies", (), _currencies),
    Method("fetch_ticker", (SYMBOL,), _ticker),
    Method("fetch_tickers", (), _tickers),
    Method("fetch_bids_asks", ([SYMBOL],), _best),
    Method("fetch_order_book", (SYMBOL, 5), _book),
    Method("fetch_l2_order_book", (SYMBOL, 5), _book),
    Method("fetch_trades", (SYMBOL, None, 5), _trades),
    Method("fetch_ohlcv", (SYMBOL, "1m", None, 3), _candles),
    Method("fetch_ohlcv", (SYMBOL, "1m", None, 3), _candles_since, " from a time on", -9 * MINUTE_MS),
    Method("fetch_ohlcv", (SYMBOL, "1d", None, 2), _days, " of days"),
]

OF_OTHERS = {
    *("fetchBalance", "fetchTransfers", "fetchDeposits", "fetchWithdrawals", "fetchDepositAddress"),
    *("fetchDepositAddressesByNetwork", "fetchDepositWithdrawFee", "fetchDepositWithdrawFees"),
    *("fetchOrder", "fetchOrders", "fetchOpenOrders", "fetchClosedOrders", "fetchCanceledOrders"),
    *("fetchCanceledAndClosedOrders", "fetchMyTrades", "fetchTradingFee", "fetchMyLiquidations"),
    *("fetchPosition", "fetchPositions", "fetchPositionHistory", "fetchPositionMode", "fetchMarginMode"),
    *("fetchLeverage", "fetchMarketLeverageTiers", "fetchFundingHistory", "fetchFundingRate"),
    *("fetchFundingRates", "fetchFundingRateHistory", "fetchOpenInterest", "fetchMarkOHLCV"),
    *("fetchMarkPrice", "fetchMarkPrices", "fetchCurrenciesWs"),
}
"""What else ccxt offers to fetch: of an account's owner, of perpetuals, over a socket."""

Found = dict[tuple[str, str], str]
"""By method and profile, in words: ``works``, what is silently wrong, or what is raised."""


def outcome(method: Method, answer: Any, now_ms: int) -> str:
    """An answer in words."""
    wrong = method.judge(answer, now_ms)
    return "works" if wrong is None else f"**silent**: {wrong}"


def raised(error: str) -> str:
    """An error in words, by its name."""
    return "not offered" if error == "NotSupported" else f"raises `{error}`"


def order() -> dict[str, Any]:
    """What a program is to ask, in the form that the two of them take."""
    return {"methods": {"calls": [method.form() for method in METHODS], "price": str(PRICE)}}


async def ask_everything(
    exchange: FakeExchange,
    client: Any,
    methods: Sequence[Method] = METHODS,
    move: Callable[[FakeExchange], None] = move,
) -> Found:
    """Every method of a client under every profile."""
    found = {}
    for profile in PROFILES:
        exchange.change_profile(profile)
        now_ms = time.time_ns() // 1_000_000  # clients go by the system's clock
        exchange.clock.freeze(now_ms)
        move(exchange)
        for method in methods:
            try:
                answer = getattr(client, method.name)(*method.arguments_at(now_ms))
                answer = await answer if inspect.isawaitable(answer) else answer
                said = outcome(method, answer, now_ms)
            except TriedToLeave:
                raise
            except Exception as error:
                said = raised(type(error).__name__)
            found[method.title, profile] = said
    return found


def ask_node(program: Sequence[str], **where: object) -> list[dict[str, Any]]:
    """Every method of Node's ccxt: what it answered, or the name of its error, method by method.

    :param program: what runs the script: ``node``, or that under ``bingx-fake run``.
    :param where: ``profiles``, and where the exchange is, unless the documented hosts lead to it.
    """
    keys = {"apiKey": "alice-key", "secret": "alice-secret"}
    done = subprocess.run(
        [*program, str(NPM / "market_data.mjs")],
        input=json.dumps(order() | {"keys": keys} | where),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def judged(answers: list[dict[str, Any]]) -> Found:
    """What Node's ccxt answered, in words."""
    every = [method for _ in range(len(answers) // len(METHODS)) for method in METHODS]
    return {
        (method.title, it["profile"]): raised(it["error"])
        if "error" in it
        else outcome(method, it["answer"], it["now"])
        for method, it in zip(every, answers, strict=True)
    }
