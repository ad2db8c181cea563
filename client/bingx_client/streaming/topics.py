"""What can be listened to on the stream of the spot markets: topics as values, by the contract's forms."""

from dataclasses import dataclass

from bingx_client.errors import ParameterError
from bingx_client.wire.parameters import check_value
from bingx_contracts import RULES, TOPIC_INTERVALS, TOPICS

_SENT = {row.interval: row.name for row in TOPIC_INTERVALS if row.product == "spot" and row.sent}
_INTERVALS = {row.name: row.interval for row in TOPIC_INTERVALS if row.product == "spot"}
_FORMS = {
    topic.id: (topic.form.split("@", 1)[1].split("{")[0] if "@" in topic.form else topic.form)
    for topic in TOPICS.values()
    if topic.product == "spot"
}
"""By topic, what stands behind its symbol and before its argument."""
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Topic:
    """Something to listen to.

    :param name: the ``dataType`` that is sent.
    :param id: which topic of the contract it is; ``other`` where it is none of them.
    :param symbol: the market's; empty for topics of the account.
    :param argument: the interval as ``klines`` has it, or how many levels.
    :param symbols: of reports on orders, the markets whose fills close a gap.
    """

    name: str
    id: str = OTHER
    symbol: str = ""
    argument: str = ""
    symbols: tuple[str, ...] = ()

    @property
    def is_account(self) -> bool:
        """Whether it wants a listen key."""
        return self.id in TOPICS and TOPICS[self.id].account

    @property
    def every_ms(self) -> int | None:
        """How often it is pushed whether or not anything changed; None where nothing may be to be told."""
        known = TOPICS.get(self.id)
        return None if known is None or known.if_changed else known.every_ms


def trades(symbol: str) -> Topic:
    """Each trade of a market, such as ``BTC-USDT``."""
    return _of_market("spot.trade", symbol)


def candles(symbol: str, interval: str) -> Topic:
    """The running candle.

    :param interval: how long it is, as ``klines`` has it: ``1m`` to ``1M``.
    """
    if interval not in _SENT:
        raise ParameterError(f"interval must be one of {', '.join(_SENT)}, not {interval!r}")
    return _of_market("spot.kline", symbol, _SENT[interval], interval)


def depth(symbol: str, levels: int = 20) -> Topic:
    """The best levels of the order book, every 300 ms.

    :param levels: a side: 5, 10, 20, 50 or 100.
    """
    allowed = TOPICS["spot.depth"].levels
    if levels not in allowed:
        raise ParameterError(f"levels must be one of {', '.join(map(str, allowed))}, not {levels!r}")
    return _of_market("spot.depth", symbol, str(levels), str(levels))


def book(symbol: str) -> Topic:
    """The whole order book, kept up to date by its increments: ``Book`` events."""
    return _of_market("spot.incrDepth", symbol)


def ticker(symbol: str) -> Topic:
    """What a market did in the last 24 hours, every second."""
    return _of_market("spot.ticker", symbol)


def last_price(symbol: str) -> Topic:
    """What was paid last, when it changes."""
    return _of_market("spot.lastPrice", symbol)


def book_ticker(symbol: str) -> Topic:
    """The best prices of a market, when they change."""
    return _of_market("spot.bookTicker", symbol)


def orders(*symbols: str) -> Topic:
    """What happens to your orders, in every market.

    :param symbols: the markets that you trade, whose fills have to be asked for after a gap; markets of which
        there was a report are added. The orders themselves are asked for in every market.
    """
    checked = tuple(_symbol(symbol) for symbol in symbols)
    return Topic(TOPICS["spot.orders"].form, "spot.orders", symbols=checked)


def balances() -> Topic:
    """Your balances in the spot account."""
    return Topic(TOPICS["spot.balances"].form, "spot.balances")


def named(name: str) -> Topic:
    """The topic of a ``dataType`` as the exchange spells it. One that is not known is ``other``.

    :raises ParameterError: where it is no text.
    """
    if not isinstance(name, str) or not name or len(name) > 200:
        raise ParameterError(f"a topic is a Topic or its dataType, such as 'BTC-USDT@trade', not {name!r}")
    symbol, _, rest = name.partition("@")
    for topic_id, head in _FORMS.items():
        if name == head:
            return Topic(name, topic_id)
        argument = rest.removeprefix(head)
        if not (rest.startswith(head) and symbol):
            continue
        match topic_id:
            case "spot.kline" if argument in _INTERVALS:
                return Topic(name, topic_id, symbol, _INTERVALS[argument])
            case "spot.depth" if argument == "" or argument.isdecimal():
                return Topic(name, topic_id, symbol, argument or "20")
            case _ if argument == "" and topic_id not in ("spot.kline", "spot.depth"):
                return Topic(name, topic_id, symbol)
    return Topic(name)


def _of_market(topic_id: str, symbol: str, sent: str = "", argument: str = "") -> Topic:
    checked = _symbol(symbol)
    form = TOPICS[topic_id].form
    name = form.format(symbol=checked, interval=sent, levels=sent)
    return Topic(name, topic_id, checked, argument)


def _symbol(symbol: str) -> str:
    return str(check_value(RULES["marketSymbol"], "symbol", symbol))
