"""Which published client copes with which profile: ccxt and bingx-py, unmodified, on the documented hosts."""

import os

import pytest
from compat.market_data import METHODS, OF_OTHERS
from compat.running import LIBRARIES, PROFILE_SETTINGS, SILENT, WORKS, Found
from compat.table import BEGIN, END, rendered
from support.pages import PAGES, ROOT

from bingx_contracts import ENDPOINTS

SIGNATURE_MISMATCH, SIGNATURE_MISSING = 100001, 100412
BY_ID = "`fetch_transfers` by id"


def test_a_page_shows_what_the_run_found(found: Found) -> None:
    holders = [page for page, text in PAGES.items() if BEGIN in text]
    assert len(holders) == 1, f"one page is to have the marker {BEGIN}; these have it: {holders}"
    page = ROOT / holders[0]
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert end, f"{holders[0]} has lost its marker {END}"
    current = f"{before}{BEGIN}\n\n{rendered(found)}\n\n{END}{after}"
    if os.environ.get("BINGX_WRITE_TABLE"):
        page.write_text(current, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == current, "`make compat` writes the table anew"


def test_between_them_they_call_every_endpoint_of_the_spot_account_but_two(found: Found) -> None:
    called = {(method, path) for method, path, _ in found.journal}
    asked = {name: it for name, it in ENDPOINTS.items() if it.group in ("spot_account", "common")}
    missing = {name for name, it in asked.items() if (it.method, it.path) not in called}
    assert missing == {"spot_account.transfer_v3", "common.server_time_v1"}


@pytest.mark.clause("SIGN-5", "REQ-6")
def test_whatever_they_sign_verifies(found: Found) -> None:
    assert not {code for *_, code in found.journal} & {SIGNATURE_MISMATCH, SIGNATURE_MISSING}


def test_only_what_no_document_allows_works_under_no_profile(found: Found) -> None:
    never = {
        (library.name, call.shown)
        for library in LIBRARIES
        for call in library.calls
        if not any(
            _cell(found, library.name, call.shown, it.shown).startswith(WORKS) for it in PROFILE_SETTINGS
        )
    }
    assert never == {
        # Floats.
        ("ccxt", "`fetch_balance`, an amount with 20 places"),
        ("ccxt", "`fetch_transfers`, an amount with 20 places"),
        ("bingx-py", "`get_main_account_internal_transfer_records`, an amount with 20 places"),
        # amount=1e-07.
        ("bingx-py", "`transfer_asset` of 0.0000001"),
        # type=TransferDirection.FUND_PFUTURES.
        ("bingx-py", "`transfer_asset` with its `TransferDirection`"),
        ("bingx-py", "`get_transfer_asset_records` with its `TransferDirection`"),
    }


@pytest.mark.parametrize(
    ("call", "profile", "what"),
    [
        ("`fetch_balance({'type': 'funding'})`", "skill", "no balances"),
        ("`fetch_balance({'type': 'funding'})`", "reference", "no balances"),
        (BY_ID, "skill", "no records"),
        ("`transfer`", "docs-site", "no id"),
        (BY_ID, "V12=type", "other records too"),
    ],
)
def test_ccxt_finds_nothing_where_it_does_not_look_and_says_nothing(
    found: Found, call: str, profile: str, what: str
) -> None:
    assert _cell(found, "ccxt", call, profile) == f"{SILENT}: {what}"


NO_STATES = {"skill", "reference", "docs-site"}
"""The profiles whose documents show neither whether a pair may be traded nor what O calls the quantities."""


def test_every_public_method_that_ccxt_offers_for_spot_markets_is_asked(published: None) -> None:
    import ccxt

    offered = {name for name, has in ccxt.bingx().has.items() if has and name.startswith("fetch")}
    asked = {method.name_for_node for method in METHODS} - {"loadMarkets"}
    assert offered - OF_OTHERS == asked


@pytest.mark.parametrize("client", ["ccxt", "ccxt for Node"])
def test_ccxt_reads_every_price_under_every_profile(found: Found, client: str) -> None:
    silent_somewhere = {"`load_markets`", "`fetch_markets`", "`fetch_bids_asks`"}
    outcomes = found.prices[client]
    assert {outcome for (title, _), outcome in outcomes.items() if title not in silent_somewhere} == {WORKS}


@pytest.mark.parametrize("client", ["ccxt", "ccxt for Node"])
@pytest.mark.parametrize("title", ["`load_markets`", "`fetch_markets`"])
def test_ccxt_takes_pairs_for_closed_where_a_document_shows_no_states(
    found: Found, client: str, title: str
) -> None:
    outcomes = {it.shown: found.prices[client][title, it.shown] for it in PROFILE_SETTINGS}
    closed = {profile for profile, outcome in outcomes.items() if outcome == f"{SILENT}: every pair inactive"}
    assert closed == NO_STATES
    assert {outcomes[profile] for profile in outcomes if profile not in closed} == {WORKS}


def test_ccxt_finds_no_quantities_under_the_older_names_of_the_book_ticker(found: Found) -> None:
    outcomes = {it.shown: found.prices["ccxt"]["`fetch_bids_asks`", it.shown] for it in PROFILE_SETTINGS}
    empty = {profile for profile, outcome in outcomes.items() if outcome == f"{SILENT}: no quantities"}
    assert empty == NO_STATES
    assert {outcomes[profile] for profile in outcomes if profile not in empty} == {WORKS}


def test_nodes_ccxt_of_this_version_has_no_book_ticker(found: Found) -> None:
    title = "`fetch_bids_asks`"
    assert found.prices["ccxt for Node"][title, "documented"] == "not offered"


def test_ccxt_takes_a_failed_transfer_for_success_when_its_message_stands_in_data(found: Found) -> None:
    failure = "a transfer of more than there is, answered with `V6={}`"
    assert found.failures["ccxt", failure.format("data.transferErrorMsg")] == f"{SILENT}: taken for success"
    assert found.failures["ccxt", failure.format("transferErrorMsg")] == "raises `InsufficientFunds`"


def test_bingx_py_fails_on_a_number_for_an_id_when_the_money_has_moved(found: Found) -> None:
    outcome = _cell(found, "bingx-py", "`main_account_internal_transfer`", "reference")
    assert outcome.startswith("raises `ConversionError` **although the money moved**")


def _cell(found: Found, library: str, call: str, setting: str) -> str:
    return found.calls[library, call, setting]
