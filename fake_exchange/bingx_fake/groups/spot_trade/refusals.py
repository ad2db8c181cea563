"""What the desk declines, as the exchange says it: codes and words are the contract's (V28)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NoReturn

from bingx_contracts import REFUSALS
from bingx_contracts.facts.refusals import RefusalText
from bingx_fake.gateway.refusal import Because, Refusal
from bingx_fake.groups.spot_trade.facts import Part
from bingx_fake.venue.filters import Declined, Reason

GROUP = "spot_trade"


def said(reason: str, answers: Mapping[str, str], **facts: object) -> Refusal:
    """The refusal that the contract has for a reason.

    :param answers: variation id to answer.
    :param facts: what its words tell.
    """
    text = _text_of(reason, answers["V28"])
    because = Because(reason.upper().replace("-", "_"), facts, text.source)
    return Refusal(text.code, text.says.format(**facts), because=because)


def declined(why: Declined, answers: Mapping[str, str], place: str = "") -> Refusal:
    """The refusal of what the desk has declined.

    :param place: where one reason has other words: ``cancel``, ``cancel-by-client-id``, ``several`` or
        ``replace``.
    """
    refusal = said(_reason_of(why, place), answers, **why.facts)
    assert refusal.because is not None
    refusal.because = refusal.because._replace(reason=why.reason.name)
    return refusal


def refuse(why: Declined, answers: Mapping[str, str], place: str = "") -> NoReturn:
    """Raise it, with what was declined as its cause.

    :raises Refusal: always.
    """
    raise declined(why, answers, place) from why


def part(refusal: Refusal) -> Part:
    """What became of one half of a request, where it was refused."""
    return Part(refusal.code, refusal.message)


def _reason_of(why: Declined, place: str) -> str:
    """The reason as the contract names it, with what the words depend on besides."""
    name = why.reason.name.lower().replace("_", "-")
    match why.reason:
        case Reason.NOT_TRADING:
            return f"{name}-{why.facts['status']}"
        case Reason.PRICE_NOT_POSITIVE:
            return f"{name}-{why.facts['name']}"
        case Reason.NO_SUCH_ORDER if place == "replace":
            return f"replace-{name}"
        case Reason.NO_SUCH_ORDER if place:
            return f"cancel-{name}"
        case Reason.FINISHED if place == "several":
            return f"{name}-among-several"
        case Reason.FINISHED if place == "cancel-by-client-id":
            return f"{name}-by-client-id"
    return name


@lru_cache(maxsize=256)
def _text_of(reason: str, of_cancels: str) -> RefusalText:
    for text in REFUSALS:
        if (text.group, text.reason) == (GROUP, reason) and text.holds({"V28": of_cancels}):
            return text
    raise AssertionError(f"the contract does not say how {reason} is told")
