"""Sessions of streams written down, and played again: a JSON line for everything that happened, in order.

``received`` is a frame as it came, in base64: it is played byte for byte. ``sent`` is what was answered, and
has to be the same when it is played. Times are milliseconds since the beginning. A listen key is never in it.
"""

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from bingx_client.streaming.actions import Ask, Options, Send
from bingx_client.streaming.core import StreamCore
from bingx_client.streaming.events import Event
from bingx_client.streaming.topics import Topic, named

Write = Callable[[str], object]
_MASK = "0" * 64


class CassetteError(ValueError):
    """A session that cannot be played, or goes another way than it was written down. Names the line."""


class RecordedCore(StreamCore):
    """A stream that is written down as it goes. Gaps are not closed over REST: what REST says is not written.

    :param write: takes each line, without its end.
    """

    def __init__(self, topics: Sequence[Topic], options: Options, write: Write) -> None:
        self._draw = options.jitter
        super().__init__(topics, replace(options, jitter=self._drawn))
        self._line = write
        self._began_ms = self._now_ms = 0
        self._secret = ""

    def begin(self, now_ms: int) -> None:
        """See ``StreamCore``."""
        self._began_ms = self._now_ms = now_ms
        topics = {topic.name: list(topic.symbols) for topic in self._topics()}
        product = next((topic.product for topic in self._topics() if topic.product), "spot")
        of = {} if product == "spot" else {"product": product}
        self._note(topics=topics, silent_ms=self._options.silent_ms, **of)
        super().begin(now_ms)
        self._note_sent()

    def connected(self, now_ms: int) -> None:
        """See ``StreamCore``."""
        self._happened(now_ms, connected=True)
        super().connected(now_ms)
        self._note_sent()

    def lost(self, now_ms: int, reason: str) -> None:
        """See ``StreamCore``."""
        self._happened(now_ms, lost=reason)
        super().lost(now_ms, reason)
        self._note_sent()

    def received(self, now_ms: int, data: bytes | str) -> None:
        """See ``StreamCore``."""
        if isinstance(data, str):
            self._happened(now_ms, text=self._masked(data))
        else:
            self._happened(now_ms, received=b64encode(self._masked_frame(data)).decode())
        super().received(now_ms, data)
        self._note_sent()

    def answered(self, now_ms: int, number: int, answer: Any) -> None:
        """See ``StreamCore``."""
        if isinstance(answer, str):
            self._secret = answer
        self._happened(now_ms, answered=_MASK if isinstance(answer, str) else None)
        super().answered(now_ms, number, answer)
        self._note_sent()

    def failed(self, now_ms: int, number: int, error: BaseException) -> None:
        """See ``StreamCore``."""
        raise CassetteError(f"a session whose listen key is not given is not written down: {error}")

    def tick(self, now_ms: int) -> None:
        """See ``StreamCore``."""
        self._now_ms = now_ms
        super().tick(now_ms)
        self._note_sent()

    def _topics(self) -> list[Topic]:
        return [follower.topic for follower in self._followers.values()]

    def _drawn(self, most_ms: int) -> int:
        drawn = self._draw(most_ms)
        self._note(jitter=drawn)
        return drawn

    def _note_sent(self) -> None:
        for action in self.actions:
            if isinstance(action, Send):
                self._note(sent=action.text)

    def _happened(self, now_ms: int, **what: Any) -> None:
        self._now_ms = now_ms
        self._note(**what)

    def _note(self, **what: Any) -> None:
        self._line(json.dumps({"at_ms": self._now_ms - self._began_ms, **what}))

    def _masked(self, text: str) -> str:
        return text.replace(self._secret, _MASK) if self._secret else text

    def _masked_frame(self, data: bytes) -> bytes:
        """A frame without the key: of the one that says that it has ended, and packed anew."""
        if not self._secret:
            return data
        try:
            content = gzip.decompress(data)
        except (OSError, EOFError):
            return data
        masked = content.replace(self._secret.encode(), _MASK.encode())
        return data if masked == content else gzip.compress(masked, mtime=0)


def replay(lines: Iterable[str]) -> Iterator[Event]:
    """Play a session: the same frames at the same times, and what they tell.

    :param lines: as ``AsyncClient.stream(record=…)`` wrote them.
    :raises CassetteError: for a line that is none, and where other answers are sent than were then.
    """
    steps = list(_read(lines))
    if not steps or "topics" not in steps[0][1]:
        raise CassetteError("line 1: a session begins with its topics")
    head = steps[0][1]
    drawn = iter([step["jitter"] for _, step in steps if "jitter" in step])
    sent = iter([(number, step["sent"]) for number, step in steps if "sent" in step])
    options = Options(False, head["silent_ms"], most_waiting=1_000_000, jitter=lambda _: next(drawn, 0))
    product = head.get("product", "spot")
    given = head["topics"].items()
    topics = [replace(named(name, product), symbols=tuple(symbols)) for name, symbols in given]
    core = StreamCore(topics, options)
    asked: list[int] = []

    def follow() -> Iterator[Event]:
        while core.actions:
            match core.actions.popleft():
                case Ask(number):
                    asked.append(number)
                case Send(text):
                    line, then = next(sent, (len(steps), None))
                    if text != then:
                        raise CassetteError(f"line {line}: {text!r} is sent, and then it was {then!r}")
        while core.events:
            yield core.events.popleft()

    core.begin(0)
    yield from follow()
    for number, step in steps[1:]:
        at_ms = step["at_ms"]
        while (wake_ms := core.wake_ms) is not None and wake_ms < at_ms:
            core.tick(wake_ms)
            yield from follow()
        core.tick(at_ms)
        yield from follow()
        match step:
            case {"received": data}:
                core.received(at_ms, b64decode(data))
            case {"text": text}:
                core.received(at_ms, text)
            case {"connected": _}:
                core.connected(at_ms)
            case {"lost": reason}:
                core.lost(at_ms, reason)
            case {"answered": answer}:
                if not asked:
                    raise CassetteError(f"line {number}: nothing was asked for")
                core.answered(at_ms, asked.pop(0), answer)
        yield from follow()


def _read(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        try:
            step = json.loads(line)
        except ValueError as error:
            raise CassetteError(f"line {number}: it is no JSON ({error})") from None
        if not isinstance(step, dict) or not isinstance(step.get("at_ms"), int):
            raise CassetteError(f"line {number}: it is no line of a session, which is an object with at_ms")
        yield number, step
