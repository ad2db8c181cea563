"""A frame of each topic, and of what else the exchange says on a connection, as they go over the wire."""

import gzip
import json
from collections.abc import Iterator
from typing import NamedTuple

from bingx_contracts import ENDPOINTS, TOPICS, Product
from bingx_fake.examples.asking import AT_MS, ask, exchange_of
from bingx_fake.exchange import Exchange
from bingx_fake.profiles.choice import Profile
from bingx_fake.streams.frames import Frame
from bingx_fake.streams.session import Session


class _Scene(NamedTuple):
    """What happens on a product's stream, so that every topic has something to tell.

    :param endpoint_id: where an order is placed that fills at once; ``moved_to`` is in ticks.
    """

    symbol: str
    interval: str
    endpoint_id: str
    order: dict[str, str]
    moved_to: int
    passes_ms: int


_BOUGHT = {"symbol": "BTC-USDT", "side": "BUY", "quantity": "0.001"}
_SCENES: dict[Product, _Scene] = {
    "spot": _Scene(
        "BTC-USDT",
        "1min",
        "spot_trade.place_order",
        _BOUGHT | {"type": "LIMIT", "price": "70000"},
        6_100_050,
        1_000,
    ),
    "swap": _Scene(
        "BTC-USDT",
        "1m",
        "swap_trade.place_order",
        _BOUGHT | {"type": "MARKET", "positionSide": "BOTH"},
        610_005,
        5_000,
    ),
    "coinm": _Scene(
        "BTC-USD",
        "1m",
        "coinm_trade.place_order",
        {"symbol": "BTC-USD", "side": "BUY", "quantity": "1", "type": "MARKET", "positionSide": "BOTH"},
        610_005,
        5_000,
    ),
}


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
    for product, scene in _SCENES.items():
        yield from _frames_of(product, scene, exchange_of(profile))


def _frames_of(product: Product, scene: _Scene, exchange: Exchange) -> Iterator[tuple[str, bytes]]:
    (uid, *_) = exchange.books.directory.users
    key = exchange.books.listen_keys.take("0f1e2d3c4b5a6978" * 4, uid, AT_MS)
    kept = _Kept()
    session = exchange.streams.connect(product, kept, listen_key=key.listen_key)
    came = len(kept.frames)
    topics = [topic for topic in TOPICS.values() if topic.product == product]
    names = {it.id: it.form.format(symbol=scene.symbol, interval=scene.interval, levels="5") for it in topics}
    for topic in topics:
        if not topic.account or product == "spot":  # elsewhere those of an account come by themselves
            _subscribe(session, names[topic.id])
    yield f"{product}.acknowledgement", kept.frames[came].data
    ask(exchange, ENDPOINTS[scene.endpoint_id], scene.order)
    exchange.books.floor.move((product, scene.symbol), scene.moved_to, AT_MS)
    exchange.clock.advance(scene.passes_ms)
    exchange.keep_up()
    pushed = {_topic(frame.data): frame.data for frame in kept.frames}
    for topic_id, name in names.items():
        yield topic_id, pushed[name]
    kept.frames.clear()
    _subscribe(session, "NO-SUCH@trade")
    session.beat()
    exchange.books.listen_keys.end(key.listen_key, AT_MS + scene.passes_ms)
    for said, frame in zip(("error", "ping", "listenKeyExpired"), kept.frames, strict=True):
        yield f"{product}.{said}", frame.data


def _subscribe(session: Session, name: str) -> None:
    session.receive(json.dumps({"id": name, "reqType": "sub", "dataType": name}))


def _topic(frame: bytes) -> str:
    """What a push is of; the account's balances say it in another place."""
    text = gzip.decompress(frame)
    message = json.loads(text) if text.startswith(b"{") else {}
    return str(message.get("dataType") or message.get("e"))
