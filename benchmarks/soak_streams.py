"""Who listens to a busy exchange: a bounded number of connections that come, meet faults, and go."""

import json
from random import Random

from bingx_fake.exchange import Exchange
from bingx_fake.streams.frames import Frame
from bingx_fake.streams.session import Session

MOST_LISTENERS = 8
TOPICS = (
    "BTC-USDT@trade",
    "BTC-USDT@bookTicker",
    "ETH-USDT@kline_1min",
    "spot.executionReport",
    "ACCOUNT_UPDATE",
)
FAULTS = ("ws-drop", "ws-duplicate", "ws-reorder", "ws-stall", "ws-close", "key-expire")


class _Reader:
    """Takes what is pushed, and keeps nothing of it."""

    def send(self, pushed: Frame) -> None:
        """Take a frame."""

    def close(self, code: int) -> None:
        """End."""

    def reset(self) -> None:
        """End."""


class StreamTraffic:
    """Listens to what happens on one exchange; what is pushed at intervals would take too long."""

    def __init__(self, exchange: Exchange, random: Random, users: list[int]) -> None:
        self._exchange, self._random, self._users = exchange, random, users
        self._open: list[Session] = []
        self._faults: list[str] = []

    def listen(self) -> None:
        """One comes, and the oldest goes where there are many; now and then something fails for a while."""
        exchange, random = self._exchange, self._random
        if len(self._open) >= MOST_LISTENERS:
            exchange.door.leave(self._open.pop(0))
        key = exchange.books.listen_keys.make(random.choice(self._users), exchange.clock.now_ms()).listen_key
        address = f"10.0.0.{random.randrange(256)}"
        if exchange.door.refusal("spot", key, address) is None:
            session = exchange.door.connect("spot", _Reader(), listen_key=key, address=address)
            self._open.append(session)
            for topic in TOPICS:
                exchange.door.receive(session, json.dumps({"id": topic, "dataType": topic}))
        if random.random() < 0.05:
            for fault_id in self._faults:
                exchange.remove_fault(fault_id)
            order = {"domain": "stream", "kind": random.choice(FAULTS), "for_ms": 5_000}
            self._faults = exchange.order_faults(order)
