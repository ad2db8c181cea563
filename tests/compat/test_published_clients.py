"""Which published client copes with which profile: all of them unmodified, on the documented hosts."""

import os
from collections import Counter

import pytest
from compat import bingx_api, inverse, market_data, orders, perpetuals
from compat import bingx_python_perpetuals as python_perpetuals
from compat.market_data import METHODS
from compat.orders import BOOKS, ROWS, STEPS
from compat.running import LIBRARIES, PROFILE_SETTINGS, SILENT, WORKS, Found
from compat.table import BEGIN, END, rendered
from compat.truth import STATE
from support.pages import PAGES, ROOT

from bingx_contracts import ENDPOINTS
from bingx_fake import FakeExchange, intercept

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


def test_between_them_they_call_every_endpoint_of_the_spot_account_but_one_for_the_time(found: Found) -> None:
    called = {(method, path) for method, path, _ in found.journal}
    asked = {name: it for name, it in ENDPOINTS.items() if it.group in ("spot_account", "common")}
    missing = {name for name, it in asked.items() if (it.method, it.path) not in called}
    assert missing == {"common.server_time_v1"}


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
        ("bingx-python", "`spot_account().universal_transfer` of 0.0000001"),
        # Addresses that no document has; the last asks for the records of transfers without saying of which.
        ("bingx-python", "`market().get_spot_latest_price`"),
        ("bingx-python", "`market().get_spot_24hr_ticker`"),
        ("bingx-python", "`market().get_spot_aggregate_trades`"),
        ("bingx-python", "`spot_account().get_all_account_balances`"),
        ("bingx-python", "`wallet().get_all_coin_info`"),
        ("bingx-python", "`spot_account().get_fund_balance`"),
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


PROFILE_NAMES = [it.shown for it in PROFILE_SETTINGS]
BOTH = pytest.mark.parametrize("client", ["ccxt", "ccxt for Node"])
NO_STATES = {"skill", "reference", "docs-site"}
"""The profiles whose documents show neither whether a pair may be traded nor what O calls the quantities."""


def test_every_public_method_that_ccxt_offers_for_spot_markets_is_asked(published: None) -> None:
    import ccxt

    offered = {name for name, has in ccxt.bingx().has.items() if has and name.startswith("fetch")}
    asked = {method.name_for_node for method in METHODS} - {"loadMarkets"}
    assert offered - market_data.OF_OTHERS == asked


@BOTH
def test_ccxt_reads_every_price_under_every_profile(found: Found, client: str) -> None:
    silent_somewhere = {"`load_markets`", "`fetch_markets`", "`fetch_bids_asks`"}
    outcomes = found.prices[client]
    assert {outcome for (title, _), outcome in outcomes.items() if title not in silent_somewhere} == {WORKS}


@BOTH
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


REFUSED = {
    "`create_order` of more than there is",
    "`create_order` of too little",
    "`create_order` with a client id that was used",
    "`cancel_order` of an order that there is not",
    "`cancel_order` of an order that is filled",
}
DEAD_MAN = "`cancel_all_orders_after`"


def under(cells: market_data.Found, title: str) -> dict[str, str]:
    """A row: by profile."""
    return {profile: cells[title, profile] for profile in PROFILE_NAMES}


@pytest.mark.parametrize("rows", [ROWS, perpetuals.ROWS])
def test_every_step_has_a_row_of_its_own(rows: list[str]) -> None:
    assert [title for title, count in Counter(rows).items() if count > 1] == []


def test_every_unified_method_that_ccxt_offers_for_spot_orders_is_asked(published: None) -> None:
    import ccxt

    about = "Order", "Trade", "TradingFee"
    verbs = "create", "edit", "cancel", "fetch"
    offered = {
        name
        for name, has in ccxt.bingx().has.items()
        if has and name.startswith(verbs) and any(word in name for word in about) and not name.endswith("Ws")
    }
    asked = {step.name_for_node for step in STEPS if step.who == "alice"} - {"fetchBalance"}
    assert offered - orders.OF_OTHERS == asked


@BOTH
def test_ccxt_is_told_the_truth_of_every_order_under_every_profile(found: Found, client: str) -> None:
    usual = {title: under(found.orders[client], title) for title in ROWS if title not in REFUSED | {DEAD_MAN}}
    assert usual == {title: dict.fromkeys(PROFILE_NAMES, WORKS) for title in usual}
    assert BOOKS in usual


@BOTH
def test_ccxt_finds_no_status_of_a_countdown_where_the_older_document_has_none(
    found: Found, client: str
) -> None:
    found_none = {profile for profile, it in under(found.orders[client], DEAD_MAN).items() if it != WORKS}
    assert found_none == {"skill", "reference"}
    assert {found.orders[client][DEAD_MAN, profile] for profile in found_none} == {f"{SILENT}: status None"}


@BOTH
def test_what_is_refused_is_an_error_under_every_profile(found: Found, client: str) -> None:
    outcomes = {it for title in REFUSED for it in under(found.orders[client], title).values()}
    assert {it.partition(" ")[0] for it in outcomes} == {"raises"}


@pytest.mark.parametrize(
    ("client", "title", "error"),
    [
        ("ccxt", "`create_order` of more than there is", "InsufficientFunds"),
        ("ccxt for Node", "`create_order` of more than there is", "InsufficientFunds"),
        ("ccxt", "`create_order` with a client id that was used", "DuplicateOrderId"),
        # It knows fewer codes.
        ("ccxt for Node", "`create_order` with a client id that was used", "ExchangeError"),
    ],
)
def test_ccxt_has_a_name_for_a_refusal(found: Found, client: str, title: str, error: str) -> None:
    assert set(under(found.orders[client], title).values()) == {f"raises `{error}`"}


@BOTH
def test_ccxt_takes_an_order_that_there_is_not_for_a_wrong_pair_where_the_site_says_so(
    found: Found, client: str
) -> None:
    outcomes = under(found.orders[client], "`cancel_order` of an order that there is not")
    assert outcomes.pop("docs-site") == "raises `BadSymbol`"
    assert set(outcomes.values()) == {"raises `ExchangeError`"}


def test_every_unified_method_that_ccxt_offers_for_perpetuals_is_asked(published: None) -> None:
    import ccxt

    verbs = "create", "edit", "cancel", "fetch", "set", "add", "reduce", "close", "loadMarkets"
    offered = {name for name, has in ccxt.bingx().has.items() if has and name.startswith(verbs)}
    asked = {step.name_for_node for step in perpetuals.STEPS if step.who == "alice"}
    assert offered - perpetuals.OF_OTHERS == asked - {"loadMarkets", "swapV2PrivateGetUserIncome"}


OF_THE_OLDER = {"skill", "reference"}
"""The profiles whose document has other shapes for perpetuals than ccxt looks for."""
NOT_FOUND_IN_THE_OLDER = {
    *("`fetch_bids_asks`", "`fetch_funding_rate_history`", "`fetch_market_leverage_tiers`"),
    *(
        "`fetch_open_orders`",
        "`fetch_open_orders`, one replaced",
        "`fetch_open_orders` that wait for a price",
    ),
    *("`fetch_open_orders`, and two that an order brought", "`fetch_my_trades`", "`edit_order`"),
    *("`cancel_all_orders`", "`fetch_position_history`", "`add_margin`", "`reduce_margin`", DEAD_MAN),
    *("`fetch_position_mode`, hedged", "`fetch_open_orders` that trail the price"),
    "`create_trailing_amount_order`",  # refused: R wants a rate of every trailing order
}
NEVER_TOLD = {"`fetch_mark_prices`", "`close_position`"}
"""ccxt takes the rows for those of spot markets, and looks for the id of an order where positions are."""
NOT_FOR_COST = {
    *("`create_market_order_with_cost`", "`create_market_buy_order_with_cost`"),
    *("`create_market_sell_order_with_cost`", "`fetch_order`, bought for a cost"),
}
"""What D does not support (V53), and the older ccxt for Node does not know."""
ALSO_REFUSED = {
    *("`create_order` of more than there is", "`create_order` of too little"),
    *("`create_order` with a client id that is used", "`create_reduce_only_order` without a position"),
    *("`cancel_order` of an order that there is not", "`cancel_order` of an order that is filled"),
}


@BOTH
def test_ccxt_is_told_the_truth_of_perpetuals_under_the_profiles_that_it_was_written_for(
    found: Found, client: str
) -> None:
    cells, others = found.perpetuals[client], NEVER_TOLD | ALSO_REFUSED
    others = others | NOT_FOR_COST | {"`fetch_bids_asks`"} if client != "ccxt" else others
    usual = [title for title in perpetuals.ROWS if title not in others]
    assert {(title, cells[title, "documented"]) for title in usual} == {(title, WORKS) for title in usual}
    assert {(title, cells[title, "observed"]) for title in usual} == {(title, WORKS) for title in usual}
    assert {"positions", perpetuals.BOOKS} <= set(usual)


@BOTH
def test_ccxt_finds_less_of_perpetuals_where_the_older_document_has_other_shapes(
    found: Found, client: str
) -> None:
    cells = found.perpetuals[client]
    works = {
        profile: {title for title in perpetuals.ROWS if cells[title, profile] == WORKS}
        for profile in PROFILE_NAMES
    }
    offered = {title for title in NOT_FOUND_IN_THE_OLDER if cells[title, "documented"] == WORKS}
    for profile in OF_THE_OLDER:
        assert works["documented"] - works[profile] == offered
    assert works["documented"] - works["docs-site"] <= NOT_FOR_COST | {"`fetch_position_history`"}


@BOTH
def test_what_is_refused_of_perpetuals_is_an_error_under_every_profile(found: Found, client: str) -> None:
    outcomes = {it for title in ALSO_REFUSED for it in under(found.perpetuals[client], title).values()}
    assert {it.partition(" ")[0] for it in outcomes} == {"raises"}


UNDOCUMENTED = {
    *("`market().get_latest_price`", "`market().get_index_price`", "`market().get_funding_rate_history`"),
    *("`market().get_aggregate_trades`", "`trade().get_position_mode`", "`trade().get_user_trades`"),
    "`account().get_position_risk`",
}
"""Addresses that no document has."""
WRONG_ORDERS = {
    "`trade().create_batch_orders`",  # its orders are a list of Python's, not JSON
    "`trade().futures_long_market`",  # it takes money for coins
    "`trade().futures_long_limit`",  # hedge mode alone, and the account is in one-way mode
}


def test_bingx_python_trades_perpetuals_under_every_profile_where_it_asks_what_is_documented(
    found: Found,
) -> None:
    cells = found.others["bingx-python"]
    usual = [title for title in python_perpetuals.ROWS if title not in UNDOCUMENTED | WRONG_ORDERS]
    assert {outcome for title in usual for outcome in under(cells, title).values()} == {WORKS}
    others = {outcome for title in UNDOCUMENTED | WRONG_ORDERS for outcome in under(cells, title).values()}
    assert others == {"raises `APIException`"}


def test_bingx_api_trades_perpetuals_in_hedge_mode_under_every_profile(found: Found) -> None:
    cells = found.others["bingx-api"]
    told = {title: under(cells, title) for title in bingx_api.PERPETUAL_ROWS}
    old_balance = told.pop("`getPerpetualSwapAccountAssetInformation`")
    assert set(old_balance.values()) == {f"{SILENT}: code 100404"}
    assert told == {title: dict.fromkeys(PROFILE_NAMES, WORKS) for title in told}


def test_ccxt_takes_a_failed_transfer_for_success_when_its_message_stands_in_data(found: Found) -> None:
    failure = "a transfer of more than there is, answered with `V6={}`"
    assert found.failures["ccxt", failure.format("data.transferErrorMsg")] == f"{SILENT}: taken for success"
    assert found.failures["ccxt", failure.format("transferErrorMsg")] == "raises `InsufficientFunds`"


def test_bingx_py_fails_on_a_number_for_an_id_when_the_money_has_moved(found: Found) -> None:
    outcome = _cell(found, "bingx-py", "`main_account_internal_transfer`", "reference")
    assert outcome.startswith("raises `ConversionError` **although the money moved**")


@pytest.mark.parametrize("place", ["transferErrorMsg", "data.transferErrorMsg"])
def test_bingx_python_takes_a_failed_transfer_for_success_when_its_message_is_no_code(
    found: Found, place: str
) -> None:
    failure = f"a transfer of more than there is, answered with `V6={place}`"
    assert found.failures["bingx-python", failure] == f"{SILENT}: taken for success"


@pytest.mark.parametrize("profile", ["documented", "observed"])
def test_ccxt_reads_every_price_of_coin_margined_perpetuals_where_answers_are_as_recorded(
    found: Found, profile: str
) -> None:
    cells = {title: cell for (title, of), cell in found.inverse["ccxt"].items() if of == profile}
    assert cells == {method.title: WORKS for method in inverse.METHODS}


LISTS_ALONE = {"`fetch_funding_rate`", "`fetch_open_interest`"}
"""What ccxt looks for in a list, where D and R have an object (V83)."""


@pytest.mark.parametrize(
    ("profile", "silent"),
    [
        ("docs-site", LISTS_ALONE),
        *(
            (of, LISTS_ALONE | {f"`{name}`" for name in ("load_markets", "fetch_markets", "fetch_ticker")})
            for of in ("skill", "reference")
        ),
    ],
)
def test_ccxt_misses_rates_and_in_rs_answers_prices_and_contracts_of_coin_margined_perpetuals(
    found: Found, profile: str, silent: set[str]
) -> None:
    cells = {title: cell for (title, of), cell in found.inverse["ccxt"].items() if of == profile}
    wrong = {title for title, cell in cells.items() if cell.startswith(SILENT)} - {"`fetch_tickers`"}
    assert wrong == silent
    assert {cell for title, cell in cells.items() if title not in silent | {"`fetch_tickers`"}} == {WORKS}
    assert cells["`fetch_tickers`"] == cells["`fetch_ticker`"]


def test_bingx_python_signs_in_base64_unless_it_is_told_otherwise_which_no_document_allows(
    published: None,
) -> None:
    import bingx

    with FakeExchange(state=STATE, tls=True) as exchange, intercept(exchange):
        client = bingx.BingXClient("alice-key", "alice-secret")
        with pytest.raises(bingx.exceptions.AuthenticationException, match="looks like base64"):
            client.spot_account().get_balance()
        client.http_client.session.close()
        assert [entry["code"] for entry in exchange.requests] == [SIGNATURE_MISMATCH]


def test_bingx_api_gets_listen_keys_and_the_time_under_every_profile_while_no_millisecond_passes(
    found: Found,
) -> None:
    cells = found.others["bingx-api"]
    mismatch = f"{SILENT}: code {SIGNATURE_MISMATCH}"
    assert under(cells, bingx_api.UNLUCKY) == dict.fromkeys(PROFILE_NAMES, mismatch)
    lucky = {title: under(cells, title) for title in bingx_api.ROWS if title != bingx_api.UNLUCKY}
    assert lucky == {title: dict.fromkeys(PROFILE_NAMES, WORKS) for title in lucky}


def _cell(found: Found, library: str, call: str, setting: str) -> str:
    return found.calls[library, call, setting]
