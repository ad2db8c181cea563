"""What can be listened to on the stream of perpetuals, as values."""

from bingx_client.errors import ParameterError
from bingx_client.streaming.topics import Topic, of_account, of_market, sent_interval, sent_levels, symbol_of

PACES = (200, 500)


def trades(symbol: str) -> Topic:
    """Each trade of a market, such as ``BTC-USDT``."""
    return of_market("swap.trade", symbol)


def candles(symbol: str, interval: str) -> Topic:
    """The running candle.

    :param interval: how long it is, as ``klines`` has it: ``1m`` to ``1M``.
    """
    return of_market("swap.kline", symbol, sent_interval("swap", interval), interval)


def depth(symbol: str, levels: int = 20, *, every_ms: int = 500) -> Topic:
    """The best levels of the order book.

    :param levels: a side: 5, 10, 20, 50 or 100.
    :param every_ms: 500, or 200, which the documents have for BTC-USDT and ETH-USDT.
    """
    sent = sent_levels("swap.depth", levels)
    if every_ms not in PACES:
        raise ParameterError(f"every_ms must be one of {', '.join(map(str, PACES))}, not {every_ms!r}")
    checked = symbol_of(symbol)
    return Topic(f"{checked}@depth{sent}@{every_ms}ms", "swap.depth", checked, sent)


def book(symbol: str) -> Topic:
    """The whole order book, kept up to date by its increments: ``Book`` events."""
    return of_market("swap.incrDepth", symbol)


def ticker(symbol: str) -> Topic:
    """What a market did in the last 24 hours, every second."""
    return of_market("swap.ticker", symbol)


def last_price(symbol: str) -> Topic:
    """What was paid last, with each trade."""
    return of_market("swap.lastPrice", symbol)


def mark_price(symbol: str) -> Topic:
    """The price that positions are valued at, when it changes."""
    return of_market("swap.markPrice", symbol)


def book_ticker(symbol: str) -> Topic:
    """The best prices of a market, every 200 ms."""
    return of_market("swap.bookTicker", symbol)


def orders() -> Topic:
    """What happens to your orders, in every market."""
    return of_account("swap.orders")


def account() -> Topic:
    """Your wallets and positions, when they change."""
    return of_account("swap.wallets")


def choices() -> Topic:
    """Your leverage and type of margin in every market: all on connecting, then those that change."""
    return of_account("swap.choices")
