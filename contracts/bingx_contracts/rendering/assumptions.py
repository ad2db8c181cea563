"""What is ours as a page, made from the data. Pure text."""

from collections.abc import Iterator

from bingx_contracts import ASSUMPTIONS, VARIATIONS
from bingx_contracts.facts.register import Assumption, Deciding

_HEAD = """# What is ours

Made from the data by `bingx-fake assumptions --markdown`; a test keeps it current.

What no document says, and the exchange does all the same: so you know which answers are known and which
are guessed. S, R, D and O are the sources that [the register of variations](variations.md) explains, P past
releases of D. For one answer, the [control API](control-api.md#what-decided-an-answer) names in `decided_by`
what decided it.
"""


def markdown() -> str:
    """The page: the assumptions, and the answers of the register that are ours."""
    return "\n".join([_HEAD, "## Assumptions", *_entries(), "", *_answers()]) + "\n"


def _entries() -> Iterator[str]:
    for assumption in ASSUMPTIONS.values():
        yield ""
        yield f"### {assumption.id}"
        yield ""
        yield f"{assumption.says[0].upper()}{assumption.says[1:]}."
        yield ""
        yield f"- Why: {assumption.reason}."
        yield f"- The documents: {assumption.source}."
        yield f"- Decides: {_decided(assumption)}."


def _decided(assumption: Assumption) -> str:
    if not assumption.decides:
        return "no answer by itself"
    said = "; ".join(_answers_of(deciding) for deciding in assumption.decides)
    under = [f"{variation}={' or '.join(names)}" for variation, names in assumption.when.items()]
    return f"{said}, under {' and '.join(under)}" if under else said


def _answers_of(deciding: Deciding) -> str:
    said = f"refusals with {_listed(deciding.codes)}" if deciding.codes else "answers"
    said += (
        f" of {', '.join(f'`{endpoint}`' for endpoint in deciding.endpoints)}" if deciding.endpoints else ""
    )
    said += f" for a value that breaks the rule {' or '.join(deciding.rules)}" if deciding.rules else ""
    given = [f"{name}={' or '.join(values)}" if values else name for name, values in deciding.given.items()]
    said += f" to requests with {' and '.join(given)}" if given else ""
    return said + (f" to requests without {' or '.join(deciding.absent)}" if deciding.absent else "")


def _listed(codes: tuple[int, ...]) -> str:
    *others, last = (str(code) for code in codes)
    return f"{', '.join(others)} or {last}" if others else last


def _answers() -> Iterator[str]:
    yield "## Answers of ours to what the documents disagree about"
    yield ""
    for variation in VARIATIONS.values():
        for answer in variation.answers:
            if "ours" in answer.source:
                question = f"[{variation.id}](variations.md) {variation.question}"
                yield f"- {question}, `{answer.name}`: {answer.source}"
