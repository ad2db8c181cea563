"""The spot account: its calls, what they answer, and how a lost write is found."""

from bingx_client.calls.spot_account.reads import (
    account_overview,
    fund_balance,
    inner_transfer_records,
    spot_balance,
    transfer_records,
    transferable_coins,
    transfers,
)
from bingx_client.calls.spot_account.writes import inner_transfer, transfer

__all__ = [
    "account_overview",
    "fund_balance",
    "inner_transfer",
    "inner_transfer_records",
    "spot_balance",
    "transfer",
    "transfer_records",
    "transferable_coins",
    "transfers",
]
