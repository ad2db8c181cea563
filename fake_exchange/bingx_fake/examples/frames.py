"""A frame of each topic, and of what else the exchange says on a connection, as they go over the wire."""

import gzip
import json
from collections.abc import Iterator

from bingx_contracts import ENDPOINTS, TOPICS
from bingx_fake.examples.asking import AT_MS, ask, exchange_of
from bingx_fake.profiles.choice import Profile
from bingx_fake.streams.frames import Frame
from bingx_fake.streams.session import Session

_SYMBOL = "BTC-USDT"
_ORDER = {"symbol": _SYMBOL, "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "70000"}
_MOVED_TO = 6_100_050
"""In ticks of 0.01."""
_SECOND_MS = 1_000


class _Kept:
    """A connection that keeps what is sent on it."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def send(self, pushed: Frame) -> None:
        """Keep a frame."""
        self.frames.append(pushed)

    def close(self, code: int) -> None:
        """Nothing is held open."""

    def reset(self) -> None:
        """The same."""


def frames(profile: Profile) -> Iterator[tuple[str, bytes]]:
    """Each frame by its name: a topic's id, or what is said; the same every time."""
    exchange = exchange_of(profile)
    (uid, *_) = exchange.books.directory.users
    key = exchange.books.listen_keys.take("0f1e2d3c4b5a6978" * 4, uid, AT_MS)
    kept = _Kept()
    session = exchange.streams.connect("spot", kept, listen_key=key.listen_key)
    names = {
        topic.id: topic.form.format(symbol=_SYMBOL, interval="1min", levels="5")
        for topic in TOPICS.values()
        if topic.product == "spot"
    }
    for name in names.values():
        _subscribe(session, name)
    yield "spot.acknowledgement", kept.frames[0].data
    ask(exchange, ENDPOINTS["spot_trade.place_order"], _ORDER)
    exchange.books.floor.move(("spot", _SYMBOL), _MOVED_TO, AT_MS)
    exchange.clock.advance(_SECOND_MS)
    exchange.keep_up()
    pushed = {_topic(frame.data): frame.data for frame in kept.frames}
    for topic_id, name in names.items():
        yield topic_id, pushed[name]
    kept.frames.clear()
    _subscribe(session, "NO-SUCH@trade")
    session.beat()
    exchange.books.listen_keys.end(key.listen_key, AT_MS + _SECOND_MS)
    for said, frame in zip(("error", "ping", "listenKeyExpired"), kept.frames, strict=True):
        yield f"spot.{said}", frame.data


def _subscribe(session: Session, name: str) -> None:
    session.receive(json.dumps({"id": name, "reqType": "sub", "dataType": name}))


def _topic(frame: bytes) -> str:
    """What a push is of; the account's balances say it in another place."""
    message = json.loads(gzip.decompress(frame))
    return str(message.get("dataType") or message.get("e"))
