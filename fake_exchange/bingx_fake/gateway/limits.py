"""Rate limits: how often an address or a user may call, on the exchange's clock.

A request counts for every limit of its endpoint, and passes when each has a place left in the window that
ends with it: at most so many in *any* ten seconds (that windows slide is ours, A5). A refused request
counts for none. Where limits have a release (D), the one that was broken refuses from then on until it is
over: for one address or user, and one group or endpoint (which, and from when, is ours, A6). R says that
sustained breach leads to a ban of minutes, and gives no numbers: ``Ban`` has ours (A8). Memory is bounded
under any number of keys and addresses.
"""

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from bingx_fake.profiles.quotas import Quota

_MOST_REMEMBERED = 10_000

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Ban:
    """When an address is banned, and for how long (ours, A8).

    :param after: so many refused requests within ``within_ms``.
    :param for_ms: the ban's length; requests during it do not make it longer.
    """

    after: int = 20
    within_ms: int = 10_000
    for_ms: int = 120_000

    def __post_init__(self) -> None:
        for name in ("after", "within_ms", "for_ms"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10**9:
                raise ValueError(f"{name} of a ban must be a positive whole number, not {value!r}")


class RateLimitStatus(NamedTuple):
    """What is left of a window: how many requests, and until when in Unix milliseconds."""

    remain: int
    expire_ms: int

    def is_tighter_than(self, other: "RateLimitStatus") -> bool:
        """Fewer requests are left; of as many, for longer (which to tell is ours, A9)."""
        return (self.remain, -self.expire_ms) < (other.remain, -other.expire_ms)


class Breach(NamedTuple):
    """A request that was one too many: for which limit, and until when it refuses."""

    quota: Quota
    until_ms: int


@dataclass(slots=True)
class _Count:
    """What one caller did under one limit. ``refuses`` holds from the first time to before the second."""

    times: deque[int] = field(default_factory=deque)
    refuses: tuple[int, int] | None = None


@dataclass(slots=True)
class _Window:
    opened_ms: int
    count: int = 0


class RateLimits:
    """Counts requests of callers: an address is a caller, and a user, each by anything that is its own."""

    def __init__(self, ban: Ban | None = None) -> None:
        self._ban = Ban() if ban is None else ban
        self._counts: OrderedDict[Hashable, dict[str, _Count]] = OrderedDict()
        self._refusals: OrderedDict[Hashable, _Window] = OrderedDict()
        self._banned_until_ms: OrderedDict[Hashable, int] = OrderedDict()

    def admit(self, quotas: tuple[Quota, ...], caller: Hashable, now_ms: int) -> RateLimitStatus | Breach:
        """Count a request, or say why not.

        :param quotas: every limit that it counts for, one at least.
        :returns: what is left under the tightest of them; a breach when one is used up.
        """
        counts = self._counts.get(caller)
        if counts is None:
            counts = {}
            _remember(self._counts, caller, counts)
        else:
            self._counts.move_to_end(caller)
        remain, expire_ms, may_pass = -1, 0, True
        for quota in quotas:
            count = counts.get(quota.name)
            if count is None:
                count = counts[quota.name] = _Count()
            times = count.times
            over_ms = now_ms - quota.window_ms
            while times and times[0] <= over_ms:
                times.popleft()
            while times and times[-1] > now_ms:  # the clock was set back
                times.pop()
            left = quota.count - len(times) - 1
            if left < 0 or count.refuses is not None:
                may_pass = False
            ends_ms = (times[0] if times else now_ms) + quota.window_ms
            if remain < 0 or left < remain or (left == remain and ends_ms > expire_ms):
                remain, expire_ms = left, ends_ms
        if not may_pass and (breach := _breach(quotas, counts, now_ms)) is not None:
            return breach
        for quota in quotas:
            counts[quota.name].times.append(now_ms)
        return RateLimitStatus(remain, expire_ms)

    def note_refusal(self, caller: Hashable, now_ms: int) -> None:
        """A request was one too many; so many of them, and the caller is banned."""
        breach = self._refusals.get(caller)
        if breach is None or not 0 <= now_ms - breach.opened_ms < self._ban.within_ms:
            breach = _Window(now_ms)
            _remember(self._refusals, caller, breach)
        breach.count += 1
        if breach.count >= self._ban.after:
            _remember(self._banned_until_ms, caller, now_ms + self._ban.for_ms)
            del self._refusals[caller]

    def banned_until_ms(self, caller: Hashable, now_ms: int) -> int | None:
        """When a caller's ban ends; None for one that is not banned."""
        if not self._banned_until_ms:
            return None
        until_ms = self._banned_until_ms.get(caller)
        if until_ms is not None and now_ms >= until_ms:
            del self._banned_until_ms[caller]
            return None
        return until_ms


def _breach(quotas: tuple[Quota, ...], counts: dict[str, _Count], now_ms: int) -> Breach | None:
    """What refuses a request, and for longest; limits that this request breaks refuse from now on.

    One that meets a limit which was broken before breaks no other.
    """
    refusing: list[Breach] = []
    for quota in quotas:
        count = counts[quota.name]
        if count.refuses is not None:
            if count.refuses[0] <= now_ms < count.refuses[1]:
                refusing.append(Breach(quota, count.refuses[1]))
            else:
                count.refuses = None  # it is over, or the clock was set back to before it
    if not refusing:
        for quota in quotas:
            count = counts[quota.name]
            if len(count.times) >= quota.count:
                until_ms = count.times[0] + quota.window_ms
                if quota.release_ms:
                    until_ms = now_ms + quota.release_ms
                    count.refuses = (now_ms, until_ms)
                refusing.append(Breach(quota, until_ms))
    return max(refusing, key=lambda breach: breach.until_ms, default=None)


def _remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep a value as the newest; the oldest one goes where there are too many."""
    memory.pop(key, None)
    if len(memory) >= _MOST_REMEMBERED:
        memory.popitem(last=False)
    memory[key] = value
