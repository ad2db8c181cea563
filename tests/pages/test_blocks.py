"""Every block of every page is executed, here or elsewhere, or is listed here with the reason why not."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from account.programs import Terminal
from examples.conftest import EXAMPLES
from support.pages import BLOCKS, PAGES, ROOT, Block

from bingx_fake import FakeExchange

BIN = Path(sys.executable).parent
PATIENCE_S = 60

EXECUTED = {"sh", "python"}  # tests/pages/test_commands.py, all of them
EXECUTED_HERE = {"toml", "diff"}

# How each of these begins, and what becomes of it.
CONSOLE = {
    "make run ": "test_commands.py executes make run; make test is what executes this test",
    "export BINGX_API_KEY=…": "not executed: it wants a person's own key",
    ".venv/bin/python -m pytest tests/contract --bingx-env vst --bingx-report": "not executed: it asks BingX",
    ".venv/bin/python -m pytest tests/contract --bingx-env vst --bingx-allow-writes": "not executed: it asks "
    "BingX to move money",
    "make freqtrade": "not executed: freqtrade has an environment of its own; what this prints is held below",
    "bingx-fake run --control-port 8702 -- freqtrade ": "make freqtrade executes it, with its own strategy",
    "git tag v": "not executed: it marks a release; tests/test_distribution.py builds the wheel",
    "$ bingx-account\n": "below, at a pseudo-terminal",
}


def of(language: str) -> list[str]:
    return [block.text for block in BLOCKS if block.language == language and not block.quoted_from]


def test_every_block_is_executed_or_stands_below_the_one_that_prints_it() -> None:
    accounted = EXECUTED | EXECUTED_HERE | {"console"}
    others = [block.id for block in BLOCKS if block.language not in accounted and not block.quoted_from]
    assert others == []


@pytest.mark.parametrize("block", [pytest.param(block, id=block.id) for block in BLOCKS if block.quoted_from])
def test_what_a_page_quotes_stands_in_the_file_word_for_word(block: Block) -> None:
    rest = _unindented((ROOT / block.quoted_from).read_text(encoding="utf-8"))
    for piece in re.split(r"^ *…$\n", block.text, flags=re.MULTILINE):  # … stands for what is left out
        _, found, rest = rest.partition(_unindented(piece))
        assert found, f"{block.id}: {block.quoted_from} no longer has this; quote it anew:\n{piece}"


def _unindented(text: str) -> str:
    return "".join(f"{line.strip()}\n" for line in text.splitlines())


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_found(page: str) -> None:
    found = [block for block in BLOCKS if block.page == page]
    shown = len(found) + sum(bool(block.output) for block in found)
    assert 2 * shown == len(re.findall(r"^ *```", PAGES[page], re.MULTILINE))


def test_every_console_block_is_executed_or_has_a_reason_not_to_be() -> None:
    reasons = [[start for start in CONSOLE if text.startswith(start)] for text in of("console")]
    assert all(len(found) == 1 for found in reasons), of("console")
    assert {start for found in reasons for start in found} == set(CONSOLE)


def test_the_menu_is_the_one_that_a_terminal_shows() -> None:
    (shown,) = (text for text in of("console") if text.startswith("$ bingx-account\n"))
    terminal = Terminal(str(BIN / "bingx-account"))
    try:
        for line in shown.splitlines()[1:]:
            terminal.read_until(line)
    finally:
        terminal.close()


@pytest.mark.parametrize("text", [text for text in of("toml") if "[[faults]]" in text])
def test_a_schedule_of_faults_is_taken(text: str, bingx_exchange: FakeExchange) -> None:
    orders = tomllib.loads(text)["faults"]
    assert len(bingx_exchange.play(orders)) == len(orders)


@pytest.mark.parametrize("text", [text for text in of("toml") if "[[faults]]" not in text])
def test_a_state_is_loaded_as_it_stands(text: str, bingx_exchange: FakeExchange) -> None:
    state = tomllib.loads(text)
    bingx_exchange.load(state)
    loaded = bingx_exchange.state
    assert [user["uid"] for user in loaded.get("users", [])] == [
        user["uid"] for user in state.get("users", [])
    ]
    for table in ("transfers", "markets"):
        assert len(loaded.get(table, [])) == len(state.get(table, []))


def test_the_change_for_serve_is_the_one_that_the_examples_test_makes() -> None:
    (diff,) = of("diff")
    removed, added = (line[1:] for line in diff.splitlines())
    assert removed in (EXAMPLES / "requests_bot.py").read_text(encoding="utf-8").splitlines()
    test = (EXAMPLES / "test_requests_bot.py").read_text(encoding="utf-8")
    assert f"compiled_in = '{removed}'" in test
    assert f"configured = '{added}'" in test


def test_curl_reaches_serve_by_the_exchanges_own_name(curl: str) -> None:
    assert "curl --connect-to open-api.bingx.com:443:127.0.0.1:8700 --cacert CA" in "".join(PAGES.values())
    command = [str(BIN / "bingx-fake"), "serve", "--json", "--tls"]
    command += ["--com-port", "0", "--pro-port", "0", "--control-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as serve:
        try:
            assert serve.stdout is not None
            ready = json.loads(serve.stdout.readline())
            lead = f"open-api.bingx.com:443:{ready['com'].removeprefix('https://')}"
            asking = [curl, "-s", "--connect-to", lead, "--cacert", ready["ca"]]
            url = "https://open-api.bingx.com/openApi/swap/v2/server/time"
            done = subprocess.run(
                [*asking, url], capture_output=True, text=True, check=True, timeout=PATIENCE_S
            )
        finally:
            serve.terminate()
    assert "serverTime" in done.stdout
