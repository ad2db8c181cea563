"""What is ours: written down once, with its reason, and named where it counts."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support.commands import bingx_fake

from bingx_contracts import ASSUMPTIONS, VARIATIONS
from bingx_contracts.reading.loading import specification
from bingx_contracts.rendering import assumptions

ROOT = Path(__file__).parents[2]
EXAMPLES = ("examples.toml", "signing_vectors.toml")
"""Files whose values are made up, as everybody's examples are."""
ABOUT_OTHER_THINGS = ("assumptions", "variations", "profiles", "lint")
"""Tables that are the register themselves, and marks on what clients send."""


def test_the_page_is_what_the_data_says() -> None:
    assert (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8") == assumptions.markdown()


def test_the_page_gives_each_one_with_its_reason() -> None:
    page = assumptions.markdown()
    for assumption in ASSUMPTIONS.values():
        entry = page.partition(f"### {assumption.id}\n")[2].partition("\n###")[0]
        assert assumption.says[1:] in entry
        assert assumption.reason in entry


def test_the_command_prints_them() -> None:
    printed = bingx_fake("assumptions").stdout
    assert all(assumption_id in printed for assumption_id in ASSUMPTIONS)
    assert set(json.loads(bingx_fake("assumptions", "--json").stdout)) == set(ASSUMPTIONS)
    assert bingx_fake("assumptions", "--markdown").stdout == assumptions.markdown()


def test_what_the_specification_calls_ours_names_an_assumption_or_a_variation() -> None:
    nameless = [f"{place}: {text}" for place, text in _marks() if not re.search(r"\b[AV]\d+\b", text)]
    assert not nameless, "write what is assumed, and why, into an assumptions.toml, and name its id here"


def test_what_the_code_calls_ours_names_an_assumption_that_there_is() -> None:
    files = (ROOT / "fake_exchange").rglob("*.py")
    marks = [
        (path.name, mark)
        for path in files
        for mark in re.findall(r"\(ours[^)]*\)", path.read_text(encoding="utf-8"))
    ]
    assert marks
    for place, mark in marks:
        named = re.findall(r"\bA\d+\b", mark)
        assert named, (
            f"{place}: {mark} names no assumption: write it into an assumptions.toml, with its reason"
        )
        assert set(named) <= set(ASSUMPTIONS), (place, mark)


def test_every_variation_that_is_named_for_being_ours_has_an_answer_of_ours() -> None:
    for place, text in _marks():
        if re.search(r"\bA\d+\b", text) or not text.startswith("ours"):
            continue
        named = re.findall(r"\bV\d+\b", text)
        answers = [answer.source for variation_id in named for answer in VARIATIONS[variation_id].answers]
        assert any("ours" in source for source in answers), place


def _marks() -> Iterator[tuple[str, str]]:
    """Where the specification says that something about the exchange is ours, and in which words."""
    folder = specification()
    for filename in folder.files():
        if filename.endswith(EXAMPLES):
            continue
        for table, rows in folder.load(filename, dict[str, Any]).items():
            if table not in ABOUT_OTHER_THINGS:
                yield from _marks_in(f"{filename} {table}", rows)


def _marks_in(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for inner in value:
            yield from _marks_in(place, inner)
    elif isinstance(value, dict) and value.get("about") != "client":
        name = next((value[key] for key in ("id", "name", "endpoints") if key in value), "")
        for inner in value.values():
            yield from _marks_in(f"{place} {name}", inner)
    elif isinstance(value, str) and re.search(r"\bours\b", value):
        yield place, value
