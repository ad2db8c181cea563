"""How a lost write is looked for: what is asked of the records, and which of them are the write's."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from support.sender import INNER_TRANSFER
from support.sender import TRANSFER as TRANSFER_PATH

from bingx_client import ProtocolError
from bingx_client.calls.raw import WRITES
from bingx_client.calls.spot_account.plans import inner_transfer_plan, transfer_plan
from bingx_client.flow.plan import Plan, Row, Verdict
from bingx_client.wire.decode import read_answer
from bingx_contracts import ENDPOINTS

SINCE_MS = 1_700_000_000_000
TRANSFER = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "100"}
PAIR = {"fromAccount": "fund", "toAccount": "USDTMPerp"}
INNER = {
    "coin": "USDT",
    "amount": "100",
    "userAccountType": 1,
    "userAccount": "16780001",
    "walletType": 1,
    "transferClientId": "mine",
}


URLS = ("https://com.test", "https://pro.test")


def transfers(sent: dict[str, Any] = TRANSFER, key: str = "key", urls: tuple[str, str] = URLS) -> Plan[Any]:
    return transfer_plan(sent).of(key, urls)


def inner_transfers(
    sent: dict[str, Any] = INNER, key: str = "key", urls: tuple[str, str] = URLS
) -> Plan[Any]:
    return inner_transfer_plan(sent).of(key, urls)


def decoded(plan: Plan[Any], document: Any) -> Sequence[Row[Any]]:
    page = plan.page(0, 0)
    return page.read(read_answer(page.endpoint, 200, json.dumps(document).encode()))


def transfer_row(**changes: Any) -> Row[Any]:
    """How the plan for a transfer reads a record like it, with changes; None takes a field out."""
    record = {
        "transferId": "7",
        "asset": "USDT",
        "amount": "100",
        **PAIR,
        "status": "CONFIRMED",
        "timestamp": SINCE_MS,
        **changes,
    }
    rows = [{name: value for name, value in record.items() if value is not None}]
    (row,) = decoded(transfers(), {"total": 1, "rows": rows})
    return row


def inner_row(sent: dict[str, Any] = INNER, **changes: Any) -> Row[Any]:
    """How the plan for an internal transfer reads a record like it, with changes; None takes a field out."""
    record = {
        "id": "9",
        "coin": "USDT",
        "amount": "100",
        "receiver": "16780001",
        "fromUid": "16779999",
        "status": 6,
        "recordType": "out",
        "time": SINCE_MS,
        "transferClientId": "mine",
        **changes,
    }
    rows = [{name: value for name, value in record.items() if value is not None}]
    (row,) = decoded(inner_transfers(sent), {"code": 0, "data": {"total": 1, "data": rows}})
    return row


def receipt_of(row: Row[Any]) -> Any:
    """The receipt of a record that is the write's."""
    assert row.receipt is not None
    return row.receipt


# Transfers


@pytest.mark.parametrize("sent", [TRANSFER, {**PAIR, "asset": "USDT", "amount": "100"}])
def test_a_transfer_is_looked_for_by_both_accounts_a_hundred_records_a_page(sent: dict[str, Any]) -> None:
    plan = transfers(sent)
    page = plan.page(SINCE_MS, 2)
    assert page.endpoint == "GET /openApi/api/v3/asset/transferRecord"
    assert page.parameters == {**PAIR, "startTime": SINCE_MS, "pageIndex": 3, "pageSize": 100}
    assert plan.page_size == 100


def test_its_record_is_a_receipt_with_both_numbers_and_the_record_itself() -> None:
    row = transfer_row(tranId="8")
    assert row.ids == {"7", "8"}
    assert row.at_ms == SINCE_MS
    assert not row.is_named
    receipt = receipt_of(row)
    assert (receipt.transfer_id, receipt.tran_id, receipt.reconciled) == ("7", "8", True)
    assert receipt.raw["amount"] == "100"
    assert transfers().ids_of(receipt) == {"7", "8"}


@pytest.mark.parametrize(
    "changes",
    [
        {"asset": "BTC"},
        {"amount": "100.1"},
        {"fromAccount": "spot"},
        {"toAccount": "spot"},
        {"fromAccount": "USDTMPerp", "toAccount": "fund"},
        {"fromAccount": None, "toAccount": None, "type": "PFUTURES_FUND"},
    ],
    ids=str,
)
def test_a_record_that_differs_from_it_is_somebody_else_s(changes: dict[str, Any]) -> None:
    assert transfer_row(**changes).receipt is None


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "100.00"},
        {"fromAccount": None, "toAccount": None, "type": "FUND_PFUTURES"},
        {"fromAccount": None, "type": "FUND_PFUTURES"},
        {"toAccount": None, "type": "FUND_PFUTURES"},
        {"type": "PFUTURES_FUND"},
    ],
    ids=str,
)
def test_its_direction_is_that_of_both_accounts_or_else_of_the_type(changes: dict[str, Any]) -> None:
    assert transfer_row(**changes).receipt is not None


@pytest.mark.parametrize(
    ("status", "verdict"), [("CONFIRMED", Verdict.HAPPENED), ("PENDING", Verdict.OPEN), (None, Verdict.OPEN)]
)
def test_only_a_confirmed_transfer_certainly_happened(status: str | None, verdict: Verdict) -> None:
    row = transfer_row(status=status)
    assert (row.verdict, row.status) == (verdict, str(status))


def test_a_record_that_does_not_say_its_direction_is_an_answer_of_no_documented_shape() -> None:
    with pytest.raises(ProtocolError) as refused:
        transfer_row(fromAccount=None, toAccount=None)
    error = refused.value
    assert error.endpoint == "GET /openApi/api/v3/asset/transferRecord"
    assert error.http_status == 200
    assert error.detail == "the record 7 says neither its accounts nor a known type"


def test_transfers_are_alike_in_asset_amount_direction_and_exchange_whichever_key_sends_them() -> None:
    plan, urls = transfers(), ("https://a.test", "https://b.test")
    same = [
        transfers({**PAIR, "asset": "USDT", "amount": Decimal("100.0")}),
        transfers(key="another"),
    ]
    others = [
        transfers({**TRANSFER, "asset": "BTC"}),
        transfers({**TRANSFER, "amount": "101"}),
        transfers({**TRANSFER, "type": "PFUTURES_FUND"}),
        transfers(urls=urls),
        inner_transfers(),
    ]
    assert {each.identity for each in same} == {plan.identity}
    assert plan.identity not in {each.identity for each in others}
    assert transfers(urls=urls).identity == transfers(urls=(urls[1], urls[0])).identity


# Internal transfers


def test_an_internal_transfer_is_looked_for_by_its_client_id_a_thousand_records_a_page() -> None:
    plan = inner_transfers()
    page = plan.page(SINCE_MS, 2)
    assert page.endpoint == "GET /openApi/wallets/v1/capital/innerTransfer/records"
    assert page.parameters == {
        "coin": "USDT",
        "transferClientId": "mine",
        "startTime": SINCE_MS,
        "offset": 2000,
        "limit": 1000,
    }
    assert plan.page_size == 1000


def test_its_record_is_a_receipt_with_its_client_id_and_the_record_itself() -> None:
    row = inner_row()
    assert row.ids == {"9"}
    assert row.at_ms == SINCE_MS
    receipt = receipt_of(row)
    assert (receipt.id, receipt.transfer_client_id, receipt.reconciled) == ("9", "mine", True)
    assert receipt.raw["receiver"] == "16780001"
    assert inner_transfers().ids_of(receipt) == {"9"}


@pytest.mark.parametrize(
    "changes",
    [
        {"recordType": "in"},
        {"coin": "BTC"},
        {"amount": "100.1"},
        {"receiver": "16780002"},
        {"fromUid": "16780001"},
        {"transferClientId": "another"},
        {"transferClientId": None, "recordType": "in"},
    ],
    ids=str,
)
def test_a_record_that_differs_from_an_internal_transfer_is_somebody_else_s(changes: dict[str, Any]) -> None:
    assert inner_row(**changes).receipt is None


@pytest.mark.parametrize("kind", [2, 3])
def test_a_receiver_named_by_phone_or_mail_may_be_anybody_but_oneself(kind: int) -> None:
    sent = {**INNER, "userAccountType": kind, "userAccount": "somebody"}
    assert inner_row(sent).receipt is not None
    assert inner_row(sent, receiver="16779999").receipt is None


@pytest.mark.parametrize(("client_id", "is_named"), [("mine", True), (None, False)])
def test_a_record_may_leave_its_client_id_out_and_then_may_be_another_one_s(
    client_id: str | None, is_named: bool
) -> None:
    row = inner_row(transferClientId=client_id)
    assert (receipt_of(row).transfer_client_id, row.is_named) == ("mine", is_named)


@pytest.mark.parametrize(
    ("status", "verdict"), [(6, Verdict.HAPPENED), (5, Verdict.FAILED), (4, Verdict.OPEN), (7, Verdict.OPEN)]
)
def test_only_a_completed_internal_transfer_happened_and_only_a_failed_one_did_not(
    status: int, verdict: Verdict
) -> None:
    row = inner_row(status=status)
    assert (row.verdict, row.status) == (verdict, str(status))


def test_internal_transfers_are_alike_in_client_id_and_exchange() -> None:
    plan = inner_transfers()
    urls = ("https://a.test", "https://b.test")
    assert inner_transfers({**INNER, "amount": "1"}, key="another").identity == plan.identity
    others = [inner_transfers({**INNER, "transferClientId": "other"}), inner_transfers(urls=urls)]
    assert plan.identity not in {each.identity for each in others}
    assert inner_transfers(urls=urls).identity == inner_transfers(urls=(urls[1], urls[0])).identity


@pytest.mark.parametrize("plan", [transfers, inner_transfers])
def test_what_the_records_of_one_key_say_is_said_to_that_key(plan: Any) -> None:
    assert (plan().owner, plan(key="another").owner) == ("key", "another")


@pytest.mark.parametrize(
    ("plan", "path"), [(transfer_plan, TRANSFER_PATH), (inner_transfer_plan, INNER_TRANSFER)]
)
def test_a_plan_settles_the_writes_of_its_endpoint(plan: Any, path: str) -> None:
    settled = {ENDPOINTS[endpoint_id].path for endpoint_id, writing in WRITES.items() if writing.plan is plan}
    assert path in settled
