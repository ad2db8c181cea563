"""What calls about a key return."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class KeyRights:
    """What a key may do, and from where; ``raw`` is what it was read from.

    ``permissions`` are numbers: 1 spot trading, 2 reading, 3 perpetuals, 4 transfers, 7 internal transfers,
    as published clients name them (A260). ``addresses`` are the only ones that may use the key; where there
    are none, any may. ``key`` is None where the answer does not show it, as in the document's example.
    """

    key: str | None = field(repr=False)
    permissions: list[int]
    addresses: list[str]
    note: str | None
    raw: Any = field(repr=False, compare=False)
