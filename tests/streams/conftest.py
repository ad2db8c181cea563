"""What tests of streams share: an exchange whose clock stands still, and a listener to its spot markets."""

from collections.abc import Iterator

import pytest
from streams.listener import Listener
from support.sender import NOW_MS

from bingx_fake import FakeExchange
from bingx_fake.edge import stream_server


@pytest.fixture(autouse=True)
def _heartbeats_where_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats run in real time, and would come between messages where a machine is slow."""
    monkeypatch.setattr(stream_server, "HEARTBEAT_S", 1e9)


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        yield running


@pytest.fixture
def listener(exchange: FakeExchange) -> Iterator[Listener]:
    with Listener(f"{exchange.stream_url}/market") as connected:
        yield connected
