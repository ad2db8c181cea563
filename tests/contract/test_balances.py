"""The three balance reads."""

import re
from decimal import Decimal

import pytest
from contract import shapes
from contract.conftest import Meet
from contract.target import Target
from support.sender import FUND_BALANCE, OVERVIEW, SPOT_BALANCE

AMOUNT = re.compile(r"[0-9]+(\.[0-9]{1,20})?")
TYPES = ["sopt", "stdFutures", "coinMPerp", "USDTMPerp", "copyTrading", "grid", "eran", "c2c"]


def fund_rows(answer: object) -> dict[str, tuple[Decimal, Decimal]]:
    """Free and locked by asset, from whichever documented place."""
    assert isinstance(answer, dict)
    data = answer["data"]
    for place in (data.get("balances"), data.get("assets"), data.get("balance"), data.get("data")):
        if place is not None:
            rows = place["balance"] if isinstance(place, dict) and "balance" in place else place
            rows = list(rows.values()) if isinstance(rows, dict) else rows
            return {row["asset"]: (Decimal(row["free"]), Decimal(row["locked"])) for row in rows}
    raise AssertionError(f"no balances in {data}")


@pytest.mark.clause("BAL-1")
def test_the_spot_balance_lists_asset_free_and_locked_as_exact_text(target: Target) -> None:
    for row in target.get(SPOT_BALANCE).data["balances"]:
        assert row["asset"]
        assert AMOUNT.fullmatch(row["free"])
        assert AMOUNT.fullmatch(row["locked"])


@pytest.mark.clause("BAL-2")
def test_the_fund_balance_is_in_a_documented_place(target: Target, meets: Meet) -> None:
    answer = target.get(FUND_BALANCE).json
    meets("V7", *shapes.fund_balance(answer))
    fund_rows(answer)


@pytest.mark.clause("BAL-3")
def test_the_fund_balance_can_be_asked_for_one_asset(target: Target) -> None:
    everything = fund_rows(target.get(FUND_BALANCE).json)
    only = fund_rows(target.get(FUND_BALANCE, asset="USDT").json)
    assert only.get("USDT") == everything.get("USDT")
    assert set(only) <= {"USDT"}


@pytest.mark.clause("BAL-4")
def test_the_overview_lists_documented_account_types_with_their_worth(target: Target, meets: Meet) -> None:
    answer = target.get(OVERVIEW).json
    meets("V8", *shapes.overview(answer))
    rows = shapes.overview_rows(answer)
    names = {row["accountType"] for row in rows}
    assert names <= {*TYPES, "spot"}
    if names & {"sopt", "spot"}:
        meets("V13", *(names & {"sopt", "spot"}))
    for row in rows:
        Decimal(row.get("usdtBalance") or row["balance"])


@pytest.mark.clause("BAL-5")
def test_the_overview_can_be_asked_for_one_account_type(target: Target) -> None:
    rows = shapes.overview_rows(target.get(OVERVIEW, accountType="USDTMPerp").json)
    assert {row["accountType"] for row in rows} <= {"USDTMPerp"}


@pytest.mark.clause("BAL-5")
def test_an_unknown_account_type_is_refused(target: Target) -> None:
    assert target.get(OVERVIEW, accountType="nothing").code == 100400


@pytest.mark.clause("BAL-1", "BAL-2")
def test_spot_and_fund_are_separate_accounts(target: Target, meets: Meet) -> None:
    spot = {
        row["asset"]: (Decimal(row["free"]), Decimal(row["locked"]))
        for row in target.get(SPOT_BALANCE).data["balances"]
    }
    fund = fund_rows(target.get(FUND_BALANCE).json)
    if not (spot or fund):
        pytest.skip("neither account holds anything, so nothing tells them apart")
    meets("V17", "one-account" if spot == fund else "separate")
