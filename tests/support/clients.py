"""Clients on the exchange's own clock, whose sleep advances it: hours pass in milliseconds."""

import asyncio
import math
from typing import Any

from bingx_client import AsyncClient, Client
from bingx_fake import FakeExchange
from support.sender import BOB

PATIENT_S = 30.0
"""Long enough for every answer that comes at all, on however busy a machine."""

IMPATIENT_S = 1.0
"""For an answer that does not come: long enough for a busy machine to send the request."""


def make_client(
    exchange: FakeExchange, *, behind_ms: int = 0, timeout: float = PATIENT_S, **options: Any
) -> Client:
    """A client of alice. ``behind_ms``: how far its clock is behind the exchange's."""
    return Client(
        "prod-vst",
        "alice-key",
        "alice-secret",
        base_urls=exchange.base_urls,
        timeout=timeout,
        clock=lambda: exchange.clock.now_ms() - behind_ms,
        sleep=lambda seconds: exchange.clock.advance(math.ceil(seconds * 1000)),
        **options,
    )


def make_async_client(exchange: FakeExchange, *, timeout: float = PATIENT_S, **options: Any) -> AsyncClient:
    """The same, asynchronous."""

    async def sleep(seconds: float) -> None:
        exchange.clock.advance(math.ceil(seconds * 1000))
        await asyncio.sleep(0)  # others have their turn, as in any sleep

    return AsyncClient(
        "prod-vst",
        "alice-key",
        "alice-secret",
        base_urls=exchange.base_urls,
        timeout=timeout,
        clock=exchange.clock.now_ms,
        sleep=sleep,
        **options,
    )


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
