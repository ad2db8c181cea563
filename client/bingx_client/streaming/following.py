"""Which follower each topic has."""

from bingx_client.streaming import readers
from bingx_client.streaming.account import Balances, Orders
from bingx_client.streaming.books import Books
from bingx_client.streaming.followers import Candles, Follower, Plain, Trades, Unknown
from bingx_client.streaming.topics import Topic


def follower_of(topic: Topic) -> Follower:
    """The follower of a topic."""
    match topic.id:
        case "spot.trade":
            return Trades(topic)
        case "spot.kline":
            return Candles(topic)
        case "spot.depth":
            return Plain(topic, readers.depth)
        case "spot.incrDepth":
            return Books(topic)
        case "spot.ticker":
            return Plain(topic, readers.ticker)
        case "spot.lastPrice":
            return Plain(topic, readers.last_price)
        case "spot.bookTicker":
            return Plain(topic, readers.book_ticker)
        case "spot.orders":
            return Orders(topic)
        case "spot.balances":
            return Balances(topic)
    return Unknown(topic)
