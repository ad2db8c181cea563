"""The page that says where things are says it of the tree as it is."""

import re
from typing import NamedTuple

import pytest
from support.pages import PAGES, ROOT, rows_of
from test_architecture import PACKAGES, ROOMS

PAGE = PAGES["docs/architecture.md"]


class Place(NamedTuple):
    """A row of the table of rules."""

    rule: str
    file: str
    names: list[str]


RULES = [
    Place(rule, file, re.findall(r"`([^`]+)`", names))
    for rule, file, names in re.findall(
        r"^\| (.+?) \| \[`[^`]+`\]\(\.\./([^)]+)\) \| (.+) \|$", PAGE, re.MULTILINE
    )
]


def test_the_table_tells_of_thirty_rules_and_more() -> None:
    assert len({place.rule for place in RULES}) == len(RULES) >= 30


@pytest.mark.parametrize("place", RULES, ids=[place.rule for place in RULES])
def test_a_rule_is_in_the_file_that_the_table_names(place: Place) -> None:
    assert (ROOT / place.file).is_file(), f"{place.rule!r} has another place now: docs/architecture.md"
    assert place.names
    text = (ROOT / place.file).read_text(encoding="utf-8")
    missing = [name for name in place.names if not re.search(rf"\b{re.escape(name)}\b", text)]
    assert missing == [], f"{place.file} no longer has what {place.rule!r} names: docs/architecture.md"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_is_told_and_no_other(package: str) -> None:
    _, _, below = PAGE.partition(f"### `{package}`\n")
    told, folder = set(rows_of(below.partition("\n#")[0])), ROOT
    for holder in ("contracts", "client", "fake_exchange"):
        if (ROOT / holder / package).is_dir():
            folder = ROOT / holder / package
    rooms = {room for line in ROOMS[package] for room in line if (folder / room).is_dir()}
    assert told == rooms | ({"spec"} if package == "bingx_contracts" else set())
