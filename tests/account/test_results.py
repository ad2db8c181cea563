"""Results: exact as JSON, readable as tables."""

import json
from typing import Any

import pytest
from account.conftest import Run
from account.programs import ALICE_UID

from bingx_client.account.showing import exact, iso, short
from bingx_client.wire.decode import read_answer
from bingx_fake import FakeExchange

DIGITS = "12345678901234567890.12345678901234567891"


def document(run: Run, *arguments: str) -> Any:
    code, out, err = run(*arguments, "--json")
    assert code == 0, err
    assert out.count("\n") == 1
    return json.loads(out)


@pytest.mark.parametrize("account", ["fund", "spot"])
def test_a_balance_keeps_all_its_digits(run: Run, exchange: FakeExchange, account: str) -> None:
    exchange.credit(ALICE_UID, account, "VST", DIGITS)
    found = document(run, "balance", "--account", account, "--asset", "VST")
    assert found == {
        "account": account,
        "balances": [{"asset": "VST", "free": DIGITS, "locked": "0"}],
    }


def test_a_transfer_keeps_all_its_digits_from_the_command_line_to_the_records(
    run: Run, exchange: FakeExchange
) -> None:
    exchange.credit(ALICE_UID, "fund", "VST", DIGITS)
    made = document(run, "transfer", "--from", "fund", "--to", "spot", "--asset", "VST", "--amount", DIGITS)
    assert made["amount"] == DIGITS
    (row,) = document(run, "records", "--from", "fund", "--to", "spot")["records"]
    assert (row["amount"], row["transferId"]) == (DIGITS, made["transferId"])
    assert f"{exchange.balance(ALICE_UID, 'spot', 'VST').free:f}" == DIGITS


def test_a_transfer_is_described_by_type_and_by_both_accounts(run: Run) -> None:
    made = document(run, "transfer", "--type", "FUND_PFUTURES", "--asset", "USDT", "--amount", "1.50")
    assert made.pop("transferId").isdecimal()
    assert made == {
        "asset": "USDT",
        "amount": "1.50",
        "type": "FUND_PFUTURES",
        "fromAccount": "fund",
        "toAccount": "USDTMPerp",
        "reconciled": False,
    }


def test_records_carry_ids_as_text_and_times_as_milliseconds(run: Run, exchange: FakeExchange) -> None:
    before = exchange.clock.now_ms()
    run("transfer", "--type", "FUND_PFUTURES", "--asset", "USDT", "--amount", "1")
    found = document(run, "records")
    (row,) = found["records"]
    assert found["total"] == 1
    assert isinstance(row["transferId"], str)
    assert before <= row["timestamp"] <= exchange.clock.now_ms()
    assert row["amount"] == "1.00000000000000000000"


def test_records_are_a_table_of_asset_amount_type_timestamp_and_status(
    run: Run, exchange: FakeExchange
) -> None:
    run("transfer", "--type", "FUND_PFUTURES", "--asset", "USDT", "--amount", "1.50")
    run("transfer", "--from", "fund", "--to", "spot", "--asset", "USDT", "--amount", "2")
    heading, newest, oldest = run("records").out.splitlines()
    assert heading.split() == ["asset", "amount", "type", "timestamp", "status"]
    assert newest.startswith("USDT   2       fund to spot   20")
    assert oldest.startswith("USDT   1.5     FUND_PFUTURES  20")
    assert oldest.endswith("Z  CONFIRMED")


def test_a_time_range_selects_records_by_milliseconds_and_by_iso_8601(
    run: Run, exchange: FakeExchange
) -> None:
    run("transfer", "--type", "FUND_PFUTURES", "--asset", "USDT", "--amount", "1")
    (row,) = document(run, "records")["records"]
    at_ms = row["timestamp"]
    inside = ("--since", str(at_ms), "--until", iso(at_ms))
    assert len(document(run, "records", *inside)["records"]) == 1
    assert document(run, "records", "--since", iso(at_ms + 1))["records"] == []


def test_what_is_on_further_pages_is_said_beside_the_data(run: Run) -> None:
    for _ in range(2):
        run("transfer", "--type", "FUND_PFUTURES", "--asset", "USDT", "--amount", "1")
    assert run("records", "--page-size", "1").err == "There are 2 records; --page 2 shows the next.\n"
    assert run("records", "--page-size", "1", "--page", "2").err == ""
    assert run("records", "--page", "3").err == "There are no further records.\n"


def test_nothing_is_said_to_be_nothing(run: Run) -> None:
    assert run("records") == (0, "", "There are no records.\n")
    assert run("balance", "--account", "spot", "--asset", "BTC") == (
        0,
        "",
        "The spot account holds no BTC.\n",
    )


@pytest.mark.parametrize("arguments", [("overview",), ("balance", "--account", "all")])
def test_the_overview_lists_every_account_type(run: Run, arguments: tuple[str, ...]) -> None:
    worths = {row["accountType"]: row["usdtBalance"] for row in document(run, *arguments)["accounts"]}
    assert worths["USDTMPerp"] == "100"
    assert len(worths) == 8


def test_coins_are_listed_with_their_names(run: Run) -> None:
    coins = {row["coin"]: row["name"] for row in document(run, "coins")["coins"]}
    assert coins["BTC"] == "Bitcoin"


def test_an_internal_transfer_is_in_the_records_under_its_name(run: Run) -> None:
    receiver = ("--user-account-type", "email", "--user-account", "bob@example.com")
    money = ("--coin", "USDT", "--amount", "5.5", "--wallet-type", "fund")
    made = document(run, "inner-transfer", *money, *receiver, "--transfer-client-id", "rent1")
    (row,) = document(run, "inner-records", "--coin", "USDT", "--transfer-client-id", "rent1")["records"]
    assert (row["id"], row["amount"], row["recordType"], row["status"]) == (made["id"], "5.5", "out", 6)
    table = run("inner-records", "--coin", "USDT").out
    assert "6 completed" in table


@pytest.mark.parametrize(
    "place", [("--json", "--env", "prod-vst", "coins"), ("coins", "--json", "--env", "prod-vst")]
)
def test_common_options_stand_before_or_after_the_command(run: Run, place: tuple[str, ...]) -> None:
    assert json.loads(run(*place).out)["coins"]


def test_text_from_the_exchange_cannot_steer_the_terminal(run: Run, exchange: FakeExchange) -> None:
    state = exchange.state
    state["coins"]["BTC"] = "\x1b[2J[bold]Bit\u202ecoin"
    exchange.load(state)
    assert "\\x1b[2J[bold]Bit\\u202ecoin" in run("coins").out


@pytest.mark.parametrize(
    ("text", "written", "shortened"),
    [
        ("1E+3", "1000", "1000"),
        ("1E-20", "0.00000000000000000001", "0.00000000000000000001"),
        ("100.00000000000000000000", "100.00000000000000000000", "100"),
        (f"{DIGITS}0", f"{DIGITS}0", DIGITS),
        ("0E-8", "0.00000000", "0"),
        ("1E+999999", "1E+999999", "1E+999999"),
    ],
)
def test_amounts_are_written_out_and_only_zeros_at_the_end_are_dropped(
    text: str, written: str, shortened: str
) -> None:
    amount = read_answer("GET /", 200, f'{{"amount":{text}}}'.encode()).get("amount").amount()
    assert (exact(amount), short(amount)) == (written, shortened)


@pytest.mark.parametrize(
    ("at_ms", "shown"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
        (10**18, "1000000000000000000"),
    ],
)
def test_times_are_shown_in_utc_to_the_millisecond(at_ms: int, shown: str) -> None:
    assert iso(at_ms) == shown
