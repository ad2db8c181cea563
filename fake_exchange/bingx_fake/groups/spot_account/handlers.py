"""What each endpoint of the spot account does."""

from collections.abc import Mapping

from bingx_fake.groups.call import Handler
from bingx_fake.groups.spot_account import balances, inner_transfers, transfers

HANDLERS: Mapping[str, Handler] = {
    "spot_balance": balances.spot_balance,
    "fund_balance": balances.fund_balance,
    "account_overview": balances.account_overview,
    "transfer": transfers.transfer,
    "transfer_v3": transfers.transfer,
    "transfer_v3_post": transfers.transfer,
    "transfers": transfers.transfers,
    "transfer_records": transfers.transfer_records,
    "transferable_coins": transfers.transferable_coins,
    "inner_transfer": inner_transfers.inner_transfer,
    "inner_transfer_records": inner_transfers.inner_transfer_records,
}
"""By the endpoint's name in the group."""
