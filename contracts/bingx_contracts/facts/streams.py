"""What can be subscribed to on streams, and what keeps a connection alive."""

from typing import Literal

import msgspec

from bingx_contracts.facts.base import Fact, Product, Text


class Topic(Fact, frozen=True, kw_only=True):
    """What can be subscribed to, and what is pushed then.

    :param id: product and name, such as ``spot.trade``.
    :param form: the ``dataType``, with ``{symbol}``, and ``{interval}`` or ``{levels}``, where they go.
    :param title: what is pushed, and when, in a few words.
    :param account: whether it is of an account, and wants a listen key.
    :param levels: how many levels a side may be asked for.
    :param every_ms: the time after which it is pushed again and again; None for what waits for its event.
    :param if_changed: whether that is only where something changed.
    :param push: one push as it is sent, JSON. A number with a fraction stands for an amount.
    :param as_text: where amounts are texts: variation id to answers.
    :param may_lack: fields that not every push has.
    """

    id: Text
    product: Product
    form: Text
    title: Text
    account: bool = False
    levels: tuple[int, ...] = ()
    every_ms: int | None = None
    if_changed: bool = False
    push: Text
    as_text: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    may_lack: tuple[Text, ...] = ()


class TopicInterval(Fact, frozen=True, kw_only=True):
    """What topics call a length of candles. ``sent`` marks the name that our client sends."""

    product: Product
    name: Text
    interval: Text
    sent: bool = False


class StreamRules(Fact, frozen=True, kw_only=True):
    """What holds for every connection.

    :param heartbeat_ms: how often the exchange asks whether the client is there.
    :param most_topics: of one connection.
    :param most_subscriptions: within ``subscriptions_window_ms``.
    :param most_connections: of one address.
    :param key_lifetime_ms: how long a listen key is valid from its making, and from each renewal.
    :param key_renewal_ms: how often renewing it is recommended.
    """

    heartbeat_ms: int
    most_topics: int
    most_subscriptions: int
    subscriptions_window_ms: int
    most_connections: int
    key_lifetime_ms: int
    key_renewal_ms: int


class StreamMessage(Fact, frozen=True, kw_only=True):
    """What is sent besides pushes, and by whom.

    :param message: it as it is sent: JSON, or text.
    """

    id: Text
    product: Product
    by: Literal["client", "exchange"]
    title: Text
    message: Text
