"""A call is a value: made once, compared, pickled, and sent by any client, any number of times."""

import asyncio
import inspect
import pickle
from collections.abc import Callable, Coroutine
from dataclasses import FrozenInstanceError
from decimal import Decimal
from typing import Any, assert_type
from unittest.mock import create_autospec

import pytest
from support.clients import make_async_client, make_client
from support.sender import ALICE, BOB

from bingx_client import (
    AccountWorth,
    AsyncClient,
    Balances,
    Client,
    Coin,
    InnerTransferPage,
    InnerTransferReceipt,
    ParameterError,
    TransferPage,
    TransferReceipt,
)
from bingx_client.calls import common, spot_account
from bingx_client.calls.spot_account import readers
from bingx_client.flow.call import Call
from bingx_client.flow.plan import Write
from bingx_fake import FakeExchange

READS: dict[str, tuple[Call[Any], Callable[[Client], object]]] = {
    "spot_balance": (spot_account.spot_balance(), lambda client: client.spot_balance()),
    "fund_balance": (spot_account.fund_balance("BTC"), lambda client: client.fund_balance("BTC")),
    "account_overview": (
        spot_account.account_overview("sopt"),
        lambda client: client.account_overview("sopt"),
    ),
    "transfers": (
        spot_account.transfers(type="FUND_PFUTURES", size=5),
        lambda client: client.transfers(type="FUND_PFUTURES", size=5),
    ),
    "transfer_records": (
        spot_account.transfer_records(from_account="fund", to_account="USDTMPerp", page_index=1),
        lambda client: client.transfer_records(from_account="fund", to_account="USDTMPerp", page_index=1),
    ),
    "transferable_coins": (
        spot_account.transferable_coins("spot", "fund"),
        lambda client: client.transferable_coins("spot", "fund"),
    ),
    "inner_transfer_records": (
        spot_account.inner_transfer_records(coin="USDT", limit=3),
        lambda client: client.inner_transfer_records(coin="USDT", limit=3),
    ),
    "server_time": (common.server_time(), lambda client: client.server_time()),
}
TRANSFER = spot_account.transfer("USDT", "1.50", type="FUND_PFUTURES")
SEND = spot_account.inner_transfer(coin="USDT", amount=1, user_account=BOB)


@pytest.fixture
def client(exchange: FakeExchange) -> Client:
    return make_client(exchange)


@pytest.mark.parametrize("name", READS)
def test_a_method_is_its_call_sent(exchange: FakeExchange, client: Client, name: str) -> None:
    client.send(TRANSFER)
    client.send(SEND)
    call, method = READS[name]
    assert client.send(call) == method(client)
    assert exchange.requests[-1]["parameters"].keys() == exchange.requests[-2]["parameters"].keys()
    assert exchange.requests[-1]["code"] == 0


def test_every_method_has_a_call(client: Client) -> None:
    methods = {name for name, member in vars(Client).items() if inspect.isfunction(member)}
    about_itself = {"send", "call", "close", "reconcile"}
    assert {name for name in methods - about_itself if not name.startswith("_")} == {
        *READS,
        "transfer",
        "inner_transfer",
    }


@pytest.mark.parametrize("call", [call for call, _ in READS.values()] + [TRANSFER, SEND], ids=str)
def test_a_call_is_a_value(call: Call[Any]) -> None:
    copy = pickle.loads(pickle.dumps(call))
    assert copy == call
    assert hash(copy) == hash(call)
    with pytest.raises(FrozenInstanceError):
        call.path = "/elsewhere"  # type: ignore[misc]  # that is what is tested


def test_calls_of_other_parameters_are_other_calls() -> None:
    assert spot_account.fund_balance("BTC") != spot_account.fund_balance("ETH")
    assert spot_account.transfer("USDT", "1.50", type="FUND_PFUTURES") == TRANSFER
    assert spot_account.transfer("USDT", "1.51", type="FUND_PFUTURES") != TRANSFER


def test_one_call_is_sent_by_several_clients_as_each_of_them(exchange: FakeExchange, client: Client) -> None:
    call = spot_account.fund_balance("USDT")
    with Client("prod-vst", "bob-key", "bob-secret", base_urls=exchange.base_urls) as bob:
        assert client.send(call)["USDT"].free == exchange.balance(ALICE, "fund", "USDT").free
        assert bob.send(call)["USDT"].free == exchange.balance(BOB, "fund", "USDT").free


def test_a_write_that_is_sent_twice_is_made_twice(exchange: FakeExchange, client: Client) -> None:
    before = exchange.balance(ALICE, "USDTMPerp", "USDT").free
    assert client.send(TRANSFER).transfer_id != client.send(TRANSFER).transfer_id
    assert exchange.balance(ALICE, "USDTMPerp", "USDT").free == before + 2 * Decimal("1.50")


def test_each_sending_of_a_write_has_a_client_id_of_its_own_unless_it_is_given(
    exchange: FakeExchange, client: Client
) -> None:
    first, second = client.send(SEND), client.send(SEND)
    assert first.id != second.id
    assert first.transfer_client_id != second.transfer_client_id
    assert "transferClientId" not in SEND.parameters
    named = spot_account.inner_transfer(coin="USDT", amount=1, user_account=BOB, transfer_client_id="mine")
    assert client.send(named).transfer_client_id == "mine"


def test_what_is_wrong_with_a_call_is_said_when_it_is_made() -> None:
    with pytest.raises(ParameterError, match="amount must be"):
        spot_account.transfer("USDT", 0, type="FUND_PFUTURES")


@pytest.mark.parametrize("options", [{"on_unknown": "raise"}, {"deadline": 5.0}])
def test_how_far_to_go_for_a_write_is_no_option_of_a_read(client: Client, options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match="on_unknown and deadline are about writes; GET /openApi/spot"):
        client.send(spot_account.spot_balance(), **options)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("endpoint_id", [None, "spot_account.spot_balance", "spot_account.transfer"])
def test_what_may_change_something_is_not_sent_as_if_it_did_not(
    exchange: FakeExchange, client: Client, method: str, endpoint_id: str | None
) -> None:
    call = Call(method, TRANSFER.path, TRANSFER.parameters, readers.transfer_receipt, endpoint_id)
    with pytest.raises(ParameterError, match=f"^{method} {TRANSFER.path} may change something"):
        client.send(call)
    assert exchange.requests == []


def test_the_asynchronous_client_sends_the_same_values(exchange: FakeExchange, client: Client) -> None:
    async def everything() -> list[object]:
        async with make_async_client(exchange) as other:
            await other.send(TRANSFER)
            return [await other.send(call) for call, _ in READS.values()]

    assert asyncio.run(everything()) == [client.send(call) for call, _ in READS.values()]


def test_a_method_looks_like_the_function_that_makes_its_call() -> None:
    for kind in (Client, AsyncClient):
        method, function = kind.fund_balance, spot_account.fund_balance
        assert (method.__name__, method.__doc__) == ("fund_balance", function.__doc__)
        signature = inspect.signature(method)
        assert list(signature.parameters) == ["self", "asset"]
        assert signature.parameters["asset"] == inspect.signature(function).parameters["asset"]
        assert signature.return_annotation is Balances
    assert inspect.iscoroutinefunction(AsyncClient.fund_balance)
    assert not inspect.iscoroutinefunction(Client.fund_balance)


def test_a_mock_that_knows_the_client_takes_its_calls_and_no_others() -> None:
    mock = create_autospec(Client, instance=True)
    mock.fund_balance("BTC")
    mock.transfers(type="FUND_PFUTURES")
    with pytest.raises(TypeError):
        mock.transfers("FUND_PFUTURES")


def test_types_are_known_where_calls_are_sent(client: Client) -> None:
    """Held by mypy: nothing here has to run but to be sure that it can."""

    def known(client: Client) -> None:
        assert_type(client.spot_balance(), Balances)
        assert_type(client.fund_balance(asset="BTC"), Balances)
        assert_type(client.account_overview(), list[AccountWorth])
        assert_type(client.transfers(tran_id=1), TransferPage)
        assert_type(client.transfer_records(), TransferPage)
        assert_type(client.transferable_coins(), list[Coin])
        assert_type(client.inner_transfer_records(coin="USDT"), InnerTransferPage)
        assert_type(client.server_time(), int)
        assert_type(client.send(TRANSFER), TransferReceipt)
        assert_type(client.send(SEND), InnerTransferReceipt)
        assert_type(client.send(spot_account.spot_balance()), Balances)
        assert_type(TRANSFER, Write[TransferReceipt])
        client.fund_balance(1)  # type: ignore[arg-type]
        client.transfers("FUND_PFUTURES")  # type: ignore[call-arg]
        client.server_time(1)  # type: ignore[call-arg]

    async def known_to_both(client: AsyncClient) -> None:
        under_way: Coroutine[Any, Any, Balances] = client.spot_balance()
        assert_type(await under_way, Balances)
        assert_type(await client.fund_balance(asset="BTC"), Balances)
        assert_type(await client.transfer_records(page_size=1), TransferPage)
        assert_type(await client.server_time(), int)
        assert_type(await client.send(TRANSFER), TransferReceipt)
        await client.transfers("FUND_PFUTURES")  # type: ignore[call-arg]

    assert callable(known)
    assert callable(known_to_both)
