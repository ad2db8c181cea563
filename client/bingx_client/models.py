"""Where the models once stood: what was pickled then names this module. New code goes to their room."""

from bingx_client.calls.spot_account.models import (
    AccountWorth,
    Balance,
    Balances,
    Coin,
    InnerTransferPage,
    InnerTransferReceipt,
    InnerTransferRecord,
    TransferPage,
    TransferReceipt,
    TransferRecord,
)

__all__ = [
    "AccountWorth",
    "Balance",
    "Balances",
    "Coin",
    "InnerTransferPage",
    "InnerTransferReceipt",
    "InnerTransferRecord",
    "TransferPage",
    "TransferReceipt",
    "TransferRecord",
]
