"""A client of a process that knows of no write yet."""

from collections.abc import Iterator

import pytest
from support.clients import make_client

from bingx_client import Client
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_fake import FakeExchange


@pytest.fixture
def client(exchange: FakeExchange, timeout_s: float) -> Iterator[Client]:
    """A client on the exchange's frozen clock, whose sleep advances it."""
    PROCESS_WRITES.clear()
    with make_client(exchange, timeout=timeout_s) as patient:
        yield patient
