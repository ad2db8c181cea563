"""The pytest plugin ``bingx``: one fake exchange a worker, as new for each test, and a client for it.

This door is the one place that knows both the fake and the client. Its imports stand inside the fixtures,
so that a test run that uses neither pays for neither.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bingx_client import Client
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
    _bingx_server.reset()
    return _bingx_server


@pytest.fixture
def bingx_client(bingx_exchange: "FakeExchange") -> Iterator["Client"]:
    """A client of ``bingx_exchange`` with the key of its first user, on the exchange's clock."""
    from bingx_client import Client

    key = bingx_exchange.state["users"][0]["keys"][0]
    with Client(
        env="prod-vst",
        api_key=key["key"],
        secret_key=key["secret"],
        base_urls=bingx_exchange.base_urls,
        clock=bingx_exchange.clock.now_ms,
    ) as client:
        yield client


@pytest.fixture
def bingx_intercept(_bingx_tls_server: "FakeExchange") -> Iterator["FakeExchange"]:
    """A fake exchange that answers BingX's real host names in this process; other hosts are refused."""
    from bingx_fake import intercept

    _bingx_tls_server.reset()
    with intercept(_bingx_tls_server) as exchange:
        yield exchange
