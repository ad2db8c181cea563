"""Under what answers are held against the OpenAPI document: every profile, every answer to every question."""

from bingx_contracts import PROFILES, VARIATIONS

Choice = tuple[str, dict[str, str]]
"""A profile, and the answers that differ from it."""

_SWITCHABLE = [variation for variation in VARIATIONS.values() if variation.is_switchable]
_MOST = max(len(variation.answers) for variation in _SWITCHABLE)

ALL_ANSWERS: list[dict[str, str]] = [
    {
        variation.id: variation.answers[(number + place) % len(variation.answers)].name
        for place, variation in enumerate(_SWITCHABLE)
    }
    for number in range(_MOST)
]
"""Sets that answer every question, in which every answer occurs: one answer at a time would take 200 sets."""

CHOICES: dict[str, Choice] = {name: (name, {}) for name in PROFILES} | {
    f"set {number} of answers": ("documented", answers) for number, answers in enumerate(ALL_ANSWERS)
}
