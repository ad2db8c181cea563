"""What each endpoint does, as functions of the books and an admitted call. No web types here."""

from collections.abc import Callable, Mapping

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_account import balances, inner_transfers, transfers
from bingx_fake.groups.spot_account.facts import Facts, ServerTime


def _server_time(books: Books, call: Call) -> ServerTime:
    return ServerTime(call.now_ms)


Handler = Callable[[Books, Call], Facts]

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
    "server_time": _server_time,
    "server_time_v1": _server_time,
    "server_time_spot": _server_time,
}
"""By endpoint id."""
