"""What the documents disagree about, what can be proved, and what the exchange tolerates."""

from typing import Literal

import msgspec

from bingx_contracts.facts.base import Conditional, Fact, Text


class Deciding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which answers something has a say in, where no shape of an answer shows it.

    Successes, or refusals with one of ``codes``, of ``endpoints``, or of any where none is listed. ``rules``
    leaves of refusals those of a value that breaks one of them. ``given`` names parameters with values: each
    was sent, with one of them, or with any where none is listed. Of ``absent`` none was sent.
    """

    endpoints: tuple[Text, ...] = ()
    codes: tuple[int, ...] = ()
    rules: tuple[Text, ...] = ()
    given: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    absent: tuple[Text, ...] = ()


class VariationAnswer(Fact, frozen=True, kw_only=True):
    """One documented answer to a contested question, under the name that ``--vary`` takes."""

    name: Text


class Variation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question on which the documents disagree; each answer names its own source.

    ``side`` says whom the answer concerns; those about the ``client`` and ``recorded`` ones are written down,
    not switchable in the fake. ``copes`` is the rule by which our client is right under every answer,
    ``served_by`` the place in the fake that makes the difference. ``taken_in_by`` is the variation that asks
    the question now and has every answer of this one, which stays so that its id can still be given.
    ``profiles`` gives each profile's answer to a switchable one; a profile that is left out answers as
    ``documented`` does. ``decides`` are the answers in which it has a say besides those whose shapes it
    chooses.
    """

    id: Text
    question: Text
    copes: Text
    served_by: Text | None = None
    taken_in_by: Text | None = None
    side: Literal["request", "answer", "gateway", "client", "recorded"]
    answers: tuple[VariationAnswer, ...]
    profiles: dict[str, str] = msgspec.field(default_factory=dict)
    decides: tuple[Deciding, ...] = ()

    @property
    def is_switchable(self) -> bool:
        """Whether the fake can serve one answer or another."""
        return self.side not in ("client", "recorded") and self.taken_in_by is None


class Assumption(Conditional, frozen=True, kw_only=True):
    """What the exchange does and no document says, in one sentence, and why it does so.

    ``source`` says what the documents leave open, ``decides`` in which answers it has a say; none where it is
    about more than answers.
    """

    id: Text
    says: Text
    reason: Text
    decides: tuple[Deciding, ...] = ()


class ProfileName(Fact, frozen=True, kw_only=True):
    """A bundle of answers, by its name; the answers stand with the variations."""

    name: Text


class Profile(ProfileName, frozen=True, kw_only=True):
    """A bundle of answers: one for each switchable variation, by its id."""

    answers: dict[str, str]


class LintRule(Fact, frozen=True, kw_only=True):
    """A departure from S that the exchange tolerates. ``message`` says what to do instead."""

    id: Text
    message: Text


class Clause(Fact, frozen=True, kw_only=True):
    """One sentence of the contract that a test can prove. ``about`` says whose behaviour it is."""

    id: Text
    about: Literal["exchange", "client"]
    statement: Text
