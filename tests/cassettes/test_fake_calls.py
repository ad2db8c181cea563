"""Every call of the client, in every form: the bytes on the wire, signature included, are those recorded."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from support.sender import ALICE, BOB, NOW_MS

from bingx_client import Client, InsufficientBalance, KeyRefused, PermissionMissing, SignatureRefused
from bingx_client.calls import account, contract

ATOM = Decimal("0.00000000000000000001")
HOUR_MS = 3_600_000


@pytest.mark.clause("SIGN-1", "SIGN-2", "REQ-1", "REQ-2", "REQ-3", "BAL-1")
def test_the_spot_balance(client: Client) -> None:
    balances = client.spot_balance()
    assert {asset: held.free for asset, held in balances.items()} == {"USDT": Decimal("250.5"), "ETH": 2}


@pytest.mark.clause("BAL-2")
def test_the_whole_fund_balance(client: Client) -> None:
    assert client.fund_balance()["BTC"].locked == Decimal("0.1")


@pytest.mark.clause("BAL-3")
def test_the_fund_balance_of_one_asset(client: Client) -> None:
    assert list(client.fund_balance("USDT")) == ["USDT"]


@pytest.mark.clause("BAL-4")
def test_the_overview_of_all_accounts(client: Client) -> None:
    assert len(client.account_overview()) == 8


@pytest.mark.clause("BAL-5")
def test_the_overview_of_one_account_type(client: Client) -> None:
    (entry,) = client.account_overview("USDTMPerp")
    assert (entry.account_type, entry.usdt_balance) == ("USDTMPerp", Decimal(100))


@pytest.mark.clause("REQ-4", "XFER-1")
def test_a_transfer_by_type(client: Client) -> None:
    assert client.transfer("USDT", "100", type="FUND_PFUTURES").transfer_id == "1800000000000959921001"


@pytest.mark.clause("XFER-2")
def test_a_transfer_between_two_named_accounts(client: Client) -> None:
    receipt = client.transfer("USDT", "1.50", from_account="fund", to_account="spot")
    assert receipt.transfer_id == "1800000000000959921001"


@pytest.mark.clause("XFER-1", "REQ-9")
def test_a_transfer_of_twenty_decimal_places(client: Client) -> None:
    assert client.transfer("USDT", ATOM, type="PFUTURES_FUND").transfer_id == "1800000000000959921001"


@pytest.mark.clause("XFER-4", "ERR-2")
def test_a_transfer_of_more_than_there_is(client: Client) -> None:
    with pytest.raises(InsufficientBalance):
        client.transfer("USDT", "1000.01", type="FUND_PFUTURES")


@pytest.mark.clause("REC-1")
def test_older_transfer_records_by_type(client: Client) -> None:
    (row,) = client.transfers(type="PFUTURES_FUND").rows
    assert (row.transfer_id, row.amount) == ("1700000000000000005", Decimal("1.5"))


@pytest.mark.clause("REC-1")
def test_older_transfer_records_by_id(client: Client) -> None:
    (row,) = client.transfers(tran_id="1700000000000000003").rows
    assert (row.asset, row.amount) == ("BTC", ATOM)


@pytest.mark.clause("REC-2", "REC-6")
def test_older_transfer_records_between_two_times_page_by_page(client: Client) -> None:
    times = {"start_ms": NOW_MS - 3 * HOUR_MS, "end_ms": NOW_MS}
    first, second = (client.transfers(type="FUND_PFUTURES", current=page, size=1, **times) for page in (1, 2))
    assert [row.transfer_id for row in first.rows] == ["1700000000000000001"]
    assert second.rows == ()


@pytest.mark.clause("REC-4")
def test_transfer_records_without_a_filter(client: Client) -> None:
    page = client.transfer_records()
    assert [row.transfer_id[-1] for row in page.rows] == ["5", "3", "1"]
    assert page.total == 3


@pytest.mark.clause("REC-4")
def test_transfer_records_by_type(client: Client) -> None:
    (row,) = client.transfer_records(type="FUND_PFUTURES").rows
    assert (row.amount, row.to_account) == (Decimal(25), "USDTMPerp")


@pytest.mark.clause("REC-4", "REC-8")
def test_transfer_records_by_both_accounts(client: Client) -> None:
    (row,) = client.transfer_records(from_account="fund", to_account="spot").rows
    assert (row.amount, row.type) == (ATOM, None)


@pytest.mark.clause("REC-4")
def test_transfer_records_by_id(client: Client) -> None:
    (row,) = client.transfer_records(transfer_id="1700000000000000005").rows
    assert row.from_account == "USDTMPerp"


@pytest.mark.clause("REC-6")
def test_transfer_records_between_two_times(client: Client) -> None:
    two_hours_ago_ms = NOW_MS - 2 * HOUR_MS
    (row,) = client.transfer_records(start_ms=two_hours_ago_ms, end_ms=two_hours_ago_ms).rows
    assert row.timestamp_ms == two_hours_ago_ms


@pytest.mark.clause("REC-5")
def test_transfer_records_page_by_page(client: Client) -> None:
    pages = [client.transfer_records(page_index=number, page_size=2) for number in (1, 2)]
    assert [[row.transfer_id[-1] for row in page.rows] for page in pages] == [["5", "3"], ["1"]]


@pytest.mark.clause("REC-4", "REC-5", "REC-6")
def test_transfer_records_by_every_filter_at_once(client: Client) -> None:
    page = client.transfer_records(
        type="FUND_PFUTURES",
        from_account="fund",
        to_account="USDTMPerp",
        transfer_id="1700000000000000001",
        start_ms=NOW_MS - 24 * HOUR_MS,
        end_ms=NOW_MS,
        page_index=1,
        page_size=100,
    )
    assert [row.transfer_id for row in page.rows] == ["1700000000000000001"]


@pytest.mark.clause("COINS-1")
def test_the_coins_that_can_be_transferred(client: Client) -> None:
    assert [coin.coin for coin in client.transferable_coins()] == ["USDT", "BTC", "ETH", "VST"]


@pytest.mark.clause("COINS-1")
def test_the_coins_that_can_be_transferred_between_two_accounts(client: Client) -> None:
    amounts = {coin.coin: coin.amount for coin in client.transferable_coins("spot", "fund")}
    assert amounts["ETH"] == 2


@pytest.mark.clause("INNER-1")
def test_an_inner_transfer_to_a_uid(client: Client) -> None:
    receipt = client.inner_transfer(coin="USDT", amount=10, user_account=BOB, transfer_client_id="third")
    assert (receipt.id, receipt.transfer_client_id) == ("1800000000000959921", "third")


@pytest.mark.clause("INNER-1", "INNER-3")
def test_an_inner_transfer_to_a_phone_number(client: Client) -> None:
    receipt = client.inner_transfer(
        coin="USDT",
        amount="10.5",
        user_account_type=2,
        user_account="15100000000",
        calling_code="49",
        transfer_client_id="third",
    )
    assert receipt.id == "1800000000000959921"


@pytest.mark.clause("INNER-1", "SIGN-3")
def test_an_inner_transfer_to_an_email_address(client: Client) -> None:
    receipt = client.inner_transfer(
        coin="USDT",
        amount=10,
        user_account_type=3,
        user_account="bob@example.com",
        transfer_client_id="third",
    )
    assert receipt.id == "1800000000000959921"


@pytest.mark.clause("INNER-2")
def test_an_inner_transfer_out_of_the_spot_account(client: Client) -> None:
    receipt = client.inner_transfer(
        coin="ETH", amount=ATOM, user_account=BOB, wallet_type=15, transfer_client_id="third"
    )
    assert receipt.id == "1800000000000959921"


@pytest.mark.clause("INNER-7")
def test_inner_transfer_records_of_a_coin(client: Client) -> None:
    page = client.inner_transfer_records(coin="USDT")
    assert [(row.record_type, row.amount) for row in page.rows] == [("in", 7), ("out", Decimal("0.1"))]
    assert {row.from_uid for row in page.rows} == {str(ALICE), str(BOB)}


@pytest.mark.clause("INNER-8")
def test_inner_transfer_records_by_id(client: Client) -> None:
    (row,) = client.inner_transfer_records(coin="USDT", id="1700000000000000007").rows
    assert row.transfer_client_id == "first"


@pytest.mark.clause("INNER-8")
def test_inner_transfer_records_by_client_id(client: Client) -> None:
    (row,) = client.inner_transfer_records(coin="USDT", transfer_client_id="first").rows
    assert row.id == "1700000000000000007"


@pytest.mark.clause("INNER-9", "REC-6")
def test_inner_transfer_records_between_two_times_by_offset_and_limit(client: Client) -> None:
    page = client.inner_transfer_records(
        coin="USDT", start_ms=NOW_MS - HOUR_MS, end_ms=NOW_MS, offset=1, limit=1
    )
    assert [row.id for row in page.rows] == ["1700000000000000007"]


@pytest.mark.clause("TIME-6", "REQ-2")
def test_server_time(client: Client) -> None:
    assert client.server_time() == NOW_MS


def test_whose_a_key_is_what_it_may_do_and_what_there_is_in_standard_futures(client: Client) -> None:
    assert client.send(account.uid()) == str(ALICE)
    assert client.send(account.api_permissions()).permissions == [1, 2, 3, 4, 7]
    assert client.send(contract.balances()) == []


@pytest.mark.clause("SIGN-10", "ERR-2")
def test_a_call_signed_with_another_secret(connect: Callable[..., Client]) -> None:
    with pytest.raises(SignatureRefused) as refused:
        connect(secret_key="another-secret").spot_balance()
    assert refused.value.code == 100001


@pytest.mark.clause("SIGN-10", "ERR-2")
def test_a_transfer_signed_with_another_secret(connect: Callable[..., Client]) -> None:
    with pytest.raises(SignatureRefused) as refused:
        connect(secret_key="another-secret").transfer("USDT", 100, type="FUND_PFUTURES")
    assert refused.value.code == 100001


@pytest.mark.clause("REQ-1", "ERR-2")
def test_a_call_with_a_key_that_nobody_has(connect: Callable[..., Client]) -> None:
    with pytest.raises(KeyRefused):
        connect(api_key="nobodys-key").spot_balance()


@pytest.mark.clause("ERR-4", "ERR-2")
def test_a_transfer_with_a_key_that_may_only_read(connect: Callable[..., Client]) -> None:
    client = connect(api_key="alice-read-key", secret_key="alice-read-secret")
    with pytest.raises(PermissionMissing):
        client.transfer("USDT", 100, type="FUND_PFUTURES")
