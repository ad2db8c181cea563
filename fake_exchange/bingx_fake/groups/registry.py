"""What each endpoint does, as functions of the books and an admitted call. No web types here."""

from collections.abc import Callable, Mapping

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_account import balances, inner_transfers, transfers
from bingx_fake.groups.spot_account.facts import Facts, ServerTime


def _server_time(books: Books, call: Call) -> ServerTime:
    return ServerTime(call.now_ms)


Handler = Callable[[Books, Call], Facts]

HANDLERS: Mapping[str, Handler] = {
    "spot_account.spot_balance": balances.spot_balance,
    "spot_account.fund_balance": balances.fund_balance,
    "spot_account.account_overview": balances.account_overview,
    "spot_account.transfer": transfers.transfer,
    "spot_account.transfer_v3": transfers.transfer,
    "spot_account.transfer_v3_post": transfers.transfer,
    "spot_account.transfers": transfers.transfers,
    "spot_account.transfer_records": transfers.transfer_records,
    "spot_account.transferable_coins": transfers.transferable_coins,
    "spot_account.inner_transfer": inner_transfers.inner_transfer,
    "spot_account.inner_transfer_records": inner_transfers.inner_transfer_records,
    "common.server_time": _server_time,
    "common.server_time_v1": _server_time,
    "common.server_time_spot": _server_time,
}
"""By endpoint id."""
