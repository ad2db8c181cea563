"""What tests of streams share: an exchange whose clock stands still, and a listener to its spot markets."""

from collections.abc import Iterator

import pytest
from streams.listener import Listener
from support.sender import NOW_MS

from bingx_fake import FakeExchange


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        yield running


@pytest.fixture
def listener(exchange: FakeExchange) -> Iterator[Listener]:
    with Listener(f"{exchange.stream_url}/market") as connected:
        yield connected
