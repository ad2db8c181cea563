"""The script that makes the README's pictures."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "pictures" / "make.py"


@pytest.fixture(scope="module")
def pictures(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    subprocess.run([sys.executable, str(SCRIPT), "--into", str(folder)], check=True, capture_output=True)
    return folder


def test_it_makes_every_picture_that_is_kept(pictures: Path) -> None:
    kept = {path.name for path in SCRIPT.parent.iterdir() if path.suffix in (".png", ".svg")}
    assert {path.name for path in pictures.iterdir()} == kept
    assert all((pictures / name).stat().st_size > 5_000 for name in kept)


def test_the_terminal_shows_what_the_commands_print_and_nothing_from_elsewhere(pictures: Path) -> None:
    drawn = (pictures / "terminal.svg").read_text(encoding="utf-8")
    shown = re.sub(r"<[^>]+>", "", drawn).replace("&#160;", " ")
    assert "recvWindow was sent and not signed. [recv-window-left-out]" in shown
    assert "bingx-fake: 1 request, 0 errors, 0 lint marks" in shown
    assert re.findall(r"https?://[^\"]+", drawn) == ["http://www.w3.org/2000/svg"]
