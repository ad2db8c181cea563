"""One client in several event loops, and clients after ``close``: connections are made anew, none is left."""

import asyncio
import gc
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from support.clients import make_async_client, make_client
from support.sender import ALICE

from bingx_client import AsyncClient
from bingx_fake import FakeExchange


@pytest.fixture(params=[False, True], ids=["plain", "TLS"])
def served(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeExchange]:
    """An exchange over each kind of connection."""
    with FakeExchange(tls=request.param) as exchange:
        if exchange.ca_file is not None:
            trusts(exchange, monkeypatch)
        yield exchange


def trusts(exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let aiohttp trust the exchange's certificate; it reads the environment's at its import only."""
    context = ssl.create_default_context(cafile=str(exchange.ca_file))
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", context)


@pytest.fixture(autouse=True)
def _nothing_is_left_open() -> Iterator[None]:
    """What nobody closed says so when it is collected, in whatever test that is; here it is this one."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(warning.message) for warning in said] == []


def test_a_client_serves_one_loop_after_another(served: FakeExchange) -> None:
    client = make_async_client(served)
    found = [asyncio.run(client.fund_balance("USDT")) for _ in range(3)]
    assert found[0]["USDT"].free == 1000
    assert found == found[:1] * 3
    assert len(served.requests) == 3


def test_a_loop_that_ends_takes_its_connections_with_it_and_a_write_is_sent_once(
    served: FakeExchange,
) -> None:
    client = make_async_client(served)
    for _ in range(2):
        asyncio.run(client.transfer("USDT", 100, type="FUND_PFUTURES"))
    assert served.balance(ALICE, "fund", "USDT").free == 800
    assert [entry["method"] for entry in served.requests] == ["POST", "POST"]


def test_a_client_serves_loops_of_several_threads_at_the_same_time(served: FakeExchange) -> None:
    client = make_async_client(served)
    together = threading.Barrier(4, timeout=30)
    found: list[Decimal] = []

    async def read() -> None:
        found.extend([(await client.fund_balance("USDT"))["USDT"].free for _ in range(10)])

    def run() -> None:
        together.wait()
        asyncio.run(read())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Decimal(1000)] * 40


def test_a_client_that_nobody_closes_leaves_nothing_open(served: FakeExchange) -> None:
    async def main() -> None:
        await make_async_client(served).server_time()
        gc.collect()
        await asyncio.sleep(0)
        await make_async_client(served).server_time()

    asyncio.run(main())


def test_a_client_may_be_closed_while_its_loop_ends(served: FakeExchange) -> None:
    async def main() -> None:
        async with make_async_client(served) as client:
            await client.server_time()
            [opened] = client._driver._sessions._opened.values()
            ending = asyncio.ensure_future(opened.life.aclose())  # what a loop does that ends
            await asyncio.sleep(0)
        await ending

    asyncio.run(main())


def test_a_client_survives_a_loop_that_was_closed_over_its_head(
    served: FakeExchange, recwarn: pytest.WarningsRecorder
) -> None:
    client = make_async_client(served)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(client.server_time())
    loop.close()
    asyncio.run(client.server_time())
    assert len(served.requests) == 2
    del loop
    gc.collect()
    # Whoever closes a loop like this hears of its connections from asyncio; of our session nobody complains.
    said = " ".join(str(warning.message) for warning in recwarn).lower()
    assert not {"session", "connector", "awaited"} & set(said.split())
    recwarn.clear()


def read_sync(exchange: FakeExchange, closings: int) -> Any:
    client = make_client(exchange)
    for _ in range(closings):
        client.server_time()
        client.close()
        client.close()
    with client:
        return client.fund_balance("USDT")


def read_async(exchange: FakeExchange, closings: int) -> Any:
    async def main() -> Any:
        client = make_async_client(exchange)
        for _ in range(closings):
            await client.server_time()
            await client.close()
            await client.close()
        async with client:
            return await client.fund_balance("USDT")

    return asyncio.run(main())


@pytest.mark.parametrize("read", [read_sync, read_async])
def test_a_client_that_was_closed_opens_connections_anew(
    exchange: FakeExchange, read: Callable[[FakeExchange, int], Any]
) -> None:
    assert read(exchange, 2) == read(exchange, 0)


def test_closing_in_one_loop_leaves_another_s_calls_alone(served: FakeExchange) -> None:
    client = make_async_client(served)
    closed = threading.Event()

    async def call_and_close(_: AsyncClient) -> None:
        await client.server_time()
        await client.close()
        closed.set()

    async def wait_for_an_answer() -> None:
        with served.fault("com", "latency", ms=300, times=1):
            call = asyncio.ensure_future(client.server_time())
            while not served.requests:
                await asyncio.sleep(0)
        other = threading.Thread(target=lambda: asyncio.run(call_and_close(client)))
        other.start()
        await call
        await asyncio.to_thread(other.join)

    asyncio.run(wait_for_an_answer())
    assert closed.is_set()
    assert {entry["domain"] for entry in served.requests} == {"com"}
