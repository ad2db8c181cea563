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
from support.pages import BLOCKS, ROOT, Block

from bingx_fake import FakeExchange

RUNNABLE = [block for block in BLOCKS if block.language in ("sh", "python") and not block.quoted_from]
PATIENCE_S = 60


def _pattern(output: str) -> str:
    """The shown output as a pattern in which … stands for anything."""
    return ".*".join(re.escape(part) for part in output.strip().split("…"))


@pytest.fixture
def usual_ports(bingx_exchange: FakeExchange) -> dict[str, str]:
    """What the pages call the exchange's addresses, and what they are."""
    com, pro = bingx_exchange.base_urls
    control = bingx_exchange.control_url
    return dict(zip(("8700", "8701", "8702"), (com, pro, control), strict=True))


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


def _run(block: Block, ports: Mapping[str, str], folder: Path, environment: Mapping[str, str]) -> str:
    text = block.text
    for port, address in ports.items():
        text = text.replace(f"http://127.0.0.1:{port}", address)
    if block.language == "sh":
        command = ["bash", "-euo", "pipefail", "-c", text]
    elif "def test_" in text:
        (folder / "test_example.py").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "test_example.py"]
    else:
        command = [sys.executable, "-c", text]
    done = subprocess.run(
        command,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env=environment,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, f"{block.id}\n{done.stdout}{done.stderr}"
    return done.stderr + done.stdout


@pytest.mark.parametrize("page", sorted({block.page for block in RUNNABLE}))
def test_every_command_of_a_page_does_what_it_shows(
    page: str,
    usual_ports: Mapping[str, str],
    tmp_path: Path,
    environment: Mapping[str, str],
    curl: str,
    openssl: str,
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for block in RUNNABLE:
        if block.page == page:
            printed = _run(block, usual_ports, tmp_path, environment)
            if block.output:
                assert re.fullmatch(_pattern(block.output), printed.strip(), re.DOTALL), (
                    f"{block.id}\n{printed}"
                )


def test_pages_with_commands_are_found() -> None:
    assert {block.page for block in RUNNABLE} >= {"README.md"}
    assert len(RUNNABLE) >= 20


def test_make_run_serves() -> None:
    arguments = "ARGS=--com-port 0 --pro-port 0 --control-port 0 --json"
    command = ["make", "--no-print-directory", "run", arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline().startswith('{"com": "http://127.0.0.1:')
        run.terminate()
