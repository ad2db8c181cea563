"""The menus, at a real pseudo-terminal."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from account.conftest import Open
from account.programs import ALICE_UID, KEY, SECRET, Terminal
from support.sender import wait_until

from bingx_fake import FakeExchange


def funds(exchange: FakeExchange) -> str:
    return f"{exchange.balance(ALICE_UID, 'fund', 'USDT').free:f}"


def test_without_a_command_the_operations_are_offered(open_terminal: Open) -> None:
    terminal = open_terminal()
    for line in (
        "What would you like to do?",
        "1. Check account balance (spot / fund / all accounts)",
        "2. Transfer assets between accounts",
        "3. Query transfer records",
        "4. Query supported coins for transfer",
        "5. Internal P2P transfer",
    ):
        terminal.read_until(line)
    terminal.answer("1 to 5: ", "4")
    terminal.read_until("Tether USD")
    assert terminal.finish() == 0


def test_a_balance_asks_which_account(open_terminal: Open) -> None:
    terminal = open_terminal("balance")
    for line in (
        "Which account balance would you like to check?",
        "1. Spot account balance",
        "2. Fund account balance",
        "3. All accounts overview",
    ):
        terminal.read_until(line)
    terminal.answer("1 to 3: ", "fund")
    terminal.read_until("USDT   1000  0")
    assert terminal.finish() == 0


def test_a_transfer_asks_direction_asset_and_amount_again_until_they_follow_the_rules(
    open_terminal: Open, exchange: FakeExchange
) -> None:
    terminal = open_terminal("transfer")
    terminal.read_until("Transfer direction:")
    terminal.read_until("1. Spot → Perpetual Futures (FUND_PFUTURES), from fund to USDTMPerp")
    terminal.read_until("6. Perpetual Futures → Standard Contract (PFUTURES_SFUTURES)")
    terminal.answer("1 to 6: ", "7")
    terminal.read_until("answer with a number from 1 to 6")
    terminal.answer("1 to 6: ", "1")
    terminal.answer("Asset (e.g., USDT): ", "USDT&type=SFUTURES_FUND")
    terminal.read_until("asset must be 1 to 20 capital letters or digits, such as USDT")
    terminal.answer("Asset (e.g., USDT): ", "USDT")
    terminal.answer("Amount: ", "-5")
    terminal.read_until("amount must be a positive plain decimal with at most 20 places")
    terminal.answer("Amount: ", "5.5")
    terminal.read_until("You are operating in the Production Simulated (VST) environment.")
    assert terminal.finish() == 0
    assert funds(exchange) == "994.5"
    assert terminal.seen.count("You are operating in") == 1
    assert "CONFIRM" not in terminal.seen


def test_only_what_is_missing_is_asked(open_terminal: Open, exchange: FakeExchange) -> None:
    terminal = open_terminal("transfer", "--from", "fund", "--to", "spot", "--asset", "USDT")
    terminal.answer("Amount: ", "1")
    assert terminal.finish() == 0
    assert "Transfer direction" not in terminal.seen
    assert "Asset (" not in terminal.seen
    assert funds(exchange) == "999"


def test_records_ask_for_an_optional_direction_and_time_range(
    open_terminal: Open, exchange: FakeExchange, tmp_path: Path
) -> None:
    terminal = open_terminal("records", "--json", data=tmp_path / "records.json")
    terminal.answer("1 to 7: ", "2")
    terminal.answer("From when on", "2026-13-01")
    terminal.read_until("give Unix milliseconds")
    terminal.answer("From when on", "2026-01-02T00:00:00Z")
    terminal.answer("Until when", "2026-01-01")
    terminal.read_until("that is before 2026-01-02T00:00:00.000Z")
    terminal.answer("Until when", "")
    assert terminal.finish() == 0
    assert json.loads((tmp_path / "records.json").read_text(encoding="utf-8"))["records"] == []
    sent = exchange.requests[-1]["parameters"]
    assert (sent["type"], sent["startTime"]) == ("FUND_PFUTURES", "1767312000000")
    assert "endTime" not in sent


def test_an_internal_transfer_asks_for_receiver_coin_amount_and_payer(
    open_terminal: Open, exchange: FakeExchange
) -> None:
    terminal = open_terminal("inner-transfer")
    terminal.answer("1 to 3: ", "phone")
    terminal.answer("Country calling code (e.g., 49): ", "+49")
    terminal.read_until("callingCode must be the digits of a country calling code")
    terminal.answer("Country calling code (e.g., 49): ", "49")
    terminal.answer("Receiver: ", "bob@example.com")
    terminal.read_until("userAccount must be the digits of a phone number")
    terminal.answer("Receiver: ", "15100000000")
    terminal.answer("Coin (e.g., USDT): ", "USDT")
    terminal.answer("Amount: ", "3")
    terminal.answer("1 to 4: ", "fund")
    assert terminal.finish() == 0
    assert funds(exchange) == "997"


def test_before_the_first_question_it_says_where_it_goes_with_key_and_secret_masked(
    open_terminal: Open, exchange: FakeExchange
) -> None:
    terminal = open_terminal("balance")
    com, pro = (url.removeprefix("http://") for url in exchange.base_urls)
    shown = f"prod-vst at {com} and {pro}, key {KEY[:5]}***{KEY[-4:]}, secret ***{SECRET[-5:]}"
    terminal.read_until(shown)
    terminal.answer("1 to 3: ", "1")
    assert terminal.finish() == 0
    assert KEY not in terminal.seen
    assert SECRET not in terminal.seen


def test_credentials_are_looked_for_before_anything_is_asked(open_terminal: Open) -> None:
    terminal = open_terminal("transfer", environment={})
    assert terminal.finish() == 2
    assert terminal.seen == "Error: BINGX_API_KEY and BINGX_SECRET_KEY must be set in the environment.\r\n"


@pytest.mark.parametrize(("give_up", "code"), [(Terminal.press_end_of_input, 2), (Terminal.interrupt, 130)])
def test_giving_up_at_a_question_sends_nothing(
    open_terminal: Open, exchange: FakeExchange, give_up: Callable[[Terminal], None], code: int
) -> None:
    terminal = open_terminal("transfer", "--type", "FUND_PFUTURES", "--asset", "USDT")
    terminal.read_until("Amount: ")
    give_up(terminal)
    terminal.read_until("Nothing was sent.")
    assert terminal.finish() == code
    assert exchange.requests == []


def test_a_letter_that_is_none_is_a_wrong_answer(open_terminal: Open) -> None:
    terminal = open_terminal("balance")
    terminal.read_until("1 to 3: ")
    terminal.type(b"\xff\xfe\n")
    terminal.read_until("answer with a number from 1 to 3")
    terminal.answer("1 to 3: ", "1")
    assert terminal.finish() == 0


def test_ctrl_c_while_a_transfer_is_under_way_is_an_unknown_outcome(
    open_terminal: Open, exchange: FakeExchange
) -> None:
    with exchange.fault("com", "timeout", phase="after", method="POST"):
        terminal = open_terminal("transfer", "--type", "FUND_PFUTURES", "--asset", "USDT", "--amount", "1")
        terminal.read_until("asking 127.0.0.1")
        wait_until(lambda: exchange.requests)
        terminal.interrupt()
        terminal.read_until("interrupted before its answer was read")
        assert terminal.finish() == 4
    assert funds(exchange) == "999"


def test_ctrl_c_while_something_is_read_is_only_an_interruption(
    open_terminal: Open, exchange: FakeExchange
) -> None:
    with exchange.fault("com", "timeout"):
        terminal = open_terminal("coins")
        wait_until(lambda: exchange.requests)
        terminal.interrupt()
        terminal.read_until("Interrupted.")
        assert terminal.finish() == 130
    assert [entry["domain"] for entry in exchange.requests] == ["com"]


def test_where_there_is_no_default_the_environment_is_asked(open_terminal: Open, journal: Path) -> None:
    intercepted = (sys.executable, "-m", "account.intercepted", str(journal), "1")
    terminal = open_terminal("coins", command=intercepted)
    terminal.read_until("Which environment?")
    terminal.answer("1 to 2: ", "prod-vst")
    terminal.read_until("[exit 0]")
    assert terminal.finish() == 0
    (entry,) = json.loads(journal.read_text(encoding="utf-8"))
    assert entry["code"] == 0
