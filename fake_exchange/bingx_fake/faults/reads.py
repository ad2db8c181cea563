"""Faults that tell reads less than is so: what is missing is missing without a word.

Writes never meet them: what they do, and what they are refused for, goes by the books as they are.
"""

import msgspec

from bingx_fake.answers.answer import Answer
from bingx_fake.faults.fault import MATCHING, Kind

STALE = Kind(
    name="stale",
    fields=MATCHING | {"ms"},
    needs=frozenset({"ms"}),
    may_fall_back=False,
    acts_on="read",
)
"""Orders, fills, positions and balances are read as they were ``ms`` ago; what is newer is unknown there."""

EMPTY_DATA = Kind(name="empty-data", fields=MATCHING, may_fall_back=False, acts_on="read")
"""A success without the rows that there are."""


def emptied(answer: Answer) -> Answer:
    """The same answer without the rows of its lists; every other byte of it stays."""
    body = msgspec.json.encode(_without_rows(msgspec.Raw(answer.body)))
    return msgspec.structs.replace(answer, body=body)


def _without_rows(value: msgspec.Raw) -> object:
    match bytes(value)[:1]:
        case b"[":
            return []
        case b"{":
            inner = msgspec.json.decode(value, type=dict[str, msgspec.Raw])
            return {name: _without_rows(part) for name, part in inner.items()}
    return value
