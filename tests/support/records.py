"""Records as the ledger keeps them, alike but for what a test is about."""

from decimal import Decimal
from typing import Any

from bingx_fake.books.history import InnerTransfer, Transfer


def transfer(number: int = 1, **changes: Any) -> Transfer:
    """2 USDT of user 1 from fund to spot, at 5 ms."""
    facts: dict[str, Any] = {
        "id": number,
        "uid": 1,
        "asset": "USDT",
        "amount": Decimal(2),
        "from_account": "fund",
        "to_account": "spot",
        "at_ms": 5,
    }
    return Transfer(**facts | changes)


def inner(number: int = 1, **changes: Any) -> InnerTransfer:
    """2 USDT from user 1's fund account to user 2, at 5 ms, under the transferClientId abc."""
    facts: dict[str, Any] = {
        "id": number,
        "from_uid": 1,
        "to_uid": 2,
        "asset": "USDT",
        "amount": Decimal(2),
        "from_account": "fund",
        "client_id": "abc",
        "at_ms": 5,
        "status": 6,
    }
    return InnerTransfer(**facts | changes)
