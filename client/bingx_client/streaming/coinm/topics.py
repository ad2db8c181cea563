"""What can be listened to on the stream of coin-margined perpetuals, as values."""

from bingx_client.streaming.topics import Topic, of_account, of_market, sent_interval, sent_levels


def trades(symbol: str) -> Topic:
    """Each trade of a market, such as ``BTC-USD``. Those that were missed cannot be asked for."""
    return of_market("coinm.trade", symbol)


def candles(symbol: str, interval: str) -> Topic:
    """The running candle.

    :param interval: how long it is, as ``klines`` has it: ``1m`` to ``1M``.
    """
    return of_market("coinm.kline", symbol, sent_interval("coinm", interval), interval)


def depth(symbol: str, levels: int = 20) -> Topic:
    """The best levels of the order book, every 500 ms. There are no increments of it.

    :param levels: a side: 5, 10, 20, 50 or 100.
    """
    return of_market("coinm.depth", symbol, sent_levels("coinm.depth", levels), str(levels))


def ticker(symbol: str) -> Topic:
    """What a market did in the last 24 hours, every second."""
    return of_market("coinm.ticker", symbol)


def last_price(symbol: str) -> Topic:
    """What was paid last, with each trade."""
    return of_market("coinm.lastPrice", symbol)


def mark_price(symbol: str) -> Topic:
    """The price that positions are valued at, when it changes."""
    return of_market("coinm.markPrice", symbol)


def book_ticker(symbol: str) -> Topic:
    """The best prices of a market, when they change."""
    return of_market("coinm.bookTicker", symbol)


def orders() -> Topic:
    """What happens to your orders, in every market."""
    return of_account("coinm.orders")


def account() -> Topic:
    """Your wallets and positions, when they change."""
    return of_account("coinm.wallets")


def choices() -> Topic:
    """Your leverage and type of margin in every market: all on connecting, then those that change."""
    return of_account("coinm.choices")
