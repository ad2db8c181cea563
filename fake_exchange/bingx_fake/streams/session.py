"""One connection of a client's: what it has subscribed to, and what it is answered. No sockets."""

import json
from collections import deque
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Protocol

from bingx_contracts import STREAM_RULES
from bingx_fake.gateway.refusal import BAD_PARAMETER, RATE_LIMITED
from bingx_fake.streams.frames import Frame, frame
from bingx_fake.streams.heartbeats import heartbeat
from bingx_fake.streams.topics import NoSuchTopic, Topic, pushed_as, read_topic
from bingx_fake.streams.watch import Watch
from bingx_fake.venue.instruments import Product

MOST_TOPICS = STREAM_RULES.most_topics
"""For one connection (D)."""
_MOST_ASKED, _WINDOW_MS = STREAM_RULES.most_subscriptions, STREAM_RULES.subscriptions_window_ms
_TOO_MANY_TOPICS = 80403
_EMPTY = 80014
_PONGS = ("pong", '"pong"')


class Subscriptions(Protocol):
    """Who has to know what sessions subscribe to."""

    def check(self, topic: Topic) -> None:
        """Refuse a topic of a market that there is not.

        :raises NoSuchTopic: saying so.
        """

    def subscribed(self, session: "Session", topic: Topic) -> None:
        """A session has a topic, and was told so."""

    def unsubscribed(self, session: "Session", topic: Topic) -> None:
        """It has it no longer."""

    def send(self, session: "Session", pushed: Frame) -> None:
        """Something is to be sent to a session, by ``deliver``, unless something goes wrong."""

    def is_silent(self, session: "Session") -> bool:
        """Whether nothing at all is sent to it."""

    @property
    def watch(self) -> Watch:
        """Who is told what clients do."""


class Connection(Protocol):
    """What carries frames to a client."""

    def send(self, pushed: Frame) -> None:
        """Take a frame that is to go out after those before it. Never waits."""

    def close(self, code: int) -> None:
        """End it with a code of RFC 6455, once everything before has gone out."""

    def reset(self) -> None:
        """Break it off (TCP RST), whatever has not gone out."""


class Session:
    """One connection.

    :param number: tells it from all others.
    :param uid: whose account it shows; None for a connection without a listen key.
    :param now_ms: the exchange's clock.
    """

    def __init__(
        self,
        number: int,
        product: Product,
        subscriptions: Subscriptions,
        connection: Connection,
        *,
        now_ms: Callable[[], int],
        uid: int | None = None,
        listen_key: str | None = None,
        address: str = "",
        has_limits: bool = False,
    ) -> None:
        self.number, self.product, self.uid, self.listen_key = number, product, uid, listen_key
        self.address = address
        self.topics: dict[str, Topic] = {}
        self.sent = 0
        self._unanswered = 0
        self._beats = 0
        self.is_ended = False
        self._asked_ms: deque[int] | None = deque() if has_limits else None
        self._subscriptions, self._connection, self._now_ms = subscriptions, connection, now_ms

    def push(self, pushed: Frame) -> None:
        """Send something, which may go wrong."""
        self._subscriptions.send(self, pushed)

    def deliver(self, pushed: Frame) -> None:
        """Hand something to the connection."""
        self.sent += 1
        self._connection.send(pushed)

    def close(self, code: int) -> None:
        """End the connection."""
        self.is_ended = True
        self._connection.close(code)

    def reset(self) -> None:
        """Break the connection off."""
        self.is_ended = True
        self._connection.reset()

    @property
    def is_silent(self) -> bool:
        """Whether nothing at all is sent."""
        return self._subscriptions.is_silent(self)

    def beat(self) -> int:
        """Ask whether the client is there; how many times it has been asked since its last answer."""
        if self.is_silent:
            return self._unanswered
        self._beats += 1
        self._unanswered += 1
        digits = sha256(f"{self.number} {self._beats}".encode()).hexdigest()[:32]
        self.push(heartbeat(self.product, digits, self._now_ms()))
        self._subscriptions.watch.unanswered(self, self._unanswered)
        return self._unanswered

    def receive(self, text: str) -> None:
        """Take a message of the client's, and answer it where it wants to be answered."""
        if text.strip().lower() in _PONGS:
            self._unanswered = 0
            return
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            self.refuse(BAD_PARAMETER, "the message is no JSON")
            return
        if not isinstance(message, dict):
            self.refuse(BAD_PARAMETER, "the message is no JSON object")
        elif "pong" in message:
            self._unanswered = 0
        elif "ping" in message:
            self.push(frame({"pong": message["ping"]}))
        elif not message:
            self.refuse(_EMPTY, "the message is empty")
        else:
            self._take_request(message)

    def _take_request(self, message: dict[str, Any]) -> None:
        request_id, wanted, name = message.get("id"), message.get("reqType", "sub"), message.get("dataType")
        if wanted not in ("sub", "unsub"):
            self.refuse(
                BAD_PARAMETER, f"reqType {str(wanted)[:20]!r} is neither 'sub' nor 'unsub'", request_id
            )
            return
        if not isinstance(name, str):
            self.refuse(BAD_PARAMETER, "dataType is missing", request_id)
            return
        watch = self._subscriptions.watch
        if self._is_too_often():
            self.refuse(RATE_LIMITED, f"a connection subscribes {_MOST_ASKED} times a second", request_id)
            watch.asked(self, wanted, name, RATE_LIMITED)
            return
        if wanted == "unsub":
            given_up = self.topics.pop(pushed_as(self.product, name), None)
            self._acknowledge(request_id)
            watch.asked(self, "unsub", name, 0)
            if given_up is not None:
                self._subscriptions.unsubscribed(self, given_up)
            return
        try:
            topic = read_topic(self.product, name)
            if not topic.symbol and self.uid is None:
                raise NoSuchTopic(f"{name} is of an account: connect with ?listenKey= to have it")
            self._subscriptions.check(topic)
        except NoSuchTopic as error:
            self.refuse(BAD_PARAMETER, str(error), request_id)
            watch.asked(self, "sub", name, BAD_PARAMETER)
            return
        is_new = topic.name not in self.topics
        if is_new and self._asked_for() >= MOST_TOPICS:
            self.refuse(_TOO_MANY_TOPICS, f"a connection has at most {MOST_TOPICS} topics", request_id)
            watch.asked(self, "sub", name, _TOO_MANY_TOPICS)
            return
        self.topics[topic.name] = topic
        self._acknowledge(request_id)
        watch.asked(self, "sub", name, 0, again=not is_new)
        if is_new:
            self._subscriptions.subscribed(self, topic)

    def _asked_for(self) -> int:
        """How many topics it has that do not come by themselves."""
        return sum(self.product == "spot" or topic.symbol != "" for topic in self.topics.values())

    def _is_too_often(self) -> bool:
        """Whether this is one subscription too many (D); one that is refused counts for none."""
        asked_ms, now_ms = self._asked_ms, self._now_ms()
        if asked_ms is None:
            return False
        while asked_ms and now_ms - asked_ms[0] >= _WINDOW_MS:
            asked_ms.popleft()
        if len(asked_ms) >= _MOST_ASKED:
            return True
        asked_ms.append(now_ms)
        return False

    def _acknowledge(self, request_id: Any) -> None:
        """Say that a request was carried out, as each product does (V95)."""
        if self.product == "swap":
            self.push(frame({"id": request_id, "code": 0, "msg": "", "dataType": "", "data": None}))
        else:
            self.push(frame({"code": 0, "id": request_id, "msg": "SUCCESS", "timestamp": self._now_ms()}))

    def refuse(self, code: int, message: str, request_id: Any = None) -> None:
        """Say no, with a code. The connection stays."""
        refused: dict[str, Any] = {"code": code, "msg": message, "timestamp": self._now_ms()}
        self.push(frame(refused if request_id is None else {"id": request_id, **refused}))
