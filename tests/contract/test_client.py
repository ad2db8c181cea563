"""Our client, held to what this exchange answers: its typed results against the raw answers."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from contract import shapes
from contract.target import Pace, Target
from contract.test_balances import fund_rows
from contract.test_market_data import SYMBOLS
from support.sender import (
    COINS,
    FUND_BALANCE,
    INNER_RECORDS,
    OVERVIEW,
    SPOT_BALANCE,
    TRANSFER_RECORDS,
    TRANSFERS,
)

from bingx_client import APIError, Client
from bingx_client.calls import spot_market
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.flow.steps import Attempt, Outcome


class PacedDriver(RequestsDriver):
    """Keeps under the limits together with the target."""

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self._pace = pace

    def send(self, attempt: Attempt) -> Outcome:
        """Send when it is time."""
        self._pace.before(attempt.request.path)
        try:
            return super().send(attempt)
        finally:
            self._pace.after(attempt.request.path)


def make_client(target: Target, secret: str) -> Client:
    return Client(
        "prod-vst",
        target.account.key,
        secret,
        base_urls=target.base_urls,
        clock=target.now_ms,
        driver=PacedDriver(target.pace),
    )


@pytest.fixture
def client(target: Target) -> Iterator[Client]:
    """A client of the exchange that the target asks, with the same account."""
    with make_client(target, target.account.secret) as client:
        yield client


@pytest.mark.clause("BAL-1")
def test_the_spot_balance(target: Target, client: Client) -> None:
    rows = {row["asset"]: Decimal(row["free"]) for row in target.get(SPOT_BALANCE).data["balances"]}
    assert {asset: balance.free for asset, balance in client.spot_balance().items()} == rows


@pytest.mark.clause("BAL-2", "BAL-3")
def test_the_fund_balance(target: Target, client: Client) -> None:
    rows = fund_rows(target.get(FUND_BALANCE).json)
    assert {asset: (held.free, held.locked) for asset, held in client.fund_balance().items()} == rows
    assert set(client.fund_balance("USDT")) <= {"USDT"}


@pytest.mark.clause("BAL-4")
def test_the_overview(target: Target, client: Client) -> None:
    rows = shapes.overview_rows(target.get(OVERVIEW).json)
    names = {"sopt" if row["accountType"] == "spot" else row["accountType"] for row in rows}
    assert {entry.account_type for entry in client.account_overview()} == names


@pytest.mark.clause("REC-1", "REC-4", "REC-7")
def test_the_records(target: Target, client: Client) -> None:
    older = shapes.record_rows(target.get(TRANSFERS, type="FUND_PFUTURES").json)
    page = client.transfers(type="FUND_PFUTURES")
    assert [row.transfer_id for row in page.rows] == [str(row["tranId"]) for row in older]
    newer = shapes.record_rows(target.get(TRANSFER_RECORDS, fromAccount="fund", toAccount="USDTMPerp").json)
    found = client.transfer_records(from_account="fund", to_account="USDTMPerp").rows
    assert [row.amount for row in found] == [Decimal(row["amount"]) for row in newer]


@pytest.mark.clause("COINS-1")
def test_the_coins(target: Target, client: Client) -> None:
    names = shapes.coin_names(target.get(COINS, fromAccount="fund", toAccount="spot").json)
    assert [coin.coin for coin in client.transferable_coins("fund", "spot")] == names


@pytest.mark.clause("INNER-9")
def test_the_internal_transfers(target: Target, client: Client) -> None:
    rows = target.get(INNER_RECORDS, coin="USDT").data["data"]
    found = client.inner_transfer_records(coin="USDT").rows
    assert [row.id for row in found] == [str(row["id"]) for row in rows]


@pytest.mark.clause("TIME-6")
def test_server_time(target: Target, client: Client) -> None:
    assert abs(client.server_time() - target.now_ms()) <= (3000 if target.is_live else 0)


@pytest.mark.clause("MARKET-1", "MARKET-11")
def test_the_symbols(target: Target, client: Client) -> None:
    rows = target.raw("GET", SYMBOLS).data["symbols"]
    found = client.send(spot_market.symbols())
    assert [(it.symbol, it.status) for it in found] == [(row["symbol"], row["status"]) for row in rows]


@pytest.mark.clause("MARKET-2", "MARKET-11")
def test_the_order_book(client: Client) -> None:
    book = client.send(spot_market.depth("BTC-USDT", limit=5))
    assert book.bids[0].price < book.asks[0].price
    assert list(book.asks) == sorted(book.asks)
    assert list(book.bids) == sorted(book.bids, reverse=True)


@pytest.mark.clause("MARKET-4", "MARKET-11")
def test_the_trades(client: Client) -> None:
    old = client.send(spot_market.old_trades("BTC-USDT", limit=5))
    for trades in (client.send(spot_market.trades("BTC-USDT", limit=5)), old):
        assert len(trades) <= 5
        assert all(trade.time_ms > 1_500_000_000_000 for trade in trades)  # none is in seconds


@pytest.mark.clause("MARKET-5", "MARKET-11")
def test_the_candles(client: Client) -> None:
    candles = client.send(spot_market.klines("BTC-USDT", "1h", limit=5))
    assert [it.open_ms for it in candles[1:]] == [it.close_ms + 1 for it in candles[:-1]]


@pytest.mark.clause("MARKET-6", "MARKET-7", "MARKET-8", "MARKET-11")
def test_the_tickers(client: Client) -> None:
    (ticker,) = client.send(spot_market.ticker("BTC-USDT"))
    (price,) = client.send(spot_market.price("BTC-USDT"))
    (best,) = client.send(spot_market.book_ticker("BTC-USDT"))
    assert {ticker.symbol, price.symbol, best.symbol} == {"BTC-USDT"}
    assert price.price is not None
    assert ticker.low <= ticker.last <= ticker.high
    assert best.bid < best.ask


@pytest.mark.clause("ERR-2")
def test_an_error_is_raised_with_its_code(target: Target) -> None:
    with make_client(target, "another-secret") as stranger, pytest.raises(APIError) as refused:
        stranger.spot_balance()
    assert refused.value.code == 100001
