"""Which follower each topic has."""

from bingx_client.streaming import readers
from bingx_client.streaming.account import Balances, Orders
from bingx_client.streaming.books import Books
from bingx_client.streaming.coinm import readers as coin_readers
from bingx_client.streaming.followers import Candles, Follower, Plain, Trades, Unknown
from bingx_client.streaming.swap import accounts as swap_accounts
from bingx_client.streaming.swap import markets as swap_markets
from bingx_client.streaming.swap import readers as swap_readers
from bingx_client.streaming.topics import Topic


def follower_of(topic: Topic) -> Follower:
    """The follower of a topic."""
    match topic.id:
        case "spot.trade" | "coinm.trade":
            return Trades(topic)
        case "spot.kline":
            return Candles(topic)
        case "spot.depth" | "swap.depth":
            return Plain(topic, readers.depth)
        case "spot.incrDepth" | "swap.incrDepth":
            return Books(topic)
        case "coinm.depth":
            return Plain(topic, coin_readers.depth)
        case "spot.ticker" | "swap.ticker":
            return Plain(topic, readers.ticker)
        case "coinm.ticker":
            return Plain(topic, coin_readers.ticker)
        case "spot.lastPrice" | "swap.lastPrice":
            return Plain(topic, readers.last_price)
        case "coinm.lastPrice":
            return Plain(topic, coin_readers.last_price)
        case "spot.bookTicker" | "swap.bookTicker" | "coinm.bookTicker":
            return Plain(topic, readers.book_ticker)
        case "spot.orders":
            return Orders(topic)
        case "spot.balances":
            return Balances(topic)
        case "swap.trade":
            return swap_markets.Trades(topic)
        case "swap.kline" | "coinm.kline":
            return swap_markets.Candles(topic)
        case "swap.markPrice" | "coinm.markPrice":
            return Plain(topic, swap_readers.mark_price)
        case "swap.orders" | "coinm.orders":
            return swap_accounts.Orders(topic)
        case "swap.wallets" | "coinm.wallets":
            return swap_accounts.Wallets(topic)
        case "swap.choices" | "coinm.choices":
            return swap_accounts.Choices(topic)
    return Unknown(topic)
