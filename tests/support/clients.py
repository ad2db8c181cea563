"""Clients on the exchange's own clock, whose sleep advances it: hours pass in milliseconds."""

import asyncio
import math
from typing import Any

import pytest

from bingx_client import AsyncClient, Call, Client, OutcomeUnknown
from bingx_client.calls import spot_market, spot_trade
from bingx_fake import FakeExchange
from support.sender import BOB

PATIENT_S = 30.0
"""Long enough for every answer that comes at all, on however busy a machine."""

IMPATIENT_S = 1.0
"""For an answer that does not come: long enough for a busy machine to send the request."""


def make_client(exchange: FakeExchange, *, user: str = "alice", behind_ms: int = 0, **options: Any) -> Client:
    """A client of one of the exchange's users.

    :param behind_ms: how far its clock is behind the exchange's.
    :param options: of ``Client``, also in place of what stands here.
    """
    usual: dict[str, Any] = {
        "base_urls": exchange.base_urls,
        "timeout": PATIENT_S,
        "clock": lambda: exchange.clock.now_ms() - behind_ms,
        "sleep": lambda seconds: exchange.clock.advance(math.ceil(seconds * 1000)),
    }
    return Client("prod-vst", f"{user}-key", f"{user}-secret", **usual | options)


def make_async_client(exchange: FakeExchange, **options: Any) -> AsyncClient:
    """The same of alice, asynchronous."""

    async def sleep(seconds: float) -> None:
        exchange.clock.advance(math.ceil(seconds * 1000))
        await asyncio.sleep(0)  # others have their turn, as in any sleep

    usual: dict[str, Any] = {
        "base_urls": exchange.base_urls,
        "timeout": PATIENT_S,
        "clock": exchange.clock.now_ms,
        "sleep": sleep,
    }
    return AsyncClient("prod-vst", "alice-key", "alice-secret", **usual | options)


def sent(exchange: FakeExchange, path: str) -> list[dict[str, str]]:
    """The parameters of every request to a path, the oldest first."""
    return [entry["parameters"] for entry in exchange.requests if entry["path"] == path]


def send_and_lose(
    exchange: FakeExchange, client: Client, call: Call[Any], phase: str = "after"
) -> OutcomeUnknown:
    """What a client says of a write whose answer is lost, once it was carried out, or before."""
    with (
        exchange.fault("com", "empty", phase=phase, method=call.method, times=1),
        pytest.raises(OutcomeUnknown) as lost,
    ):
        client.send(call)
    return lost.value


def make_every_call(client: Client) -> None:
    """One call of each documented endpoint, by alice."""
    client.spot_balance()
    client.fund_balance()
    client.account_overview()
    client.transfer("USDT", 1, type="FUND_PFUTURES")
    client.transfers(type="FUND_PFUTURES")
    client.transfer_records()
    client.transferable_coins()
    client.inner_transfer(coin="USDT", amount=1, user_account=BOB)
    client.inner_transfer_records(coin="USDT")
    client.server_time()
    market_data: list[Call[Any]] = [
        spot_market.symbols(),
        spot_market.depth("BTC-USDT"),
        spot_market.aggregated_depth("BTC-USDT"),
        spot_market.trades("BTC-USDT"),
        spot_market.old_trades("BTC-USDT"),
        spot_market.klines("BTC-USDT", "1d"),
        spot_market.old_klines("BTC-USDT", "1d"),
        spot_market.ticker(),
        spot_market.price(),
        spot_market.book_ticker(),
    ]
    for call in market_data:
        client.send(call)
    _make_every_call_about_orders(client)


def _make_every_call_about_orders(client: Client) -> None:
    bid = spot_trade.place_order("BTC-USDT", "BUY", "LIMIT", quantity="0.001", price="50000")
    order = client.send(bid)
    others = client.send(spot_trade.place_orders([bid, bid]))
    client.send(spot_trade.query_order("BTC-USDT", order_id=order.order_id))
    client.send(spot_trade.open_orders())
    client.send(spot_trade.order_history())
    client.send(spot_trade.fills("BTC-USDT"))
    client.send(spot_trade.commission_rate("BTC-USDT"))
    better = ("BTC-USDT", "BUY", "LIMIT")
    client.send(
        spot_trade.replace_order(*better, quantity="0.001", price="51000", cancel_order_id=others[0].order_id)
    )
    client.send(spot_trade.cancel_order("BTC-USDT", order_id=order.order_id))
    client.send(spot_trade.cancel_orders("BTC-USDT", order_ids=[others[1].order_id]))
    client.send(spot_trade.cancel_open_orders())
    client.send(spot_trade.cancel_all_after(10))
    prices = {"limit_price": "48000", "trigger_price": "62000", "order_price": "62500"}
    oco = client.send(spot_trade.place_oco("BTC-USDT", "BUY", quantity="0.001", **prices))
    client.send(spot_trade.query_oco(list_id=oco.list_id))
    client.send(spot_trade.open_ocos())
    client.send(spot_trade.cancel_oco(order_id=oco.legs[0].order_id))
    client.send(spot_trade.oco_history())
