"""CONFIRM: what goes to the live exchange's hosts needs the word, from a person at a terminal.

The hosts are the real ones, answered by a fake exchange.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from account.conftest import Open
from account.programs import KEY, SECRET, Terminal

from bingx_client.account.command import main
from bingx_fake import FakeExchange

TRANSFER = ("transfer", "--type", "FUND_PFUTURES", "--asset", "USDT", "--amount", "12.5")
LIVE = ("--env", "prod-live")
LIVE_URLS = ("--base-urls", "https://open-api.bingx.com,https://open-api.bingx.pro")
QUESTION = "Type CONFIRM to send it: "


@pytest.fixture
def open_live(open_terminal: Open, journal: Path) -> Open:
    """Runs the command at a terminal with the real host names, ``times`` times in a row."""

    def open_live(*arguments: str, times: int = 1) -> Terminal:
        intercepted = (sys.executable, "-m", "account.intercepted", str(journal), str(times))
        return open_terminal(*arguments, command=intercepted)

    return open_live


def writes(journal: Path) -> list[Any]:
    received = json.loads(journal.read_text(encoding="utf-8"))
    return [entry for entry in received if entry["method"] == "POST"]


@pytest.mark.clause("CONFIRM-1")
def test_only_the_exact_word_sends_a_transfer(open_live: Open, journal: Path) -> None:
    answers = {"": 2, "confirm": 2, "CONFIRM ": 2, "yes": 2, "CONFIRMED": 2, "CONFIRM": 0}
    terminal = open_live(*TRANSFER, *LIVE, times=len(answers))
    for answer, code in answers.items():
        terminal.answer(QUESTION, answer)
        terminal.read_until(f"[exit {code}]")
    terminal.finish()
    assert len(writes(journal)) == 1


@pytest.mark.clause("CONFIRM-2")
def test_the_question_shows_amount_coin_direction_and_source_and_whose_key(open_live: Open) -> None:
    terminal = open_live(*TRANSFER, *LIVE)
    terminal.read_until(f"key {KEY[:5]}***{KEY[-4:]}, secret ***{SECRET[-5:]}")
    terminal.read_until(
        "Transfer 12.5 USDT from fund to USDTMPerp at open-api.bingx.com or open-api.bingx.pro."
    )
    terminal.read_until("This moves real money.")
    terminal.answer(QUESTION, "CONFIRM")
    terminal.read_until("[exit 0]")
    terminal.finish()
    assert "Simulated" not in terminal.seen


def test_the_rule_follows_the_hosts(open_live: Open, journal: Path) -> None:
    terminal = open_live(*TRANSFER, *LIVE_URLS)
    terminal.answer(QUESTION, "no")
    terminal.read_until("Not sent: Transfer 12.5 USDT from fund to USDTMPerp at open-api.bingx.com")
    terminal.read_until("[exit 2]")
    terminal.finish()
    assert writes(journal) == []


@pytest.mark.parametrize(("give_up", "code"), [(Terminal.press_end_of_input, 2), (Terminal.interrupt, 130)])
def test_giving_up_at_confirm_sends_nothing(
    open_live: Open, journal: Path, give_up: Callable[[Terminal], None], code: int
) -> None:
    terminal = open_live(*TRANSFER, *LIVE)
    terminal.read_until(QUESTION)
    give_up(terminal)
    terminal.read_until("Nothing was sent.")
    terminal.read_until(f"[exit {code}]")
    terminal.finish()
    assert writes(journal) == []


@pytest.fixture
def live(bingx_intercept: FakeExchange, credentials: None) -> FakeExchange:
    """An exchange that answers the real host names in this process, to alice with our credentials."""
    state = bingx_intercept.state
    state["users"][0]["keys"][0] |= {"key": KEY, "secret": SECRET}
    bingx_intercept.load(state)
    return bingx_intercept


def test_without_a_person_a_live_transfer_is_refused(
    live: FakeExchange, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*TRANSFER, *LIVE]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Not sent: Transfer 12.5 USDT from fund to USDTMPerp at open-api.bingx.com")
    assert live.requests == []


def test_a_word_from_a_pipe_is_no_person(
    live: FakeExchange, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "answers").write_text("CONFIRM\n", encoding="utf-8")
    with (tmp_path / "answers").open(encoding="utf-8") as answers:
        monkeypatch.setattr("sys.stdin", answers)
        assert main([*TRANSFER, *LIVE]) == 2
    assert live.requests == []


@pytest.mark.clause("CONFIRM-1")
def test_reading_from_the_live_exchange_asks_nothing(
    live: FakeExchange, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["balance", "--account", "spot", *LIVE]) == 0
    assert capsys.readouterr().err == ""


def test_prod_vst_needs_no_confirm(live: FakeExchange, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TRANSFER, "--env", "prod-vst"]) == 0
    assert capsys.readouterr().err == "You are operating in the Production Simulated (VST) environment.\n"
