"""Every command of every page, executed as written, against an exchange that is new for each page.

Only the ports are others than shown: the free ones of the worker's exchange.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.pages import BLOCKS, ROOT

from bingx_fake import FakeExchange

RUNNABLE = [block for block in BLOCKS if block.language in ("sh", "python") and not block.quoted_from]
TESTS = [block for block in RUNNABLE if block.language == "python" and "def test_" in block.text]
COMMANDS = [block for block in RUNNABLE if block not in TESTS]
PATIENCE_S = 60


def _pattern(output: str) -> str:
    """The shown output as a pattern in which … stands for anything."""
    return ".*".join(re.escape(part) for part in output.strip().split("…"))


@pytest.fixture
def usual_ports(bingx_exchange: FakeExchange) -> dict[str, str]:
    """What the pages call the exchange's addresses, and what they are."""
    com, pro = bingx_exchange.base_urls
    others = bingx_exchange.control_url, bingx_exchange.stream_url
    return dict(zip(("8700", "8701", "8702", "8703"), (com, pro, *others), strict=True))


@pytest.fixture
def environment() -> dict[str, str]:
    """What a reader's commands find: these programs first, and no word of BingX."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BINGX_", "PYTEST_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # A reader has none of the plugins that only our own tests use, which take a second at every start.
    without = " ".join(
        f"-p no:{plugin}" for plugin in ("schemathesis", "hypothesispytest", "pytest_cov", "xdist")
    )
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT / "examples"), "PYTEST_ADDOPTS": without}


def _run(command: list[str], folder: Path, environment: Mapping[str, str], whose: str) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env=environment,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, f"{whose}\n{done.stdout}{done.stderr}"
    return done.stderr + done.stdout


@pytest.mark.parametrize("page", sorted({block.page for block in COMMANDS}))
def test_every_command_of_a_page_does_what_it_shows(
    page: str,
    usual_ports: Mapping[str, str],
    tmp_path: Path,
    environment: Mapping[str, str],
    curl: str,
    openssl: str,
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for block in COMMANDS:
        if block.page == page:
            text = block.text
            for port, address in usual_ports.items():
                scheme = address.partition("://")[0]
                text = text.replace(f"{scheme}://127.0.0.1:{port}", address)
            shell = ["bash", "-euo", "pipefail", "-c", text]
            command = shell if block.language == "sh" else [sys.executable, "-c", text]
            printed = _run(command, tmp_path, environment, block.id)
            if block.output:
                shown = _pattern(block.output)
                assert re.fullmatch(shown, printed.strip(), re.DOTALL), f"{block.id}\n{printed}"


@pytest.mark.parametrize("page", sorted({block.page for block in TESTS}))
def test_every_test_of_a_page_passes(page: str, tmp_path: Path, environment: Mapping[str, str]) -> None:
    for block in TESTS:
        if block.page == page:
            assert not block.output, f"{block.id}: what pytest prints is not compared"
            (tmp_path / f"test_at_line_{block.line}.py").write_text(block.text, encoding="utf-8")
    _run([sys.executable, "-m", "pytest", "-q"], tmp_path, environment, page)


def test_pages_with_commands_are_found() -> None:
    assert len(COMMANDS) >= 20
    assert len(TESTS) >= 5


def test_make_run_serves() -> None:
    arguments = "ARGS=--com-port 0 --pro-port 0 --control-port 0 --json"
    command = ["make", "--no-print-directory", "run", arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline().startswith('{"com": "http://127.0.0.1:')
        run.terminate()
