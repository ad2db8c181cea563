"""What a known mistake says, and what the search hands over when one fits."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Mistake:
    """One usual way to get a signature wrong.

    :param id: its name.
    :param happened: what the client did, as a sentence.
    :param change: what to do instead, as a sentence.
    :param source: who says so, and the clause of the contract.
    """

    id: str
    happened: str
    change: str
    source: str


class Guess(NamedTuple):
    """A string that a client who makes these mistakes signs. ``detail`` says more, in a sentence."""

    string: bytes
    mistakes: tuple[Mistake, ...]
    detail: str = ""


class Finding(NamedTuple):
    """The mistakes that reproduce a signature, and the string that it is of, where that is known."""

    mistakes: tuple[Mistake, ...]
    string: bytes | None
    detail: str = ""
