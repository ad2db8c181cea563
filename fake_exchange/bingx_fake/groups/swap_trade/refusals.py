"""What the desk of the perpetuals declines, in the codes and words of the contract (V24)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NoReturn

from bingx_contracts import REFUSALS
from bingx_contracts.facts.refusals import RefusalText
from bingx_fake.gateway.refusal import Because, Refusal
from bingx_fake.perpetuals.reasons import Declined, Reason

GROUP = "swap_trade"

_DEPENDS_ON = {
    Reason.NOT_TRADING: ("status",),
    Reason.WRONG_POSITION_SIDE: ("mode",),
    Reason.WRONG_SIDE_OF_MODE: ("mode",),
    Reason.PRICE_NOT_POSITIVE: ("name",),
    Reason.WRONG_STOP: ("kind", "side"),
    Reason.WRONG_ACTIVATION: ("side",),
    Reason.STOP_EXISTS: ("kind",),
    Reason.BEYOND_LIQUIDATION: ("side",),
}
"""The facts on which the words of a reason depend."""


def said(reason: str, answers: Mapping[str, str], *, group: str = GROUP, **facts: object) -> Refusal:
    """The refusal that the contract has for a reason.

    :param answers: variation id to answer.
    :param group: whose words it has, if that has some of its own.
    :param facts: what its words tell.
    """
    text = _text_of(reason, answers["V24"], group)
    because = Because(reason.upper().replace("-", "_"), facts, text.source)
    return Refusal(text.code, text.says.format(**facts), because=because)


def declined(why: Declined, answers: Mapping[str, str], group: str = GROUP) -> Refusal:
    """The refusal of what the desk has declined."""
    name = why.reason.name.lower().replace("_", "-")
    words = [str(why.facts[fact]) for fact in _DEPENDS_ON.get(why.reason, ())]
    refusal = said("-".join([name, *words]), answers, group=group, **why.facts)
    assert refusal.because is not None
    refusal.because = refusal.because._replace(reason=why.reason.name)
    return refusal


def refuse(why: Declined, answers: Mapping[str, str], group: str = GROUP) -> NoReturn:
    """Raise it, with what was declined as its cause.

    :raises Refusal: always.
    """
    raise declined(why, answers, group) from why


@lru_cache(maxsize=256)
def _text_of(reason: str, codes: str, group: str) -> RefusalText:
    for among in (group, GROUP):
        for text in REFUSALS:
            if (text.group, text.reason) == (among, reason) and text.holds({"V24": codes}):
                return text
    raise AssertionError(f"the contract does not say how {reason} is told")
