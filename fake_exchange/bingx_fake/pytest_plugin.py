"""The pytest plugin ``bingx``: one fake exchange a worker, as new for each test, and a client for it.

This door is the one place that knows both the fake and the client. Its imports stand inside the fixtures,
so that a test run that uses neither pays for neither.
"""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bingx_client import AsyncClient, Client
    from bingx_fake import FakeExchange


@pytest.fixture(scope="session")
def _bingx_server() -> Iterator["FakeExchange"]:
    from bingx_fake import FakeExchange

    with FakeExchange() as exchange:
        yield exchange


@pytest.fixture(scope="session")
def _bingx_tls_server() -> Iterator["FakeExchange"]:
    from bingx_fake import FakeExchange

    with FakeExchange(tls=True) as exchange:
        yield exchange


@pytest.fixture
def bingx_exchange(_bingx_server: "FakeExchange") -> "FakeExchange":
    """A fake exchange with the built-in example state, back at its start for each test."""
    _start_afresh(_bingx_server)
    return _bingx_server


@pytest.fixture
def bingx_client(bingx_exchange: "FakeExchange") -> Iterator["Client"]:
    """A client of ``bingx_exchange`` with the key of its first user.

    It lives on the exchange's clock: where it would wait, that clock is moved instead.
    """
    from bingx_client import Client

    with Client(**_first_account(bingx_exchange), sleep=bingx_exchange.clock.sleep) as client:
        yield client


@pytest.fixture
def bingx_async_client(bingx_exchange: "FakeExchange") -> "AsyncClient":
    """The same as ``bingx_client``, asynchronous: use it with ``async with`` in the test's own loop."""
    from bingx_client import AsyncClient

    async def sleep(seconds: float) -> None:
        bingx_exchange.clock.sleep(seconds)

    return AsyncClient(**_first_account(bingx_exchange), sleep=sleep)


@pytest.fixture
def bingx_intercept(_bingx_tls_server: "FakeExchange") -> Iterator["FakeExchange"]:
    """A fake exchange that answers BingX's real host names in this process; other hosts are refused."""
    from bingx_fake import intercept

    _start_afresh(_bingx_tls_server)
    with intercept(_bingx_tls_server) as exchange:
        yield exchange


def _start_afresh(exchange: "FakeExchange") -> None:
    exchange.reset()
    # Transfer ids begin anew, so a client must not take them for those that it has accounted for.
    writes = sys.modules.get("bingx_client.writes")
    if writes is not None:
        writes.PROCESS_WRITES.clear()


def _first_account(exchange: "FakeExchange") -> dict[str, Any]:
    key = exchange.state["users"][0]["keys"][0]
    return {
        "env": "prod-vst",
        "api_key": key["key"],
        "secret_key": key["secret"],
        "base_urls": exchange.base_urls,
        "clock": exchange.clock.now_ms,
    }
