"""What tells the house where the price goes. A source knows no clock: it is asked for step after step."""

from collections.abc import Iterator
from random import Random
from typing import Annotated

import msgspec

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


Source = Constant | Walk | Steps


def walk(source: Walk, opening: int, draw: Random) -> Iterator[int]:
    """How many ticks each step of a walk goes, for ever."""
    most = source.most_ticks or max(1, opening // 20_000)
    while True:
        yield int(draw.random() * (2 * most + 1)) - most
