"""Every call of the client against the exchange: typed results that equal the books."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pkgutil import iter_modules

import pytest
from support.agents import make_every_call_of_agents
from support.clients import make_client, make_every_call
from support.perpetuals import make_every_call_about_perpetuals
from support.sender import ALICE, BOB, NOW_MS

from bingx_client import BingXError, Client, InsufficientBalance, calls
from bingx_client.calls import account, contract, swap_account
from bingx_contracts import ENDPOINTS
from bingx_fake import FakeExchange

ATOM = Decimal("0.00000000000000000001")


@pytest.fixture
def client(exchange: FakeExchange, bingx_client: Client) -> Client:
    """A client of the frozen exchange."""
    return bingx_client


@pytest.mark.clause("BAL-1", "BAL-2", "BAL-3")
def test_balances(client: Client) -> None:
    spot, fund = client.spot_balance(), client.fund_balance()
    assert {asset: held.free for asset, held in spot.items()} == {"USDT": Decimal("250.5"), "ETH": Decimal(2)}
    assert fund["BTC"].locked == Decimal("0.1")
    assert list(client.fund_balance("BTC")) == ["BTC"]
    assert dict(client.fund_balance("ETH")) == {}


@pytest.mark.clause("BAL-4", "BAL-5")
def test_the_overview(client: Client) -> None:
    worth = {entry.account_type: entry.usdt_balance for entry in client.account_overview()}
    assert worth["sopt"] == Decimal("43250.5")
    assert len(worth) == 8
    assert [entry.account_type for entry in client.account_overview("grid")] == ["grid"]


@pytest.mark.clause("XFER-1", "XFER-2", "REC-1", "REC-4", "REQ-9")
def test_a_transfer_and_its_records(client: Client, exchange: FakeExchange) -> None:
    named = client.transfer("USDT", ATOM, type="FUND_PFUTURES")
    other = client.transfer("USDT", "1.50", from_account="fund", to_account="spot")
    assert exchange.balance(ALICE, "USDTMPerp", "USDT").free == 100 + ATOM
    (older,) = client.transfers(type="FUND_PFUTURES").rows
    assert (older.tran_id, older.amount, older.timestamp_ms) == (named.tran_id, ATOM, NOW_MS)
    page = client.transfer_records()
    assert page.total == 2
    assert [row.transfer_id for row in page.rows] == [other.transfer_id, named.transfer_id]
    assert [row.type for row in page.rows] == [None, "FUND_PFUTURES"]
    assert client.transfers(tran_id=other.tran_id).rows[0].amount == Decimal("1.5")
    assert (
        client.transfer_records(transfer_id=named.transfer_id, page_size=1).rows[0].to_account == "USDTMPerp"
    )


@pytest.mark.clause("COINS-1")
def test_coins(client: Client) -> None:
    assert [coin.name for coin in client.transferable_coins()] == [
        *("Tether USD", "Bitcoin", "Ethereum", "Virtual USDT")
    ]
    amounts = {coin.coin: coin.amount for coin in client.transferable_coins("spot", "fund")}
    assert amounts["ETH"] == 2


@pytest.mark.clause("INNER-1", "INNER-7", "INNER-8")
def test_an_inner_transfer_and_its_records(client: Client, exchange: FakeExchange) -> None:
    sent = client.inner_transfer(
        coin="USDT", amount=ATOM, user_account="bob@example.com", user_account_type=3
    )
    assert sent.transfer_client_id
    assert exchange.balance(BOB, "fund", "USDT").free == 500 + ATOM
    (record,) = client.inner_transfer_records(coin="USDT", id=sent.id).rows
    assert (record.amount, record.receiver, record.from_uid) == (ATOM, str(BOB), str(ALICE))
    assert (record.record_type, record.status, record.time_ms) == ("out", 6, NOW_MS)
    by_client_id = client.inner_transfer_records(coin="USDT", transfer_client_id=sent.transfer_client_id)
    assert by_client_id.rows == (record,)


@pytest.mark.clause("TIME-6")
def test_server_time(client: Client) -> None:
    assert client.server_time() == NOW_MS


def test_every_endpoint_of_a_group_that_has_typed_calls_has_one(
    client: Client, exchange: FakeExchange
) -> None:
    make_every_call(client)
    exchange.credit(ALICE, "coinMPerp", "BTC", "0.01")
    make_every_call_about_perpetuals(client, NOW_MS)
    client.send(swap_account.income_export())
    client.send(account.uid())
    client.send(account.api_permissions())
    client.send(contract.balances())
    make_every_call_of_agents(client, NOW_MS)
    called = {(entry["method"], entry["path"]) for entry in exchange.requests}
    groups = {folder.name for folder in iter_modules(calls.__path__) if folder.ispkg}
    current = {(e.method, e.path) for e in ENDPOINTS.values() if e.group in groups and not e.old_route}
    assert called == current
    bare = "/openApi/v1/account/apiPermissions"  # answers without an envelope, and so without a code
    assert {entry["code"] for entry in exchange.requests if entry["path"] != bare} == {0}


@pytest.mark.clause("XFER-10")
def test_forty_parallel_transfers_of_100_from_1000_succeed_exactly_ten_times(exchange: FakeExchange) -> None:
    def move(_: int) -> bool:
        with Client(
            "prod-vst", "alice-key", "alice-secret", base_urls=exchange.base_urls, clock=lambda: NOW_MS
        ) as client:
            try:
                client.transfer("USDT", 100, type="FUND_PFUTURES")
            except InsufficientBalance:
                return False
            return True

    with ThreadPoolExecutor(40) as pool:
        succeeded = sum(pool.map(move, range(40)))
    assert succeeded == 10
    assert exchange.balance(ALICE, "fund", "USDT").free == 0
    assert exchange.balance(ALICE, "USDTMPerp", "USDT").free == 1100
    exchange.call(lambda inner: inner.books.ledger.assert_conserved())


def test_one_client_may_be_used_by_many_threads(exchange: FakeExchange, client: Client) -> None:
    with ThreadPoolExecutor(16) as pool:
        balances = list(pool.map(lambda _: client.spot_balance()["ETH"].free, range(64)))
    assert set(balances) == {2}


def test_the_same_seed_frozen_clock_and_requests_give_the_same_journal_and_answers() -> None:
    def play() -> list[object]:
        with FakeExchange(frozen_at_ms=NOW_MS, seed=3) as exchange, make_client(exchange) as client:
            told: list[object] = []
            exchange.play(
                [
                    {"domain": "*", "kind": "business-error", "probability": 0.2},
                    {"domain": "*", "kind": "empty", "phase": "after", "probability": 0.2},
                    {"domain": "com", "kind": "refuse", "at_ms": 20_000, "for_ms": 10_000},
                ]
            )
            for number in range(1, 30):
                try:
                    told.append(client.transfer("USDT", number, type="FUND_PFUTURES").raw)
                    told.append(client.transfer_records().raw)
                except BingXError as error:
                    told.append(type(error))
            return [exchange.requests, told]

    first, second = play(), play()
    assert repr(first) == repr(second)
    assert "business-error" in repr(first)
    assert "empty" in repr(first)
