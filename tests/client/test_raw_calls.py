"""Any documented endpoint by its id: validated, signed and exact, and a write as careful as the typed one."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.clients import make_async_client, make_client
from support.entries import make_what_it_names
from support.sender import ALICE, BOB

from bingx_client import (
    Answer,
    Client,
    ConfirmationRequired,
    InsufficientBalance,
    OutcomeUnknown,
    ParameterError,
)
from bingx_client.calls.raw import WRITES, raw_call
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_client.wire.decode import read_answer
from bingx_contracts import CONTRACT, ENDPOINTS
from bingx_contracts.facts.requests import Example
from bingx_fake import FakeExchange

MOVE = {"asset": "USDT", "amount": "100", "type": "FUND_PFUTURES"}
GIVE = {"coin": "USDT", "amount": "1", "userAccountType": 1, "userAccount": BOB, "walletType": 1}
TRANSFERS = ["spot_account.transfer", "spot_account.transfer_v3", "spot_account.transfer_v3_post"]


@pytest.fixture
def client(exchange: FakeExchange) -> Iterator[Client]:
    PROCESS_WRITES.clear()
    with make_client(exchange) as client:
        yield client


def moved(exchange: FakeExchange) -> Decimal:
    """What has reached alice's futures account."""
    return Decimal(exchange.balance(ALICE, "USDTMPerp", "USDT").free) - 100


@pytest.mark.departs("old-route")
@pytest.mark.parametrize("example", CONTRACT.examples, ids=lambda example: example.endpoint)
def test_every_documented_endpoint_can_be_called_by_its_id(
    exchange: FakeExchange, client: Client, example: Example
) -> None:
    endpoint = ENDPOINTS[example.endpoint]
    make_what_it_names(exchange, endpoint, example.request)
    got = client.call(example.endpoint, **example.request)
    assert isinstance(got, Answer)
    (entry,) = exchange.requests
    assert (entry["method"], entry["path"]) == (endpoint.method, endpoint.path)
    assert entry["parameters"].items() >= example.request.items()
    assert (entry["code"] or 0, got.reconciled) == (0, False)
    if endpoint.media is None:
        assert got.data == got.answer.get("data", got.answer)
    else:
        assert isinstance(got.data, bytes)
        assert got.data is got.answer


def test_an_answer_is_exact(client: Client) -> None:
    client.call("spot_account.inner_transfer", **GIVE | {"amount": "0.00000000000000000001"})
    got = client.call("spot_account.inner_transfer_records", coin="USDT")
    assert repr(got.data["data"][0]["amount"]) == "Decimal('1E-20')"
    assert isinstance(got.data["data"][0]["id"], int)


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ('{"code":0,"msg":"","data":{"total":0,"rows":[]}}', {"total": 0, "rows": []}),
        ('{"total":0,"rows":[]}', {"total": 0, "rows": []}),
    ],
)
def test_the_data_of_an_answer_is_what_its_envelope_holds_or_all_where_it_has_none(
    body: str, data: Any
) -> None:
    answer = read_answer("GET /p", 200, body.encode())
    got = raw_call("spot_account.transfer_records", {}).read(answer)
    assert (got.data, got.answer) == (data, answer.value)


@pytest.mark.parametrize(
    ("endpoint_id", "parameters", "said"),
    [
        ("transfer", MOVE, "there is no endpoint 'transfer'; do you mean 'spot_account.transfer'"),
        ("spot_account.spot_balanse", {}, "do you mean 'spot_account.spot_balance'"),
        ("spot_account.withdraw_everything_now", {}, "there is no endpoint"),
        (
            "spot_account.transfer",
            MOVE | {"to": "bob"},
            "'to' is no parameter of spot_account.transfer; it has",
        ),
        ("spot_account.spot_balance", {"asset": "USDT"}, "'asset' is no parameter .*; it has none"),
        ("spot_account.transfer", MOVE | {"asset": None}, "asset is missing"),
        ("spot_account.transfer", MOVE | {"amount": 1.5}, "amount must not be a float"),
        ("spot_account.transfer", MOVE | {"amount": "1e3"}, "amount must be"),
        ("spot_account.transfer", MOVE | {"type": None}, "needs type, or fromAccount and toAccount"),
        (
            "spot_account.transfer",
            MOVE | {"fromAccount": "spot"},
            "fromAccount and toAccount belong together",
        ),
        (
            "spot_account.transfer",
            MOVE | {"fromAccount": "spot", "toAccount": "fund"},
            "type FUND_PFUTURES contradicts",
        ),
        ("spot_account.transfers", {}, "needs type, or tranId"),
        ("spot_account.transfers", {"type": "FUND_PFUTURES", "startTime": 2, "endTime": 1}, "is before"),
        ("spot_account.transfer", MOVE | {"timestamp": 1}, "'timestamp' is no parameter"),
        ("spot_account.inner_transfer", GIVE | {"userAccount": "bob"}, "userAccount must be"),
    ],
)
def test_what_the_contract_does_not_describe_is_not_sent(
    exchange: FakeExchange, client: Client, endpoint_id: str, parameters: dict[str, Any], said: str
) -> None:
    with pytest.raises(ParameterError, match=said):
        client.call(endpoint_id, **parameters)
    assert exchange.requests == []


def test_a_refusal_is_raised_as_for_the_typed_call(client: Client) -> None:
    with pytest.raises(InsufficientBalance):
        client.call("spot_account.transfer", **MOVE | {"amount": "999999"})


# Writes


def test_every_write_that_records_show_can_be_settled_but_orders() -> None:
    settled = {endpoint_id for endpoint_id, writing in WRITES.items() if writing.plan is not None}
    assert settled == {
        endpoint.id
        for endpoint in ENDPOINTS.values()
        if endpoint.write
        and endpoint.write.settled_by
        and endpoint.group not in ("spot_trade", "swap_trade", "coinm_trade")
    }


def test_every_write_of_money_and_orders_is_told_to_people_in_words_of_its_own() -> None:
    told = {it.id for it in ENDPOINTS.values() if it.write and it.group != "listen_key"}
    assert set(WRITES) == told


@pytest.mark.departs("old-route")
@pytest.mark.parametrize("endpoint_id", TRANSFERS)
@pytest.mark.clause("WRITE-4", "WRITE-5")
def test_a_lost_write_that_happened_is_found_and_its_record_is_the_answer(
    exchange: FakeExchange, client: Client, endpoint_id: str
) -> None:
    with exchange.fault("com", "reset", phase="after", method="POST", times=1):
        got = client.call(endpoint_id, **MOVE)
    assert got.reconciled
    assert (got.data["asset"], got.data["amount"], got.data["toAccount"]) == (
        "USDT",
        "100.00000000000000000000",
        "USDTMPerp",
    )
    assert moved(exchange) == 100


@pytest.mark.departs("old-route")
@pytest.mark.parametrize("endpoint_id", TRANSFERS)
def test_a_lost_write_that_did_not_happen_is_sent_again(
    exchange: FakeExchange, client: Client, endpoint_id: str
) -> None:
    with exchange.fault("com", "reset", phase="before", method="POST", times=1):
        got = client.call(endpoint_id, **MOVE)
    assert not got.reconciled
    assert moved(exchange) == 100


def test_raw_and_typed_writes_do_not_take_each_others_records(exchange: FakeExchange, client: Client) -> None:
    client.transfer("USDT", 100, type="FUND_PFUTURES")
    with exchange.fault("com", "reset", phase="before", method="POST", times=1):
        assert not client.call("spot_account.transfer", **MOVE).reconciled
    assert moved(exchange) == 200


def test_a_write_that_stays_unknown_can_be_settled_later(exchange: FakeExchange, client: Client) -> None:
    with (
        exchange.fault("com", "reset", phase="after", method="POST", times=1),
        exchange.fault("*", "empty", method="GET"),
        pytest.raises(OutcomeUnknown) as lost,
    ):
        client.call("spot_account.transfer", **MOVE)
    assert lost.value.endpoint_id == "spot_account.transfer"
    assert lost.value.reconcile(client).reconciled


def test_a_lost_write_keeps_the_client_id_that_was_made_for_it(
    exchange: FakeExchange, client: Client
) -> None:
    with exchange.fault("com", "reset", phase="before", method="POST", times=1):
        client.call("spot_account.inner_transfer", **GIVE)
    named = {
        entry["parameters"]["transferClientId"]
        for entry in exchange.requests
        if "transferClientId" in entry["parameters"]
    }
    assert len(named) == 1, "in both attempts, and in the query for the record between them"
    assert len([entry for entry in exchange.requests if entry["method"] == "POST"]) == 2


def test_a_write_that_is_called_raw_needs_the_same_word(exchange: FakeExchange) -> None:
    live = Client("prod-live", "key", "secret")
    with pytest.raises(ConfirmationRequired, match=r"^Transfer 100 USDT from fund to USDTMPerp at open-api"):
        live.call("spot_account.transfer", **MOVE)


def test_the_asynchronous_client_does_the_same(exchange: FakeExchange) -> None:
    async def lose() -> Answer:
        async with make_async_client(exchange) as client:
            return await client.call("spot_account.transfer", **MOVE)

    PROCESS_WRITES.clear()
    with exchange.fault("com", "reset", phase="after", method="POST", times=1):
        assert asyncio.run(lose()).reconciled
    assert moved(exchange) == 100
