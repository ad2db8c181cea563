"""The client is held to what the documents print: the requests they show, the values in their answers.

Each test plays the cassette of its name, which says where its request and its answer come from. Expected
values are written here by hand.
"""

from decimal import Decimal

import pytest
from support.sender import SPOT_BALANCE, TRANSFER

from bingx_client import (
    AddressNotAllowed,
    APIError,
    Balances,
    Busy,
    Client,
    InsufficientBalance,
    KeyRefused,
    OutcomeUnknown,
    PermissionMissing,
    RateLimited,
    SignatureRefused,
    TimestampRefused,
    TransferReceipt,
    UnknownCoin,
)


def check_the_printed_balances(balances: Balances) -> None:
    assert {asset: (held.free, held.locked) for asset, held in balances.items()} == {
        "USDT": (Decimal("566773.193402631"), Decimal("244.18616265388994")),
        "CHEEMS": (Decimal(294854132046232), Decimal(18350553840)),
        "VST": (0, 0),
    }


@pytest.mark.clause("BAL-1")
def test_the_spot_balance(documented_client: Client) -> None:
    check_the_printed_balances(documented_client.spot_balance())


@pytest.mark.clause("BAL-2", "BAL-3")
def test_the_fund_balance_as_a_list_of_balances(documented_client: Client) -> None:
    check_the_printed_balances(documented_client.fund_balance("USDT"))


@pytest.mark.clause("BAL-2")
def test_the_fund_balance_by_asset(documented_client: Client) -> None:
    check_the_printed_balances(documented_client.fund_balance())


@pytest.mark.clause("BAL-2")
def test_the_fund_balance_as_the_skill_reads_it(documented_client: Client) -> None:
    check_the_printed_balances(documented_client.fund_balance())


@pytest.mark.clause("BAL-2")
def test_the_fund_balance_as_assets(documented_client: Client) -> None:
    check_the_printed_balances(documented_client.fund_balance())


@pytest.mark.clause("BAL-4", "BAL-5")
def test_the_overview_in_a_result(documented_client: Client) -> None:
    (entry,) = documented_client.account_overview("sopt")
    assert (entry.account_type, entry.usdt_balance) == ("sopt", Decimal(100))


@pytest.mark.clause("BAL-4")
def test_the_overview_as_a_list(documented_client: Client) -> None:
    (entry,) = documented_client.account_overview()
    assert (entry.account_type, entry.usdt_balance) == ("sopt", Decimal(100))


@pytest.mark.clause("BAL-4")
def test_the_overview_as_the_skill_reads_it(documented_client: Client) -> None:
    (entry,) = documented_client.account_overview()
    assert (entry.account_type, entry.usdt_balance) == ("sopt", Decimal(100))


@pytest.mark.clause("BAL-4")
def test_the_overview_that_says_spot(documented_client: Client) -> None:
    (entry,) = documented_client.account_overview()
    assert (entry.account_type, entry.usdt_balance) == ("sopt", Decimal(100))


@pytest.mark.clause("XFER-2")
def test_a_transfer_answered_with_a_bare_id(documented_client: Client) -> None:
    receipt = documented_client.transfer("USDT", "1095", from_account="fund", to_account="spot")
    assert receipt.transfer_id == "17********28"


def transfer_as_the_skill_does(client: Client) -> TransferReceipt:
    return client.transfer("USDT", 100, type="FUND_PFUTURES", on_unknown="raise")


@pytest.mark.clause("XFER-1", "REQ-4")
def test_a_transfer_answered_with_a_tran_id(documented_client: Client) -> None:
    assert transfer_as_the_skill_does(documented_client).transfer_id == "1702619257404000001"


@pytest.mark.clause("XFER-1", "REQ-9")
def test_a_transfer_answered_with_both_ids(documented_client: Client) -> None:
    assert transfer_as_the_skill_does(documented_client).transfer_id == "1702619257404000000001"


@pytest.mark.clause("XFER-4", "ERR-2")
def test_a_transfer_refused_with_a_code(documented_client: Client) -> None:
    with pytest.raises(InsufficientBalance) as refused:
        transfer_as_the_skill_does(documented_client)
    assert (refused.value.code, refused.value.msg) == (100202, "insufficient balance")


@pytest.mark.clause("ERR-2")
def test_a_transfer_refused_with_a_message(documented_client: Client) -> None:
    with pytest.raises(APIError) as refused:
        transfer_as_the_skill_does(documented_client)
    assert (refused.value.code, refused.value.msg) == (None, "Insufficient assets")


@pytest.mark.clause("ERR-2")
def test_a_transfer_refused_with_a_message_in_data(documented_client: Client) -> None:
    with pytest.raises(APIError) as refused:
        transfer_as_the_skill_does(documented_client)
    assert (refused.value.code, refused.value.msg) == (None, "illegal transferType")


@pytest.mark.clause("WRITE-2")
def test_a_transfer_that_the_gateway_gives_up_on(documented_client: Client) -> None:
    with pytest.raises(OutcomeUnknown) as unknown:
        transfer_as_the_skill_does(documented_client)
    assert unknown.value.endpoint == f"POST {TRANSFER}"
    assert "504" in str(unknown.value)


@pytest.mark.clause("REC-1", "REC-3")
def test_older_transfer_records_without_an_envelope(documented_client: Client) -> None:
    page = documented_client.transfers(type="FUND_PFUTURES")
    assert page.total == 2
    assert [(row.transfer_id, row.asset, row.amount, row.timestamp_ms) for row in page.rows] == [
        ("37600111", "VST", Decimal(100000), 1702252271000),
        ("37600222", "USDT", Decimal("2218.72352626"), 1702351131000),
    ]
    assert {(row.type, row.status) for row in page.rows} == {("FUND_PFUTURES", "CONFIRMED")}


@pytest.mark.clause("REC-1", "REC-3")
def test_older_transfer_records_in_an_envelope(documented_client: Client) -> None:
    page = documented_client.transfers(type="FUND_PFUTURES")
    assert page.total == 2
    assert [row.transfer_id for row in page.rows] == ["37600111", "37600222"]


@pytest.mark.clause("REC-3", "REC-4")
def test_transfer_records_without_an_envelope(documented_client: Client) -> None:
    page = documented_client.transfer_records(from_account="fund", to_account="spot")
    (row,) = page.rows
    assert page.total == 2
    assert (row.transfer_id, row.asset, row.amount) == ("37600111", "VST", Decimal(100000))
    assert (row.from_account, row.to_account, row.type) == ("fund", "spot", None)
    assert (row.status, row.timestamp_ms) == ("CONFIRMED", 1702252271000)


@pytest.mark.clause("REC-4", "REC-6")
def test_transfer_records_as_a_list(documented_client: Client) -> None:
    page = documented_client.transfer_records(
        type="FUND_PFUTURES", start_ms=1700000000000, end_ms=1702731787011
    )
    (row,) = page.rows
    assert page.total is None
    assert (row.asset, row.amount, row.type) == ("VST", Decimal(100000), "FUND_PFUTURES")
    assert (row.timestamp_ms, row.from_account) == (1702252271000, None)


@pytest.mark.clause("COINS-1")
def test_the_coins_with_their_amounts(documented_client: Client) -> None:
    coins = documented_client.transferable_coins("spot", "fund")
    assert [(coin.coin, coin.name, coin.amount) for coin in coins] == [
        ("USDT", None, Decimal("566773.193402631")),
        ("CHEEMS", None, Decimal("24324.21")),
    ]


@pytest.mark.clause("COINS-1")
def test_the_coins_with_their_names(documented_client: Client) -> None:
    coins = documented_client.transferable_coins()
    assert [(coin.coin, coin.name, coin.amount) for coin in coins] == [
        ("USDT", "Tether USD", None),
        ("CHEEMS", "CHEEMS", None),
    ]


@pytest.mark.clause("INNER-1")
def test_an_inner_transfer_answered_with_a_text_id(documented_client: Client) -> None:
    receipt = documented_client.inner_transfer(coin="USDT", amount="10.0", user_account="16779999")
    assert (receipt.id, receipt.transfer_client_id) == ("12******1", None)


@pytest.mark.clause("INNER-1", "REQ-9")
def test_an_inner_transfer_answered_with_an_integer_id(documented_client: Client) -> None:
    receipt = documented_client.inner_transfer(coin="USDT", amount="10.0", user_account="16779999")
    assert receipt.id == "1251111922229444400"


@pytest.mark.clause("INNER-1")
def test_an_inner_transfer_answered_with_its_client_id(documented_client: Client) -> None:
    receipt = documented_client.inner_transfer(
        coin="USDT", amount="10.0", user_account="16779999", transfer_client_id="abc123"
    )
    assert (receipt.id, receipt.transfer_client_id) == ("1251111922229444400", "abc123")


@pytest.mark.clause("INNER-7", "INNER-9")
def test_inner_transfer_records(documented_client: Client) -> None:
    page = documented_client.inner_transfer_records(
        coin="BTC", start_ms=1701519898118, end_ms=1702383898118, limit=1000
    )
    (row,) = page.rows
    assert page.total == 1
    assert (row.id, row.coin, row.amount) == ("1251111922229444400", "BTC", Decimal("0.0072366"))
    assert (row.receiver, row.from_uid) == ("1128763679", "1128763678")
    assert (row.status, row.record_type, row.time_ms, row.transfer_client_id) == (6, "out", None, None)


@pytest.mark.clause("INNER-7")
def test_inner_transfer_records_with_time_and_client_id(documented_client: Client) -> None:
    page = documented_client.inner_transfer_records(
        coin="BTC", start_ms=1701519898118, end_ms=1702383898118, limit=1000
    )
    assert [(row.time_ms, row.transfer_client_id) for row in page.rows] == [(1702383000000, "abc123")]


@pytest.mark.clause("TIME-6")
def test_server_time(documented_client: Client) -> None:
    assert documented_client.server_time() == 1702624167523


@pytest.mark.clause("ERR-2")
def test_a_signature_that_does_not_verify(documented_client: Client) -> None:
    with pytest.raises(SignatureRefused) as refused:
        documented_client.spot_balance()
    assert (refused.value.code, refused.value.msg) == (100001, "signature does not verify")


@pytest.mark.clause("ERR-2")
def test_a_key_that_is_wrong(documented_client: Client) -> None:
    with pytest.raises(KeyRefused) as refused:
        documented_client.spot_balance()
    assert (refused.value.code, refused.value.msg) == (100413, "API key missing or wrong")


@pytest.mark.clause("ERR-2")
def test_an_address_that_is_not_allowed(documented_client: Client) -> None:
    with pytest.raises(AddressNotAllowed) as refused:
        documented_client.spot_balance()
    assert (refused.value.code, refused.value.msg) == (100419, "IP not in the key's whitelist")


@pytest.mark.clause("ERR-2")
def test_too_many_requests(documented_client: Client) -> None:
    with pytest.raises(RateLimited) as refused:
        documented_client.spot_balance()
    assert (refused.value.code, refused.value.msg) == (100410, "rate limit exceeded")


@pytest.mark.clause("ERR-2", "FALLBACK-3")
def test_an_exchange_that_is_busy(documented_client: Client) -> None:
    with pytest.raises(Busy) as refused:
        documented_client.spot_balance()
    assert (refused.value.code, refused.value.msg) == (100500, "busy, retry later")


@pytest.mark.clause("ERR-2", "FALLBACK-3")
def test_a_permission_that_is_missing_under_its_http_status(documented_client: Client) -> None:
    with pytest.raises(PermissionMissing) as refused:
        documented_client.spot_balance()
    assert (refused.value.code, refused.value.http_status) == (100004, 403)
    assert refused.value.endpoint == f"GET {SPOT_BALANCE}"


@pytest.mark.clause("ERR-2")
def test_a_coin_that_does_not_exist(documented_client: Client) -> None:
    with pytest.raises(UnknownCoin) as refused:
        documented_client.fund_balance("USDT")
    assert (refused.value.code, refused.value.msg) == (100437, "coin does not exist")


@pytest.mark.clause("ERR-2", "TIME-7")
def test_a_timestamp_that_stays_refused(documented_client: Client) -> None:
    with pytest.raises(TimestampRefused) as refused:
        documented_client.spot_balance()
    assert (refused.value.code, refused.value.msg) == (100421, "timestamp missing or outside the window")
