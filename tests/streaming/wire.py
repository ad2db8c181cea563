"""An exchange by hand: frames for the core of a stream, without sockets, on a clock that a test sets."""

import gzip
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bingx_client import streams
from bingx_client.streaming.actions import Action, Ask, Connect, Disconnect, Options, Send
from bingx_client.streaming.core import StreamCore
from bingx_client.streaming.topics import Topic

BTC = "BTC-USDT"
NOW_MS = 1_700_000_000_000
KEY = "ab" * 32


def packed(message: Any) -> bytes:
    """A frame as the exchange sends it: an object as JSON, or text, compressed."""
    text = message if isinstance(message, str) else json.dumps(message)
    return gzip.compress(text.encode(), mtime=0)


class Wire:
    """A stream's core and the other end of its connection. ``at_ms`` is its clock; nothing else moves it."""

    def __init__(self, *topics: Topic, close_gaps: bool = False, most_waiting: int = 1_000) -> None:
        options = Options(close_gaps, 15_000, most_waiting, jitter=lambda most_ms: most_ms)
        self.core = StreamCore(topics, options)
        self.topics = topics
        self.at_ms = 50_000
        self.actions: list[Action] = []

    def begin(self) -> "Wire":
        """Connect and subscribe; what that tells is read."""
        self.core.begin(self.at_ms)
        self.open()
        self.events()
        return self

    def open(self) -> None:
        """Give a key where one is asked for, let the connection stand, and acknowledge every subscription."""
        for asked in self.taken(Ask):
            self.core.answered(self.at_ms, asked.number, KEY)
        assert [type(action) for action in self.take()] == [Connect]
        self.core.connected(self.at_ms)
        self.acknowledge()

    def take(self) -> list[Action]:
        """What the core wants done, once."""
        taken = [*self.actions, *self.core.actions]
        self.actions = []
        self.core.actions.clear()
        return taken

    def taken(self, kind: type[Any]) -> list[Any]:
        """The same of one kind; others stay."""
        everything = self.take()
        self.actions = [action for action in everything if not isinstance(action, kind)]
        return [action for action in everything if isinstance(action, kind)]

    def sent(self) -> list[Any]:
        """What was sent, once, read as JSON where it is that."""
        texts = [send.text for send in self.taken(Send)]
        return [json.loads(text) if text.startswith("{") else text for text in texts]

    def acknowledge(self) -> list[str]:
        """Acknowledge what was sent; give the topics, with - before one that was given up."""
        named = []
        for request in self.sent():
            self.frame({"code": 0, "id": request["id"], "msg": "SUCCESS", "timestamp": NOW_MS})
            named.append(("-" if request["reqType"] == "unsub" else "") + request["dataType"])
        return named

    def frame(self, message: Any) -> None:
        """Send the core a frame."""
        self.core.received(self.at_ms, message if isinstance(message, bytes) else packed(message))

    def push(self, topic: Topic, data: Mapping[str, Any], **more: Any) -> None:
        """Push something of a topic."""
        self.frame({"code": 0, "data": data, "dataType": topic.name, "success": True, **more})

    def wait(self, ms: int) -> None:
        """Let time pass, waking the core when it wants to be."""
        until_ms = self.at_ms + ms
        while (wake_ms := self.core.wake_ms) is not None and wake_ms <= until_ms:
            self.at_ms = max(wake_ms, self.at_ms)
            self.core.tick(self.at_ms)
        self.at_ms = until_ms

    def reconnect(self) -> None:
        """Break the connection, and let it stand again."""
        self.core.lost(self.at_ms, "the connection broke off")
        self.wait(31_000)
        self.open()

    def events(self) -> list[Any]:
        """What was told, once."""
        told = [*self.core.events]
        self.core.events.clear()
        return told

    def names(self) -> list[str]:
        """The kinds of what was told, once."""
        return [type(event).__name__ for event in self.events()]


def trade(number: int, price: str = "60000", quantity: str = "0.1") -> dict[str, Any]:
    """A trade as it is pushed."""
    at_ms = NOW_MS + number
    told = {"E": at_ms, "T": at_ms, "e": "trade", "m": True, "p": price, "q": quantity, "s": BTC}
    return {**told, "t": str(number)}


def book(action: str, number: int, bids: Mapping[str, str], asks: Mapping[str, str]) -> dict[str, Any]:
    """A push of an order book as it is sent."""
    rows = {"bids": [*bids.items()], "asks": [*asks.items()]}
    return {"action": action, **rows, "lastUpdateId": number, "time": NOW_MS + number}


def report(
    order_id: int, execution: str, status: str, filled: str = "0", last: str = "0", at_ms: int = NOW_MS
) -> dict[str, Any]:
    """A report on an order of 1 BTC as it is pushed."""
    numbers = {"q": 1, "p": 60000, "z": float(filled), "l": float(last), "L": 60000, "n": -0.001}
    worth = {"Z": float(Decimal(filled) * 60000), "Y": float(Decimal(last) * 60000), "Q": 0}
    names = {"e": "executionReport", "s": BTC, "S": "BUY", "o": "LIMIT", "x": execution, "X": status}
    rest = {"E": at_ms, "O": NOW_MS, "T": at_ms, "t": 7, "N": "BTC", "m": True, "i": order_id}
    return {**names, **numbers, **worth, **rest}


def change(free: str, at_ms: int = NOW_MS, asset: str = "USDT", reason: str = "ORDER") -> dict[str, Any]:
    """An update of balances as it is pushed."""
    row = {"a": asset, "bc": "0", "cw": free, "wb": free, "lk": "0"}
    return {"e": "ACCOUNT_UPDATE", "E": at_ms, "T": at_ms, "a": {"m": reason, "B": [row]}}


__all__ = [
    "BTC",
    "KEY",
    "NOW_MS",
    "Disconnect",
    "Wire",
    "book",
    "change",
    "packed",
    "report",
    "streams",
    "trade",
]
