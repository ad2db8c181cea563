"""Money that moves out of alice's fund account, by each kind of write."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from support.sender import ALICE, BOB

from bingx_client import Client
from bingx_fake import FakeExchange

Act = Callable[..., Any]


def move(client: Client, **options: Any) -> Any:
    return client.transfer("USDT", 100, type="FUND_PFUTURES", **options)


def send(client: Client, **options: Any) -> Any:
    return client.inner_transfer(coin="USDT", amount=100, user_account=BOB, **options)


WRITES = pytest.mark.parametrize("write", [move, send], ids=["transfer", "inner transfer"])


def left(exchange: FakeExchange) -> Decimal:
    return exchange.balance(ALICE, "fund", "USDT").free
