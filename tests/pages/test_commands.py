"""Every command of every page, executed as written, against an exchange that is new for each page.

Only the ports are others than shown: the free ones of the worker's exchange.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from support.pages import BLOCKS, ROOT
from support.prepared import Done, Prepared, prepared
from support.surroundings import ONLY_OURS

from bingx_fake import FakeExchange

RUNNABLE = [block for block in BLOCKS if block.language in ("sh", "python") and not block.quoted_from]
TESTS = [block for block in RUNNABLE if block.language == "python" and "def test_" in block.text]
COMMANDS = [block for block in RUNNABLE if block not in TESTS]
PATIENCE_S = 60
PREPARATION = f"""
_sys.path.insert(1, {str(ROOT / "examples")!r})
for _name in (
    "aiohttp ccxt ccxt.pro pytest requests requests_mock trustme "
    "bingx_client.aio bingx_client.client bingx_client.calls.raw bingx_client.streams "
    "bingx_fake.inprocess.fake_exchange bingx_fake.inprocess.interception"
).split():
    __import__(_name)
"""
"""What programs in Python find there, and import: it costs more than what they do. It gives them no name."""
AS_WRITTEN = "exec(compile(_sys.argv.pop(), '<page>', 'exec'), {'__name__': '__main__'})"
TESTED = "_sys.exit(__import__('pytest').main())"


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
    without = " ".join(f"-p no:{plugin}" for plugin in ONLY_OURS)
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT / "examples"), "PYTEST_ADDOPTS": without}


@pytest.fixture(scope="module")
def python() -> Iterator[Prepared]:
    """Runs each program in Python in a process of its own, in a copy of an interpreter."""
    with prepared(PREPARATION) as interpreter:
        yield interpreter


def _in_shell(text: str, folder: Path, environment: Mapping[str, str]) -> Done:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env=environment,
        timeout=PATIENCE_S,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def _printed(done: Done, whose: str) -> str:
    assert done.returncode == 0, f"{whose}\n{done.stdout}{done.stderr}"
    return done.stderr + done.stdout


@pytest.mark.parametrize("page", sorted({block.page for block in COMMANDS}))
def test_every_command_of_a_page_does_what_it_shows(
    page: str,
    python: Prepared,
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
            if block.language == "sh":
                done = _in_shell(text, tmp_path, environment)
            else:
                done = python.run(AS_WRITTEN, "-c", text, environment=environment, folder=tmp_path)
            printed = _printed(done, block.id)
            if block.output:
                shown = _pattern(block.output)
                assert re.fullmatch(shown, printed.strip(), re.DOTALL), f"{block.id}\n{printed}"


@pytest.mark.parametrize("page", sorted({block.page for block in TESTS}))
def test_every_test_of_a_page_passes(
    page: str, python: Prepared, tmp_path: Path, environment: Mapping[str, str]
) -> None:
    for block in TESTS:
        if block.page == page:
            assert not block.output, f"{block.id}: what pytest prints is not compared"
            (tmp_path / f"test_at_line_{block.line}.py").write_text(block.text, encoding="utf-8")
    _printed(python.run(TESTED, "pytest", "-q", environment=environment, folder=tmp_path), page)


def test_a_page_that_uses_ccxt_pro_imports_it() -> None:
    """The interpreter has it from before, as an attribute of ``ccxt``."""
    for block in RUNNABLE:
        assert ("ccxt.pro" in block.text) == ("import ccxt.pro" in block.text), block.id


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
