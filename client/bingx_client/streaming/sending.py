"""What is sent on a stream: requests for topics, no faster than they may come, and answers to heartbeats."""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from bingx_contracts import STREAM_RULES


class Requests:
    """Requests that wait to be sent, and those that wait for their answers. No id is used twice.

    So many may come in a time (D). When one came nobody knows before it is answered, so the time counts from
    the answer of the one so many before.
    """

    def __init__(self) -> None:
        self._number = 0
        self._waiting: deque[tuple[str, str]] = deque()
        self._asked: dict[str, tuple[str, str]] = {}
        self._latest: deque[str] = deque(maxlen=STREAM_RULES.most_subscriptions)
        self._answered_ms: dict[str, int] = {}

    def begin(self, names: Iterable[str]) -> None:
        """Subscribe to these on a new connection."""
        self.forget()
        self._waiting.extend((name, "sub") for name in names)

    def again(self, name: str) -> None:
        """Give a topic up and subscribe to it again, which has a snapshot sent."""
        if (name, "sub") not in self._waiting:
            self._waiting += [(name, "unsub"), (name, "sub")]

    def forget(self) -> None:
        """Nothing waits any more: the connection has ended."""
        self._waiting.clear()
        self._asked.clear()
        self._latest.clear()
        self._answered_ms.clear()

    @property
    def next_ms(self) -> int | None:
        """When the next one may be sent; None where none waits, or nobody knows before another answer."""
        if not self._waiting:
            return None
        if len(self._latest) < STREAM_RULES.most_subscriptions:
            return 0
        answered_ms = self._answered_ms.get(self._latest[0])
        return None if answered_ms is None else answered_ms + STREAM_RULES.subscriptions_window_ms + 1

    def due(self, now_ms: int) -> Iterator[tuple[str, str]]:
        """Each request that may be sent now: topic, and text."""
        while (next_ms := self.next_ms) is not None and next_ms <= now_ms:
            name, wanted = self._waiting.popleft()
            self._number += 1
            number = str(self._number)
            self._asked[number] = name, wanted
            if len(self._latest) == STREAM_RULES.most_subscriptions:
                self._answered_ms.pop(self._latest[0], None)
            self._latest.append(number)
            yield name, json.dumps({"id": number, "reqType": wanted, "dataType": name})

    def answered(self, number: str, now_ms: int) -> tuple[str | None, str]:
        """The topic that an answer is about, and what was wanted; None where it is about none."""
        if number in self._asked:
            self._answered_ms[number] = now_ms
        return self._asked.pop(number, (None, ""))


def pong(ping: dict[str, Any]) -> str:
    """The answer to a heartbeat of spot: the same digits and the same time (V92)."""
    answer = {"pong": ping["ping"]}
    if "time" in ping:
        answer["time"] = ping["time"]
    return json.dumps(answer, default=str)
