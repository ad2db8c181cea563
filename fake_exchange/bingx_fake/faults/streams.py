"""Faults on streams: the kinds there are, and what each of them strikes.

What is done to a connection or to what is pushed to it is ``streams.failing``'s business.
"""

from fnmatch import fnmatchcase

import msgspec

from bingx_fake.faults.fault import STREAM, ActsOn, Fault, Kind
from bingx_fake.venue.instruments import Product

ACCOUNT = "account"
"""What every event of an account goes by, besides the topic that it may have."""

ON_STREAMS: tuple[ActsOn, ...] = ("handshake", "stream", "silence", "push", "key")


class Struck(msgspec.Struct, frozen=True):
    """What a fault may strike: a connection, or what is pushed to one.

    :param uid: whose account the connection shows; None for nobody's.
    :param topics: the names by which a push goes; none for a connection as a whole.
    :param is_update: it is an increment of an order book, and not all of it.
    """

    product: Product
    uid: int | None
    topics: tuple[str, ...] = ()
    is_update: bool = False


def strikes(fault: Fault, struck: Struck) -> bool:
    """Whether a fault is ordered for this, whatever the time and however often it has struck."""
    topic = fault.topic
    return (
        (fault.stream is None or fault.stream == struck.product)
        and (fault.uid is None or fault.uid == struck.uid)
        and (topic is None or any(fnmatchcase(name, topic) for name in struck.topics))
        and (fault.kind != WS_GAP.name or struck.is_update)
    )


_COUNTED = frozenset({"skip", "times", "probability"})
_CONNECTION = frozenset({"stream", "uid"})
_PUSH = _CONNECTION | {"topic"}


def _kind(
    name: str,
    acts_on: ActsOn,
    fields: frozenset[str],
    *,
    needs: frozenset[str] = frozenset(),
    times: int | None = None,
) -> Kind:
    return Kind(
        name=name,
        fields=fields,
        needs=needs,
        may_fall_back=False,
        acts_on=acts_on,
        domains=STREAM,
        times=times,
    )


WS_REFUSE = _kind("ws-refuse", "handshake", _CONNECTION | _COUNTED | {"status"})
"""The handshake is answered with an HTTP ``status``."""

WS_CLOSE = _kind("ws-close", "stream", _CONNECTION | _COUNTED | {"close_code"})
"""Closed with ``close_code``: now, and each new connection while in force."""

WS_RESET = _kind("ws-reset", "stream", _CONNECTION | _COUNTED)
"""TCP RST, the same way."""

WS_SILENT = _kind("ws-silent", "silence", _CONNECTION)
"""Connected, and nothing is sent: no data, no answers, no heartbeat."""

WS_STALL = _kind("ws-stall", "push", _PUSH)
"""Connected, heartbeats and answers go on, and no data come. What was to be told meanwhile never comes."""

WS_DROP = _kind("ws-drop", "push", _PUSH | _COUNTED)
"""Messages are lost."""

WS_DUPLICATE = _kind("ws-duplicate", "push", _PUSH | _COUNTED)
"""Messages come twice."""

WS_DELAY = _kind("ws-delay", "push", _PUSH | _COUNTED | {"ms"}, needs=frozenset({"ms"}))
"""Messages come ``ms`` later, on the exchange's clock."""

WS_REORDER = _kind("ws-reorder", "push", _PUSH | _COUNTED)
"""A message comes after the next one that the fault is for on the same connection."""

WS_GAP = _kind("ws-gap", "push", _PUSH | _COUNTED, times=1)
"""An increment of an order book is missing: one, where ``times`` does not say more."""

KEY_EXPIRE = _kind("key-expire", "key", frozenset({"uid"}))
"""The listen keys that there are when it begins end, of a ``uid`` or all, with their event."""

STREAM_KINDS = (
    WS_REFUSE,
    WS_CLOSE,
    WS_RESET,
    WS_SILENT,
    WS_STALL,
    WS_DROP,
    WS_DUPLICATE,
    WS_DELAY,
    WS_REORDER,
    WS_GAP,
    KEY_EXPIRE,
)
