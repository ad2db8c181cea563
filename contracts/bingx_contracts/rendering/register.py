"""The register of contradictions as a page, made from the data. Pure text."""

from collections.abc import Iterator

from bingx_contracts import LINT_RULES, PROFILES, VARIATIONS, Variation

_HEAD = """# Where BingX's documents disagree

Made from the data by `bingx-fake variations --markdown`; a test keeps it current.

S is BingX's skill document for the spot account, R the references that it links to, D the documentation
site, O what published clients send to and receive from the live exchange.

`bingx-fake serve --profile NAME` gives one document's answers, `--vary V7=data.assets` changes one of them;
so do `FakeExchange(profile=…, vary={…})`, `pytest --bingx-profile NAME` and `PUT /profile`. The answers `any`
and `all` are ours: every documented form at once.
"""


def markdown() -> str:
    """The page: profiles, the register entry by entry, and the lint rules."""
    return "\n".join([_HEAD, *_profiles(), "", *_entries(), *_lint()]) + "\n"


def _profiles() -> Iterator[str]:
    yield "## Profiles"
    yield ""
    for profile in PROFILES.values():
        yield f"- `{profile.name}`: {profile.source}"
    yield ""
    yield f"| | {' | '.join(PROFILES)} |"
    yield f"|---|{'---|' * len(PROFILES)}"
    for variation in VARIATIONS.values():
        if variation.is_switchable:
            answers = [profile.answers[variation.id] for profile in PROFILES.values()]
            yield f"| {variation.id} {variation.question} | {' | '.join(answers)} |"


def _entries() -> Iterator[str]:
    yield "## The register"
    for variation in VARIATIONS.values():
        yield ""
        yield f"### {variation.id}: {variation.question}"
        yield ""
        for answer in variation.answers:
            yield f"- `{answer.name}`: {answer.source}"
        yield ""
        yield f"{_SIDES[variation.side]} {_served(variation)}Our client {variation.copes}."
        if variation.taken_in_by is not None:
            yield ""
            yield (
                f"{variation.taken_in_by} asks this now, with more: `--vary {variation.id}=ANSWER` is its "
                "answer of that name."
            )


_SIDES = {
    "request": "About requests.",
    "answer": "About answers.",
    "gateway": "About the gateway.",
    "client": "About the client, so no exchange can be switched.",
    "recorded": "Recorded only, not switchable: the accounts are separate.",
}


def _served(variation: Variation) -> str:
    return "" if variation.served_by is None else f"Served by `bingx_fake/{variation.served_by}`. "


def _lint() -> Iterator[str]:
    yield ""
    yield "## Lint"
    yield ""
    yield "What S does not allow, and the exchange tolerates. The journal marks it; `--strict` refuses it."
    yield ""
    yield "| rule | what to do | source |"
    yield "|---|---|---|"
    for rule in LINT_RULES.values():
        yield f"| `{rule.id}` | {rule.message} | {rule.source} |"
