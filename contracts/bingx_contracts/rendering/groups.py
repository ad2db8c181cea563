"""Every group with its endpoints as a page, made from the data. Pure text."""

import re
from collections.abc import Iterator

from bingx_contracts import ASSUMPTIONS, CONTRACT, PROFILES, VARIATIONS, Variation
from bingx_contracts.facts.answers import Shape, Value
from bingx_contracts.facts.requests import Endpoint

_HEAD = """# All groups

Made from the data by `bingx-fake groups --markdown`; a test keeps it current, so whoever adds an endpoint
writes it again that way.

Each endpoint that the exchange serves, in the groups in which the documents have them. *Differs* names the
questions on which documents disagree about it, each explained in [the register](variations.md) and answered
by each profile in the table below the group's endpoints; *ours* names [what no document says](assumptions.md)
and decides its answers here. Limits differ in all groups, by V25 ([rate limits](limits.md)). What is called
older is kept for clients that still ask for it. What is at none of these paths is answered with 100404.
[Streams](streams.md) have a page of their own. `bingx-fake openapi --group NAME` prints a group's parameters
and answers in full.
"""

_NAMED: dict[str, list[Shape | Value]] = {}
for _shape in CONTRACT.shapes:
    _NAMED.setdefault(_shape.name, []).append(_shape)
for _value in CONTRACT.values:
    _NAMED.setdefault(_value.name, []).append(_value)


def groups() -> dict[str, list[Endpoint]]:
    """The endpoints of each group, the groups by name."""
    names = sorted({endpoint.group for endpoint in CONTRACT.endpoints})
    return {name: [it for it in CONTRACT.endpoints if it.group == name] for name in names}


def differing(endpoint: Endpoint) -> list[str]:
    """The ids of the switchable variations that have a say in an endpoint's request or answer, by number.

    Those about every request alike, such as the order of the signed text, are not among them.
    """
    found = {
        name
        for departure in CONTRACT.departures
        if departure.endpoint == endpoint.id
        for name in departure.when
    }
    waiting = []
    for answer in (*CONTRACT.answers, *CONTRACT.failures):
        if endpoint.id in answer.endpoints:
            found |= answer.when.keys()
            waiting += [*answer.fields.values(), answer.data or ""]
    seen: set[str] = set()
    while waiting:
        for name in set(re.findall(r"\w+", waiting.pop())) - seen:
            seen.add(name)
            for shape in _NAMED.get(name, ()):
                found |= shape.when.keys()
                waiting += getattr(shape, "fields", {}).values()
    for variation in VARIATIONS.values():
        if any(endpoint.id in deciding.endpoints for deciding in variation.decides):
            found.add(variation.id)
    return sorted((it for it in found if VARIATIONS[it].is_switchable), key=_number)


def ours(endpoint: Endpoint) -> list[str]:
    """The ids of the assumptions that decide an endpoint's answers by name, by number."""
    return sorted(
        (
            assumption.id
            for assumption in ASSUMPTIONS.values()
            if any(endpoint.id in deciding.endpoints for deciding in assumption.decides)
        ),
        key=_number,
    )


def markdown() -> str:
    """The page: of each group its endpoints, then what each profile answers where documents disagree."""
    return "\n".join([_HEAD, *_contents(), *(line for name in groups() for line in _group(name))]) + "\n"


def _contents() -> Iterator[str]:
    yield "| group | endpoints |"
    yield "|---|---|"
    for name, endpoints in groups().items():
        yield f"| [{name}](#{name}) | {len(endpoints)} |"


def _group(name: str) -> Iterator[str]:
    endpoints = groups()[name]
    yield ""
    yield f"## {name}"
    yield ""
    yield "| endpoint | | who | differs | ours |"
    yield "|---|---|---|---|---|"
    for endpoint in endpoints:
        route = f"`{endpoint.method} {endpoint.path}`"
        title = f"{endpoint.title}{' (older)' if endpoint.old_route else ''}"
        yield (
            f"| `{endpoint.id.partition('.')[2]}` {route} | {title} | {_who(endpoint)} "
            f"| {', '.join(_link(VARIATIONS[it]) for it in differing(endpoint))} "
            f"| {', '.join(f'[{it}](assumptions.md#{it.lower()})' for it in ours(endpoint))} |"
        )
    asked = sorted({it for endpoint in endpoints for it in differing(endpoint)}, key=_number)
    if asked:
        yield ""
        yield f"| | {' | '.join(PROFILES)} |"
        yield f"|---|{'---|' * len(PROFILES)}"
        for variation_id in asked:
            answers = " | ".join(profile.answers[variation_id] for profile in PROFILES.values())
            yield f"| {_link(VARIATIONS[variation_id])} {VARIATIONS[variation_id].question} | {answers} |"


def _who(endpoint: Endpoint) -> str:
    if endpoint.public:
        return "anybody"
    who = f"`{endpoint.permission}`"
    return f"{who}, main accounts" if endpoint.main_account_only else who


def _link(variation: Variation) -> str:
    heading = re.sub(r"[^\w\- ]", "", f"{variation.id}: {variation.question}".lower()).replace(" ", "-")
    return f"[{variation.id}](variations.md#{heading})"


def _number(of: str) -> int:
    return int(of[1:])
