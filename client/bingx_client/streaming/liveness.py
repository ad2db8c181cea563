"""Whether a connection is alive: it speaks, and what is pushed all the time is pushed (ours, A144)."""

from collections.abc import Sequence

from bingx_client.streaming.topics import Topic, of_market
from bingx_contracts import STREAM_RULES


class Liveness:
    """When frames came last, and pushes.

    :param topics: what is listened to. Where none of these is pushed all the time, the ticker of a market is
        listened to as well, and not told (``hidden``); there is no place for it beside as many topics as one
        connection has.
    :param silent_ms: how long nothing may be pushed of what is pushed all the time. That nothing comes at all
        is no reason to worry for three heartbeats.
    """

    def __init__(self, topics: Sequence[Topic], silent_ms: int) -> None:
        self._silent_ms = silent_ms
        self._frames_ms = max(silent_ms, 3 * STREAM_RULES.heartbeat_ms)
        self._seen_ms: dict[str, int | None] = dict.fromkeys(
            topic.name for topic in topics if topic.every_ms is not None
        )
        self.hidden: frozenset[str] = frozenset()
        if not self._seen_ms and len(topics) < STREAM_RULES.most_topics:
            symbols = [topic.symbol for topic in topics if topic.symbol]
            product = next((topic.product for topic in topics if topic.product), "spot")
            usual = "BTC-USD" if product == "coinm" else "BTC-USDT"
            name = of_market(f"{product}.ticker", symbols[0] if symbols else usual).name
            self.hidden = frozenset((name,))
            self._seen_ms[name] = None
        self._frame_ms = self._pushed_ms = 0

    def opened(self, now_ms: int) -> None:
        """A connection stands."""
        self._frame_ms = self._pushed_ms = now_ms
        self._seen_ms = dict.fromkeys(self._seen_ms)

    def frame(self, now_ms: int) -> None:
        """Something came, be it a heartbeat."""
        self._frame_ms = now_ms

    def pushed(self, name: object, now_ms: int) -> None:
        """A push of this topic came."""
        self._pushed_ms = now_ms
        if name in self._seen_ms:
            self._seen_ms[str(name)] = now_ms

    def refused(self, name: str) -> None:
        """A topic will not be pushed."""
        self._seen_ms.pop(name, None)

    def ends_ms(self) -> int:
        """When the connection counts as dead, should nothing come."""
        if not self._seen_ms:
            return self._frame_ms + self._frames_ms
        return min(self._frame_ms + self._frames_ms, self._last_push_ms() + self._silent_ms)

    def dead(self, now_ms: int) -> str | None:
        """Why the connection is dead; None where it is not."""
        if now_ms - self._frame_ms >= self._frames_ms:
            return f"nothing came for {self._frames_ms} ms, not even a heartbeat"
        if self._seen_ms and now_ms - self._last_push_ms() >= self._silent_ms:
            return f"for {self._silent_ms} ms nothing came of what is pushed all the time"
        return None

    def _last_push_ms(self) -> int:
        """The last push; of topics that had begun on this connection, of the one silent longest."""
        begun = [seen_ms for seen_ms in self._seen_ms.values() if seen_ms is not None]
        return min([self._pushed_ms, *begun])
