"""From the places of an answer to balances."""

from bingx_client.calls.contract.models import Balance
from bingx_client.wire.decode import Node


def balances(answer: Node) -> list[Balance]:
    """``data``."""
    return [
        Balance(
            asset=row.get("asset").text(),
            balance=row.get("balance").amount(),
            cross_balance=row.get("crossWalletBalance").amount(),
            cross_profit=row.get("crossUnPnl").amount(),
            available=row.get("availableBalance").amount(),
            withdrawable=row.get("maxWithdrawAmount").amount(),
            is_margin=row.get("marginAvailable").boolean(),
            updated_ms=row.get("updateTime").integer(),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]
