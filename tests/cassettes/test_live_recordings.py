"""What a live exchange answered has to be readable for our client: a result, or a refusal with its reason."""

from collections.abc import Callable, Mapping
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from support.agents import ABOUT_AGENTS
from support.cassettes import VST, Turn, live_recorder, read
from support.clients import make_every_call
from support.perpetuals import ABOUT_PERPETUALS, make_every_call_about_perpetuals
from support.readers import ABOUT_KEYS, ABOUT_ORDERS
from support.sender import ALICE, SERVER_TIME, SPOT_BALANCE, Sender

from bingx_client import APIError, Client, ProtocolError, calls
from bingx_client.calls.common.readers import server_time
from bingx_client.calls.spot_account import readers
from bingx_client.calls.spot_market import readers as market_data
from bingx_client.wire.decode import Node, read_answer
from bingx_contracts import ENDPOINTS
from bingx_fake import FakeExchange

RECORDINGS: list[Any] = sorted(VST.rglob("*.yaml")) or [
    pytest.param(
        None,
        marks=pytest.mark.skip(reason="no live recordings in cassettes/vst: its README says how to make one"),
    )
]

READERS: Mapping[str, Callable[[Node], Any]] = {
    "spot_account.spot_balance": readers.balances,
    "spot_account.fund_balance": readers.balances,
    "spot_account.account_overview": readers.overview,
    "spot_account.transfer": readers.transfer_receipt,
    "spot_account.transfers": readers.transfer_page,
    "spot_account.transfer_records": readers.transfer_page,
    "spot_account.transferable_coins": readers.coins,
    "spot_account.inner_transfer": readers.inner_transfer_receipt,
    "spot_account.inner_transfer_records": readers.inner_transfer_page,
    "common.server_time": server_time,
    "spot_market.symbols": market_data.symbols,
    "spot_market.depth": market_data.depth,
    "spot_market.aggregated_depth": market_data.depth,
    "spot_market.trades": market_data.trades,
    "spot_market.old_trades": market_data.old_trades,
    "spot_market.klines": market_data.candles,
    "spot_market.old_klines": market_data.candles,
    "spot_market.ticker": market_data.tickers,
    "spot_market.price": market_data.prices,
    "spot_market.book_ticker": market_data.book_tickers,
    **ABOUT_ORDERS,
    **ABOUT_PERPETUALS,
    **ABOUT_AGENTS,
    **ABOUT_KEYS,
}


def read_each(path: Path) -> list[str]:
    """What the client makes of each turn of a recording, by name.

    :raises ProtocolError: for an answer of no documented shape.
    """
    return [_read(turn) for turn in read(path).turns]


def _read(turn: Turn) -> str:
    if turn.response is None:
        return "no answer"
    request = turn.request
    try:
        status, body = turn.response["status"]["code"], turn.response["body"]["string"]
        answer = read_answer(f"{request.method} {request.path}", status, body)
        return type(_reader(request)(answer)).__name__
    except APIError as refusal:
        return type(refusal).__name__


def _reader(request: Any) -> Callable[[Node], Any]:
    """The reader of a documented endpoint; of another path, whose answer only has to be one."""
    for endpoint in ENDPOINTS.values():
        if (endpoint.method, endpoint.path) == (request.method, request.path):
            return READERS.get(endpoint.id, lambda answer: answer)
    return lambda answer: answer


@pytest.mark.parametrize("path", RECORDINGS, ids=str)
def test_every_recorded_answer_is_of_a_documented_shape(path: Path) -> None:
    assert read_each(path)


def test_every_current_endpoint_of_a_group_with_typed_calls_has_a_reader() -> None:
    groups = {folder.name for folder in iter_modules(calls.__path__) if folder.ispkg}
    asked = [endpoint for endpoint in ENDPOINTS.values() if endpoint.group in groups]
    assert {endpoint.id for endpoint in asked if not endpoint.old_route} == set(READERS)


def test_a_recording_of_every_call_is_read(exchange: FakeExchange, tmp_path: Path) -> None:
    path = tmp_path / "every_call.yaml"
    with (
        live_recorder(path, api_key="alice-key", secret_key="alice-secret"),
        Client(
            "prod-vst",
            *("alice-key", "alice-secret"),
            base_urls=exchange.base_urls,
            clock=exchange.clock.now_ms,
        ) as client,
    ):
        make_every_call(client)
        Sender(exchange).get("/openApi/none")
    assert read_each(path) == [
        *("Balances", "Balances", "list", "TransferReceipt", "TransferPage", "TransferPage", "list"),
        *("InnerTransferReceipt", "InnerTransferPage", "int"),
        *("list", "Depth", "Depth", *7 * ["list"]),
        *("Order", "Orders", "Order", "Orders", "Orders", "list", "CommissionRates"),
        *("Replacement", "Order", "Orders", "Orders", "Countdown"),
        *("Oco", "Oco", "list", "OcoCancelled", "list"),
        "APIError",
    ]


def test_a_recording_of_every_call_about_perpetuals_is_read(exchange: FakeExchange, tmp_path: Path) -> None:
    path = tmp_path / "every_call.yaml"
    with (
        live_recorder(path, api_key="alice-key", secret_key="alice-secret"),
        Client(
            "prod-vst",
            *("alice-key", "alice-secret"),
            base_urls=exchange.base_urls,
            clock=exchange.clock.now_ms,
        ) as client,
    ):
        exchange.credit(ALICE, "coinMPerp", "BTC", "0.01")
        make_every_call_about_perpetuals(client, exchange.clock.now_ms())
    assert "APIError" not in read_each(path)
    written = path.read_text()
    assert "alice-key" not in written
    assert "alice-secret" not in written


@pytest.mark.parametrize(
    ("path", "kind"), [(SPOT_BALANCE, "malformed"), (SPOT_BALANCE, "html-error"), (SERVER_TIME, "redirect")]
)
def test_an_answer_of_no_documented_shape_is_reported(
    exchange: FakeExchange, tmp_path: Path, path: str, kind: str
) -> None:
    cassette = tmp_path / "odd.yaml"
    with (
        exchange.fault("com", kind),
        live_recorder(cassette, api_key="alice-key", secret_key="alice-secret"),
    ):
        Sender(exchange).get(path)
    with pytest.raises(ProtocolError):
        read_each(cassette)
