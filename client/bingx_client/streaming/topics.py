"""What can be listened to: topics as values, by the contract's forms, and those of the spot markets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bingx_client.errors import ParameterError
from bingx_client.wire.parameters import check_value
from bingx_contracts import RULES, TOPIC_INTERVALS, TOPICS, Product

_SENT = {(row.product, row.interval): row.name for row in TOPIC_INTERVALS if row.sent}
_INTERVALS = {(row.product, row.name): row.interval for row in TOPIC_INTERVALS}
_FORMS: dict[Product, dict[str, str]] = {}
"""By product and topic, what stands behind its symbol and before its argument."""
for _topic in TOPICS.values():
    _, _at, _behind = _topic.form.partition("@")
    _FORMS.setdefault(_topic.product, {})[_topic.id] = _behind.split("{")[0] if _at else _topic.form
_OTHER_EVENTS: Mapping[str, str] = {"TRADE_UPDATE": "ORDER_TRADE_UPDATE"}
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Topic:
    """Something to listen to.

    :param name: the ``dataType`` that is sent.
    :param id: which topic of the contract it is; ``other`` where it is none of them.
    :param symbol: the market's; empty for topics of the account.
    :param argument: the interval as ``klines`` has it, or how many levels.
    :param symbols: of reports on spot orders, the markets whose fills close a gap.
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
    def product(self) -> Product | None:
        """Of which stream it is: ``spot``, ``swap`` or ``coinm``; None where that is not known."""
        return TOPICS[self.id].product if self.id in TOPICS else None

    @property
    def comes_by_itself(self) -> bool:
        """Whether an account's connection tells it unasked, as all but that of spot does (R, D, O)."""
        return self.is_account and self.product != "spot"

    @property
    def every_ms(self) -> int | None:
        """How often it is pushed whether or not anything changed; None where nothing may be to be told."""
        known = TOPICS.get(self.id)
        return None if known is None or known.if_changed or known.account else known.every_ms


def trades(symbol: str) -> Topic:
    """Each trade of a market, such as ``BTC-USDT``."""
    return of_market("spot.trade", symbol)


def candles(symbol: str, interval: str) -> Topic:
    """The running candle.

    :param interval: how long it is, as ``klines`` has it: ``1m`` to ``1M``.
    """
    return of_market("spot.kline", symbol, sent_interval("spot", interval), interval)


def depth(symbol: str, levels: int = 20) -> Topic:
    """The best levels of the order book, every 300 ms.

    :param levels: a side: 5, 10, 20, 50 or 100.
    """
    return of_market("spot.depth", symbol, sent_levels("spot.depth", levels), str(levels))


def book(symbol: str) -> Topic:
    """The whole order book, kept up to date by its increments: ``Book`` events."""
    return of_market("spot.incrDepth", symbol)


def ticker(symbol: str) -> Topic:
    """What a market did in the last 24 hours, every second."""
    return of_market("spot.ticker", symbol)


def last_price(symbol: str) -> Topic:
    """What was paid last, when it changes."""
    return of_market("spot.lastPrice", symbol)


def book_ticker(symbol: str) -> Topic:
    """The best prices of a market, when they change."""
    return of_market("spot.bookTicker", symbol)


def orders(*symbols: str) -> Topic:
    """What happens to your orders, in every market.

    :param symbols: the markets that you trade, whose fills have to be asked for after a gap; markets of which
        there was a report are added. The orders themselves are asked for in every market.
    """
    checked = tuple(symbol_of(symbol) for symbol in symbols)
    return Topic(TOPICS["spot.orders"].form, "spot.orders", symbols=checked)


def balances() -> Topic:
    """Your balances in the spot account."""
    return of_account("spot.balances")


def named(name: str, product: Product = "spot") -> Topic:
    """The topic of a ``dataType`` as the exchange spells it. One that is not known is ``other``.

    :param product: on whose stream: ``spot``, ``swap`` or ``coinm``.
    :raises ParameterError: where it is no text.
    """
    if not isinstance(name, str) or not name or len(name) > 200:
        raise ParameterError(f"a topic is a Topic or its dataType, such as 'BTC-USDT@trade', not {name!r}")
    symbol, _, rest = name.partition("@")
    for topic_id, head in _FORMS.get(product, {}).items():
        if name == head:
            return Topic(name, topic_id)
        argument = rest.removeprefix(head)
        if not (rest.startswith(head) and symbol):
            continue
        match topic_id.partition(".")[2]:
            case "kline":
                if (product, argument) in _INTERVALS:
                    return Topic(name, topic_id, symbol, _INTERVALS[product, argument])
            case "depth":
                levels, pace, _ = argument.partition("@")
                if (levels == "" or levels.isdecimal()) and (not pace or product == "swap"):
                    known = Topic(name, topic_id, symbol, levels or "20")
                    # Perpetuals push it by its pace, also where it was asked for without one (O, P).
                    return known if pace or product != "swap" else replace(known, name=f"{name}@500ms")
            case _ if argument == "":
                return Topic(name, topic_id, symbol)
    return Topic(name)


def event_topic(event: str) -> str:
    """The topic that a bare event of an account's belongs to (V102)."""
    return _OTHER_EVENTS.get(event, event)


def by_themselves(product: Product | None) -> frozenset[str]:
    """The topics that an account's connection tells unasked."""
    forms = (topic for topic in TOPICS.values() if topic.account and topic.product == product)
    return frozenset(topic.form for topic in forms if topic.product != "spot")


def sent_interval(product: Product, interval: str) -> str:
    """What a topic calls a length of candles.

    :raises ParameterError: where there are none of that length.
    """
    if (product, interval) not in _SENT:
        known = ", ".join(name for of, name in _SENT if of == product)
        raise ParameterError(f"interval must be one of {known}, not {interval!r}")
    return _SENT[product, interval]


def sent_levels(topic_id: str, levels: int) -> str:
    """How many levels of an order book, as a topic has it.

    :raises ParameterError: for a number that it is not pushed with.
    """
    allowed = TOPICS[topic_id].levels
    if levels not in allowed:
        raise ParameterError(f"levels must be one of {', '.join(map(str, allowed))}, not {levels!r}")
    return str(levels)


def of_account(topic_id: str) -> Topic:
    """A topic of an account, which is of every market."""
    return Topic(TOPICS[topic_id].form, topic_id)


def of_market(topic_id: str, symbol: str, sent: str = "", argument: str = "") -> Topic:
    """A topic of a market.

    :param sent: the interval or the levels as they are sent; ``argument`` is what ``Topic`` keeps of it.
    """
    checked = symbol_of(symbol)
    form = TOPICS[topic_id].form
    name = form.format(symbol=checked, interval=sent, levels=sent)
    return Topic(name, topic_id, checked, argument)


def symbol_of(symbol: str) -> str:
    """The symbol of a market, checked."""
    return str(check_value(RULES["marketSymbol"], "symbol", symbol))
