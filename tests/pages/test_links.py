"""Where the pages lead, and what stands in none of them."""

import re
import subprocess
from pathlib import Path

import pytest
from support.pages import PAGES, ROOT, anchors_of, links_of

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


def test_every_fault_is_in_a_table() -> None:
    named = {
        name for text in PAGES.values() for name in re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)
    }
    assert named >= set(KINDS)


def test_the_tree_names_no_machine() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    private = re.compile(r"/(?:work|root|farm)/|/home/\w+/|tmp/bash_jobs")
    for name in files.split():
        path = ROOT / name
        if path != Path(__file__) and path.is_file():
            assert not private.search(path.read_text(encoding="utf-8", errors="replace")), name
