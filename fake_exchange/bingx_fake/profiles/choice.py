"""Which documented answer the exchange gives to each contested question: a profile, and single departures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bingx_contracts import PROFILES, VARIATIONS, present_answers

DEFAULT_PROFILE = "documented"


class ProfileError(ValueError):
    """No such profile, variation or answer. The message says which there are."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile, what departs from it, and whether departures from S are refused.

    :param vary: variation id to answer, for those that differ from the profile.
    :param answers: every switchable variation's answer.
    """

    name: str = DEFAULT_PROFILE
    vary: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    answers: Mapping[str, str] = field(default_factory=lambda: PROFILES[DEFAULT_PROFILE].answers)


def choose(
    name: str = DEFAULT_PROFILE,
    vary: Mapping[str, str] | None = None,
    *,
    strict: bool = False,
    adopted: Callable[[], Mapping[str, Mapping[str, str]]] = dict,
) -> Profile:
    """Check a choice and make a profile of it.

    :param vary: variation id to answer, such as ``{"V7": "data.assets"}``; one to a question that another
        variation took in (V16, by V25) is the same answer to that.
    :param adopted: gives profiles besides the documented ones, by name; asked for no other.
    :raises ProfileError: when there is no such profile, variation or answer, or two answers to one question.
    """
    profiles: dict[str, Mapping[str, str]] = {known.name: known.answers for known in PROFILES.values()}
    if name not in profiles:
        profiles |= adopted()
    if name not in profiles:
        raise ProfileError(f"there is no profile {name!r}; there are {', '.join(profiles)}")
    vary = vary or {}
    for variation_id, answer in vary.items():
        _check(variation_id, answer)
    try:
        present = present_answers(vary)
    except ValueError as error:
        raise ProfileError(str(error)) from None
    return Profile(name, present, strict, {**profiles[name], **present})


def read_vary(texts: tuple[str, ...]) -> dict[str, str]:
    """Read ``V7=data.assets`` and the like.

    :raises ProfileError: when one is not of this form, or names a variation twice.
    """
    vary: dict[str, str] = {}
    for text in texts:
        variation_id, equals, answer = text.partition("=")
        if not equals:
            raise ProfileError(f"a variation is given as V7=ANSWER, not {text!r}")
        if vary.get(variation_id, answer) != answer:
            raise ProfileError(f"{variation_id} is given two answers, {vary[variation_id]} and {answer}")
        vary[variation_id] = answer
    return vary


def _check(variation_id: str, answer: str) -> None:
    variation = VARIATIONS.get(variation_id)
    if variation is None:
        known = ", ".join(VARIATIONS)
        raise ProfileError(f"there is no variation {variation_id!r}; there are {known}")
    if not variation.is_switchable and variation.taken_in_by is None:
        what = "is recorded only" if variation.side == "recorded" else "concerns the client"
        raise ProfileError(f"{variation_id} ({variation.question}) {what}: no exchange can be switched to it")
    answers = [known.name for known in variation.answers]
    if answer not in answers:
        raise ProfileError(
            f"{variation_id} ({variation.question}) has no answer {answer!r}; it has {', '.join(answers)}"
        )
