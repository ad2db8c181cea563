"""The project's pages: found by their names, and taken apart into blocks, links and headings."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FOLDERS = (".", "docs", "cassettes", "examples")
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for folder in FOLDERS
    for path in sorted((ROOT / folder).glob("*.md" if folder == "." else "**/*.md"))
}
"""Every page by its path from the top of the tree. A new one is here by being there."""

OUTPUT = ("text", "json")
"""The languages in which a page shows what the block before it prints."""

_FENCED = re.compile(r"^( *)```(\w*)(?: (\S+))?\n(.*?)^ *```$\n?", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    quoted_from: str  # the file that it stands in, word for word: what follows the language
    text: str
    output: str  # what the page shows that it prints

    @property
    def id(self) -> str:
        """Where it is, as compilers say it."""
        return f"{self.page}:{self.line}"


def _blocks(page: str, text: str) -> Iterator[Block]:
    above: Block | None = None
    end = 0
    for found in _FENCED.finditer(text):
        indent, language, quoted_from, inside = found.groups(default="")
        inside = re.sub("^" + indent, "", inside, flags=re.MULTILINE)
        if above is not None and language in OUTPUT and found.start() == end:
            yield above._replace(output=inside)
            above = None
        else:
            if above is not None:
                yield above
            line = text.count("\n", 0, found.start()) + 1
            above = Block(page, line, language, quoted_from, inside, "")
        end = found.end()
    if above is not None:
        yield above


BLOCKS = [block for page, text in PAGES.items() for block in _blocks(page, text)]


def rows_of(text: str) -> dict[str, str]:
    """The rows of a page's tables that begin with a word in backticks, by that word."""
    return {found[1]: found[0] for found in re.finditer(r"^\| `([^`]+)` \|.*$", text, re.MULTILINE)}


def links_of(text: str) -> set[str]:
    """What a page links to, pictures included; not what only looks like a link inside a block."""
    prose = re.sub(r"`[^`\n]*`", "`code`", _FENCED.sub("", text))
    return set(re.findall(r"(?:\]\(|src=\"|srcset=\"|href=\")([^)\s\"]+)", prose))


def anchors_of(text: str) -> set[str]:
    """The headings of a page, as GitHub names them in an address."""
    seen: Counter[str] = Counter()
    anchors = set()
    for heading in re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE):
        shown = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        name = re.sub(r"[^\w\- ]", "", shown).replace(" ", "-")
        anchors.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return anchors
