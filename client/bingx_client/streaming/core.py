"""One stream, without I/O: what to connect to, send and ask for, and what to tell of what comes.

Whoever drives it says what happened and the time (milliseconds of a clock that nobody sets), carries out the
``actions`` in their order, hands on the ``events``, and comes back with ``tick`` at ``wake_ms``.

A stream goes through

======== ============================================= =======================================
state    waits for                                     then
======== ============================================= =======================================
KEY      the answer with a listen key                  CONNECTING; refused: it ends
CONNECTING  the connection                             OPEN; failed: PAUSE
OPEN     frames                                        PAUSE, where it ends or is found dead
PAUSE    the end of the pause                          KEY or CONNECTING
======== ============================================= =======================================

A connection is dead when nothing came for three heartbeats, and when heartbeats come and nothing else,
although a topic is subscribed to that is pushed all the time (``liveness``).
"""

from collections import deque
from collections.abc import Sequence
from enum import Enum
from typing import Any

from bingx_client.errors import BingXError
from bingx_client.flow.call import Call
from bingx_client.streaming import keys, readers
from bingx_client.streaming.actions import Action, Ask, Connect, Disconnect, Options, Send
from bingx_client.streaming.closing import Closing
from bingx_client.streaming.events import (
    BrokenFrame,
    Disconnected,
    Event,
    Gap,
    GapStays,
    Other,
    Refused,
    Subscribed,
)
from bingx_client.streaming.following import follower_of
from bingx_client.streaming.frames import Unreadable, open_frame
from bingx_client.streaming.liveness import Liveness
from bingx_client.streaming.sending import Requests, pong
from bingx_client.streaming.topics import Topic, by_themselves, event_topic
from bingx_contracts import STREAM_RULES

FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 250, 30_000
STOOD_MS = 10_000
"""A connection that stood so long was a good one: the next pause is the first again."""
ACKNOWLEDGED_WITHIN_MS = 15_000
"""A subscription that is not answered by then never will be, and a snapshot that has not come."""
RENEW_AGAIN_MS = 60_000
"""How long to wait where a key could not be renewed."""
_KEY_ENDED = 100401


class State(Enum):
    """What a stream waits for."""

    KEY = "a listen key"
    CONNECTING = "a connection"
    OPEN = "frames"
    PAUSE = "the end of a pause"
    OVER = "nothing"


class StreamCore:
    """One stream.

    :param topics: what to listen to.

    ``error`` is why it is over, where the exchange refuses the key.
    """

    def __init__(self, topics: Sequence[Topic], options: Options) -> None:
        self._options = options
        self.actions: deque[Action] = deque()
        self.events: deque[Event] = deque()
        self.error: BaseException | None = None
        self._followers = {topic.name: follower_of(topic) for topic in topics}
        self._wants_key = any(topic.is_account for topic in topics)
        self._unasked = by_themselves(next((topic.product for topic in topics if topic.is_account), None))
        self._life = Liveness(topics, options.silent_ms)
        self._state = State.PAUSE
        self._requests = Requests()
        self._closing = Closing(self._followers, options.jitter, self._ask)
        self._numbers = 0
        self._key: str | None = None
        self._key_number = -1
        self._key_until_ms = self._renew_at_ms = 0
        self._pause_until_ms = 0
        self._failures = 0
        self._opened_ms = 0
        self._told_ms: int | None = None
        self._missing: dict[str, tuple[str, int | None]] = {}
        self._told_of: set[str] = set()
        self._awaited: dict[str, int] = {}
        self._overflowed: dict[str, int | None] = {}

    # What happened

    def begin(self, now_ms: int) -> None:
        """Begin to connect."""
        self._pause_until_ms = now_ms
        self.tick(now_ms)

    def connected(self, now_ms: int) -> None:
        """The connection stands."""
        self._state = State.OPEN
        self._opened_ms = now_ms
        self._life.opened(now_ms)
        asked_for = [name for name in self._followers if name not in self._unasked]
        self._requests.begin([*asked_for, *sorted(self._life.hidden)])
        self._send_requests(now_ms)
        for name in self._followers:
            if name in self._unasked:
                self._stands(now_ms, name, {})

    def lost(self, now_ms: int, reason: str) -> None:
        """There is no connection: it could not be made, or has ended."""
        if self._state in (State.OPEN, State.CONNECTING):
            self._pause(now_ms, reason)

    def answered(self, now_ms: int, number: int, answer: Any) -> None:
        """What an ``Ask`` was answered."""
        if number != self._key_number:
            self.events.extend(self._closing.answered(number, answer))
            return
        self._key_number = -1
        self._key_until_ms = now_ms + STREAM_RULES.key_lifetime_ms
        self._renew_at_ms = now_ms + STREAM_RULES.key_renewal_ms
        if self._state is State.KEY:
            self._key = answer
            self._connect()

    def failed(self, now_ms: int, number: int, error: BaseException) -> None:
        """An ``Ask`` was not answered, or refused."""
        if number != self._key_number:
            self.events.extend(self._closing.failed(now_ms, number, error))
            return
        self._key_number = -1
        if self._state is not State.KEY:
            self._not_renewed(now_ms, error)
        elif keys.is_lasting(error) or not isinstance(error, BingXError):
            self.error = error
            self._state = State.OVER
        else:
            self._pause(now_ms, f"there is no listen key: {error}")

    def received(self, now_ms: int, data: bytes | str) -> None:
        """A frame came."""
        if self._state is not State.OPEN:
            return
        self._life.frame(now_ms)
        try:
            message = open_frame(data)
        except Unreadable as error:
            self._broken(None, str(error), data)
            return
        if isinstance(message, str):
            if message.lower() == "ping":
                self.actions.append(Send("Pong"))
        elif message.get("dataType"):
            self._take_push(now_ms, message, message["dataType"], data)
        elif "ping" in message:
            self.actions.append(Send(pong(message)))
        elif "e" in message:
            self._take_event(now_ms, message, data)
        elif "code" in message:
            self._take_answer(now_ms, message)
        elif "pong" not in message:
            self.events.append(Other(None, message))
        if self._overflowed:
            self._tell_overflowed()

    def tick(self, now_ms: int) -> None:
        """Time has passed."""
        if self._state is State.PAUSE and now_ms >= self._pause_until_ms:
            if self._wants_key and (self._key is None or now_ms >= self._key_until_ms):
                self._state = State.KEY
                self._key_number = self._ask(keys.make())
            else:
                self._connect()
        elif self._state is State.OPEN:
            dead = self._dead(now_ms)
            if dead is not None:
                self.actions.append(Disconnect())
                self._pause(now_ms, dead)
                return
            self._send_requests(now_ms)
            if self._key is not None and self._key_number < 0 and now_ms >= self._renew_at_ms:
                self._key_number = self._ask(keys.renew(self._key))
        self._closing.tick(now_ms)

    @property
    def wake_ms(self) -> int | None:
        """When ``tick`` has something to do, should nothing come before; None where it never will."""
        if self._state is State.OVER:
            return None
        found = self._closing.wake_ms()
        times = [] if found is None else [found]
        if self._state is State.PAUSE:
            times.append(self._pause_until_ms)
        elif self._state is State.OPEN:
            times.append(self._life.ends_ms())
            if self._awaited:
                times.append(min(self._awaited.values()) + ACKNOWLEDGED_WITHIN_MS)
            if self._key is not None and self._key_number < 0:
                times.append(self._renew_at_ms)
            if self._requests.next_ms is not None:
                times.append(self._requests.next_ms)
        return min(times, default=None)

    @property
    def is_over(self) -> bool:
        """Whether it has ended, as ``error`` says."""
        return self._state is State.OVER

    # What comes

    def _take_push(self, now_ms: int, message: dict[str, Any], name: Any, data: bytes | str) -> None:
        self._life.pushed(name, now_ms)
        if len(self.events) >= self._options.most_waiting:
            self._overflowed.setdefault(name, self._told_ms)
            return
        since_ms, told_ms = self._told_ms, readers.told_ms(message)
        if told_ms is not None and (since_ms is None or told_ms > since_ms):
            self._told_ms = told_ms
        follower = self._followers.get(name) if isinstance(name, str) else None
        if follower is None:
            if name not in self._life.hidden:
                self.events.append(Other(str(name), message))
            return
        try:
            events = follower.take(message)
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            self._broken(name, _in_words(error), data)
            return
        self.events.extend(events)
        if follower.missed is not None:
            missed, follower.missed = follower.missed, None
            self._tell_gap(name, missed.reason, since_ms if missed.since_ms is None else missed.since_ms)
            self._send_requests(now_ms)
        elif follower.tells_again and follower.is_whole:
            self._awaited.pop(name, None)
            self.events.extend(self._closing.told_again(name))

    def _take_event(self, now_ms: int, message: dict[str, Any], data: bytes | str) -> None:
        """A bare object of an account's: balances, or the end of the key."""
        name = event_topic(message["e"])
        if name == "listenKeyExpired":
            if message.get("listenKey") in (None, self._key):
                self._drop_key(now_ms, "the listen key has ended")
        elif name in self._followers:
            self._take_push(now_ms, message, name, data)
        else:
            self._life.pushed(None, now_ms)
            if name not in self._unasked:
                self.events.append(Other(None, message))

    def _take_answer(self, now_ms: int, message: dict[str, Any]) -> None:
        """An acknowledgement, or a refusal."""
        code = 0 if message["code"] == "0" else message["code"]
        name, wanted = self._requests.answered(str(message.get("id")), now_ms)
        if code != 0:
            msg = message.get("msg")
            text = msg if isinstance(msg, str) else ""
            if code == _KEY_ENDED and self._key is not None and name is None:
                self._drop_key(now_ms, f"the listen key is refused: {code} {text}")
                return
            self._awaited.pop(name or "", None)
            self._life.refused(name or "")
            if name not in self._life.hidden:
                self.events.append(Refused(name, code if isinstance(code, int) else 0, text))
        elif name is not None and wanted == "sub":
            self._stands(now_ms, name, message)

    def _stands(self, now_ms: int, name: str, message: dict[str, Any]) -> None:
        """A topic is subscribed to: what happens from now on will be told."""
        told_ms = readers.told_ms(message)
        if self._told_ms is None:
            self._told_ms = told_ms
        follower = self._followers.get(name)
        if follower is None:
            pass  # ours, which nobody is told of
        elif name not in self._told_of:
            self._told_of.add(name)
            self.events.append(Subscribed(name))
        elif name in self._missing:
            reason, since_ms = self._missing.pop(name)
            self._tell_gap(name, reason, since_ms, is_new=True)
        if follower is not None and follower.wants_snapshot:
            self._awaited[name] = now_ms
        else:
            self._awaited.pop(name, None)

    def _broken(self, name: str | None, reason: str, data: bytes | str) -> None:
        """Tell of a frame that cannot be read: of every topic that stands something may have been in it."""
        self.events.append(BrokenFrame(name, reason, data if isinstance(data, bytes) else data.encode()))
        concerned = [name] if name is not None else sorted(self._told_of - self._missing.keys())
        for concern in concerned:
            self._tell_gap(concern, f"a frame could not be read: {reason}", self._told_ms)

    # What is told

    def _tell_gap(self, name: str, reason: str, since_ms: int | None, *, is_new: bool = False) -> None:
        """Tell that something of a topic is missing, and see to it that it is told again.

        :param is_new: whether the subscription has only begun, so that a snapshot comes by itself.
        """
        follower = self._followers[name]
        earlier = self._closing.earlier(name)
        if earlier is not None and earlier.since_ms is not None:
            since_ms = earlier.since_ms if since_ms is None else min(since_ms, earlier.since_ms)
        gap = Gap(name, reason, since_ms, follower.calls(since_ms, goes_on=earlier is not None))
        self.events.append(gap)
        asks = self._options.close_gaps and not follower.wants_snapshot
        if asks and not gap.calls and not follower.tells_again:
            self.events.append(GapStays(gap, "no call tells what was missed"))
        elif asks or follower.tells_again:
            self._closing.begin(gap, asks=asks)
        if follower.wants_snapshot and not is_new:
            self._requests.again(name)

    def _tell_overflowed(self) -> None:
        """Once the reader has caught up: of which topics it missed something."""
        if len(self.events) > self._options.most_waiting // 2:
            return
        overflowed, self._overflowed = self._overflowed, {}
        for name, since_ms in overflowed.items():
            if name in self._told_of:
                self._tell_gap(name, "the reader was too slow", since_ms)

    # Connections and keys

    def _ask(self, call: Call[Any]) -> int:
        self._numbers += 1
        self.actions.append(Ask(self._numbers, call))
        return self._numbers

    def _connect(self) -> None:
        self._state = State.CONNECTING
        self.actions.append(Connect(self._key))

    def _pause(self, now_ms: int, reason: str) -> None:
        """Wait before the next attempt; what stood is missing from here on."""
        if self._state is State.OPEN and now_ms - self._opened_ms >= STOOD_MS:
            self._failures = 0
        longest = min(FIRST_PAUSE_MS << min(self._failures, 20), LONGEST_PAUSE_MS)
        self._failures += 1
        wait_ms = self._options.jitter(longest)
        self._state = State.PAUSE
        self._pause_until_ms = now_ms + wait_ms
        self._requests.forget()
        self._awaited.clear()
        for name in self._told_of:
            self._missing.setdefault(name, (reason, self._told_ms))
        self._closing.forget()
        self.events.append(Disconnected(reason, wait_ms))

    def _drop_key(self, now_ms: int, reason: str) -> None:
        self._key = None
        self._key_number = -1
        self.actions.append(Disconnect())
        self._pause(now_ms, reason)

    def _not_renewed(self, now_ms: int, error: BaseException) -> None:
        if keys.is_lasting(error) or now_ms >= self._key_until_ms:
            self._key = None
            if self._state is State.OPEN:
                self._drop_key(now_ms, f"the listen key could not be renewed: {error}")
        else:
            self._renew_at_ms = now_ms + RENEW_AGAIN_MS

    def _send_requests(self, now_ms: int) -> None:
        for name, text in self._requests.due(now_ms):
            self._awaited[name] = now_ms
            self.actions.append(Send(text))

    def _dead(self, now_ms: int) -> str | None:
        """Why the connection is dead; None where it is not."""
        reason = self._life.dead(now_ms)
        if reason is None and self._awaited:
            name, since_ms = min(self._awaited.items(), key=lambda item: item[1])
            if now_ms - since_ms >= ACKNOWLEDGED_WITHIN_MS:
                return f"the subscription to {name} was not answered in {ACKNOWLEDGED_WITHIN_MS} ms"
        return reason


def _in_words(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"the field {error.args[0]!r} is missing"
    if isinstance(error, Unreadable):
        return str(error)
    return "a field is not of its documented type"
