"""What facts have in common: a source, and the answers of the register under which some of them hold."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1)]
Account = Literal[
    "fund", "spot", "stdFutures", "coinMPerp", "USDTMPerp", "copyTrading", "grid", "eran", "c2c"
]
Product = Literal["spot", "swap", "coinm"]
"""What is traded: coins, perpetuals with a linear margin, perpetuals with a coin's."""

Answers = Mapping[str, str]
"""Variation id to the name of its answer."""


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One documented fact. An unknown key in its TOML table is an error, and so is a missing source."""

    source: Text


class Source(Fact, frozen=True, kw_only=True):
    """What a letter in ``source`` stands for; ``url`` is where the document is found."""

    letter: Text
    title: Text
    url: Text | None = None
    released: str | None = None


class Conditional(Fact, frozen=True, kw_only=True):
    """A fact that holds where each variation in ``when`` has one of the answers listed there."""

    when: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)

    def holds(self, answers: Answers) -> bool:
        """Whether the fact holds under these answers."""
        return not self.when or all(answers[variation] in names for variation, names in self.when.items())
