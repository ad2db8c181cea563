"""What is answered where the exchange declines what was asked of it."""

from bingx_contracts.facts.base import Conditional, Text


class RefusalText(Conditional, frozen=True, kw_only=True):
    """Code and words for one reason of the engine to decline what a group's endpoint asked of it.

    ``says`` has the engine's facts in braces, as ``str.format`` reads them.
    """

    group: Text
    reason: Text
    code: int
    says: Text
