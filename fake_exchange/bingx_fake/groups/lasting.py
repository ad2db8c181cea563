"""Rows of which most were there before: what they look like need not be put together again."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec


class LastingRows(msgspec.Struct, frozen=True):
    """Some rows that may be others next time, then those that are made of what does not change.

    :param lasting: what the latter are made of, in their order.
    :param row: makes one of them.
    :param kept: belongs to ``lasting``, for whoever shows them: what they look like to him.
    """

    fresh: list[Any]
    lasting: Sequence[Any]
    row: Callable[[Any], Any]
    kept: dict[Any, Any]

    def __iter__(self) -> Iterator[Any]:
        yield from self.fresh
        yield from map(self.row, self.lasting)


def lasting(rows: Sequence[Any]) -> LastingRows:
    """Rows that are all there for good."""
    return LastingRows([], rows, _itself, {})


def _itself(row: Any) -> Any:
    return row
