"""Waiting for a turn in real time: threads, and calls that are cancelled while they wait."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from bingx_client import AsyncClient, Client, Limiter
from bingx_fake import FakeExchange


def test_threads_keep_under_the_limit_together() -> None:
    with FakeExchange(rate_limits=True) as exchange:
        account = ("prod-vst", "alice-key", "alice-secret")
        with (
            Client(*account, base_urls=exchange.base_urls, limiter=Limiter()) as client,
            ThreadPoolExecutor(6) as pool,
        ):
            list(pool.map(lambda _: client.spot_balance(), range(6)))
        assert [entry["code"] for entry in exchange.requests] == [0] * 6


@pytest.mark.parametrize("name", ["spot_account.transfer", "spot_account.spot_balance"])
def test_a_call_that_is_cancelled_while_it_waits_for_its_turn_is_never_sent(name: str) -> None:
    async def main(exchange: FakeExchange) -> None:
        async with AsyncClient(
            *("prod-vst", "alice-key", "alice-secret"), base_urls=exchange.base_urls, limiter=Limiter()
        ) as client:

            async def call() -> object:
                if name == "spot_account.transfer":
                    return await client.transfer("USDT", 1, type="FUND_PFUTURES")
                return await client.spot_balance()

            allowed = 2 if name == "spot_account.transfer" else 3
            for _ in range(allowed):
                await call()
            waiting = asyncio.ensure_future(call())
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert len(exchange.requests) == allowed
            await asyncio.wait_for(call(), timeout=10)  # nobody waits for the one that was cancelled

    with FakeExchange() as exchange:
        asyncio.run(main(exchange))


def test_a_call_that_is_cancelled_during_a_pause_is_not_tried_again() -> None:
    async def main(exchange: FakeExchange) -> None:
        paused = asyncio.Event()

        async def sleep(seconds: float) -> None:
            paused.set()
            await asyncio.Event().wait()

        async with AsyncClient(
            *("prod-vst", "alice-key", "alice-secret"),
            base_urls=exchange.base_urls,
            limiter=Limiter(),
            sleep=sleep,
        ) as client:
            with exchange.fault("com", "business-error", code=100410):
                call = asyncio.ensure_future(client.transfer("USDT", 1, type="FUND_PFUTURES"))
                await paused.wait()
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
            assert len(exchange.requests) == 1

    with FakeExchange() as exchange:
        asyncio.run(main(exchange))
