"""Where the pages lead, and what stands in none of them."""

import re
import subprocess
from collections.abc import Collection
from pathlib import Path

import pytest
from support.pages import PAGES, ROOT, anchors_of, links_of, rows_of

from bingx_contracts import LINT_RULES, PROFILES
from bingx_fake.faults.kinds import KINDS


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_every_anchor_to_a_heading(page: str) -> None:
    for link in links_of(PAGES[page]):
        target, _, anchor = link.partition("#")
        if re.match(r"https?:", target):
            continue
        file = ((ROOT / page).parent / target).resolve() if target else ROOT / page
        assert file.exists(), f"{page} links to {target}, which is not there"
        if anchor:
            named = PAGES.get(str(file.relative_to(ROOT)))
            assert named is not None, f"{page} links to {link}, but {target} is no page"
            assert anchor in anchors_of(named), f"{page} links to {link}, which is no heading"


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("docs/faults.md", KINDS),
        ("docs/profiles.md", LINT_RULES),
        ("docs/profiles.md", PROFILES),
        ("docs/testing.md", ["bingx_exchange", "bingx_intercept"]),
    ],
)
def test_a_table_has_a_row_for_everything_that_there_is(page: str, names: Collection[str]) -> None:
    assert set(names) <= {word for words in rows_of(PAGES[page]) for word in words.split()}


def test_every_page_is_reached_from_the_list_of_all_pages() -> None:
    listed = {link.partition("#")[0] for link in links_of(PAGES["docs/index.md"])}
    assert {f"docs/{link}" for link in listed} >= {page for page in PAGES if page.startswith("docs/")} - {
        "docs/index.md"
    }


def test_the_readme_is_read_in_one_sitting() -> None:
    assert len(PAGES["README.md"].splitlines()) <= 200


def test_the_tree_names_no_machine() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    private = re.compile(r"/(?:work|root|farm)/|/home/\w+/|tmp/bash_jobs")
    for name in files.split():
        path = ROOT / name
        if path != Path(__file__) and path.is_file():
            assert not private.search(path.read_text(encoding="utf-8", errors="replace")), name
