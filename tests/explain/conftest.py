"""Sending a request over the wire and asking why it was refused."""

from collections.abc import Callable
from typing import Any

import pytest
from explain.sending import Sent, explanation_of
from support.sender import Sender

from bingx_fake import FakeExchange


@pytest.fixture
def explain(exchange: FakeExchange) -> Callable[[Sent], Any]:
    """Sends a request over the wire and gives its explanation; None where it was accepted."""

    def send_and_ask(sent: Sent) -> Any:
        sent.through(Sender(exchange))
        return explanation_of(exchange, exchange.requests[-1]["id"])

    return send_and_ask
