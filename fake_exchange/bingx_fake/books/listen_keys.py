"""Listen keys: what a client opens its account's stream with, an hour at a time.

Pure: no clock and no chance of its own; whoever calls says the time and draws the digits.
"""

from collections.abc import Callable, Iterator

import msgspec

from bingx_fake.agenda import Agenda, Rank

LIFETIME_MS = 3_600_000
"""How long one is valid from its making, and from each renewal (R, D, P)."""


class ListenKey(msgspec.Struct):
    """One that is valid until ``expires_ms``, Unix milliseconds."""

    listen_key: str
    uid: int
    expires_ms: int


class _Expiry(msgspec.Struct, frozen=True):
    """The hour of a key is over, unless it was renewed."""

    listen_key: str


class ListenKeys:
    """Those that are valid. A user may have several, each by itself (ours, A110).

    :param random: draws a number from 0 to 1, exclusive.

    ``on_end`` is told when one ends, and the time.
    """

    def __init__(self, agenda: Agenda, random: Callable[[], float]) -> None:
        self._agenda, self._random = agenda, random
        self._valid: dict[str, ListenKey] = {}
        self.on_end: Callable[[ListenKey, int], object] | None = None
        agenda.learn(_Expiry, Rank.COUNTDOWN, self._expire)

    def make(self, uid: int, now_ms: int) -> ListenKey:
        """Give a user a new one."""
        words = [int(self._random() * 2**32) for _ in range(8)]
        return self.take("".join([f"{word:08x}" for word in words]), uid, now_ms)

    def take(self, listen_key: str, uid: int, now_ms: int) -> ListenKey:
        """Let one be valid from now on that somebody else has drawn."""
        made = ListenKey(listen_key, uid, now_ms + LIFETIME_MS)
        self._valid[made.listen_key] = made
        self._agenda.add(made.expires_ms, _Expiry(made.listen_key))
        return made

    def __iter__(self) -> Iterator[ListenKey]:
        """Those that are valid, the oldest first."""
        return iter(self._valid.values())

    def find(self, listen_key: str) -> ListenKey | None:
        """The one that goes by these digits; None where there is none that is valid."""
        return self._valid.get(listen_key)

    def renew(self, listen_key: str, now_ms: int) -> ListenKey | None:
        """Have one last for another whole time from now; None where there is none that is valid."""
        found = self._valid.get(listen_key)
        if found is not None:
            found.expires_ms = now_ms + LIFETIME_MS
        return found

    def end(self, listen_key: str, now_ms: int) -> ListenKey | None:
        """Take one back before its time; None where there is none."""
        ended = self._valid.pop(listen_key, None)
        if ended is not None and self.on_end is not None:
            self.on_end(ended, now_ms)
        return ended

    def end_all(self, uid: int, now_ms: int) -> None:
        """Take all of a user's back."""
        for listen_key in [key.listen_key for key in self._valid.values() if key.uid == uid]:
            self.end(listen_key, now_ms)

    def _expire(self, expiry: _Expiry, at_ms: int) -> None:
        found = self._valid.get(expiry.listen_key)
        if found is None:
            return
        if at_ms < found.expires_ms:
            self._agenda.add(found.expires_ms, expiry)
        else:
            self.end(expiry.listen_key, at_ms)
