"""What tells the house where the price goes. A source knows no clock: it is asked for step after step."""

from collections.abc import Iterator
from random import Random
from typing import Annotated

import msgspec

from bingx_fake.market.archives import Archive

Positive = Annotated[int, msgspec.Meta(gt=0)]


class Constant(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="constant"):
    """The price stays where it is until somebody moves it."""


class Walk(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="walk"):
    """A seeded random walk in ticks.

    :param every_ms: from one step to the next.
    :param most_ticks: how far one step goes at most, either way; by default five hundred-thousandths of the
        opening price (ours, A22), which is about one per cent in a day of steps a second.
    """

    every_ms: Positive = 1000
    most_ticks: Positive | None = None


class Steps(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="steps"):
    """A list of prices in ticks, each after the time from the start, in milliseconds, at which it begins."""

    steps: tuple[tuple[Annotated[int, msgspec.Meta(ge=0)], Positive], ...]


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded somewhere, at its distances in time, beginning when the market opens.

    :param file: where it was read.
    """

    file: str
    archive: Archive


Source = Constant | Walk | Steps | Replay


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """Takers who come by themselves, and buy or sell at the best price.

    :param every_ms: from one to the next on the average: from 1 to nearly twice that, all alike (ours, A39).
    :param least: what one takes at least, in the quote coin; ``most`` at most. Both are ours (A39), and
        those of the trades of the past.
    """

    every_ms: Positive = 4_000
    least: Positive = 20
    most: Positive = 2_000


def walk(source: Walk, opening: int, draw: Random) -> Iterator[int]:
    """How many ticks each step of a walk goes, for ever."""
    most = source.most_ticks or max(1, opening // 20_000)
    while True:
        yield int(draw.random() * (2 * most + 1)) - most
