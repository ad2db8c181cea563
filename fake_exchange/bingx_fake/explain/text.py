"""An explanation as text for a terminal."""

import textwrap
from collections.abc import Iterator

from rich.cells import cell_len

from bingx_contracts import ERRORS
from bingx_fake.explain.explanation import Explanation

_WIDTH = 100
_LABEL = 13
_DOTS = "..."
_BEFORE = 30
"""Characters of a long string that are shown before the first difference."""


def render(explanation: Explanation) -> str:
    """Several lines: what was refused, what happened, what to change, both strings and where they part."""
    return "\n".join(_lines(explanation))


def _lines(explanation: Explanation) -> Iterator[str]:
    known = ERRORS.get(explanation.code)
    meaning = f" ({known.name})" if known else ""
    yield f"{explanation.request} was refused with {explanation.code}{meaning}"
    name = f" [{' + '.join(explanation.mistakes)}]" if explanation.mistakes else ""
    yield from _labelled("Why", f"{explanation.happened}{name}")
    yield from _labelled("Change", explanation.change)
    yield from _labelled("Source", explanation.source)
    yield from _strings(explanation)
    if explanation.expected is not None:
        yield from _labelled(
            "Signature", f"{explanation.expected}{_DOTS} was expected, {explanation.got}{_DOTS} came"
        )
    if explanation.look_at is not None:
        yield from _labelled("Look at", explanation.look_at)
    if explanation.by_hand is not None:
        yield f"  {explanation.by_hand}"


def _strings(explanation: Explanation) -> Iterator[str]:
    """Both strings, cut to the place where they part, with a caret under it."""
    canonical, signed, place = explanation.canonical, explanation.signed, explanation.differs_at
    if canonical is None:
        return
    if signed is None or place is None:
        yield _label("Exchange") + canonical
        if signed is not None:
            yield _label("You signed") + "the same string"
        return
    room = _WIDTH - _LABEL
    start = max(0, place - _BEFORE) if max(len(canonical), len(signed)) > room else 0
    yield _label("Exchange") + _cut(canonical, start, room)
    yield _label("You signed") + _cut(signed, start, room)
    indent = _LABEL + cell_len((_DOTS if start else "") + canonical[start:place])
    yield " " * indent + f"^ here they part, at character {place + 1}"


def _cut(string: str, start: int, room: int) -> str:
    """As much of a string from ``start`` on as there is room for, with dots where something is left out."""
    before = _DOTS if start else ""
    after = _DOTS if len(string) - start > room else ""
    return f"{before}{string[start : start + room]}{after}"


def _labelled(label: str, text: str) -> Iterator[str]:
    indent = " " * _LABEL
    wrapped = textwrap.wrap(
        text, _WIDTH, initial_indent=_label(label), subsequent_indent=indent, break_on_hyphens=False
    )
    yield from wrapped


def _label(label: str) -> str:
    return f"{label:<{_LABEL}}"
